/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a runbook that people can decide about differently. */

#include "cs-subjects.h"

#include "cs-model.h"

#include <string.h>

typedef struct
{
  guint wanted;
  guint nearest;
} Search;

static guint
distance (guint a, guint b)
{
  return a > b ? a - b : b - a;
}

static void
consider (Search *search, guint line)
{
  if (search->nearest == 0 ||
      distance (line, search->wanted) < distance (search->nearest, search->wanted))
    search->nearest = line;
}

static void
consider_checks (Search *search, CsPhase *phase)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      for (guint j = 0; j < g_list_model_get_n_items (cs_step_get_checks (step)); j++)
        {
          g_autoptr (CsCheck) check = g_list_model_get_item (cs_step_get_checks (step), j);

          consider (search, check->line);
        }
    }
}

static void
consider_phases (Search *search, CsRunbook *runbook, gboolean checks)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (runbook->phases)); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (G_LIST_MODEL (runbook->phases), i);

      if (checks)
        consider_checks (search, phase);
      else
        consider (search, phase->line);
    }
}

static void
consider_signoffs (Search *search, CsRunbook *runbook)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (runbook->signoffs)); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (G_LIST_MODEL (runbook->signoffs), i);

      consider (search, signoff->line);
    }
}

/**
 * cs_subjects_find_nearest:
 * @what: `CS_OVERRULE_…`
 * @line: from 1
 *
 * Says where something stands that a person could take for something else. Code blocks count
 * wherever they stand, also in text that belongs to no step.
 *
 * Returns: the line nearest to @line, which is @line itself if something of the kind begins there;
 *   0 if the runbook has nothing of the kind
 */
guint
cs_subjects_find_nearest (CsRunbook *runbook, const char *what, guint line)
{
  Search search = { .wanted = line };

  g_return_val_if_fail (CS_IS_RUNBOOK (runbook), 0);
  g_return_val_if_fail (what != NULL, 0);

  if (strcmp (what, CS_OVERRULE_BLOCK) == 0)
    {
      for (guint i = 0; i < runbook->block_lines->len; i++)
        consider (&search, g_array_index (runbook->block_lines, guint, i));
    }
  else if (strcmp (what, CS_OVERRULE_SIGNOFF) == 0)
    consider_signoffs (&search, runbook);
  else
    consider_phases (&search, runbook, strcmp (what, CS_OVERRULE_CHECK) == 0);
  return search.nearest;
}
