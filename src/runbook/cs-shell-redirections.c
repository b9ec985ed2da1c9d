/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Redirections of a shell script, and the here-documents that some of them announce. */

#include "cs-shell-flows.h"
#include "cs-shell-level.h"

#include <string.h>

void
cs_shell_level_free_document (gpointer data)
{
  CsShellDocument *self = data;

  g_free (self->delimiter);
  g_free (self);
}

gboolean
cs_shell_level_read_documents (CsShellLevel *self)
{
  CsShellWalk *walk = self->walk;

  if (walk->documents > self->documents->len)
    return cs_shell_walk_fail (walk, walk->pos, "a here-document is open across $(…)");
  walk->documents -= self->documents->len;
  for (guint i = 0; i < self->documents->len; i++)
    {
      const CsShellDocument *document = g_ptr_array_index (self->documents, i);
      guint first = walk->uses->len;
      gsize from = walk->pos;

      if (!cs_shell_walk_document (walk, document))
        return FALSE;
      if (document->strict)
        cs_shell_walk_read (walk, CS_SHELL_READING_CODE, from);
      if (document->strict && !cs_shell_walk_need_plain (walk, first, CS_SHELL_INTERPRETED))
        return FALSE;
    }
  g_ptr_array_set_size (self->documents, 0);
  self->own_documents = 0;
  return TRUE;
}

/* The word behind <<: nothing is expanded in it, and a quote makes the document plain data. */
static gboolean
read_delimiter (CsShellLevel *self, gboolean strip_tabs)
{
  CsShellWalk *walk = self->walk;
  g_autoptr (GString) word = g_string_new (NULL);
  CsShellDocument *document;
  gboolean any_quote = FALSE;
  char quote = '\0';
  char c;

  while (cs_shell_walk_peek (walk, 0) == ' ' || cs_shell_walk_peek (walk, 0) == '\t')
    walk->pos++;
  while ((c = cs_shell_walk_peek (walk, 0)) != '\0' && c != '\n' &&
         (quote != '\0' || strchr (" \t;&|<>()", c) == NULL))
    {
      if (strchr ("$`", c) != NULL || (c == '\\' && quote == '"'))
        return cs_shell_walk_fail (walk, walk->pos, "the word behind << can't be read");
      walk->pos++;
      any_quote = any_quote || strchr ("\\'\"", c) != NULL;
      if (c == quote)
        quote = '\0';
      else if (quote == '\0' && strchr ("'\"", c) != NULL)
        quote = c;
      else if (c != '\\' || quote == '\'')
        g_string_append_c (word, c);
    }
  if (cs_shell_walk_at_slot (walk) || word->len == 0 || quote != '\0')
    return cs_shell_walk_fail (walk, walk->pos, "the word behind << can't be read");
  document = g_new0 (CsShellDocument, 1);
  document->delimiter = g_strdup (word->str);
  document->quoted = any_quote;
  document->strip_tabs = strip_tabs;
  g_ptr_array_add (self->documents, document);
  walk->documents++;
  self->reader.input = TRUE;
  return TRUE;
}

gboolean
cs_shell_level_walk_redirection (CsShellLevel *self)
{
  static const char *const SIGNS[] = { "<<<", "<<-", "<<", "<>", "<&", "<", ">>", ">&", ">|", ">" };
  CsShellWalk *walk = self->walk;

  for (guint i = 0; i < G_N_ELEMENTS (SIGNS); i++)
    {
      gsize n = strlen (SIGNS[i]);
      gboolean same = TRUE;

      for (gsize k = 0; k < n && same; k++)
        same = cs_shell_walk_peek (walk, k) == SIGNS[i][k];
      if (!same)
        continue;
      walk->pos += n;
      if (g_str_has_prefix (SIGNS[i], "<<") && SIGNS[i][2] != '<')
        return read_delimiter (self, n == 3);
      self->reader.input = self->reader.input || n == 3;
      self->redirect = TRUE;
      return TRUE;
    }
  return FALSE;
}
