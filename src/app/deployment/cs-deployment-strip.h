/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Below a deployment's header: the environment, how far it is, and its time beside the plan. */

#pragma once

#include "cs-deployment.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property: "narrow" (only what fits on a phone). */
#define CS_TYPE_DEPLOYMENT_STRIP (cs_deployment_strip_get_type ())
G_DECLARE_FINAL_TYPE (CsDeploymentStrip, cs_deployment_strip, CS, DEPLOYMENT_STRIP, AdwBin)

void cs_deployment_strip_set_deployment (CsDeploymentStrip *self, CsDeployment *deployment);
void cs_deployment_strip_tick (CsDeploymentStrip *self);

G_END_DECLS
