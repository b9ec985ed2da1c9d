/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a deployment leaves behind, as files for others. */

#pragma once

#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Each asks where to, before the window of origin, and tells there how it went. */
void cs_export_evidence (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_export_sheet (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_export_csv (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_export_file (GtkWidget *origin,
                     CsWorkspace *workspace,
                     CsDeployment *deployment,
                     const char *name,
                     const char *digest);
void cs_export_text (GtkWidget *origin,
                     CsWorkspace *workspace,
                     CsDeployment *deployment,
                     const char *text);

G_END_DECLS
