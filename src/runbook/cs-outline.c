/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chapters of a document as a tree. */

#include "cs-outline.h"

#include "cs-labels.h"

#include <string.h>

#define LABEL_LEVEL 7

/* What the words of a heading say by themselves: a label that looks like one may be none. */
static CsSection *
new_section (guint line, guint level, const char *text)
{
  CsSection *section = g_new0 (CsSection, 1);

  section->line = line;
  section->level = level;
  section->words = cs_heading_strip_markup (text);
  section->title = cs_heading_take_number (g_strdup (section->words), &section->numbering);
  section->topic = cs_heading_get_topic (section->title, &section->weight);
  return section;
}

void
cs_section_free (CsSection *section)
{
  g_free (section->words);
  g_free (section->title);
  g_clear_pointer (&section->children, g_ptr_array_unref);
  g_free (section);
}

static void
close_sections (CsSection **current, guint level, guint end_line)
{
  while ((*current)->level >= level)
    {
      (*current)->end_line = end_line;
      *current = (*current)->parent;
    }
}

static void
complete (CsSection *section)
{
  section->environment = cs_heading_get_environment (section->title);
  section->children = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_section_free);
}

static void
add_section (CsSection **current, CsSection *section)
{
  complete (section);
  close_sections (current, section->level, section->line - 1);
  section->parent = *current;
  if (section->topic == CS_TOPIC_TRIGGERS && section->weight == CS_HEADING_TRIGGERS_OF_ANYTHING &&
      !cs_section_stands_under (*current, CS_TOPIC_ROLLBACK))
    section->topic = CS_TOPIC_PROSE;
  g_ptr_array_add ((*current)->children, section);
  *current = section;
}

/* "**Step 2: Restore**" alone in its paragraph counts as a heading below all others; so does
 * "**Rollback:**", which the next label of any kind ends. */
static CsSection *
label_section (const CsElement *element, CsSource *source, const CsSection *current)
{
  g_autofree char *label = NULL;
  CsSection *section;

  if (element->kind != CS_ELEMENT_PARAGRAPH || element->depth > 0)
    return NULL;
  label = cs_label_dup (source, element->line);
  if (label == NULL)
    return NULL;
  section = new_section (element->line, LABEL_LEVEL, label);
  if (section->numbering == CS_NUMBERING_STEP || section->numbering == CS_NUMBERING_OPTION ||
      section->numbering == CS_NUMBERING_PHASE ||
      (section->topic == CS_TOPIC_ROLLBACK && section->weight >= 100) ||
      (current->level == LABEL_LEVEL && current->numbering == CS_NUMBERING_NONE))
    return section;
  cs_section_free (section);
  return NULL;
}

/**
 * cs_outline_new:
 *
 * Builds the tree of the headings. Headings in lists and quotes are words, not chapters.
 *
 * Returns: (transfer full): the document as the section that holds all others
 */
CsSection *
cs_outline_new (CsMarkdown *markdown, CsSource *source)
{
  CsSection *document = new_section (1, 0, "");
  CsSection *current = document;

  complete (document);
  for (guint i = 0; i < cs_markdown_get_n_elements (markdown); i++)
    {
      const CsElement *element = cs_markdown_get_element (markdown, i);

      if (element->kind == CS_ELEMENT_HEADING && element->depth == 0)
        {
          add_section (&current, new_section (element->line, element->level, element->text));
        }
      else
        {
          CsSection *label = label_section (element, source, current);

          if (label != NULL)
            add_section (&current, label);
        }
    }
  close_sections (&current, 1, cs_source_get_n_lines (source));
  document->end_line = cs_source_get_n_lines (source);
  return document;
}

/**
 * cs_section_stands_under:
 * @section: (nullable): a chapter
 *
 * Returns: whether it, or one that it stands in, is about the topic
 */
gboolean
cs_section_stands_under (const CsSection *section, CsTopic topic)
{
  for (; section != NULL; section = section->parent)
    {
      if (section->topic == topic)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_outline_get_title_section:
 *
 * Returns: (transfer none) (nullable): the first chapter, if it is the document's title: nothing of
 *   its level or above comes before it, and it is a heading of the first level or holds all others
 */
CsSection *
cs_outline_get_title_section (CsSection *document)
{
  CsSection *first;

  if (document->children->len == 0)
    return NULL;
  first = g_ptr_array_index (document->children, 0);
  if (first->level == LABEL_LEVEL)
    return NULL;
  return first->level == 1 || document->children->len == 1 ? first : NULL;
}
