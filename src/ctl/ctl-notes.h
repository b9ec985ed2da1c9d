/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people wrote beside steps, for deploy show. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

void ctl_notes_print (CsDeployment *deployment);
JsonArray *ctl_notes_to_json (CsDeployment *deployment);

G_END_DECLS
