/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done to a flag without a plan of its own, each asked for once. */

#pragma once

#include "cs-rollout-entry.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void cs_flag_acts_kill (GtkWindow *parent, CsRolloutEntry *entry);
void cs_flag_acts_adopt (GtkWindow *parent, CsRolloutEntry *entry);
void cs_flag_acts_restore (GtkWindow *parent, CsRolloutEntry *entry);
void cs_flag_acts_unschedule (GtkWindow *parent, CsRolloutEntry *entry);

G_END_DECLS
