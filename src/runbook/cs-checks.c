/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the things to tick. */

#include "cs-checks.h"

#include "cs-model.h"
#include "cs-outline.h"
#include "cs-tables.h"
#include "cs-word-folding.h"

#include <string.h>

static gsize
skip_list_marks (const char *text, gsize length)
{
  gsize at = 0, n;

  while (TRUE)
    {
      while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '>'))
        at++;
      if (at + 1 < length && strchr ("-*+", text[at]) != NULL &&
          (text[at + 1] == ' ' || text[at + 1] == '\t'))
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
  static const char *const TICKED[] = { "☑", "☒", "🗹", "[✓]", "[✔]", "[√]" };
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

static gboolean
is_box_start (char c)
{
  return c == '[' || (guchar) c >= 0xe2;
}

/* The offset of the first box from an offset on, outside of code; length if there is none. */
static gsize
find_box (const char *text, gsize from, gsize length, gboolean *done, gsize *words)
{
  gboolean code = FALSE;
  gsize box_end;

  for (gsize i = from; i < length; i++)
    {
      if (text[i] == '`')
        code = !code;
      if (code || !is_box_start (text[i]) ||
          (i > from && text[i] == '[' && text[i - 1] != ' ' && text[i - 1] != ':' &&
           text[i - 1] != '|'))
        continue;
      if (cs_checks_parse_box (text + i, length - i, done, &box_end))
        {
          *words = i + box_end;
          return i;
        }
    }
  return length;
}

/* Stars that were opened before the box. */
static void
drop_closing_stars (char *text)
{
  gsize length = strlen (text);

  if (length > 2 && g_str_has_suffix (text, "**") && strstr (text, "**") == text + length - 2)
    text[length - 2] = '\0';
}

static CsCheck *
new_check (guint line, gboolean done, const char *text, gsize length)
{
  CsCheck *check = g_object_new (CS_TYPE_CHECK, NULL);

  check->line = line;
  check->done = done;
  check->text = g_strstrip (g_strndup (text, length));
  drop_closing_stars (check->text);
  return check;
}

/* "**☐ Approved**", "_☐ later_": the stars of a box that is emphasised with its words. */
static gsize
skip_emphasis (const char *text, gsize from, gsize length)
{
  gsize at = from;

  while (at < length && at - from < 3 && strchr ("*_", text[at]) != NULL)
    at++;
  return at < length && is_box_start (text[at]) ? at : from;
}

/* "Team informed: ☐ Yes": a single word behind the box, or two, only say that it is so. */
static gboolean
is_yes (const char *text, gsize length)
{
  guint n_words = 1;

  while (length > 0 && strchr (" .*_", text[length - 1]) != NULL)
    length--;
  for (gsize i = 0; i < length; i++)
    n_words += text[i] == ' ' ? 1 : 0;
  return length > 0 && length <= 30 && n_words <= 2;
}

/* Whether the first of several boxes says that what stands before them is so: "☐ Yes ☐ No" asks
 * for a thing to be done or true, "☐ Staging ☐ Production" for a choice. */
static gboolean
is_affirmed (const char *text, gsize length)
{
  static const char *const WORDS[] = {
    "yes", "y", "ja", "oui", "sí", "si", "sim", "sì", "tak", "да", "是", "はい", "예", "evet",
    "done", "ok", "okay", "pass", "passed", "complete", "completed", "confirmed", "verified",
    "true", "erledigt", "bestanden", "erfüllt", "fait", "validé", "conforme", "hecho", "cumple",
    "aprobado", "feito", "aprovado", "fatto", "superato", "gedaan", "akkoord", "zrobione",
    "выполнено", "готово", "完成", "通过", "已完成", "完了", "済", "合格", "✓", "✔", "✅",
  };
  g_autofree char *words = g_strndup (text, length);
  g_autofree char *folded = NULL;

  words[strcspn (words, "*_,;/|(")] = '\0';
  folded = cs_fold_words (g_strstrip (words));
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      g_autofree char *word = cs_fold_words (WORDS[i]);

      if (strcmp (folded, word) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Where the words before a box end, without colon and dots; the marks of emphasis stay. */
static gsize
subject_end (const char *text, gsize from, gsize to)
{
  while (to > from && strchr (" \t:.", text[to - 1]) != NULL)
    to--;
  if (to - from > strlen ("：") && memcmp (text + to - strlen ("："), "：", strlen ("：")) == 0)
    to -= strlen ("：");
  return to;
}

/* "all of them are☑": a tick that is a part of the sentence. */
static gboolean
is_word_end (const char *text, gsize box)
{
  return strchr (" \t:|.*_", text[box - 1]) == NULL;
}

/* Whether the words before a box name what it is for: "Team informed:", "Does it start?", and in
 * print "Team informed ......" or a wide gap. */
static gboolean
names_subject (const char *text, gsize from, gsize to)
{
  if (to - from > 4 && (memcmp (text + to - 3, "   ", 3) == 0 ||
                        memcmp (text + to - 4, "... ", 4) == 0))
    return TRUE;
  while (to > from && strchr (" \t*_", text[to - 1]) != NULL)
    to--;
  if (to > from && (text[to - 1] == ':' || text[to - 1] == '?'))
    return TRUE;
  return to - from >= strlen ("：") && (memcmp (text + to - 3, "：", 3) == 0 ||
                                        memcmp (text + to - 3, "？", 3) == 0);
}

/* Several boxes in one line are a choice. Behind words that name what it is about it can be a thing
 * to tick as well: an item of a list that asks whether something is so, or has a box of its own. */
static void
parse_choice (GPtrArray *checks, CsSource *source, guint line, gboolean item, gsize at)
{
  gsize length, box, words, second, second_words;
  const char *text = cs_source_get_line (source, line, &length);
  gboolean done, second_done;

  box = find_box (text, at, length, &done, &words);
  second = find_box (text, words, length, &second_done, &second_words);
  if (!item)
    return;
  if (box > at && is_affirmed (text + words, second - words))
    g_ptr_array_add (checks, new_check (line, done, text + at, subject_end (text, at, box) - at));
  else if (box == at && names_subject (text, words, second))
    g_ptr_array_add (checks, new_check (line, done, text + words,
                                        subject_end (text, words, second) - words));
  else if (box == at && text[box] != text[second])
    g_ptr_array_add (checks, new_check (line, done, text + words, length - words));
}

/* A line of text: the box in front, or, in a list or behind a colon, at the end, where a word may
 * say what it means to tick it. */
static void
parse_line (GPtrArray *checks,
            GArray *choice_lines,
            CsSource *source,
            guint line,
            gboolean item,
            gboolean form)
{
  gsize length, at, box, words, second_words;
  const char *text = cs_source_get_line (source, line, &length);
  gboolean done, second_done, glyph;

  if ((cs_source_get_line_bytes (source, line) & (CS_BYTES_SQUARE | CS_BYTES_HIGH)) == 0)
    return;
  at = skip_list_marks (text, length);
  at = skip_emphasis (text, at, length);
  box = find_box (text, at, length, &done, &words);
  if (box == length)
    return;
  if (find_box (text, words, length, &second_done, &second_words) < length)
    {
      if (choice_lines != NULL)
        g_array_append_val (choice_lines, line);
      parse_choice (checks, source, line, item, at);
      return;
    }
  glyph = (guchar) text[box] >= 0x80;
  if (box == at && words < length)
    g_ptr_array_add (checks, new_check (line, done, text + words, length - words));
  else if (box > at && (item || ((glyph || form) && names_subject (text, at, box))) &&
           !(done && is_word_end (text, box)) &&
           (words >= length || (glyph && is_yes (text + words, length - words))))
    g_ptr_array_add (checks, new_check (line, done, text + at, subject_end (text, at, box) - at));
}

/* The words that a row is about: the first cell that is no box and no number. */
static const char *
row_subject (GPtrArray *row)
{
  for (guint i = 0; i < row->len; i++)
    {
      const char *cell = g_ptr_array_index (row, i);
      gboolean done;
      gsize end;

      if (strspn (cell, "0123456789.# ") < strlen (cell) &&
          !cs_checks_parse_box (cell, strlen (cell), &done, &end))
        return cell;
    }
  return "";
}

static gboolean
is_unit (const char *words)
{
  static const char *const UNITS[] = { "%", "s", "sec", "min", "h", "hours", "minutes",
                                       "ms", "MB", "GB", "Std", "Std.", "Min.", "€" };

  for (guint i = 0; i < G_N_ELEMENTS (UNITS); i++)
    {
      if (strcmp (words, UNITS[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A row of a table: one check for each cell that begins with a box; "☐ Yes ☐ No" is a choice. */
static void
parse_row (GPtrArray *checks, GArray *choice_lines, CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);
  g_autoptr (GPtrArray) row = NULL;

  if (memchr (text, '[', length) == NULL && memchr (text, '\xe2', length) == NULL &&
      memchr (text, '\xf0', length) == NULL)
    return;
  row = cs_table_split_row (text, length);
  for (guint i = 0; i < row->len; i++)
    {
      const char *cell = g_ptr_array_index (row, i);
      gsize n = strlen (cell), words, second_words;
      gboolean done, second_done;

      if (find_box (cell, 0, n, &done, &words) != 0 || n == 0)
        continue;
      if (find_box (cell, words, n, &second_done, &second_words) < n)
        {
          /* "☐ open ☐ done" beside a subject: both a choice and a thing to tick. */
          if (choice_lines != NULL)
            g_array_append_val (choice_lines, line);
          if (*row_subject (row) != '\0')
            g_ptr_array_add (
              checks, new_check (line, FALSE, row_subject (row), strlen (row_subject (row))));
          continue;
        }
      if (words < n && cell[1] == 'X' && is_unit (cell + words))
        continue; /* "[X] min" is a figure to fill in */
      if (words < n)
        g_ptr_array_add (checks, new_check (line, done, cell + words, n - words));
      else
        g_ptr_array_add (checks,
                         new_check (line, done, row_subject (row), strlen (row_subject (row))));
    }
}

/**
 * cs_checks_find:
 * @holds: CS_HOLDS_FORM of each line
 * @choice_lines: (nullable): takes the lines with two boxes or more
 *
 * Finds the check items of a document: in lists, quotes, tables, paragraphs and printed forms.
 *
 * Returns: (transfer full): of #CsCheck, in document order, not yet numbered
 */
GPtrArray *
cs_checks_find (CsSource *source, CsMarkdown *markdown, const guint8 *holds, GArray *choice_lines)
{
  GPtrArray *checks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 1; i <= cs_source_get_n_lines (source); i++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (markdown, i);

      if (kind == CS_LINE_TEXT || (kind == CS_LINE_CODE && (holds[i] & CS_HOLDS_FORM) != 0))
        parse_line (checks, choice_lines, source, i, cs_markdown_is_item_start (markdown, i),
                    kind == CS_LINE_CODE);
      else if (kind == CS_LINE_TABLE)
        parse_row (checks, choice_lines, source, i);
    }
  return checks;
}
