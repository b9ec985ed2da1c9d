/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command on a fleet: a row for each member, batch by batch, and the output of the chosen one. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_FLEET_VIEW (cs_fleet_view_get_type ())
G_DECLARE_FINAL_TYPE (CsFleetView, cs_fleet_view, CS, FLEET_VIEW, AdwBin)

/* block: one that has members. */
GtkWidget *cs_fleet_view_new (CsWorkspace *workspace,
                              CsDeployment *deployment,
                              CsStepState *step,
                              CsBlockState *block);

G_END_DECLS
