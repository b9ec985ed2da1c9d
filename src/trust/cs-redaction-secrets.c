/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords, tokens and keys, by how they are written. */

#include "cs-redaction-search.h"

#include <string.h>

#define MAX_NAME 48    /* bytes of a name that go on after the word that was found */
#define MAX_VALUE 8192 /* bytes that are looked through for the end of a value */
#define MAX_KEY 65536  /* bytes of a private key */
#define LEAST_TOKEN 8  /* bytes of what follows "Bearer" */
#define LEAST_KEY 12   /* bytes behind the known beginning of an API key */
#define LEAST_JWT 30

static gboolean
is_value_end (char c)
{
  return (guchar) c <= ' ' || strchr ("\"'`,;&|<>()[]{}", c) != NULL;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static gsize
skip_blanks (CsRedactionSearch *search, gsize i)
{
  while (cs_redaction_at (search, i) == ' ' || cs_redaction_at (search, i) == '\t')
    i++;
  return i;
}

static gsize
find_value_end (CsRedactionSearch *search, gsize i)
{
  while (!is_value_end (cs_redaction_at (search, i)))
    i++;
  return i;
}

/* A value in quotes goes to the same quote in its line, over escaped ones; where the quote before
 * it is escaped itself, to the next one that is. Without quotes, it goes to what separates values.
 */
static void
find_value (CsRedactionSearch *search, gsize i, gsize *from, gsize *to)
{
  gboolean escaped = cs_redaction_at (search, i) == '\\';
  char quote = cs_redaction_at (search, escaped ? i + 1 : i);

  if (quote != '"' && quote != '\'')
    {
      *from = i;
      *to = find_value_end (search, i);
      return;
    }
  i += escaped ? 2 : 1;
  *from = i;
  while (cs_redaction_at (search, i) != '\n' && i - *from < MAX_VALUE)
    if (cs_redaction_at (search, i) == quote || (escaped && cs_redaction_at (search, i) == '\\'))
      break;
    else
      i += cs_redaction_at (search, i) == '\\' && cs_redaction_at (search, i + 1) != '\n' ? 2 : 1;
  *to = MIN (i, search->length);
}

/* Not every value is one: it may be empty, a switch, or a reference. */
static gboolean
is_secret_value (const char *value, gsize length)
{
  static const char *const words[] = { "true", "false", "null", "none", "nil", "yes", "no",
                                       "required", "empty", "unset", "set", "with", "without" };

  if (length == 0 || value[0] == '$' || value[0] == '<' || value[0] == '%')
    return FALSE;
  if (g_str_has_prefix (value, CS_REDACTED))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == length && g_ascii_strncasecmp (words[i], value, length) == 0)
      return FALSE;
  for (gsize i = 0; i < length; i++)
    if (strchr ("*.x-", value[i]) == NULL)
      return TRUE;
  return FALSE;
}

static void
mask_value (CsRedactionSearch *search, gsize i)
{
  gsize from, to;

  find_value (search, i, &from, &to);
  if (is_secret_value (search->text + MIN (from, search->length), to - from))
    cs_redaction_mask (search, from, to, NULL);
}

/* password=…, "api_key": "…", DB_PASS => …, --token …, PASSWORD:… */
void
cs_redaction_rule_assignment (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize begin = from;
  gsize i = to;

  /* “passed” and “tokens” are other words; “tokenValue” is not. */
  if (g_ascii_isalpha (cs_redaction_at (search, i)) &&
      g_ascii_islower (cs_redaction_at (search, i)) ==
        g_ascii_islower (cs_redaction_at (search, i - 1)))
    return;
  while (i - to < MAX_NAME && cs_redaction_is_name (cs_redaction_at (search, i)))
    i++;
  while (begin > 0 && from - begin < MAX_NAME && cs_redaction_is_name (search->text[begin - 1]))
    begin--;
  if (cs_redaction_at (search, i) == '\\')
    i++;
  if (cs_redaction_at (search, i) == '"' || cs_redaction_at (search, i) == '\'' ||
      cs_redaction_at (search, i) == ']')
    i++;
  if (is_blank (cs_redaction_at (search, i)) && g_str_has_prefix (search->text + begin, "--"))
    {
      mask_value (search, skip_blanks (search, i));
      return;
    }
  i = skip_blanks (search, i);
  if (cs_redaction_at (search, i) != '=' && cs_redaction_at (search, i) != ':')
    return;
  i += cs_redaction_at (search, i) == ':' && cs_redaction_at (search, i + 1) == '=' ? 2 : 1;
  if (cs_redaction_at (search, i) == '>' || cs_redaction_at (search, i) == '=')
    i++;
  mask_value (search, skip_blanks (search, i));
}

/* Authorization: SCHEME CREDENTIALS (RFC 9110, section 11.6.2): the scheme may be told. */
void
cs_redaction_rule_authorization (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize i = to;
  gsize end;

  while (strchr ("\"'\\: =\t", cs_redaction_at (search, i)) != NULL &&
         cs_redaction_at (search, i) != '\0')
    i++;
  if (i == to)
    return;
  end = find_value_end (search, i);
  if (cs_redaction_at (search, end) == ' ')
    {
      i = skip_blanks (search, end);
      for (end = i; cs_redaction_at (search, end) != '\n' &&
                    cs_redaction_at (search, end) != '\r' && end - i < MAX_VALUE &&
                    strchr ("\"'", cs_redaction_at (search, end)) == NULL;)
        end++;
    }
  if (is_secret_value (search->text + MIN (i, search->length), end - i))
    cs_redaction_mask (search, i, MIN (end, search->length), NULL);
}

void
cs_redaction_rule_bearer (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize end = find_value_end (search, to);

  if (end - to >= LEAST_TOKEN && is_secret_value (search->text + to, end - to))
    cs_redaction_mask (search, to, end, NULL);
}

/* mysql -pSECRET, redis-cli -a SECRET, curl -u USER:SECRET, sshpass -p SECRET */
static void
rule_option (CsRedactionSearch *search,
             gsize from,
             gsize to,
             const char *option,
             gboolean blank,
             gboolean user)
{
  gsize i = to;

  if (from > 0 && cs_redaction_is_name (search->text[from - 1]))
    return;
  for (; cs_redaction_at (search, i) != '\n' && cs_redaction_at (search, i) != '|' &&
         cs_redaction_at (search, i) != ';' && i - to < MAX_VALUE;
       i++)
    {
      gsize value, end;

      if (!(cs_redaction_at (search, i) == ' ' || cs_redaction_at (search, i) == '\t') ||
          cs_redaction_at (search, i + 1) != option[0] ||
          cs_redaction_at (search, i + 2) != option[1])
        continue;
      value = i + 3;
      if (blank &&
          (cs_redaction_at (search, value) == ' ' || cs_redaction_at (search, value) == '\t'))
        value = skip_blanks (search, value);
      find_value (search, value, &value, &end);
      if (user)
        {
          const char *colon = end > value ? memchr (search->text + value, ':', end - value) : NULL;

          value = colon != NULL ? (gsize) (colon + 1 - search->text) : end;
        }
      if (is_secret_value (search->text + MIN (value, search->length), end - value))
        cs_redaction_mask (search, value, end, NULL);
    }
}

void
cs_redaction_rule_mysql (CsRedactionSearch *search, gsize from, gsize to)
{
  rule_option (search, from, to, "-p", FALSE, FALSE);
}

void
cs_redaction_rule_sshpass (CsRedactionSearch *search, gsize from, gsize to)
{
  rule_option (search, from, to, "-p", TRUE, FALSE);
}

void
cs_redaction_rule_redis (CsRedactionSearch *search, gsize from, gsize to)
{
  rule_option (search, from, to, "-a", TRUE, FALSE);
}

void
cs_redaction_rule_curl (CsRedactionSearch *search, gsize from, gsize to)
{
  rule_option (search, from, to, "-u", TRUE, TRUE);
}

/* scheme://user:SECRET@host (RFC 3986, section 3.2.1) */
void
cs_redaction_rule_url (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize colon = 0;
  gsize last = 0;

  for (gsize i = to; (guchar) cs_redaction_at (search, i) > ' ' &&
                     strchr ("/?#\"'<>`", cs_redaction_at (search, i)) == NULL;
       i++)
    if (cs_redaction_at (search, i) == ':' && colon == 0)
      colon = i;
    else if (cs_redaction_at (search, i) == '@')
      last = i;
  if (colon > 0 && last > colon + 1 && is_secret_value (search->text + colon + 1, last - colon - 1))
    cs_redaction_mask (search, colon + 1, last, NULL);
}

/* AKIA…, ghp_…, glpat-…: the beginning tells what it was. */
void
cs_redaction_rule_api_key (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize end = to;

  if (from > 0 && cs_redaction_is_name (search->text[from - 1]))
    return;
  while (cs_redaction_is_name (cs_redaction_at (search, end)))
    end++;
  if (end - to >= LEAST_KEY)
    cs_redaction_mask (search, to, end, NULL);
}

/* A JSON web token: two parts or more of base64url behind “eyJ” (RFC 7519). */
void
cs_redaction_rule_jwt (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize end = to;
  guint dots = 0;

  if (from > 0 && cs_redaction_is_name (search->text[from - 1]))
    return;
  for (;
       cs_redaction_is_name (cs_redaction_at (search, end)) || cs_redaction_at (search, end) == '.';
       end++)
    dots += cs_redaction_at (search, end) == '.';
  if (dots >= 1 && end - from >= LEAST_JWT)
    cs_redaction_mask (search, from, end, NULL);
}

/* Told of once, however the key is cut; and one that never ends is taken for something else. */
void
cs_redaction_mask_key (CsRedactionSearch *search, gsize from)
{
  const char *rest = search->text + from;
  gsize left = MIN (search->length - from, MAX_KEY - *search->key);
  const char *end = memmem (rest, left, "-----END", 8);
  const char *line = end != NULL ? memchr (end, '\n', left - (gsize) (end - rest)) : NULL;
  gsize taken = line != NULL ? (gsize) (line - rest) : left;

  cs_redaction_mask (search, from, from + taken, *search->key > 0 ? g_strdup ("") : NULL);
  *search->key = end == NULL && *search->key + taken < MAX_KEY ? *search->key + taken : 0;
}

/* -----BEGIN … PRIVATE KEY----- (RFC 7468, and OpenSSH's own) */
void
cs_redaction_rule_private_key (CsRedactionSearch *search, gsize from, gsize to)
{
  const char *line = search->text + from;
  gsize left = MIN (search->length - from, 64);
  const char *newline = memchr (line, '\n', left);

  if (newline != NULL)
    left = (gsize) (newline - line);
  if (memmem (line, left, "PRIVATE KEY", 11) != NULL)
    cs_redaction_mask_key (search, from);
}
