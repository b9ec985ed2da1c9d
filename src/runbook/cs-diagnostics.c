/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check of a runbook has to say. */

#include "cs-diagnostics.h"

#include "cs-diagnostic-words.h"

#include <string.h>

/**
 * cs_diagnostics_take:
 * @facts: (element-type CsFact): takes the diagnostic
 * @code: (transfer none): of the table of sentences; must live for ever, as a literal does
 * @subject: (nullable): what it is said of, as written
 *
 * Adds what a reader found on its way.
 */
void
cs_diagnostics_take (GPtrArray *facts, guint line, const char *code, const char *subject)
{
  g_autofree char *message = cs_diagnostic_format (cs_diagnostic_get_words (code), subject);
  CsFact *fact = cs_fact_new (CS_FACT_DIAGNOSTIC, line, message);

  cs_fact_set_literal (fact, "severity", cs_diagnostic_get_severity (code));
  cs_fact_set_literal (fact, "code", code);
  if (subject != NULL)
    cs_fact_set_string (fact, "subject", subject);
  g_ptr_array_add (facts, fact);
}

static void
add_mark (CsRunbook *runbook, CsBlock *block, const CsMark *mark)
{
  GPtrArray *facts = runbook->facts;

  switch (mark->kind)
    {
    case CS_MARK_PLACEHOLDER:
      cs_diagnostics_take (facts, mark->line, "placeholder", mark->text);
      break;
    case CS_MARK_EXAMPLE:
      cs_diagnostics_take (facts, mark->line, "example", mark->text);
      break;
    case CS_MARK_SECRET:
      cs_diagnostics_take (facts, mark->line, "secret-in-clear-text", NULL);
      break;
    case CS_MARK_ENDLESS:
      if (cs_block_get_attribute (block, "timeout") == NULL)
        cs_diagnostics_take (facts, mark->line, "endless-without-time-box", NULL);
      break;
    case CS_MARK_DESTRUCTIVE:
      if (block->destructive)
        cs_diagnostics_take (facts, mark->line, "destructive", mark->text);
      break;
    case CS_MARK_EXPECTATION:
      if (strcmp (mark->name, "person") == 0)
        cs_diagnostics_take (facts, mark->line, "judged-by-person", mark->text);
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
    cs_diagnostics_take (runbook->facts, 1,
                         strcmp (damage, "latin1") == 0 ? "encoding-latin1" : "encoding-repaired",
                         NULL);
  if (!has_kind (runbook, CS_PHASE_ROLLBACK))
    cs_diagnostics_take (runbook->facts, 1, "no-rollback", NULL);
  if (g_list_model_get_n_items (G_LIST_MODEL (runbook->signoffs)) == 0)
    cs_diagnostics_take (runbook->facts, 1, "no-signoff", NULL);
  if (unclosed_line > 0)
    cs_diagnostics_take (runbook->facts, unclosed_line, "fence-not-closed", NULL);
  for (guint i = 0; i < blocks->len; i++)
    {
      CsBlock *block = g_ptr_array_index (blocks, i);

      for (guint j = 0; j < block->marks->len; j++)
        add_mark (runbook, block, g_ptr_array_index (block->marks, j));
    }
  g_ptr_array_sort (runbook->facts, compare_lines);
}
