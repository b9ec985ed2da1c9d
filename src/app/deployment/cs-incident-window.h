/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of a deployment that was rolled back: read, copied and saved. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_INCIDENT_WINDOW (cs_incident_window_get_type ())
G_DECLARE_FINAL_TYPE (CsIncidentWindow, cs_incident_window, CS, INCIDENT_WINDOW, AdwWindow)

void cs_incident_window_present (GtkWidget *origin,
                                 CsWorkspace *workspace,
                                 CsDeployment *deployment);

G_END_DECLS
