/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment as `deploy show --json` prints it. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

JsonNode *ctl_deployment_to_json (CsDeployment *deployment);

G_END_DECLS
