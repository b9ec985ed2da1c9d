/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line to sign: open, or signed by whom, with which key, and whether that verifies. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SIGNOFF_ROW (cs_signoff_row_get_type ())
G_DECLARE_FINAL_TYPE (CsSignoffRow, cs_signoff_row, CS, SIGNOFF_ROW, AdwActionRow)

GtkWidget *cs_signoff_row_new (CsWorkspace *workspace,
                               CsDeployment *deployment,
                               CsSignoffState *signoff);
CsSignoffState *cs_signoff_row_get_signoff (CsSignoffRow *self);

G_END_DECLS
