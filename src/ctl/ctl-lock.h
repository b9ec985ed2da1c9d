/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which deployment may act on the environment of one, as people and programs read it. */

#pragma once

#include "ctl.h"

#include <stdio.h>

G_BEGIN_DECLS

void ctl_lock_print (CsDeployment *deployment, FILE *file); /* nothing where it is free */
JsonObject *ctl_lock_to_json (CsDeployment *deployment);

G_END_DECLS
