/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is pinned in or out of a flag, whatever its stage. */

#pragma once

#include "cs-rollout-entry.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PIN_GROUP (cs_pin_group_get_type ())
G_DECLARE_FINAL_TYPE (CsPinGroup, cs_pin_group, CS, PIN_GROUP, AdwPreferencesGroup)

void cs_pin_group_show (CsPinGroup *self, CsRolloutEntry *entry);

G_END_DECLS
