/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag: its stages, what it waits for, its companies and its history. */

#pragma once

#include "cs-rollout-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_FLAG_VIEW (cs_flag_view_get_type ())
G_DECLARE_FINAL_TYPE (CsFlagView, cs_flag_view, CS, FLAG_VIEW, AdwBin)

void cs_flag_view_show (CsFlagView *self, CsWorkspace *workspace, CsRolloutEntry *entry);
CsRolloutEntry *cs_flag_view_get_entry (CsFlagView *self); /* NULL */

G_END_DECLS
