/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag on the page of a company: whether it has it, why, and who made it so. */

#pragma once

#include "cs-company-flag.h"
#include "cs-rollout-entry.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "found": what it shows is another thing now. */
#define CS_TYPE_COMPANY_FLAG_ROW (cs_company_flag_row_get_type ())
G_DECLARE_FINAL_TYPE (CsCompanyFlagRow, cs_company_flag_row, CS, COMPANY_FLAG_ROW, AdwActionRow)

GtkWidget *
cs_company_flag_row_new (CsWorkspace *workspace, CsRolloutEntry *entry, const char *company);

CsRolloutEntry *cs_company_flag_row_get_entry (CsCompanyFlagRow *self);
/* With its history; NULL: that is not known yet. */
const CsCompanyFlag *cs_company_flag_row_get_found (CsCompanyFlagRow *self);

G_END_DECLS
