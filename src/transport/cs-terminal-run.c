/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run in a terminal, from its request to its outcome. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-terminal-run.h"

#include "cs-clock.h"
#include "cs-driver.h"
#include "cs-error.h"
#include "cs-outcome-private.h"
#include "cs-run-private.h"
#include "cs-terminal-driver.h"
#include "cs-terminal.h"

struct _CsTerminalRun
{
  CsShellSession *session; /* owned */
  CsRun *run;
  GTask *task;
  char *nonce;
  gint64 started;
  gint64 sent;
  CsTerminal *terminal;
  CsTerminalResult *result;
  GSource *cancel;
  GSource *retry; /* while it waits for room in the connection; NULL */
  gulong output_handler;
  gboolean withdrawn;
};

static void
terminal_run_free (CsTerminalRun *self)
{
  if (self->cancel != NULL)
    {
      g_source_destroy (self->cancel);
      g_source_unref (self->cancel);
    }
  if (self->retry != NULL)
    {
      g_source_destroy (self->retry);
      g_source_unref (self->retry);
    }
  if (self->output_handler != 0)
    g_clear_signal_handler (&self->output_handler, self->run);
  g_clear_pointer (&self->terminal, cs_terminal_unref);
  g_clear_pointer (&self->result, cs_terminal_result_free);
  g_clear_object (&self->run);
  g_clear_object (&self->task);
  g_clear_object (&self->session);
  g_free (self->nonce);
  g_free (self);
}

/* Whoever was told may close the session. */
static void
finish (CsTerminalRun *self)
{
  g_autoptr (CsShellSession) session = g_object_ref (self->session);

  g_ptr_array_remove (session->terminals, self);
  terminal_run_free (self);
  cs_shell_session_settle (session);
}

static void
fail (CsTerminalRun *self, GError *error)
{
  g_task_return_error (self->task, error);
  finish (self);
}

/* A login in a terminal has variables that one without has not; they are no change of the
 * script's. */
static void
drop_terminal_variables (GHashTable *environment)
{
  static const char *const names[] = { "TERM", "COLUMNS", "LINES", "SSH_AUTH_SOCK", "COLORTERM" };

  for (gsize i = 0; environment != NULL && i < G_N_ELEMENTS (names); i++)
    g_hash_table_remove (environment, names[i]);
}

static void
succeed (CsTerminalRun *self, CsOutcome *told)
{
  GHashTable *environment = cs_outcome_get_environment (told);
  CsOutcomeFacts facts = {
    .kind = cs_outcome_get_kind (told),
    .status = cs_outcome_get_status (told),
    .started = self->started,
    .finished = cs_clock_now (),
    .cwd = (char *) cs_outcome_get_cwd (told),
    .environment = environment,
    .output_size = self->result->output_size,
    .output_digest = self->result->output_digest,
    .truncated = self->result->truncated,
  };

  drop_terminal_variables (environment);
  g_task_return_pointer (self->task, cs_outcome_new (&facts), g_object_unref);
  finish (self);
}

/* What is seen here proves nothing: the script begins behind the mark at once, and the mark may
 * have been on its way when the connection was lost. Only the target can say that nothing ran. */
static GError *
describe_failure (CsTerminalRun *self, GError *error)
{
  const char *address = self->session->address;

  if (g_error_matches (error, CS_ERROR, CS_ERROR_NOT_FOUND))
    return g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE,
                        "No terminal could be opened on %s, so the command was not run: %s",
                        address,
                        self->result->said[0] != '\0' ? self->result->said : error->message);
  if (g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE))
    return g_error_new (CS_ERROR, CS_ERROR_WAITING,
                        "The connection to %s was lost while the command had its terminal, so "
                        "how it ended is not known here: %s. Ask %s before it is run again.",
                        address, error->message, address);
  return g_error_copy (error);
}

static void
told_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsTerminalRun *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsOutcome) outcome = g_task_propagate_pointer (G_TASK (result), &error);

  if (outcome == NULL)
    fail (self, describe_failure (self, error));
  else if (self->result->failure != NULL)
    fail (self, g_error_new (CS_ERROR, CS_ERROR_STORAGE,
                             "The command ended with status %d, but its output could not be kept "
                             "here: %s",
                             cs_outcome_get_status (outcome), self->result->failure->message));
  else
    succeed (self, outcome);
}

/* The terminal is closed; the target says how the command ended, or that it still runs. */
static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsTerminalRun *self = user_data;
  g_autoptr (CsRun) question = cs_run_new (cs_run_get_id (self->run), NULL, NULL, NULL);
  GTask *task = g_task_new (self->session, NULL, told_cb, self);
  GHashTableIter iter;
  const char *name, *value;

  self->result = cs_terminal_start_finish (result);
  cs_run_flush (self->run);
  g_hash_table_iter_init (&iter, cs_run_get_variables (self->run));
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &value))
    cs_run_set_variable (question, name, value);
  cs_run_set_place (question, self->session->place);
  g_task_set_source_tag (task, closed_cb);
  cs_shell_operation_start (self->session, CS_SHELL_RECOVER, question,
                            cs_run_get_id (self->run), NULL, task);
  g_object_unref (task);
}

static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  CsTerminalRun *self = user_data;

  cs_run_note_latency (run, g_get_monotonic_time () - self->sent);
  g_clear_signal_handler (&self->output_handler, run);
}

static void open_terminal (CsTerminalRun *self);

static gboolean
retry_cb (gpointer user_data)
{
  CsTerminalRun *self = user_data;

  g_clear_pointer (&self->retry, g_source_unref);
  if (self->session->closed)
    fail (self, g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE, "The session on %s is closed",
                             self->session->address));
  else
    open_terminal (self);
  return G_SOURCE_REMOVE;
}

static void
open_terminal (CsTerminalRun *self)
{
  g_autofree char *mark = cs_terminal_driver_dup_mark (self->nonce);
  GError *error = NULL;

  if (self->withdrawn)
    {
      fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                       "Waiting for the target was cancelled"));
      return;
    }
  if (!cs_shell_session_make_room (self->session))
    {
      self->retry = g_timeout_source_new (0);
      g_source_set_ready_time (self->retry, -1);
      g_source_set_callback (self->retry, retry_cb, self, NULL);
      g_source_attach (self->retry, self->session->context);
      return;
    }
  self->terminal = cs_launcher_open_terminal (self->session->launcher, self->run, mark, &error);
  if (self->terminal == NULL)
    fail (self, error);
  else
    cs_terminal_start_async (self->terminal, closed_cb, self);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsTerminalRun *self = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    open_terminal (self);
  else
    fail (self, error);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  CsTerminalRun *self = user_data;

  cs_session_stop (CS_SESSION (self->session), cs_run_get_id (self->run));
  return G_SOURCE_REMOVE;
}

static void
listen (CsTerminalRun *self)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  self->output_handler =
    g_signal_connect (self->run, "output", G_CALLBACK (output_cb), self);
  if (cancellable == NULL)
    return;
  self->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->cancel, self->session->context);
}

/**
 * cs_terminal_run_start:
 * @session: where
 * @run: a run with a terminal
 * @task: returns the #CsOutcome
 *
 * Runs a script in a terminal. Until the terminal is there, a failure means that nothing was run.
 */
void
cs_terminal_run_start (CsShellSession *session, CsRun *run, GTask *task)
{
  CsTerminalRun *self = g_new0 (CsTerminalRun, 1);
  const char *spool = cs_launcher_get_spool (session->launcher);
  g_autoptr (GTask) preparing = NULL;
  GBytes *request;
  GError *error = NULL;

  self->session = g_object_ref (session);
  self->run = g_object_ref (run);
  self->task = g_object_ref (task);
  self->nonce = cs_driver_new_nonce ();
  self->started = cs_clock_now ();
  self->sent = g_get_monotonic_time ();
  g_task_set_check_cancellable (task, FALSE);
  g_ptr_array_add (session->terminals, self);
  request = cs_terminal_driver_build (run, spool, session->place, self->nonce, &error);
  if (request == NULL)
    {
      fail (self, error);
      return;
    }
  listen (self);
  preparing = g_task_new (session, g_task_get_cancellable (task), prepared_cb, self);
  g_task_set_source_tag (preparing, cs_terminal_run_start);
  cs_shell_operation_start_request (session, cs_run_get_id (run), request, preparing);
}

/**
 * cs_terminal_run_abort:
 * @self: a run in a terminal
 *
 * Hangs up; what was started goes on at the target if it can do without a terminal.
 */
void
cs_terminal_run_abort (CsTerminalRun *self)
{
  if (self->terminal != NULL)
    cs_terminal_abort (self->terminal);
  cs_terminal_run_wake (self);
}

/**
 * cs_terminal_run_is_open:
 * @self: a run in a terminal
 *
 * Returns: whether its terminal takes room in the connection
 */
gboolean
cs_terminal_run_is_open (CsTerminalRun *self)
{
  return self->terminal != NULL && self->result == NULL;
}

/**
 * cs_terminal_run_wake:
 * @self: a run in a terminal
 *
 * If it waits for room, it tries soon.
 */
void
cs_terminal_run_wake (CsTerminalRun *self)
{
  if (self->retry != NULL)
    g_source_set_ready_time (self->retry, 0);
}

/**
 * cs_terminal_run_withdraw:
 * @self: a run in a terminal
 * @id: of a run
 *
 * Returns: whether this is that run, and it will not be started any more
 */
gboolean
cs_terminal_run_withdraw (CsTerminalRun *self, const char *id)
{
  if (self->terminal != NULL || !g_str_equal (cs_run_get_id (self->run), id))
    return FALSE;
  self->withdrawn = TRUE;
  cs_terminal_run_wake (self);
  return TRUE;
}
