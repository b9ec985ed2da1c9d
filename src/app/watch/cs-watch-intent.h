/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks of a watch: done in the background, errors told. */

#pragma once

#include "cs-watch-desk.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* id: of a probe or a bound */
void cs_watch_intent_remove (GtkWidget *origin,
                             CsWatchDesk *desk,
                             CsDeployment *deployment,
                             const char *id);
void cs_watch_intent_start (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment);
void cs_watch_intent_end (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment);
void
cs_watch_intent_acknowledge (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment);
/* Stops the countdown to the rollback. */
void cs_watch_intent_hold (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment);
void cs_watch_intent_withdraw_consent (GtkWidget *origin,
                                       CsWatchDesk *desk,
                                       CsDeployment *deployment);

G_END_DECLS
