/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in clear text. */

#include "cs-secrets.h"

#include <string.h>

/* Bytes of the shortest of the known forms. */
#define SHORTEST_TOKEN 20

typedef struct
{
  const char *text;
  const char *end;
  guint line;
  GPtrArray *marks;
} Finder;

static gboolean
is_value_end (char c)
{
  switch (c)
    {
    case ' ':
    case '\t':
    case '\'':
    case '"':
    case '`':
    case ';':
    case '&':
    case '|':
    case ')':
    case '<':
    case '>':
    case ',':
    case '\0':
      return TRUE;
    default:
      return FALSE;
    }
}

/* The end of a literal value at p; p itself if there is none, or only a reference or a
 * placeholder. */
static const char *
value_end (Finder *self, const char *p)
{
  static const char *const EMPTY[] = { "null", "true", "false", "none", "secret", "password" };
  const char *q = p;

  while (q < self->end && (*q == '\'' || *q == '"'))
    q++;
  if (q >= self->end || strchr ("$<[{%*", *q) != NULL || g_str_has_prefix (q, "..."))
    return p;
  while (q < self->end && !is_value_end (*q))
    q++;
  for (guint i = 0; i < G_N_ELEMENTS (EMPTY); i++)
    {
      if ((gsize) (q - p) == strlen (EMPTY[i]) &&
          g_ascii_strncasecmp (p, EMPTY[i], strlen (EMPTY[i])) == 0)
        return p;
    }
  return q;
}

static void
add (Finder *self, const char *from, const char *to, const char *kind)
{
  g_autofree char *text = g_strndup (from, (gsize) (to - from));

  g_ptr_array_add (self->marks, cs_mark_new (CS_MARK_SECRET, self->line, text, kind));
}

static const char *
find_caseless (const char *from, const char *end, const char *what)
{
  gsize length = strlen (what);
  char first = (char) (*what | 0x20);

  for (const char *p = from; p + length <= end; p++)
    {
      if ((*p | 0x20) == first && g_ascii_strncasecmp (p, what, length) == 0)
        return p;
    }
  return NULL;
}

static gboolean
has_digit (const char *from, const char *to)
{
  for (const char *p = from; p < to; p++)
    {
      if (g_ascii_isdigit (*p))
        return TRUE;
    }
  return FALSE;
}

/* Whether a name stands there as headers have it: all of them but "Bearer" end in "n: " or "y: ".
 */
static gboolean
may_hold_header (Finder *self)
{
  for (const char *p = self->text; (p = memchr (p, ':', (gsize) (self->end - p))) != NULL; p++)
    {
      if (p > self->text && p + 1 < self->end && p[1] == ' ' && strchr ("nNyY", p[-1]) != NULL)
        return TRUE;
    }
  return find_caseless (self->text, self->end, "bearer ") != NULL;
}

/* "Authorization: Bearer …", "X-Api-Key: …" */
static void
find_headers (Finder *self)
{
  static const struct
  {
    const char *name;
    const char *kind;
  } HEADERS[] = {
    { "bearer ", "bearer_token" },       { "authorization: basic ", "basic_credentials" },
    { "authorization: token ", "token" }, { "x-api-key: ", "api_key_header" },
    { "api-key: ", "api_key_header" },   { "private-token: ", "token" },
    { "x-auth-token: ", "token" },       { "x-vault-token: ", "token" },
  };

  if (!may_hold_header (self))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (HEADERS); i++)
    {
      const char *p = find_caseless (self->text, self->end, HEADERS[i].name), *value, *end;

      if (p == NULL || (p > self->text && g_ascii_isalnum (p[-1])))
        continue;
      if (i == 4 && p > self->text && p[-1] == '-')
        continue; /* the name before says it */
      value = p + strlen (HEADERS[i].name);
      end = value_end (self, value);
      if (i == 0 && !has_digit (value, end) &&
          find_caseless (self->text, self->end, "authorization") == NULL)
        continue; /* "Bearer authentication" */
      if (end - value >= 6)
        add (self, p, end, HEADERS[i].kind);
    }
}

/* "-pPASSWORD" of the clients of MySQL and of sshpass */
static void
find_short_option (Finder *self)
{
  if (!cs_bytes_hold (self->text, (gsize) (self->end - self->text), " -p"))
    return;
  if (find_caseless (self->text, self->end, "mysql") == NULL &&
      find_caseless (self->text, self->end, "mariadb") == NULL &&
      find_caseless (self->text, self->end, "sshpass") == NULL)
    return;
  for (const char *p = self->text;
       (p = cs_bytes_find (p, (gsize) (self->end - p), " -p", 3)) != NULL; p += 3)
    {
      const char *end = value_end (self, p + 3);

      if (p + 3 < self->end && p[3] != ' ' && p[3] != '-' && end - p > 5)
        add (self, p + 1, end, "password_on_command_line");
    }
}

/* Whether two dashes stand before a letter that one of the options begins with. */
static gboolean
may_hold_option (Finder *self)
{
  const char *p = self->text;

  for (; (p = cs_bytes_find (p, (gsize) (self->end - p), "--", 2)) != NULL; p++)
    {
      if (p + 2 < self->end && strchr ("ptsacPTSAC", p[2]) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
find_long_options (Finder *self)
{
  static const char *const OPTIONS[] = { "--password", "--passwd", "--token",
                                         "--secret", "--api-key", "--access-token",
                                         "--client-secret" };

  if (!may_hold_option (self))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (OPTIONS); i++)
    {
      const char *p = find_caseless (self->text, self->end, OPTIONS[i]), *value, *end;

      if (p == NULL)
        continue;
      value = p + strlen (OPTIONS[i]);
      if (value >= self->end || (*value != '=' && *value != ' '))
        continue;
      end = value_end (self, value + 1);
      if (end - value > 3 && value[1] != '-')
        add (self, p, end, "password_on_command_line");
    }
}

/* "postgres://user:pass@host", "curl -u user:pass" */
static void
find_credentials (Finder *self, CsBytes bytes)
{
  const char *p = (bytes & CS_BYTES_SLASH) == 0
                    ? NULL
                    : cs_bytes_find (self->text, (gsize) (self->end - self->text), "://", 3);

  for (; p != NULL; p = cs_bytes_find (p + 3, (gsize) (self->end - p - 3), "://", 3))
    {
      const char *colon = NULL, *q = p + 3;

      for (; q < self->end && !is_value_end (*q) && *q != '/' && *q != '@'; q++)
        colon = *q == ':' && colon == NULL ? q : colon;
      if (q < self->end && *q == '@' && colon != NULL && q - colon > 1 &&
          strchr ("$<{[", colon[1]) == NULL)
        add (self, p + 3, q, "credentials_in_url");
    }
  p = !cs_bytes_has (bytes, CS_BYTES_DASH | cs_bytes_spell ("curl"))
        ? NULL
        : cs_bytes_find (self->text, (gsize) (self->end - self->text), "curl ", 5);
  p = p != NULL ? cs_bytes_find (p, (gsize) (self->end - p), " -u ", 4) : NULL;
  if (p != NULL)
    {
      const char *end = value_end (self, p + 4),
                 *colon = memchr (p + 4, ':', (gsize) (end - p - 4));

      if (colon != NULL && end - colon > 1 && strchr ("$<{[\"'", colon[1]) == NULL)
        add (self, p + 4, end, "credentials_on_command_line");
    }
}

static gboolean
is_secret_name (const char *name, gsize length)
{
  static const char *const ENDINGS[] = { "KEY", "SECRET", "TOKEN", "PASSWORD", "PASSWD",
                                         "PASS", "PASSPHRASE", "CREDENTIALS", "PWD" };
  static const char *const HARMLESS[] = { "PUBLIC_KEY", "PWD", "CACHE_KEY", "PRIMARY_KEY" };

  for (guint i = 0; i < G_N_ELEMENTS (HARMLESS); i++)
    {
      if (length == strlen (HARMLESS[i]) && memcmp (name, HARMLESS[i], length) == 0)
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (ENDINGS); i++)
    {
      gsize n = strlen (ENDINGS[i]);

      if (length >= n && memcmp (name + length - n, ENDINGS[i], n) == 0 &&
          (length == n || name[length - n - 1] == '_' || g_str_has_prefix (ENDINGS[i], "PASSW")))
        return TRUE;
    }
  return FALSE;
}

/* "CALCOM_API_KEY=…": all that follows is its value, other names included. */
static void
find_assignments (Finder *self)
{
  for (const char *p = memchr (self->text, '=', (gsize) (self->end - self->text)); p != NULL;
       p = memchr (p, '=', (gsize) (self->end - p)))
    {
      const char *name = p, *end = p + 1;

      while (name > self->text &&
             (g_ascii_isupper (name[-1]) || g_ascii_isdigit (name[-1]) || name[-1] == '_'))
        name--;
      if (p > name && is_secret_name (name, (gsize) (p - name)))
        end = value_end (self, p + 1);
      if (end - p > 3)
        add (self, name, end, "secret_in_variable");
      p = MIN (end, self->end);
    }
}

static gboolean
is_token_byte (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '-';
}

/* Whether a run of letters, digits, underscores and dashes is as long as the shortest of the known
 * forms: only where a run of that length may end are bytes looked at. */
static gboolean
may_hold_known_form (Finder *self)
{
  const char *start = self->text;

  while (self->end - start >= SHORTEST_TOKEN)
    {
      const char *p = start + SHORTEST_TOKEN - 1;

      while (p >= start && is_token_byte (*p))
        p--;
      if (p < start)
        return TRUE;
      start = p + 1;
    }
  return cs_bytes_hold (self->text, (gsize) (self->end - self->text), "-----BEGIN ");
}

static void
find_known_forms (Finder *self)
{
  static const struct
  {
    const char *beginning;
    guint least;
    const char *kind;
  } FORMS[] = {
    { "AKIA", 20, "aws_access_key" }, { "ghp_", 30, "github_token" },
    { "github_pat_", 30, "github_token" }, { "sk_live_", 20, "stripe_key" },
    { "xoxb-", 20, "slack_token" }, { "glpat-", 20, "gitlab_token" },
    { "-----BEGIN ", 0, "private_key" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (FORMS); i++)
    {
      const char *p = cs_bytes_find (self->text, (gsize) (self->end - self->text),
                                     FORMS[i].beginning, strlen (FORMS[i].beginning));
      const char *q = p;

      while (q != NULL && q < self->end && (g_ascii_isalnum (*q) || *q == '_' || *q == '-'))
        q++;
      if (p == NULL || (guint) (q - p) < FORMS[i].least)
        continue;
      if (FORMS[i].least == 0 && !cs_bytes_hold (p, (gsize) (self->end - p), "PRIVATE KEY"))
        continue;
      add (self, p, FORMS[i].least == 0 ? self->end : q, FORMS[i].kind);
    }
}

/* What follows tells by the bytes of a line alone what it can't hold: most lines hold nothing. */

static gboolean
may_name_header (CsBytes bytes)
{
  return cs_bytes_has (bytes, cs_bytes_spell ("bear")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("token")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("apikey")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("authorizn"));
}

/* The options, and the endings of variables: "--passwd", "DB_PASS", "PWD", "--api-key"… */
static gboolean
may_name_secret (CsBytes bytes)
{
  return cs_bytes_has (bytes, cs_bytes_spell ("pas")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("pwd")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("key")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("token")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("secrt")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("credntials"));
}

static gboolean
may_begin_known_form (CsBytes bytes)
{
  if ((bytes & CS_BYTES_UNDERSCORE) != 0 && (cs_bytes_has (bytes, cs_bytes_spell ("ghp")) ||
                                             cs_bytes_has (bytes, cs_bytes_spell ("skliv"))))
    return TRUE;
  if ((bytes & CS_BYTES_DASH) != 0 && (cs_bytes_has (bytes, cs_bytes_spell ("xob")) ||
                                       cs_bytes_has (bytes, cs_bytes_spell ("glpat")) ||
                                       cs_bytes_has (bytes, cs_bytes_spell ("begin"))))
    return TRUE;
  return cs_bytes_has (bytes, CS_BYTES_UPPER | cs_bytes_spell ("aki"));
}

/**
 * cs_secrets_find:
 * @text: (array length=length): one line of a block
 * @bytes: what it holds
 * @line: its number in the document
 * @marks: (element-type CsMark): takes what is found
 *
 * Finds secrets in clear text. References (`$TOKEN`) and placeholders are none.
 */
void
cs_secrets_find (const char *text, gsize length, CsBytes bytes, guint line, GPtrArray *marks)
{
  Finder self = { text, text + length, line, marks };

  if (may_name_header (bytes) &&
      ((bytes & CS_BYTES_COLON) != 0 || cs_bytes_hold (text, length, "earer ")))
    find_headers (&self);
  if ((bytes & CS_BYTES_COLON) != 0)
    find_credentials (&self, bytes);
  if ((bytes & CS_BYTES_DASH) != 0 && cs_bytes_has (bytes, CS_BYTES_LETTER ('p')))
    find_short_option (&self);
  if ((bytes & CS_BYTES_DASH) != 0 && may_name_secret (bytes))
    find_long_options (&self);
  if (cs_bytes_has (bytes, CS_BYTES_EQUALS | CS_BYTES_UPPER) && may_name_secret (bytes))
    find_assignments (&self);
  if (may_begin_known_form (bytes) && may_hold_known_form (&self))
    find_known_forms (&self);
}
