/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command should print, line by line, each with a mark. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_EXPECTATION_LIST (cs_expectation_list_get_type ())
G_DECLARE_FINAL_TYPE (CsExpectationList, cs_expectation_list, CS, EXPECTATION_LIST, AdwBin)

GtkWidget *cs_expectation_list_new (CsWorkspace *workspace,
                                    CsDeployment *deployment,
                                    CsBlockState *block);

G_END_DECLS
