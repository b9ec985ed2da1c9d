/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A phase, or a step of the phase that is shown, in the rail. */

#pragma once

#include "cs-deployment.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CS_TYPE_RAIL_ROW (cs_rail_row_get_type ())
G_DECLARE_FINAL_TYPE (CsRailRow, cs_rail_row, CS, RAIL_ROW, GtkListBoxRow)

GtkWidget *cs_rail_row_new_for_phase (CsPhaseState *phase, const char *section);
GtkWidget *cs_rail_row_new_for_step (CsStepState *step, const char *section);
GtkWidget *cs_rail_row_new_for_signatures (CsDeployment *deployment, const char *section);
CsPhaseState *cs_rail_row_get_phase (CsRailRow *self);
CsStepState *cs_rail_row_get_step (CsRailRow *self);
const char *cs_rail_row_get_section (CsRailRow *self);
void cs_rail_row_update (CsRailRow *self);

G_END_DECLS
