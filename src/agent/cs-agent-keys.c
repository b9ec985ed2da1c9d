/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to those who type into the terminal of a run. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-agent-keys.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-keys-request.h"

#include <string.h>

/* What is typed counts as much as the command that asked for it: only who started it answers. */
static CsProblem *
find_obstacle (CsExchange *exchange)
{
  CsRunState state;
  g_autoptr (JsonObject) run =
    cs_runs_describe (exchange->agent->runs, exchange->path, &state);

  if (run == NULL)
    return cs_problem_new (CS_PROBLEM_NO_SUCH_RUN, "It was not asked for here");
  if (g_strcmp0 (cs_json_get_string (run, "operator"), exchange->caller->person) != 0)
    return cs_problem_new (CS_PROBLEM_NOT_YOURS,
                           "Only who started a run types into its terminal; others can stop it");
  if (!cs_json_get_boolean (run, "terminal"))
    return cs_problem_new (CS_PROBLEM_NO_TERMINAL, "The run was started without a terminal");
  if (state != CS_RUN_RUNNING)
    return cs_problem_new (CS_PROBLEM_NO_TERMINAL, "The run is %s, so its terminal is not there",
                           cs_run_state_to_string (state));
  return NULL;
}

static CsProblem *
type (CsExchange *exchange, const CsRunKeys *keys)
{
  g_autoptr (GError) error = NULL;
  CsProblem *problem;

  if (cs_runs_type (exchange->agent->runs, exchange->path, keys, &error))
    return NULL;
  if (!g_error_matches (error, CS_ERROR, CS_ERROR_BUSY))
    return cs_problem_new (CS_PROBLEM_NO_TERMINAL, "%s", error->message);
  problem = cs_problem_new (CS_PROBLEM_QUEUE_FULL, "%s", error->message);
  problem->retry_after = 1;
  return problem;
}

/** cs_agent_type_keys: types, and says that it is on its way; nobody says that it was read. */
void
cs_agent_type_keys (CsExchange *exchange)
{
  g_autoptr (CsProblem) problem = g_steal_pointer (&exchange->problem);
  CsRunKeys keys;
  JsonObject *answer;

  if (problem == NULL && cs_keys_request_parse (exchange->body, &keys, &problem))
    {
      problem = find_obstacle (exchange);
      if (problem == NULL)
        problem = type (exchange, &keys);
    }
  explicit_bzero (&keys, sizeof keys);
  if (problem != NULL)
    {
      cs_exchange_answer_problem (exchange, g_steal_pointer (&problem));
      return;
    }
  answer = json_object_new ();
  json_object_set_string_member (answer, "id", exchange->path);
  cs_exchange_answer (exchange, 202, answer);
}
