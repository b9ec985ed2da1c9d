/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way through a deployment: its phases with states and times, rollbacks and reference below. */

#pragma once

#include "cs-deployment.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signals: ::phase-chosen (CsPhaseState, or NULL for the signatures that stand in no phase),
 * ::step-chosen (CsStepState). */
#define CS_TYPE_PHASE_RAIL (cs_phase_rail_get_type ())
G_DECLARE_FINAL_TYPE (CsPhaseRail, cs_phase_rail, CS, PHASE_RAIL, AdwBin)

void cs_phase_rail_set_deployment (CsPhaseRail *self, CsDeployment *deployment);
void cs_phase_rail_tick (CsPhaseRail *self);
void cs_phase_rail_set_selected (CsPhaseRail *self, CsPhaseState *phase);

G_END_DECLS
