/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who signs here, who has, who is missing, and what one more signature would do. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_STANDING_GROUP (cs_standing_group_get_type ())
G_DECLARE_FINAL_TYPE (CsStandingGroup, cs_standing_group, CS, STANDING_GROUP, AdwPreferencesGroup)

void cs_standing_group_show (CsStandingGroup *self,
                             CsWorkspace *workspace,
                             CsDeployment *deployment,
                             CsSignoffState *signoff);
/* The signature that is looked at: made with this key (nullable). */
void cs_standing_group_set_key (CsStandingGroup *self, CsKey *key);

G_END_DECLS
