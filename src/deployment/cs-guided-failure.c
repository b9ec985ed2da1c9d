/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person can say of a command that failed or that no program can judge; and pausing. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-ruling-private.h"


static void
add (GPtrArray *gates, CsGate *gate)
{
  g_ptr_array_add (gates, gate);
}

JsonNode *
cs_deployment_body_of_block (CsBlockState *block)
{
  return cs_deployment_body ("step", cs_step_get_id (block->step->step), "title",
                             cs_step_get_title (block->step->step), "block",
                             cs_block_get_id (block->block), "run", block->run_id, "member",
                             block->member, NULL);
}

/**
 * cs_deployment_gates_for_judge:
 * @block: a command that was run
 * @index: which of its expectations
 *
 * What stands in the way of a person's verdict.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be given now
 */
GPtrArray *
cs_deployment_gates_for_judge (CsDeployment *self, CsBlockState *block, guint index)
{
  GPtrArray *gates = cs_deployment_gates_for_step (self, block->step);
  const CsJudgement *judgement = block->judgements != NULL && index < block->judgements->len
                                   ? g_ptr_array_index (block->judgements, index)
                                   : NULL;
  const char *signer = NULL;

  if (judgement == NULL)
    cs_gates_add (gates, "judgement", NULL, "There is nothing to judge yet: run the command");
  else if (block->status == CS_STATUS_RUNNING && !cs_block_state_is_stream (block))
    cs_gates_add (gates, "running", NULL, "The command is still running");
  else if (!cs_judgement_is_personal (judgement))
    cs_gates_add (gates, "judged", NULL,
                  "The program has judged “%s”; mark the command as passed with a reason, or "
                  "run it again",
                  judgement->text);
  else if (judgement->actor != NULL && cs_deployment_is_covered (self, judgement->at, &signer))
    cs_gates_add (gates, "signed", NULL, "%s has signed with this verdict; it stays so", signer);
  return gates;
}

/**
 * cs_deployment_judge_async:
 * @actor: who
 * @block: a command that was run
 * @index: which of its expectations
 * @met: whether the output is as expected
 *
 * Records a person's verdict where a program can't judge.
 */
void
cs_deployment_judge_async (CsDeployment *self,
                           const char *actor,
                           CsBlockState *block,
                           guint index,
                           gboolean met,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_judge (self, block, index);
  JsonNode *body = cs_deployment_body_of_block (block);
  JsonObject *object = json_node_get_object (body);

  if (gates->len == 0)
    {
      const CsJudgement *judgement = g_ptr_array_index (block->judgements, index);

      json_object_set_int_member (object, "index", index);
      json_object_set_int_member (object, "line", judgement->line);
      json_object_set_string_member (object, "text", judgement->text);
      json_object_set_string_member (object, "verdict", met ? "met" : "not-met");
    }
  cs_deployment_act_async (self, gates, actor, "judged", body, cancellable, callback, user_data);
}

/**
 * cs_deployment_gates_for_accept:
 * @block: a command, or its state on a member of a fleet
 *
 * What stands in the way of marking it as passed.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be done now
 */
GPtrArray *
cs_deployment_gates_for_accept (CsDeployment *self, CsBlockState *block)
{
  GPtrArray *gates = cs_deployment_gates_for_step (self, block->step);

  if (block->fleet != NULL)
    cs_gates_add (gates, "member", NULL,
                  "A fleet passes when its members do: mark those that failed");
  else if (block->status == CS_STATUS_INTERRUPTED)
    cs_gates_add (gates, "interrupted", self->operator,
                  "How the command ended is not known: ask the target first");
  else if (block->status != CS_STATUS_FAILED)
    cs_gates_add (gates, "failed", NULL, "Only a command that failed can be marked as passed");
  if (block->whole != NULL && block->whole->status == CS_STATUS_RUNNING)
    cs_gates_add (gates, "running", NULL, "The command is running on the fleet");
  if (block->step->skip_reason != NULL)
    cs_gates_add (gates, "skipped", NULL, "This step was skipped");
  return gates;
}

/**
 * cs_deployment_pause_async:
 * @actor: who
 * @reason: why; it stands in the history
 *
 * Nothing is run, ticked, judged or left out on the path until someone resumes the deployment. What
 * runs goes on to its end, and rolling back is always possible.
 */
void
cs_deployment_pause_async (CsDeployment *self,
                           const char *actor,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_gates_new ();

  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  else if (self->pause_reason != NULL)
    cs_gates_add (gates, "paused", NULL, "The deployment is paused already");
  else if (self->procedure != NULL)
    cs_gates_add (gates, "rolling-back", NULL, "A rollback is not paused");
  if (!cs_deployment_has_reason (reason))
    add (gates, cs_deployment_need_reason ("Pausing"));
  cs_deployment_act_async (self, gates, actor, "paused",
                           cs_deployment_body ("reason", reason, NULL), cancellable, callback,
                           user_data);
}

/**
 * cs_deployment_resume_async:
 * @actor: who
 *
 * Goes on with a deployment that was paused.
 */
void
cs_deployment_resume_async (CsDeployment *self,
                            const char *actor,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_gates_new ();

  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  else if (self->pause_reason == NULL)
    cs_gates_add (gates, "paused", NULL, "The deployment is not paused");
  cs_deployment_act_async (self, gates, actor, "resumed",
                           cs_deployment_body ("reason", NULL, NULL), cancellable, callback,
                           user_data);
}

/** cs_deployment_get_pause_reason: (nullable): why it is paused; %NULL if it is not. */
const char *
cs_deployment_get_pause_reason (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->pause_reason;
}

/** cs_deployment_get_paused_by: (nullable): who paused it; %NULL if it is not paused. */
const char *
cs_deployment_get_paused_by (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->paused_by;
}

/** cs_deployment_get_paused_at: since when (UTC microseconds); 0 if it is not paused. */
gint64
cs_deployment_get_paused_at (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), 0);

  return self->paused_at;
}
