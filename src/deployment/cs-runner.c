/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command on one target: recorded before it is sent, and recorded again as it ended. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-runner.h"

#include "cs-error.h"
#include "cs-judging.h"
#include "cs-json.h"

#include <string.h>

/** OVERTAKEN_TRIES: how often a command whose record was overtaken on the way is sent again */
#define OVERTAKEN_TRIES 5

/* One command on its way; lives as the data of its GTask, whose source is the deployment. */
typedef struct
{
  CsBlockState *block; /* of the one target, or of a member */
  CsSite *site;        /* unowned */
  char *actor;
  char *run_id;
  char *text;         /* the command as it is sent, with its values */
  CsSession *session; /* the one that this command goes through, also when others drop it */
  CsRun *run;
  CsAuthorisation *authorisation; /* what was signed; NULL where the target does not ask */
  GPtrArray *envelopes;           /* blobs that belong to it */
  CsOutcome *outcome;
  GPtrArray *judgements; /* what is expected of it, and what came of that; NULL: nothing is */
  gboolean good_status;  /* it ended with the exit status that it should */
  JsonObject *captured;  /* the value that a placeholder takes from its output; NULL: none */
  CsRunLock *lock;
  gboolean recovering;
  gboolean idle_session; /* the connection was there before; it may have died of age */
  gint64 shown;          /* number of the record that the target was shown with it */
  guint overtaken;       /* how often another command's request was faster */
  gboolean again;        /* recorded as started, and now tried over a new connection */
  GError *error;         /* what the caller gets after the record of it is written */
} Running;

static void
running_free (Running *self)
{
  g_clear_object (&self->block);
  g_clear_object (&self->session);
  g_clear_object (&self->run);
  g_clear_pointer (&self->authorisation, cs_authorisation_free);
  g_clear_pointer (&self->envelopes, g_ptr_array_unref);
  g_clear_object (&self->outcome);
  g_clear_pointer (&self->judgements, g_ptr_array_unref);
  g_clear_pointer (&self->lock, cs_run_lock_free);
  g_clear_pointer (&self->captured, json_object_unref);
  g_clear_error (&self->error);
  g_free (self->actor);
  g_free (self->run_id);
  g_free (self->text);
  g_free (self);
}

/* A member's news are told with those of others, for there may be a hundred. */
static void
tell (CsDeployment *self, CsBlockState *block)
{
  if (block->member != NULL)
    {
      cs_deployment_queue_changed (self);
      return;
    }
  cs_deployment_derive (self);
  cs_deployment_notify_changed (self);
}

/* The run is no longer followed; the task ends with what came of it. */
static void
leave_run (GTask *task)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);

  g_hash_table_remove (self->followed, running->run_id);
  cs_block_state_set_run (running->block, NULL);
  tell (self, running->block);
  if (running->error != NULL)
    g_task_return_error (task, g_steal_pointer (&running->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
end_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = CS_DEPLOYMENT (source);
  g_autoptr (GError) error = NULL;
  gboolean recorded = cs_deployment_append_finish (self, result, &error);

  /* Only what is recorded may be forgotten on the target. An end that could not be recorded leaves
   * the run as interrupted, to be asked for again. */
  if (recorded && running->outcome != NULL)
    cs_deployment_forget_run (self, running->site, running->run_id);
  if (!recorded)
    {
      if (g_strcmp0 (running->block->run_id, running->run_id) == 0)
        cs_block_state_set_status (running->block, CS_STATUS_INTERRUPTED);
      if (running->error == NULL)
        running->error = g_steal_pointer (&error);
    }
  leave_run (task);
}

static void
record_end (GTask *task, const char *kind, JsonNode *body, const char *blob)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  const char *blobs[] = { blob, NULL };

  cs_deployment_append_async (self, CS_STORE_ANY, running->actor, kind, body, blobs, NULL,
                              end_recorded_cb, g_object_ref (task));
}

static JsonNode *
body_of_problem (GTask *task, const char *problem)
{
  Running *running = g_task_get_task_data (task);
  g_autofree char *clear = cs_deployment_redact (g_task_get_source_object (task), problem);

  return cs_deployment_body ("step", cs_step_get_id (running->block->step->step), "block",
                             cs_block_get_id (running->block->block), "run", running->run_id,
                             "member", running->block->member, "problem", clear, NULL);
}

static void
record_problem (GTask *task, const char *kind, const char *problem)
{
  record_end (task, kind, body_of_problem (task, problem), NULL);
}

/* It was not run. A member that could not be reached counts as one that failed; the one target of a
 * deployment is just where it was before. */
static void
record_not_started (GTask *task, const char *problem)
{
  Running *running = g_task_get_task_data (task);
  JsonNode *body = body_of_problem (task, problem);

  if (running->block->member != NULL)
    json_object_set_boolean_member (json_node_get_object (body), "failed", TRUE);
  record_end (task, "block-not-started", body, NULL);
}

/* Endless commands (tail -f) end because someone stops them; that is how they pass. */
static gboolean
is_passed (Running *running)
{
  CsOutcomeKind kind = cs_outcome_get_kind (running->outcome);

  if (cs_block_get_endless (running->block->block) &&
      (kind == CS_OUTCOME_STOPPED || kind == CS_OUTCOME_TIMED_OUT))
    return TRUE;
  return kind == CS_OUTCOME_EXITED && running->good_status &&
         !cs_judgements_have (running->judgements, CS_VERDICT_NOT_MET);
}

static void
record_outcome (GTask *task)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  CsOutcome *outcome = running->outcome;
  const char *digest = cs_outcome_get_output_digest (outcome);
  const char *cwd = cs_outcome_get_cwd (outcome);
  GHashTable *environment = cs_outcome_get_environment (outcome);
  JsonNode *body = cs_deployment_body (
    "step", cs_step_get_id (running->block->step->step), "block",
    cs_block_get_id (running->block->block), "run", running->run_id, "member",
    running->block->member, "ending", cs_outcome_kind_to_string (cs_outcome_get_kind (outcome)),
    "target", cs_target_get_name (running->site->target), "output", digest, "cwd",
    cs_block_get_endless (running->block->block)
      ? NULL
      : cs_deployment_carry_directory (self, running->block, cwd),
    NULL);
  JsonObject *object = json_node_get_object (body);

  json_object_set_int_member (object, "status", cs_outcome_get_status (outcome));
  json_object_set_int_member (object, "started", cs_outcome_get_started (outcome));
  json_object_set_int_member (object, "finished", cs_outcome_get_finished (outcome));
  json_object_set_int_member (object, "output-size", cs_outcome_get_output_size (outcome));
  json_object_set_boolean_member (object, "truncated", cs_outcome_get_truncated (outcome));
  json_object_set_boolean_member (object, "passed", is_passed (running));
  json_object_set_boolean_member (object, "recovered", running->recovering);
  if (running->judgements != NULL)
    json_object_set_array_member (object, "expectations",
                                  cs_judgements_to_json (running->judgements));
  if (running->captured != NULL)
    json_object_set_object_member (object, "captured", g_steal_pointer (&running->captured));
  if (cs_run_get_latency (running->run) >= 0)
    json_object_set_int_member (object, "latency", cs_run_get_latency (running->run));
  if (environment != NULL && !cs_block_get_endless (running->block->block))
    json_object_set_member (object, "environment",
                            cs_deployment_carry_environment (self, running->block, environment));
  record_end (task, "block-finished", body, digest);
}

static void
output_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  const char *name = cs_block_get_attribute (running->block->block, "capture");
  g_autoptr (GBytes) output = cs_store_get_blob_finish (CS_STORE (source), result, NULL);

  if (output != NULL)
    running->captured = cs_deployment_new_captured (self, name, output);
  record_outcome (task);
}

/* {capture=NAME}: what it printed is a value from now on, if it passed. */
static void
capture (GTask *task)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);

  if (is_passed (running) && !cs_judgements_have (running->judgements, CS_VERDICT_OPEN) &&
      cs_deployment_find_captured_name (self, running->block, running->outcome) != NULL)
    cs_store_get_blob_async (self->store, cs_outcome_get_output_digest (running->outcome), NULL,
                             output_read_cb, g_object_ref (task));
  else
    record_outcome (task);
}

static void
judged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Running *running = g_task_get_task_data (task);

  running->good_status = cs_judge_run_finish (CS_STORE (source), result);
  capture (task);
}

/* Nobody says how an endless command should end: who follows it judges what it prints. */
static void
judge (GTask *task)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  CsBlock *block = running->block->block;

  if (!cs_block_get_endless (block))
    running->judgements = cs_judgements_new_for_block (running->block->step->step, block);
  running->good_status = cs_outcome_get_status (running->outcome) == 0;
  if (running->judgements != NULL)
    cs_judge_run_async (self->store, running->judgements, running->outcome, judged_cb,
                        g_object_ref (task));
  else
    capture (task);
}

static void begin (GTask *task);

/* Only the connection that failed goes; others may run through a newer one. */
static void
drop_broken_session (Running *running)
{
  if (running->site->session == running->session)
    cs_site_drop_session (running->site);
}

/* What a session says when nothing was run: no connection, no such directory, no such variable; or
 * an agent that does not let us. */
static gboolean
did_not_start (const GError *error)
{
  return g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE) ||
         g_error_matches (error, CS_ERROR, CS_ERROR_NOT_FOUND) ||
         g_error_matches (error, CS_ERROR, CS_ERROR_INVALID) ||
         g_error_matches (error, CS_ERROR, CS_ERROR_REFUSED) ||
         g_error_matches (error, CS_ERROR, CS_ERROR_AUTH) ||
         g_error_matches (error, CS_ERROR, CS_ERROR_BUSY);
}

static void open_writer (GTask *task);

/* Commands that run at the same time are shown to a witness in the order in which they arrive. One
 * that came late shows what is the end of the record by now: if the witness was shown that, or what
 * came before it, all is well. If not, it says no again. */
static gboolean
show_later (GTask *task, GError *error)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);

  if (!g_error_matches (error, CS_ERROR, CS_ERROR_CORRUPT) || running->recovering ||
      !cs_run_is_overtaken (running->run) || self->n_records - 1 <= running->shown ||
      running->overtaken == OVERTAKEN_TRIES || running->site->session == NULL)
    return FALSE;
  running->overtaken++;
  running->again = TRUE;
  g_error_free (error);
  open_writer (task);
  return TRUE;
}

/* The session ended badly: say which of the three it was. A connection that had died of age before
 * the command was sent is no reason to bother anyone: there is one more try over a new one. */
static void
record_failure (GTask *task, GError *error)
{
  Running *running = g_task_get_task_data (task);
  gboolean broken;

  if (show_later (task, error))
    return;
  if (g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE) && running->idle_session &&
      !running->recovering && !running->again)
    {
      g_error_free (error);
      running->again = TRUE;
      drop_broken_session (running);
      begin (task);
      return;
    }
  broken = g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE) ||
           g_error_matches (error, CS_ERROR, CS_ERROR_WAITING);
  running->error = error;
  if (did_not_start (error) && !running->recovering)
    record_not_started (task, error->message);
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_NOT_FOUND) && running->recovering)
    {
      g_clear_error (&running->error);
      record_problem (task, "block-not-started", "The target never started it");
    }
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_WAITING) && running->recovering)
    record_problem (task, "block-unknown", error->message);
  else
    record_problem (task, "block-interrupted", error->message);
  if (broken)
    drop_broken_session (running);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Running *running = g_task_get_task_data (task);
  GError *error = NULL;

  running->outcome = running->recovering
                       ? cs_session_recover_finish (CS_SESSION (source), result, &error)
                       : cs_session_run_finish (CS_SESSION (source), result, &error);
  if (running->outcome != NULL)
    judge (task);
  else
    record_failure (task, error);
}

static void
follow_run (GTask *task)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);

  cs_block_state_set_run (running->block, running->run);
  tell (self, running->block);
  if (running->authorisation != NULL)
    {
      /* The target is a witness of the stream as it is now, with the start in it. */
      running->shown = self->n_records - 1;
      running->authorisation->n = running->shown;
      running->authorisation->hash = g_strdup (self->head);
      cs_run_take_authorisation (running->run, g_steal_pointer (&running->authorisation));
    }
  /* Nobody has watched an endless command since it was cut off: it is ended, and may be started
   * again. */
  if (running->recovering && cs_block_get_endless (running->block->block))
    cs_session_stop (running->session, running->run_id);
  if (running->recovering)
    cs_session_recover_async (running->session, running->run, NULL, ran_cb, g_object_ref (task));
  else
    cs_session_run_async (running->session, running->run, NULL, ran_cb, g_object_ref (task));
}

static void
start_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = CS_DEPLOYMENT (source);
  GError *error = NULL;

  if (!cs_deployment_append_finish (self, result, &error))
    {
      g_hash_table_remove (self->followed, running->run_id);
      g_task_return_error (task, error);
    }
  else if (running->block->member != NULL &&
           g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    record_problem (task, "block-not-started", "It was stopped before it was sent");
  else
    follow_run (task);
}

static CsRun *
new_run (CsDeployment *self, Running *running, CsBlobWriter *writer)
{
  CsBlock *block = running->block->block;
  const char *timeout = cs_block_get_attribute (block, "timeout");
  CsRun *run = cs_run_new (running->run_id, running->text, running->site->cwd, writer);
  gboolean terminal = cs_block_get_interactive (block) && self->terminal_columns > 0 &&
                      running->block->member == NULL && !running->recovering;
  GHashTableIter iter;
  const char *name, *value;

  g_hash_table_iter_init (&iter, running->site->variables);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &value))
    cs_run_set_variable (run, name, value);
  cs_run_set_place (run, running->block->place);
  cs_run_set_sent (run, running->block->started);
  cs_deployment_lend_secrets (self, block, run);
  if (terminal)
    cs_run_set_terminal (run, self->terminal_type, self->terminal_columns, self->terminal_rows);
  if (timeout != NULL)
    cs_run_set_timeout (run, (guint) CLAMP (g_ascii_strtoll (timeout, NULL, 10), 1, 7 * 86400));
  else if (cs_block_get_endless (block))
    cs_run_set_timeout (run, CS_RUN_STREAM_TIME_BOX);
  else if (terminal)
    cs_run_set_timeout (run, 0); /* a person is there, who ends it */
  else
    cs_run_set_timeout (run, CS_RUN_DEFAULT_TIMEOUT);
  return run;
}

static void
open_writer_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Running *running = data;
  GError *error = NULL;
  CsBlobWriter *writer = NULL;

  if (running->authorisation == NULL ||
      cs_deployment_load_envelopes (CS_STORE (source), running->authorisation, running->envelopes,
                                    &error))
    writer = cs_store_open_blob (CS_STORE (source), &error);
  if (writer != NULL)
    g_task_return_pointer (task, writer, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* What is sent to a member stands in the record of the whole; it is the same for all. */
static void
record_start (GTask *task)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  CsBlockState *state = running->block;
  CsBlock *block = state->block;
  gboolean whole = state->member == NULL;
  JsonNode *values = whole ? cs_deployment_list_used_values (self, block) : NULL;
  g_autoptr (GPtrArray) watched =
    cs_block_get_endless (block) ? cs_judgements_new_for_block (state->step->step, block) : NULL;
  const char *cwd = running->site->cwd;
  gboolean clear = cwd != NULL && !cs_deployment_holds_secret (self, cwd);
  JsonNode *body = cs_deployment_body (
    "step", cs_step_get_id (state->step->step), "title", cs_step_get_title (state->step->step),
    "block", cs_block_get_id (block), "run", running->run_id, "member", state->member, "target",
    cs_target_get_name (running->site->target), "cwd", clear ? cwd : NULL, "command",
    whole ? cs_block_get_digest (block) : NULL, "text", whole ? running->text : NULL, "place",
    cs_session_get_place (running->session), NULL);

  if (values != NULL)
    json_object_set_member (json_node_get_object (body), "values", values);
  if (watched != NULL)
    json_object_set_array_member (json_node_get_object (body), "expectations",
                                  cs_judgements_to_json (watched));
  cs_deployment_append_async (self, whole ? self->n_records : CS_STORE_ANY, running->actor,
                              "block-started", body, NULL,
                              whole ? g_task_get_cancellable (task) : NULL, start_recorded_cb,
                              g_object_ref (task));
}

/* The gates are asked once more: opening the connection took time. Those of a member are asked by
 * who goes through the fleet, batch by batch. */
static gboolean
may_start (GTask *task, GError **error)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) gates = NULL;

  if (running->recovering)
    return TRUE;
  if (running->block->member != NULL)
    return !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), error);
  gates = cs_deployment_gates_for_run (self, running->block->step, running->block);
  return cs_gates_to_error (gates, error);
}

/* Nothing was sent. If the start stands in the journal already, so must this; and so must it that a
 * member could not be reached. */
static void
give_up (GTask *task, GError *error)
{
  Running *running = g_task_get_task_data (task);
  gboolean member = running->block->member != NULL && !running->recovering &&
                    !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (!running->again && !member)
    {
      g_task_return_error (task, error);
      return;
    }
  running->error = error;
  record_not_started (task, error->message);
}

/* What is recorded is what is sent, also at a second try; a recovered run was sent before. */
static gboolean
settle_text (CsDeployment *self, Running *running, GError **error)
{
  if (running->text == NULL && running->recovering)
    running->text = g_strdup (cs_block_state_get_sent (running->block));
  if (running->text == NULL)
    running->text = cs_deployment_dup_command (self, running->block->block, error);
  return running->text != NULL;
}

/* Who goes through a fleet holds one lock for the runs on all of its members. */
static gboolean
take_lock (CsDeployment *self, Running *running, GError **error)
{
  if (running->block->member != NULL && !running->recovering)
    return TRUE;
  running->lock = cs_run_lock_take (self->state_directory, running->run_id, error);
  return running->lock != NULL;
}

static void
writer_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  GError *error = NULL;
  CsBlobWriter *writer = g_task_propagate_pointer (G_TASK (result), &error);

  if (writer == NULL)
    {
      give_up (task, error);
      return;
    }
  if (!settle_text (self, running, &error))
    {
      g_object_unref (writer);
      give_up (task, error);
      return;
    }
  g_clear_object (&running->run);
  running->run = new_run (self, running, writer);
  if (running->again)
    {
      follow_run (task);
      return;
    }
  if (!may_start (task, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!take_lock (self, running, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_hash_table_insert (self->followed, g_strdup (running->run_id),
                       g_steal_pointer (&running->lock));
  if (running->recovering)
    {
      cs_block_state_set_status (running->block, CS_STATUS_RUNNING);
      tell (self, running->block);
      follow_run (task);
    }
  else
    record_start (task);
}

static void
open_writer (GTask *task)
{
  CsDeployment *self = g_task_get_source_object (task);
  Running *running = g_task_get_task_data (task);
  g_autoptr (GTask) open = g_task_new (self->store, NULL, writer_opened_cb, g_object_ref (task));

  g_set_object (&running->session, running->site->session);
  g_clear_pointer (&running->authorisation, cs_authorisation_free);
  g_clear_pointer (&running->envelopes, g_ptr_array_unref);
  if (!running->recovering)
    running->authorisation =
      cs_deployment_new_authorisation (self, running->site->target, running->block->block,
                                       &running->envelopes);
  g_task_set_task_data (open, running, NULL);
  g_task_run_in_thread (open, open_writer_thread);
}

static void
secrets_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_deployment_load_secrets_finish (CS_DEPLOYMENT (source), result, &error))
    open_writer (task);
  else
    give_up (task, error);
}

/* The keyring may say something else than when the gates were asked. */
static void
with_session (GTask *task)
{
  CsDeployment *self = g_task_get_source_object (task);
  Running *running = g_task_get_task_data (task);
  g_autoptr (GPtrArray) names = cs_deployment_list_secret_names (self, running->block->block);

  if (names->len == 0)
    open_writer (task);
  else
    cs_deployment_load_secrets_async (self, g_task_get_cancellable (task), secrets_loaded_cb,
                                      g_object_ref (task));
}

/* Whether what is here is the history that the target saw. A witness that can't be asked just now
 * says nothing against it. */
static void
heard_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_deployment_hear_witness_finish (result, &error) ||
      !(g_error_matches (error, CS_ERROR, CS_ERROR_CORRUPT) ||
        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    {
      g_clear_error (&error);
      with_session (task);
      return;
    }
  give_up (task, error);
}

static void
session_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Running *running = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsSession) session = cs_guarded_session_open_finish (result, &error);

  if (session == NULL)
    {
      give_up (task, error);
      return;
    }
  if (running->site->session == NULL)
    running->site->session = g_steal_pointer (&session);
  else
    cs_session_close_async (session, NULL, NULL);
  if (running->recovering)
    with_session (task);
  else
    cs_deployment_hear_witness_async (g_task_get_source_object (task), running->site->session,
                                      g_task_get_cancellable (task), heard_cb,
                                      g_object_ref (task));
}

static void
begin (GTask *task)
{
  Running *running = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);

  running->idle_session = running->site->session != NULL;
  if (running->idle_session)
    with_session (task);
  else
    cs_guarded_session_open_async (self->breakers, running->site->target, self->state_directory,
                                   g_task_get_cancellable (task), session_opened_cb,
                                   g_object_ref (task));
}

static GTask *
new_running (CsDeployment *self,
             const char *actor,
             CsBlockState *block,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Running *running = g_new0 (Running, 1);

  running->site = cs_deployment_find_site (self, block->member);
  running->block = g_object_ref (block);
  running->actor = g_strdup (actor);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, running, (GDestroyNotify) running_free);
  return task;
}

void
cs_runner_run_async (CsDeployment *self,
                     const char *actor,
                     CsBlockState *block,
                     const char *text,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = new_running (self, actor, block, cancellable, callback, user_data);
  Running *running = g_task_get_task_data (task);

  g_task_set_source_tag (task, cs_runner_run_async);
  running->run_id = g_uuid_string_random ();
  running->text = g_strdup (text);
  begin (task);
}

void
cs_runner_recover_async (CsDeployment *self,
                         const char *actor,
                         CsBlockState *block,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = new_running (self, actor, block, cancellable, callback, user_data);
  Running *running = g_task_get_task_data (task);

  g_task_set_source_tag (task, cs_runner_recover_async);
  running->run_id = g_strdup (block->run_id);
  running->recovering = TRUE;
  begin (task);
}

gboolean
cs_runner_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
