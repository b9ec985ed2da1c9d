/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of Markdown tables. */

#include "cs-tables.h"

#include <string.h>

static void
add_cell (GPtrArray *cells, GString *cell)
{
  g_ptr_array_add (cells, g_strstrip (g_strndup (cell->str, cell->len)));
  g_string_truncate (cell, 0);
}

/**
 * cs_table_split_row:
 * @text: (array length=length): a line of a table
 *
 * Cuts a row into its cells, trimmed; `\|` is a bar inside a cell.
 *
 * Returns: (transfer full): of strings
 */
GPtrArray *
cs_table_split_row (const char *text, gsize length)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) cell = g_string_new (NULL);
  gsize i = 0;

  while (i < length && strchr (" \t>", text[i]) != NULL)
    i++;
  if (i < length && text[i] == '|')
    i++;
  while (length > i && (text[length - 1] == ' ' || text[length - 1] == '\t'))
    length--;
  if (length > i && text[length - 1] == '|' && !(length > i + 1 && text[length - 2] == '\\'))
    length--;
  for (; i < length; i++)
    {
      if (text[i] == '\\' && i + 1 < length && text[i + 1] == '|')
        g_string_append_c (cell, text[++i]);
      else if (text[i] == '|')
        add_cell (cells, cell);
      else
        g_string_append_c (cell, text[i]);
    }
  add_cell (cells, cell);
  return cells;
}

/* The words of a cell; empty where the row has none. */
const char *
cs_table_get_cell (GPtrArray *row, guint column)
{
  return column < row->len ? g_ptr_array_index (row, column) : "";
}
