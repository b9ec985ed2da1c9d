/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states of steps, lines to sign and phases follow from those of their parts. */

#include "cs-deployment-private.h"

/* The worst that happened to its commands decides what a step shows. One whose commands are all
 * left to a person waits for that person, or for one of them to pass. */
static CsStatus
status_of_parts (CsStepState *step)
{
  gboolean left = !cs_step_state_has_work (step) && !step->confirmed;
  gboolean open = left;
  gboolean begun = FALSE;
  CsStatus worst = CS_STATUS_PASSED;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

      begun = begun || block->attempts > 0;
      if (block->status == CS_STATUS_RUNNING && !cs_block_state_is_stream (block))
        return CS_STATUS_RUNNING;
      open = open && !(left && (block->status == CS_STATUS_PASSED ||
                                cs_block_state_is_stream (block)));
      if (!cs_step_state_waits_for (step, block))
        continue;
      open = open || block->status == CS_STATUS_TODO || block->status == CS_STATUS_READY ||
             block->status == CS_STATUS_WAITING;
      if (block->status == CS_STATUS_INTERRUPTED)
        worst = CS_STATUS_INTERRUPTED;
      else if (block->status == CS_STATUS_FAILED && worst != CS_STATUS_INTERRUPTED)
        worst = CS_STATUS_FAILED;
    }
  if (worst != CS_STATUS_PASSED)
    return worst;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->checks)); i++)
    {
      g_autoptr (CsCheckState) check = g_list_model_get_item (G_LIST_MODEL (step->checks), i);

      begun = begun || check->at != 0;
      open = open || !check->done;
    }
  if (!open)
    return CS_STATUS_PASSED;
  return begun ? CS_STATUS_WAITING : CS_STATUS_TODO;
}

static gboolean
has_parts (CsStepState *step)
{
  return g_list_model_get_n_items (G_LIST_MODEL (step->blocks)) > 0 ||
         g_list_model_get_n_items (G_LIST_MODEL (step->checks)) > 0;
}

static void
derive_step (CsStepState *step, gboolean reached, gboolean settled)
{
  CsStatus status;

  if (step->skip_reason != NULL)
    status = CS_STATUS_SKIPPED;
  else if (has_parts (step))
    status = status_of_parts (step);
  else
    status = step->confirmed || settled ? CS_STATUS_PASSED : CS_STATUS_TODO;
  if (status == CS_STATUS_TODO && reached)
    status = CS_STATUS_READY;
  step->finished = cs_status_is_over (status) ? step->last_act : 0;
  cs_step_state_set_status (step, status);
}

static void
derive_signoff (CsSignoffState *signoff, gboolean reached)
{
  CsStatus status = reached ? CS_STATUS_READY : CS_STATUS_TODO;

  if (signoff->envelope != NULL && signoff->lapsed == NULL)
    {
      if (signoff->verified == CS_VERIFIED_UNKNOWN)
        status = CS_STATUS_WAITING;
      else if (signoff->verified == CS_VERIFIED_BAD || !signoff->approve)
        status = CS_STATUS_FAILED;
      else
        status = CS_STATUS_PASSED;
    }
  cs_signoff_state_set_status (signoff, status);
}

static CsStatus
sum_up (guint n_parts, guint n_over, guint n_skipped, guint counts[], gboolean reached)
{
  if (counts[CS_STATUS_RUNNING] > 0)
    return CS_STATUS_RUNNING;
  if (counts[CS_STATUS_INTERRUPTED] > 0)
    return CS_STATUS_INTERRUPTED;
  if (counts[CS_STATUS_FAILED] > 0)
    return CS_STATUS_FAILED;
  if (n_over == n_parts)
    return n_parts > 0 && n_skipped == n_parts ? CS_STATUS_SKIPPED : CS_STATUS_PASSED;
  if (n_over > 0 || counts[CS_STATUS_WAITING] > 0)
    return CS_STATUS_WAITING;
  return reached ? CS_STATUS_READY : CS_STATUS_TODO;
}

/* Of several options one is enough: the others are left out, unless something of them may still
 * run. */
static void
leave_out_alternatives (CsPhaseState *phase)
{
  GListModel *steps = G_LIST_MODEL (phase->steps);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (steps, i);

      if (!cs_status_is_over (step->status) && step->status != CS_STATUS_RUNNING &&
          step->status != CS_STATUS_INTERRUPTED &&
          cs_phase_state_has_taken_another (phase, step))
        cs_step_state_set_status (step, CS_STATUS_SKIPPED);
    }
}

/* A phase whose steps only say what is to be signed needs no other act than the signatures. */
static void
derive_phase (CsDeployment *self, CsPhaseState *phase, gboolean reached)
{
  GListModel *steps = G_LIST_MODEL (phase->steps);
  GListModel *signoffs = G_LIST_MODEL (phase->signoffs);
  guint counts[CS_STATUS_INTERRUPTED + 1] = { 0 };
  guint n_signoffs = g_list_model_get_n_items (signoffs);
  guint n_parts = g_list_model_get_n_items (steps) + n_signoffs;
  gboolean step_reached = reached;
  gboolean all_signed;

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);

      derive_signoff (signoff, reached);
    }
  cs_deployment_derive_approvals (self, signoffs);
  for (guint i = 0; i < n_signoffs; i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);

      counts[signoff->status]++;
    }
  all_signed = counts[CS_STATUS_PASSED] == n_signoffs;
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (steps, i);

      derive_step (step, step_reached,
                   (all_signed && cs_phase_state_is_settled_by_signing (phase, step)) ||
                     cs_step_state_is_followed_up (step));
      step_reached = step_reached && (cs_status_is_over (step->status) ||
                                      cs_step_get_alternative_of (step->step) != NULL);
    }
  leave_out_alternatives (phase);
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (steps, i);

      counts[step->status]++;
    }
  cs_phase_state_set_status (
    phase, sum_up (n_parts, counts[CS_STATUS_PASSED] + counts[CS_STATUS_SKIPPED],
                   counts[CS_STATUS_SKIPPED], counts, reached));
}

/* Lines that stand in no phase: those before the first one, and those behind the last. */
static void
derive_loose_lines (CsDeployment *self, gboolean reached)
{
  g_autoptr (GListStore) before = g_list_store_new (CS_TYPE_SIGNOFF_STATE);
  g_autoptr (GListStore) behind = g_list_store_new (CS_TYPE_SIGNOFF_STATE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);
      gboolean upfront = cs_deployment_signoff_is_upfront (self, signoff);

      if (cs_signoff_get_phase_id (signoff->signoff) != NULL)
        continue;
      derive_signoff (signoff, reached || (self->closed_at == 0 && upfront));
      g_list_store_append (upfront ? before : behind, signoff);
    }
  cs_deployment_derive_approvals (self, G_LIST_MODEL (before));
  cs_deployment_derive_approvals (self, G_LIST_MODEL (behind));
}

void
cs_deployment_derive (CsDeployment *self)
{
  gboolean reached = self->procedure == NULL && self->closed_at == 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      derive_phase (self, phase, reached);
      reached = reached && cs_status_is_over (phase->status);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rollbacks)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->rollbacks), i);

      derive_phase (self, phase, phase == self->procedure && self->closed_at == 0);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->references)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->references), i);

      derive_phase (self, phase, FALSE);
    }
  derive_loose_lines (self, reached);
  cs_deployment_derive_follow_ups (self);
}
