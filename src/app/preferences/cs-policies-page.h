/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: what environments ask of those who approve. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_POLICIES_PAGE (cs_policies_page_get_type ())
G_DECLARE_FINAL_TYPE (CsPoliciesPage, cs_policies_page, CS, POLICIES_PAGE, AdwPreferencesPage)

void cs_policies_page_set_workspace (CsPoliciesPage *self, CsWorkspace *workspace);

G_END_DECLS
