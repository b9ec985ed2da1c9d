/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks when a number of a probe is wrong. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_THRESHOLD_DIALOG (cs_threshold_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsThresholdDialog, cs_threshold_dialog, CS, THRESHOLD_DIALOG, AdwWindow)

/* probe: that is chosen at first; NULL: any */
void cs_threshold_dialog_present (GtkWidget *origin,
                                  CsWatchDesk *desk,
                                  CsDeployment *deployment,
                                  const CsProbe *probe);

G_END_DECLS
