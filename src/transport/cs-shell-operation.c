/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request of a shell session, from its channel to its outcome. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-shell-session-private.h"

#include "cs-clock.h"
#include "cs-driver.h"
#include "cs-error.h"
#include "cs-outcome-private.h"
#include "cs-run-private.h"
#include "cs-shell-report.h"

#include <string.h>

/** STOP_AGAIN: seconds until a stop is repeated while the script has not ended (its request may
 * still have been on its way) */
#define STOP_AGAIN 2

#define ENDING_STOPPED "stopped"
#define ENDING_TIMED_OUT "timed-out"

struct _CsShellOperation
{
  CsShellSession *session; /* owned */
  CsShellOperationKind kind;
  CsRun *run;
  char *id;
  char *nonce;
  GBytes *request;
  GTask *task;
  CsChannel *channel;
  CsPump *pump;
  gboolean fresh;
  gboolean served; /* by the channel that holds the connection */
  gint64 patience; /* until when it waits for that one; 0: it did not */
  gint64 started;
  const char *ending; /* why it is to be stopped; NULL */
  gboolean cancelled;
  guint refused;  /* how often the server had no room for a channel */
  GSource *retry; /* while it waits for a channel; NULL */
  GSource *cancel;
  GSource *again;
};

/** SETTLING_PAUSE: milliseconds that the channel that holds the connection may take from the end of
 * a run until it waits for the next one; after that something which the run has left behind is in
 * its way, and the request goes through a channel of its own */
#define SETTLING_PAUSE 300
/** TIDY_PAUSE: the same for what nobody waits for */
#define TIDY_PAUSE 10000

/** REFUSED_PAUSE: milliseconds until a server that refused a channel is asked for one again: it may
 * not yet have noticed that another has ended */
#define REFUSED_PAUSE 100
/** MAX_REFUSED: how often it is asked while no other request is under way */
#define MAX_REFUSED 50

static void send_request (CsShellOperation *self);

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
operation_free (gpointer data)
{
  CsShellOperation *self = data;

  drop_source (&self->retry);
  drop_source (&self->cancel);
  drop_source (&self->again);
  g_clear_pointer (&self->pump, cs_pump_unref);
  g_clear_pointer (&self->channel, cs_channel_unref);
  g_clear_pointer (&self->request, g_bytes_unref);
  g_clear_object (&self->run);
  g_clear_object (&self->task);
  g_free (self->id);
  g_free (self->nonce);
  g_clear_object (&self->session);
  g_free (self);
}

static void
drop_channel (CsShellOperation *self)
{
  if (self->channel != NULL)
    cs_channel_close (self->channel);
  g_clear_pointer (&self->channel, cs_channel_unref);
}

/* Ends the operation, and only then tells: whoever is told may close the session. */
static void
finish (CsShellOperation *self)
{
  g_autoptr (CsShellSession) session = g_object_ref (self->session);

  drop_channel (self);
  g_ptr_array_remove (session->operations, self);
  cs_shell_session_count_request (-1);
  operation_free (self);
  cs_shell_session_settle (session);
}

static void
fail (CsShellOperation *self, GError *error)
{
  g_task_return_error (self->task, error);
  finish (self);
}

static GError *
describe_lost (CsShellOperation *self, const CsPumpResult *result)
{
  /* What the connection said of its own end was read by whom it served. */
  gboolean told = self->served && !self->session->closed && result->said[0] != '\0';
  g_autofree char *reason =
    told ? g_strdup (result->said) : cs_shell_session_dup_reason (self->session, result->said);

  if (self->cancelled)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                "Waiting for the target was cancelled");
  if (self->kind == CS_SHELL_RUN && result->end == CS_PUMP_LOST)
    return g_error_new (CS_ERROR, CS_ERROR_WAITING,
                        "The connection to %s was lost while the command ran, so how it ended is "
                        "not known here: %s. Ask %s before it is run again.",
                        self->session->address, reason, self->session->address);
  return g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE, "%s can't be reached: %s",
                      self->session->address, reason);
}

static GError *
describe_refusal (CsShellOperation *self, const char *answer)
{
  const char *address = self->session->address;

  if (g_str_equal (answer, "conflict"))
    return g_error_new (CS_ERROR, CS_ERROR_CONFLICT,
                        "%s has started this run (%s) before; it was not started again", address,
                        self->id);
  if (g_str_equal (answer, "missing"))
    return g_error_new (CS_ERROR, CS_ERROR_NOT_FOUND,
                        "The command was not run: its working directory %s can't be entered on %s",
                        self->run != NULL ? cs_run_get_cwd (self->run) : "", address);
  if (g_str_equal (answer, "absent"))
    return g_error_new (CS_ERROR, CS_ERROR_NOT_FOUND, "%s never started this run (%s)", address,
                        self->id);
  if (g_str_equal (answer, "gone"))
    return g_error_new (CS_ERROR, CS_ERROR_WAITING,
                        "%s started this run, but can't say how it ended (was it restarted?): see "
                        "what it did before you run it again",
                        address);
  if (g_str_equal (answer, "elsewhere"))
    return g_error_new (CS_ERROR, CS_ERROR_WAITING,
                        "%s keeps its runs elsewhere than when this one was sent (was the machine "
                        "or the home directory replaced?), so it can't say whether it ran: see "
                        "what it did before you run it again",
                        address);
  if (g_str_equal (answer, "moved"))
    return g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE,
                        "The command was not run: %s keeps its runs elsewhere than when this "
                        "connection was made. Connect anew.",
                        address);
  return cs_shell_session_describe_refusal (self->session, answer);
}

static CsOutcomeKind
decide_kind (const CsPumpResult *result, const CsShellReport *report)
{
  if (g_strcmp0 (result->ending, ENDING_STOPPED) == 0)
    return CS_OUTCOME_STOPPED;
  if (g_strcmp0 (result->ending, ENDING_TIMED_OUT) == 0)
    return CS_OUTCOME_TIMED_OUT;
  if (result->status > 128 && (report == NULL || report->status != result->status))
    return CS_OUTCOME_SIGNALED;
  return CS_OUTCOME_EXITED;
}

static void
succeed (CsShellOperation *self, const CsPumpResult *result)
{
  g_autoptr (CsShellReport) report = NULL;
  CsOutcomeFacts facts = {
    .status = result->status,
    .started = self->started,
    .finished = cs_clock_now (),
    .output_size = result->output_size,
    .output_digest = result->output_digest,
    .truncated = result->truncated,
  };

  if (result->report != NULL)
    report = cs_shell_report_parse (self->served ? self->session->before : result->before,
                                    cs_run_get_variables (self->run), result->report);
  if (report != NULL)
    {
      facts.cwd = report->cwd;
      facts.environment = report->environment;
      /* It was compared with another login, whose forwarded agent has another socket. */
      if (self->kind == CS_SHELL_RECOVER && report->environment != NULL)
        g_hash_table_remove (report->environment, "SSH_AUTH_SOCK");
    }
  facts.kind = decide_kind (result, report);
  g_task_return_pointer (self->task, cs_outcome_new (&facts), g_object_unref);
  finish (self);
}

static gboolean
takes_answer (CsShellOperation *self, const char *answer)
{
  if (self->kind == CS_SHELL_GREET)
    return cs_shell_session_take_place (self->session, answer, NULL);
  return g_str_equal (answer, "ok");
}

static void
attach (CsShellOperation *self, GSource **slot, GSource *source, GSourceFunc callback)
{
  *slot = source;
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->session->context);
}

static gboolean
retry_cb (gpointer user_data)
{
  CsShellOperation *self = user_data;

  drop_source (&self->retry);
  if (self->cancelled)
    fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                     "Waiting for the target was cancelled"));
  else if (self->session->closed)
    fail (self, g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE, "The session on %s is closed",
                             self->session->address));
  else
    send_request (self);
  return G_SOURCE_REMOVE;
}

/* Until something else has ended, or for a pause (milliseconds; -1: however long). */
static void
wait_for_room (CsShellOperation *self, int pause)
{
  GSource *source = g_timeout_source_new ((guint) MAX (pause, 0));

  if (pause < 0)
    g_source_set_ready_time (source, -1);
  attach (self, &self->retry, source, retry_cb);
}

/* Refused once, it may have been too early; refused again, the server takes fewer than it usually
 * does. It is given up when there is nothing that could make room. */
static gboolean
tries_again (CsShellOperation *self, const CsPumpResult *result)
{
  if (result->end != CS_PUMP_UNSENT || self->session->closed || self->cancelled ||
      !cs_shell_session_is_full (result->said))
    return FALSE;
  if (self->refused >= MAX_REFUSED && self->session->operations->len == 1 &&
      self->session->terminals->len == 0)
    return FALSE;
  drop_channel (self);
  if (++self->refused > 1)
    cs_shell_session_note_full (self->session);
  if (self->kind == CS_SHELL_STOP)
    send_request (self);
  else
    wait_for_room (self, REFUSED_PAUSE);
  return TRUE;
}

/* Where nobody knows what has become of it, it gets no other request. */
static void
leave_server (CsShellOperation *self, const CsPumpResult *result)
{
  CsServingShell *server = self->session->server;

  g_clear_pointer (&self->channel, cs_channel_unref);
  if (server == NULL)
    return;
  if (result->end == CS_PUMP_ANSWERED)
    cs_serving_shell_give_back (server);
  else if (result->end == CS_PUMP_ENDED)
    cs_serving_shell_settle (server, result->rest);
}

static void
pumped_cb (GObject *source, GAsyncResult *object, gpointer user_data)
{
  CsShellOperation *self = user_data;
  g_autoptr (CsPumpResult) result = cs_pump_start_finish (object);

  if (self->run != NULL)
    cs_run_flush (self->run);
  if (self->served)
    leave_server (self, result);
  /* Who stopped it meanwhile need not wait for room: nothing was sent. */
  if (result->end == CS_PUMP_UNSENT && self->ending != NULL)
    self->cancelled = TRUE;
  if (tries_again (self, result))
    return;
  if (result->end == CS_PUMP_UNSENT && !self->fresh && !self->session->closed && !self->cancelled)
    {
      drop_channel (self);
      send_request (self); /* the idle channel had died: nothing was sent, so once more */
    }
  else if (result->end == CS_PUMP_UNSENT || result->end == CS_PUMP_LOST)
    fail (self, describe_lost (self, result));
  else if (result->end == CS_PUMP_GONE)
    fail (self, describe_refusal (self, "gone"));
  else if (result->end == CS_PUMP_ENDED && result->failure != NULL)
    fail (self, g_error_new (CS_ERROR, CS_ERROR_STORAGE,
                             "The command ended with status %d, but its output could not be kept "
                             "here: %s. %s still has it.",
                             result->status, result->failure->message, self->session->address));
  else if (result->end == CS_PUMP_ENDED)
    succeed (self, result);
  else if (self->run == NULL && takes_answer (self, result->answer))
    {
      g_task_return_boolean (self->task, TRUE);
      finish (self);
    }
  else
    fail (self, describe_refusal (self, result->answer));
}

/* A stop does not wait for what it stops. */
static gboolean
needs_connection (CsShellOperation *self)
{
  return self->kind == CS_SHELL_STOP && self->session->master != NULL &&
         (self->refused > 0 || !cs_shell_session_can_take (self->session, TRUE));
}

/* What takes long or has to get through goes through a channel of its own. */
static gboolean
may_be_served (CsShellOperation *self)
{
  return self->session->server != NULL &&
         (self->kind == CS_SHELL_RUN || self->kind == CS_SHELL_FORGET ||
          self->kind == CS_SHELL_PREPARE);
}

/* Whether the channel that holds the connection takes the request now, or will soon. */
static gboolean
ask_server (CsShellOperation *self)
{
  CsServingShell *server = self->session->server;
  g_autoptr (GBytes) request = cs_serving_shell_take (server, self->request);
  gint64 now = g_get_monotonic_time ();

  if (request != NULL)
    {
      self->served = TRUE;
      self->fresh = FALSE;
      self->channel = cs_channel_ref (self->session->master);
      self->pump = cs_pump_new_open (self->channel, request, self->nonce, self->run,
                                     cs_serving_shell_get_broken_line (server));
      cs_pump_start_async (self->pump, pumped_cb, self);
      return TRUE;
    }
  if (self->patience == 0)
    self->patience = now + (self->kind == CS_SHELL_FORGET ? TIDY_PAUSE : SETTLING_PAUSE) * 1000;
  if (!cs_serving_shell_is_settling (server) || now >= self->patience)
    {
      self->session->crowded |= self->kind == CS_SHELL_RUN;
      return FALSE;
    }
  wait_for_room (self, (int) ((self->patience - now) / 1000) + 1);
  return TRUE;
}

static void
send_request (CsShellOperation *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->pump, cs_pump_unref);
  self->served = FALSE;
  if (may_be_served (self) && ask_server (self))
    return;
  self->fresh = TRUE;
  if (needs_connection (self))
    self->channel = cs_launcher_open_apart (self->session->launcher, &error);
  else if (cs_shell_session_can_take (self->session, self->kind == CS_SHELL_STOP))
    self->channel = cs_shell_session_take_channel (self->session, &self->fresh, &error);
  else
    {
      wait_for_room (self, -1);
      return;
    }
  if (self->channel == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  self->pump = cs_pump_new (self->channel, self->request, self->nonce, self->run);
  cs_pump_start_async (self->pump, pumped_cb, self);
  cs_shell_session_prewarm (self->session, FALSE);
}

static gboolean
stop_again_cb (gpointer user_data)
{
  CsShellOperation *self = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  if (!self->session->closed)
    cs_shell_operation_start (self->session, CS_SHELL_STOP, NULL, self->id, self->ending, task);
  return G_SOURCE_CONTINUE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  CsShellOperation *self = user_data;

  if (self->kind == CS_SHELL_RUN)
    cs_shell_operation_stop (self, ENDING_STOPPED);
  else
    {
      self->cancelled = TRUE;
      cs_shell_operation_abort (self);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
build_request (CsShellOperation *self, const char *ending, GError **error)
{
  const char *spool = cs_launcher_get_spool (self->session->launcher);

  switch (self->kind)
    {
    case CS_SHELL_RUN:
      self->nonce = cs_driver_new_nonce ();
      self->request =
        cs_driver_build_run (self->run, spool, self->session->place, self->nonce, error);
      break;
    case CS_SHELL_RECOVER:
      self->request = cs_driver_build_recover (self->id, spool, cs_run_get_place (self->run));
      break;
    case CS_SHELL_STOP:
      self->request = cs_driver_build_stop (self->id, spool, ending);
      break;
    case CS_SHELL_FORGET:
      self->request = cs_driver_build_forget (self->id, spool, !self->session->swept);
      self->session->swept = TRUE;
      break;
    case CS_SHELL_GREET:
      self->request = cs_driver_build_greet (spool);
      break;
    case CS_SHELL_PREPARE:
      break;
    default:
      g_assert_not_reached ();
    }
  return self->request != NULL;
}

static gboolean
check (CsShellOperation *self, const char *ending, GError **error)
{
  if (self->session->closed)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE, "The session on %s is closed",
                   self->session->address);
      return FALSE;
    }
  if (self->kind != CS_SHELL_GREET && !g_uuid_string_is_valid (self->id))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is not the id of a run (a UUID)",
                   self->id);
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), error) &&
         build_request (self, ending, error);
}

static CsShellOperation *
operation_new (CsShellSession *session, CsShellOperationKind kind, const char *id, GTask *task)
{
  CsShellOperation *self = g_new0 (CsShellOperation, 1);

  self->session = g_object_ref (session);
  self->kind = kind;
  self->id = g_strdup (id);
  self->task = g_object_ref (task);
  self->started = cs_clock_now ();
  /* A cancelled run still has an outcome: how it was stopped. */
  g_task_set_check_cancellable (task, FALSE);
  g_ptr_array_add (session->operations, self);
  cs_shell_session_count_request (1);
  return self;
}

static void
begin (CsShellOperation *self, const char *ending)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);
  g_autoptr (GError) error = NULL;

  if (!check (self, ending, &error))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  if (cancellable != NULL)
    attach (self, &self->cancel, g_cancellable_source_new (cancellable),
            G_SOURCE_FUNC (cancelled_cb));
  send_request (self);
}

/**
 * cs_shell_operation_start:
 * @session: where
 * @kind: what
 * @run: (nullable): for run and recover
 * @id: of the run
 * @ending: (nullable): for stop, the cause
 * @task: returns the #CsOutcome, or a boolean
 *
 * Sends a request; the session knows the operation until @task has returned.
 */
void
cs_shell_operation_start (CsShellSession *session,
                          CsShellOperationKind kind,
                          CsRun *run,
                          const char *id,
                          const char *ending,
                          GTask *task)
{
  CsShellOperation *self = operation_new (session, kind, id, task);

  self->run = run != NULL ? g_object_ref (run) : NULL;
  begin (self, ending);
}

/**
 * cs_shell_operation_start_request:
 * @session: where
 * @id: of the run
 * @request: (transfer full): what cs_driver_build_request() gave
 * @task: returns a boolean
 *
 * Sends a request that is answered by a word.
 */
void
cs_shell_operation_start_request (CsShellSession *session,
                                  const char *id,
                                  GBytes *request,
                                  GTask *task)
{
  CsShellOperation *self = operation_new (session, CS_SHELL_PREPARE, id, task);

  self->request = request;
  begin (self, NULL);
}

/**
 * cs_shell_operation_get_id:
 * @self: an operation
 *
 * Returns: the run that it is about
 */
const char *
cs_shell_operation_get_id (CsShellOperation *self)
{
  return self->id;
}

/**
 * cs_shell_operation_is_script:
 * @self: an operation
 *
 * Returns: whether it waits for a script to end
 */
gboolean
cs_shell_operation_is_script (CsShellOperation *self)
{
  return self->run != NULL;
}

/**
 * cs_shell_operation_stop:
 * @self: an operation that waits for a script to end
 * @ending: the cause, for the outcome
 *
 * Has the script stopped, and sees to it until it has ended.
 */
void
cs_shell_operation_stop (CsShellOperation *self, const char *ending)
{
  if (self->ending != NULL)
    return;
  self->ending = ending;
  if (self->retry != NULL)
    {
      self->cancelled = TRUE; /* nothing was sent */
      cs_shell_operation_wake (self);
      return;
    }
  attach (self, &self->again, g_timeout_source_new_seconds (STOP_AGAIN), stop_again_cb);
  stop_again_cb (self);
}

/**
 * cs_shell_operation_abort:
 * @self: an operation
 *
 * Gives up waiting; what was asked for goes on at the target.
 */
void
cs_shell_operation_abort (CsShellOperation *self)
{
  if (self->pump != NULL)
    cs_pump_abort (self->pump);
  cs_shell_operation_wake (self);
}

/**
 * cs_shell_operation_wake:
 * @self: an operation
 *
 * If it waits for a channel, it tries soon.
 */
void
cs_shell_operation_wake (CsShellOperation *self)
{
  if (self->retry != NULL)
    g_source_set_ready_time (self->retry, 0);
}

/**
 * cs_shell_operation_has_channel:
 * @self: an operation
 *
 * Returns: whether it takes room in the connection
 */
gboolean
cs_shell_operation_has_channel (CsShellOperation *self)
{
  return self->channel != NULL && !self->served;
}
