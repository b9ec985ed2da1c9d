/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an incident report. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

char *cs_incident_escape (const char *text);
char *cs_incident_first_line (const char *text);
char *cs_incident_format_time (gint64 at);
char *cs_incident_format_duration (gint64 microseconds);
char *cs_incident_describe_outcome (CsRecord *record);
char *
cs_incident_compose (JsonObject *body, const char *words, const char *detail, const char *reason);
char *cs_incident_describe (CsRecord *record, CsDeployment *deployment);

G_END_DECLS
