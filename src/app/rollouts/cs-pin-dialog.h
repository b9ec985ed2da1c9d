/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses a company that is to have a feature in every stage, or in none. */

#pragma once

#include "cs-rollout-entry.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PIN_DIALOG (cs_pin_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsPinDialog, cs_pin_dialog, CS, PIN_DIALOG, AdwWindow)

void cs_pin_dialog_present (GtkWidget *origin, CsRolloutEntry *entry);

G_END_DECLS
