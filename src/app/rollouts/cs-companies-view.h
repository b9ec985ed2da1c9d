/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All companies in a table, found by their name or by how it sounds. */

#pragma once

#include "cs-rollout-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_COMPANIES_VIEW (cs_companies_view_get_type ())
G_DECLARE_FINAL_TYPE (CsCompaniesView, cs_companies_view, CS, COMPANIES_VIEW, AdwBin)

void cs_companies_view_set_rollouts (CsCompaniesView *self, CsRolloutList *rollouts);
/* Says anew who has what. */
void cs_companies_view_refresh (CsCompaniesView *self);

G_END_DECLS
