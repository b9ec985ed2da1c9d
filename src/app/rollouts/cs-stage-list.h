/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of a flag while they are being put together: added, edited, moved, taken away. */

#pragma once

#include "cs-company-list.h"
#include "cs-watch.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "changed". */
#define CS_TYPE_STAGE_LIST (cs_stage_list_get_type ())
G_DECLARE_FINAL_TYPE (CsStageList, cs_stage_list, CS, STAGE_LIST, AdwPreferencesGroup)

/* Who has names, what is watched, and the id of the stage that it is in; each may be NULL. */
void cs_stage_list_set_context (CsStageList *self,
                                CsCompanyList *companies,
                                CsWatch *watch,
                                const char *present);
void cs_stage_list_set_stages (CsStageList *self, JsonArray *stages);
JsonArray *cs_stage_list_get_stages (CsStageList *self); /* owned by the list */

G_END_DECLS
