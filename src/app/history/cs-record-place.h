/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a record stands, in words, and the deployment it belongs to. */

#pragma once

#include "cs-workspace.h"

G_BEGIN_DECLS

const char *cs_record_place_get_deployment_id (CsRecord *record);
CsDeployment *cs_record_place_find_deployment (CsWorkspace *workspace, CsRecord *record);
char *cs_record_place_describe (CsWorkspace *workspace, CsRecord *record);

G_END_DECLS
