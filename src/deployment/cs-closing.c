/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a deployment: when it may be closed, and what is handed over then. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

/* Who closes it, and why although something is open. */
typedef struct
{
  char *actor;
  char *reason;
} Closing;

static void
closing_free (Closing *self)
{
  g_free (self->actor);
  g_free (self->reason);
  g_free (self);
}

/* What comes after the deployment: a chapter about that, or one that only lists it. */
static gboolean
comes_after (CsPhaseState *phase)
{
  if (cs_phase_get_kind (phase->phase) == CS_PHASE_FOLLOWUP)
    return TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      if (!cs_status_is_over (step->status) && step->follow_ups == NULL)
        return FALSE;
    }
  return g_list_model_get_n_items (G_LIST_MODEL (phase->signoffs)) == 0;
}

/* The first phase that is open; with what can be handed over or without. */
static CsPhaseState *
find_open_phase (CsDeployment *self, gboolean hand_over)
{
  if (self->procedure != NULL)
    return cs_status_is_over (self->procedure->status) ||
               (hand_over && comes_after (self->procedure))
             ? NULL
             : self->procedure;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (!cs_status_is_over (phase->status) && !(hand_over && comes_after (phase)))
        return phase;
    }
  return NULL;
}

static void
add_signatures (CsDeployment *self, GPtrArray *gates)
{
  cs_deployment_add_rejection_gates (self, gates);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      if (signoff->status != CS_STATUS_PASSED && cs_deployment_signoff_counts (self, signoff))
        cs_gates_add (gates, "signoff", cs_signoff_get_role (signoff->signoff),
                      "The signature of %s is missing", cs_signoff_get_role (signoff->signoff));
    }
}

/* What no reason lifts. */
static void
add_unfinished (CsDeployment *self, gboolean hand_over, GPtrArray *gates)
{
  CsPhaseState *open = find_open_phase (self, hand_over);

  if (self->closed_at != 0)
    {
      cs_gates_add (gates, "closed", NULL, "The deployment is closed already");
      return;
    }
  if (cs_deployment_find_unsettled (self) != NULL)
    cs_deployment_add_unsettled (self, gates);
  else if (open != NULL)
    cs_gates_add (gates, "phase-order", self->operator, "“%s” is not done yet",
                  cs_phase_get_title (open->phase));
  cs_deployment_add_foreign_streams (self, gates);
  if (self->procedure == NULL)
    add_signatures (self, gates);
}

/* Steps of what comes afterwards that are open, and list nothing that is told by itself. */
static void
add_open_steps (CsPhaseState *phase, GPtrArray *steps)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      if (!cs_status_is_over (step->status) && step->follow_ups == NULL)
        g_ptr_array_add (steps, step);
    }
}

static GPtrArray *
list_open_steps (CsDeployment *self)
{
  GPtrArray *steps = g_ptr_array_new ();

  if (self->procedure != NULL)
    add_open_steps (self->procedure, steps);
  for (guint i = 0;
       self->procedure == NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      add_open_steps (phase, steps);
    }
  return steps;
}

/**
 * cs_deployment_gates_for_close:
 *
 * What stands in the way of closing it with nothing left to do; see also
 * cs_deployment_gates_for_hand_over().
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be closed now
 */
GPtrArray *
cs_deployment_gates_for_close (CsDeployment *self)
{
  GPtrArray *gates = cs_gates_new ();
  g_autoptr (GPtrArray) open = cs_deployment_list_follow_ups (self, TRUE);
  const CsFollowUp *first = open->len > 0 ? g_ptr_array_index (open, 0) : NULL;

  add_unfinished (self, FALSE, gates);
  if (self->closed_at == 0 && first != NULL)
    cs_gates_add (gates, "follow-up", self->operator,
                  "%u things are still to be done or to be looked at, first “%s” (line %u): "
                  "tick them, or close it with a reason",
                  open->len, first->text, first->line);
  return gates;
}

/**
 * cs_deployment_gates_for_hand_over:
 * @reason: (nullable): why it is closed although things are open
 *
 * What stands in the way of closing it and leaving to others what comes afterwards. Everything that
 * deploys, verifies, watches or is to be signed has to be over all the same.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be closed now
 */
GPtrArray *
cs_deployment_gates_for_hand_over (CsDeployment *self, const char *reason)
{
  GPtrArray *gates = cs_gates_new ();
  g_autoptr (GPtrArray) open = cs_deployment_list_follow_ups (self, TRUE);
  g_autoptr (GPtrArray) steps = list_open_steps (self);

  add_unfinished (self, TRUE, gates);
  if (open->len + steps->len > 0 && !cs_deployment_has_reason (reason))
    g_ptr_array_add (gates, cs_deployment_need_reason ("Handing over what is open"));
  return gates;
}

static void
add_open (JsonArray *array, const CsFollowUp *follow_up, gint64 due)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "what", cs_follow_up_kind_to_string (follow_up->kind));
  json_object_set_int_member (object, "line", follow_up->line);
  json_object_set_string_member (object, "text", follow_up->text);
  if (due != 0)
    json_object_set_int_member (object, "due", due);
  json_array_add_object_element (array, object);
}

static JsonNode *
body_of_closing (CsDeployment *self, const char *reason)
{
  const char *outcome = self->procedure != NULL ? "rolled-back" : "finished";
  g_autoptr (GPtrArray) open = cs_deployment_list_follow_ups (self, TRUE);
  g_autoptr (GPtrArray) steps = list_open_steps (self);
  JsonArray *array = json_array_new ();
  JsonNode *body;

  for (guint i = 0; i < open->len; i++)
    add_open (array, g_ptr_array_index (open, i),
              cs_deployment_get_due (self, g_ptr_array_index (open, i)));
  for (guint i = 0; i < steps->len; i++)
    {
      CsStepState *step = g_ptr_array_index (steps, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "what", "step");
      json_object_set_string_member (object, "step", cs_step_get_id (step->step));
      json_object_set_string_member (object, "text", cs_step_get_title (step->step));
      json_array_add_object_element (array, object);
    }
  body = cs_deployment_body ("outcome", outcome, "reason",
                             json_array_get_length (array) > 0 ? reason : NULL, NULL);
  if (json_array_get_length (array) > 0)
    json_object_set_array_member (json_node_get_object (body), "open", array);
  else
    json_array_unref (array);
  return body;
}

static GPtrArray *
list_gates (CsDeployment *self, const Closing *closing)
{
  return closing->reason != NULL ? cs_deployment_gates_for_hand_over (self, closing->reason)
                                 : cs_deployment_gates_for_close (self);
}

static void
witnessed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_boolean (task, cs_deployment_show_witnesses_finish (result, NULL));
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeployment *self = CS_DEPLOYMENT (source);
  GError *error = NULL;

  if (!cs_deployment_act_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_check_cancellable (task, FALSE); /* it is closed, whoever stops waiting now */
  cs_deployment_show_witnesses_async (self, witnessed_cb, g_object_ref (task));
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeployment *self = CS_DEPLOYMENT (source);
  Closing *closing = g_task_get_task_data (task);
  g_autoptr (GPtrArray) gates = NULL;
  GError *error = NULL;

  if (!cs_deployment_act_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  gates = list_gates (self, closing);
  cs_deployment_act_async (self, gates, closing->actor, "closed",
                           body_of_closing (self, closing->reason),
                           g_task_get_cancellable (task), closed_cb, g_object_ref (task));
}

/* The lock goes first: a program that dies in between leaves a deployment that can be closed again,
 * and no environment that nobody can act on. */
static void
streams_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeployment *self = CS_DEPLOYMENT (source);
  Closing *closing = g_task_get_task_data (task);
  g_autoptr (GPtrArray) gates = list_gates (self, closing);
  GError *error = NULL;

  if (cs_deployment_stop_streams_finish (self, result, &error) && cs_gates_to_error (gates, &error))
    cs_deployment_release_async (self, closing->actor, g_task_get_cancellable (task), unlocked_cb,
                                 g_object_ref (task));
  else
    g_task_return_error (task, error);
}

/**
 * cs_deployment_hand_over_async:
 * @actor: who
 * @reason: (nullable): why it is closed although things are open that come afterwards; %NULL: none
 *   may be
 *
 * Ends a deployment whose path is over and whose lines are signed. Endless commands that this
 * program follows are stopped first. Agents of the deployment are shown its last record, so that a
 * cut end is found out. What is open is recorded with the reason. Finish with
 * cs_deployment_act_finish().
 */
void
cs_deployment_hand_over_async (CsDeployment *self,
                               const char *actor,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) gates = NULL;
  Closing *closing = g_new0 (Closing, 1);
  GError *error = NULL;

  closing->actor = g_strdup (actor);
  closing->reason = g_strdup (reason);
  g_task_set_source_tag (task, cs_deployment_hand_over_async);
  g_task_set_task_data (task, closing, (GDestroyNotify) closing_free);
  gates = list_gates (self, closing);
  if (cs_gates_to_error (gates, &error))
    cs_deployment_stop_streams_async (self, cancellable, streams_stopped_cb, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

/**
 * cs_deployment_close_async:
 * @actor: who
 *
 * The same for a deployment with nothing left to do.
 */
void
cs_deployment_close_async (CsDeployment *self,
                           const char *actor,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  cs_deployment_hand_over_async (self, actor, NULL, cancellable, callback, user_data);
}

/** cs_deployment_get_closing_reason: why it was closed with things open; %NULL: none were. */
const char *
cs_deployment_get_closing_reason (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->closing_reason;
}
