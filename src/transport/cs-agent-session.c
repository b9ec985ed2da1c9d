/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session whose target is served by countersign-agent, over HTTP. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-session-private.h"

#include "cs-agent-follow.h"
#include "cs-agent-typist.h"
#include "cs-error.h"
#include "cs-run-private.h"

#include <string.h>

/** STOP_AGAIN: seconds until a stop is repeated while the script has not ended (its request may
 * still have been on its way) */
#define STOP_AGAIN 2
/** PATIENCE: seconds for which a small request is tried */
#define PATIENCE 10

static void cs_agent_session_iface_init (CsSessionInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsAgentSession,
                               cs_agent_session,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_SESSION, cs_agent_session_iface_init))

typedef enum
{
  KIND_RUN,
  KIND_RECOVER,
  KIND_STOP,
  KIND_FORGET,
  KIND_HEAD,
} Kind;

/* One call on its way: its signer is fetched here, the rest is done in the worker's thread. */
typedef struct
{
  CsAgentSession *session; /* owned */
  Kind kind;
  char *id;   /* of the run, or name of the stream */
  char *body; /* the head that is shown; NULL where it is asked for */
  CsRun *run;
  GTask *task; /* of the caller */
  CsAgentSigner *signer;
  CsAgentTypist *typist;  /* of a run in a terminal; NULL */
  GCancellable *aborting; /* this one alone */
  gulong chained;
  GSource *cancel;
  GSource *again;
  gboolean stopping;
} Operation;

static void start (CsAgentSession *session, Kind kind, CsRun *run, const char *id, GTask *task);

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
settle (CsAgentSession *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->closing == NULL || self->operations->len > 0)
    return;
  task = g_steal_pointer (&self->closing);
  g_clear_pointer (&self->worker, cs_agent_worker_free);
  g_task_return_boolean (task, TRUE);
}

/* Ends the operation, and only then tells: whoever is told may close the session. */
static void
finish (Operation *self)
{
  g_autoptr (CsAgentSession) session = g_steal_pointer (&self->session);

  drop_source (&self->cancel);
  drop_source (&self->again);
  g_clear_pointer (&self->typist, cs_agent_typist_free);
  g_cancellable_disconnect (session->aborting, self->chained);
  g_ptr_array_remove (session->operations, self);
  g_clear_object (&self->run);
  g_clear_object (&self->task);
  g_clear_object (&self->aborting);
  g_clear_pointer (&self->signer, cs_agent_signer_unref);
  g_free (self->id);
  g_free (self->body);
  g_free (self);
  settle (session);
}

static void
fail (Operation *self, GError *error)
{
  g_task_return_error (self->task, error);
  finish (self);
}

static void
followed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *self = user_data;
  GError *error = NULL;
  CsOutcome *outcome = g_task_propagate_pointer (G_TASK (result), &error);

  cs_run_flush (self->run);
  if (outcome != NULL)
    g_task_return_pointer (self->task, outcome, g_object_unref);
  else if (self->kind == KIND_RECOVER && g_cancellable_is_cancelled (self->aborting) &&
           !self->session->closed)
    {
      g_error_free (error);
      g_task_return_new_error (self->task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                               "Waiting for the target was cancelled");
    }
  else
    g_task_return_error (self->task, error);
  finish (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *self = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (self->task, TRUE);
  else
    g_task_return_error (self->task, error);
  finish (self);
}

static void
head_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *self = user_data;
  GError *error = NULL;
  CsWitnessedHead *head = g_task_propagate_pointer (G_TASK (result), &error);

  if (error == NULL)
    g_task_return_pointer (self->task, head, (GDestroyNotify) cs_witnessed_head_free);
  else
    g_task_return_error (self->task, error);
  finish (self);
}

/* In the worker's thread: what came back goes to the caller's. */
static void
follow_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) back = user_data;
  GError *error = NULL;
  CsOutcome *outcome = cs_agent_follow_finish (result, &error);

  if (outcome != NULL)
    g_task_return_pointer (back, outcome, g_object_unref);
  else
    g_task_return_error (back, error);
}

static void
answer_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) back = user_data;
  CsAgentClient *client = g_object_get_data (G_OBJECT (back), "client");
  GError *error = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);

  if (answer == NULL)
    g_task_return_error (back, error);
  else if (answer->status >= 400)
    g_task_return_error (back, cs_agent_client_describe (client, answer));
  else
    g_task_return_boolean (back, TRUE);
}

static void
head_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) back = user_data;
  Operation *self = g_task_get_task_data (back);
  CsAgentClient *client = g_object_get_data (G_OBJECT (back), "client");
  GError *error = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);

  if (answer == NULL)
    g_task_return_error (back, error);
  else if (answer->status >= 400 && g_strcmp0 (answer->problem, "no-such-head") != 0)
    g_task_return_error (back, cs_agent_client_describe (client, answer));
  else
    g_task_return_pointer (back, cs_witnessed_head_parse (self->id, answer->json),
                           (GDestroyNotify) cs_witnessed_head_free);
}

static void
send_head (CsAgentClient *client, Operation *self, GTask *back)
{
  g_autofree char *target = g_strconcat ("/v1/heads/", self->id, NULL);
  g_autoptr (GBytes) body =
    self->body != NULL ? g_bytes_new (self->body, strlen (self->body)) : NULL;

  g_object_set_data (G_OBJECT (back), "client", client);
  cs_agent_client_send_async (client, body != NULL ? "PUT" : "GET", target, body,
                              body != NULL ? CS_AGENT_SIGNED : CS_AGENT_NONE, PATIENCE,
                              self->aborting, head_done_cb, g_object_ref (back));
}

static void
send_small (CsAgentClient *client, Operation *self, GTask *back)
{
  static const char term[] = "{\"signal\":\"TERM\"}";
  gboolean stop = self->kind == KIND_STOP;
  g_autofree char *target = g_strconcat ("/v1/runs/", self->id, stop ? "/signal" : NULL, NULL);
  g_autoptr (GBytes) body = stop ? g_bytes_new_static (term, sizeof term - 1) : NULL;

  g_object_set_data (G_OBJECT (back), "client", client);
  cs_agent_client_send_async (client, stop ? "POST" : "DELETE", target, body, CS_AGENT_SIGNED,
                              PATIENCE, self->aborting, answer_done_cb, g_object_ref (back));
}

/* In the worker's thread. The operation waits for back, so it is there. */
static void
work (CsAgentClient *client, gpointer data)
{
  GTask *back = data;
  Operation *self = g_task_get_task_data (back);

  cs_agent_client_set_signer (client, self->signer);
  if (self->kind == KIND_RUN)
    cs_agent_follow_run_async (client, self->run, self->aborting, follow_done_cb,
                               g_object_ref (back));
  else if (self->kind == KIND_RECOVER)
    cs_agent_follow_recover_async (client, self->run, self->session->place, self->aborting,
                                   follow_done_cb, g_object_ref (back));
  else if (self->kind == KIND_HEAD)
    send_head (client, self, back);
  else
    send_small (client, self, back);
}

static GAsyncReadyCallback
find_callback (Kind kind)
{
  if (kind == KIND_HEAD)
    return head_cb;
  return kind == KIND_RUN || kind == KIND_RECOVER ? followed_cb : answered_cb;
}

static void
signer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *self = user_data;
  GError *error = NULL;
  GTask *back;

  self->signer = cs_agent_access_get_signer_finish (CS_AGENT_ACCESS (source), result, &error);
  if (self->signer == NULL || self->session->closed)
    {
      fail (self, error != NULL ? error
                                : g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE,
                                               "The session on %s is closed",
                                               self->session->address));
      return;
    }
  if (self->kind == KIND_RUN && cs_run_is_terminal (self->run))
    self->typist = cs_agent_typist_new (self->session->worker, self->signer, self->run);
  back = g_task_new (NULL, NULL, find_callback (self->kind), self);
  g_task_set_source_tag (back, work);
  g_task_set_task_data (back, self, NULL);
  cs_agent_worker_invoke (self->session->worker, work, back, g_object_unref);
}

static gboolean
stop_again_cb (gpointer user_data)
{
  Operation *self = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  if (!self->session->closed)
    start (self->session, KIND_STOP, NULL, self->id, task);
  return G_SOURCE_CONTINUE;
}

static void
stop_operation (Operation *self)
{
  if (self->stopping)
    return;
  self->stopping = TRUE;
  self->again = g_timeout_source_new_seconds (STOP_AGAIN);
  g_source_set_callback (self->again, stop_again_cb, self, NULL);
  g_source_attach (self->again, self->session->context);
  stop_again_cb (self);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Operation *self = user_data;

  if (self->kind == KIND_RUN)
    stop_operation (self);
  else
    g_cancellable_cancel (self->aborting);
  return G_SOURCE_REMOVE;
}

static void
session_aborts_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static gboolean
check (Operation *self, GError **error)
{
  if (self->session->closed)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE, "The session on %s is closed",
                   self->session->address);
      return FALSE;
    }
  if (self->kind != KIND_HEAD && !g_uuid_string_is_valid (self->id))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is not the id of a run (a UUID)",
                   self->id);
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), error);
}

static Operation *
operation_new (CsAgentSession *session, Kind kind, CsRun *run, const char *id, GTask *task)
{
  Operation *self = g_new0 (Operation, 1);

  self->session = g_object_ref (session);
  self->kind = kind;
  self->id = kind == KIND_HEAD ? g_strdup (id) : g_ascii_strdown (id, -1);
  g_set_object (&self->run, run);
  self->task = g_object_ref (task);
  self->aborting = g_cancellable_new ();
  self->chained = g_cancellable_connect (session->aborting, G_CALLBACK (session_aborts_cb),
                                         g_object_ref (self->aborting), g_object_unref);
  g_task_set_check_cancellable (task, FALSE);
  g_ptr_array_add (session->operations, self);
  return self;
}

static void
begin (Operation *self)
{
  CsAgentSession *session = self->session;
  GCancellable *cancellable = g_task_get_cancellable (self->task);
  g_autoptr (GError) error = NULL;

  if (!check (self, &error))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  if (cancellable != NULL)
    {
      self->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
      g_source_attach (self->cancel, session->context);
    }
  cs_agent_access_get_signer_async (session->access, cs_target_get_identity (session->target),
                                    session->delegation, NULL, signer_cb, self);
}

static void
start (CsAgentSession *session, Kind kind, CsRun *run, const char *id, GTask *task)
{
  begin (operation_new (session, kind, run, id, task));
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
  start (CS_AGENT_SESSION (session), KIND_RUN, run, cs_run_get_id (run), task);
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
  start (CS_AGENT_SESSION (session), KIND_RECOVER, run, cs_run_get_id (run), task);
}

static CsOutcome *
outcome_finish (CsSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
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
  start (CS_AGENT_SESSION (session), KIND_FORGET, NULL, id, task);
}

static void
head_async (CsSession *session,
            const char *stream,
            gint64 n,
            const char *hash,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  Operation *self =
    operation_new (CS_AGENT_SESSION (session), KIND_HEAD, NULL, stream, task);

  g_task_set_source_tag (task, cs_session_head_async);
  if (hash != NULL)
    self->body = g_strdup_printf ("{\"hash\":\"%s\",\"n\":%" G_GINT64_FORMAT "}", hash, n);
  begin (self);
}

static gboolean
boolean_finish (CsSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stop (CsSession *session, const char *id)
{
  CsAgentSession *self = CS_AGENT_SESSION (session);
  g_autoptr (GTask) task = NULL;

  for (guint i = 0; i < self->operations->len; i++)
    {
      Operation *operation = g_ptr_array_index (self->operations, i);

      if (operation->run != NULL && g_ascii_strcasecmp (operation->id, id) == 0)
        {
          stop_operation (operation);
          return;
        }
    }
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_source_tag (task, cs_session_stop);
  start (self, KIND_STOP, NULL, id, task);
}

static const char *
get_place (CsSession *session)
{
  return CS_AGENT_SESSION (session)->place;
}

static void
close_async (CsSession *session, GAsyncReadyCallback callback, gpointer user_data)
{
  CsAgentSession *self = CS_AGENT_SESSION (session);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_session_close_async);
  if (self->closing != NULL)
    {
      g_task_return_boolean (task, TRUE); /* someone else waits for the end already */
      return;
    }
  self->closed = TRUE;
  self->closing = g_steal_pointer (&task);
  g_cancellable_cancel (self->aborting);
  settle (self);
}

static void
cs_agent_session_iface_init (CsSessionInterface *iface)
{
  iface->run_async = run_async;
  iface->run_finish = outcome_finish;
  iface->recover_async = recover_async;
  iface->recover_finish = outcome_finish;
  iface->forget_async = forget_async;
  iface->forget_finish = boolean_finish;
  iface->stop = stop;
  iface->get_place = get_place;
  iface->head_async = head_async;
  iface->close_async = close_async;
  iface->close_finish = boolean_finish;
}

static void
cs_agent_session_finalize (GObject *object)
{
  CsAgentSession *self = CS_AGENT_SESSION (object);

  g_clear_pointer (&self->worker, cs_agent_worker_free);
  g_clear_object (&self->target);
  g_clear_object (&self->access);
  g_clear_object (&self->aborting);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_ptr_array_unref (self->operations);
  g_free (self->address);
  g_free (self->place);
  G_OBJECT_CLASS (cs_agent_session_parent_class)->finalize (object);
}

static void
cs_agent_session_class_init (CsAgentSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_agent_session_finalize;
}

static void
cs_agent_session_init (CsAgentSession *self)
{
  self->operations = g_ptr_array_new ();
  self->context = g_main_context_ref_thread_default ();
  self->aborting = g_cancellable_new ();
}
