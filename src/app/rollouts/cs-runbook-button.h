/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses a runbook, of the library or from a file, and reads it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signals: "chosen" (CsRunbook *), "failed" (GError *). */
#define CS_TYPE_RUNBOOK_BUTTON (cs_runbook_button_get_type ())
G_DECLARE_FINAL_TYPE (CsRunbookButton, cs_runbook_button, CS, RUNBOOK_BUTTON, AdwBin)

void cs_runbook_button_set_workspace (CsRunbookButton *self, CsWorkspace *workspace);

G_END_DECLS
