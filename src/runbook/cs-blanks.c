/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blanks of a printed form: "Tech Lead: ____ Date: ____". */

#include "cs-blanks.h"

#include <string.h>

#define MIN_UNDERSCORES 3
#define MIN_DOTS 5
#define MIN_STARS 2
#define MAX_BLANKS 16
#define MAX_STAND_IN 40

static void
clear_blank (gpointer data)
{
  g_free (((CsBlank *) data)->label);
}

static gsize
run_length (const char *text, gsize length, char c, gboolean escaped)
{
  gsize n = 0, marks = 0;

  while (n < length)
    {
      if (text[n] == c)
        n++, marks++;
      else if (escaped && text[n] == '\\' && n + 1 < length && text[n + 1] == c)
        n += 2, marks++;
      else if (text[n] == ' ' && n + 1 < length && text[n + 1] == c && marks > 0)
        n++; /* "_ _ _ _" */
      else
        break;
    }
  return marks >= (c == '_' ? MIN_UNDERSCORES : MIN_DOTS) ? n : 0;
}

/* Formatters take "______" for emphasis and write it as "**\_**", "******\_\_******" or even
 * "\***\*\_\_\*\***": stars around underscores, and nothing else. */
static gsize
starred_length (const char *text, gsize length)
{
  gsize n = 0, before = 0, after = 0;
  gboolean underscores = FALSE;

  for (; n < length; n++)
    {
      if (text[n] == '*')
        *(underscores ? &after : &before) += 1;
      else if (text[n] == '_' && after == 0)
        underscores = TRUE;
      else if (!(text[n] == '\\' && n + 1 < length && strchr ("*_", text[n + 1]) != NULL))
        break;
    }
  return underscores && before >= MIN_STARS && after >= MIN_STARS ? n : 0;
}

/**
 * cs_blank_length:
 *
 * Returns: the length of the blank at the beginning of @text: underscores, dots, ellipses; else 0
 */
gsize
cs_blank_length (const char *text, gsize length)
{
  static const char ELLIPSIS[] = "…";
  gsize n = 0;

  if (length == 0)
    return 0;
  if (*text == '*' || (*text == '\\' && length > 1 && text[1] == '*'))
    return starred_length (text, length);
  if (*text == '_' || *text == '\\')
    return run_length (text, length, '_', TRUE);
  if (*text == '.')
    return run_length (text, length, '.', FALSE);
  while (length - n >= strlen (ELLIPSIS) && memcmp (text + n, ELLIPSIS, strlen (ELLIPSIS)) == 0)
    n += strlen (ELLIPSIS);
  return n >= 2 * strlen (ELLIPSIS) ? n : 0;
}

static gsize
skip_marks (const char *text, gsize from, gsize to)
{
  while (from < to && strchr (" \t*>-+|,;/()[]&`", text[from]) != NULL)
    from++;
  return from;
}

/* "<br>" at either end, and the colon that it parted from its blank. */
static char *
drop_breaks (char *label)
{
  char *end;

  if (strchr (label, '<') == NULL)
    return label;
  while (g_str_has_prefix (label, "<br") && (end = strchr (label, '>')) != NULL)
    memmove (label, end + 1, strlen (end + 1) + 1);
  while ((end = strrchr (label, '<')) != NULL && g_str_has_prefix (end, "<br") &&
         strchr (end, '>') != NULL && strchr (end, '>')[1] == '\0')
    {
      while (end > label && strchr (" :*", end[-1]) != NULL)
        end--;
      *end = '\0';
    }
  return g_strstrip (label);
}

/* The words between two blanks that belong to the second: "Date" in "____ Date: ____". */
static char *
clean_label (const char *text, gsize from, gsize to)
{
  char *label;

  from = skip_marks (text, from, to);
  label = g_strndup (text + from, to - from);
  for (gsize n = strlen (label); n > 0 && strchr (" \t*:(_[/|`", label[n - 1]) != NULL;)
    label[--n] = '\0';
  if (g_str_has_suffix (label, "："))
    label[strlen (label) - strlen ("：")] = '\0';
  for (char *p; (p = strstr (label, "**")) != NULL;)
    memmove (p, p + 2, strlen (p + 2) + 1);
  return drop_breaks (label);
}

/**
 * cs_blanks_may_be_in:
 * @text: (array length=length): a line
 * @bytes: what it holds
 *
 * Returns: whether cs_blanks_find() may find any: most lines have but the dots of a sentence
 */
gboolean
cs_blanks_may_be_in (const char *text, gsize length, CsBytes bytes)
{
  if ((bytes & (CS_BYTES_EMPHASIS | CS_BYTES_BACKSLASH | CS_BYTES_HIGH)) != 0)
    return TRUE;
  return (bytes & CS_BYTES_DOT) != 0 &&
         (cs_bytes_hold (text, length, "..") || cs_bytes_hold (text, length, ". ."));
}

/**
 * cs_blanks_find:
 * @text: (array length=length): a line
 * @rest: (out) (transfer full): the words behind the last blank
 *
 * Finds the blanks of a line, each with the words before it.
 *
 * Returns: (transfer full) (nullable): of #CsBlank; %NULL if the line has none
 */
GArray *
cs_blanks_find (const char *text, gsize length, char **rest)
{
  GArray *blanks = NULL;
  gsize label_start = 0;

  *rest = NULL;
  for (gsize i = 0; i < length;)
    {
      gsize n = text[i] == '_' || text[i] == '.' || text[i] == '\\' || text[i] == '*' ||
                    (guchar) text[i] == 0xe2
                  ? cs_blank_length (text + i, length - i)
                  : 0;
      CsBlank blank;

      if (n == 0 || (text[i] == '.' && i > 0 && g_ascii_isalnum (text[i - 1])))
        {
          i++;
          continue;
        }
      if (blanks == NULL)
        {
          blanks = g_array_new (FALSE, FALSE, sizeof (CsBlank));
          g_array_set_clear_func (blanks, clear_blank);
        }
      blank.label = clean_label (text, label_start, i);
      g_array_append_val (blanks, blank);
      i += n;
      label_start = i;
      if (blanks->len == MAX_BLANKS)
        break;
    }
  if (blanks != NULL)
    *rest = clean_label (text, label_start, length);
  return blanks;
}

/* "<br>" and the like are no blanks. */
static gboolean
is_tag (const char *inside, gsize length)
{
  static const char *const TAGS[] = { "br", "b", "i", "u", "a", "p", "td",
                                      "tr", "th", "sub", "sup", "kbd", "code", "em",
                                      "div", "span", "img", "strong", "del", "details", "summary" };

  if (*inside == '/' || *inside == '!')
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (TAGS); i++)
    {
      gsize n = strlen (TAGS[i]);

      if (length >= n && g_ascii_strncasecmp (inside, TAGS[i], n) == 0 &&
          (length == n || strchr (" /", inside[n]) != NULL))
        return TRUE;
    }
  return FALSE;
}

/* The length of "[Name]", "<sign here>" or "`[NAME]`" at the beginning of a text; 0: none. A link
 * and a box to tick are none. */
static gsize
stand_in_length (const char *text, gsize length)
{
  gsize quote = length > 0 && *text == '`' ? 1 : 0, end;
  char closing;

  if (length < quote + 3 || (text[quote] != '[' && text[quote] != '<'))
    return 0;
  closing = text[quote] == '[' ? ']' : '>';
  for (end = quote + 1; end < length && text[end] != closing; end++)
    {
      if (end > quote + MAX_STAND_IN || strchr ("[<`|", text[end]) != NULL)
        return 0;
    }
  if (end + quote >= length || end < quote + 3 || (quote > 0 && text[end + 1] != '`') ||
      (closing == '>' && is_tag (text + quote + 1, end - quote - 1)) ||
      (text[quote + 1] == '^' || text[quote + 1] == ' '))
    return 0;
  end += 1 + quote;
  return end < length && quote == 0 && closing == ']' && strchr ("([", text[end]) != NULL ? 0 : end;
}

/* Whether words before a stand-in end with a colon, as a label does. */
static gboolean
follows_colon (const char *text, gsize from, gsize to)
{
  while (to > from && strchr (" \t*_", text[to - 1]) != NULL)
    to--;
  return (to > from && text[to - 1] == ':') ||
         (to - from > strlen ("：") &&
          memcmp (text + to - strlen ("："), "：", strlen ("：")) == 0);
}

/**
 * cs_blanks_find_stand_ins:
 * @text: (array length=length): a line
 * @rest: (out) (transfer full): the words behind the last one
 *
 * Finds what stands for blanks: "Approved by: [name] Date: [DD]/[MM]".
 *
 * Returns: (transfer full) (nullable): of #CsBlank, as cs_blanks_find(); %NULL if the line has none
 */
GArray *
cs_blanks_find_stand_ins (const char *text, gsize length, char **rest)
{
  GArray *blanks = NULL;
  gsize label_start = 0;

  *rest = NULL;
  for (gsize i = 0; i < length; i++)
    {
      gsize n = strchr ("[<`", text[i]) != NULL && text[i] != '\0'
                  ? stand_in_length (text + i, length - i)
                  : 0;
      CsBlank blank;

      if (n == 0 || !follows_colon (text, label_start, i))
        continue;
      if (blanks == NULL)
        {
          blanks = g_array_new (FALSE, FALSE, sizeof (CsBlank));
          g_array_set_clear_func (blanks, clear_blank);
        }
      blank.label = clean_label (text, label_start, i);
      g_array_append_val (blanks, blank);
      i += n;
      /* "[DD]/[MM] [HH:MM]" is one. */
      while (i + 1 < length && strchr ("/-. ", text[i]) != NULL &&
             (n = stand_in_length (text + i + 1, length - i - 1)) > 0)
        i += 1 + n;
      label_start = i;
      i--;
      if (blanks->len == MAX_BLANKS)
        break;
    }
  if (blanks != NULL)
    *rest = clean_label (text, label_start, length);
  return blanks;
}
