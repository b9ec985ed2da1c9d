/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One deployment: the rail of phases, the steps of one phase as cards, the one next thing. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_DEPLOYMENT_PAGE (cs_deployment_page_get_type ())
G_DECLARE_FINAL_TYPE (CsDeploymentPage, cs_deployment_page, CS, DEPLOYMENT_PAGE, AdwBin)

GtkWidget *cs_deployment_page_new (CsWorkspace *workspace,
                                   CsWatchDesk *desk,
                                   CsDeployment *deployment);
CsDeployment *cs_deployment_page_get_deployment (CsDeploymentPage *self);
void cs_deployment_page_do_next (CsDeploymentPage *self);
void cs_deployment_page_show_watch (CsDeploymentPage *self);
void cs_deployment_page_roll_back (CsDeploymentPage *self);

G_END_DECLS
