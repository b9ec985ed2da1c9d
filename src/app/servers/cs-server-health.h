/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a target has done lately: its breaker, how fast it answers, what ran there last. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SERVER_HEALTH (cs_server_health_get_type ())
G_DECLARE_FINAL_TYPE (CsServerHealth, cs_server_health, CS, SERVER_HEALTH, AdwBin)

/* name NULL: shows nothing any more. Its rows activate win.show-deployment. */
void cs_server_health_show (CsServerHealth *self, CsWorkspace *workspace, const char *name);

G_END_DECLS
