/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables with a column to sign in. */

#include "cs-blanks.h"
#include "cs-headings.h"
#include "cs-outline.h"
#include "cs-signoff-search.h"
#include "cs-tables.h"

#include <string.h>

static gboolean
is_unsigned (const char *cell)
{
  gsize length = strlen (cell);

  if (length == 0 || strcmp (cell, "[ ]") == 0 || strcmp (cell, "☐") == 0 ||
      strcmp (cell, "[]") == 0)
    return TRUE;
  return cs_blank_length (cell, length) == length || cs_signoff_is_stand_in (cell);
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
      if ((word == CS_FORM_APPROVAL || word == CS_FORM_SIGNATURE) && cs_form_asks_consent (words))
        cs_signoff_search_add (self, line, words);
    }
  self->open = NULL;
}

static void
take_row (CsSignoffSearch *self,
          guint line,
          GPtrArray *header,
          GPtrArray *row,
          int column,
          gboolean explicit)
{
  const char *role = "";
  g_autofree char *words = NULL;
  CsSignoff *signoff;

  if (!is_unsigned (cs_table_get_cell (row, (guint) column)))
    return;
  for (guint i = 0; i < row->len && *role == '\0'; i++)
    role = is_unsigned (cs_table_get_cell (row, i)) ? "" : cs_table_get_cell (row, i);
  if (*role == '\0' && !explicit)
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

  if (column < 0)
    column = find_column (self, header, CS_FORM_APPROVAL);
  if (column >= 0 && !explicit && !cs_signoff_search_in_chapter (self, element->line) &&
      !cs_form_asks_consent (cs_table_get_cell (header, (guint) column)))
    column = -1;
  if (column < 0 && cs_signoff_search_in_chapter (self, element->line))
    column = find_column (self, header, CS_FORM_NAME);
  if (column < 0 && cs_signoff_search_in_chapter (self, element->line))
    column = find_column (self, header, CS_FORM_FIELD);
  if (column < 0 && header->len > 2 && cs_signoff_search_in_chapter (self, element->line) &&
      is_left_open (self, element))
    column = 1;
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
