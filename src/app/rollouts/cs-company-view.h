/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One company: which features it has, why, since when and by whom, and what it had before. */

#pragma once

#include "cs-rollout-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_COMPANY_VIEW (cs_company_view_get_type ())
G_DECLARE_FINAL_TYPE (CsCompanyView, cs_company_view, CS, COMPANY_VIEW, AdwBin)

/* company: an id; both NULL: nobody */
void
cs_company_view_show (CsCompanyView *self, CsRolloutList *rollouts, const char *company);

G_END_DECLS
