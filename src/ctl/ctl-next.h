/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thing to do next, in words and as JSON. */

#pragma once

#include "cs-deployment.h"

#include <stdio.h>

G_BEGIN_DECLS

void ctl_next_print (CsDeployment *deployment, FILE *file);
JsonObject *ctl_next_to_json (CsDeployment *deployment);

G_END_DECLS
