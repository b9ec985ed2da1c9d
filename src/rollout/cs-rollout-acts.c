/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The acts that need no plan: the kill switch, and the two ways out of a difference. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-error.h"
#include "cs-flag-state-reader.h"

/** KILL_TRIES, KILL_INTERVAL: how often, and after how many milliseconds, the lock is tried */
#define KILL_TRIES 150
#define KILL_INTERVAL 100

static gboolean
check_reason (const char *reason, GError **error)
{
  if (reason != NULL && *reason != '\0')
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Say why, with --reason");
  return FALSE;
}

typedef struct
{
  char *actor;
  char *reason;
  guint tries;
  CsRunLock *lock;
} Killing;

static void
killing_free (Killing *killing)
{
  g_free (killing->actor);
  g_free (killing->reason);
  g_clear_pointer (&killing->lock, cs_run_lock_free);
  g_free (killing);
}

static void
ready_to_kill_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = CS_ROLLOUT (source);
  Killing *killing = g_task_get_task_data (task);
  g_autofree char *actor = g_strdup (killing->actor);
  g_autofree char *reason = g_strdup (killing->reason);
  CsRunLock *lock = g_steal_pointer (&killing->lock);
  g_autoptr (CsFlagState) nobody = cs_flag_state_new_nobody ();
  GError *error = NULL;

  if (cs_rollout_refresh_finish (self, result, &error))
    cs_rollout_start (g_steal_pointer (&task), lock,
                      cs_rollout_plan_act (self, CS_FLAG_KILL, self->state, nobody), actor,
                      reason);
  else
    {
      cs_run_lock_free (lock);
      g_task_return_error (task, error);
    }
}

/* Whoever switches it just now has a moment to come to an end. */
static gboolean
try_to_kill_cb (gpointer user_data)
{
  GTask *task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  Killing *killing = g_task_get_task_data (task);
  GError *error = NULL;

  killing->lock = cs_rollout_take_lock (self, &error);
  if (killing->lock != NULL)
    cs_rollout_refresh_async (self, NULL, ready_to_kill_cb, task);
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_BUSY) && ++killing->tries < KILL_TRIES)
    {
      g_error_free (error);
      g_timeout_add (KILL_INTERVAL, try_to_kill_cb, task);
    }
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  return G_SOURCE_REMOVE;
}

/**
 * cs_rollout_kill_async:
 * @self: a rollout
 * @actor: who; anyone may, for it is the safe side
 * @reason: why
 * @cancellable: (nullable): not heeded once it has begun
 * @callback: called when it is off, and read back
 * @user_data: for @callback
 *
 * Asks for no signature, and does not care what is there. It is not undone if something fails.
 * While another program switches it, it waits for that, but not for ever: BUSY.
 */
void
cs_rollout_kill_async (CsRollout *self,
                       const char *actor,
                       const char *reason,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Killing *killing = g_new0 (Killing, 1);
  GError *error = NULL;

  g_return_if_fail (CS_IS_ROLLOUT (self) && actor != NULL);

  killing->actor = g_strdup (actor);
  killing->reason = g_strdup (reason);
  g_task_set_source_tag (task, cs_rollout_kill_async);
  g_task_set_task_data (task, killing, (GDestroyNotify) killing_free);
  if (check_reason (reason, &error))
    try_to_kill_cb (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

typedef struct
{
  char *actor;
  char *reason;
  CsFlagAct act;
} WayOut;

static void
way_out_free (WayOut *way)
{
  g_free (way->actor);
  g_free (way->reason);
  g_free (way);
}

static void
drift_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  WayOut *way = g_task_get_task_data (task);
  g_autofree char *actor = g_strdup (way->actor);
  g_autofree char *reason = g_strdup (way->reason);
  CsFlagAct act = way->act;
  GError *error = NULL;
  g_autoptr (CsFlagState) found = cs_flag_state_read_finish (result, &error);
  gboolean adopts = act == CS_FLAG_ADOPT;

  if (found != NULL && adopts && cs_flag_state_is_unclear (found))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                             "Nobody can say for whom it is on, so that can't be adopted; restore "
                             "what is recorded");
  else if (found != NULL)
    cs_rollout_start (g_steal_pointer (&task), NULL,
                      cs_rollout_plan_act (self, act, adopts ? self->state : found,
                                           adopts ? found : self->state),
                      actor, reason);
  else
    g_task_return_error (task, error);
}

static void
take_way_out (GTask *task, CsFlagAct act, const char *actor, const char *reason)
{
  CsRollout *self = g_task_get_source_object (task);
  WayOut *way = g_new0 (WayOut, 1);
  GError *error = NULL;

  way->actor = g_strdup (actor);
  way->reason = g_strdup (reason);
  way->act = act;
  g_task_set_task_data (task, way, (GDestroyNotify) way_out_free);
  if (cs_flag_get_drift_state (self->flag) == NULL)
    g_set_error (&error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "Nobody has found “%s” to be different from what is recorded; verify it first",
                 cs_flag_get_key (self->flag));
  else if (cs_flag_get_change (self->flag) != NULL)
    g_set_error (&error, CS_ERROR, CS_ERROR_WAITING,
                 "“%s” was being switched and was interrupted; verify it first",
                 cs_flag_get_key (self->flag));
  else if (check_reason (reason, &error))
    {
      cs_flag_state_read_async (self->site->store, cs_flag_get_drift_state (self->flag), NULL,
                                drift_read_cb, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/**
 * cs_rollout_adopt_async:
 * @self: a rollout that was found to be different from its record
 * @actor: who
 * @reason: why
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * What is there is right: it becomes what is recorded, if it is still there.
 */
void
cs_rollout_adopt_async (CsRollout *self,
                        const char *actor,
                        const char *reason,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_rollout_adopt_async);
  take_way_out (task, CS_FLAG_ADOPT, actor, reason);
}

/**
 * cs_rollout_restore_async:
 * @self: a rollout that was found to be different from its record
 * @actor: who
 * @reason: why
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * What is recorded is right: it is written again.
 */
void
cs_rollout_restore_async (CsRollout *self,
                          const char *actor,
                          const char *reason,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_rollout_restore_async);
  take_way_out (task, CS_FLAG_RESTORE, actor, reason);
}
