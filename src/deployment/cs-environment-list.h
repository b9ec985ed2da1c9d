/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The environments that deployments went to. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* deployments: of CsDeployment */
char **cs_environment_list_names (GListModel *deployments);
char **cs_environment_list_streams (GListModel *deployments, const char *environment);

G_END_DECLS
