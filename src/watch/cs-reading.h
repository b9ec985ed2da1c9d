/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer says about what a probe asked. */

#pragma once

#include "cs-fetch.h"
#include "cs-probe.h"
#include "cs-sample.h"

G_BEGIN_DECLS

/* Each sets the sample's state and value, and returns in a few words what was found (transfer
 * full). */
char *cs_reading_read_http (const CsProbe *probe, const CsFetch *fetch, CsSample *sample);
char *cs_reading_read_http_failure (const GError *failure, CsSample *sample);
char *cs_reading_read_prometheus (const CsProbe *probe, const CsFetch *fetch, CsSample *sample);
char *
cs_reading_read_output (const CsProbe *probe, int status, const char *output, CsSample *sample);

/* The URL of a Prometheus query (transfer full). */
char *cs_reading_dup_query_url (const CsProbe *probe);

G_END_DECLS
