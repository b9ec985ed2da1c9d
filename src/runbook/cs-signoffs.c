/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the lines that someone is to sign. */

#include "cs-signoffs.h"

#include "cs-labels.h"
#include "cs-model.h"

#include <string.h>

static gboolean
has_blank (const char *text)
{
  return strstr (text, "___") != NULL || strstr (text, "\\_\\_\\_") != NULL;
}

static gboolean
is_approval (const char *key)
{
  static const char *const WORDS[] = { " by", "sign", "lead", "developer", "operations", "manager",
                                       "engineer", "owner", "approv" };
  g_autofree char *lower = g_utf8_strdown (key, -1);

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strstr (lower, WORDS[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_signoffs_find:
 *
 * Finds the signature lines of a document.
 *
 * Returns: (transfer full): of #CsSignoff, in document order, not yet numbered
 */
GPtrArray *
cs_signoffs_find (CsSource *source, CsMarkdown *markdown)
{
  GPtrArray *signoffs = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 1; i <= cs_source_get_n_lines (source); i++)
    {
      gsize length;
      const char *line = cs_source_get_line (source, i, &length);
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;
      CsSignoff *signoff;

      if (cs_markdown_get_line_kind (markdown, i) != CS_LINE_TEXT
          || !cs_label_split (line, length, &key, &value) || !has_blank (value)
          || !is_approval (key))
        continue;
      signoff = g_object_new (CS_TYPE_SIGNOFF, NULL);
      signoff->line = i;
      signoff->role = g_steal_pointer (&key);
      signoff->meaning = g_strdup ("");
      signoff->fields = g_new0 (char *, 1);
      g_ptr_array_add (signoffs, signoff);
    }
  return signoffs;
}
