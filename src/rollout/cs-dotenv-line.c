/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line `KEY=value` of a file of settings, with all that stands around the value. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-dotenv-line.h"

#include "cs-error.h"

#include <string.h>

/** VALUE_LIMIT: bytes; a variable of a program can't hold much more than this on Linux */
#define VALUE_LIMIT (64 * 1024)

/** cs_dotenv_line_free: frees a line. */
void
cs_dotenv_line_free (CsDotenvLine *self)
{
  g_free (self->before);
  g_free (self->value);
  g_free (self->after);
  g_free (self);
}

static gboolean
is_end (const char *rest)
{
  const char *p = rest + strspn (rest, " \t\r");

  return *p == '\0' || (*p == '#' && p > rest);
}

/**
 * cs_dotenv_line_parse:
 * @text: a line with an equals sign, without its LF
 *
 * Reads it as dotenv libraries do: the value stands in double or single quotes, or ends at white
 * space; behind it there may be a comment.
 *
 * Returns: (transfer full): its parts; %NULL with %CS_ERROR_INVALID
 */
CsDotenvLine *
cs_dotenv_line_parse (const char *text, GError **error)
{
  const char *value = strchr (text, '=');
  const char *end;
  CsDotenvLine *self;
  char quote;

  g_return_val_if_fail (value != NULL, NULL);

  value += 1 + strspn (value + 1, " \t");
  quote = *value == '"' || *value == '\'' ? *value : '\0';
  if (quote != '\0')
    {
      value++;
      end = strchr (value, quote);
      if (end == NULL || memchr (value, '\\', (gsize) (end - value)) != NULL || !is_end (end + 1))
        end = NULL;
    }
  else
    {
      end = value + strcspn (value, " \t\r");
      if (!is_end (end))
        end = NULL;
    }
  if (end == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "it can't be said where the value ends in “%s”", text);
      return NULL;
    }
  self = g_new0 (CsDotenvLine, 1);
  self->before = g_strndup (text, (gsize) (value - text));
  self->value = g_strndup (value, (gsize) (end - value));
  self->after = g_strdup (end);
  return self;
}

/** cs_dotenv_line_with: (transfer full): the line with @value in the place of its value. */
char *
cs_dotenv_line_with (const CsDotenvLine *self, const char *value)
{
  return g_strconcat (self->before, value, self->after, NULL);
}

/** cs_dotenv_key_check: whether @key can be the name of a variable; else %CS_ERROR_INVALID. */
gboolean
cs_dotenv_key_check (const char *key, GError **error)
{
  if (*key != '\0' && !g_ascii_isdigit (*key) &&
      key[strspn (key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] == '\0')
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” is no name of a variable: it may hold letters, digits and underscores", key);
  return FALSE;
}

/**
 * cs_dotenv_value_check:
 * @value: what is to be written
 *
 * Returns: whether every reader of such files takes it for itself, with and without quotes; else
 *   %CS_ERROR_INVALID
 */
gboolean
cs_dotenv_value_check (const char *value, GError **error)
{
  gsize length = strspn (value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "._:@/+-,");

  if (value[length] != '\0')
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "The value “%s” can't be written: it may hold letters, digits and “._:@/+-,”",
                 value);
  else if (length > VALUE_LIMIT)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "A list of %" G_GSIZE_FORMAT
                 " characters is too long for a variable; name everyone with a switch of its own, "
                 "or use a flag service",
                 length);
  else
    return TRUE;
  return FALSE;
}
