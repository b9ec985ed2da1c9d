/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment in the list: title, environment, where it stands, who runs it. */

#pragma once

#include "cs-deployment.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CS_TYPE_DEPLOYMENT_ROW (cs_deployment_row_get_type ())
G_DECLARE_FINAL_TYPE (CsDeploymentRow, cs_deployment_row, CS, DEPLOYMENT_ROW, GtkListBoxRow)

GtkWidget *cs_deployment_row_new (CsDeployment *deployment);
char *cs_deployment_row_describe (CsDeployment *deployment);

G_END_DECLS
