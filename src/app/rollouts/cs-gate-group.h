/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change of a flag waits for, and what can be done about it: signatures and gates. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_GATE_GROUP (cs_gate_group_get_type ())
G_DECLARE_FINAL_TYPE (CsGateGroup, cs_gate_group, CS, GATE_GROUP, AdwPreferencesGroup)

/* plan: used until this returns; NULL: nothing waits. Gives the number of gates. */
guint cs_gate_group_show (CsGateGroup *self,
                          CsWorkspace *workspace,
                          CsRolloutEntry *entry,
                          const CsRolloutPlan *plan);

G_END_DECLS
