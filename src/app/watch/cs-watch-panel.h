/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watch over a deployment: what is measured, judged and consented, and whom to call. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_WATCH_PANEL (cs_watch_panel_get_type ())
G_DECLARE_FINAL_TYPE (CsWatchPanel, cs_watch_panel, CS, WATCH_PANEL, AdwBin)

void
cs_watch_panel_set_deployment (CsWatchPanel *self, CsWatchDesk *desk, CsDeployment *deployment);

G_END_DECLS
