/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One probe of a watch: its numbers as charts, and its bounds with their verdicts. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PROBE_VIEW (cs_probe_view_get_type ())
G_DECLARE_FINAL_TYPE (CsProbeView, cs_probe_view, CS, PROBE_VIEW, AdwBin)

GtkWidget *
cs_probe_view_new (CsWatchDesk *desk, CsDeployment *deployment, const char *probe_id);
const char *cs_probe_view_get_probe (CsProbeView *self);
/* Reads what was measured in the last so many microseconds, and shows it. */
void cs_probe_view_refresh (CsProbeView *self, gint64 span);
/* Shows the bounds and verdicts as they are now. */
void cs_probe_view_update (CsProbeView *self);

G_END_DECLS
