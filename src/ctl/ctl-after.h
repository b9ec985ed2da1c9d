/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be done after a deployment, in words and as JSON. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

void ctl_after_print (CsDeployment *deployment);
JsonArray *ctl_after_to_json (CsDeployment *deployment);

G_END_DECLS
