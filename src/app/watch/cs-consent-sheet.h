/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet on which someone consents that a deployment is rolled back by itself. */

#pragma once

#include "cs-watch-desk.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void
cs_consent_sheet_present (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment);

G_END_DECLS
