/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks a block with everything that must be known before it is run. */

#include "cs-block-marks.h"

#include "cs-acts.h"
#include "cs-expectations.h"
#include "cs-placeholders.h"
#include "cs-secrets.h"

#include <string.h>

static gboolean
has_markup (const char *text)
{
  return strstr (text, "</") != NULL || strstr (text, "/>") != NULL;
}

static gboolean
is_comment (const char *line, const char *end)
{
  while (line < end && (*line == ' ' || *line == '\t'))
    line++;
  return line < end && *line == '#';
}

/* Secrets stand anywhere, comments included; placeholders where they would run, or be saved. */
static void
mark_lines (CsBlock *block, CsClassified *classified)
{
  gboolean command = block->kind == CS_BLOCK_COMMAND;
  gboolean markup = !command || has_markup (classified->raw);
  const char *p = classified->raw;

  for (guint line = classified->first_line; *p != '\0'; line++)
    {
      const char *end = strchrnul (p, '\n');

      cs_secrets_find (p, (gsize) (end - p), line, block->marks);
      if (command ? !is_comment (p, end) : block->kind == CS_BLOCK_FILE)
        cs_placeholders_find (p, (gsize) (end - p), line, markup, block->marks);
      p = *end == '\n' ? end + 1 : end;
    }
}

static void
mark_acts (CsBlock *block, CsClassified *classified)
{
  for (guint i = 0; i < classified->commands->len; i++)
    {
      const CsShellLine *line = &g_array_index (classified->commands, CsShellLine, i);

      if (line->kind == CS_SHELL_COMMAND)
        cs_acts_find (classified->raw + line->start, classified->raw + line->body,
                      classified->first_line + line->first, block->marks);
    }
}

static void
set_flags (CsBlock *block)
{
  for (guint i = 0; i < block->marks->len; i++)
    {
      CsMark *mark = g_ptr_array_index (block->marks, i);

      block->endless |= mark->kind == CS_MARK_ENDLESS;
      /* sudo may ask or may not: it does not make a terminal of the whole block. */
      block->interactive |= mark->kind == CS_MARK_INTERACTIVE && strcmp (mark->name, "sudo") != 0;
      block->destructive |= mark->kind == CS_MARK_DESTRUCTIVE && cs_act_loses_data (mark->name);
    }
}

/**
 * cs_block_find_marks:
 * @classified: what the block was found to be
 *
 * Fills the marks and flags of a block.
 */
void
cs_block_find_marks (CsBlock *block, CsClassified *classified)
{
  mark_lines (block, classified);
  if (block->kind == CS_BLOCK_EXPECTED)
    cs_expectations_of_output (classified->text, classified->lines, block->marks);
  if (block->kind != CS_BLOCK_COMMAND)
    return;
  mark_acts (block, classified);
  cs_expectations_find (classified->text, classified->lines, block->marks);
  set_flags (block);
}
