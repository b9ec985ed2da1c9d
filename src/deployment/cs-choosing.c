/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a runbook's author leaves to a person: which of several, and whether at all. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-json.h"

#include <string.h>

/* Whether two steps are of the same options. */
static gboolean
are_options (CsStepState *one, CsStepState *other)
{
  const char *choice = cs_step_get_alternative_of (one->step);

  return one != other && choice != NULL &&
         g_strcmp0 (choice, cs_step_get_alternative_of (other->step)) == 0;
}

static void
add_closed (CsDeployment *self, GPtrArray *gates)
{
  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
}

/* What has begun to happen is chosen. */
static void
add_begun_blocks (CsStepState *step, CsBlockState *block, GPtrArray *gates)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
    {
      g_autoptr (CsBlockState) other = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

      if (other->attempts > 0 && other->status != CS_STATUS_FAILED &&
          cs_step_state_stand_for_each_other (other, block))
        cs_gates_add (gates, "begun", NULL,
                      "“%s” has been run already: what was begun stays chosen",
                      cs_block_get_condition (other->block));
    }
}

static void
add_begun_steps (CsPhaseState *phase, CsStepState *step, GPtrArray *gates)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStepState) other = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      if (are_options (step, other) && other->started != 0 && other->status != CS_STATUS_FAILED)
        cs_gates_add (gates, "begun", NULL,
                      "“%s” has been run already: what was begun stays chosen",
                      cs_step_get_title (other->step));
    }
}

/**
 * cs_deployment_gates_for_choose:
 * @step: one of several options, or the step in which they are
 * @block: (nullable): a command of one of several options in the step
 *
 * What stands in the way of choosing it. Whoever runs the deployment may choose at any time before,
 * also long ahead.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be chosen now
 */
GPtrArray *
cs_deployment_gates_for_choose (CsDeployment *self, CsStepState *step, CsBlockState *block)
{
  GPtrArray *gates = cs_gates_new ();
  CsPhaseState *phase = cs_deployment_find_phase_of (self, step);
  gboolean is_option = block != NULL ? cs_block_get_choice (block->block) != NULL
                                     : cs_phase_state_is_choice (phase, step);

  add_closed (self, gates);
  if (!is_option)
    cs_gates_add (gates, "choice", NULL, "This is not one of several to choose from");
  else if (step->is_for_others)
    cs_deployment_add_scope_gate (self, step, gates);
  else if (block != NULL ? cs_step_state_is_chosen (step, block) : phase->chosen == step)
    cs_gates_add (gates, "same", NULL, "This is chosen already");
  else if (block != NULL)
    add_begun_blocks (step, block, gates);
  else
    add_begun_steps (phase, step, gates);
  return gates;
}

/**
 * cs_deployment_choose_async:
 * @actor: who
 * @step: one of several options, or the step in which they are
 * @block: (nullable): a command of one of several options in the step
 *
 * Records which of several is gone for; the others are left out.
 */
void
cs_deployment_choose_async (CsDeployment *self,
                            const char *actor,
                            CsStepState *step,
                            CsBlockState *block,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_choose (self, step, block);
  const char *title = block != NULL ? cs_block_get_condition (block->block)
                                    : cs_step_get_title (step->step);

  cs_deployment_act_async (self, gates, actor, "chosen",
                           cs_deployment_body ("step", cs_step_get_id (step->step), "block",
                                               block != NULL ? cs_block_get_id (block->block)
                                                             : NULL,
                                               "title", title, NULL),
                           cancellable, callback, user_data);
}

/**
 * cs_deployment_gates_for_leave_out:
 * @block: a command
 *
 * What stands in the way of leaving out a single command. Only what its author leaves to a person,
 * or one of several, can be left out by itself; else the step is skipped.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be left out now
 */
GPtrArray *
cs_deployment_gates_for_leave_out (CsDeployment *self, CsBlockState *block)
{
  GPtrArray *gates = cs_gates_new ();

  add_closed (self, gates);
  if (!cs_block_is_offer (block->block) && cs_block_get_choice (block->block) == NULL)
    cs_gates_add (gates, "needed", NULL,
                  "The step needs this command: skip the step, or mark the command as passed "
                  "when it failed");
  else if (block->status == CS_STATUS_RUNNING || block->status == CS_STATUS_INTERRUPTED)
    cs_gates_add (gates, "running", self->operator, "The command is not over");
  else if (cs_status_is_over (block->status))
    cs_gates_add (gates, "over", NULL, "The command is over already");
  return gates;
}

/**
 * cs_deployment_leave_out_async:
 * @actor: who
 * @block: a command that its author leaves to a person, or one of several
 * @reason: why; it stands in the history
 *
 * Records that a command is not needed here.
 */
void
cs_deployment_leave_out_async (CsDeployment *self,
                               const char *actor,
                               CsBlockState *block,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_leave_out (self, block);

  if (!cs_deployment_has_reason (reason))
    g_ptr_array_add (gates, cs_deployment_need_reason ("Leaving out a command"));
  cs_deployment_act_async (self, gates, actor, "command-left-out",
                           cs_deployment_body ("step", cs_step_get_id (block->step->step), "block",
                                               cs_block_get_id (block->block), "title",
                                               cs_block_get_condition (block->block), "reason",
                                               reason, NULL),
                           cancellable, callback, user_data);
}

static CsBlockState *
find_block (CsStepState *step, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "block");

  for (guint i = 0; id != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

      if (strcmp (cs_block_get_id (block->block), id) == 0)
        return block;
    }
  return NULL;
}

void
cs_deployment_fold_chosen (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "step");
  CsStepState *step = id != NULL ? cs_deployment_find_step (self, id) : NULL;
  CsBlockState *block = step != NULL ? find_block (step, body) : NULL;

  if (block != NULL)
    cs_step_state_choose (step, block);
  else if (step != NULL && cs_json_get_string (body, "block") == NULL)
    cs_deployment_find_phase_of (self, step)->chosen = step;
}

void
cs_deployment_fold_left_out (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "step");
  CsStepState *step = id != NULL ? cs_deployment_find_step (self, id) : NULL;
  CsBlockState *block = step != NULL ? find_block (step, body) : NULL;
  const char *reason = cs_json_get_string (body, "reason");

  if (block == NULL || reason == NULL)
    return;
  g_free (block->skip_reason);
  block->skip_reason = g_strdup (reason);
  g_free (block->actor);
  block->actor = g_strdup (cs_record_get_actor (record));
  cs_block_state_set_status (block, CS_STATUS_SKIPPED);
}

/* Another one of several was chosen for it. */
void
cs_deployment_add_choice_gate (CsPhaseState *phase,
                               CsStepState *step,
                               CsBlockState *block,
                               GPtrArray *gates)
{
  CsBlockState *instead = cs_step_state_find_chosen (step, block);

  if (instead != NULL && instead != block && cs_step_state_stand_for_each_other (instead, block))
    cs_gates_add (gates, "choice", "operator", "“%s” was chosen instead; choose this one to run it",
                  cs_block_get_condition (instead->block));
  else if (phase->chosen != NULL && are_options (phase->chosen, step))
    cs_gates_add (gates, "choice", "operator", "“%s” was chosen instead; choose this one to run it",
                  cs_step_get_title (phase->chosen->step));
}
