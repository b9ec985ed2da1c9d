/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened in a deployment that was rolled back, as its records tell it. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

char *cs_incident_report_write (CsDeployment *deployment,
                                GPtrArray *records,
                                GPtrArray *watched,
                                GError **error);

G_END_DECLS
