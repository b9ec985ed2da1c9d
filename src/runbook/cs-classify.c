/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a code block is: commands, expected output, a file, a sample. */

#include "cs-classify.h"

#include "cs-languages.h"
#include "cs-shell-likeness.h"

#include <string.h>

/* How far above a block its label may stand. */
#define MAX_LABEL_DISTANCE 3
#define MAX_LABEL_LENGTH 200

/* The line over a block that introduces it: "**Expected Output**:". */
static char *
label_above (CsSource *source, CsMarkdown *markdown, guint line)
{
  for (guint i = 1; i <= MAX_LABEL_DISTANCE && i < line; i++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (markdown, line - i);
      gsize length;

      if (kind == CS_LINE_BLANK)
        continue;
      cs_source_get_line (source, line - i, &length);
      if (length > MAX_LABEL_LENGTH || (kind != CS_LINE_TEXT && kind != CS_LINE_HEADING))
        return NULL;
      return cs_source_dup_line (source, line - i);
    }
  return NULL;
}

static char *
language_of (const char *info)
{
  const char *start = info != NULL ? info + strspn (info, " \t{.") : "";
  g_autofree char *name = g_strndup (start, strcspn (start, " \t{},:;"));

  return g_ascii_strdown (name, -1);
}

static CsBlockKind
decide (CsClassified *self, const CsElement *element, gboolean under_expected)
{
  switch (cs_language_of (self->language))
    {
    case CS_LANGUAGE_SHELL:
    case CS_LANGUAGE_CONSOLE:
      return cs_shell_is_tagged_command (element->text) ? CS_BLOCK_COMMAND : CS_BLOCK_SAMPLE;
    case CS_LANGUAGE_NONE:
      if (under_expected)
        return CS_BLOCK_EXPECTED;
      return cs_shell_is_untagged_command (element->text) ? CS_BLOCK_COMMAND : CS_BLOCK_SAMPLE;
    case CS_LANGUAGE_OUTPUT:
      return under_expected ? CS_BLOCK_EXPECTED : CS_BLOCK_SAMPLE;
    case CS_LANGUAGE_FILE:
      return under_expected ? CS_BLOCK_EXPECTED : CS_BLOCK_FILE;
    default:
      return CS_BLOCK_SAMPLE;
    }
}

/* Numbers the lines of the text that stays as it is in the document. */
static void
take_all_lines (CsClassified *self, const CsElement *element)
{
  guint line = element->line + (element->fenced ? 1 : 0);

  self->text = g_strdup (element->text);
  for (const char *p = self->text; *p != '\0'; line++)
    {
      const char *newline = strchrnul (p, '\n');

      g_array_append_val (self->lines, line);
      p = *newline == '\n' ? newline + 1 : newline;
    }
}

/**
 * cs_classify:
 * @element: a code block
 *
 * Decides what a code block is, by its info string, its contents and the words above it.
 *
 * Returns: (transfer full): the decision
 */
CsClassified *
cs_classify (const CsElement *element, CsSource *source, CsMarkdown *markdown)
{
  CsClassified *self = g_new0 (CsClassified, 1);
  g_autofree char *label = label_above (source, markdown, element->line);

  self->language = language_of (element->info);
  self->lines = g_array_new (FALSE, FALSE, sizeof (guint));
  self->kind = decide (self, element, label != NULL && cs_language_is_expected_label (label));
  take_all_lines (self, element);
  return self;
}

void
cs_classified_free (CsClassified *self)
{
  g_free (self->language);
  g_free (self->text);
  g_array_unref (self->lines);
  g_free (self);
}
