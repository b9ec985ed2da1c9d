/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which way back, and why. */

#pragma once

#include "cs-deployment.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Responses: "cancel", "confirm". */
#define CS_TYPE_ROLL_BACK_DIALOG (cs_roll_back_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsRollBackDialog, cs_roll_back_dialog, CS, ROLL_BACK_DIALOG, AdwMessageDialog)

CsRollBackDialog *cs_roll_back_dialog_new (GtkWindow *parent, CsDeployment *deployment);
CsPhaseState *cs_roll_back_dialog_get_procedure (CsRollBackDialog *self);
const char *cs_roll_back_dialog_get_reason (CsRollBackDialog *self);

G_END_DECLS
