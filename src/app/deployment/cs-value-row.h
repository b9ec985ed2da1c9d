/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of a placeholder, to be filled in above the commands that need it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_VALUE_ROW (cs_value_row_get_type ())
G_DECLARE_FINAL_TYPE (CsValueRow, cs_value_row, CS, VALUE_ROW, AdwEntryRow)

GtkWidget *cs_value_row_new (CsWorkspace *workspace, CsDeployment *deployment, const char *name);
GtkWidget *cs_value_row_new_list (CsWorkspace *workspace, CsDeployment *deployment, CsBlock *block);

G_END_DECLS
