/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request on its way through the agent, and its answer. */

#pragma once

#include "cs-agent-config.h"
#include "cs-agent-metrics.h"
#include "cs-caller.h"
#include "cs-heads.h"
#include "cs-listener.h"
#include "cs-problem.h"
#include "cs-rate-limit.h"
#include "cs-run-request.h"
#include "cs-runs.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/** CsAgent: what all requests share; of the main thread, but for nonces, heads and the spool */
typedef struct
{
  CsAgentConfig *config;
  SoupServer *server;
  CsListener *listener;
  CsRuns *runs;
  CsNonces *nonces;
  CsHeads *heads;
  CsRateLimit *rates;
  CsAgentMetrics *metrics;
  GThreadPool *workers;
  gint64 began;
  gboolean stopping;
} CsAgent;

typedef enum
{
  CS_ROUTE_NONE,
  CS_ROUTE_HEALTH,
  CS_ROUTE_METRICS,
  CS_ROUTE_RUN,
  CS_ROUTE_OUTPUT,
  CS_ROUTE_SIGNAL,
  CS_ROUTE_TERMINAL,
  CS_ROUTE_HEAD,
} CsRoute;

/**
 * CsExchange:
 * @path: what stands behind the route's prefix: a run's id, a stream's name
 * @query: (nullable)
 * @operator_: (nullable): who signed
 */
typedef struct
{
  CsAgent *agent;
  CsAgentConfig *config;
  SoupServerMessage *message;
  CsRoute route;
  char *method;
  char *target;
  char *path;
  GHashTable *query;
  char *instance;
  gint64 began;
  char *token;
  CsCallerHeaders headers;
  GBytes *body;
  CsCaller *caller;
  CsProblem *problem;

  /* Of a request for a run, once a worker has looked at it. */
  CsClaim claim;
  CsRunOrder *order;

  guint watch;
  guint timer;
} CsExchange;

CsExchange *cs_exchange_new (CsAgent *agent, SoupServerMessage *message);
void cs_exchange_free (CsExchange *self);

void cs_exchange_answer (CsExchange *self, guint status, JsonObject *object);
void cs_exchange_answer_text (CsExchange *self, guint status, const char *type, const char *text);
void cs_exchange_answer_problem (CsExchange *self, CsProblem *problem);
void cs_exchange_set_headers (CsExchange *self, guint status);
gboolean cs_exchange_wants_frames (CsExchange *self);
gboolean cs_exchange_get_number (CsExchange *self,
                                 const char *name,
                                 gint64 lowest,
                                 gint64 highest,
                                 gint64 *value);

const char *cs_route_to_string (CsRoute route);

/* Runs in a worker; then done, in the main thread. */
typedef void (*CsExchangeFunc) (CsExchange *self);
void cs_exchange_work (CsExchange *self, CsExchangeFunc work, CsExchangeFunc done);
void cs_exchange_run_worker (gpointer data, gpointer user_data);

/* What workers do. They set a problem, or what they found. */
void cs_exchange_check_caller (CsExchange *self);
void cs_exchange_prepare_run (CsExchange *self);
void cs_exchange_show_head (CsExchange *self);

JsonObject *cs_agent_describe_health (CsAgent *self);

G_END_DECLS
