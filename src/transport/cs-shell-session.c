/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session whose target runs a POSIX shell: this computer, or a server over SSH. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-shell-session-private.h"
#include "cs-terminal-run.h"

#include "cs-error.h"

#include <string.h>
#include <unistd.h>

static void cs_shell_session_iface_init (CsSessionInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsShellSession,
                               cs_shell_session,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_SESSION, cs_shell_session_iface_init))

static void
drop_channel (CsChannel **channel)
{
  if (*channel == NULL)
    return;
  cs_channel_close (*channel);
  g_clear_pointer (channel, cs_channel_unref);
}

static void
disconnect (CsShellSession *self)
{
  self->closed = TRUE;
  if (self->prewarm != NULL)
    {
      g_source_destroy (self->prewarm);
      g_clear_pointer (&self->prewarm, g_source_unref);
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->spares); i++)
    drop_channel (&self->spares[i]);
  g_clear_pointer (&self->server, cs_serving_shell_free);
  /* A run that goes through it may still read there, in a thread of its own. */
  if (self->master != NULL)
    cs_channel_end (self->master);
  g_clear_pointer (&self->master, cs_channel_unref);
}

/** PREWARM_DELAY: microseconds until the next channel is made while a run has only begun: it would
 * take the run's time */
#define PREWARM_DELAY (50 * 1000)

/** MANY_REQUESTS: more than this at once, and spares wait */
#define MANY_REQUESTS 4
/** PREWARM_PACE: microseconds between two spares of whichever session */
#define PREWARM_PACE (4 * 1000)
/** PREWARM_BY: microseconds after which a spare is made in any case */
#define PREWARM_BY (10 * G_USEC_PER_SEC)

/** MAX_SESSIONS: channels in a connection that sshd allows where nobody changed it */
#define MAX_SESSIONS 10
/** MIN_SESSIONS: with fewer nothing can be done */
#define MIN_SESSIONS 2

/* A spare that has ended (the connection is gone, say) is of no use. */
static void
drop_exited (CsShellSession *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->spares); i++)
    if (self->spares[i] != NULL && cs_channel_has_exited (self->spares[i]))
      drop_channel (&self->spares[i]);
}

static CsChannel **
find_place (CsShellSession *self, gboolean taken)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->spares); i++)
    if ((self->spares[i] != NULL) == taken)
      return &self->spares[i];
  return NULL;
}

static guint
count_channels (CsShellSession *self)
{
  guint n = self->master != NULL ? 1 : 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->spares); i++)
    n += self->spares[i] != NULL ? 1 : 0;
  for (guint i = 0; i < self->operations->len; i++)
    n += cs_shell_operation_has_channel (g_ptr_array_index (self->operations, i)) ? 1 : 0;
  for (guint i = 0; i < self->terminals->len; i++)
    n += cs_terminal_run_is_open (g_ptr_array_index (self->terminals, i)) ? 1 : 0;
  return n;
}

/* Requests under way in all sessions of this program; see is_untimely(). */
static int n_requests;

/* Whether a spare can wait. When many servers are at work at once, all that this computer can do
 * belongs to their commands; and spares for many are made one after the other, so that the main
 * loop has time for other things in between. */
static gboolean
is_untimely (CsShellSession *self, gint64 now)
{
  static gint64 made_at;

  if (g_atomic_int_get (&n_requests) > MANY_REQUESTS && now < self->prewarm_by)
    return TRUE;
  if (now < made_at + PREWARM_PACE)
    return TRUE;
  made_at = now;
  return FALSE;
}

/* Where one channel does for one request after the other, spares are for those who have more. */
static gboolean
has_spares (CsShellSession *self)
{
  return self->server == NULL || self->crowded;
}

static gboolean
prewarm_cb (gpointer user_data)
{
  CsShellSession *self = user_data;
  CsChannel **place = find_place (self, FALSE);
  gint64 now = g_get_monotonic_time ();

  if (is_untimely (self, now))
    {
      g_source_set_ready_time (self->prewarm, now + (g_atomic_int_get (&n_requests) > MANY_REQUESTS
                                                       ? PREWARM_DELAY
                                                       : PREWARM_PACE));
      return G_SOURCE_CONTINUE;
    }
  g_clear_pointer (&self->prewarm, g_source_unref);
  if (self->server != NULL)
    cs_serving_shell_make_ready (self->server);
  if (place != NULL && has_spares (self) && cs_shell_session_has_room (self, FALSE))
    *place = cs_launcher_open_channel (self->launcher, NULL); /* a failure shows when needed */
  if (place != NULL && *place != NULL)
    cs_shell_session_prewarm (self, FALSE); /* there may be place for another */
  return G_SOURCE_REMOVE;
}

static void
run_async (CsSession *session,
           CsRun *run,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_session_run_async);
  if (cs_run_is_terminal (run))
    {
      cs_terminal_run_start (CS_SHELL_SESSION (session), run, task);
      return;
    }
  cs_shell_operation_start (CS_SHELL_SESSION (session), CS_SHELL_RUN, run, cs_run_get_id (run),
                            NULL, task);
}

static CsOutcome *
outcome_finish (CsSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
recover_async (CsSession *session,
               CsRun *run,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_session_recover_async);
  cs_shell_operation_start (CS_SHELL_SESSION (session), CS_SHELL_RECOVER, run,
                            cs_run_get_id (run), NULL, task);
}

static void
forget_async (CsSession *session,
              const char *id,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_session_forget_async);
  cs_shell_operation_start (CS_SHELL_SESSION (session), CS_SHELL_FORGET, NULL, id, NULL, task);
}

static gboolean
boolean_finish (CsSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stop (CsSession *session, const char *id)
{
  CsShellSession *self = CS_SHELL_SESSION (session);
  g_autoptr (GTask) task = NULL;

  for (guint i = 0; i < self->operations->len; i++)
    {
      CsShellOperation *operation = g_ptr_array_index (self->operations, i);

      if (cs_shell_operation_is_script (operation) &&
          g_str_equal (cs_shell_operation_get_id (operation), id))
        {
          cs_shell_operation_stop (operation, "stopped");
          return;
        }
    }
  for (guint i = 0; i < self->terminals->len; i++)
    if (cs_terminal_run_withdraw (g_ptr_array_index (self->terminals, i), id))
      return;
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_source_tag (task, cs_session_stop);
  cs_shell_operation_start (self, CS_SHELL_STOP, NULL, id, "stopped", task);
}

static const char *
get_place (CsSession *session)
{
  return CS_SHELL_SESSION (session)->place;
}

static void
close_async (CsSession *session, GAsyncReadyCallback callback, gpointer user_data)
{
  CsShellSession *self = CS_SHELL_SESSION (session);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_session_close_async);
  if (self->closing != NULL)
    {
      g_task_return_boolean (task, TRUE); /* someone else waits for the end already */
      return;
    }
  disconnect (self);
  for (guint i = 0; i < self->operations->len; i++)
    cs_shell_operation_abort (g_ptr_array_index (self->operations, i));
  for (guint i = 0; i < self->terminals->len; i++)
    cs_terminal_run_abort (g_ptr_array_index (self->terminals, i));
  self->closing = g_steal_pointer (&task);
  cs_shell_session_settle (self);
}

static void
cs_shell_session_iface_init (CsSessionInterface *iface)
{
  iface->run_async = run_async;
  iface->run_finish = outcome_finish;
  iface->recover_async = recover_async;
  iface->recover_finish = outcome_finish;
  iface->forget_async = forget_async;
  iface->forget_finish = boolean_finish;
  iface->stop = stop;
  iface->get_place = get_place;
  iface->close_async = close_async;
  iface->close_finish = boolean_finish;
}

static void
cs_shell_session_dispose (GObject *object)
{
  disconnect (CS_SHELL_SESSION (object));
  G_OBJECT_CLASS (cs_shell_session_parent_class)->dispose (object);
}

static void
cs_shell_session_finalize (GObject *object)
{
  CsShellSession *self = CS_SHELL_SESSION (object);

  g_ptr_array_unref (self->operations);
  g_ptr_array_unref (self->terminals);
  g_clear_pointer (&self->launcher, cs_launcher_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->target);
  g_clear_pointer (&self->before, g_bytes_unref);
  g_free (self->address);
  g_free (self->place);
  G_OBJECT_CLASS (cs_shell_session_parent_class)->finalize (object);
}

static void
cs_shell_session_class_init (CsShellSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_shell_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_shell_session_finalize;
}

static void
cs_shell_session_init (CsShellSession *self)
{
  self->room = MAX_SESSIONS;
  self->operations = g_ptr_array_new ();
  self->terminals = g_ptr_array_new ();
  self->context = g_main_context_ref_thread_default ();
}

/**
 * cs_shell_session_take_channel:
 * @self: a session
 * @fresh: (out): whether the channel was made just now
 *
 * Returns: (transfer full): a channel of one's own, or %NULL with %CS_ERROR_UNREACHABLE
 */
CsChannel *
cs_shell_session_take_channel (CsShellSession *self, gboolean *fresh, GError **error)
{
  CsChannel **place;

  drop_exited (self);
  place = find_place (self, TRUE);
  *fresh = place == NULL;
  if (place != NULL)
    return g_steal_pointer (place);
  return cs_launcher_open_channel (self->launcher, error);
}

/**
 * cs_shell_session_has_room:
 * @self: a session
 * @urgent: whether the last place may be taken
 *
 * Returns: whether the connection carries one more channel; always, where there is none
 */
gboolean
cs_shell_session_has_room (CsShellSession *self, gboolean urgent)
{
  guint kept = urgent || self->room == MIN_SESSIONS ? 0 : 1;

  return self->master == NULL || count_channels (self) + kept < self->room;
}

/**
 * cs_shell_session_make_room:
 * @self: a session
 *
 * Returns: whether the connection carries one more channel, where need be instead of a spare
 */
gboolean
cs_shell_session_make_room (CsShellSession *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->spares); i++)
    if (!cs_shell_session_has_room (self, FALSE))
      drop_channel (&self->spares[i]);
  return cs_shell_session_has_room (self, FALSE);
}

/**
 * cs_shell_session_can_take:
 * @self: a session
 * @urgent: as for cs_shell_session_has_room()
 *
 * Returns: whether cs_shell_session_take_channel() may be called
 */
gboolean
cs_shell_session_can_take (CsShellSession *self, gboolean urgent)
{
  drop_exited (self);
  return find_place (self, TRUE) != NULL || cs_shell_session_has_room (self, urgent);
}

/**
 * cs_shell_session_note_full:
 * @self: a session
 *
 * The server carries no more channels than there are (MaxSessions of its sshd).
 */
void
cs_shell_session_note_full (CsShellSession *self)
{
  self->room = CLAMP (count_channels (self), MIN_SESSIONS, self->room);
}

/**
 * cs_shell_session_is_full:
 * @said: words of ssh
 *
 * Returns: whether the server refused a channel because the connection has too many
 */
gboolean
cs_shell_session_is_full (const char *said)
{
  return said != NULL && strstr (said, "Session open refused by peer") != NULL;
}

static gboolean
idle_cb (gpointer user_data)
{
  cs_shell_session_settle (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * cs_shell_session_begin_serving:
 * @self: a session whose connection stands
 * @token: what the channel that holds it was told
 * @before: the environment that it found
 *
 * From now on requests go through that channel, one at a time, and others through channels of their
 * own.
 */
void
cs_shell_session_begin_serving (CsShellSession *self, const char *token, GBytes *before)
{
  self->before = g_bytes_ref (before);
  self->server = cs_serving_shell_new (self->master, self->context, token, idle_cb, self);
}

/**
 * cs_shell_session_prewarm:
 * @self: a session
 * @now: whether the main loop has nothing better to do; else a little later
 *
 * Makes the next channel, so that the next request finds a driver that waits for it.
 */
void
cs_shell_session_prewarm (CsShellSession *self, gboolean now)
{
  gint64 when = now ? 0 : g_get_monotonic_time () + PREWARM_DELAY;

  if (self->closed || (find_place (self, FALSE) == NULL && self->server == NULL))
    return;
  /* What is due already is not put off: requests in close order would put it off for ever. */
  if (self->prewarm != NULL)
    when = MIN (when, g_source_get_ready_time (self->prewarm));
  else
    {
      self->prewarm = g_timeout_source_new (0);
      self->prewarm_by = g_get_monotonic_time () + PREWARM_BY;
      g_source_set_priority (self->prewarm, G_PRIORITY_DEFAULT_IDLE);
      g_source_set_callback (self->prewarm, prewarm_cb, self, NULL);
      g_source_attach (self->prewarm, self->context);
    }
  g_source_set_ready_time (self->prewarm, when);
}

/**
 * cs_shell_session_count_request:
 * @change: 1 when a request begins, -1 when it has ended
 *
 * Counts the requests under way, in whichever session.
 */
void
cs_shell_session_count_request (int change)
{
  g_atomic_int_add (&n_requests, change);
}

/**
 * cs_shell_session_settle:
 * @self: a session
 *
 * Something has ended: whatever waits for a channel tries again, and closing is completed when
 * nothing is under way any more.
 */
void
cs_shell_session_settle (CsShellSession *self)
{
  g_autoptr (GTask) task = NULL;

  for (guint i = 0; i < self->operations->len; i++)
    cs_shell_operation_wake (g_ptr_array_index (self->operations, i));
  for (guint i = 0; i < self->terminals->len; i++)
    cs_terminal_run_wake (g_ptr_array_index (self->terminals, i));
  cs_shell_session_prewarm (self, TRUE);
  if (self->closing == NULL || self->operations->len > 0 || self->terminals->len > 0)
    return;
  task = g_steal_pointer (&self->closing);
  g_task_return_boolean (task, TRUE);
}

/**
 * cs_shell_session_dup_reason:
 * @self: a session
 * @said: (nullable): what came on standard error of a channel
 *
 * Returns: (transfer full): why the channel ended: the connection's own words if it said any
 */
char *
cs_shell_session_dup_reason (CsShellSession *self, const char *said)
{
  char words[4096];
  gssize n =
    self->master != NULL ? read (cs_channel_get_errors (self->master), words, sizeof words) : 0;

  if (n > 0)
    {
      g_autofree char *valid = g_utf8_make_valid (words, n);

      return g_strdup (g_strstrip (valid));
    }
  if (self->closed)
    return g_strdup ("the session was closed");
  if (self->master != NULL)
    return g_strdup ("the connection has ended");
  return g_strdup (said != NULL && said[0] != '\0' ? said : "the shell ended unexpectedly");
}

/**
 * cs_shell_session_describe_refusal:
 * @self: a session
 * @answer: of a request: a refusal, or nothing that is known
 *
 * Returns: (transfer full): %CS_ERROR_STORAGE or %CS_ERROR_PROTOCOL
 */
GError *
cs_shell_session_describe_refusal (CsShellSession *self, const char *answer)
{
  if (g_str_has_prefix (answer, "refused "))
    return g_error_new (CS_ERROR, CS_ERROR_STORAGE, "%s can't keep the files of runs: %s",
                        self->address, answer + strlen ("refused "));
  return g_error_new (CS_ERROR, CS_ERROR_PROTOCOL, "%s answered “%s”, which means nothing here",
                      self->address, answer);
}

/**
 * cs_shell_session_take_place:
 * @self: a session
 * @answer: to a greeting
 *
 * Returns: whether the target said which its spool is; else as cs_shell_session_describe_refusal()
 */
gboolean
cs_shell_session_take_place (CsShellSession *self, const char *answer, GError **error)
{
  if (!g_str_has_prefix (answer, "here "))
    {
      g_propagate_error (error, cs_shell_session_describe_refusal (self, answer));
      return FALSE;
    }
  g_free (self->place);
  self->place = g_strdup (answer + strlen ("here "));
  return TRUE;
}
