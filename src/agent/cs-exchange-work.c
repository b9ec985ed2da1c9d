/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of a request before it is done: who signed it, who approved it, what would run. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-exchange.h"

#include "cs-approvals.h"
#include "cs-carried.h"
#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-substitution.h"

#include <string.h>
#include <unistd.h>

/** cs_exchange_check_caller: finds out who signed; or a problem. In a worker. */
void
cs_exchange_check_caller (CsExchange *self)
{
  const CsCallerQuestion question = {
    .config = self->config,
    .nonces = self->agent->nonces,
    .headers = &self->headers,
    .method = self->method,
    .target = self->target,
    .body = self->body,
    .now = cs_clock_now (),
  };

  self->caller = cs_caller_check_signature (&question, &self->problem);
}

static gboolean
check_deployment (CsExchange *self, const char *deployment)
{
  if (self->caller->deployment == NULL || g_strcmp0 (self->caller->deployment, deployment) == 0)
    return TRUE;
  self->problem = cs_problem_new (CS_PROBLEM_DELEGATION_REFUSED,
                                  "The delegation is for deployment %s alone",
                                  self->caller->deployment);
  return FALSE;
}

static gboolean
check_names (CsExchange *self, GHashTable *table)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!cs_agent_policy_allows_variable (self->config->policy, name))
      {
        self->problem = cs_problem_new (
          CS_PROBLEM_NOT_ALLOWED_VARIABLE,
          "The agent's policy does not let a caller set %s, for it changes what commands mean",
          (char *) name);
        return FALSE;
      }
  return TRUE;
}

/* What was approved for bash is not given to another shell because there is none. */
static gboolean
has_shell (CsExchange *self, const char *shell)
{
  g_auto (GStrv) directories = g_strsplit (self->config->path, ":", -1);

  for (char **directory = directories; *directory != NULL; directory++)
    {
      g_autofree char *path = g_build_filename (*directory, shell, NULL);

      if (access (path, X_OK) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A server that was meant for something else must not run this by mistake. */
static gboolean
check_place (CsExchange *self, CsRunRequest *request)
{
  const CsAgentPolicy *policy = self->config->policy;

  if (request->environment != NULL && policy->environment != NULL &&
      !g_str_equal (request->environment, policy->environment))
    self->problem = cs_problem_new (CS_PROBLEM_WRONG_ENVIRONMENT,
                                    "The run is meant for %s, and this is %s",
                                    request->environment, policy->environment);
  else if (request->cwd != NULL && (*request->cwd != '/' || access (request->cwd, X_OK) != 0 ||
                                    !g_file_test (request->cwd, G_FILE_TEST_IS_DIR)))
    self->problem =
      cs_problem_new (CS_PROBLEM_CWD_MISSING,
                      "The working directory %s can't be entered; nothing was run", request->cwd);
  else if (policy->require_approvals && !has_shell (self, request->shell))
    self->problem = cs_problem_new (CS_PROBLEM_NOT_APPROVED,
                                    "The command was signed for %s, and there is none here: "
                                    "install it, or say in agent.conf where it is (path)",
                                    request->shell);
  return self->problem == NULL && check_names (self, request->variables) &&
         check_names (self, request->secrets);
}

/* The time is the operator's to choose, within what the policy allows. */
static void
bound_timeout (CsExchange *self, CsRunRequest *request)
{
  gint64 most = self->config->policy->max_timeout;

  if (most > 0 && (request->timeout == 0 || request->timeout > most))
    request->timeout = most;
}

static char *
put_values_in (CsExchange *self, CsRunRequest *request)
{
  g_autoptr (GError) error = NULL;
  char *text = cs_substitution_apply (request->script, request->values, &error);

  if (text == NULL)
    self->problem = cs_problem_new (CS_PROBLEM_VALUE_REFUSED, "%s", error->message);
  return text;
}

/* Gives what speaks for the run; NULL if nothing needs to, or with a problem. */
static JsonArray *
check_approvals (CsExchange *self,
                 CsRunRequest *request,
                 const char *command,
                 const char *text)
{
  const CsApprovalQuestion question = {
    .policy = self->config->policy,
    .signers = self->config->signers,
    .operator_ = self->caller->person,
    .deployment = request->deployment,
    .command = command,
    .text = text,
    .shell = request->shell,
    .terminal = request->terminal != NULL,
    .envelopes = request->envelopes,
    .now = cs_clock_now (),
  };

  if (!self->config->policy->require_approvals)
    return NULL;
  if (request->deployment == NULL)
    {
      self->problem = cs_problem_new (CS_PROBLEM_NOT_APPROVED,
                                      "The request does not say for which deployment it is");
      return NULL;
    }
  return cs_approvals_check (&question, &self->problem);
}

/* Whether the approved command would find what commands before it have left, and nothing that the
 * caller has thought of. */
static gboolean
check_carried (CsExchange *self, CsRunRequest *request)
{
  CsRuns *runs = self->agent->runs;
  GHashTableIter iter;
  gpointer name, value;

  if (!self->config->policy->require_approvals)
    return TRUE;
  if (g_hash_table_size (request->secrets) > 0)
    self->problem = cs_problem_new (CS_PROBLEM_NOT_ALLOWED_VARIABLE,
                                    "Where commands are approved, a caller can't add secrets: let "
                                    "the command read them on the server");
  else if (request->cwd != NULL &&
           !cs_runs_has_left (runs, request->deployment, CS_CARRIED_CWD, request->cwd))
    self->problem = cs_problem_new (CS_PROBLEM_NOT_APPROVED,
                                    "No command of this deployment has ended in the directory %s "
                                    "here, so an approved one does not begin there",
                                    request->cwd);
  g_hash_table_iter_init (&iter, request->variables);
  while (self->problem == NULL && g_hash_table_iter_next (&iter, &name, &value))
    if (!cs_runs_has_left (runs, request->deployment, name, value))
      self->problem = cs_problem_new (CS_PROBLEM_NOT_ALLOWED_VARIABLE,
                                      "No command of this deployment has left %s with this value "
                                      "here, so an approved one does not get it",
                                      (char *) name);
  return self->problem == NULL;
}

static gboolean
show_head (CsExchange *self, const char *stream, gint64 n, char *hash)
{
  const CsHead head = { n, hash, cs_clock_now (), self->caller->person };
  g_autoptr (GError) error = NULL;
  JsonObject *shown, *seen;

  if (cs_heads_show (self->agent->heads, stream, &head, &error))
    return TRUE;
  self->problem = cs_problem_new_for_error (error, CS_PROBLEM_HEAD_BEHIND);
  if (self->problem->kind != CS_PROBLEM_HEAD_BEHIND)
    return FALSE;
  shown = json_object_new ();
  json_object_set_string_member (shown, "stream", stream);
  json_object_set_int_member (shown, "n", n);
  json_object_set_string_member (shown, "hash", hash);
  json_object_set_object_member (cs_problem_get_more (self->problem), "shown", shown);
  seen = cs_heads_look_up (self->agent->heads, stream);
  if (seen != NULL)
    json_object_set_object_member (cs_problem_get_more (self->problem), "seen", seen);
  return FALSE;
}

/** cs_exchange_show_head: remembers the head that the body tells. In a worker. */
void
cs_exchange_show_head (CsExchange *self)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *stream = NULL;
  JsonObject *object;
  gint64 n;

  cs_exchange_check_caller (self);
  if (self->problem != NULL)
    return;
  stream = self->caller->deployment != NULL
             ? g_strconcat ("deployment/", self->caller->deployment, NULL)
             : NULL;
  object = cs_body_parse (self->body, &node, &self->problem);
  if (object == NULL || !cs_head_parse (object, &n, &hash, &self->problem))
    return;
  if (stream != NULL && !g_str_equal (stream, self->path))
    check_deployment (self, "");
  else
    show_head (self, self->path, n, hash);
}

static JsonObject *
build_claim (CsExchange *self,
             CsRunRequest *request,
             const char *command,
             const char *text,
             JsonArray *approvals)
{
  JsonObject *claim = json_object_new ();
  g_autofree char *body = cs_digest_of_bytes (self->body);
  g_autofree char *now = cs_clock_format (cs_clock_now ());

  json_object_set_string_member (claim, "body", body);
  json_object_set_string_member (claim, "queued", now);
  json_object_set_string_member (claim, "operator", self->caller->person);
  json_object_set_string_member (claim, "command", command);
  json_object_set_string_member (claim, "text", text);
  json_object_set_string_member (claim, "shell", request->shell);
  json_object_set_int_member (claim, "timeout", request->timeout);
  if (request->deployment != NULL)
    json_object_set_string_member (claim, "deployment", request->deployment);
  if (request->terminal != NULL)
    json_object_set_boolean_member (claim, "terminal", TRUE);
  if (approvals != NULL)
    json_object_set_array_member (claim, "approvals", json_array_ref (approvals));
  return claim;
}

static void
build_order (CsExchange *self, CsRunRequest *request)
{
  CsRunOrder *order = cs_run_order_new ();

  order->directory = cs_runs_dup_directory (self->agent->runs, self->path);
  order->cwd = g_steal_pointer (&request->cwd);
  order->shell = g_strdup (request->shell);
  order->timeout = (guint32) request->timeout;
  order->terminal = g_strdup (request->terminal);
  order->columns = (guint32) request->columns;
  order->rows = (guint32) request->rows;
  order->output_mib = (guint32) self->config->limits.output_mib;
  g_hash_table_unref (order->variables);
  g_hash_table_unref (order->secrets);
  order->variables = g_hash_table_ref (request->variables);
  order->secrets = g_steal_pointer (&request->secrets);
  request->secrets = g_hash_table_new (NULL, NULL);
  self->order = order;
}

static void
claim_run (CsExchange *self, CsRunRequest *request)
{
  g_autofree char *text = put_values_in (self, request);
  g_autofree char *command = cs_digest_of_data (request->script, strlen (request->script));
  g_autofree char *digest = text != NULL ? cs_digest_of_data (text, strlen (text)) : NULL;
  g_autoptr (JsonArray) approvals = NULL;
  g_autoptr (JsonObject) claim = NULL;
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return;
  approvals = check_approvals (self, request, command, digest);
  if (self->problem != NULL || !check_carried (self, request) ||
      (request->stream != NULL &&
       !show_head (self, request->stream, request->head_n, request->head_hash)))
    return;
  claim = build_claim (self, request, command, digest, approvals);
  self->claim = cs_runs_claim (self->agent->runs, self->path, claim, text, &error);
  switch (self->claim)
    {
    case CS_CLAIM_NEW:
      build_order (self, request);
      break;
    case CS_CLAIM_OTHER:
      self->problem = cs_problem_new (
        CS_PROBLEM_RUN_EXISTS,
        "A run with this id was asked for by another request; nothing was run again");
      break;
    case CS_CLAIM_VOID:
      self->problem =
        cs_problem_new (CS_PROBLEM_RUN_VOID, "This id was given up; take a new one");
      break;
    case CS_CLAIM_FAILED:
      self->problem = cs_problem_new_for_error (error, CS_PROBLEM_STORAGE);
      break;
    case CS_CLAIM_SAME:
    default:
      break;
    }
}

/** cs_exchange_prepare_run: asks all that is to be asked, and claims the run. In a worker. */
void
cs_exchange_prepare_run (CsExchange *self)
{
  g_autoptr (CsRunRequest) request = NULL;
  g_autofree char *body = NULL;

  cs_exchange_check_caller (self);
  if (self->problem != NULL)
    return;
  request = cs_run_request_parse (self->body, &self->problem);
  if (request == NULL || !check_deployment (self, request->deployment))
    return;
  body = cs_digest_of_bytes (self->body);
  /* What was asked for before is told about, whatever has become of the place where it ran. */
  if (cs_runs_knows (self->agent->runs, self->path, body))
    self->claim = CS_CLAIM_SAME;
  else if (check_place (self, request))
    {
      bound_timeout (self, request);
      claim_run (self, request);
    }
}
