/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag in the list of rollouts: where it is, for whom, and what it waits for. */

#pragma once

#include "cs-rollout-entry.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CS_TYPE_FLAG_ROW (cs_flag_row_get_type ())
G_DECLARE_FINAL_TYPE (CsFlagRow, cs_flag_row, CS, FLAG_ROW, GtkListBoxRow)

GtkWidget *cs_flag_row_new (CsRolloutEntry *entry);
CsRolloutEntry *cs_flag_row_get_entry (CsFlagRow *self);

G_END_DECLS
