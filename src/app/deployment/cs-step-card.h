/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step as a card: one line when it is over, words, commands and check items when it is open. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_STEP_CARD (cs_step_card_get_type ())
G_DECLARE_FINAL_TYPE (CsStepCard, cs_step_card, CS, STEP_CARD, AdwBin)

GtkWidget *cs_step_card_new (CsWorkspace *workspace,
                             CsDeployment *deployment,
                             CsPhaseState *phase,
                             CsStepState *step,
                             guint number);
CsStepState *cs_step_card_get_step (CsStepCard *self);
void cs_step_card_set_open (CsStepCard *self, gboolean open);

G_END_DECLS
