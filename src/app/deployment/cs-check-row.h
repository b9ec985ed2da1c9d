/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check item that a person ticks; says who did and when. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_CHECK_ROW (cs_check_row_get_type ())
G_DECLARE_FINAL_TYPE (CsCheckRow, cs_check_row, CS, CHECK_ROW, AdwActionRow)

GtkWidget *cs_check_row_new (CsWorkspace *workspace,
                             CsDeployment *deployment,
                             CsStepState *step,
                             CsCheckState *check);

G_END_DECLS
