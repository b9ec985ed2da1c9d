/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step of a phase: words, blocks and things to check. */

#include "cs-step.h"

#include "cs-estimates.h"
#include "cs-model.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (CsStep, cs_step, G_TYPE_OBJECT)

/* The lists of all steps that have none. */
static CsItems *no_blocks, *no_checks;

static void
cs_step_finalize (GObject *object)
{
  CsStep *self = CS_STEP (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->alternative_of);
  g_free (self->environment);
  g_clear_pointer (&self->source, cs_source_unref);
  g_clear_object (&self->blocks);
  g_clear_object (&self->checks);
  g_clear_pointer (&self->signed_lines, g_array_unref);
  G_OBJECT_CLASS (cs_step_parent_class)->finalize (object);
}

static void
cs_step_class_init (CsStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_step_finalize;
}

static void
cs_step_init (CsStep *self)
{
  self->estimate = -1;
}

/**
 * cs_step_get_id:
 *
 * Returns: (transfer none): "2.3" for the third step of phase 2
 */
const char *
cs_step_get_id (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), NULL);
  return self->id;
}

/**
 * cs_step_get_title:
 *
 * Returns: (transfer none): the title without emoji and numbering
 */
const char *
cs_step_get_title (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), NULL);
  return self->title;
}

/**
 * cs_step_get_alternative_of:
 *
 * Returns: (transfer none) (nullable): what it is one choice of; of the steps of a phase with the
 *   same words one is enough
 */
const char *
cs_step_get_alternative_of (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), NULL);
  return self->alternative_of;
}

/**
 * cs_step_get_environment:
 *
 * Returns: (transfer none) (nullable): for which environments alone the step is, with commas
 *   between them ("staging, qa"); %NULL: for all. See cs_environments_hold()
 */
const char *
cs_step_get_environment (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), NULL);
  return self->environment;
}

/**
 * cs_step_get_line:
 *
 * Returns: line of its heading, from 1
 */
guint
cs_step_get_line (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), 0);
  return self->line;
}

/**
 * cs_step_get_end_line:
 *
 * Returns: its last line
 */
guint
cs_step_get_end_line (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), 0);
  return self->end_line;
}

/**
 * cs_step_get_estimate:
 *
 * Returns: seconds that the author plans for it (the upper end of a range), -1 if not said
 */
gint64
cs_step_get_estimate (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), -1);
  return self->estimate;
}

/**
 * cs_step_get_blocks:
 *
 * Returns: (transfer none): of #CsBlock, in document order
 */
GListModel *
cs_step_get_blocks (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), NULL);
  return cs_items_or_none (self->blocks, CS_TYPE_BLOCK, &no_blocks);
}

/**
 * cs_step_get_checks:
 *
 * Returns: (transfer none): of #CsCheck, in document order
 */
GListModel *
cs_step_get_checks (CsStep *self)
{
  g_return_val_if_fail (CS_IS_STEP (self), NULL);
  return cs_items_or_none (self->checks, CS_TYPE_CHECK, &no_checks);
}

/* "**Expected Output**:" right above such a block says what the block's kind says already. */
static void
mark_caption (CsStep *self, CsBlock *block, guint8 *shown)
{
  for (guint line = block->line - 1; line > self->line; line--)
    {
      gsize length;
      const char *text = cs_source_get_line (self->source, line, &length);

      while (length > 0 && strchr (" \t\r*_", text[length - 1]) != NULL)
        length--;
      if (length == 0)
        continue;
      if (text[length - 1] == ':' && !shown[line - self->line])
        shown[line - self->line] = 1;
      return;
    }
}

/* Marks the lines that the step shows in a form of its own. */
static void
mark_shown_lines (CsStep *self, guint8 *shown)
{
  for (guint i = 0; i < g_list_model_get_n_items (cs_step_get_blocks (self)); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (cs_step_get_blocks (self), i);

      for (guint line = block->line; line <= MIN (block->end_line, self->end_line); line++)
        shown[line - self->line] = 1;
      if (block->kind == CS_BLOCK_EXPECTED)
        mark_caption (self, block, shown);
    }
  for (guint i = 0; i < g_list_model_get_n_items (cs_step_get_checks (self)); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (cs_step_get_checks (self), i);

      if (check->line >= self->line && check->line <= self->end_line)
        shown[check->line - self->line] = 1;
    }
  for (guint i = 0; self->signed_lines != NULL && i < self->signed_lines->len; i++)
    shown[g_array_index (self->signed_lines, guint, i) - self->line] = 1;
}

static gboolean
is_heading_line (const char *line, gsize length)
{
  gsize n = 0;

  while (n < length && line[n] == '#')
    n++;
  return n > 0 && n <= 6 && (n == length || line[n] == ' ');
}

static gboolean
is_rule_line (const char *line, gsize length)
{
  return length >= 3 && strspn (line, "-*_ ") >= length && strchr ("-*_", line[0]) != NULL;
}

/**
 * cs_step_dup_prose:
 *
 * Gives the words of the step as Markdown: its lines without heading, blocks, checks, lines to
 * sign, rules and estimate, blank lines folded into one.
 *
 * Returns: (transfer full) (nullable): the words, %NULL if there are none
 */
char *
cs_step_dup_prose (CsStep *self)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree guint8 *shown = NULL;
  gboolean blank = FALSE;

  g_return_val_if_fail (CS_IS_STEP (self), NULL);

  shown = g_malloc0 (self->end_line - self->line + 1);
  mark_shown_lines (self, shown);
  for (guint i = self->line; i <= self->end_line; i++)
    {
      gsize length;
      const char *line = cs_source_get_line (self->source, i, &length);

      if (shown[i - self->line] || (i == self->line && is_heading_line (line, length)) ||
          is_rule_line (line, length) || cs_estimate_is_line (line, length))
        {
          blank = TRUE;
          continue;
        }
      if (strspn (line, " \t") >= length)
        {
          blank = TRUE;
          continue;
        }
      if (blank && out->len > 0)
        g_string_append_c (out, '\n');
      blank = FALSE;
      g_string_append_len (out, line, (gssize) length);
      g_string_append_c (out, '\n');
    }
  if (out->len == 0)
    return NULL;
  g_string_truncate (out, out->len - 1);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
