/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A blocker, or go or no-go: what it is, and who settled it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_POINT_ROW (cs_point_row_get_type ())
G_DECLARE_FINAL_TYPE (CsPointRow, cs_point_row, CS, POINT_ROW, AdwActionRow)

GtkWidget *cs_point_row_new (CsWorkspace *workspace,
                             CsDeployment *deployment,
                             const CsPoint *point);

G_END_DECLS
