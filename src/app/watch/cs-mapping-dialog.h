/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives each threshold that a runbook names the probe that measures it. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_MAPPING_DIALOG (cs_mapping_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsMappingDialog, cs_mapping_dialog, CS, MAPPING_DIALOG, AdwWindow)

/* Whether the runbook names any. */
gboolean cs_mapping_dialog_is_useful (CsDeployment *deployment);
void cs_mapping_dialog_present (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment);

G_END_DECLS
