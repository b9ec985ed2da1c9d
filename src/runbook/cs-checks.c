/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the things to tick. */

#include "cs-checks.h"

#include "cs-model.h"

#include <string.h>

static gsize
skip_list_marks (const char *text, gsize length)
{
  gsize at = 0, n;

  while (TRUE)
    {
      while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '>'))
        at++;
      if (at + 1 < length && strchr ("-*+", text[at]) != NULL
          && (text[at + 1] == ' ' || text[at + 1] == '\t'))
        {
          at++;
          continue;
        }
      for (n = at; n < length && g_ascii_isdigit (text[n]);)
        n++;
      if (n > at && n + 1 < length && (text[n] == '.' || text[n] == ')') && text[n + 1] == ' ')
        {
          at = n + 1;
          continue;
        }
      return at;
    }
}

/**
 * cs_checks_parse_box:
 * @text: (array length=length): the beginning of an item's words
 * @done: (out): whether the box is ticked
 * @box_end: (out): where the words after the box begin
 *
 * Reads "[ ]", "[x]" and the ballot boxes of Unicode.
 *
 * Returns: whether there is a box
 */
gboolean
cs_checks_parse_box (const char *text, gsize length, gboolean *done, gsize *box_end)
{
  static const char *const OPEN[] = { "☐", "□", "⬜", "◻" };
  static const char *const TICKED[] = { "☑", "☒", "🗹" };
  gsize n = 0;

  if (length >= 3 && text[0] == '[' && strchr (" xX", text[1]) != NULL && text[2] == ']')
    {
      *done = text[1] != ' ';
      n = 3;
    }
  else if (length >= 2 && text[0] == '[' && text[1] == ']')
    {
      *done = FALSE;
      n = 2;
    }
  for (guint i = 0; n == 0 && i < G_N_ELEMENTS (OPEN); i++)
    {
      if (length >= strlen (OPEN[i]) && memcmp (text, OPEN[i], strlen (OPEN[i])) == 0)
        {
          *done = FALSE;
          n = strlen (OPEN[i]);
        }
    }
  for (guint i = 0; n == 0 && i < G_N_ELEMENTS (TICKED); i++)
    {
      if (length >= strlen (TICKED[i]) && memcmp (text, TICKED[i], strlen (TICKED[i])) == 0)
        {
          *done = TRUE;
          n = strlen (TICKED[i]);
        }
    }
  if (n == 0 || (n < length && text[0] == '[' && text[n] != ' ' && text[n] != '\t'))
    return FALSE;
  if (length - n >= 3 && memcmp (text + n, "\xef\xb8\x8f", 3) == 0)
    n += 3;
  while (n < length && (text[n] == ' ' || text[n] == '\t'))
    n++;
  *box_end = n;
  return TRUE;
}

/* "☐ Yes ☐ No", "[ ] GO [ ] NO-GO": a choice, not a thing to tick. */
static gboolean
has_second_box (const char *text, gsize length)
{
  gboolean done;
  gsize end;

  for (gsize i = 0; i < length; i++)
    {
      if ((text[i] == '[' || (guchar) text[i] >= 0xe2)
          && cs_checks_parse_box (text + i, length - i, &done, &end))
        return TRUE;
    }
  return FALSE;
}

static CsCheck *
parse_line (CsSource *source, guint line)
{
  gsize length, at, end;
  const char *text = cs_source_get_line (source, line, &length);
  gboolean done;
  CsCheck *check;

  at = skip_list_marks (text, length);
  if (!cs_checks_parse_box (text + at, length - at, &done, &end) || at + end >= length
      || has_second_box (text + at + end, length - at - end))
    return NULL;
  check = g_object_new (CS_TYPE_CHECK, NULL);
  check->line = line;
  check->done = done;
  check->text = g_strndup (text + at + end, length - at - end);
  g_strchomp (check->text);
  return check;
}

/**
 * cs_checks_find:
 *
 * Finds the check items of a document's text.
 *
 * Returns: (transfer full): of #CsCheck, in document order, not yet numbered
 */
GPtrArray *
cs_checks_find (CsSource *source, CsMarkdown *markdown)
{
  GPtrArray *checks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 1; i <= cs_source_get_n_lines (source); i++)
    {
      CsCheck *check;

      if (cs_markdown_get_line_kind (markdown, i) != CS_LINE_TEXT)
        continue;
      check = parse_line (source, i);
      if (check != NULL)
        g_ptr_array_add (checks, check);
    }
  return checks;
}
