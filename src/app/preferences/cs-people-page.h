/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: who may sign, and in which roles. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PEOPLE_PAGE (cs_people_page_get_type ())
G_DECLARE_FINAL_TYPE (CsPeoplePage, cs_people_page, CS, PEOPLE_PAGE, AdwPreferencesPage)

void cs_people_page_set_workspace (CsPeoplePage *self, CsWorkspace *workspace);

G_END_DECLS
