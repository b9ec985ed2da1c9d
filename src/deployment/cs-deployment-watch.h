/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watch over a deployment: measured by this program, and followed by the way back. */

#pragma once

#include "cs-watcher.h"
#include "cs-workspace.h"

G_BEGIN_DECLS

/* Signal ::rolling-back (CsAlarm *): an alarm has begun the rollback of the deployment; its
 * commands are to be run now. ::trouble (GError *): something could not be done. */
#define CS_TYPE_DEPLOYMENT_WATCH (cs_deployment_watch_get_type ())
G_DECLARE_FINAL_TYPE (
  CsDeploymentWatch, cs_deployment_watch, CS, DEPLOYMENT_WATCH, GObject)

/* clock NULL: real time. */
void cs_deployment_watch_load_async (CsWorkspace *workspace,
                                     CsDeployment *deployment,
                                     CsWatchClock *clock,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
CsDeploymentWatch *cs_deployment_watch_load_finish (GAsyncResult *result, GError **error);

CsWatch *cs_deployment_watch_get_watch (CsDeploymentWatch *self);
CsWatcher *cs_deployment_watch_get_watcher (CsDeploymentWatch *self);
CsSeriesStore *cs_deployment_watch_get_series (CsDeploymentWatch *self);

/* Begins to measure. BUSY if another program on this workspace does. */
gboolean cs_deployment_watch_start (CsDeploymentWatch *self, GError **error);
/* Measures nothing any more until it is started again; another program may. */
void cs_deployment_watch_stop (CsDeploymentWatch *self);

/* Consent to automatic rollback by a procedure of this runbook, signed: see
 * cs_watch_consent_async(). NOT_FOUND if the runbook has no such procedure. */
void cs_deployment_watch_consent_async (CsDeploymentWatch *self,
                                        CsPerson *person,
                                        CsKey *key,
                                        CsAskpass *askpass,
                                        const char *procedure,
                                        guint countdown,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
cs_deployment_watch_consent_finish (CsDeploymentWatch *self, GAsyncResult *result, GError **error);

/* Stops measuring and closes the connections of probes. */
void cs_deployment_watch_close_async (CsDeploymentWatch *self,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
cs_deployment_watch_close_finish (CsDeploymentWatch *self, GAsyncResult *result, GError **error);

G_END_DECLS
