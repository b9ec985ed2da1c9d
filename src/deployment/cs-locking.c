/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One deployment at a time acts on an environment: taken with the first command, given back at the
 * close, and taken over by someone who says why. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

/**
 * cs_deployment_set_locks:
 * @locks: (nullable): of the environments; %NULL: others are not asked
 *
 * Has the deployment run commands only while it has the lock on its environment.
 */
void
cs_deployment_set_locks (CsDeployment *self, CsLocks *locks)
{
  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  if (!g_set_object (&self->locks, locks) || locks == NULL)
    return;
  g_signal_connect_object (locks, "items-changed", G_CALLBACK (cs_deployment_queue_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * cs_deployment_get_lock:
 *
 * Returns: (transfer none) (nullable): which deployment may act on this one's environment; %NULL if
 *   none does: who runs a command first has it
 */
CsLock *
cs_deployment_get_lock (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->locks != NULL ? cs_locks_lookup (self->locks, self->environment) : NULL;
}

/** cs_deployment_has_lock: whether it is this deployment that may act on its environment. */
gboolean
cs_deployment_has_lock (CsDeployment *self)
{
  CsLock *lock = cs_deployment_get_lock (self);

  return lock != NULL && g_strcmp0 (cs_lock_get_deployment (lock), self->id) == 0;
}

/* Another deployment acts on the environment. */
void
cs_deployment_add_lock_gate (CsDeployment *self, GPtrArray *gates)
{
  CsLock *lock = cs_deployment_get_lock (self);
  g_autofree char *since = NULL;

  if (lock == NULL || cs_deployment_has_lock (self))
    return;
  since = cs_deployment_dup_moment (cs_lock_get_since (lock));
  if (g_strcmp0 (cs_lock_get_displaced (lock), self->id) == 0)
    cs_gates_add (gates, "lock", cs_lock_get_actor (lock),
                  "%s has taken %s over from this deployment for “%s” on %s: %s",
                  cs_lock_get_actor (lock), self->environment, cs_lock_get_title (lock), since,
                  cs_lock_get_reason (lock));
  else
    cs_gates_add (gates, "lock", cs_lock_get_actor (lock),
                  "%s has locked %s for “%s” since %s: wait for that, or take it over with a "
                  "reason",
                  cs_lock_get_actor (lock), self->environment, cs_lock_get_title (lock), since);
}

/**
 * cs_deployment_gates_for_lock:
 * @reason: (nullable): why it would be taken over
 *
 * What stands in the way of taking the lock on the environment, or of taking it over.
 *
 * Returns: (transfer full) (element-type CsGate): the gates; empty if it may be taken now
 */
GPtrArray *
cs_deployment_gates_for_lock (CsDeployment *self, const char *reason)
{
  GPtrArray *gates = cs_gates_new ();

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), gates);

  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  else if (cs_deployment_has_lock (self))
    cs_gates_add (gates, "same", NULL, "This deployment has the lock on %s already",
                  self->environment);
  else if (cs_deployment_get_lock (self) != NULL && !cs_deployment_has_reason (reason))
    g_ptr_array_add (gates, cs_deployment_need_reason ("Taking over an environment"));
  return gates;
}

/* One taking on its way; lives as the data of its GTask, whose source is the deployment. */
typedef struct
{
  char *actor;
  char *displaced; /* id of the deployment that it is taken over from; NULL: from none */
  char *title;     /* of that one */
  char *reason;
} Taking;

static void
taking_free (gpointer data)
{
  Taking *self = data;

  g_free (self->actor);
  g_free (self->displaced);
  g_free (self->title);
  g_free (self->reason);
  g_free (self);
}

static void
told_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_deployment_append_finish (CS_DEPLOYMENT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
tell_own (GTask *task)
{
  CsDeployment *self = g_task_get_source_object (task);
  Taking *taking = g_task_get_task_data (task);

  cs_deployment_append_async (self, CS_STORE_ANY, taking->actor, "environment-taken-over",
                              cs_deployment_body ("environment", self->environment, "from",
                                                  taking->displaced, "title", taking->title,
                                                  "reason", taking->reason, NULL),
                              NULL, NULL, told_cb, g_object_ref (task));
}

static void
displaced_told_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    tell_own (task);
  else
    g_task_return_error (task, error);
}

/* The history of the one that is displaced says so, too. */
static void
tell_displaced (GTask *task)
{
  CsDeployment *self = g_task_get_source_object (task);
  Taking *taking = g_task_get_task_data (task);
  g_autofree char *stream = g_strconcat (CS_DEPLOYMENT_STREAM_PREFIX, taking->displaced, NULL);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) body =
    cs_deployment_body ("environment", self->environment, "by", self->id, "title", self->title,
                        "reason", taking->reason, NULL);

  g_ptr_array_add (drafts, cs_draft_new ("displaced", body));
  cs_store_append_async (self->store, stream, CS_STORE_ANY, taking->actor, drafts, NULL,
                         displaced_told_cb, g_object_ref (task));
}

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Taking *taking = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_locks_act_finish (CS_LOCKS (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_check_cancellable (task, FALSE); /* it is taken, whoever stops waiting now */
  if (taking->displaced != NULL)
    tell_displaced (task);
  else
    g_task_return_boolean (task, TRUE);
}

static void
take (CsDeployment *self, GTask *task)
{
  Taking *taking = g_task_get_task_data (task);

  cs_locks_take_async (self->locks, taking->actor, self->environment, self->id, self->title,
                       taking->displaced, taking->reason, g_task_get_cancellable (task), taken_cb,
                       g_object_ref (task));
}

/**
 * cs_deployment_lock_async:
 * @actor: who
 * @reason: (nullable): why; needed where another deployment has the lock
 *
 * Takes the lock on the environment, or takes it over from the deployment that has it: then that
 * one runs nothing more, and the histories of both say who did it and why. A command that runs
 * there at that moment goes on to its end.
 */
void
cs_deployment_lock_async (CsDeployment *self,
                          const char *actor,
                          const char *reason,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_lock (self, reason);
  Taking *taking = g_new0 (Taking, 1);
  CsLock *lock = cs_deployment_get_lock (self);
  GError *error = NULL;

  g_task_set_source_tag (task, cs_deployment_lock_async);
  g_task_set_task_data (task, taking, taking_free);
  taking->actor = g_strdup (actor);
  if (lock != NULL)
    {
      taking->displaced = g_strdup (cs_lock_get_deployment (lock));
      taking->title = g_strdup (cs_lock_get_title (lock));
      taking->reason = reason != NULL ? cs_deployment_redact (self, reason) : NULL;
    }
  if (!cs_gates_to_error (gates, &error) || !cs_deployment_may_run (self, actor, &error))
    g_task_return_error (task, error);
  else if (self->locks == NULL)
    g_task_return_boolean (task, TRUE);
  else
    take (self, task);
}

static void
released_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_locks_act_finish (CS_LOCKS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Gives the lock back, if it is this deployment's. */
void
cs_deployment_release_async (CsDeployment *self,
                             const char *actor,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_deployment_release_async);
  if (cs_deployment_has_lock (self))
    cs_locks_release_async (self->locks, actor, self->environment, self->id, cancellable,
                            released_cb, g_object_ref (task));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * cs_deployment_unlock_async:
 * @actor: who
 *
 * Gives the lock on the environment back before the deployment is closed: others may act there. The
 * next command takes it again, if it is free then.
 */
void
cs_deployment_unlock_async (CsDeployment *self,
                            const char *actor,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_gates_new ();
  GError *error = NULL;

  if (!cs_deployment_has_lock (self))
    cs_gates_add (gates, "same", NULL, "This deployment does not have the lock on %s",
                  self->environment);
  cs_deployment_add_unsettled (self, gates);
  if (cs_gates_to_error (gates, &error))
    cs_deployment_release_async (self, actor, cancellable, callback, user_data);
  else
    g_task_report_error (self, callback, user_data, cs_deployment_unlock_async, error);
}

/* Before a command is run: takes the lock where it is free. What is only looked up needs none. */
void
cs_deployment_hold_async (CsDeployment *self,
                          const char *actor,
                          CsStepState *step,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CsPhaseState *phase = cs_deployment_find_phase_of (self, step);

  if (self->locks != NULL && cs_deployment_get_lock (self) == NULL &&
      !g_list_store_find (self->references, phase, NULL))
    cs_deployment_lock_async (self, actor, NULL, cancellable, callback, user_data);
  else
    {
      g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

      g_task_set_source_tag (task, cs_deployment_hold_async);
      g_task_return_boolean (task, TRUE);
    }
}
