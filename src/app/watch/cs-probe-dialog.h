/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks what is measured, where, and how often. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PROBE_DIALOG (cs_probe_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsProbeDialog, cs_probe_dialog, CS, PROBE_DIALOG, AdwWindow)

/* probe NULL: a new one */
void cs_probe_dialog_present (GtkWidget *origin,
                              CsWatchDesk *desk,
                              CsDeployment *deployment,
                              const CsProbe *probe);

G_END_DECLS
