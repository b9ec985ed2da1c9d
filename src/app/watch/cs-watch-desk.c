/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All watches over deployments that this program knows of: measured, followed and told about. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-watch-desk.h"

#include "cs-auto-advance.h"
#include "cs-clock.h"
#include "cs-error.h"

#include <string.h>

#define STREAMS CS_WATCH_STREAM_PREFIX CS_DEPLOYMENT_STREAM_PREFIX

/* The watch of one deployment. */
typedef struct
{
  CsWatchDesk *desk; /* unowned */
  CsDeployment *deployment;
  CsDeploymentWatch *watch; /* NULL: it is being loaded, or could not be */
  gboolean loading;
  gint64 told; /* alarms before this record were told of */
} Seat;

struct _CsWatchDesk
{
  GObject parent_instance;

  CsWorkspace *workspace;
  GHashTable *seats; /* CsDeployment → Seat */
  GCancellable *cancellable;
};

enum
{
  CHANGED,
  ALARM,
  ROLLING_BACK,
  TROUBLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsWatchDesk, cs_watch_desk, G_TYPE_OBJECT)

/* What is under way for a deployment. */
typedef struct
{
  CsWatchDesk *desk;
  CsDeployment *deployment;
} Errand;

static Errand *
errand_new (CsWatchDesk *desk, CsDeployment *deployment)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->desk = g_object_ref (desk);
  errand->deployment = g_object_ref (deployment);
  return errand;
}

static void
errand_free (Errand *errand)
{
  g_object_unref (errand->desk);
  g_object_unref (errand->deployment);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void
seat_free (gpointer data)
{
  Seat *seat = data;

  if (seat->watch != NULL)
    {
      g_signal_handlers_disconnect_by_data (seat->watch, seat);
      g_signal_handlers_disconnect_by_data (cs_deployment_watch_get_watch (seat->watch), seat);
    }
  g_clear_object (&seat->watch);
  g_clear_object (&seat->deployment);
  g_free (seat);
}

static void
tell_trouble (CsWatchDesk *self, CsDeployment *deployment, const GError *error)
{
  g_signal_emit (self, signals[TROUBLE], 0, deployment, error);
}

static void
tell_alarms (Seat *seat)
{
  CsWatch *watch = cs_deployment_watch_get_watch (seat->watch);
  GPtrArray *alarms = cs_watch_get_alarms (watch);

  for (guint i = 0; i < alarms->len; i++)
    {
      const CsAlarm *alarm = alarms->pdata[i];

      if (alarm->n < seat->told)
        continue;
      seat->told = alarm->n + 1;
      if (cs_alarm_is_open (alarm))
        g_signal_emit (seat->desk, signals[ALARM], 0, seat->deployment, alarm);
    }
}

static void
watch_changed_cb (CsWatch *watch, Seat *seat)
{
  g_autoptr (CsWatchDesk) desk = g_object_ref (seat->desk);
  CsWatcher *watcher = cs_deployment_watch_get_watcher (seat->watch);

  if (cs_watch_is_ended (watch) && cs_watcher_is_running (watcher))
    cs_deployment_watch_stop (seat->watch);
  tell_alarms (seat);
  g_signal_emit (desk, signals[CHANGED], 0, seat->deployment);
}

static void
advanced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) advancing = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_auto_advance_run_finish (CS_AUTO_ADVANCE (source), result, NULL, &error) &&
      error != NULL)
    tell_trouble (advancing->desk, advancing->deployment, error);
}

/* What somebody consented to is done, up to what needs a person. */
static void
rolling_back_cb (CsDeploymentWatch *watch, const CsAlarm *alarm, Seat *seat)
{
  g_autoptr (CsAutoAdvance) advance = cs_auto_advance_new (
    seat->deployment, cs_workspace_get_actor (seat->desk->workspace));

  cs_auto_advance_run_async (advance, NULL, advanced_cb,
                             errand_new (seat->desk, seat->deployment));
  g_signal_emit (seat->desk, signals[ROLLING_BACK], 0, seat->deployment, alarm);
}

static void
trouble_cb (CsDeploymentWatch *watch, const GError *error, Seat *seat)
{
  tell_trouble (seat->desk, seat->deployment, error);
}

/* What somebody began goes on by itself in their next program. */
static void
go_on (Seat *seat)
{
  CsWatch *watch = cs_deployment_watch_get_watch (seat->watch);
  const char *actor = cs_workspace_get_actor (seat->desk->workspace);
  g_autoptr (GError) error = NULL;

  if (!cs_watch_is_begun (watch) || cs_watch_is_ended (watch) ||
      g_strcmp0 (cs_deployment_get_operator (seat->deployment), actor) != 0)
    return;
  if (!cs_deployment_watch_start (seat->watch, &error) &&
      !g_error_matches (error, CS_ERROR, CS_ERROR_BUSY))
    tell_trouble (seat->desk, seat->deployment, error);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) loading = user_data;
  CsWatchDesk *self = loading->desk;
  Seat *seat = g_hash_table_lookup (self->seats, loading->deployment);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDeploymentWatch) watch = cs_deployment_watch_load_finish (result, &error);

  if (seat == NULL)
    return;
  seat->loading = FALSE;
  if (watch == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tell_trouble (self, seat->deployment, error);
      return;
    }
  seat->watch = g_steal_pointer (&watch);
  g_signal_connect (seat->watch, "rolling-back", G_CALLBACK (rolling_back_cb), seat);
  g_signal_connect (seat->watch, "trouble", G_CALLBACK (trouble_cb), seat);
  g_signal_connect (cs_deployment_watch_get_watch (seat->watch), "changed",
                    G_CALLBACK (watch_changed_cb), seat);
  go_on (seat);
  tell_alarms (seat);
  g_signal_emit (self, signals[CHANGED], 0, seat->deployment);
}

static void
load_stream (CsWatchDesk *self, const char *stream)
{
  CsDeployment *deployment;

  if (!g_str_has_prefix (stream, STREAMS))
    return;
  deployment =
    cs_workspace_find_deployment (self->workspace, stream + strlen (STREAMS), NULL);
  if (deployment != NULL)
    cs_watch_desk_load (self, deployment);
}

/* A watch that somebody else begins is followed as well. */
static void
appended_cb (CsStore *store, CsRecord *record, CsWatchDesk *self)
{
  if (strcmp (cs_record_get_kind (record), "watch-began") == 0)
    load_stream (self, cs_record_get_stream (record));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsWatchDesk) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) heads = cs_store_list_heads_finish (CS_STORE (source), result, &error);

  if (heads == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("The watches could not be listed: %s", error->message);
      return;
    }
  for (guint i = 0; i < heads->len; i++)
    load_stream (self, ((CsStreamHead *) heads->pdata[i])->stream);
}

static void
cs_watch_desk_dispose (GObject *object)
{
  CsWatchDesk *self = CS_WATCH_DESK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->seats, g_hash_table_unref);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_watch_desk_parent_class)->dispose (object);
}

static void
cs_watch_desk_class_init (CsWatchDeskClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_watch_desk_dispose;

  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, CS_TYPE_DEPLOYMENT);
  signals[ALARM] = g_signal_new ("alarm", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, CS_TYPE_DEPLOYMENT, G_TYPE_POINTER);
  signals[ROLLING_BACK] =
    g_signal_new ("rolling-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  CS_TYPE_DEPLOYMENT, G_TYPE_POINTER);
  signals[TROUBLE] = g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, CS_TYPE_DEPLOYMENT, G_TYPE_ERROR);
}

static void
cs_watch_desk_init (CsWatchDesk *self)
{
  self->seats =
    g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, seat_free);
  self->cancellable = g_cancellable_new ();
}

/** cs_watch_desk_new: (skip): (transfer full): the watches of a workspace. */
CsWatchDesk *
cs_watch_desk_new (CsWorkspace *workspace)
{
  CsWatchDesk *self = g_object_new (CS_TYPE_WATCH_DESK, NULL);
  CsStore *store = cs_workspace_get_store (workspace);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (store, "appended", G_CALLBACK (appended_cb), self, 0);
  cs_store_list_heads_async (store, STREAMS, self->cancellable, listed_cb, g_object_ref (self));
  return self;
}

/** cs_watch_desk_get_workspace: (skip): (transfer none): where the deployments are. */
CsWorkspace *
cs_watch_desk_get_workspace (CsWatchDesk *self)
{
  g_return_val_if_fail (CS_IS_WATCH_DESK (self), NULL);

  return self->workspace;
}

/** cs_watch_desk_find: (skip): (transfer none) (nullable): the watch, once it is loaded. */
CsDeploymentWatch *
cs_watch_desk_find (CsWatchDesk *self, CsDeployment *deployment)
{
  Seat *seat;

  g_return_val_if_fail (CS_IS_WATCH_DESK (self), NULL);

  seat = g_hash_table_lookup (self->seats, deployment);
  return seat != NULL ? seat->watch : NULL;
}

/**
 * cs_watch_desk_load: (skip)
 * @self: a desk
 * @deployment: whose watch is wanted, also if it has none yet
 *
 * Loads it, if it is not there; ::changed says when it is.
 */
void
cs_watch_desk_load (CsWatchDesk *self, CsDeployment *deployment)
{
  Seat *seat;

  g_return_if_fail (CS_IS_WATCH_DESK (self) && CS_IS_DEPLOYMENT (deployment));

  seat = g_hash_table_lookup (self->seats, deployment);
  if (seat == NULL)
    {
      seat = g_new0 (Seat, 1);
      seat->desk = self;
      seat->deployment = g_object_ref (deployment);
      g_hash_table_insert (self->seats, deployment, seat);
    }
  if (seat->watch != NULL || seat->loading)
    return;
  seat->loading = TRUE;
  cs_deployment_watch_load_async (self->workspace, deployment, NULL, self->cancellable, loaded_cb,
                                  errand_new (self, deployment));
}

static CsWatchVerdict
look (CsDeploymentWatch *watch, const CsCriterion *criterion)
{
  CsJudge *judge =
    cs_watcher_get_judge (cs_deployment_watch_get_watcher (watch), criterion->id);
  const CsWatchJudgement *recorded =
    cs_watch_get_judgement (cs_deployment_watch_get_watch (watch), criterion->id);

  if (judge != NULL)
    return cs_judge_look (judge, cs_clock_now ());
  return recorded != NULL ? recorded->verdict : CS_WATCH_INCONCLUSIVE;
}

/* Bad is worse than what is not known, and that is worse than good. */
static guint
get_weight (CsWatchVerdict verdict)
{
  if (verdict == CS_WATCH_BAD)
    return 3;
  if (verdict == CS_WATCH_ERROR)
    return 2;
  return verdict == CS_WATCH_INCONCLUSIVE ? 1 : 0;
}

/** cs_watch_desk_count: (skip): tally: (out): the bounds of a watch by their verdicts. */
gboolean
cs_watch_desk_count (CsWatchDesk *self, CsDeployment *deployment, CsWatchTally *tally)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self, deployment);
  GPtrArray *criteria =
    watch != NULL ? cs_watch_get_criteria (cs_deployment_watch_get_watch (watch)) : NULL;

  *tally = (CsWatchTally){ 0, 0, 0, CS_WATCH_GOOD };
  for (guint i = 0; criteria != NULL && i < criteria->len; i++)
    {
      CsWatchVerdict verdict = look (watch, criteria->pdata[i]);

      tally->n++;
      tally->n_bad += verdict == CS_WATCH_BAD;
      tally->n_unknown += verdict == CS_WATCH_ERROR || verdict == CS_WATCH_INCONCLUSIVE;
      if (get_weight (verdict) > get_weight (tally->worst))
        tally->worst = verdict;
    }
  return tally->n > 0;
}

/** cs_watch_desk_is_watching: (skip): whether this program measures for a deployment. */
gboolean
cs_watch_desk_is_watching (CsWatchDesk *self, CsDeployment *deployment)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self, deployment);

  return watch != NULL && cs_watcher_is_running (cs_deployment_watch_get_watcher (watch));
}

/**
 * cs_watch_desk_start: (skip)
 * @self: a desk
 * @deployment: whose watch is loaded
 * @error: as cs_deployment_watch_start()
 *
 * Returns: whether this program measures now
 */
gboolean
cs_watch_desk_start (CsWatchDesk *self, CsDeployment *deployment, GError **error)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self, deployment);

  g_return_val_if_fail (watch != NULL, FALSE);

  if (!cs_deployment_watch_start (watch, error))
    return FALSE;
  g_signal_emit (self, signals[CHANGED], 0, deployment);
  return TRUE;
}

/** cs_watch_desk_stop: (skip): this program measures no more; the watch itself is not over. */
void
cs_watch_desk_stop (CsWatchDesk *self, CsDeployment *deployment)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self, deployment);

  if (watch == NULL)
    return;
  cs_deployment_watch_stop (watch);
  g_signal_emit (self, signals[CHANGED], 0, deployment);
}

/** cs_watch_desk_list_watched: (skip): (transfer container): of #CsDeployment. */
GPtrArray *
cs_watch_desk_list_watched (CsWatchDesk *self)
{
  g_autoptr (GPtrArray) watched = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer deployment;

  g_return_val_if_fail (CS_IS_WATCH_DESK (self), NULL);

  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, &deployment, NULL))
    if (cs_watch_desk_is_watching (self, deployment))
      g_ptr_array_add (watched, g_object_ref (deployment));
  return g_steal_pointer (&watched);
}

/* Less is more urgent. */
static guint
get_rank (const CsAlarm *alarm)
{
  if (alarm->state == CS_ALARM_COUNTING)
    return 0;
  return cs_alarm_is_calling (alarm) ? 1 : 2;
}

/** cs_watch_desk_find_alarm: (skip): (transfer none) (nullable): the most urgent alarm that is
 * open, or for which nobody has said that they take care of it. */
const CsAlarm *
cs_watch_desk_find_alarm (CsWatchDesk *self, CsDeployment **deployment)
{
  const CsAlarm *found = NULL;
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (CS_IS_WATCH_DESK (self), NULL);

  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Seat *seat = value;
      GPtrArray *alarms = seat->watch != NULL ? cs_watch_get_alarms (
                                                  cs_deployment_watch_get_watch (seat->watch))
                                              : NULL;

      for (guint i = 0; alarms != NULL && i < alarms->len; i++)
        {
          const CsAlarm *alarm = alarms->pdata[i];

          if ((!cs_alarm_is_open (alarm) && !cs_alarm_is_calling (alarm)) ||
              (found != NULL && (get_rank (alarm) > get_rank (found) ||
                                 (get_rank (alarm) == get_rank (found) &&
                                  alarm->raised_at >= found->raised_at))))
            continue;
          found = alarm;
          *deployment = seat->deployment;
        }
    }
  return found;
}

static void close_next (GTask *task);

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_watch_close_finish (CS_DEPLOYMENT_WATCH (source), result, &error))
    g_debug ("A watch did not close cleanly: %s", error->message);
  close_next (user_data);
}

static void
close_next (GTask *task)
{
  GPtrArray *watches = g_task_get_task_data (task);
  g_autoptr (CsDeploymentWatch) watch = NULL;

  if (watches->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  watch = g_ptr_array_steal_index (watches, watches->len - 1);
  cs_deployment_watch_close_async (watch, closed_cb, task);
}

/**
 * cs_watch_desk_close_async: (skip)
 * @self: a desk
 * @callback: called when nothing is measured any more
 * @user_data: for @callback
 *
 * To be called before the workspace is closed; nothing else may be then.
 */
void
cs_watch_desk_close_async (CsWatchDesk *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GPtrArray *watches = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_task_set_source_tag (task, cs_watch_desk_close_async);
  g_cancellable_cancel (self->cancellable);
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Seat *) value)->watch != NULL)
      g_ptr_array_add (watches, g_object_ref (((Seat *) value)->watch));
  g_hash_table_remove_all (self->seats);
  g_task_set_task_data (task, watches, (GDestroyNotify) g_ptr_array_unref);
  close_next (task);
}

/** cs_watch_desk_close_finish: (skip): %TRUE when all is closed. */
gboolean
cs_watch_desk_close_finish (CsWatchDesk *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
