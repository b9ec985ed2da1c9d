/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All flags of a workspace and its companies, as the window shows them. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-workspace.h"

G_BEGIN_DECLS

/* A GListModel of CsRolloutEntry by key, which follows the store. Signals: ::loaded when all flags
 * that there are were found; ::companies-changed; ::failed (GError *). */
#define CS_TYPE_ROLLOUT_LIST (cs_rollout_list_get_type ())
G_DECLARE_FINAL_TYPE (CsRolloutList, cs_rollout_list, CS, ROLLOUT_LIST, GObject)

CsRolloutList *cs_rollout_list_new (CsWorkspace *workspace);

CsWorkspace *cs_rollout_list_get_workspace (CsRolloutList *self);
CsRolloutSite *cs_rollout_list_get_site (CsRolloutList *self);
gboolean cs_rollout_list_is_loaded (CsRolloutList *self);
CsRolloutEntry *cs_rollout_list_lookup (CsRolloutList *self, const char *key); /* NULL */

CsCompanies *cs_rollout_list_get_companies (CsRolloutList *self);        /* NULL: not read yet */
CsCompanyList *cs_rollout_list_get_company_list (CsRolloutList *self);   /* NULL: not read yet */

/* Before the workspace is closed. */
void cs_rollout_list_close (CsRolloutList *self);

G_END_DECLS
