/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the things to tick. */

#include "cs-checks.h"

#include "cs-boxes.h"
#include "cs-model.h"
#include "cs-outline.h"
#include "cs-tables.h"
#include "cs-word-folding.h"

#include <string.h>

/* Bytes of the words that a row of a table is about. */
#define MAX_SUBJECT 1000

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
  return at < length && cs_box_may_start (text[at]) ? at : from;
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
    "yes",       "y",        "ja",     "oui",      "sí",        "si",        "sim",
    "sì",        "tak",      "да",     "是",       "はい",      "예",        "evet",
    "done",      "ok",       "okay",   "pass",     "passed",    "complete",  "completed",
    "confirmed", "verified", "true",   "erledigt", "bestanden", "erfüllt",   "fait",
    "validé",    "conforme", "hecho",  "cumple",   "aprobado",  "feito",     "aprovado",
    "fatto",     "superato", "gedaan", "akkoord",  "zrobione",  "выполнено", "готово",
    "完成",      "通过",     "已完成", "完了",     "済",        "合格",      "✓",
    "✔",         "✅",
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
  if (to - from > 4 &&
      (memcmp (text + to - 3, "   ", 3) == 0 || memcmp (text + to - 4, "... ", 4) == 0))
    return TRUE;
  while (to > from && strchr (" \t*_", text[to - 1]) != NULL)
    to--;
  if (to > from && (text[to - 1] == ':' || text[to - 1] == '?'))
    return TRUE;
  return to - from >= strlen ("：") &&
         (memcmp (text + to - 3, "：", 3) == 0 || memcmp (text + to - 3, "？", 3) == 0);
}

/* The first box of a line, and where what stands before and behind it begins. */
typedef struct
{
  gsize at; /* of the words before it, or of the box itself */
  gsize box;
  gsize words;
  gboolean done;
} FirstBox;

static gboolean
find_first_box (const char *text, gsize length, gboolean item, FirstBox *first)
{
  gsize end;

  first->at = cs_box_skip_list_marks (text, length);
  if (first->at < length && (item || text[first->at] != '[') &&
      cs_box_parse_item (text + first->at, length - first->at, &first->done, &end))
    {
      first->box = first->at;
      first->words = first->at + end;
      return TRUE;
    }
  first->at = skip_emphasis (text, first->at, length);
  first->box = cs_box_find (text, first->at, length, &first->done, &first->words);
  return first->box < length;
}

/* Several boxes in one line are a choice. Behind words that name what it is about it can be a thing
 * to tick as well: an item of a list that asks whether something is so, or has a box of its own. */
static void
take_choice (GPtrArray *checks,
             guint line,
             const char *text,
             gsize length,
             const FirstBox *first,
             gsize second,
             gboolean mark)
{
  const char *words = text + first->words;
  gsize end;

  if (first->box > first->at && is_affirmed (words, second - first->words))
    {
      end = subject_end (text, first->at, first->box);
      g_ptr_array_add (checks, new_check (line, first->done, text + first->at, end - first->at));
    }
  else if (first->box == first->at && names_subject (text, first->words, second))
    {
      end = subject_end (text, first->words, second);
      g_ptr_array_add (checks, new_check (line, first->done, words, end - first->words));
    }
  else if (first->box == first->at && (text[first->box] != text[second] || mark))
    {
      g_ptr_array_add (checks, new_check (line, first->done, words, length - first->words));
    }
}

/* "- [ ] [ ] Ready": a box that stands twice. */
static gboolean
is_same_box (const char *text, const FirstBox *first, gsize second)
{
  gsize at = first->words;

  while (at < second && strchr (" \t", text[at]) != NULL)
    at++;
  return first->box == first->at && at == second;
}

/* Whether nothing stands behind a box that ends a line which begins with one: "- [ ] Ready ⬜" has
 * one thing to tick, and a mark of how it stands. */
static gboolean
is_last_mark (const char *text, gsize length, const FirstBox *first, gsize behind)
{
  while (behind < length && strchr (" \t*_.", text[behind]) != NULL)
    behind++;
  return first->box == first->at && behind >= length;
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
  gsize length, second, second_words;
  const char *text = cs_source_get_line (source, line, &length);
  gboolean second_done, glyph;
  FirstBox first;

  if ((cs_source_get_line_bytes (source, line) & (CS_BYTES_SQUARE | CS_BYTES_HIGH)) == 0 ||
      !find_first_box (text, length, item, &first))
    return;
  second = cs_box_find (text, first.words, length, &second_done, &second_words);
  if (second < length)
    {
      gboolean mark = item && (is_last_mark (text, length, &first, second_words) ||
                               is_same_box (text, &first, second));

      if (choice_lines != NULL && !mark)
        g_array_append_val (choice_lines, line);
      if (item)
        take_choice (checks, line, text, length, &first, second, mark);
      return;
    }
  glyph = (guchar) text[first.box] >= 0x80;
  if (first.box == first.at && first.words < length)
    g_ptr_array_add (checks,
                     new_check (line, first.done, text + first.words, length - first.words));
  else if (first.box > first.at &&
           (item || ((glyph || form) && names_subject (text, first.at, first.box))) &&
           !(first.done && is_word_end (text, first.box)) &&
           (first.words >= length || (glyph && is_yes (text + first.words, length - first.words))))
    g_ptr_array_add (checks, new_check (line, first.done, text + first.at,
                                        subject_end (text, first.at, first.box) - first.at));
}

/* "### [ ] Stop the mill": a heading that is to be ticked; "☑" before one is decoration. */
static void
parse_heading (GPtrArray *checks, CsSource *source, guint line)
{
  gsize length, at = 0, end;
  const char *text = cs_source_get_line (source, line, &length);
  gboolean done;

  while (at < length && strchr ("# \t>*", text[at]) != NULL)
    at++;
  if (at < length && cs_box_may_start (text[at]) &&
      cs_box_parse (text + at, length - at, &done, &end) && at + end < length &&
      (!done || text[at] == '['))
    g_ptr_array_add (checks, new_check (line, done, text + at + end, length - at - end));
}

/* The words that a row is about: the first cell that is no box and no number. They are copied for
 * each of its boxes: an essay names nothing. */
static const char *
row_subject (GPtrArray *row)
{
  for (guint i = 0; i < row->len; i++)
    {
      const char *cell = g_ptr_array_index (row, i);
      gboolean done;
      gsize end;

      if (strspn (cell, "0123456789.# ") < strlen (cell) &&
          !cs_box_parse_item (cell, strlen (cell), &done, &end))
        return strlen (cell) <= MAX_SUBJECT ? cell : "";
    }
  return "";
}

/* "[X] min", "[X]%": a number that is not known yet. */
static gboolean
is_figure (const char *box)
{
  static const char *const UNITS[] = { "%", "s", "sec", "min", "h", "hours", "minutes",
                                       "ms", "MB", "GB", "Std", "Std.", "Min.", "€" };

  gsize length;

  if (!g_str_has_prefix (box, "[X]"))
    return FALSE;
  box += strlen ("[X]");
  box += strspn (box, " ");
  length = strcspn (box, "*_ ");
  for (guint i = 0; i < G_N_ELEMENTS (UNITS); i++)
    {
      if (strlen (UNITS[i]) == length && strncmp (box, UNITS[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A cell of a table: a box, perhaps with words behind it, or words and a box. "☐ Yes ☐ No" beside a
 * subject is both a choice and a thing to tick. */
static void
parse_cell (GPtrArray *checks,
            GArray *choice_lines,
            guint line,
            const char *cell,
            const char *subject)
{
  gsize length = strlen (cell), second_words;
  gboolean second_done;
  FirstBox first;

  if (length == 0 || !find_first_box (cell, length, TRUE, &first))
    return;
  if (cs_box_find (cell, first.words, length, &second_done, &second_words) < length)
    {
      if (first.box > first.at)
        return;
      if (choice_lines != NULL)
        g_array_append_val (choice_lines, line);
      if (*subject != '\0')
        g_ptr_array_add (checks, new_check (line, FALSE, subject, strlen (subject)));
    }
  else if (first.box > first.at)
    {
      if ((guchar) cell[first.box] >= 0x80 && !first.done && first.words >= length)
        g_ptr_array_add (checks, new_check (line, FALSE, cell + first.at,
                                            subject_end (cell, first.at, first.box) - first.at));
    }
  else if (first.words >= length)
    {
      g_ptr_array_add (checks, new_check (line, first.done, subject, strlen (subject)));
    }
  else if (!is_figure (cell + first.box)) /* "[X] min" is to be filled in */
    {
      g_ptr_array_add (checks,
                       new_check (line, first.done, cell + first.words, length - first.words));
    }
}

/* A row of a table: one check for each cell with a box. */
static void
parse_row (GPtrArray *checks, GArray *choice_lines, CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);
  g_autoptr (GPtrArray) row = NULL;
  const char *subject;

  if (memchr (text, '[', length) == NULL && memchr (text, '\xe2', length) == NULL &&
      memchr (text, '\xf0', length) == NULL)
    return;
  row = cs_table_split_row (text, length);
  subject = row_subject (row);
  for (guint i = 0; i < row->len; i++)
    parse_cell (checks, choice_lines, line, g_ptr_array_index (row, i), subject);
}

/* The words of a cell or item of HTML that stands in one line; NULL for all other markup. */
static char *
dup_html_words (CsSource *source, guint line)
{
  static const char *const TAGS[] = { "<td", "<th", "<li", "<p" };
  gsize length, at = 0;
  const char *text = cs_source_get_line (source, line, &length), *close;
  gboolean known = FALSE;

  while (at < length && g_ascii_isspace (text[at]))
    at++;
  for (guint i = 0; i < G_N_ELEMENTS (TAGS); i++)
    {
      gsize n = strlen (TAGS[i]);

      known = known || (length > at + n && memcmp (text + at, TAGS[i], n) == 0 &&
                        strchr (" >", text[at + n]) != NULL);
    }
  close = known ? memchr (text + at, '>', length - at) : NULL;
  if (close == NULL)
    return NULL;
  at = (gsize) (close + 1 - text);
  close = cs_bytes_find (text + at, length - at, "</", 2);
  return g_strstrip (g_strndup (text + at, (close != NULL ? (gsize) (close - text) : length) - at));
}

/* "<td>[ &nbsp; ]</td>": as in a cell of a table; it is about what the cell below says, which is
 * the next one of the row. */
static void
parse_html (GPtrArray *checks, GArray *choice_lines, CsSource *source, guint line)
{
  g_autofree char *cell = NULL, *next = NULL;

  if ((cs_source_get_line_bytes (source, line) & (CS_BYTES_SQUARE | CS_BYTES_HIGH)) == 0)
    return;
  cell = dup_html_words (source, line);
  if (cell == NULL)
    return;
  if (line < cs_source_get_n_lines (source))
    next = dup_html_words (source, line + 1);
  parse_cell (checks, choice_lines, line, cell,
              next != NULL && strlen (next) <= MAX_SUBJECT ? next : "");
}

/* What the lines of a document have to know of those before them. */
typedef struct
{
  gboolean comment; /* of HTML, which nobody reads */
  guint fence_end;  /* the last line of the printed form that was looked at */
  gboolean empty_box;
} ChecksState;

static void
follow_comment (ChecksState *self, CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);

  if (self->comment)
    self->comment = !cs_bytes_hold (text, length, "-->");
  else
    self->comment = cs_bytes_hold (text, length, "<!--") && !cs_bytes_hold (text, length, "-->");
}

/* Whether a line ends in "Key: [X]", which in a printed form may be a figure to be filled in. */
static gboolean
ends_in_figure (CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);

  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  return length > 5 && memcmp (text + length - 5, ": [X]", 5) == 0;
}

/* "Visitors: [X]" in a printed form is a box that is ticked only where others are empty. */
static gboolean
is_figure_of_form (ChecksState *self,
                   CsSource *source,
                   CsMarkdown *markdown,
                   const guint8 *holds,
                   guint line)
{
  if (!ends_in_figure (source, line))
    return FALSE;
  if (line > self->fence_end)
    {
      guint from = line, to = line;

      while (from > self->fence_end + 1 && (holds[from - 1] & CS_HOLDS_FORM) != 0 &&
             cs_markdown_get_line_kind (markdown, from - 1) == CS_LINE_CODE)
        from--;
      self->empty_box = FALSE;
      for (to = from; to <= cs_source_get_n_lines (source) && (holds[to] & CS_HOLDS_FORM) != 0 &&
                      cs_markdown_get_line_kind (markdown, to) == CS_LINE_CODE;
           to++)
        {
          gsize length;
          const char *text = cs_source_get_line (source, to, &length);

          self->empty_box = self->empty_box || cs_bytes_hold (text, length, "[ ]");
        }
      self->fence_end = to - 1;
    }
  return !self->empty_box;
}

/**
 * cs_checks_find:
 * @holds: CS_HOLDS_FORM of each line
 * @choice_lines: (nullable): takes the lines with two boxes or more
 *
 * Finds the check items of a document: in lists, quotes, tables, HTML, paragraphs and printed
 * forms.
 *
 * Returns: (transfer full): of #CsCheck, in document order, not yet numbered
 */
GPtrArray *
cs_checks_find (CsSource *source, CsMarkdown *markdown, const guint8 *holds, GArray *choice_lines)
{
  GPtrArray *checks = g_ptr_array_new_with_free_func (g_object_unref);
  ChecksState state = { 0 };

  for (guint i = 1; i <= cs_source_get_n_lines (source); i++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (markdown, i);

      if (kind == CS_LINE_CODE && (holds[i] & CS_HOLDS_FORM) != 0 &&
          is_figure_of_form (&state, source, markdown, holds, i))
        continue;
      if (kind == CS_LINE_HTML && !state.comment)
        parse_html (checks, choice_lines, source, i);
      if (kind == CS_LINE_HTML)
        follow_comment (&state, source, i);
      else if (kind == CS_LINE_TEXT || (kind == CS_LINE_CODE && (holds[i] & CS_HOLDS_FORM) != 0))
        parse_line (checks, choice_lines, source, i, cs_markdown_is_item_start (markdown, i),
                    kind == CS_LINE_CODE);
      else if (kind == CS_LINE_TABLE)
        parse_row (checks, choice_lines, source, i);
      else if (kind == CS_LINE_HEADING)
        parse_heading (checks, source, i);
    }
  return checks;
}
