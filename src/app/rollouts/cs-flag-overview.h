/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a flag is doing: for whom it is on, how long it has soaked, what it waits for, where it is
 * switched. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_FLAG_OVERVIEW (cs_flag_overview_get_type ())
G_DECLARE_FINAL_TYPE (CsFlagOverview, cs_flag_overview, CS, FLAG_OVERVIEW, AdwBin)

/* entry: one that was read */
void cs_flag_overview_show (CsFlagOverview *self, CsWorkspace *workspace, CsRolloutEntry *entry);

G_END_DECLS
