/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person can do about a step as a whole, and what stands in the way of it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_STEP_ACTS (cs_step_acts_get_type ())
G_DECLARE_FINAL_TYPE (CsStepActs, cs_step_acts, CS, STEP_ACTS, AdwBin)

GtkWidget *cs_step_acts_new (CsWorkspace *workspace,
                             CsDeployment *deployment,
                             CsPhaseState *phase,
                             CsStepState *step);

G_END_DECLS
