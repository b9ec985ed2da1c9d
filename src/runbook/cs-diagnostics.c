/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check of a runbook has to say. */

#include "cs-diagnostics.h"

#include <string.h>

/**
 * cs_diagnostics_take:
 * @facts: (element-type CsFact): takes the diagnostic
 * @severity: "error", "warning" or "info"
 * @code: for programs
 * @message: for people: what is wrong, and what to do
 *
 * Adds what a reader found on its way.
 */
void
cs_diagnostics_take (
  GPtrArray *facts,
  guint line,
  const char *severity,
  const char *code,
  const char *message)
{
  CsFact *fact = cs_fact_new (CS_FACT_DIAGNOSTIC, line, message);

  cs_fact_set_string (fact, "severity", severity);
  cs_fact_set_string (fact, "code", code);
  g_ptr_array_add (facts, fact);
}

static void
add (CsRunbook *runbook, guint line, const char *severity, const char *code, const char *message)
{
  cs_diagnostics_take (runbook->facts, line, severity, code, message);
}

static void
add_mark (CsRunbook *runbook, CsBlock *block, const CsMark *mark)
{
  g_autofree char *message = NULL;

  switch (mark->kind)
    {
    case CS_MARK_PLACEHOLDER:
      message = g_strdup_printf ("“%s” has to be filled in before this can run.", mark->text);
      add (runbook, mark->line, "info", "placeholder", message);
      break;
    case CS_MARK_EXAMPLE:
      message = g_strdup_printf ("“%s” looks like an example, and would run as it stands.",
                                 mark->text);
      add (runbook, mark->line, "info", "example", message);
      break;
    case CS_MARK_SECRET:
      add (runbook, mark->line, "warning", "secret-in-clear-text",
           "A secret stands here in clear text. Move it to the keyring and refer to it.");
      break;
    case CS_MARK_ENDLESS:
      if (cs_block_get_attribute (block, "timeout") == NULL)
        add (runbook, mark->line, "info", "endless-without-time-box",
             "This command runs until it is stopped. Say for how long it is to be watched.");
      break;
    case CS_MARK_DESTRUCTIVE:
      if (block->destructive)
        {
          message = g_strdup_printf ("“%s” can't be taken back (%s); it asks to be confirmed.",
                                     mark->text, mark->name);
          add (runbook, mark->line, "warning", "destructive", message);
        }
      break;
    case CS_MARK_EXPECTATION:
      if (strcmp (mark->name, "person") == 0)
        {
          message = g_strdup_printf ("Only a person can judge “%s”.", mark->text);
          add (runbook, mark->line, "info", "judged-by-person", message);
        }
      break;
    default:
      break;
    }
}

static gboolean
has_kind (CsRunbook *runbook, CsPhaseKind kind)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (runbook->phases)); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (G_LIST_MODEL (runbook->phases), i);

      if (phase->kind == kind)
        return TRUE;
    }
  return FALSE;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const CsFact *first = *(CsFact *const *) a, *second = *(CsFact *const *) b;

  if (first->line != second->line)
    return first->line < second->line ? -1 : 1;
  return (int) first->kind - (int) second->kind;
}

/**
 * cs_diagnostics_add:
 * @blocks: (element-type CsBlock): all blocks of the document
 * @unclosed_line: line of a fence that nothing closes, 0 if there is none
 *
 * Adds what a check of the runbook has to say to its facts.
 */
void
cs_diagnostics_add (CsRunbook *runbook, GPtrArray *blocks, guint unclosed_line)
{
  const char *damage = cs_source_get_damage (runbook->source);

  if (damage != NULL)
    add (runbook, 1, "warning",
         strcmp (damage, "latin1") == 0 ? "encoding-latin1" : "encoding-repaired",
         strcmp (damage, "latin1") == 0
           ? "The file is no UTF-8; it was read as Windows-1252."
           : "The text was damaged by a wrong encoding and is shown repaired; the "
             "original bytes are what is kept and signed. Save the file as UTF-8.");
  if (!has_kind (runbook, CS_PHASE_ROLLBACK))
    add (runbook, 1, "warning", "no-rollback",
         "There is no rollback procedure. Add a chapter that says the way back.");
  if (g_list_model_get_n_items (G_LIST_MODEL (runbook->signoffs)) == 0)
    add (runbook, 1, "info", "no-signoff",
         "Nobody is asked to sign. Add a line such as “Approved by: ____”.");
  if (unclosed_line > 0)
    add (runbook, unclosed_line, "error", "fence-not-closed",
         "This fence is not closed where its author meant it. Close it with a line of ``` alone.");
  for (guint i = 0; i < blocks->len; i++)
    {
      CsBlock *block = g_ptr_array_index (blocks, i);

      for (guint j = 0; j < block->marks->len; j++)
        add_mark (runbook, block, g_ptr_array_index (block->marks, j));
    }
  g_ptr_array_sort (runbook->facts, compare_lines);
}
