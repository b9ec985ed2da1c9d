/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about companies, flags and rollouts share. */

#pragma once

#include "cs-rollout.h"
#include "ctl.h"

G_BEGIN_DECLS

CsRolloutSite *ctl_make_site (Ctl *ctl, GError **error);
CsCompanies *ctl_load_companies (Ctl *ctl, GError **error);
CsCompanyList *ctl_read_companies (Ctl *ctl, GError **error);
/* All flags, by key: of CsFlag (transfer full). */
GPtrArray *ctl_load_flags (Ctl *ctl, GError **error);
CsRollout *ctl_open_rollout (Ctl *ctl, const char *key, GError **error);
/* The plan for a stage; NULL: for the next one (transfer full). */
CsRolloutPlan *ctl_make_plan (CsRollout *rollout, const char *stage, GError **error);
void ctl_close_rollout (CsRollout *rollout);

G_END_DECLS
