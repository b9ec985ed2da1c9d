/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before a feature is switched: who would get or lose it, by name, and what would be written. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PLAN_DIALOG (cs_plan_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsPlanDialog, cs_plan_dialog, CS, PLAN_DIALOG, AdwWindow)

/* stage: id of the stage that it leads to; NULL: one step back */
void cs_plan_dialog_present (GtkWindow *parent,
                             CsWorkspace *workspace,
                             CsRolloutEntry *entry,
                             const char *stage);

G_END_DECLS
