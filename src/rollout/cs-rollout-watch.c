/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watch over a rollout: its guardrails measured by this program, and what is there held to the
 * record at an interval. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-watch.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-rollout-private.h"

/** WAITING: microseconds after which what is due and waits is looked at again */
#define WAITING (5 * G_USEC_PER_SEC)

struct _CsRolloutWatch
{
  GObject parent_instance;

  CsRollout *rollout;
  char *actor;
  CsWatchClock *clock;
  CsProber *prober;
  CsSeriesStore *series;
  CsWatcher *watcher;
  CsRunLock *lock; /* while this program measures */
  guint timer;
  guint schedule_timer;
  gint64 waits_until; /* what is due and waits is looked at again then */
  gboolean looking;
  gboolean attending;
  GTask *closing;
};

enum
{
  VERIFIED,
  TROUBLE,
  ATTENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsRolloutWatch, cs_rollout_watch, G_TYPE_OBJECT)

static void
trouble_cb (CsWatcher *watcher, const GError *error, CsRolloutWatch *self)
{
  g_signal_emit (self, signals[TROUBLE], 0, error);
}

static void
cs_rollout_watch_dispose (GObject *object)
{
  CsRolloutWatch *self = CS_ROLLOUT_WATCH (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->schedule_timer, g_source_remove);
  if (self->watcher != NULL)
    g_signal_handlers_disconnect_by_data (self->watcher, self);
  g_clear_object (&self->watcher);
  g_clear_object (&self->prober);
  if (self->series != NULL)
    cs_series_store_close (self->series);
  g_clear_object (&self->series);
  g_clear_object (&self->clock);
  g_clear_object (&self->rollout);
  g_clear_pointer (&self->lock, cs_run_lock_free);

  G_OBJECT_CLASS (cs_rollout_watch_parent_class)->dispose (object);
}

static void
cs_rollout_watch_finalize (GObject *object)
{
  g_free (CS_ROLLOUT_WATCH (object)->actor);

  G_OBJECT_CLASS (cs_rollout_watch_parent_class)->finalize (object);
}

static void
cs_rollout_watch_class_init (CsRolloutWatchClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_rollout_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_rollout_watch_finalize;

  signals[VERIFIED] = g_signal_new ("verified", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ATTENDED] = g_signal_new ("attended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[TROUBLE] = g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cs_rollout_watch_init (CsRolloutWatch *self)
{
}

static void
series_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRolloutWatch *self = g_task_get_task_data (task);
  CsRolloutSite *site = self->rollout->site;
  GError *error = NULL;

  self->series = cs_series_store_open_finish (result, &error);
  if (self->series == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->clock = cs_watch_clock_new ();
  self->prober = cs_prober_new (self->clock, site->targets, site->breakers, site->state_directory);
  if (site->keyring != NULL)
    cs_prober_set_keyring (self->prober, site->keyring,
                           cs_flag_get_environment (self->rollout->flag));
  self->watcher = cs_watcher_new (self->rollout->watch, self->prober, self->series, self->clock,
                                  self->actor);
  g_signal_connect (self->watcher, "trouble", G_CALLBACK (trouble_cb), self);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/**
 * cs_rollout_watch_open_async:
 * @rollout: what is to be watched
 * @actor: in whose name it is recorded
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is there
 * @user_data: for @callback
 *
 * Nothing is measured before cs_rollout_watch_start().
 */
void
cs_rollout_watch_open_async (CsRollout *rollout,
                             const char *actor,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  CsRolloutWatch *self = g_object_new (CS_TYPE_ROLLOUT_WATCH, NULL);

  self->rollout = g_object_ref (rollout);
  self->actor = g_strdup (actor);
  g_task_set_source_tag (task, cs_rollout_watch_open_async);
  g_task_set_task_data (task, self, g_object_unref);
  cs_series_store_open_async (rollout->site->directory, cancellable, series_opened_cb, task);
}

/** cs_rollout_watch_open_finish: (transfer full): the watch. */
CsRolloutWatch *
cs_rollout_watch_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

CsWatcher *
cs_rollout_watch_get_watcher (CsRolloutWatch *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_WATCH (self), NULL);
  return self->watcher;
}

static void
prober_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_prober_close_finish (CS_PROBER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
close_prober (CsRolloutWatch *self)
{
  cs_prober_close_async (self->prober, prober_closed_cb, g_steal_pointer (&self->closing));
}

static void
close_when_idle (CsRolloutWatch *self)
{
  if (self->closing != NULL && !self->looking && !self->attending)
    close_prober (self);
}

static void
attended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutWatch) self = user_data;
  g_autoptr (GPtrArray) gates = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = cs_rollout_attend_finish (CS_ROLLOUT (source), result, &gates, &error);

  self->attending = FALSE;
  if (done)
    g_signal_emit (self, signals[ATTENDED], 0, NULL);
  else if (gates != NULL)
    {
      self->waits_until = cs_clock_now () + WAITING;
      g_signal_emit (self, signals[ATTENDED], 0, ((CsGate *) gates->pdata[0])->words);
    }
  else if (error != NULL && !g_error_matches (error, CS_ERROR, CS_ERROR_BUSY) &&
           !g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT))
    g_signal_emit (self, signals[TROUBLE], 0, error);
  close_when_idle (self);
}

static void
attend (CsRolloutWatch *self)
{
  self->attending = TRUE;
  cs_rollout_attend_async (self->rollout, self->actor, NULL, attended_cb, g_object_ref (self));
}

/* It costs nothing while nothing is due. */
static gboolean
schedule_cb (gpointer user_data)
{
  CsRolloutWatch *self = user_data;
  const CsFlagSchedule *schedule = cs_flag_get_schedule (self->rollout->flag);

  if (schedule != NULL && schedule->suspended == NULL && !self->looking && !self->attending &&
      cs_clock_now () >= MAX (schedule->at, self->waits_until))
    attend (self);
  return G_SOURCE_CONTINUE;
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutWatch) self = user_data;
  g_autoptr (GError) error = NULL;

  self->looking = FALSE;
  if (cs_rollout_act_finish (CS_ROLLOUT (source), result, &error))
    g_signal_emit (self, signals[VERIFIED], 0, NULL);
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_FAILED))
    g_signal_emit (self, signals[VERIFIED], 0, error->message);
  else if (!g_error_matches (error, CS_ERROR, CS_ERROR_BUSY) &&
           !g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT))
    g_signal_emit (self, signals[TROUBLE], 0, error);
  if (self->closing == NULL && !self->attending)
    attend (self);
  close_when_idle (self);
}

/* What another program has switched meanwhile is to be known before it is compared. */
static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutWatch) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_rollout_refresh_finish (CS_ROLLOUT (source), result, &error))
    {
      cs_rollout_verify_async (self->rollout, self->actor, NULL, verified_cb,
                               g_object_ref (self));
      return;
    }
  self->looking = FALSE;
  g_signal_emit (self, signals[TROUBLE], 0, error);
  close_when_idle (self);
}

/* While somebody switches it, what is there is under way; the next look sees it. */
static gboolean
look_cb (gpointer user_data)
{
  CsRolloutWatch *self = user_data;

  if (self->looking || self->attending || cs_rollout_is_locked (self->rollout))
    return G_SOURCE_CONTINUE;
  self->looking = TRUE;
  cs_rollout_refresh_async (self->rollout, NULL, refreshed_cb, g_object_ref (self));
  return G_SOURCE_CONTINUE;
}

/**
 * cs_rollout_watch_start:
 * @self: a watch
 * @interval: seconds between two looks at what is there
 *
 * Returns: whether this program watches now; else %CS_ERROR_BUSY, %CS_ERROR_STORAGE
 */
gboolean
cs_rollout_watch_start (CsRolloutWatch *self, guint interval, GError **error)
{
  g_autofree char *name = NULL;
  GError *failure = NULL;

  g_return_val_if_fail (CS_IS_ROLLOUT_WATCH (self), FALSE);

  if (self->lock != NULL)
    return TRUE;
  name = g_strconcat ("watch-rollout-", cs_flag_get_key (self->rollout->flag), NULL);
  self->lock = cs_run_lock_take (self->rollout->site->state_directory, name, &failure);
  if (g_error_matches (failure, CS_ERROR, CS_ERROR_BUSY))
    {
      g_error_free (failure);
      g_set_error (error, CS_ERROR, CS_ERROR_BUSY,
                   "Another program watches this rollout already; what it finds appears here.");
      return FALSE;
    }
  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  cs_watcher_start (self->watcher);
  self->timer = g_timeout_add_seconds (interval, look_cb, self);
  self->schedule_timer = g_timeout_add_seconds (1, schedule_cb, self);
  look_cb (self);
  return TRUE;
}

/**
 * cs_rollout_watch_close_async:
 * @self: a watch
 * @callback: called when nothing is under way any more
 * @user_data: for @callback
 */
void
cs_rollout_watch_close_async (CsRolloutWatch *self,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (CS_IS_ROLLOUT_WATCH (self) && self->closing == NULL);

  self->closing = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->closing, cs_rollout_watch_close_async);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->schedule_timer, g_source_remove);
  cs_watcher_stop (self->watcher);
  g_clear_pointer (&self->lock, cs_run_lock_free);
  close_when_idle (self);
}

/** cs_rollout_watch_close_finish: %TRUE when nothing is under way any more. */
gboolean
cs_rollout_watch_close_finish (CsRolloutWatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
