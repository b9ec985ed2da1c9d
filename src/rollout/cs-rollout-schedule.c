/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A promotion that is planned for a time: planned, held to what it rests on, and carried out. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-gate.h"
#include "cs-json.h"

#include <string.h>

typedef struct
{
  char *actor;
  GPtrArray *gates; /* why it waits; NULL: it does not */
} Attending;

static void
attending_free (Attending *attending)
{
  g_free (attending->actor);
  g_clear_pointer (&attending->gates, g_ptr_array_unref);
  g_free (attending);
}

static JsonNode *
new_body (JsonObject **object, const char *schedule)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), NULL);

  *object = json_object_new ();
  json_object_set_string_member (*object, "schedule", schedule);
  json_node_take_object (node, *object);
  return node;
}

/* The bounds that the present stage has, and how they are measured. */
static char *
digest_guardrails (CsRollout *self)
{
  g_auto (GStrv) ids = cs_rollout_list_guardrails (self);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  g_autofree char *text = NULL;

  json_node_take_array (node, array);
  for (char **id = ids; *id != NULL; id++)
    {
      const CsCriterion *criterion = cs_watch_find_criterion (self->watch, *id);
      const CsProbe *probe =
        criterion != NULL ? cs_watch_find_probe (self->watch, criterion->probe) : NULL;

      json_array_add_string_element (array, *id);
      if (criterion != NULL)
        json_array_add_element (array, cs_criterion_to_json (criterion));
      if (probe != NULL)
        json_array_add_element (array, cs_probe_to_json (probe));
    }
  text = cs_json_to_canonical (node, NULL);
  return cs_digest_of_data (text, strlen (text));
}

static gboolean
has_gate (GPtrArray *gates, const char *id)
{
  for (guint i = 0; i < gates->len; i++)
    if (strcmp (((CsGate *) gates->pdata[i])->id, id) == 0)
      return TRUE;
  return FALSE;
}

static void
recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_flag_append_finish (CS_FLAG (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
check_plan (CsRollout *self, const CsRolloutPlan *plan, gint64 at, GPtrArray *gates, GError **error)
{
  static const char *const never[] = {
    "changing", "interrupted", "trouble", "drift", "companies", "order", "backwards", "rejected",
  };

  if (plan->act != CS_FLAG_PROMOTE)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Only a promotion can be planned for a time");
  else if (at <= cs_clock_now ())
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "That time is over; name one that is still to come, or promote it now");
  if (plan->act != CS_FLAG_PROMOTE || at <= cs_clock_now ())
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (never); i++)
    for (guint k = 0; k < gates->len; k++)
      {
        const CsGate *gate = gates->pdata[k];

        if (strcmp (gate->id, never[i]) != 0)
          continue;
        g_set_error (error, CS_ERROR, CS_ERROR_REFUSED, "%s", gate->words);
        return FALSE;
      }
  return TRUE;
}

/**
 * cs_rollout_schedule_async:
 * @self: a rollout
 * @plan: of cs_rollout_plan_stage(), for the flag as it is now
 * @at: UTC microseconds, still to come
 * @actor: who; whose promotion it is, so that their own signature does not count
 * @reason: (nullable): why then
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Takes the place of one that was planned before. Signatures may still be missing, and the stage
 * may still have to soak; at that time they are to be there. cs_rollout_act_finish(): INVALID,
 * REFUSED, CONFLICT.
 */
void
cs_rollout_schedule_async (CsRollout *self,
                           const CsRolloutPlan *plan,
                           gint64 at,
                           const char *actor,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *time = cs_clock_format (at);
  g_autofree char *guardrails = NULL;
  g_autofree char *clear = NULL;
  g_autoptr (GPtrArray) gates = NULL;
  g_autoptr (JsonNode) body = NULL;
  const char *const blobs[] = { NULL };
  JsonObject *object;
  GError *error = NULL;

  g_return_if_fail (CS_IS_ROLLOUT (self) && plan != NULL && actor != NULL);

  g_task_set_source_tag (task, cs_rollout_schedule_async);
  gates = cs_rollout_find_gates (self, plan, actor);
  if (!cs_rollout_check_newest (self, plan, &error) ||
      !check_plan (self, plan, at, gates, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  guardrails = digest_guardrails (self);
  clear = cs_rollout_redact (self, reason);
  body = new_body (&object, id);
  json_object_set_string_member (object, "stage", plan->stage);
  json_object_set_string_member (object, "plan", plan->digest);
  json_object_set_string_member (object, "at", time);
  json_object_set_string_member (object, "guardrails", guardrails);
  json_object_set_boolean_member (object, "signed", !has_gate (gates, "signoff"));
  json_object_set_object_member (object, "to", cs_rollout_plan_describe (plan->to));
  if (clear != NULL)
    json_object_set_string_member (object, "reason", clear);
  cs_flag_append_async (self->flag, actor, "promotion-scheduled", body, blobs, cancellable,
                        recorded_cb, g_steal_pointer (&task));
}

/**
 * cs_rollout_unschedule_async:
 * @self: a rollout
 * @actor: who
 * @reason: (nullable): why
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * What was planned is planned no more. cs_rollout_act_finish(): NOT_FOUND, CONFLICT.
 */
void
cs_rollout_unschedule_async (CsRollout *self,
                             const char *actor,
                             const char *reason,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const CsFlagSchedule *schedule = cs_flag_get_schedule (self->flag);
  g_autofree char *clear = NULL;
  g_autoptr (JsonNode) body = NULL;
  JsonObject *object;

  g_return_if_fail (CS_IS_ROLLOUT (self) && actor != NULL);

  g_task_set_source_tag (task, cs_rollout_unschedule_async);
  if (schedule == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "No promotion of “%s” is planned", cs_flag_get_key (self->flag));
      return;
    }
  clear = cs_rollout_redact (self, reason);
  body = new_body (&object, schedule->id);
  if (clear != NULL)
    json_object_set_string_member (object, "reason", clear);
  cs_flag_append_async (self->flag, actor, "promotion-unscheduled", body, NULL, cancellable,
                        recorded_cb, g_steal_pointer (&task));
}

/* The words of a guardrail that is bad (transfer full); NULL: none is. */
static char *
find_bad_guardrail (CsRollout *self)
{
  g_auto (GStrv) ids = cs_rollout_list_guardrails (self);

  for (char **id = ids; *id != NULL; id++)
    {
      const CsWatchJudgement *judgement = cs_watch_get_judgement (self->watch, *id);
      const CsCriterion *criterion = cs_watch_find_criterion (self->watch, *id);

      if (criterion != NULL && judgement != NULL && judgement->verdict == CS_WATCH_BAD)
        return cs_criterion_dup_words (criterion);
    }
  return NULL;
}

/* What has changed of what a plan rests on, outside its flag's own records; NULL: nothing. what
 * (out, transfer full, nullable): about that. */
static const char *
find_cause (CsRollout *self, const CsFlagSchedule *schedule, const CsRolloutPlan *plan, char **what)
{
  g_autofree char *guardrails = digest_guardrails (self);
  g_autoptr (GPtrArray) gates = NULL;

  *what = NULL;
  if (strcmp (plan->digest, schedule->plan) != 0)
    return "companies";
  if (g_strcmp0 (guardrails, schedule->guardrails) != 0)
    return "guardrails";
  gates = cs_rollout_list_gates (self, plan, schedule->by);
  if (has_gate (gates, "rejected") || (schedule->is_signed && has_gate (gates, "signoff")))
    return "signature";
  *what = find_bad_guardrail (self);
  return *what != NULL ? "guardrail" : NULL;
}

static void
suspend (GTask *task, const char *cause, const char *what)
{
  CsRollout *self = g_task_get_source_object (task);
  Attending *attending = g_task_get_task_data (task);
  const CsFlagSchedule *schedule = cs_flag_get_schedule (self->flag);
  JsonObject *object;
  g_autoptr (JsonNode) body = new_body (&object, schedule->id);

  json_object_set_string_member (object, "cause", cause);
  if (what != NULL)
    json_object_set_string_member (object, "what", what);
  cs_flag_append_async (self->flag, attending->actor, "promotion-suspended", body, NULL, NULL,
                        recorded_cb, task);
}

static void
carried_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_rollout_act_finish (CS_ROLLOUT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
return_nothing (GTask *task)
{
  g_task_return_boolean (task, FALSE);
  g_object_unref (task);
}

/* Nothing that is due may be late by more than the grace: whoever planned it may be gone. */
static void
decide (GTask *task, const CsRolloutPlan *plan)
{
  CsRollout *self = g_task_get_source_object (task);
  Attending *attending = g_task_get_task_data (task);
  const CsFlagSchedule *schedule = cs_flag_get_schedule (self->flag);
  g_autofree char *what = NULL;
  const char *cause = find_cause (self, schedule, plan, &what);
  gint64 late = cs_clock_now () - schedule->at;
  g_autoptr (GPtrArray) gates = cs_rollout_list_gates (self, plan, schedule->by);

  if (cause != NULL)
    suspend (task, cause, what);
  else if (late < 0)
    return_nothing (task);
  else if (late > CS_ROLLOUT_SCHEDULE_GRACE && gates->len > 0)
    suspend (task, "waited", ((CsGate *) gates->pdata[0])->id);
  else if (late > CS_ROLLOUT_SCHEDULE_GRACE)
    suspend (task, "absent", NULL);
  else if (gates->len > 0)
    {
      attending->gates = g_steal_pointer (&gates);
      return_nothing (task);
    }
  else
    cs_rollout_carry_out (self, plan, schedule, attending->actor, carried_out_cb, task);
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsRollout *self = CS_ROLLOUT (source);
  const CsFlagSchedule *schedule = cs_flag_get_schedule (self->flag);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRolloutPlan) plan = cs_rollout_plan_stage_finish (self, result, &error);

  if (schedule == NULL || schedule->suspended != NULL)
    return_nothing (task);
  else if (plan == NULL)
    suspend (task, "plan", error->message);
  else
    decide (task, plan);
}

static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsRollout *self = CS_ROLLOUT (source);
  const CsFlagSchedule *schedule = cs_flag_get_schedule (self->flag);
  GError *error = NULL;

  if (!cs_rollout_refresh_finish (self, result, &error))
    g_task_return_error (task, error);
  else if (schedule == NULL || schedule->suspended != NULL)
    g_task_return_boolean (task, FALSE);
  else
    {
      cs_rollout_plan_stage_async (self, schedule->stage, NULL, planned_cb, task);
      return;
    }
  g_object_unref (task);
}

/**
 * cs_rollout_attend_async:
 * @self: a rollout
 * @actor: whose program it is
 * @cancellable: (nullable): before anything is done
 * @callback: called when it is attended to
 * @user_data: for @callback
 *
 * Holds what is planned to what it rests on, and carries it out if it is due. To be called by
 * programs that run, every now and then and when it is due; see cs_rollout_attend_finish(). However
 * many do, it is begun once.
 */
void
cs_rollout_attend_async (CsRollout *self,
                         const char *actor,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const CsFlagSchedule *schedule;
  Attending *attending = g_new0 (Attending, 1);

  g_return_if_fail (CS_IS_ROLLOUT (self) && actor != NULL);

  attending->actor = g_strdup (actor);
  g_task_set_source_tag (task, cs_rollout_attend_async);
  g_task_set_task_data (task, attending, (GDestroyNotify) attending_free);
  schedule = cs_flag_get_schedule (self->flag);
  if (schedule == NULL || schedule->suspended != NULL)
    g_task_return_boolean (task, FALSE);
  else
    cs_rollout_refresh_async (self, cancellable, refreshed_cb, g_steal_pointer (&task));
}

/**
 * cs_rollout_attend_finish:
 * @self: a rollout
 * @result: of the call
 * @gates: (out) (optional) (nullable) (transfer full) (element-type CsGate): why what is due waits
 * @error: why it was begun and failed; or BUSY, CONFLICT: somebody else is at it
 *
 * Returns: whether it was carried out, or suspended; look at cs_flag_get_schedule()
 */
gboolean
cs_rollout_attend_finish (CsRollout *self, GAsyncResult *result, GPtrArray **gates, GError **error)
{
  Attending *attending;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  attending = g_task_get_task_data (G_TASK (result));
  if (gates != NULL)
    *gates = g_steal_pointer (&attending->gates);
  return g_task_propagate_boolean (G_TASK (result), error);
}
