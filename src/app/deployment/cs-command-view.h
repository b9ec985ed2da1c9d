/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of a step: what would run, where, and what came of it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_COMMAND_VIEW (cs_command_view_get_type ())
G_DECLARE_FINAL_TYPE (CsCommandView, cs_command_view, CS, COMMAND_VIEW, AdwBin)

GtkWidget *cs_command_view_new (CsWorkspace *workspace,
                                CsDeployment *deployment,
                                CsStepState *step,
                                CsBlockState *block);

G_END_DECLS
