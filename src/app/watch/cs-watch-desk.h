/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All watches over deployments that this program knows of: measured, followed and told about. */

#pragma once

#include "cs-deployment-watch.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Signals: ::changed (CsDeployment *): its watch is there, has changed, was started or stopped;
 * ::alarm (CsDeployment *, gpointer CsAlarm *): one was raised that is open;
 * ::rolling-back (CsDeployment *, gpointer CsAlarm *): an alarm has begun the rollback;
 * ::trouble (CsDeployment *, GError *): something could not be done. */
#define CS_TYPE_WATCH_DESK (cs_watch_desk_get_type ())
G_DECLARE_FINAL_TYPE (CsWatchDesk, cs_watch_desk, CS, WATCH_DESK, GObject)

/* Finds the watches that are not over, and goes on with those that were begun for deployments of
 * whoever acts here. */
CsWatchDesk *cs_watch_desk_new (CsWorkspace *workspace);
CsWorkspace *cs_watch_desk_get_workspace (CsWatchDesk *self);

/* The watch of a deployment; NULL: it is not loaded yet. cs_watch_desk_load() begins to load it. */
CsDeploymentWatch *cs_watch_desk_find (CsWatchDesk *self, CsDeployment *deployment);
void cs_watch_desk_load (CsWatchDesk *self, CsDeployment *deployment);

/** CsWatchTally: bounds of a watch by their verdicts now; worst: what a light would show */
typedef struct
{
  guint n;
  guint n_bad;
  guint n_unknown; /* not measured, or undecided */
  CsWatchVerdict worst;
} CsWatchTally;

/* What this program finds, or else what is recorded; FALSE: nothing is judged. */
gboolean cs_watch_desk_count (CsWatchDesk *self, CsDeployment *deployment, CsWatchTally *tally);

gboolean cs_watch_desk_is_watching (CsWatchDesk *self, CsDeployment *deployment);
gboolean cs_watch_desk_start (CsWatchDesk *self, CsDeployment *deployment, GError **error);
void cs_watch_desk_stop (CsWatchDesk *self, CsDeployment *deployment);

/* Of CsDeployment: those that this program watches now (transfer container). */
GPtrArray *cs_watch_desk_list_watched (CsWatchDesk *self);
/* The alarm that is to be dealt with first: the one that counts down, else one that calls, else
 * one that is open; NULL. deployment: (out): whose it is. */
const CsAlarm *cs_watch_desk_find_alarm (CsWatchDesk *self, CsDeployment **deployment);

/* Stops all and closes their connections. */
void
cs_watch_desk_close_async (CsWatchDesk *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cs_watch_desk_close_finish (CsWatchDesk *self, GAsyncResult *result, GError **error);

G_END_DECLS
