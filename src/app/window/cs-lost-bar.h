/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says that a team's journal can't be reached, for as long as that is so. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_LOST_BAR (cs_lost_bar_get_type ())
G_DECLARE_FINAL_TYPE (CsLostBar, cs_lost_bar, CS, LOST_BAR, AdwBin)

void cs_lost_bar_set_workspace (CsLostBar *self, CsWorkspace *workspace);

G_END_DECLS
