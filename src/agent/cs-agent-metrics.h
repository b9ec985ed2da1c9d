/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of an agent, for Prometheus (text format 0.0.4). */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsAgentMetrics CsAgentMetrics;

CsAgentMetrics *cs_agent_metrics_new (void);
void cs_agent_metrics_free (CsAgentMetrics *self);

void cs_agent_metrics_count_answer (CsAgentMetrics *self,
                                    const char *route,
                                    guint status,
                                    gint64 microseconds);
void cs_agent_metrics_count_problem (CsAgentMetrics *self, const char *problem);
void cs_agent_metrics_count_run (CsAgentMetrics *self);

/** CsAgentGauges: what is so at this moment */
typedef struct
{
  guint running;
  guint queued;
  guint limit;
  guint connections;
  gint64 uptime;
} CsAgentGauges;

char *cs_agent_metrics_write (CsAgentMetrics *self, const CsAgentGauges *gauges);

G_END_DECLS
