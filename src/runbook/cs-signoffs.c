/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the lines that someone is to sign. */

#include "cs-signoffs.h"

#include "cs-blanks.h"
#include "cs-headings.h"
#include "cs-outline.h"
#include "cs-signoff-search.h"

#include <string.h>

static void
take_line (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);
  g_autofree char *rest = NULL;
  g_autoptr (GArray) blanks = NULL;

  if (length == 0 || length > CS_SIGNOFF_MAX_LINE)
    return;
  if (cs_blanks_may_be_in (text, length, cs_source_get_line_bytes (self->source, line)))
    blanks = cs_blanks_find (text, length, &rest);
  if (blanks != NULL)
    {
      cs_signoff_search_take_blanks (self, line, blanks, rest);
      return;
    }
  if ((memchr (text, '[', length) != NULL || memchr (text, '<', length) != NULL) &&
      cs_signoff_search_take_stand_ins (self, line))
    return;
  if (cs_markdown_is_item_start (self->markdown, line) &&
      (cs_signoff_search_in_chapter (self, line) ||
       cs_signoff_search_stands_under_approval (self)) &&
      cs_signoff_search_take_item (self, line))
    return;
  cs_signoff_search_take_label (self, line, text, length);
}

static gboolean
is_underscore_rule (CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);

  return length >= 5 && memchr (text, '_', length) != NULL;
}

/* The second line of a heading that is underlined. */
static gboolean
is_underline (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);

  return line > 1 && cs_markdown_get_line_kind (self->markdown, line - 1) == CS_LINE_HEADING &&
         length > 0 && strspn (text, "=-> \t") >= length;
}

/* Whether a printed form begins that goes on from the item right over it. */
static gboolean
begins_form_of_item (CsSignoffSearch *self, guint line, CsLineKind kind)
{
  return kind == CS_LINE_CODE && self->open != NULL && self->open_item &&
         line == self->open_line + 1 && line < cs_source_get_n_lines (self->source) &&
         (self->holds[line + 1] & CS_HOLDS_FORM) != 0;
}

static void
search_line (CsSignoffSearch *self, guint line)
{
  CsLineKind kind = cs_markdown_get_line_kind (self->markdown, line);
  gboolean form = kind == CS_LINE_CODE && (self->holds[line] & CS_HOLDS_FORM) != 0;

  if (kind == CS_LINE_HEADING && is_underline (self, line))
    return;
  if (kind == CS_LINE_HEADING)
    {
      gsize length;
      const char *words = cs_source_get_line (self->source, line, &length);
      g_autofree char *text =
        g_strndup (words, cs_bytes_cut (words, length, CS_HEADING_MAX_LENGTH));
      CsNumbering numbering;

      g_free (self->heading);
      self->heading = cs_heading_clean_title (text + strspn (text, "# "), &numbering);
      g_clear_pointer (&self->sentence, g_free);
      cs_signoff_search_set_label (self, g_strdup (self->heading), line);
      self->label.heading = TRUE;
      self->list_line = 0;
      self->rule_line = 0;
      self->acknowledged = cs_form_asks_acknowledgement (self->heading);
      self->open = NULL;
    }
  else if (kind == CS_LINE_TEXT || form ||
           (kind == CS_LINE_RULE && is_underscore_rule (self->source, line)))
    {
      take_line (self, line);
    }
  else if (kind != CS_LINE_BLANK && !begins_form_of_item (self, line, kind))
    {
      self->rule_line = kind == CS_LINE_RULE ? line : self->rule_line;
      self->open = NULL;
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  guint first = (*(CsSignoff *const *) a)->line, second = (*(CsSignoff *const *) b)->line;

  return first < second ? -1 : first > second;
}

/**
 * cs_signoffs_find:
 * @holds: CS_HOLDS_FORM and CS_HOLDS_SIGNOFF_CHAPTER of each line; takes CS_HOLDS_SIGNED
 *
 * Finds the signature lines of a document: in prose, lists, tables and printed forms.
 *
 * Returns: (transfer full): of #CsSignoff, in document order, not yet numbered
 */
GPtrArray *
cs_signoffs_find (CsSource *source, CsMarkdown *markdown, guint8 *holds)
{
  CsSignoffSearch self = { .source = source, .markdown = markdown, .holds = holds };
  guint n_elements = cs_markdown_get_n_elements (markdown);

  self.signoffs = g_ptr_array_new_with_free_func (g_object_unref);
  self.words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 1; i <= cs_source_get_n_lines (source); i++)
    {
      while (self.next_element < n_elements &&
             cs_markdown_get_element (markdown, self.next_element)->line <= i)
        {
          const CsElement *element = cs_markdown_get_element (markdown, self.next_element++);

          if (element->kind == CS_ELEMENT_TABLE)
            cs_signoff_search_take_table (&self, element);
        }
      search_line (&self, i);
    }
  g_ptr_array_sort (self.signoffs, compare_lines);
  g_hash_table_unref (self.words);
  g_free (self.heading);
  g_free (self.sentence);
  g_free (self.form_role);
  g_free (self.label.text);
  return self.signoffs;
}
