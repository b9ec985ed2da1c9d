/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of the group “watch” share. */

#pragma once

#include "ctl.h"

#include "cs-deployment-watch.h"

G_BEGIN_DECLS

/* The watch of the deployment with this id (transfer full). */
CsDeploymentWatch *ctl_open_watch (Ctl *ctl, const char *id, GError **error);
/* Waits until the connections of probes are closed; takes the watch. */
void ctl_close_watch (CsDeploymentWatch *watch);

G_END_DECLS
