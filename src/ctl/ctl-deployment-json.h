/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment as `deploy show --json` prints it. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

JsonNode *ctl_deployment_to_json (CsDeployment *deployment);
/* One command; on a fleet with what has happened on each member. */
JsonNode *ctl_block_to_json (CsBlockState *block);

G_END_DECLS
