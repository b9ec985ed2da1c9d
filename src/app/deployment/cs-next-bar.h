/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one next thing of a deployment: said in words, with one button. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property: "narrow". Signals: ::show-step (CsStepState): that step is to be brought into view;
 * ::go-on: what is next stands in another phase than the one that is shown. */
#define CS_TYPE_NEXT_BAR (cs_next_bar_get_type ())
G_DECLARE_FINAL_TYPE (CsNextBar, cs_next_bar, CS, NEXT_BAR, AdwBin)

void cs_next_bar_set_deployment (CsNextBar *self,
                                 CsWorkspace *workspace,
                                 CsDeployment *deployment);
gboolean cs_next_bar_is_advancing (CsNextBar *self);
void cs_next_bar_set_shown (CsNextBar *self, CsPhaseState *phase);
void cs_next_bar_act (CsNextBar *self);

G_END_DECLS
