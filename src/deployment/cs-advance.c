/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a program may go on its own, and when it will be done. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-advance.h"

#include "cs-deployment-private.h"

/**
 * cs_deployment_dup_person_gate:
 * @step: a step
 * @state: one of its commands
 *
 * A program that goes on by itself must not start what destroys, asks, does not end or is one of
 * several ways that nobody has chosen yet.
 *
 * Returns: (transfer full) (nullable): why a person starts it; %NULL if a program may
 */
CsGate *
cs_deployment_dup_person_gate (CsDeployment *self, CsStepState *step, CsBlockState *state)
{
  CsBlock *block = state->block;
  guint line = cs_block_get_line (block);
  CsPhaseState *phase = cs_deployment_find_phase_of (self, step);

  if (cs_block_get_destructive (block))
    return cs_gate_new ("person", self->operator,
                        "The command in line %u destroys something, so a person starts it", line);
  if (cs_block_get_interactive (block))
    return cs_gate_new ("person", self->operator,
                        "The command in line %u asks questions, so a person starts it", line);
  if (cs_block_get_endless (block))
    return cs_gate_new ("person", self->operator,
                        "The command in line %u does not end by itself, so a person starts it",
                        line);
  if ((cs_block_get_choice (block) != NULL && !cs_step_state_is_chosen (step, state)) ||
      (cs_phase_state_is_choice (phase, step) && phase->chosen != step))
    return cs_gate_new ("person", self->operator,
                        "The command in line %u is one of several to choose from, so a person "
                        "starts it",
                        line);
  return NULL;
}

static void
add_step (CsStepState *step, gint64 now, CsForecast *forecast)
{
  gint64 estimate = cs_step_get_estimate (step->step);
  gint64 end = step->finished != 0 ? step->finished : now;
  gint64 taken = step->started != 0 ? (end - step->started) / G_USEC_PER_SEC : 0;

  if (estimate < 0)
    return;
  if (!cs_status_is_over (step->status))
    forecast->left += MAX (estimate - taken, 0);
  forecast->overrun += MAX (taken - estimate, 0);
}

static void
add_phase (CsPhaseState *phase, gint64 now, CsForecast *forecast)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      add_step (step, now, forecast);
    }
}

/**
 * cs_deployment_get_forecast:
 * @now: UTC microseconds
 * @forecast: (out): the plan beside what happened
 *
 * While a deployment is rolled back, what is left is that of the procedure.
 */
void
cs_deployment_get_forecast (CsDeployment *self, gint64 now, CsForecast *forecast)
{
  gint64 end;

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  end = self->closed_at != 0 ? self->closed_at : now;
  *forecast = (CsForecast){ .planned = cs_deployment_get_estimate (self),
                            .elapsed = (end - self->opened_at) / G_USEC_PER_SEC };
  if (self->procedure != NULL)
    add_phase (self->procedure, end, forecast);
  for (guint i = 0; self->procedure == NULL && i < g_list_model_get_n_items (
                                                     G_LIST_MODEL (self->phases));
       i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      add_phase (phase, end, forecast);
    }
  if (self->closed_at == 0 && forecast->planned >= 0)
    forecast->finish = now + forecast->left * G_USEC_PER_SEC;
}
