/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl watch run rollout/KEY */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-rollout-watch.h"
#include "ctl-print.h"
#include "ctl-watch.h"

#include <glib-unix.h>

/* One `watch run`. */
typedef struct
{
  GMainLoop *loop;
  char *difference; /* that was told last */
} Watching;

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (((Watching *) user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static void
verified_cb (CsRolloutWatch *watch, const char *difference, Watching *watching)
{
  if (g_strcmp0 (difference, watching->difference) == 0)
    return;
  g_free (watching->difference);
  watching->difference = g_strdup (difference);
  ctl_print_now ();
  ctl_print (stdout, "%s  %s\n", difference != NULL ? "DRIFT" : "as recorded",
             difference != NULL ? difference : "");
  fflush (stdout);
}

static void
trouble_cb (CsRolloutWatch *watch, const GError *error, Watching *watching)
{
  ctl_print (stderr, "countersignctl: %s\n", error->message);
}

static void
attended_cb (CsRolloutWatch *watch, const char *waits, CsRollout *rollout)
{
  const CsFlagSchedule *schedule = cs_flag_get_schedule (cs_rollout_get_flag (rollout));
  const CsGate *suspended = schedule != NULL ? schedule->suspended : NULL;

  ctl_print_now ();
  if (waits != NULL)
    ctl_print (stdout, "due  waits: %s\n", waits);
  else if (suspended != NULL)
    ctl_print (stdout, "SUSPENDED  %s\n", suspended->words);
  else
    ctl_print (stdout, "promoted, as planned\n");
  fflush (stdout);
}

static CtlStatus
watch_on (CsRolloutWatch *watch, CsRollout *rollout, guint seconds, guint interval)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  CsWatcher *watcher = cs_rollout_watch_get_watcher (watch);
  Watching watching = { loop, NULL };
  guint interrupt, terminate, timer;

  g_signal_connect (watcher, "measured", G_CALLBACK (ctl_watch_measured_cb), NULL);
  g_signal_connect (watch, "verified", G_CALLBACK (verified_cb), &watching);
  g_signal_connect (watch, "attended", G_CALLBACK (attended_cb), rollout);
  g_signal_connect (watch, "trouble", G_CALLBACK (trouble_cb), &watching);
  if (!cs_rollout_watch_start (watch, interval, &error))
    return ctl_fail (error);
  interrupt = g_unix_signal_add (SIGINT, quit_cb, &watching);
  terminate = g_unix_signal_add (SIGTERM, quit_cb, &watching);
  timer = seconds > 0 ? g_timeout_add_seconds (seconds, quit_cb, &watching) : 0;
  g_main_loop_run (loop);
  g_clear_handle_id (&timer, g_source_remove);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_signal_handlers_disconnect_by_func (watcher, ctl_watch_measured_cb, NULL);
  g_signal_handlers_disconnect_by_data (watch, &watching);
  g_signal_handlers_disconnect_by_data (watch, rollout);
  g_free (watching.difference);
  return CTL_DONE;
}

CtlStatus
ctl_watch_rollout (Ctl *ctl, const char *key, guint seconds, guint interval)
{
  g_autoptr (GError) error = NULL;
  CsRollout *rollout = ctl_open_rollout (ctl, key, &error);
  g_autoptr (CsRolloutWatch) watch = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  CtlStatus status;

  if (rollout == NULL)
    return ctl_fail (error);
  cs_rollout_watch_open_async (rollout, cs_workspace_get_actor (ctl->workspace), NULL,
                               ctl_ready_cb, &opened);
  watch = cs_rollout_watch_open_finish (ctl_wait (&opened), &error);
  if (watch == NULL)
    {
      ctl_close_rollout (rollout);
      return ctl_fail (error);
    }
  status =
    watch_on (watch, rollout, seconds, interval > 0 ? interval : CS_ROLLOUT_WATCH_INTERVAL);
  cs_rollout_watch_close_async (watch, ctl_ready_cb, &closed);
  cs_rollout_watch_close_finish (watch, ctl_wait (&closed), NULL);
  ctl_close_rollout (rollout);
  return status;
}
