/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done with a part of a command's output that a person has selected. */

#pragma once

#include "cs-output-view.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SELECTION_BAR (cs_selection_bar_get_type ())
G_DECLARE_FINAL_TYPE (CsSelectionBar, cs_selection_bar, CS, SELECTION_BAR, AdwBin)

GtkWidget *cs_selection_bar_new (CsWorkspace *workspace,
                                 CsDeployment *deployment,
                                 CsStepState *step,
                                 CsBlockState *block,
                                 CsOutputView *output);

G_END_DECLS
