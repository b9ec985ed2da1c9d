/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Companies by name: those that one state has and another has not. */

#pragma once

#include "cs-company-list.h"
#include "cs-flag-state.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_COMPANY_NAMES (cs_company_names_get_type ())
G_DECLARE_FINAL_TYPE (CsCompanyNames, cs_company_names, CS, COMPANY_NAMES, AdwPreferencesGroup)

void cs_company_names_set_title (CsCompanyNames *self, const char *title);
/* Who is in after and not in before; hidden if that is nobody. */
void cs_company_names_show (CsCompanyNames *self,
                            CsCompanyList *companies,
                            CsFlagState *before,
                            CsFlagState *after);

G_END_DECLS
