/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people do to a deployment besides running and signing: gate, append, fold. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

JsonNode *
cs_deployment_body (const char *first_name, ...)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  const char *name = first_name;
  va_list args;

  va_start (args, first_name);
  while (name != NULL)
    {
      const char *value = va_arg (args, const char *);

      if (value != NULL)
        json_object_set_string_member (object, name, value);
      name = va_arg (args, const char *);
    }
  va_end (args);
  json_node_take_object (node, object);
  return node;
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT))
    {
      g_clear_error (&error);
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_CONFLICT,
                               "Someone else acted on this deployment at the same moment; look "
                               "again, then decide");
    }
  else if (records == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Appends one record (body: transfer full); by the time this finishes it is folded, because the
 * store's signal comes first. */
void
cs_deployment_append_async (CsDeployment *self,
                            gint64 expected_n,
                            const char *actor,
                            const char *kind,
                            JsonNode *body,
                            const char *const *blobs,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) owned_body = body;
  CsDraft *draft = cs_draft_new (kind, owned_body);

  g_task_set_source_tag (task, cs_deployment_append_async);
  for (; blobs != NULL && *blobs != NULL; blobs++)
    cs_draft_add_blob (draft, *blobs);
  g_ptr_array_add (drafts, draft);
  cs_store_append_async (self->store, self->stream, expected_n, actor, drafts, cancellable,
                         appended_cb, task);
}

/* What people write may hold what must not be seen, too. */
static void
redact_reason (CsDeployment *self, JsonNode *body)
{
  JsonObject *object = json_node_get_object (body);
  const char *reason = cs_json_get_string (object, "reason");
  g_autofree char *clear = reason != NULL ? cs_deployment_redact (self, reason) : NULL;

  if (clear != NULL)
    json_object_set_string_member (object, "reason", clear);
}

gboolean
cs_deployment_append_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
acted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_deployment_append_finish (CS_DEPLOYMENT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The common way of an intent: refused by the gates, or appended where the stream stands now. */
void
cs_deployment_act_async (CsDeployment *self,
                         GPtrArray *gates,
                         const char *actor,
                         const char *kind,
                         JsonNode *body,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (JsonNode) owned_body = body;
  GError *error = NULL;

  g_task_set_source_tag (task, cs_deployment_act_async);
  redact_reason (self, owned_body);
  if (!cs_gates_to_error (gates, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  cs_deployment_append_async (self, self->n_records, actor, kind, g_steal_pointer (&owned_body),
                              NULL, cancellable, acted_cb, g_object_ref (task));
}

gboolean
cs_deployment_has_reason (const char *reason)
{
  g_autofree char *stripped = g_strstrip (g_strdup (reason != NULL ? reason : ""));

  return *stripped != '\0';
}

CsGate *
cs_deployment_need_reason (const char *what)
{
  return cs_gate_new ("reason", NULL, N_("%s needs a reason"), cs_gate_translate (what));
}

/* What a signature covers stays as the signer saw it: whether one was given after this moment. */
gboolean
cs_deployment_is_covered (CsDeployment *self, gint64 at, const char **signer)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      if (signoff->status == CS_STATUS_PASSED && signoff->at >= at)
        {
          *signer = signoff->signer_name;
          return TRUE;
        }
    }
  return FALSE;
}

/* What someone objects to can be made right. */
static void
drop_rejected (GPtrArray *gates)
{
  for (guint i = gates->len; i > 0; i--)
    if (strcmp (((CsGate *) gates->pdata[i - 1])->id, "rejected") == 0)
      g_ptr_array_remove_index (gates, i - 1);
}

/**
 * cs_deployment_check_async:
 * @actor: who
 * @step: the step
 * @check: one of its items
 * @done: %TRUE to tick, %FALSE to take the tick back
 *
 * Records that a person ticked or unticked an item.
 */
void
cs_deployment_check_async (CsDeployment *self,
                           const char *actor,
                           CsStepState *step,
                           CsCheckState *check,
                           gboolean done,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self, step);
  JsonNode *body = cs_deployment_body ("step", cs_step_get_id (step->step), "item",
                                       cs_check_get_id (check->check), "text",
                                       cs_check_get_text (check->check), NULL);
  const char *signer = NULL;

  drop_rejected (gates);
  if (check->done == done && done)
    cs_gates_add (gates, "same", NULL, "This item is ticked already");
  else if (check->done == done)
    cs_gates_add (gates, "same", NULL, "This item is open already");
  if (!done && cs_deployment_is_covered (self, check->at, &signer))
    cs_gates_add (gates, "signed", NULL, "%s has signed with this item ticked; it stays so",
                  signer);
  cs_deployment_act_async (self, gates, actor, done ? "checked" : "unchecked", body,
                           cancellable, callback, user_data);
}

/**
 * cs_deployment_skip_async:
 * @actor: who
 * @step: a step that is not over
 * @reason: why; it stands in the history
 *
 * Records that a step is left out.
 */
void
cs_deployment_skip_async (CsDeployment *self,
                          const char *actor,
                          CsStepState *step,
                          const char *reason,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self, step);
  JsonNode *body = cs_deployment_body ("step", cs_step_get_id (step->step), "title",
                                       cs_step_get_title (step->step), "reason", reason, NULL);

  if (step->status == CS_STATUS_RUNNING)
    cs_gates_add (gates, "running", NULL, "A command of this step is running");
  if (cs_status_is_over (step->status))
    cs_gates_add (gates, "over", NULL, "This step is over already");
  if (!cs_deployment_has_reason (reason))
    g_ptr_array_add (gates, cs_deployment_need_reason ("Skipping a step"));
  cs_deployment_act_async (self, gates, actor, "skipped", body, cancellable, callback, user_data);
}

/**
 * cs_deployment_skip_member_async:
 * @actor: who
 * @member: the state of a command on a member of the fleet, on which it has not passed
 * @reason: why; it stands in the history
 *
 * Records that a command is left out on one member. One that was cut off may still run there.
 */
void
cs_deployment_skip_member_async (CsDeployment *self,
                                 const char *actor,
                                 CsBlockState *member,
                                 const char *reason,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  CsBlockState *whole = cs_block_state_get_whole (member);
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self, whole->step);
  JsonNode *body = cs_deployment_body ("step", cs_step_get_id (whole->step->step), "block",
                                       cs_block_get_id (whole->block), "member", member->member,
                                       "reason", reason, NULL);

  if (whole == member)
    cs_gates_add (gates, "member", NULL, "This is no member of a fleet");
  if (whole->status == CS_STATUS_RUNNING)
    cs_gates_add (gates, "running", NULL, "The command is running on the fleet");
  if (cs_status_is_over (member->status))
    cs_gates_add (gates, "over", NULL, "The command is over on this member");
  if (!cs_deployment_has_reason (reason))
    g_ptr_array_add (gates, cs_deployment_need_reason ("Leaving out a member"));
  cs_deployment_act_async (self, gates, actor, "member-skipped", body, cancellable, callback,
                           user_data);
}

/**
 * cs_deployment_confirm_async:
 * @actor: who
 * @step: a step in which nothing has to be run or ticked
 *
 * Records that a person has read a step and done what it says.
 */
void
cs_deployment_confirm_async (CsDeployment *self,
                             const char *actor,
                             CsStepState *step,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self, step);
  JsonNode *body = cs_deployment_body ("step", cs_step_get_id (step->step), "title",
                                       cs_step_get_title (step->step), NULL);

  if (cs_step_state_has_work (step))
    cs_gates_add (gates, "work", NULL, "This step has commands or items of its own: do those");
  if (cs_status_is_over (step->status))
    cs_gates_add (gates, "over", NULL, "This step is over already");
  cs_deployment_act_async (self, gates, actor, "confirmed", body, cancellable, callback, user_data);
}

/**
 * cs_deployment_act_finish:
 *
 * Returns: %TRUE when the act is recorded and folded; %FALSE with %CS_ERROR_WAITING or
 *   %CS_ERROR_REFUSED from a gate, %CS_ERROR_CONFLICT if a colleague was first, or the store's
 *   error
 */
gboolean
cs_deployment_act_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
