/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Has a deployment go on by itself, and stops it. */

#pragma once

#include "cs-auto-advance.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property: "narrow" (an icon for the words). Signal ::changed: its words have. */
#define CS_TYPE_ADVANCE_BUTTON (cs_advance_button_get_type ())
G_DECLARE_FINAL_TYPE (CsAdvanceButton, cs_advance_button, CS, ADVANCE_BUTTON, AdwBin)

void cs_advance_button_set_deployment (CsAdvanceButton *self,
                                       CsWorkspace *workspace,
                                       CsDeployment *deployment);
gboolean cs_advance_button_is_active (CsAdvanceButton *self);
const char *cs_advance_button_get_words (CsAdvanceButton *self);

G_END_DECLS
