/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet that a person signs: the statement in words, the fields, the commands, the key. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SIGN_SHEET (cs_sign_sheet_get_type ())
G_DECLARE_FINAL_TYPE (CsSignSheet, cs_sign_sheet, CS, SIGN_SHEET, AdwWindow)

void cs_sign_sheet_present (GtkWidget *origin,
                            CsWorkspace *workspace,
                            CsDeployment *deployment,
                            CsSignoffState *signoff);

G_END_DECLS
