/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of the group “watch” share. */

#pragma once

#include "ctl.h"

#include "cs-deployment-watch.h"

G_BEGIN_DECLS

/** CTL_WATCH_ROLLOUT: what stands before the key of a flag whose rollout is watched */
#define CTL_WATCH_ROLLOUT "rollout/"

/* What is recorded of the watch over the deployment with this id, or over a rollout ("rollout/KEY")
 * (transfer full). */
CsWatch *ctl_load_watch (Ctl *ctl, const char *id, GError **error);

/* For CsWatcher::measured: prints the measurement. */
void ctl_print_now (void);
void ctl_watch_measured_cb (CsWatcher *watcher, const char *id, gpointer user_data);

/* Watches a rollout until it is interrupted, or these seconds are over (0: no end). interval:
 * seconds between two looks at what is there; 0: the usual. */
CtlStatus ctl_watch_rollout (Ctl *ctl, const char *key, guint seconds, guint interval);

/* The watch of the deployment with this id (transfer full). */
CsDeploymentWatch *ctl_open_watch (Ctl *ctl, const char *id, GError **error);
/* Waits until the connections of probes are closed; takes the watch. */
void ctl_close_watch (CsDeploymentWatch *watch);

G_END_DECLS
