/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head of an HTTP/1.1 request, read as strictly as RFC 9112 allows a server to. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-http-guard.h"

#include <string.h>

/* RFC 9110, section 5.6.2. */
static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_once (const char *name)
{
  static const char *const names[] = {
    "host", "content-length", "content-type", "authorization", "accept", "expect", NULL,
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strv_contains (names, lower) || g_str_has_prefix (lower, "countersign-");
}

/* METHOD SP TARGET SP HTTP/1.1, with one space each. */
static gboolean
check_request_line (const char *line, char **method, char **target)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  if (g_strv_length (words) != 3 || words[0][0] == '\0' || words[1][0] != '/')
    return FALSE;
  for (const char *c = words[0]; *c != '\0'; c++)
    if (!g_ascii_isupper (*c))
      return FALSE;
  for (const char *c = words[1]; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || strchr ("\"<>\\^`{|}#", *c) != NULL)
      return FALSE;
  *method = g_strdup (words[0]);
  *target = g_strdup (words[1]);
  return g_str_equal (words[2], "HTTP/1.1");
}

static const char *
read_length (const char *value, gsize *body)
{
  guint64 length;

  if (*value == '\0' || strspn (value, "0123456789") != strlen (value) || strlen (value) > 18)
    return "malformed";
  length = g_ascii_strtoull (value, NULL, 10);
  if (length > CS_HTTP_GUARD_BODY_MAX)
    return "too-large";
  *body = (gsize) length;
  return NULL;
}

/* NAME ":" OWS VALUE OWS */
static const char *
check_field (const char *line, GHashTable *seen, gsize *body)
{
  gsize length = 0;
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  while (is_token_char (line[length]))
    length++;
  if (length == 0 || line[length] != ':')
    return "malformed"; /* a folded line begins with a space, and ends here too */
  name = g_ascii_strdown (line, (gssize) length);
  value = g_strstrip (g_strdup (line + length + 1));
  for (const char *c = value; *c != '\0'; c++)
    if (*c != '\t' && (*c < 0x20 || *c > 0x7e))
      return "malformed";
  if (g_str_equal (name, "transfer-encoding") || g_str_equal (name, "countersign-raw-target") ||
      g_str_equal (name, "countersign-refused") ||
      (!g_hash_table_add (seen, g_strdup (name)) && is_once (name)))
    return "malformed";
  return g_str_equal (name, "content-length") ? read_length (value, body) : NULL;
}

/**
 * cs_http_head_check:
 * @head: (array length=length): the head of a request, up to and with its empty line
 * @body: (out): how many bytes follow
 * @out: gets the head, with the target as it was written in a header of its own, so that nobody
 *   else reads it
 *
 * What two readers could understand in two ways is refused: other line ends than CR LF, folded
 * lines, space before a colon, two lengths, a transfer coding, control characters.
 *
 * Returns: (nullable): the name of the problem; %NULL if there is none
 */
const char *
cs_http_head_check (const char *head, gsize length, gsize *body, GString *out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  g_autofree char *method = NULL;
  g_autofree char *target = NULL;
  g_auto (GStrv) lines = NULL;

  *body = 0;
  if (length < 4 || memchr (head, '\0', length) != NULL ||
      memmem (head, length, "\r\n\r\n", 4) != head + length - 4)
    return "malformed";
  text = g_strndup (head, length - 4);
  lines = g_strsplit (text, "\r\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (strpbrk (*line, "\r\n") != NULL)
      return "malformed";
  if (lines[0] == NULL || !check_request_line (lines[0], &method, &target))
    return "malformed";
  for (char **line = lines + 1; *line != NULL; line++)
    {
      const char *problem = check_field (*line, seen, body);

      if (problem != NULL)
        return problem;
    }
  if (!g_hash_table_contains (seen, "host"))
    return "malformed";
  g_string_append_printf (out, "%s / HTTP/1.1", method);
  g_string_append_len (out, head + strlen (lines[0]), (gssize) (length - strlen (lines[0])) - 2);
  g_string_append_printf (out, CS_HTTP_GUARD_TARGET ": %s\r\n\r\n", target);
  return NULL;
}
