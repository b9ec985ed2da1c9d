/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone decides about what stops a deployment, each on a sheet that is signed. */

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
void cs_ruling_sheet_override (GtkWindow *parent,
                               CsWorkspace *workspace,
                               CsDeployment *deployment,
                               CsStepState *step,
                               const CsGate *gate);
/* A command that failed, or its state on a member of a fleet. */
void cs_ruling_sheet_accept (GtkWindow *parent,
                             CsWorkspace *workspace,
                             CsDeployment *deployment,
                             CsBlockState *block);

G_END_DECLS
