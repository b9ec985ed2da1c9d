/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables with a column to sign in. */

#include "cs-blanks.h"
#include "cs-boxes.h"
#include "cs-headings.h"
#include "cs-outline.h"
#include "cs-signoff-search.h"
#include "cs-tables.h"

#include <string.h>

/* "Approval of the Tech Lead"; what is longer tells of an approval. */
#define MAX_CONSENT_WORDS 5

/* Outside of what is signed it says that there is nothing to approve. */
static gboolean
is_dash (const char *cell)
{
  return strcmp (cell, "-") == 0 || strcmp (cell, "–") == 0 || strcmp (cell, "—") == 0 ||
         strcmp (cell, "--") == 0;
}

/* "__/__/____", "/ /". */
static gboolean
is_blank_date (const char *cell)
{
  return (strchr (cell, '_') != NULL || strchr (cell, '/') != NULL) &&
         strspn (cell, "_/.-: \\") == strlen (cell);
}

static gboolean
is_unsigned (const char *cell)
{
  gsize length = strlen (cell);

  static const char *const MARKS[] = { "", "[ ]", "[]", "☐", "⬜", "□", "▢", "◻",
                                       "-", "–", "—", "--", "⏳", "...", "…" };

  for (guint i = 0; i < G_N_ELEMENTS (MARKS); i++)
    {
      if (strcmp (cell, MARKS[i]) == 0)
        return TRUE;
    }
  return cs_blank_length (cell, length) == length || is_blank_date (cell) ||
         cs_signoff_is_stand_in (cell);
}

/* "☐ Approved ☐ Rejected": boxes with words, none of them ticked, and nothing before them. */
static gboolean
holds_open_boxes (const char *cell)
{
  gsize length = strlen (cell), words = 0, box;
  gboolean done;

  if (!cs_box_parse_item (cell, length, &done, &words) || done)
    return FALSE;
  while ((box = cs_box_find (cell, words, length, &done, &words)) < length)
    {
      if (done)
        return FALSE;
    }
  return TRUE;
}

static int
find_column (CsSignoffSearch *self, GPtrArray *header, CsFormWord wanted)
{
  for (guint i = 0; i < header->len; i++)
    {
      if (cs_signoff_search_word_of (self, cs_table_get_cell (header, i)) == wanted)
        return (int) i;
    }
  return -1;
}

/* Whether the dates that a table notes are all those of something else: "Due date" without a
 * "Date". Names in it are those of people who did something, and not of people who sign. */
static gboolean
notes_other_dates (GPtrArray *header)
{
  guint n_others = 0;

  for (guint i = 0; i < header->len; i++)
    {
      gboolean of_signature;

      if (!cs_form_asks_date (cs_table_get_cell (header, i), &of_signature))
        continue;
      if (of_signature)
        return FALSE;
      n_others++;
    }
  return n_others > 0;
}

/* The first column of things to fill in that is not filled in from the beginning, as roles are. */
static int
find_open_field (CsSignoffSearch *self, GPtrArray *header, GPtrArray *first_row)
{
  for (guint i = 0; i < header->len; i++)
    {
      if (cs_signoff_search_word_of (self, cs_table_get_cell (header, i)) == CS_FORM_FIELD &&
          (is_unsigned (cs_table_get_cell (first_row, i)) ||
           holds_open_boxes (cs_table_get_cell (first_row, i))))
        return (int) i;
    }
  return -1;
}

/* "Customer | Project Lead" over "____ | ____": a blank for each of those whom the header names. */
static gboolean
take_blank_row (CsSignoffSearch *self, GPtrArray *header, GPtrArray *row, guint line)
{
  guint n_roles = 0;

  for (guint i = 0; i < header->len; i++)
    {
      const char *words = cs_table_get_cell (header, i), *cell = cs_table_get_cell (row, i);
      CsFormWord word = cs_signoff_search_word_of (self, words);

      if (*words == '\0' || word == CS_FORM_FIELD || word == CS_FORM_NAME || *cell == '\0' ||
          cs_blank_length (cell, strlen (cell)) < strlen (cell))
        return FALSE;
      n_roles += word == CS_FORM_ROLE ? 1 : 0;
    }
  if (2 * n_roles < header->len)
    return FALSE;
  for (guint i = 0; i < header->len; i++)
    {
      g_autofree char *words = cs_heading_strip_markup (cs_table_get_cell (header, i));

      cs_signoff_search_add (self, line, words);
    }
  self->open = NULL;
  return TRUE;
}

/* Whether rows of a table say who, and leave all else to be filled in. */
static gboolean
is_left_open (CsSignoffSearch *self, const CsElement *element)
{
  guint n_rows = 0;

  for (guint line = element->line + 2; line <= element->end_line; line++, n_rows++)
    {
      gsize length;
      const char *text = cs_source_get_line (self->source, line, &length);
      g_autoptr (GPtrArray) row =
        length <= CS_SIGNOFF_MAX_LINE ? cs_table_split_row (text, length) : NULL;

      if (row == NULL || row->len < 2 || is_unsigned (cs_table_get_cell (row, 0)))
        return FALSE;
      for (guint i = 1; i < row->len; i++)
        {
          if (!is_unsigned (cs_table_get_cell (row, i)))
            return FALSE;
        }
    }
  return n_rows > 0;
}

/* A row of a table; NULL for prose. */
static GPtrArray *
split_line (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);

  return length <= CS_SIGNOFF_MAX_LINE ? cs_table_split_row (text, length) : NULL;
}

/* "57", "#3", "1.": the number of a row. */
static gboolean
is_number (const char *cell)
{
  return *cell != '\0' && strspn (cell, "0123456789.#") == strlen (cell);
}

static guint
count_words (const char *text)
{
  guint n = 1;

  for (; *text != '\0'; text++)
    n += *text == ' ' ? 1 : 0;
  return n;
}

/* Whether a table is one of people: a column of theirs, or rows that most of them begin with a
 * role or an approval. */
static gboolean
is_of_people (CsSignoffSearch *self, const CsElement *element, GPtrArray *header)
{
  guint n_rows = 0, n_people = 0;

  for (guint i = 0; i < header->len; i++)
    {
      const char *words = cs_table_get_cell (header, i);
      CsFormWord word = cs_signoff_search_word_of (self, words);

      if (word == CS_FORM_ROLE || cs_form_names_group (words) ||
          (word == CS_FORM_APPROVAL && strchr (words, '?') == NULL))
        return TRUE;
    }
  for (guint line = element->line + 2; line <= element->end_line; line++, n_rows++)
    {
      g_autoptr (GPtrArray) row = split_line (self, line);
      guint first = row != NULL && is_number (cs_table_get_cell (row, 0)) ? 1 : 0;
      CsFormWord word = row != NULL
                          ? cs_signoff_search_word_of (self, cs_table_get_cell (row, first))
                          : CS_FORM_UNKNOWN;

      n_people +=
        word == CS_FORM_ROLE || ((word == CS_FORM_APPROVAL || word == CS_FORM_SIGNATURE) &&
                                 count_words (cs_table_get_cell (row, first)) <= MAX_CONSENT_WORDS);
    }
  return 2 * n_people > n_rows;
}

/* Whether a table counts: "Approved | Pending" over "7 | 3". */
static gboolean
is_tally (CsSignoffSearch *self, const CsElement *element)
{
  g_autoptr (GPtrArray) first =
    element->line + 2 <= element->end_line ? split_line (self, element->line + 2) : NULL;

  for (guint i = 1; first != NULL && i < first->len; i++)
    {
      if (is_number (cs_table_get_cell (first, i)))
        return TRUE;
    }
  return FALSE;
}

/* In a chapter of sign-offs: the column to write a name or date in. */
static int
find_chapter_column (CsSignoffSearch *self, const CsElement *element, GPtrArray *header)
{
  int column = find_column (self, header, CS_FORM_NAME);
  g_autoptr (GPtrArray) first =
    element->line + 2 <= element->end_line ? split_line (self, element->line + 2) : NULL;

  /* Names that are there already leave the date to be written. */
  if (column >= 0 && first != NULL && !is_unsigned (cs_table_get_cell (first, (guint) column)) &&
      find_open_field (self, header, first) >= 0)
    column = -1;
  if (column < 0 && first != NULL && is_of_people (self, element, header))
    column = find_open_field (self, header, first);
  if (column < 0 && header->len > 2 && is_left_open (self, element))
    column = 1;
  return column;
}

/* A table with no row but one of blanks. */
static gboolean
take_blank_rows (CsSignoffSearch *self, const CsElement *element, GPtrArray *header)
{
  guint line = element->line + 2;
  g_autoptr (GPtrArray) row = line == element->end_line ? split_line (self, line) : NULL;

  if (row == NULL || !take_blank_row (self, header, row, line))
    return FALSE;
  self->holds[element->line] |= CS_HOLDS_SIGNED;
  self->holds[element->line + 1] |= CS_HOLDS_SIGNED;
  return TRUE;
}

/* "Approved by | ____" in a table of fields and values. */
static void
take_fields (CsSignoffSearch *self, const CsElement *element)
{
  for (guint line = element->line + 2; line <= element->end_line; line++)
    {
      gsize length;
      const char *text = cs_source_get_line (self->source, line, &length);
      g_autoptr (GPtrArray) row =
        length <= CS_SIGNOFF_MAX_LINE ? cs_table_split_row (text, length) : NULL;
      g_autofree char *words = NULL;
      CsFormWord word;

      if (row == NULL || !is_unsigned (cs_table_get_cell (row, 1)))
        continue;
      words = cs_heading_strip_markup (cs_table_get_cell (row, 0));
      word = cs_signoff_search_word_of (self, words);
      if ((word == CS_FORM_APPROVAL || word == CS_FORM_SIGNATURE) && cs_form_asks_consent (words) &&
          count_words (words) <= MAX_CONSENT_WORDS &&
          !holds_open_boxes (cs_table_get_cell (row, 1)))
        cs_signoff_search_add (self, line, words);
    }
  self->open = NULL;
}

/* Whether a row leaves open when its approver signed: "Ada Lovelace | | ". */
static gboolean
awaits_approver (GPtrArray *header, GPtrArray *row, const char *heading)
{
  gboolean dated = FALSE;

  if (!cs_form_names_approver (heading))
    return FALSE;
  for (guint i = 0; i < header->len; i++)
    {
      gboolean of_signature;

      if (!cs_form_asks_date (cs_table_get_cell (header, i), &of_signature) || !of_signature)
        continue;
      if (!is_unsigned (cs_table_get_cell (row, i)))
        return FALSE;
      dated = TRUE;
    }
  return dated;
}

/* Who signs in a row: what is written in it, and is no box. */
static const char *
find_role (GPtrArray *row)
{
  for (guint i = 0; i < row->len; i++)
    {
      const char *cell = cs_table_get_cell (row, i);

      if (!is_unsigned (cell) && !holds_open_boxes (cell) && !is_number (cell))
        return cell;
    }
  return "";
}

static void
take_row (CsSignoffSearch *self,
          guint line,
          GPtrArray *header,
          GPtrArray *row,
          int column,
          gboolean explicit)
{
  const char *role = find_role (row), *cell = cs_table_get_cell (row, (guint) column);
  const char *heading = cs_table_get_cell (header, (guint) column);
  gboolean approval = cs_signoff_search_word_of (self, heading) == CS_FORM_APPROVAL;
  gboolean chapter = cs_signoff_search_in_chapter (self, line);
  g_autofree char *words = NULL;
  CsSignoff *signoff;

  if (!explicit && !chapter && is_dash (cell))
    return;
  if (!is_unsigned (cell) &&
      !((explicit || (chapter && (approval || cs_form_asks_consent (cell)))) &&
        holds_open_boxes (cell)) &&
      !(approval && awaits_approver (header, row, heading)))
    return;
  if (*role == '\0' && !explicit &&
      !(approval && *cell != '\0' && awaits_approver (header, row, heading)))
    return;
  words =
    cs_heading_strip_markup (*role != '\0' ? role : cs_table_get_cell (header, (guint) column));
  signoff = cs_signoff_search_add (self, line, words);
  for (guint i = 0; i < header->len; i++)
    {
      if (is_unsigned (cs_table_get_cell (row, i)))
        cs_signoff_add_field (signoff, cs_table_get_cell (header, i));
    }
}

/* A table with a column to sign in; in a chapter of sign-offs one to write a name or date in. */
void
cs_signoff_search_take_table (CsSignoffSearch *self, const CsElement *element)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, element->line, &length);
  g_autoptr (GPtrArray) header = cs_table_split_row (text, length);
  int column = find_column (self, header, CS_FORM_SIGNATURE);
  gboolean explicit = column >= 0;
  guint n_signoffs;

  if (column < 0 && !is_tally (self, element))
    column = find_column (self, header, CS_FORM_APPROVAL);
  if (column >= 0 && !explicit &&
      strchr (cs_table_get_cell (header, (guint) column), '?') != NULL &&
      !is_of_people (self, element, header))
    column = -1;
  if (column >= 0 && !explicit && !cs_signoff_search_in_chapter (self, element->line) &&
      !cs_form_asks_consent (cs_table_get_cell (header, (guint) column)))
    column = -1;
  if (column < 0 && cs_signoff_search_in_chapter (self, element->line) &&
      !notes_other_dates (header))
    column = find_chapter_column (self, element, header);
  if (column < 0 && cs_signoff_search_in_chapter (self, element->line) &&
      take_blank_rows (self, element, header))
    return;
  if (column < 0 && header->len == 2)
    take_fields (self, element);
  if (column < 0 || length > CS_SIGNOFF_MAX_LINE)
    return;
  n_signoffs = self->signoffs->len;
  for (guint line = element->line + 2; line <= element->end_line; line++)
    {
      g_autoptr (GPtrArray) row = NULL;

      text = cs_source_get_line (self->source, line, &length);
      if (length > CS_SIGNOFF_MAX_LINE)
        continue;
      row = cs_table_split_row (text, length);
      take_row (self, line, header, row, column, explicit);
    }
  n_signoffs = self->signoffs->len - n_signoffs;
  if (n_signoffs > 0 && n_signoffs + 1 == element->end_line - element->line)
    {
      /* All rows are signed: nothing is left of the table but its header. */
      self->holds[element->line] |= CS_HOLDS_SIGNED;
      self->holds[element->line + 1] |= CS_HOLDS_SIGNED;
    }
  self->open = NULL;
}
