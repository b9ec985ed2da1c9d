/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which variables a document uses anywhere: $NAME, ${NAME}. */

#include "cs-variable-uses.h"

static void
add_names (GHashTable *names, const char *text, const char *end)
{
  for (const char *p = text; (p = memchr (p, '$', (gsize) (end - p))) != NULL;)
    {
      const char *name = p + 1;

      if (name < end && *name == '{')
        name++;
      for (p = name; p < end && (g_ascii_isalnum (*p) || *p == '_');)
        p++;
      if (p > name && !g_ascii_isdigit (*name))
        g_hash_table_add (names, g_strndup (name, (gsize) (p - name)));
    }
}

static void
look_for_names (CsVariableUses *self)
{
  guint n_lines = cs_source_get_n_lines (self->source);

  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 1; i <= n_lines; i++)
    {
      gsize length;
      const char *line = cs_source_get_line (self->source, i, &length);

      if ((cs_source_get_line_bytes (self->source, i) & CS_BYTES_DOLLAR) != 0)
        add_names (self->names, line, line + length);
    }
}

/**
 * cs_variable_uses_hold:
 * @name: (array length=length): of a variable
 *
 * Returns: whether a line of the document uses it
 */
gboolean
cs_variable_uses_hold (CsVariableUses *self, const char *name, gsize length)
{
  g_autofree char *word = g_strndup (name, length);

  if (self->names == NULL)
    look_for_names (self);
  return g_hash_table_contains (self->names, word);
}

/**
 * cs_variable_uses_clear:
 *
 * Frees what was found.
 */
void
cs_variable_uses_clear (CsVariableUses *self)
{
  g_clear_pointer (&self->names, g_hash_table_unref);
}
