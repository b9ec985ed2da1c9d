/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses guardrails for a flag among what else is watched. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_GUARDRAIL_DIALOG (cs_guardrail_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsGuardrailDialog, cs_guardrail_dialog, CS, GUARDRAIL_DIALOG, AdwWindow)

void
cs_guardrail_dialog_present (GtkWindow *parent, CsWorkspace *workspace, CsRolloutEntry *entry);

G_END_DECLS
