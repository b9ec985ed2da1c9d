/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pipelines of a shell script, and the keywords that hold several together. */

#include "cs-shell-flows.h"
#include "cs-shell-level.h"
#include "cs-shell-words.h"

static CsShellCaseState *
current_case (CsShellLevel *self)
{
  if (self->cases->len == 0)
    return NULL;
  return &g_array_index (self->cases, CsShellCaseState, self->cases->len - 1);
}

gboolean
cs_shell_level_in_case (CsShellLevel *self, CsShellCaseState state)
{
  return self->cases->len > 0 && *current_case (self) == state;
}

/* Only where one is open. */
void
cs_shell_level_set_case (CsShellLevel *self, CsShellCaseState state)
{
  *current_case (self) = state;
}

gboolean
cs_shell_level_end_pipeline (CsShellLevel *self)
{
  gboolean interprets = cs_shell_reader_interprets (&self->reader);
  guint first = self->pipeline.use;

  if (interprets)
    cs_shell_walk_read (self->walk, CS_SHELL_READING_CODE, self->pipeline.at);
  for (guint i = self->own_documents; interprets && i < self->documents->len; i++)
    ((CsShellDocument *) g_ptr_array_index (self->documents, i))->strict = TRUE;
  self->reader = (CsShellReader){ 0 };
  self->pipeline = (CsShellPipeline){ self->walk->uses->len, self->walk->pos };
  self->own_documents = self->documents->len;
  return !interprets || cs_shell_walk_need_plain (self->walk, first, CS_SHELL_INTERPRETED);
}

static void
open_compound (CsShellLevel *self)
{
  g_array_append_val (self->compounds, self->pipeline);
}

/* What follows `done` or `}` (a pipe to a shell, say) is about all that stands in it. */
static gboolean
close_compound (CsShellLevel *self)
{
  if (!cs_shell_level_end_pipeline (self))
    return FALSE;
  if (self->compounds->len == 0)
    return TRUE;
  self->pipeline = g_array_index (self->compounds, CsShellPipeline, self->compounds->len - 1);
  g_array_set_size (self->compounds, self->compounds->len - 1);
  return TRUE;
}

gboolean
cs_shell_level_take_keyword (CsShellLevel *self, gsize start, gboolean *good)
{
  static const char *const OPENING[] = { "{", "if", "while", "until", NULL };
  static const char *const MIDDLE[] = { "then", "else", "elif", "do", "!", "time", "function",
                                        NULL };
  static const char *const NAMING[] = { "for", "select", "case", NULL };
  static const char *const CLOSING[] = { "}", "fi", "done", NULL };
  static const CsShellCaseState FIRST = CS_SHELL_CASE_WORD;
  CsShellWalk *walk = self->walk;

  if (cs_shell_word_is_one_of (walk, start, OPENING))
    open_compound (self);
  else if (cs_shell_word_is_one_of (walk, start, NAMING))
    {
      open_compound (self);
      self->after_for = cs_shell_word_is (walk, start, "for");
      self->naming = !cs_shell_word_is (walk, start, "case");
      if (cs_shell_word_is (walk, start, "case"))
        g_array_append_val (self->cases, FIRST);
      self->command = FALSE;
    }
  else if (cs_shell_word_is_one_of (walk, start, CLOSING))
    {
      *good = close_compound (self);
      self->command = FALSE;
    }
  else
    {
      if (cs_shell_word_is (walk, start, "function"))
        cs_shell_flows_see_function (walk->flows);
      return cs_shell_word_is_one_of (walk, start, MIDDLE);
    }
  return TRUE;
}

/* case WORD in PATTERN) … ;; esac. Returns whether the word was part of that. */
gboolean
cs_shell_level_take_case_word (CsShellLevel *self, gsize start, gboolean *good)
{
  CsShellCaseState *state = current_case (self);

  if (state == NULL)
    return FALSE;
  if (*state == CS_SHELL_CASE_WORD)
    *state = CS_SHELL_CASE_IN;
  else if (*state == CS_SHELL_CASE_IN && cs_shell_word_is (self->walk, start, "in"))
    *state = CS_SHELL_CASE_PATTERN;
  else if ((*state == CS_SHELL_CASE_PATTERN || (*state == CS_SHELL_CASE_BODY && self->command)) &&
           cs_shell_word_is (self->walk, start, "esac"))
    {
      g_array_set_size (self->cases, self->cases->len - 1);
      *good = close_compound (self);
      self->command = FALSE;
    }
  else
    return *state == CS_SHELL_CASE_PATTERN;
  return TRUE;
}
