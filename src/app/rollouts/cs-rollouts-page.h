/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and companies: who has a feature, and what is next. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Properties "workspace" (CsWorkspace), "waiting" (guint): flags that wait for somebody here. */
#define CS_TYPE_ROLLOUTS_PAGE (cs_rollouts_page_get_type ())
G_DECLARE_FINAL_TYPE (CsRolloutsPage, cs_rollouts_page, CS, ROLLOUTS_PAGE, AdwBin)

GtkWidget *cs_rollouts_page_new (void);
/* Whether something is being switched just now. */
gboolean cs_rollouts_page_is_busy (CsRolloutsPage *self);
void cs_rollouts_page_show_flag (CsRolloutsPage *self, const char *key);

G_END_DECLS
