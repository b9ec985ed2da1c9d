/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a feature is switched: recorded, written, read back, compared, recorded; and what is done
 * when any of that fails, or the program died between two of them. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-error.h"
#include "cs-gate.h"
#include "cs-rollout-course.h"

#include <string.h>

static void go (GTask *task);

static JsonNode *
new_body (JsonObject **object)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), NULL);

  *object = json_object_new ();
  json_node_take_object (node, *object);
  return node;
}

static void
set_string (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
}

static JsonNode *
begin_body (CsRolloutCourse *change)
{
  JsonObject *object;
  JsonNode *body = new_body (&object);

  set_string (object, "change", change->id);
  set_string (object, "act", cs_flag_act_to_string (change->plan->act));
  set_string (object, "stage", change->plan->stage);
  json_object_set_object_member (object, "from", cs_rollout_plan_describe (change->plan->from));
  json_object_set_object_member (object, "to", cs_rollout_plan_describe (change->plan->to));
  set_string (object, "companies", change->plan->companies);
  set_string (object, "plan", change->plan->digest);
  set_string (object, "reason", change->reason);
  set_string (object, "schedule", change->schedule);
  return body;
}

/* What is planned is begun once: the record is appended where this was seen, or not at all. */
static gboolean
is_still_planned (CsRollout *self, const CsRolloutCourse *change)
{
  const CsFlagSchedule *schedule = cs_flag_get_schedule (self->flag);

  return change->schedule == NULL ||
         (schedule != NULL && schedule->suspended == NULL &&
          strcmp (schedule->id, change->schedule) == 0);
}

static void
begin (GTask *task, GAsyncReadyCallback callback)
{
  CsRollout *self = g_task_get_source_object (task);
  CsRolloutCourse *change = g_task_get_task_data (task);
  g_autoptr (JsonNode) body = begin_body (change);
  const char *const blobs[] = { cs_flag_state_get_digest (change->plan->from),
                                cs_flag_state_get_digest (change->plan->to), NULL };

  cs_flag_append_async (self->flag, change->actor, "change-begun", body, blobs, NULL, callback,
                        task);
}

static void
end (GTask *task, const char *kind, GAsyncReadyCallback callback)
{
  CsRollout *self = g_task_get_source_object (task);
  CsRolloutCourse *change = g_task_get_task_data (task);
  JsonObject *object;
  g_autoptr (JsonNode) body = new_body (&object);

  set_string (object, "change", change->id);
  if (change->problem != NULL)
    set_string (object, "problem", change->problem->message);
  if (change->settling)
    json_object_set_boolean_member (object, "settled", TRUE);
  cs_flag_append_async (self->flag, change->actor, kind, body, NULL, NULL, callback, task);
}

static void
provider_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsRolloutCourse *change = g_task_get_task_data (task);
  GError *error = NULL;

  cs_rollout_course_answer (change, CS_FLAG_PROVIDER (source), result, &error);
  if (error != NULL)
    cs_rollout_course_fail (change, error);
  go (task);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsRolloutCourse *change = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *digest = cs_store_put_blob_finish (CS_STORE (source), result, &error);

  if (digest == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  change->step++;
  go (task);
}

/* Nothing was done yet: what can't be recorded is not begun. */
static void
begun_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsRolloutCourse *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_flag_append_finish (CS_FLAG (source), result, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  change->step++;
  go (task);
}

static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRolloutCourse *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_rollout_refresh_finish (CS_ROLLOUT (source), result, &error))
    g_task_return_error (task, error);
  else if (change->problem != NULL && !(change->settling && change->tries != G_MAXUINT))
    g_task_return_error (task, g_steal_pointer (&change->problem));
  else
    g_task_return_boolean (task, TRUE);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  CsRolloutCourse *change = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_pointer (&change->lock, cs_run_lock_free);
  if (cs_flag_append_finish (CS_FLAG (source), result, &error))
    cs_rollout_refresh_async (self, NULL, refreshed_cb, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
put_state (GTask *task, CsFlagState *state)
{
  CsRollout *self = g_task_get_source_object (task);
  g_autoptr (GBytes) bytes = cs_flag_state_to_bytes (state);

  cs_store_put_blob_async (self->site->store, bytes, NULL, put_cb, task);
}

/* Whether it begins where the newest record ends, also one that another program has written. */
static gboolean
is_of_newest_state (CsRollout *self, const CsRolloutPlan *plan)
{
  g_autoptr (CsFlagState) nobody = cs_flag_state_new_nobody ();
  const char *members = cs_flag_get_members (self->flag);

  return strcmp (cs_flag_state_get_digest (plan->from),
                 members != NULL ? members : cs_flag_state_get_digest (nobody)) == 0;
}

static void
planned_anew_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsRollout *self = CS_ROLLOUT (source);
  CsRolloutCourse *change = g_task_get_task_data (task);
  g_autoptr (CsFlagState) nobody = cs_flag_state_new_nobody ();
  GError *error = NULL;

  if (!cs_rollout_refresh_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  cs_rollout_plan_free (change->plan);
  change->plan = cs_rollout_plan_act (self, CS_FLAG_KILL, self->state, nobody);
  change->step = CS_COURSE_PUT_FROM;
  go (task);
}

/* What another program has recorded since it was planned may become known only now. The kill switch
 * is planned anew, so that its record says from whom it took the feature; others are told. */
static gboolean
check_still_newest (GTask *task)
{
  CsRollout *self = g_task_get_source_object (task);
  CsRolloutCourse *change = g_task_get_task_data (task);

  if (change->plan->act == CS_FLAG_RESTORE || is_of_newest_state (self, change->plan))
    return TRUE;
  if (change->plan->act == CS_FLAG_KILL)
    {
      cs_rollout_refresh_async (self, NULL, planned_anew_cb, task);
      return FALSE;
    }
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_CONFLICT,
                           "The flag has changed since this was planned: look again");
  g_object_unref (task);
  return FALSE;
}

/* The record that ended a change may become known only while it is being settled. */
static gboolean
is_still_begun (CsRollout *self, const CsRolloutCourse *change)
{
  const CsFlagChange *begun = cs_flag_get_change (self->flag);

  return !change->settling || (begun != NULL && strcmp (begun->id, change->id) == 0);
}

/* Its own program has brought it to its end: there is nothing to record. */
static void
leave_settled (GTask *task)
{
  CsRolloutCourse *change = g_task_get_task_data (task);

  g_clear_pointer (&change->lock, cs_run_lock_free);
  g_clear_error (&change->problem);
  cs_rollout_refresh_async (g_task_get_source_object (task), NULL, refreshed_cb, task);
}

/* Takes the reference to the task on. Once something may have been written, nothing cancels it: it
 * is brought to its end. */
static void
go (GTask *task)
{
  CsRollout *self = g_task_get_source_object (task);
  CsRolloutCourse *change = g_task_get_task_data (task);
  CsRolloutPlan *plan = change->plan;

  switch (change->step)
    {
    case CS_COURSE_GIVE_UP:
      end (task, "change-failed", begun_cb);
      break;
    case CS_COURSE_PUT_FROM:
      put_state (task, plan->from);
      break;
    case CS_COURSE_PUT_TO:
      put_state (task, plan->to);
      break;
    case CS_COURSE_BEGIN:
      g_free (change->id);
      change->id = g_uuid_string_random ();
      g_clear_error (&change->problem);
      if (!check_still_newest (task))
        break;
      if (is_still_planned (self, change))
        {
          begin (task, begun_cb);
          break;
        }
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_CONFLICT, "It is planned no more");
      g_object_unref (task);
      break;
    case CS_COURSE_READ:
    case CS_COURSE_UNDO_READ:
      cs_flag_provider_read_async (self->provider, NULL, provider_cb, task);
      break;
    case CS_COURSE_APPLY:
      cs_flag_provider_apply_async (self->provider, change->reading, plan->to, NULL, provider_cb,
                                    task);
      break;
    case CS_COURSE_VERIFY:
      cs_flag_provider_verify_async (self->provider, plan->to, NULL, provider_cb, task);
      break;
    case CS_COURSE_UNDO_APPLY:
      cs_flag_provider_apply_async (self->provider, change->reading, plan->from, NULL,
                                    provider_cb, task);
      break;
    case CS_COURSE_UNDO_VERIFY:
      cs_flag_provider_verify_async (self->provider, plan->from, NULL, provider_cb, task);
      break;
    case CS_COURSE_END:
    default:
      if (is_still_begun (self, change))
        end (task, cs_rollout_course_get_end (change), ended_cb);
      else
        leave_settled (task);
    }
}

static CsRolloutPlan *
copy_plan (CsRollout *self, const CsRolloutPlan *plan)
{
  return cs_rollout_plan_new (self->flag, plan->act, plan->stage, plan->from, plan->to,
                              plan->companies);
}

static gboolean
is_of_newest_companies (CsRollout *self, const CsRolloutPlan *plan)
{
  CsCompanyVersion *newest = cs_companies_get_newest (self->companies);

  return plan->companies == NULL || newest == NULL ||
         strcmp (plan->companies, cs_company_version_get_digest (newest)) == 0;
}

gboolean
cs_rollout_check_newest (CsRollout *self, const CsRolloutPlan *plan, GError **error)
{
  g_autoptr (CsRolloutPlan) copy = copy_plan (self, plan);

  if (strcmp (copy->digest, plan->digest) == 0 && is_of_newest_companies (self, plan) &&
      is_of_newest_state (self, plan))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT,
               "The flag has changed since this was planned: look again");
  return FALSE;
}

/* schedule (nullable): of what was planned for a time */
static void
start (
  GTask *task,
  CsRunLock *lock,
  CsRolloutPlan *plan,
  const char *actor,
  const char *reason,
  const char *schedule)
{
  CsRollout *self = g_task_get_source_object (task);
  const CsFlagChange *interrupted = cs_flag_get_change (self->flag);
  CsRolloutCourse *change = g_new0 (CsRolloutCourse, 1);
  GError *error = NULL;

  change->plan = plan;
  change->actor = g_strdup (actor);
  change->reason = cs_rollout_redact (self, reason);
  change->schedule = g_strdup (schedule);
  change->step = CS_COURSE_PUT_FROM;
  g_task_set_task_data (task, change, (GDestroyNotify) cs_rollout_course_free);
  change->lock = lock != NULL ? lock : cs_rollout_take_lock (self, &error);
  if (change->lock == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  if (interrupted != NULL)
    {
      change->step = CS_COURSE_GIVE_UP;
      change->id = g_strdup (interrupted->id);
      change->problem = g_error_new (CS_ERROR, CS_ERROR_FAILED,
                                     "It was interrupted, and then it was switched off");
    }
  go (task);
}

void
cs_rollout_start (
  GTask *task,
  CsRunLock *lock,
  CsRolloutPlan *plan,
  const char *actor,
  const char *reason)
{
  start (task, lock, plan, actor, reason, NULL);
}

void
cs_rollout_carry_out (CsRollout *self,
                      const CsRolloutPlan *plan,
                      const CsFlagSchedule *schedule,
                      const char *actor,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *reason = g_strdup (schedule->reason);
  g_autofree char *id = g_strdup (schedule->id);

  g_task_set_source_tag (task, cs_rollout_carry_out);
  start (task, NULL, copy_plan (self, plan), actor, reason, id);
}

/**
 * cs_rollout_change_async:
 * @self: a rollout
 * @plan: of cs_rollout_plan_stage() or cs_rollout_plan_back()
 * @actor: who
 * @reason: (nullable): why
 * @cancellable: (nullable): not heeded once it has begun
 * @callback: called when it has ended, well or not
 * @user_data: for @callback
 */
void
cs_rollout_change_async (CsRollout *self,
                         const CsRolloutPlan *plan,
                         const char *actor,
                         const char *reason,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) gates = NULL;
  GError *error = NULL;

  g_return_if_fail (CS_IS_ROLLOUT (self) && plan != NULL && actor != NULL);

  g_task_set_source_tag (task, cs_rollout_change_async);
  gates = cs_rollout_list_gates (self, plan, actor);
  if (cs_rollout_check_newest (self, plan, &error) && cs_gates_to_error (gates, &error))
    cs_rollout_start (g_steal_pointer (&task), NULL, copy_plan (self, plan), actor, reason);
  else
    g_task_return_error (task, error);
}

/** cs_rollout_act_finish: %TRUE when it is as it was to be, and recorded. */
gboolean
cs_rollout_act_finish (CsRollout *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A change whose program died, brought to its end by what is there. */
void
cs_rollout_settle_async (CsRollout *self,
                         CsFlagState *from,
                         CsFlagState *to,
                         const char *actor,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  const CsFlagChange *interrupted = cs_flag_get_change (self->flag);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  CsRolloutCourse *change = g_new0 (CsRolloutCourse, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, cs_rollout_settle_async);
  g_task_set_task_data (task, change, (GDestroyNotify) cs_rollout_course_free);
  change->plan =
    cs_rollout_plan_new (self->flag, interrupted->act, interrupted->stage, from, to, NULL);
  change->actor = g_strdup (actor);
  change->id = g_strdup (interrupted->id);
  change->settling = TRUE;
  change->step = CS_COURSE_READ;
  change->lock = cs_rollout_take_lock (self, &error);
  if (change->lock != NULL)
    {
      go (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}
