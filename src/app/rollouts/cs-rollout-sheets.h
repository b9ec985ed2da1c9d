/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone signs about a rollout, each on a sheet. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Each stands before parent, once it is known who would have the feature in the stage (id). */
void cs_rollout_sheets_sign (GtkWindow *parent,
                             CsWorkspace *workspace,
                             CsRolloutEntry *entry,
                             const char *stage,
                             const char *role);
void cs_rollout_sheets_reject (GtkWindow *parent,
                               CsWorkspace *workspace,
                               CsRolloutEntry *entry,
                               const char *stage,
                               const char *role);
void cs_rollout_sheets_override (GtkWindow *parent,
                                 CsWorkspace *workspace,
                                 CsRolloutEntry *entry,
                                 const char *stage);

G_END_DECLS
