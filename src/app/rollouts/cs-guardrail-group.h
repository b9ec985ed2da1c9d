/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guardrails of a flag: what has to be good, how it is, and why the next stage waits for it. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_GUARDRAIL_GROUP (cs_guardrail_group_get_type ())
G_DECLARE_FINAL_TYPE (CsGuardrailGroup, cs_guardrail_group, CS, GUARDRAIL_GROUP,
                      AdwPreferencesGroup)

void
cs_guardrail_group_show (CsGuardrailGroup *self, CsWorkspace *workspace, CsRolloutEntry *entry);

G_END_DECLS
