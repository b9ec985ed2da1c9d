/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a deployment of a runbook: where to, on which target, and why. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_START_DIALOG (cs_start_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsStartDialog, cs_start_dialog, CS, START_DIALOG, AdwWindow)

void cs_start_dialog_present (GtkWindow *parent, CsWorkspace *workspace, const char *digest);

G_END_DECLS
