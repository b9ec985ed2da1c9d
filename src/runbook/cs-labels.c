/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bold labels and "Key: value" lines. */

#include "cs-labels.h"

#include <string.h>

#define MAX_KEY 80
#define MAX_LABEL 200
#define MAX_REMARK 500

static const char *
skip_blanks (const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  return p;
}

/* Marks before the words: pictograms and list markers. */
static const char *
skip_marks (const char *p, const char *end)
{
  p = skip_blanks (p, end);
  while (p < end)
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80 || g_unichar_isalpha (c) || c == 0x3000)
        break;
      p = skip_blanks (g_utf8_next_char (p), end);
    }
  return p;
}

/**
 * cs_label_dup:
 * @line: number of a line
 *
 * Recognises a line that is nothing but a bold label: "**Step 1: Stop**", "**Expected:**",
 * "✅ **Functionality**:"; a remark in brackets may follow.
 *
 * Returns: (transfer full) (nullable): the label with its remark, without stars
 */
char *
cs_label_dup (CsSource *source, guint line)
{
  gsize length;
  const char *p = cs_source_get_line (source, line, &length);
  const char *end = p + length, *close;
  g_autoptr (GString) label = NULL;

  if ((cs_source_get_line_bytes (source, line) & CS_BYTES_EMPHASIS) == 0)
    return NULL;
  p = skip_marks (p, end);
  if (end - p < 5 || (memcmp (p, "**", 2) != 0 && memcmp (p, "__", 2) != 0))
    return NULL;
  close = cs_bytes_find (p + 2, (gsize) (end - p - 2), p, 2);
  if (close == NULL || close - p > MAX_LABEL)
    return NULL;
  label = g_string_new_len (p + 2, close - p - 2);
  p = skip_blanks (close + 2, end);
  if (p < end && *p == ':')
    p = skip_blanks (p + 1, end);
  else if (g_str_has_prefix (p, "："))
    p = skip_blanks (p + strlen ("："), end);
  if (p < end && (*p != '(' || end - p > MAX_REMARK))
    return NULL;
  if (p < end)
    {
      g_string_append_c (label, ' ');
      g_string_append_len (label, p, end - p);
    }
  return g_string_free (g_steal_pointer (&label), FALSE);
}

/* Of code, tables and markup. */
static gboolean
is_no_key_byte (char c)
{
  switch (c)
    {
    case '`':
    case '<':
    case '>':
    case '{':
    case '}':
    case '[':
    case ']':
    case '|':
    case '=':
    case '"':
    case '$':
      return TRUE;
    default:
      return FALSE;
    }
}

/* A key is a few words with a letter in front, not a sentence, path or address. */
static gboolean
is_key (const char *key)
{
  gsize length = strlen (key);
  guint words = 1;

  if (length == 0 || length > MAX_KEY || !g_unichar_isalpha (g_utf8_get_char (key)))
    return FALSE;
  for (const char *p = key; *p != '\0'; p++)
    {
      words += *p == ' ' ? 1 : 0;
      if (is_no_key_byte (*p))
        return FALSE;
    }
  return words <= 7;
}

/**
 * cs_label_may_split:
 * @line: number of a line
 *
 * Returns: whether it has a colon, without which cs_label_split() finds nothing
 */
gboolean
cs_label_may_split (CsSource *source, guint line)
{
  return (cs_source_get_line_bytes (source, line) & (CS_BYTES_COLON | CS_BYTES_HIGH)) != 0;
}

/**
 * cs_label_split:
 * @text: (array length=length): a line
 * @key: (out) (transfer full): the words before the colon, without stars
 * @value: (out) (transfer full): what follows, without stars around it; may be empty
 *
 * Reads "Key: value" in the forms that people write it: plain, "**Key:** value", "**Key**: value",
 * as a list item, with a full-width colon.
 *
 * Returns: whether the line is one
 */
gboolean
cs_label_split (const char *text, gsize length, char **key, char **value)
{
  const char *end = text + length, *colon = NULL;
  const char *p = text;
  gsize colon_length = 1;
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  if (memchr (text, ':', length) == NULL && !cs_bytes_hold (text, length, "："))
    return FALSE;
  p = skip_marks (p, end);
  if (end - p >= 2 && strchr ("-*+", *p) != NULL && p[1] == ' ')
    p = skip_marks (p + 2, end);
  while (p < end && (*p == '*' || *p == '_'))
    p++;
  for (const char *q = p; q < end && q - p <= MAX_KEY + 4; q = g_utf8_next_char (q))
    {
      gunichar c = g_utf8_get_char (q);

      if (c == 0xff1a || (c == ':' && (q + 1 == end || strchr (" \t*_", q[1]) != NULL)))
        {
          colon = q;
          colon_length = c == ':' ? 1 : strlen ("：");
          break;
        }
    }
  if (colon == NULL)
    return FALSE;
  left = g_strndup (p, (gsize) (colon - p));
  for (gsize n = strlen (left); n > 0 && strchr ("*_ ", left[n - 1]) != NULL;)
    left[--n] = '\0';
  if (!is_key (left))
    return FALSE;
  p = colon + colon_length;
  while (p < end && *p == '*')
    p++;
  p = skip_blanks (p, end);
  right = g_strndup (p, (gsize) (end - p));
  g_strchomp (right);
  *key = g_steal_pointer (&left);
  *value = g_steal_pointer (&right);
  return TRUE;
}
