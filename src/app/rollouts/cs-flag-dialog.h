/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds a flag, or edits one: where it is switched, and its stages. */

#pragma once

#include "cs-rollout-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_FLAG_DIALOG (cs_flag_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsFlagDialog, cs_flag_dialog, CS, FLAG_DIALOG, AdwWindow)

void cs_flag_dialog_present (GtkWindow *parent, CsRolloutList *rollouts);
/* entry: a flag that was read, which is edited */
void cs_flag_dialog_present_for (GtkWindow *parent,
                                 CsRolloutList *rollouts,
                                 CsRolloutEntry *entry);

G_END_DECLS
