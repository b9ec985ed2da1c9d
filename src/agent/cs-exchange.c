/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request on its way through the agent, and its answer. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-exchange.h"

#include "cs-http-guard.h"
#include "cs-json.h"
#include "cs-run-stream.h"

#include <string.h>

static const struct
{
  const char *prefix;
  const char *suffix;
  CsRoute route;
} routes[] = {
  { "/v1/health", NULL, CS_ROUTE_HEALTH },
  { "/metrics", NULL, CS_ROUTE_METRICS },
  { "/v1/runs/", "/output", CS_ROUTE_OUTPUT },
  { "/v1/runs/", "/signal", CS_ROUTE_SIGNAL },
  { "/v1/runs/", "/terminal", CS_ROUTE_TERMINAL },
  { "/v1/runs/", "", CS_ROUTE_RUN },
  { "/v1/heads/", "", CS_ROUTE_HEAD },
};

/** cs_route_to_string: its name in the log and in figures. */
const char *
cs_route_to_string (CsRoute route)
{
  static const char *const names[] = {
    "none", "health", "metrics", "run", "output", "signal", "terminal", "head",
  };

  return names[route];
}

/* UUIDs as RFC 9562 writes them, in lower case: an id has one name. */
static gboolean
is_id (const char *text)
{
  return g_uuid_string_is_valid (text) &&
         strspn (text, "0123456789abcdef-") == strlen (text);
}

/* The path is taken as it was sent: nothing is decoded, so nothing is anything else. */
static void
find_route (CsExchange *self, const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *rest = NULL;

      if (routes[i].suffix == NULL ? !g_str_equal (path, routes[i].prefix)
                                   : !g_str_has_prefix (path, routes[i].prefix))
        continue;
      if (routes[i].suffix == NULL)
        {
          self->route = routes[i].route;
          return;
        }
      rest = g_strdup (path + strlen (routes[i].prefix));
      if (!g_str_has_suffix (rest, routes[i].suffix))
        continue;
      rest[strlen (rest) - strlen (routes[i].suffix)] = '\0';
      if (routes[i].route == CS_ROUTE_HEAD ? !cs_stream_is_valid (rest) : !is_id (rest))
        continue;
      self->route = routes[i].route;
      self->path = g_steal_pointer (&rest);
      return;
    }
}

static void
read_query (CsExchange *self, const char *query)
{
  g_auto (GStrv) pairs = g_strsplit (query, "&", -1);

  self->query = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (char **pair = pairs; *pair != NULL; pair++)
    {
      char *equals = strchr (*pair, '=');

      if (equals != NULL)
        g_hash_table_replace (self->query, g_strndup (*pair, equals - *pair),
                              g_strdup (equals + 1));
    }
}

static void
read_headers (CsExchange *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  struct
  {
    const char *name;
    char **value;
  } all[] = {
    { "Authorization", &self->headers.authorization },
    { "Countersign-Agent", &self->headers.agent },
    { "Countersign-Time", &self->headers.time },
    { "Countersign-Nonce", &self->headers.nonce },
    { "Countersign-Signature", &self->headers.signature },
    { "Countersign-Delegation", &self->headers.delegation },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    *all[i].value = g_strdup (soup_message_headers_get_one (headers, all[i].name));
}

/**
 * cs_exchange_new:
 * @message: a request that has come whole
 *
 * Returns: (transfer full): what is to be answered
 */
CsExchange *
cs_exchange_new (CsAgent *agent, SoupServerMessage *message)
{
  CsExchange *self = g_new0 (CsExchange, 1);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *target = soup_message_headers_get_one (headers, CS_HTTP_GUARD_TARGET);
  g_autofree char *path = NULL;
  const char *question;

  self->agent = agent;
  self->config = cs_agent_config_ref (agent->config);
  self->message = g_object_ref (message);
  self->began = g_get_monotonic_time ();
  self->instance = g_uuid_string_random ();
  self->method = g_strdup (soup_server_message_get_method (message));
  self->target = g_strdup (target != NULL ? target : "");
  question = strchr (self->target, '?');
  path = g_strndup (self->target, question != NULL ? (gsize) (question - self->target)
                                                   : strlen (self->target));
  read_query (self, question != NULL ? question + 1 : "");
  find_route (self, path);
  read_headers (self);
  self->body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  return self;
}

/** cs_exchange_free: frees an exchange that was answered. */
void
cs_exchange_free (CsExchange *self)
{
  if (self->watch != 0)
    cs_runs_unwatch (self->agent->runs, self->watch);
  g_clear_handle_id (&self->timer, g_source_remove);
  cs_caller_headers_clear (&self->headers);
  g_clear_pointer (&self->caller, cs_caller_free);
  g_clear_pointer (&self->problem, cs_problem_free);
  g_clear_pointer (&self->order, cs_run_order_free);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_hash_table_unref (self->query);
  g_free (self->method);
  g_free (self->target);
  g_free (self->path);
  g_free (self->instance);
  g_free (self->token);
  cs_agent_config_unref (self->config);
  g_object_unref (self->message);
  g_free (self);
}

/* One line for each answer, without anything that a body or a header held. */
static void
log_answer (CsExchange *self, guint status, gint64 microseconds)
{
  g_autofree char *problem =
    self->problem != NULL ? g_strdup_printf (" %s (%s) instance=%s",
                                             cs_problem_get_name (self->problem),
                                             self->problem->detail, self->instance)
                          : g_strdup ("");
  const char *host = soup_server_message_get_remote_host (self->message);

  /* What came from outside must not look like another line. */
  for (char *c = problem; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_log (G_LOG_DOMAIN, self->problem != NULL ? G_LOG_LEVEL_MESSAGE : G_LOG_LEVEL_INFO,
         "%s %s%s%s %u %.3f ms from %s token=%s by=%s%s", self->method,
         cs_route_to_string (self->route), self->path != NULL ? " " : "",
         self->path != NULL ? self->path : "", status, (double) microseconds / 1000,
         host != NULL ? host : "-", self->token != NULL ? self->token : "-",
         self->caller != NULL ? self->caller->person : "-", problem);
}

/* The phrases that libsoup has not (RFC 9110, section 15.5.20; RFC 6585); NULL: it has one. */
static const char *
find_phrase (guint status)
{
  switch (status)
    {
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return NULL;
    }
}

/** cs_exchange_set_headers: what every answer has; its line in the log; its figures. */
void
cs_exchange_set_headers (CsExchange *self, guint status)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  gint64 microseconds = g_get_monotonic_time () - self->began;
  char milliseconds[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (milliseconds, sizeof milliseconds, "%.3f", (double) microseconds / 1000);
  soup_message_headers_replace (headers, "X-Response-Time", milliseconds);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_server_message_set_status (self->message, status, find_phrase (status));
  cs_agent_metrics_count_answer (self->agent->metrics, cs_route_to_string (self->route), status,
                                 microseconds);
  log_answer (self, status, microseconds);
}

/** cs_exchange_answer_text: answers, and frees the exchange. */
void
cs_exchange_answer_text (CsExchange *self, guint status, const char *type, const char *text)
{
  cs_exchange_set_headers (self, status);
  soup_server_message_set_response (self->message, type, SOUP_MEMORY_COPY, text, strlen (text));
  soup_server_message_unpause (self->message);
  cs_exchange_free (self);
}

/**
 * cs_exchange_answer:
 * @object: (transfer full): what is answered
 *
 * Answers, and frees the exchange.
 */
void
cs_exchange_answer (CsExchange *self, guint status, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_take_object (node, object);
  text = cs_json_to_canonical (node, NULL);
  cs_exchange_answer_text (self, status, "application/json", text != NULL ? text : "{}");
}

/**
 * cs_exchange_answer_problem:
 * @problem: (transfer full): why not
 *
 * Answers, and frees the exchange.
 */
void
cs_exchange_answer_problem (CsExchange *self, CsProblem *problem)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  g_autofree char *text = cs_problem_to_json (problem, self->instance);

  self->problem = problem;
  cs_agent_metrics_count_problem (self->agent->metrics, cs_problem_get_name (problem));
  if (cs_problem_get_status (problem) == 401)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer realm=\"countersign\"");
  if (problem->retry_after > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", problem->retry_after);

      soup_message_headers_replace (headers, "Retry-After", seconds);
    }
  cs_exchange_answer_text (self, cs_problem_get_status (problem), "application/problem+json",
                           text != NULL ? text : "{}");
}

/** cs_exchange_wants_frames: whether the caller asked for frames. */
gboolean
cs_exchange_wants_frames (CsExchange *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  const char *accept = soup_message_headers_get_one (headers, "Accept");

  return accept != NULL && strstr (accept, CS_RUN_STREAM_FRAMES) != NULL;
}

/**
 * cs_exchange_get_number:
 * @name: of a parameter of the query
 * @value: (inout): left as it is if it is not there
 *
 * Returns: whether it is a number within the bounds
 */
gboolean
cs_exchange_get_number (CsExchange *self,
                        const char *name,
                        gint64 lowest,
                        gint64 highest,
                        gint64 *value)
{
  const char *text = g_hash_table_lookup (self->query, name);

  return text == NULL || g_ascii_string_to_signed (text, 10, lowest, highest, value, NULL);
}

typedef struct
{
  CsExchange *exchange;
  CsExchangeFunc work;
  CsExchangeFunc done;
} Work;

static gboolean
done_cb (gpointer user_data)
{
  Work *work = user_data;

  work->done (work->exchange);
  g_free (work);
  return G_SOURCE_REMOVE;
}

/**
 * cs_exchange_work:
 * @work: runs in a worker
 * @done: runs in the main thread, afterwards
 */
void
cs_exchange_work (CsExchange *self, CsExchangeFunc work, CsExchangeFunc done)
{
  Work *item = g_new0 (Work, 1);

  item->exchange = self;
  item->work = work;
  item->done = done;
  g_thread_pool_push (self->agent->workers, item, NULL);
}

/** cs_exchange_run_worker: what a thread of the pool does with what was pushed. */
void
cs_exchange_run_worker (gpointer data, gpointer user_data)
{
  Work *work = data;

  work->work (work->exchange);
  g_idle_add_full (G_PRIORITY_DEFAULT, done_cb, work, NULL);
}
