/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What in a text is not for everyone, by how it looks. */

/* One pass of an automaton finds where to look; each rule then reads around that place, within its
 * line. When in doubt, a rule takes out too much rather than too little: the text is evidence of
 * what a command printed, not the place where a password is kept. */

#include "cs-redaction-rules.h"

#include "cs-multi-match.h"
#include "cs-redaction-search.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define LEAST_WORD 8 /* bytes of a word that is not shown before its end has come */

struct _CsRedactionRules
{
  const CsMultiMatch *match; /* of all who look */
  guint8 salt[16];
  gsize key; /* bytes of a private key whose end has not come yet; 0: none */
};

/** cs_mask_clear: for g_array_set_clear_func(). */
void
cs_mask_clear (CsMask *mask)
{
  g_clear_pointer (&mask->replacement, g_free);
}

/* For the rules: adds a place to what is masked; takes @replacement. */
void
cs_redaction_mask (CsRedactionSearch *search, gsize from, gsize to, char *replacement)
{
  CsMask mask = { from, to, replacement };

  if (to > from)
    g_array_append_val (search->masks, mask);
  else
    g_free (replacement);
}

static const struct
{
  const char *text;
  CsRedactionRule rule;
} triggers[] = {
  { "password", cs_redaction_rule_assignment },
  { "passwd", cs_redaction_rule_assignment },
  { "passphrase", cs_redaction_rule_assignment },
  { "passwort", cs_redaction_rule_assignment },
  { "kennwort", cs_redaction_rule_assignment },
  { "contraseña", cs_redaction_rule_assignment },
  { "senha", cs_redaction_rule_assignment },
  { "mot_de_passe", cs_redaction_rule_assignment },
  { "_pass", cs_redaction_rule_assignment },
  { "_pwd", cs_redaction_rule_assignment },
  { "secret", cs_redaction_rule_assignment },
  { "token", cs_redaction_rule_assignment },
  { "credential", cs_redaction_rule_assignment },
  { "apikey", cs_redaction_rule_assignment },
  { "_key", cs_redaction_rule_assignment },
  { "-key", cs_redaction_rule_assignment },
  { "authorization", cs_redaction_rule_authorization },
  { "bearer ", cs_redaction_rule_bearer },
  { "mysql", cs_redaction_rule_mysql },
  { "mariadb", cs_redaction_rule_mysql },
  { "mysqldump", cs_redaction_rule_mysql },
  { "sshpass", cs_redaction_rule_sshpass },
  { "redis-cli", cs_redaction_rule_redis },
  { "curl", cs_redaction_rule_curl },
  { "://", cs_redaction_rule_url },
  { "akia", cs_redaction_rule_api_key },
  { "ghp_", cs_redaction_rule_api_key },
  { "gho_", cs_redaction_rule_api_key },
  { "ghs_", cs_redaction_rule_api_key },
  { "ghr_", cs_redaction_rule_api_key },
  { "github_pat_", cs_redaction_rule_api_key },
  { "glpat-", cs_redaction_rule_api_key },
  { "xoxb-", cs_redaction_rule_api_key },
  { "xoxp-", cs_redaction_rule_api_key },
  { "sk_live_", cs_redaction_rule_api_key },
  { "rk_live_", cs_redaction_rule_api_key },
  { "sk-", cs_redaction_rule_api_key },
  { "npm_", cs_redaction_rule_api_key },
  { "eyj", cs_redaction_rule_jwt },
  { "-----begin", cs_redaction_rule_private_key },
  { "@", cs_redaction_rule_email },
  { "\1\1\1\1", cs_redaction_rule_digits },
  { "+\1", cs_redaction_rule_plus },
  { "telefon", cs_redaction_rule_phone },
  { "tel.", cs_redaction_rule_phone },
  { "tel:", cs_redaction_rule_phone },
  { "phone", cs_redaction_rule_phone },
  { "mobil", cs_redaction_rule_phone },
  { "fax", cs_redaction_rule_phone },
};

/* Made once, for it takes longer than many a command. */
static gpointer
compile_match (gpointer data)
{
  CsMultiMatch *match = cs_multi_match_new (TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (triggers); i++)
    cs_multi_match_add (match, triggers[i].text, strlen (triggers[i].text), i);
  cs_multi_match_compile (match);
  return match;
}

/**
 * cs_redaction_rules_new:
 *
 * Returns: (transfer full): the rules, for one stream of text
 */
CsRedactionRules *
cs_redaction_rules_new (void)
{
  static GOnce once = G_ONCE_INIT;
  CsRedactionRules *self = g_new0 (CsRedactionRules, 1);

  gnutls_rnd (GNUTLS_RND_NONCE, self->salt, sizeof self->salt);
  self->match = g_once (&once, compile_match, NULL);
  return self;
}

/** cs_redaction_rules_set_salt: gives a text the same hash each time that @name is the same. */
void
cs_redaction_rules_set_salt (CsRedactionRules *self, const char *name)
{
  guint8 digest[32] = { 0 };

  gnutls_hash_fast (GNUTLS_DIG_SHA256, name, strlen (name), digest);
  memcpy (self->salt, digest, sizeof self->salt);
}

/** cs_redaction_rules_free: */
void
cs_redaction_rules_free (CsRedactionRules *self)
{
  g_free (self);
}

static int
compare_masks (gconstpointer a, gconstpointer b)
{
  const CsMask *one = a;
  const CsMask *other = b;

  if (one->from != other->from)
    return one->from < other->from ? -1 : 1;
  return (one->to < other->to) - (one->to > other->to);
}

/* Leaves masks in their order, none within or over another. */
static void
merge_masks (GArray *masks)
{
  guint kept = 0;

  if (masks->len < 2)
    return;
  g_array_sort (masks, compare_masks);
  for (guint i = 1; i < masks->len; i++)
    {
      CsMask *last = &g_array_index (masks, CsMask, kept);
      CsMask *mask = &g_array_index (masks, CsMask, i);

      if (mask->from >= last->to)
        {
          CsMask moved = *mask;

          mask->replacement = NULL;
          kept++;
          if (kept != i)
            g_array_index (masks, CsMask, kept) = moved;
          else
            *mask = moved;
          continue;
        }
      if (mask->to > last->to)
        g_clear_pointer (&last->replacement, g_free);
      last->to = MAX (last->to, mask->to);
      g_clear_pointer (&mask->replacement, g_free);
    }
  for (guint i = kept + 1; i < masks->len; i++)
    g_array_index (masks, CsMask, i).replacement = NULL;
  g_array_set_size (masks, kept + 1);
}

/**
 * cs_redaction_rules_find:
 * @text: (array length=length): lines, the first one from its beginning; a NUL follows them
 * @masks: (element-type CsMask): what is found is added, in order and without overlaps
 *
 * Looks for passwords after their names and options, credentials of HTTP and of URLs, API keys,
 * JSON web tokens, private keys, card numbers, e-mail addresses and phone numbers. A private key
 * may go on in the next call.
 */
void
cs_redaction_rules_find (CsRedactionRules *self, const char *text, gsize length, GArray *masks)
{
  CsRedactionSearch search = { text, length, masks, self->salt, &self->key };
  guint state = 0;
  gsize i = 0;

  if (self->key > 0)
    cs_redaction_mask_key (&search, 0);
  while (i < length)
    {
      gsize taken;
      guint each, id;
      gsize matched;

      state = cs_multi_match_find (self->match, state, text + i, length - i, &taken);
      i += taken;
      each = state;
      while (cs_multi_match_get_match (self->match, &each, &id, &matched))
        triggers[id].rule (&search, i - matched, i);
    }
  merge_masks (masks);
}

/**
 * cs_redaction_rules_peek:
 * @text: (array length=length): as for cs_redaction_rules_find()
 * @masks: (element-type CsMask): as there
 *
 * Finds the same, and is as before for the next call.
 */
void
cs_redaction_rules_peek (CsRedactionRules *self, const char *text, gsize length, GArray *masks)
{
  gsize key = self->key;

  cs_redaction_rules_find (self, text, length, masks);
  self->key = key;
}

/**
 * cs_redaction_rules_is_open:
 * @line: (array length=length): the beginning of a line
 *
 * Tells whether what comes next in this line could make its last word a secret, so that it should
 * not be shown yet.
 *
 * Returns: whether it could
 */
gboolean
cs_redaction_rules_is_open (const char *line, gsize length)
{
  gsize begin = length;
  guint digits = 0;

  for (gsize i = length; i > 0 && (g_ascii_isdigit (line[i - 1]) || line[i - 1] == ' '); i--)
    digits += line[i - 1] != ' ';
  if (digits >= 4)
    return TRUE;
  /* A question has been asked. */
  if (length == 0 || strchr (" :?>])#$%", line[length - 1]) != NULL)
    return FALSE;
  while (begin > 0 && (guchar) line[begin - 1] > ' ')
    begin--;
  for (gsize i = begin; i < length; i++)
    if (strchr ("@=/+_-", line[i]) != NULL)
      return TRUE;
  return length - begin >= LEAST_WORD;
}
