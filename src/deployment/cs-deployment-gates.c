/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the way of an act, in words. */

#include "cs-deployment-private.h"

static gboolean
contains (GListStore *phases, CsPhaseState *phase)
{
  return phase != NULL && g_list_store_find (phases, phase, NULL);
}

/* Chapters to look things up in; their commands are asides. What is off the path because it is for
 * another environment is none. */
static gboolean
is_reference (CsDeployment *self, CsPhaseState *phase)
{
  return contains (self->references, phase) &&
         cs_phase_get_kind (phase->phase) == CS_PHASE_REFERENCE;
}

static guint
index_of (GListStore *phases, CsPhaseState *phase)
{
  guint position;

  return phase != NULL && g_list_store_find (phases, phase, &position) ? position : G_MAXUINT;
}

static void
add_gate (GPtrArray *gates, CsGate *gate)
{
  g_ptr_array_add (gates, gate);
}

/* Lines that stand before the first phase are signed before anything is done. */
static void
add_upfront (CsDeployment *self, GPtrArray *gates)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);
      const char *role = cs_signoff_get_role (signoff->signoff);

      if (cs_deployment_signoff_is_upfront (self, signoff) && signoff->status != CS_STATUS_PASSED)
        cs_gates_add (gates, "signoff", role, "The signature of %s comes first", role);
    }
}

/* A phase waits for the ones before it, and says for what in them. */
static void
add_phase_order (CsDeployment *self, CsPhaseState *phase, GPtrArray *gates)
{
  CsPhaseState *current = cs_deployment_get_current_phase (self);
  guint open;

  add_upfront (self, gates);
  if (current == NULL || index_of (self->phases, phase) <= index_of (self->phases, current))
    return;
  open = cs_phase_state_count_open (current);
  if (open > 0)
    cs_gates_add (gates, "phase-order", self->operator,
                  "“%s” comes first: %u of its %u steps are open",
                  cs_phase_get_title (current->phase), open,
                  g_list_model_get_n_items (G_LIST_MODEL (current->steps)));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (current->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff =
        g_list_model_get_item (G_LIST_MODEL (current->signoffs), i);
      const char *role = cs_signoff_get_role (signoff->signoff);

      if (signoff->status != CS_STATUS_PASSED)
        cs_gates_add (gates, "signoff", role, "“%s” waits for the signature of %s",
                      cs_phase_get_title (current->phase), role);
    }
}

static void
add_pause (CsDeployment *self, GPtrArray *gates)
{
  if (self->pause_reason != NULL)
    cs_gates_add (gates, "paused", self->paused_by, "The deployment is paused: %s",
                  self->pause_reason);
}

/**
 * cs_deployment_gates_for_step:
 * @step: a step of the deployment
 *
 * What stands in the way of acting on a step: ticking, skipping, confirming.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may happen now
 */
GPtrArray *
cs_deployment_gates_for_step (CsDeployment *self, CsStepState *step)
{
  GPtrArray *gates = cs_gates_new ();
  CsPhaseState *phase = cs_deployment_find_phase_of (self, step);

  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  else if (is_reference (self, phase))
    return gates;
  else if (contains (self->references, phase))
    cs_gates_add (gates, "environment", NULL, "“%s” is for %s; this deployment goes to %s",
                  cs_phase_get_title (phase->phase), cs_phase_get_environment (phase->phase),
                  self->environment);
  else if (contains (self->rollbacks, phase) && self->procedure != phase)
    cs_gates_add (gates, "rollback", self->operator,
                  "“%s” is a rollback: it opens when the deployment is rolled back",
                  cs_phase_get_title (phase->phase));
  else if (contains (self->phases, phase) && self->procedure != NULL)
    cs_gates_add (gates, "rolling-back", NULL, "The deployment is being rolled back");
  else if (contains (self->phases, phase))
    {
      cs_deployment_add_scope_gate (self, step, gates);
      add_pause (self, gates);
      add_phase_order (self, phase, gates);
      cs_deployment_add_point_gates (self, phase, step, gates);
      cs_deployment_add_rejection_gates (self, gates);
    }
  cs_deployment_drop_overridden (self, cs_step_get_id (step->step), gates);
  return gates;
}

/* A command that runs, or may still run on the target for all that is known. Who skips the step of
 * a command that was cut off has decided, with a reason, not to wait for the answer. */
CsBlockState *
cs_deployment_find_unsettled (CsDeployment *self)
{
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
      {
        g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

        if (block->status == CS_STATUS_RUNNING && !cs_block_state_is_stream (block))
          return block;
        if (block->status == CS_STATUS_INTERRUPTED && step->skip_reason == NULL)
          return block;
      }
  return NULL;
}

/* Nothing else may be run beside a command that is not settled. */
void
cs_deployment_add_unsettled (CsDeployment *self, GPtrArray *gates)
{
  CsBlockState *block = cs_deployment_find_unsettled (self);

  if (block == NULL)
    return;
  if (block->status == CS_STATUS_RUNNING)
    cs_gates_add (gates, "running", self->operator, "The command in line %u is still running",
                  cs_block_get_line (block->block));
  else
    cs_gates_add (gates, "interrupted", self->operator,
                  "The command in line %u was cut off and may still run: ask the target first, "
                  "or skip its step with a reason",
                  cs_block_get_line (block->block));
}

/* Whether a command must have come first. What the author leaves to a person ("If this fails:")
 * needs those before it to have ended, and not to have passed. */
static gboolean
comes_first (CsStepState *step, CsBlockState *other, CsBlockState *block)
{
  if (!cs_step_state_waits_for (step, other))
    return FALSE;
  if (cs_block_is_offer (block->block) && other->status == CS_STATUS_FAILED)
    return FALSE;
  return !cs_step_state_stand_for_each_other (other, block);
}

static gboolean
stand_for_each_other (CsStepState *one, CsStepState *other)
{
  const char *choice = cs_step_get_alternative_of (one->step);

  return choice != NULL && g_strcmp0 (choice, cs_step_get_alternative_of (other->step)) == 0;
}

/* Commands keep the order in which the author wrote them. */
static void
add_step_order (CsPhaseState *phase, CsStepState *step, CsBlockState *block, GPtrArray *gates)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStepState) other = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      if (other == step)
        break;
      if (!cs_status_is_over (other->status) && !stand_for_each_other (other, step))
        {
          cs_gates_add (gates, "step-order", "operator", "Step %s “%s” comes first",
                        cs_step_get_id (other->step), cs_step_get_title (other->step));
          return;
        }
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
    {
      g_autoptr (CsBlockState) other = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

      if (other == block)
        return;
      if (comes_first (step, other, block))
        {
          add_gate (gates,
                    cs_gate_new ("step-order", "operator",
                                 cs_block_state_awaits_verdict (other)
                                   ? N_("What the command in line %u printed waits for a verdict")
                                   : N_("The command in line %u comes first"),
                                 cs_block_get_line (other->block)));
          return;
        }
    }
}

/**
 * cs_deployment_gates_for_run:
 * @step: a step of the deployment
 * @block: one of its command blocks
 *
 * What stands in the way of running a command, on a fleet on all members where it is open.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be run now
 */
GPtrArray *
cs_deployment_gates_for_run (CsDeployment *self, CsStepState *step, CsBlockState *block)
{
  GPtrArray *gates = cs_deployment_gates_for_step (self, step);
  CsPhaseState *phase = cs_deployment_find_phase_of (self, step);
  gboolean reference = is_reference (self, phase);

  if (self->closed_at != 0)
    return gates;
  if (block->status == CS_STATUS_RUNNING)
    cs_gates_add (gates, "running", NULL, "This command is running");
  else
    cs_deployment_add_unsettled (self, gates);
  if (block->fleet != NULL && cs_block_get_interactive (block->block))
    cs_gates_add (gates, "interactive", self->operator,
                  "The command in line %u asks questions, and a fleet has no one terminal: run "
                  "it on each member, and skip the step",
                  cs_block_get_line (block->block));
  cs_deployment_add_place_gate (self, block->block, gates);
  cs_deployment_add_value_gates (self, block->block, gates);
  cs_deployment_add_secret_gates (self, block->block, gates);
  cs_deployment_add_target_gate (self, gates);
  if (reference)
    return gates;
  if (block->status == CS_STATUS_PASSED && !cs_block_get_endless (block->block))
    cs_gates_add (gates, "passed", NULL, "This command has run already and passed");
  if (cs_block_state_awaits_verdict (block))
    cs_gates_add (gates, "verdict", self->operator,
                  "This command has run, and what it printed waits for a verdict");
  if (step->skip_reason != NULL && !step->is_for_others)
    cs_gates_add (gates, "skipped", NULL, "This step was skipped");
  cs_deployment_add_choice_gate (phase, step, block, gates);
  if (gates->len == 0)
    add_step_order (phase, step, block, gates);
  cs_deployment_add_lock_gate (self, gates);
  cs_deployment_add_window_gate (self, phase, gates);
  cs_deployment_drop_overridden (self, cs_step_get_id (step->step), gates);
  return gates;
}

/* What stands in the way of running a command that is under way on other members, too: what has
 * happened since it was started on the first ones. */
GPtrArray *
cs_deployment_gates_for_batch (CsDeployment *self, CsStepState *step, CsBlockState *block)
{
  GPtrArray *gates = cs_deployment_gates_for_step (self, step);
  CsPhaseState *phase = cs_deployment_find_phase_of (self, step);

  if (is_reference (self, phase))
    return gates;
  if (step->skip_reason != NULL && !step->is_for_others)
    cs_gates_add (gates, "skipped", NULL, "This step was skipped");
  cs_deployment_add_lock_gate (self, gates);
  cs_deployment_add_window_gate (self, phase, gates);
  cs_deployment_drop_overridden (self, cs_step_get_id (step->step), gates);
  return gates;
}

/**
 * cs_deployment_gates_for_sign:
 * @signoff: a sign-off of the deployment
 *
 * What stands in the way of signing a line.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be signed now
 */
GPtrArray *
cs_deployment_gates_for_sign (CsDeployment *self, CsSignoffState *signoff)
{
  GPtrArray *gates = cs_gates_new ();
  CsPhaseState *current = cs_deployment_get_current_phase (self);
  CsPhaseState *phase = NULL;

  if (self->closed_at != 0)
    {
      cs_gates_add (gates, "closed", NULL, "The deployment is closed");
      return gates;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) other = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (g_list_store_find (other->signoffs, signoff, NULL))
        phase = other;
    }
  if (signoff->status == CS_STATUS_PASSED)
    cs_gates_add (gates, "signed", NULL, "%s has signed this already", signoff->signer_name);
  if (self->procedure != NULL || cs_deployment_signoff_is_upfront (self, signoff))
    return gates;
  if (phase != NULL)
    add_phase_order (self, phase, gates);
  else if (current != NULL)
    cs_gates_add (gates, "phase-order", self->operator, "“%s” is not done yet",
                  cs_phase_get_title (current->phase));
  if (phase != NULL && phase == current && gates->len == 0 && cs_phase_state_count_open (phase) > 0)
    cs_gates_add (gates, "phase-order", self->operator,
                  "%u steps of “%s” are open; the signature covers them",
                  cs_phase_state_count_open (phase), cs_phase_get_title (phase->phase));
  return gates;
}

/* Whether a line stands before the first phase of the path: then it releases that phase. */
gboolean
cs_deployment_signoff_is_upfront (CsDeployment *self, CsSignoffState *signoff)
{
  g_autoptr (CsPhaseState) first = g_list_model_get_item (G_LIST_MODEL (self->phases), 0);

  return first != NULL && cs_signoff_get_phase_id (signoff->signoff) == NULL &&
         cs_signoff_get_line (signoff->signoff) < cs_phase_get_line (first->phase);
}

/**
 * cs_deployment_signoff_counts:
 * @signoff: a sign-off of the deployment
 *
 * Whether the deployment needs a line signed: those of phases on the path, and those that stand in
 * no phase; not those of rollbacks, of reference chapters and of other environments.
 */
gboolean
cs_deployment_signoff_counts (CsDeployment *self, CsSignoffState *signoff)
{
  const char *id = cs_signoff_get_phase_id (signoff->signoff);

  if (id == NULL)
    return TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (g_strcmp0 (cs_phase_get_id (phase->phase), id) == 0)
        return TRUE;
    }
  return FALSE;
}
