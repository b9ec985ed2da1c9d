/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watch over a deployment: measured by this program, and followed by the way back. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-watch.h"

#include "cs-error.h"
#include "cs-run-lock.h"

struct _CsDeploymentWatch
{
  GObject parent_instance;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsWatchClock *clock;
  CsProber *prober;
  CsSeriesStore *series;
  CsWatch *watch;
  CsWatcher *watcher;
  CsRunLock *lock; /* while this program measures */
  gboolean rolling_back;
};

enum
{
  ROLLING_BACK,
  TROUBLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsDeploymentWatch, cs_deployment_watch, G_TYPE_OBJECT)

static void
tell_trouble (CsDeploymentWatch *self, const GError *error)
{
  g_signal_emit (self, signals[TROUBLE], 0, error);
}

static CsPhaseState *
find_procedure (CsDeployment *deployment, const char *title)
{
  GListModel *rollbacks = cs_deployment_get_rollbacks (deployment);

  for (guint i = 0; i < g_list_model_get_n_items (rollbacks); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (rollbacks, i);

      if (g_strcmp0 (cs_phase_get_title (cs_phase_state_get_phase (phase)), title) == 0)
        return phase;
    }
  return NULL;
}

typedef struct
{
  CsDeploymentWatch *self;
  gint64 alarm;
} Return;

static void
rolled_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Return *way = user_data;
  g_autoptr (CsDeploymentWatch) self = way->self;
  GPtrArray *alarms = cs_watch_get_alarms (self->watch);
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_act_finish (CS_DEPLOYMENT (source), result, &error))
    {
      self->rolling_back = FALSE;
      tell_trouble (self, error);
      return;
    }
  for (guint i = 0; i < alarms->len; i++)
    if (((CsAlarm *) alarms->pdata[i])->n == way->alarm)
      g_signal_emit (self, signals[ROLLING_BACK], 0, alarms->pdata[i]);
}

static void
roll_back (CsDeploymentWatch *self, const CsAlarm *alarm)
{
  CsPhaseState *procedure = find_procedure (self->deployment, alarm->procedure);
  g_autofree char *reason = g_strdup_printf ("%s: %s", alarm->words, alarm->reason);
  Return *way;

  if (self->rolling_back || cs_deployment_get_status (self->deployment) != CS_DEPLOYMENT_ACTIVE)
    return;
  if (procedure == NULL)
    {
      g_autoptr (GError) error =
        g_error_new (CS_ERROR, CS_ERROR_NOT_FOUND,
                     "The runbook has no rollback procedure “%s”, so none was begun. "
                     "Begin one now.",
                     alarm->procedure);

      tell_trouble (self, error);
      return;
    }
  self->rolling_back = TRUE;
  way = g_new0 (Return, 1);
  way->self = g_object_ref (self);
  way->alarm = alarm->n;
  cs_deployment_roll_back_async (self->deployment, cs_workspace_get_actor (self->workspace),
                                 procedure, reason, NULL, rolled_back_cb, way);
}

static void
due_cb (CsWatcher *watcher, const CsAlarm *alarm, CsDeploymentWatch *self)
{
  roll_back (self, alarm);
}

static void
trouble_cb (CsWatcher *watcher, const GError *error, CsDeploymentWatch *self)
{
  tell_trouble (self, error);
}

static void
cs_deployment_watch_dispose (GObject *object)
{
  CsDeploymentWatch *self = CS_DEPLOYMENT_WATCH (object);

  if (self->watcher != NULL)
    g_signal_handlers_disconnect_by_data (self->watcher, self);
  g_clear_object (&self->watcher);
  g_clear_object (&self->watch);
  g_clear_object (&self->prober);
  g_clear_object (&self->series);
  g_clear_object (&self->clock);
  g_clear_object (&self->deployment);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->lock, cs_run_lock_free);

  G_OBJECT_CLASS (cs_deployment_watch_parent_class)->dispose (object);
}

static void
cs_deployment_watch_class_init (CsDeploymentWatchClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_deployment_watch_dispose;

  signals[ROLLING_BACK] = g_signal_new ("rolling-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[TROUBLE] = g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cs_deployment_watch_init (CsDeploymentWatch *self)
{
}

static void
make_watcher (CsDeploymentWatch *self)
{
  g_autofree char *state = cs_workspace_dup_state_directory (self->workspace);

  self->prober =
    cs_prober_new (self->clock, cs_workspace_get_targets (self->workspace),
                   cs_workspace_get_breakers (self->workspace), state);
  cs_prober_set_keyring (self->prober, cs_workspace_get_keyring (self->workspace),
                         cs_deployment_get_environment (self->deployment));
  self->watcher = cs_watcher_new (self->watch, self->prober, self->series, self->clock,
                                  cs_workspace_get_actor (self->workspace));
  g_signal_connect (self->watcher, "rollback-due", G_CALLBACK (due_cb), self);
  g_signal_connect (self->watcher, "trouble", G_CALLBACK (trouble_cb), self);
}

static void
series_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeploymentWatch *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->series = cs_series_store_open_finish (result, &error);
  if (self->series == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  make_watcher (self);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
watch_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeploymentWatch *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->watch = cs_watch_load_finish (result, &error);
  if (self->watch == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  cs_series_store_open_async (cs_workspace_get_directory (self->workspace),
                              g_task_get_cancellable (task), series_opened_cb,
                              g_object_ref (task));
}

/**
 * cs_deployment_watch_load_async:
 * @workspace: the workspace
 * @deployment: of it
 * @clock: (nullable): the time by which is measured; %NULL: the real one
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is there
 * @user_data: for @callback
 *
 * Folds the watch of a deployment, which may have none yet. Nothing is measured before
 * cs_deployment_watch_start().
 */
void
cs_deployment_watch_load_async (CsWorkspace *workspace,
                                CsDeployment *deployment,
                                CsWatchClock *clock,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  CsDeploymentWatch *self = g_object_new (CS_TYPE_DEPLOYMENT_WATCH, NULL);

  g_return_if_fail (CS_IS_WORKSPACE (workspace) && CS_IS_DEPLOYMENT (deployment));

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->clock = clock != NULL ? g_object_ref (clock) : cs_watch_clock_new ();
  g_task_set_source_tag (task, cs_deployment_watch_load_async);
  g_task_set_task_data (task, self, g_object_unref);
  cs_watch_load_async (cs_workspace_get_store (workspace), cs_workspace_get_people (workspace),
                       cs_deployment_get_stream (deployment), cancellable, watch_loaded_cb,
                       g_steal_pointer (&task));
}

/**
 * cs_deployment_watch_load_finish:
 * @result: of the call
 * @error: as cs_store_read_finish() and cs_series_store_open_finish()
 *
 * Returns: (transfer full) (nullable): the watch
 */
CsDeploymentWatch *
cs_deployment_watch_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

CsWatch *
cs_deployment_watch_get_watch (CsDeploymentWatch *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT_WATCH (self), NULL);
  return self->watch;
}

CsWatcher *
cs_deployment_watch_get_watcher (CsDeploymentWatch *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT_WATCH (self), NULL);
  return self->watcher;
}

CsSeriesStore *
cs_deployment_watch_get_series (CsDeploymentWatch *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT_WATCH (self), NULL);
  return self->series;
}

/* A program may have died between the record that the countdown is over and the rollback. */
static void
finish_what_was_begun (CsDeploymentWatch *self)
{
  GPtrArray *alarms = cs_watch_get_alarms (self->watch);

  for (guint i = alarms->len; i > 0; i--)
    if (((CsAlarm *) alarms->pdata[i - 1])->state == CS_ALARM_FIRED)
      {
        roll_back (self, alarms->pdata[i - 1]);
        return;
      }
}

/**
 * cs_deployment_watch_start:
 * @self: a watch
 * @error: BUSY if another program measures for this deployment, STORAGE
 *
 * Returns: whether this program measures now
 */
gboolean
cs_deployment_watch_start (CsDeploymentWatch *self, GError **error)
{
  g_autofree char *state = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (CS_IS_DEPLOYMENT_WATCH (self), FALSE);

  if (self->lock != NULL)
    return TRUE;
  state = cs_workspace_dup_state_directory (self->workspace);
  name = g_strconcat ("watch-", cs_deployment_get_id (self->deployment), NULL);
  self->lock = cs_run_lock_take (state, name, &failure);
  if (self->lock == NULL && g_error_matches (failure, CS_ERROR, CS_ERROR_BUSY))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_BUSY,
                   "Another program watches this deployment already; what it finds appears here.");
      return FALSE;
    }
  if (self->lock == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  cs_watcher_start (self->watcher);
  finish_what_was_begun (self);
  return TRUE;
}

/**
 * cs_deployment_watch_stop:
 * @self: a watch
 *
 * Measures nothing any more. The watch is not over: it may be started again, here or elsewhere.
 */
void
cs_deployment_watch_stop (CsDeploymentWatch *self)
{
  g_return_if_fail (CS_IS_DEPLOYMENT_WATCH (self));

  cs_watcher_stop (self->watcher);
  g_clear_pointer (&self->lock, cs_run_lock_free);
}

static void
consented_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_watch_act_finish (CS_WATCH (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * cs_deployment_watch_consent_async:
 * @self: a watch with at least one probe
 * @person: who consents
 * @key: theirs
 * @askpass: (nullable): where a passphrase is asked for
 * @procedure: (nullable): title of the rollback procedure; %NULL: the only one
 * @countdown: seconds in which a person can stop it
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 */
void
cs_deployment_watch_consent_async (CsDeploymentWatch *self,
                                   CsPerson *person,
                                   CsKey *key,
                                   CsAskpass *askpass,
                                   const char *procedure,
                                   guint countdown,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (CsPhaseState) only = NULL;
  GListModel *rollbacks;

  g_return_if_fail (CS_IS_DEPLOYMENT_WATCH (self));

  g_task_set_source_tag (task, cs_deployment_watch_consent_async);
  rollbacks = cs_deployment_get_rollbacks (self->deployment);
  if (procedure == NULL && g_list_model_get_n_items (rollbacks) == 1)
    {
      only = g_list_model_get_item (rollbacks, 0);
      procedure = cs_phase_get_title (cs_phase_state_get_phase (only));
    }
  if (procedure == NULL || find_procedure (self->deployment, procedure) == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "The runbook has no rollback procedure “%s”. Name one of those that "
                               "it has.",
                               procedure != NULL ? procedure : "");
      return;
    }
  cs_watch_consent_async (self->watch, person, key, askpass, procedure, countdown, cancellable,
                          consented_cb, g_steal_pointer (&task));
}

/** cs_deployment_watch_consent_finish: TRUE when it is recorded. */
gboolean
cs_deployment_watch_consent_finish (CsDeploymentWatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_prober_close_finish (CS_PROBER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * cs_deployment_watch_close_async:
 * @self: a watch
 * @callback: called when no connection is left
 * @user_data: for @callback
 *
 * To be called before a program ends; another one may watch then.
 */
void
cs_deployment_watch_close_async (CsDeploymentWatch *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (CS_IS_DEPLOYMENT_WATCH (self));

  g_task_set_source_tag (task, cs_deployment_watch_close_async);
  cs_deployment_watch_stop (self);
  cs_series_store_close (self->series);
  cs_prober_close_async (self->prober, closed_cb, g_steal_pointer (&task));
}

/** cs_deployment_watch_close_finish: TRUE when it is closed. */
gboolean
cs_deployment_watch_close_finish (CsDeploymentWatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
