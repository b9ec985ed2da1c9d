/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks a block with everything that must be known before it is run. */

#include "cs-block-marks.h"

#include "cs-acts.h"
#include "cs-examples.h"
#include "cs-expectations.h"
#include "cs-inner-shells.h"
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
      CsBytes bytes = cs_source_get_line_bytes (classified->source, line);
      gboolean runs = command && !is_comment (p, end);

      cs_secrets_find (p, (gsize) (end - p), bytes, line, block->marks);
      if (runs || block->kind == CS_BLOCK_FILE)
        cs_placeholders_find (p, (gsize) (end - p), bytes, line, markup, block->marks);
      if (runs)
        cs_examples_find (p, (gsize) (end - p), bytes, line, block->marks);
      p = *end == '\n' ? end + 1 : end;
    }
}

static void
mark_acts (CsBlock *block, CsClassified *classified)
{
  for (guint i = 0; i < classified->commands->len; i++)
    {
      CsShellLine *line = &g_array_index (classified->commands, CsShellLine, i);
      CsInnerLook look;

      if (line->kind != CS_SHELL_COMMAND)
        continue;
      look.n_commands = 0;
      cs_acts_find (classified->raw + line->start, classified->raw + line->body,
                    classified->first_line + line->first, block->marks, cs_inner_shell_look, &look);
      /* A here-document is all that the program reads. */
      if (line->nested || line->body != line->end)
        continue;
      line->inner = cs_inner_shell_opened_by (&look);
      line->alone = look.n_commands == 1;
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

/* "bash {name=clear-cache timeout=120 interactive=false}": what an author who wants precision says.
 * Quotes hold a value with blanks together; a word without a value is kept with an empty one. */
static GHashTable *
parse_attributes (const char *info)
{
  const char *open = strchr (info, '{');
  const char *close = open != NULL ? strchr (open, '}') : NULL;
  g_autofree char *inside = NULL;
  g_auto (GStrv) words = NULL;
  GHashTable *attributes;

  if (close == NULL)
    return NULL;
  inside = g_strndup (open + 1, (gsize) (close - open - 1));
  if (!g_shell_parse_argv (inside, NULL, &words, NULL))
    return NULL;
  attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (char **word = words; *word != NULL; word++)
    {
      char *sign = strchr (*word, '=');

      if (sign == NULL)
        g_hash_table_replace (attributes, g_strdup (*word), g_strdup (""));
      else
        g_hash_table_replace (attributes, g_strndup (*word, (gsize) (sign - *word)),
                              g_strdup (sign + 1));
    }
  return attributes;
}

static void
apply_attributes (CsBlock *block)
{
  const char *interactive = cs_block_get_attribute (block, "interactive");
  const char *target = cs_block_get_attribute (block, "target");

  if (interactive != NULL)
    block->interactive = strcmp (interactive, "false") != 0;
  if (target != NULL)
    block->target = g_strdup (target);
}

/**
 * cs_block_apply_marks:
 *
 * Sets the flags of a block from its marks, and what its author said otherwise.
 */
void
cs_block_apply_marks (CsBlock *block)
{
  set_flags (block);
  apply_attributes (block);
}

static gboolean
holds_typed_lines (CsClassified *classified)
{
  for (guint i = 0; i < classified->commands->len; i++)
    {
      CsShellKind kind = g_array_index (classified->commands, CsShellLine, i).kind;

      if (kind == CS_SHELL_REPL || kind == CS_SHELL_FOREIGN)
        return TRUE;
    }
  return FALSE;
}

/* Comments between what is typed into other programs tell what these should say. */
static void
mark_expectations (CsBlock *block, CsClassified *classified)
{
  g_autoptr (GArray) lines = NULL;
  g_autofree char *text = NULL;

  if (!holds_typed_lines (classified))
    {
      cs_expectations_find (classified->text, classified->lines, classified->source,
                            block->marks);
      return;
    }
  lines = g_array_new (FALSE, FALSE, sizeof (guint));
  text = cs_classified_dup_commands (classified, 0, classified->commands->len, TRUE, lines);
  cs_expectations_find (text, lines, classified->source, block->marks);
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
  block->attributes = parse_attributes (block->info);
  mark_lines (block, classified);
  if (block->kind == CS_BLOCK_EXPECTED)
    cs_expectations_of_output (classified->text, classified->lines, block->marks);
  if (block->kind == CS_BLOCK_FILE)
    cs_expectations_of_file (classified->text, classified->lines, block->marks);
  if (block->kind != CS_BLOCK_COMMAND)
    return;
  mark_acts (block, classified);
  mark_expectations (block, classified);
  cs_block_apply_marks (block);
}
