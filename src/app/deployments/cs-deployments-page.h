/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All deployments: what waits for you, what is in progress, what is finished. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_DEPLOYMENTS_PAGE (cs_deployments_page_get_type ())
G_DECLARE_FINAL_TYPE (CsDeploymentsPage, cs_deployments_page, CS, DEPLOYMENTS_PAGE, AdwBin)

/* Properties: "workspace" (a CsWorkspace, set once it is open), "waiting" (how many wait). */
GtkWidget *cs_deployments_page_new (void);

G_END_DECLS
