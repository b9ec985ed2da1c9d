/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent says of itself: version, how long it runs, its certificate. */

#pragma once

#include "cs-target.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_AGENT_GROUP (cs_agent_group_get_type ())
G_DECLARE_FINAL_TYPE (CsAgentGroup, cs_agent_group, CS, AGENT_GROUP, AdwPreferencesGroup)

/* Asks the agent; target NULL, or none that is one: shows nothing any more. */
void cs_agent_group_show (CsAgentGroup *self, CsTarget *target);

G_END_DECLS
