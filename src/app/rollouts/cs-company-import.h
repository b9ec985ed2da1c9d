/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new version of the list of companies: read, shown how it differs, recorded. */

#pragma once

#include "cs-rollout-list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Each asks where from, then says what would change, before anything is recorded. */
void cs_company_import_file (GtkWindow *parent, CsRolloutList *rollouts);
void cs_company_import_command (GtkWindow *parent, CsRolloutList *rollouts);

G_END_DECLS
