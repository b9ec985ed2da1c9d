/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values for placeholders, as NAME=VALUE. */

#pragma once

#include "ctl.h"

#include "cs-deployment.h"

G_BEGIN_DECLS

gboolean ctl_values_check (char **settings, GError **error);
gboolean ctl_values_set (Ctl *ctl, CsDeployment *deployment, char **settings, GError **error);
void ctl_values_print (CsDeployment *deployment);
JsonArray *ctl_values_to_json (CsDeployment *deployment);

G_END_DECLS
