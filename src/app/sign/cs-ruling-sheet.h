/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways back from a rejection, each on a sheet that is signed. */

#pragma once

#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Each stands before parent. */
void cs_ruling_sheet_withdraw (GtkWindow *parent,
                               CsWorkspace *workspace,
                               CsDeployment *deployment,
                               CsSignoffState *signoff);
void cs_ruling_sheet_overrule (GtkWindow *parent,
                               CsWorkspace *workspace,
                               CsDeployment *deployment,
                               CsSignoffState *signoff);

G_END_DECLS
