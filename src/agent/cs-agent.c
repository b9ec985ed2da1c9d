/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent: answers requests until it is told to end. */

#define G_LOG_DOMAIN "cs-agent"

#include "config.h"

#include "cs-agent.h"

#include "cs-agent-keys.h"
#include "cs-clock.h"
#include "cs-error.h"
#include "cs-exchange.h"
#include "cs-http-guard.h"
#include "cs-json.h"
#include "cs-run-stream.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** WORKERS: threads that look at requests; signatures and disks are what they wait for */
#define WORKERS 8
/** SWEEP_EVERY: seconds between two looks for what is kept for too long */
#define SWEEP_EVERY 600

struct _CsAgentServer
{
  CsAgent agent;
  guint sweep;
  int silent_end;
};

/* Answers with a problem and with nothing else. */
static void
refuse (CsExchange *exchange, CsProblemKind kind, const char *words)
{
  cs_exchange_answer_problem (exchange, cs_problem_new (kind, "%s", words));
}

static gboolean
answer_if_problem (CsExchange *exchange)
{
  if (exchange->problem == NULL)
    return FALSE;
  cs_exchange_answer_problem (exchange, g_steal_pointer (&exchange->problem));
  return TRUE;
}

static void
answer_run (CsExchange *exchange, guint status)
{
  CsRunState state;
  JsonObject *run = cs_runs_describe (exchange->agent->runs, exchange->path, &state);

  if (run != NULL)
    cs_exchange_answer (exchange, status, run);
  else
    refuse (exchange, CS_PROBLEM_NO_SUCH_RUN,
            "It was not asked for here, or was forgotten; delete the id before you run the same "
            "under another one");
}

static void
stream_run (CsExchange *exchange, guint status, gint64 from, gboolean frames, gboolean follow)
{
  cs_exchange_set_headers (exchange, status);
  cs_run_stream_start (exchange->agent->runs, exchange->message, exchange->path, from, frames,
                       follow);
  cs_exchange_free (exchange);
}

static void
run_prepared (CsExchange *exchange)
{
  CsAgent *agent = exchange->agent;
  guint status = 200;

  if (answer_if_problem (exchange))
    return;
  if (exchange->claim == CS_CLAIM_NEW)
    {
      status = 201;
      cs_agent_metrics_count_run (agent->metrics);
      cs_runs_submit (agent->runs, exchange->path, g_steal_pointer (&exchange->order));
    }
  if (cs_exchange_wants_frames (exchange))
    stream_run (exchange, status, 0, TRUE, TRUE);
  else
    answer_run (exchange, status);
}

static void
put_run (CsExchange *exchange)
{
  CsAgent *agent = exchange->agent;
  CsProblem *problem;

  if (agent->stopping || !cs_runs_has_room (agent->runs))
    {
      problem = agent->stopping
                  ? cs_problem_new (CS_PROBLEM_STOPPING, "The agent is being stopped; ask again")
                  : cs_problem_new (CS_PROBLEM_QUEUE_FULL,
                                    "As many runs wait as the agent lets wait; nothing was run");
      problem->retry_after = 5;
      cs_exchange_answer_problem (exchange, problem);
    }
  else
    cs_exchange_work (exchange, cs_exchange_prepare_run, run_prepared);
}

static gboolean
waited_cb (gpointer user_data)
{
  CsExchange *exchange = user_data;

  exchange->timer = 0;
  answer_run (exchange, 200);
  return G_SOURCE_REMOVE;
}

static gboolean
is_active (CsExchange *exchange)
{
  CsRunState state = cs_runs_get_state (exchange->agent->runs, exchange->path);

  return state == CS_RUN_QUEUED || state == CS_RUN_RUNNING;
}

static void
changed_cb (gpointer user_data)
{
  CsExchange *exchange = user_data;

  if (!is_active (exchange))
    answer_run (exchange, 200);
}

static void
get_run (CsExchange *exchange)
{
  gint64 wait = 0;

  if (!cs_exchange_get_number (exchange, "wait", 0, 60, &wait))
    refuse (exchange, CS_PROBLEM_INVALID, "“wait” is a number of seconds from 0 to 60");
  else if (wait > 0 && is_active (exchange))
    {
      exchange->watch =
        cs_runs_watch (exchange->agent->runs, exchange->path, changed_cb, exchange);
      exchange->timer = g_timeout_add_seconds ((guint) wait, waited_cb, exchange);
    }
  else
    answer_run (exchange, 200);
}

static void
get_output (CsExchange *exchange)
{
  CsRuns *runs = exchange->agent->runs;
  gint64 from = 0, follow = 1;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (exchange->message);
  CsRunState state = cs_runs_get_state (runs, exchange->path);
  g_autofree char *size = g_strdup_printf (
    "%" G_GINT64_FORMAT, cs_runs_get_output_size (runs, exchange->path));

  if (!cs_exchange_get_number (exchange, "from", 0, G_MAXINT64, &from) ||
      !cs_exchange_get_number (exchange, "follow", 0, 1, &follow))
    {
      refuse (exchange, CS_PROBLEM_INVALID, "“from” is a number of bytes, “follow” is 0 or 1");
      return;
    }
  if (state == CS_RUN_NONE || state == CS_RUN_VOID)
    {
      refuse (exchange, state == CS_RUN_NONE ? CS_PROBLEM_NO_SUCH_RUN : CS_PROBLEM_RUN_VOID,
              "There is no output of a run with this id");
      return;
    }
  soup_message_headers_replace (headers, "Countersign-Run-State", cs_run_state_to_string (state));
  soup_message_headers_replace (headers, "Countersign-Output-Size", size);
  stream_run (exchange, 200, from, cs_exchange_wants_frames (exchange), follow == 1);
}

/* A delegation for one deployment does not reach the runs of others. */
static gboolean
is_within_delegation (CsExchange *exchange)
{
  const char *only = exchange->caller->deployment;
  g_autofree char *deployment = cs_runs_dup_deployment (exchange->agent->runs, exchange->path);

  if (only == NULL || g_strcmp0 (only, deployment) == 0 ||
      cs_runs_get_state (exchange->agent->runs, exchange->path) == CS_RUN_NONE)
    return TRUE;
  refuse (exchange, CS_PROBLEM_DELEGATION_REFUSED,
          "The delegation is for another deployment than the run");
  return FALSE;
}

static void
forget_run (CsExchange *exchange)
{
  g_autoptr (GError) error = NULL;
  CsRunState was;
  JsonObject *answer;
  gint64 forgotten;

  if (answer_if_problem (exchange) || !is_within_delegation (exchange))
    return;
  if (!cs_runs_forget (exchange->agent->runs, exchange->path, &was, &error))
    {
      refuse (exchange,
              g_error_matches (error, CS_ERROR, CS_ERROR_BUSY) ? CS_PROBLEM_RUN_ACTIVE
                                                               : CS_PROBLEM_STORAGE,
              error->message);
      return;
    }
  answer = json_object_new ();
  json_object_set_string_member (answer, "id", exchange->path);
  json_object_set_string_member (answer, "was", cs_run_state_to_string (was));
  forgotten = cs_runs_get_forgotten (exchange->agent->runs);
  if (forgotten > 0)
    {
      g_autofree char *until = cs_clock_format (forgotten);

      json_object_set_string_member (answer, "forgotten_until", until);
    }
  cs_exchange_answer (exchange, 200, answer);
}

static void
signal_run (CsExchange *exchange)
{
  g_autoptr (JsonNode) node = NULL;
  CsProblem *problem = NULL;
  JsonObject *object;
  const char *name;
  CsRunState state;

  if (answer_if_problem (exchange))
    return;
  object = cs_body_parse (exchange->body, &node, &problem);
  name = cs_json_get_string (object, "signal");
  if (problem != NULL)
    {
      cs_exchange_answer_problem (exchange, problem);
      return;
    }
  if (json_object_get_size (object) != 1 ||
      (g_strcmp0 (name, "TERM") != 0 && g_strcmp0 (name, "KILL") != 0))
    {
      refuse (exchange, CS_PROBLEM_INVALID, "The body is {\"signal\": \"TERM\"} or \"KILL\"");
      return;
    }
  if (!is_within_delegation (exchange))
    return;
  state = cs_runs_get_state (exchange->agent->runs, exchange->path);
  cs_runs_stop (exchange->agent->runs, exchange->path, g_str_equal (name, "KILL"));
  answer_run (exchange, state == CS_RUN_QUEUED || state == CS_RUN_RUNNING ? 202 : 200);
}

static void
type_keys (CsExchange *exchange)
{
  if (exchange->problem != NULL || is_within_delegation (exchange))
    cs_agent_type_keys (exchange);
}

static void
answer_head (CsExchange *exchange)
{
  JsonObject *head;

  if (answer_if_problem (exchange))
    return;
  head = cs_heads_look_up (exchange->agent->heads, exchange->path);
  if (head != NULL)
    cs_exchange_answer (exchange, 200, head);
  else
    refuse (exchange, CS_PROBLEM_NO_SUCH_HEAD, "The agent was not shown a head of this stream");
}

static void
answer_metrics (CsExchange *exchange)
{
  CsAgent *agent = exchange->agent;
  CsAgentGauges gauges = {
    .connections = cs_listener_get_n_connections (agent->listener),
    .uptime = (g_get_monotonic_time () - agent->began) / G_USEC_PER_SEC,
  };
  g_autofree char *text = NULL;

  cs_runs_count (agent->runs, &gauges.running, &gauges.queued, &gauges.limit);
  text = cs_agent_metrics_write (agent->metrics, &gauges);
  cs_exchange_answer_text (exchange, 200, "text/plain; version=0.0.4; charset=utf-8", text);
}

static gboolean
is_json (CsExchange *exchange)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (exchange->message);

  return g_strcmp0 (soup_message_headers_get_content_type (headers, NULL), "application/json") == 0;
}

/* What reads. */
static void
read_on (CsExchange *exchange)
{
  if (answer_if_problem (exchange))
    return;
  switch (exchange->route)
    {
    case CS_ROUTE_HEALTH:
      cs_exchange_answer (exchange, 200, cs_agent_describe_health (exchange->agent));
      break;
    case CS_ROUTE_METRICS:
      answer_metrics (exchange);
      break;
    case CS_ROUTE_RUN:
      get_run (exchange);
      break;
    case CS_ROUTE_OUTPUT:
      get_output (exchange);
      break;
    case CS_ROUTE_HEAD:
      answer_head (exchange);
      break;
    case CS_ROUTE_SIGNAL:
    case CS_ROUTE_TERMINAL:
    case CS_ROUTE_NONE:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
takes_method (CsRoute route, const char *method)
{
  static const char *const methods[] = {
    [CS_ROUTE_NONE] = "",
    [CS_ROUTE_HEALTH] = " GET ",
    [CS_ROUTE_METRICS] = " GET ",
    [CS_ROUTE_RUN] = " GET PUT DELETE ",
    [CS_ROUTE_OUTPUT] = " GET ",
    [CS_ROUTE_SIGNAL] = " POST ",
    [CS_ROUTE_TERMINAL] = " POST ",
    [CS_ROUTE_HEAD] = " GET PUT ",
  };
  g_autofree char *word = g_strconcat (" ", method, " ", NULL);

  return strstr (methods[route], word) != NULL;
}

static void
dispatch (CsExchange *exchange)
{
  gboolean get = g_str_equal (exchange->method, "GET");

  if (get && exchange->config->policy->sign_reads && exchange->route != CS_ROUTE_METRICS &&
      exchange->route != CS_ROUTE_HEALTH)
    cs_exchange_work (exchange, cs_exchange_check_caller, read_on);
  else if (get)
    read_on (exchange);
  else if (g_str_equal (exchange->method, "DELETE"))
    cs_exchange_work (exchange, cs_exchange_check_caller, forget_run);
  else if (!is_json (exchange))
    refuse (exchange, CS_PROBLEM_MEDIA_TYPE, "Say Content-Type: application/json");
  else if (exchange->route == CS_ROUTE_RUN)
    put_run (exchange);
  else if (exchange->route == CS_ROUTE_SIGNAL)
    cs_exchange_work (exchange, cs_exchange_check_caller, signal_run);
  else if (exchange->route == CS_ROUTE_TERMINAL)
    cs_exchange_work (exchange, cs_exchange_check_caller, type_keys);
  else
    cs_exchange_work (exchange, cs_exchange_show_head, answer_head);
}

static guint
find_limit (CsExchange *exchange)
{
  const CsAgentLimits *limits = &exchange->config->limits;

  if (g_str_equal (exchange->method, "GET"))
    return (guint) limits->reads_per_minute;
  return (guint) (exchange->route == CS_ROUTE_RUN && g_str_equal (exchange->method, "PUT")
                    ? limits->starts_per_minute
                    : limits->changes_per_minute);
}

/* Counts the request, and says in the answer how many are left. */
static CsProblem *
check_rate (CsExchange *exchange, const char *caller)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (exchange->message);
  g_autofree char *name =
    g_strdup_printf ("%s %s %s", caller, exchange->method, cs_route_to_string (exchange->route));
  CsRateVerdict verdict = cs_rate_limit_take (exchange->agent->rates, name, find_limit (exchange),
                                              g_get_monotonic_time ());
  g_autofree char *limit = g_strdup_printf ("%u", verdict.limit);
  g_autofree char *remaining = g_strdup_printf ("%u", verdict.remaining);
  g_autofree char *reset = g_strdup_printf ("%u", verdict.reset);
  CsProblem *problem;

  soup_message_headers_replace (headers, "X-RateLimit-Limit", limit);
  soup_message_headers_replace (headers, "X-RateLimit-Remaining", remaining);
  soup_message_headers_replace (headers, "X-RateLimit-Reset", reset);
  if (verdict.allowed)
    return NULL;
  problem = cs_problem_new (CS_PROBLEM_RATE_LIMITED,
                            "%u requests a minute are let through on this route; ask again in %u s",
                            verdict.limit, verdict.retry);
  problem->retry_after = verdict.retry;
  return problem;
}

/** GUESSES: wrong tokens in a minute that an address is told about; then it is told to wait */
#define GUESSES 30

/* Who guesses is slowed down; who has a token from the same address is not. */
static CsProblem *
check_guess (CsExchange *exchange, CsProblem *problem)
{
  const char *host = soup_server_message_get_remote_host (exchange->message);
  g_autofree char *name = g_strconcat ("guess ", host != NULL ? host : "-", NULL);
  CsRateVerdict verdict =
    cs_rate_limit_take (exchange->agent->rates, name, GUESSES, g_get_monotonic_time ());

  if (verdict.allowed)
    return problem;
  cs_problem_free (problem);
  problem = cs_problem_new (CS_PROBLEM_RATE_LIMITED,
                            "Too many requests from here had no token that is accepted");
  problem->retry_after = verdict.retry;
  return problem;
}

/* Gives what stands in the way before anything else is looked at. */
static CsProblem *
let_in (CsExchange *exchange)
{
  CsProblem *problem = NULL;
  const CsToken *token = cs_caller_check_token (
    exchange->config, exchange->headers.authorization, cs_clock_now (), &problem);

  if (token == NULL)
    return check_guess (exchange, problem);
  exchange->token = g_strdup (token->name);
  cs_listener_request_proven (exchange->message);
  problem = check_rate (exchange, token->name);
  if (problem != NULL)
    return problem;
  if (exchange->route == CS_ROUTE_NONE)
    return cs_problem_new (CS_PROBLEM_NO_SUCH_ROUTE,
                           "The interface is described in countersign-agent.yaml; ids are UUIDs in "
                           "lower case");
  if (!takes_method (exchange->route, exchange->method))
    return cs_problem_new (CS_PROBLEM_WRONG_METHOD, "%s does nothing here", exchange->method);
  if (token->scope == CS_TOKEN_METRICS && exchange->route != CS_ROUTE_HEALTH &&
      exchange->route != CS_ROUTE_METRICS)
    return cs_problem_new (CS_PROBLEM_SCOPE, "The token %s is for figures only", token->name);
  return NULL;
}

/* The guard has refused the request, and put this one in its place. */
static CsProblem *
describe_refused (const char *name)
{
  CsProblemKind kind = CS_PROBLEM_MALFORMED;

  cs_problem_kind_from_name (name, &kind);
  switch (kind)
    {
    case CS_PROBLEM_TOO_LARGE:
      return cs_problem_new (kind, "A body has at most %d bytes", CS_HTTP_GUARD_BODY_MAX);
    case CS_PROBLEM_HEAD_TOO_LARGE:
      return cs_problem_new (kind, "Headers have at most %d bytes", CS_HTTP_GUARD_HEAD_MAX);
    case CS_PROBLEM_RATE_LIMITED:
      return cs_problem_new (kind, "Too many requests are on their way; ask again");
    case CS_PROBLEM_TIMEOUT:
      return cs_problem_new (kind, "The rest of the request did not come in time");
    default:
      return cs_problem_new (CS_PROBLEM_MALFORMED,
                             "The request can be read in more than one way: it needs one "
                             "Content-Length, no Transfer-Encoding, lines that end in CR LF, no "
                             "folded lines and each header once");
    }
}

static void
handle (SoupServer *server,
        SoupServerMessage *message,
        const char *path,
        GHashTable *query,
        gpointer user_data)
{
  CsAgentServer *self = user_data;
  CsExchange *exchange = cs_exchange_new (&self->agent, message);
  const char *refused = soup_message_headers_get_one (
    soup_server_message_get_request_headers (message), CS_HTTP_GUARD_REFUSED);
  CsProblem *problem = refused != NULL ? describe_refused (refused) : let_in (exchange);

  soup_server_message_pause (message);
  if (problem != NULL)
    cs_exchange_answer_problem (exchange, problem);
  else
    dispatch (exchange);
}

static void
request_read_cb (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
  cs_listener_request_begun (message);
}

static void
request_over_cb (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
  cs_listener_request_ended (message);
}

static gpointer
sweep_thread (gpointer user_data)
{
  CsAgentServer *self = user_data;
  const CsAgentLimits limits = self->agent.config->limits;

  cs_runs_sweep (self->agent.runs, limits.keep_days, limits.keep_mib);
  return NULL;
}

static gboolean
sweep_cb (gpointer user_data)
{
  g_thread_unref (g_thread_new ("cs-sweep", sweep_thread, user_data));
  return G_SOURCE_CONTINUE;
}

static char *
find_supervisor (void)
{
  const char *path = g_getenv ("COUNTERSIGN_SUPERVISOR");

  return g_strdup (path != NULL ? path : LIBEXECDIR "/countersign-supervisor");
}

/* What a login would have; nothing of the agent's own environment. */
static char **
build_environment (CsAgentConfig *config, const char **home)
{
  const struct passwd *user = getpwuid (getuid ());
  const char *name = user != NULL ? user->pw_name : "nobody";
  char **environment = NULL;

  *home = user != NULL && g_file_test (user->pw_dir, G_FILE_TEST_IS_DIR) ? user->pw_dir : "/";
  environment = g_environ_setenv (environment, "HOME", *home, TRUE);
  environment = g_environ_setenv (environment, "USER", name, TRUE);
  environment = g_environ_setenv (environment, "LOGNAME", name, TRUE);
  environment = g_environ_setenv (environment, "SHELL", "/bin/sh", TRUE);
  environment = g_environ_setenv (environment, "LANG", "C.UTF-8", TRUE);
  return g_environ_setenv (environment, "PATH", config->path, TRUE);
}

static gboolean
open_state (CsAgentServer *self, GError **error)
{
  CsAgentConfig *config = self->agent.config;
  g_autofree char *supervisor = find_supervisor ();
  g_autofree char *nonces = g_build_filename (config->state, "nonces", NULL);
  g_autofree char *heads = g_build_filename (config->state, "heads", NULL);
  const char *home = "/";
  g_auto (GStrv) environment = build_environment (config, &home);

  if (!g_file_test (supervisor, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                   "%s is not there; install Countersign as a whole", supervisor);
      return FALSE;
    }
  self->agent.runs = cs_runs_open (config->state, supervisor, environment, home, error);
  if (self->agent.runs == NULL)
    return FALSE;
  self->agent.nonces = cs_nonces_open (nonces, cs_clock_now (), error);
  if (self->agent.nonces == NULL)
    return FALSE;
  self->agent.heads = cs_heads_open (heads, error);
  return self->agent.heads != NULL;
}

/* libsoup keeps connections alive only while it listens by itself. So it gets a socket on which
 * nobody will ever call: one end of a pair, whose other end is kept. */
static gboolean
feign_listening (CsAgentServer *self, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_BUSY, "No socket could be made: %s",
                   g_strerror (errno));
      return FALSE;
    }
  self->silent_end = ends[1];
  socket = g_socket_new_from_fd (ends[0], error);
  return socket != NULL && soup_server_listen_socket (self->agent.server, socket, 0, error);
}

/**
 * cs_agent_server_new:
 * @config: what it is told
 *
 * Returns: (transfer full): an agent that listens; %NULL with an error that says what to mend
 */
CsAgentServer *
cs_agent_server_new (CsAgentConfig *config, GError **error)
{
  CsAgentServer *self = g_new0 (CsAgentServer, 1);
  CsAgent *agent = &self->agent;

  agent->config = cs_agent_config_ref (config);
  agent->began = g_get_monotonic_time ();
  agent->rates = cs_rate_limit_new ();
  agent->metrics = cs_agent_metrics_new ();
  agent->workers = g_thread_pool_new (cs_exchange_run_worker, NULL, WORKERS, FALSE, NULL);
  agent->server = soup_server_new ("server-header", "countersign-agent", NULL);
  soup_server_add_handler (agent->server, NULL, handle, self, NULL);
  g_signal_connect (agent->server, "request-read", G_CALLBACK (request_read_cb), self);
  g_signal_connect (agent->server, "request-finished", G_CALLBACK (request_over_cb), self);
  g_signal_connect (agent->server, "request-aborted", G_CALLBACK (request_over_cb), self);
  self->silent_end = -1;
  if (feign_listening (self, error) && open_state (self, error))
    agent->listener = cs_listener_new (agent->server, config, error);
  if (agent->listener == NULL)
    {
      cs_agent_server_free (self);
      return NULL;
    }
  cs_agent_server_set_config (self, config);
  self->sweep = g_timeout_add_seconds (SWEEP_EVERY, sweep_cb, self);
  sweep_cb (self);
  return self;
}

/** cs_agent_server_set_config: what is told from now on; connections and runs go on. */
void
cs_agent_server_set_config (CsAgentServer *self, CsAgentConfig *config)
{
  CsAgentConfig *before = self->agent.config;

  self->agent.config = cs_agent_config_ref (config);
  cs_agent_config_unref (before);
  cs_listener_set_config (self->agent.listener, config);
  cs_runs_set_limits (self->agent.runs, (guint) config->limits.runs_at_once,
                      (guint) config->limits.queue);
}

/** cs_agent_server_list_addresses: (transfer full): where it listens. */
char **
cs_agent_server_list_addresses (CsAgentServer *self)
{
  return cs_listener_list_addresses (self->agent.listener);
}

/** cs_agent_server_stop: takes nothing new; what runs goes on without the agent. */
void
cs_agent_server_stop (CsAgentServer *self)
{
  self->agent.stopping = TRUE;
  cs_listener_stop_accepting (self->agent.listener);
}

/** cs_agent_server_free: ends the agent. */
void
cs_agent_server_free (CsAgentServer *self)
{
  CsAgent *agent = &self->agent;

  g_clear_handle_id (&self->sweep, g_source_remove);
  g_thread_pool_free (agent->workers, FALSE, TRUE);
  g_clear_pointer (&agent->listener, cs_listener_free);
  soup_server_disconnect (agent->server);
  g_clear_object (&agent->server);
  g_clear_pointer (&agent->runs, cs_runs_close);
  g_clear_pointer (&agent->nonces, cs_nonces_close);
  g_clear_pointer (&agent->heads, cs_heads_close);
  cs_rate_limit_free (agent->rates);
  cs_agent_metrics_free (agent->metrics);
  cs_agent_config_unref (agent->config);
  if (self->silent_end >= 0)
    close (self->silent_end);
  g_free (self);
}
