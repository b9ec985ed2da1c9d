/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tokens that let a caller in: their names, digests, scopes and ends. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-tokens.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define SECRET_BYTES 32

static const char *const scopes[] = { "runs", "metrics", NULL };

static void
token_free (CsToken *self)
{
  g_free (self->name);
  g_free (self->digest);
  g_free (self);
}

static gboolean
is_name (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._@-", *c) == NULL)
      return FALSE;
  return *text != '\0' && strlen (text) <= 64;
}

static CsToken *
find_name (GPtrArray *tokens, const char *name)
{
  for (guint i = 0; i < tokens->len; i++)
    if (g_str_equal (((CsToken *) g_ptr_array_index (tokens, i))->name, name))
      return g_ptr_array_index (tokens, i);
  return NULL;
}

/* NAME SCOPE SHA256:HEX EXPIRES|never */
static gboolean
read_line (GPtrArray *tokens, char **words)
{
  CsToken *token;

  if (g_strv_length (words) != 4 || !is_name (words[0]) || find_name (tokens, words[0]) != NULL ||
      !g_strv_contains (scopes, words[1]) || !g_str_has_prefix (words[2], "SHA256:") ||
      !cs_digest_is_valid (words[2] + strlen ("SHA256:")))
    return FALSE;
  token = g_new0 (CsToken, 1);
  g_ptr_array_add (tokens, token);
  token->name = g_strdup (words[0]);
  token->scope = g_str_equal (words[1], "metrics") ? CS_TOKEN_METRICS : CS_TOKEN_RUNS;
  token->digest = g_strdup (words[2] + strlen ("SHA256:"));
  return g_str_equal (words[3], "never") ||
         (cs_clock_parse (words[3], &token->expires, NULL) && token->expires > 0);
}

/**
 * cs_tokens_parse:
 * @text: of the file of tokens
 *
 * Returns: (transfer full) (element-type CsToken): the tokens; %NULL with %CS_ERROR_INVALID, which
 *   names the line
 */
GPtrArray *
cs_tokens_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) token_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = NULL;

      g_strstrip (lines[i]);
      if (*lines[i] == '\0' || *lines[i] == '#')
        continue;
      words = g_strsplit (lines[i], " ", -1);
      if (read_line (tokens, words))
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Line %u of the tokens is not “NAME runs|metrics SHA256:DIGEST TIME|never” with "
                   "a name of its own",
                   i + 1);
      return NULL;
    }
  return g_steal_pointer (&tokens);
}

/** cs_tokens_write: (transfer full): the text of the file. */
char *
cs_tokens_write (GPtrArray *tokens)
{
  g_autoptr (GString) text =
    g_string_new ("# Tokens of countersign-agent, by their digests. NAME SCOPE DIGEST EXPIRES\n");

  for (guint i = 0; i < tokens->len; i++)
    {
      const CsToken *token = g_ptr_array_index (tokens, i);
      g_autofree char *expires =
        token->expires != 0 ? cs_clock_format (token->expires) : g_strdup ("never");

      g_string_append_printf (text, "%s %s SHA256:%s %s\n", token->name, scopes[token->scope],
                              token->digest, expires);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * cs_tokens_find:
 * @secret: what a caller sent
 * @now: UTC microseconds
 * @expired: (out): whether it was one of them once
 *
 * Compares with every token, each in constant time, so that how long it takes tells nothing.
 *
 * Returns: (transfer none) (nullable): the token that it is
 */
const CsToken *
cs_tokens_find (GPtrArray *tokens, const char *secret, gint64 now, gboolean *expired)
{
  g_autofree char *digest = cs_digest_of_data (secret, strlen (secret));
  const CsToken *found = NULL;

  for (guint i = 0; i < tokens->len; i++)
    {
      const CsToken *token = g_ptr_array_index (tokens, i);

      if (gnutls_memcmp (token->digest, digest, CS_DIGEST_LENGTH) == 0)
        found = token;
    }
  *expired = found != NULL && found->expires != 0 && found->expires <= now;
  return *expired ? NULL : found;
}

/**
 * cs_tokens_add:
 * @name: letters, digits and `._@-`, not in use
 * @expires: UTC microseconds; 0 for never
 *
 * Makes a token of 256 random bits and keeps its digest.
 *
 * Returns: (transfer full): the token, which is not kept; %NULL with %CS_ERROR_INVALID
 */
char *
cs_tokens_add (GPtrArray *tokens,
               const char *name,
               CsTokenScope scope,
               gint64 expires,
               GError **error)
{
  guint8 bytes[SECRET_BYTES];
  g_autofree char *base64 = NULL;
  char *secret;
  CsToken *token;

  if (!is_name (name) || find_name (tokens, name) != NULL ||
      gnutls_rnd (GNUTLS_RND_KEY, bytes, sizeof bytes) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” can't be the name of a new token: it is in use, or has other characters "
                   "than letters, digits and ._@-",
                   name);
      return NULL;
    }
  base64 = g_base64_encode (bytes, sizeof bytes);
  g_strdelimit (base64, "+", '-');
  g_strdelimit (base64, "/", '_');
  base64[strcspn (base64, "=")] = '\0';
  secret = g_strconcat (CS_TOKEN_PREFIX, base64, NULL);
  token = g_new0 (CsToken, 1);
  token->name = g_strdup (name);
  token->scope = scope;
  token->expires = expires;
  token->digest = cs_digest_of_data (secret, strlen (secret));
  g_ptr_array_add (tokens, token);
  return secret;
}
