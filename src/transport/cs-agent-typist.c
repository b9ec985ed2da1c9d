/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types into the terminal of a run on an agent. */

/* One request at a time, so that what is typed arrives in order; what comes meanwhile goes with the
 * next one. Each says how much was typed before it, so that what is sent again because no answer
 * came is not typed twice. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-typist.h"

#include "cs-run-private.h"

#include <string.h>

/** PORTION: bytes in one request; an agent takes 4000 */
#define PORTION 2000
/** PAUSE: milliseconds until what could not be typed is tried again: the terminal may not be there
 * yet, or the program may be busy */
#define PAUSE 300
/** PATIENCE: seconds for which a connection that breaks is made again */
#define PATIENCE 10

struct _CsAgentTypist
{
  int references;        /* of this thread: the owner, and a request that is under way */
  CsAgentWorker *worker; /* NULL: the run is over */
  CsAgentSigner *signer;
  CsRun *run;
  char *target;
  GCancellable *cancellable;
  GByteArray *waiting; /* typed, and not yet known to have arrived */
  gint64 at;           /* bytes that have arrived */
  guint sent;          /* bytes of waiting that are under way */
  gboolean busy;
  gboolean resized;
  gulong input_handler;
  gulong resize_handler;
  GSource *again;
};

static void flush (CsAgentTypist *self);

static void
wipe (gpointer data)
{
  char *text = data;

  explicit_bzero (text, strlen (text));
  g_free (text);
}

/* What has arrived, or will never, is forgotten. */
static void
forget (CsAgentTypist *self)
{
  if (self->sent == 0)
    return;
  explicit_bzero (self->waiting->data, self->sent);
  g_byte_array_remove_range (self->waiting, 0, self->sent);
}

static void
typist_unref (CsAgentTypist *self)
{
  if (--self->references > 0)
    return;
  self->sent = self->waiting->len;
  forget (self);
  g_byte_array_unref (self->waiting);
  g_clear_pointer (&self->signer, cs_agent_signer_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->run);
  g_free (self->target);
  g_free (self);
}

static void
drop_again (CsAgentTypist *self)
{
  if (self->again == NULL)
    return;
  g_source_destroy (self->again);
  g_clear_pointer (&self->again, g_source_unref);
}

static gboolean
again_cb (gpointer user_data)
{
  CsAgentTypist *self = user_data;

  g_clear_pointer (&self->again, g_source_unref);
  flush (self);
  return G_SOURCE_REMOVE;
}

static void
try_later (CsAgentTypist *self)
{
  self->again = g_timeout_source_new (PAUSE);
  g_source_set_callback (self->again, again_cb, self, NULL);
  g_source_attach (self->again, g_main_context_get_thread_default ());
}

/* A no for good: it would be the same the next time. */
static gboolean
is_refused (guint status, const char *problem)
{
  return status >= 400 && status < 500 && status != 429 &&
         g_strcmp0 (problem, "no-terminal") != 0 && g_strcmp0 (problem, "no-such-run") != 0;
}

static void
typed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsAgentTypist *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsAgentAnswer) answer = g_task_propagate_pointer (G_TASK (result), &error);

  self->busy = FALSE;
  if (self->worker == NULL)
    ;
  else if (answer != NULL && answer->status < 300)
    {
      self->at += self->sent;
      forget (self);
      flush (self);
    }
  else if (answer != NULL && is_refused (answer->status, answer->problem))
    {
      g_warning ("What was typed was refused: %s", answer->problem);
      forget (self);
      flush (self);
    }
  else
    try_later (self);
  typist_unref (self);
}

/* In the worker's thread. */
static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) back = user_data;
  GError *error = NULL;
  CsAgentAnswer *answer = cs_agent_client_send_finish (result, &error);

  if (answer != NULL)
    g_task_return_pointer (back, answer, (GDestroyNotify) cs_agent_answer_free);
  else
    g_task_return_error (back, error);
}

typedef struct
{
  CsAgentSigner *signer;
  char *target;
  GBytes *body;
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  cs_agent_signer_unref (self->signer);
  g_free (self->target);
  g_bytes_unref (self->body);
  g_free (self);
}

static void
send (CsAgentClient *client, gpointer data)
{
  GTask *back = data;
  Request *self = g_task_get_task_data (back);

  cs_agent_client_set_signer (client, self->signer);
  cs_agent_client_send_async (client, "POST", self->target, self->body, CS_AGENT_SIGNED, PATIENCE,
                              g_task_get_cancellable (back), answered_cb, g_object_ref (back));
}

static GBytes *
build_body (CsAgentTypist *self)
{
  g_autoptr (GString) body = g_string_new ("{");
  g_autofree char *encoded = g_base64_encode (self->waiting->data, self->sent);
  guint columns = 0, rows = 0;
  gsize size;
  char *text;

  cs_run_get_terminal_size (self->run, &columns, &rows);
  if (self->sent > 0)
    g_string_append_printf (body, "\"at\":%" G_GINT64_FORMAT ",\"input\":\"%s\"", self->at,
                            encoded);
  if (self->resized)
    g_string_append_printf (body, "%s\"columns\":%u,\"rows\":%u", self->sent > 0 ? "," : "",
                            columns, rows);
  g_string_append_c (body, '}');
  explicit_bzero (encoded, strlen (encoded));
  size = body->len;
  text = g_string_free (g_steal_pointer (&body), FALSE);
  return g_bytes_new_with_free_func (text, size, wipe, text);
}

static void
flush (CsAgentTypist *self)
{
  g_autoptr (GTask) back = NULL;
  Request *request;

  if (self->busy || self->again != NULL || (self->waiting->len == 0 && !self->resized))
    return;
  self->busy = TRUE;
  self->references++;
  self->sent = MIN (self->waiting->len, PORTION);
  request = g_new0 (Request, 1);
  request->signer = cs_agent_signer_ref (self->signer);
  request->target = g_strdup (self->target);
  request->body = build_body (self);
  self->resized = FALSE;
  back = g_task_new (NULL, self->cancellable, typed_cb, self);
  g_task_set_source_tag (back, flush);
  g_task_set_task_data (back, request, request_free);
  cs_agent_worker_invoke (self->worker, send, g_object_ref (back), g_object_unref);
}

static void
input_cb (CsRun *run, GBytes *bytes, gpointer user_data)
{
  CsAgentTypist *self = user_data;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_byte_array_append (self->waiting, data, (guint) size);
  flush (self);
}

static void
resized_cb (CsRun *run, gpointer user_data)
{
  CsAgentTypist *self = user_data;

  self->resized = TRUE;
  flush (self);
}

/**
 * cs_agent_typist_new:
 * @worker: whose thread talks to the agent; it outlives the typist
 * @signer: signs the requests
 * @run: a run with a terminal, about to be started
 *
 * Returns: (transfer full): takes what is typed from now on; to be used in this thread
 */
CsAgentTypist *
cs_agent_typist_new (CsAgentWorker *worker, CsAgentSigner *signer, CsRun *run)
{
  CsAgentTypist *self = g_new0 (CsAgentTypist, 1);
  g_autofree char *id = g_ascii_strdown (cs_run_get_id (run), -1);

  self->references = 1;
  self->worker = worker;
  self->signer = cs_agent_signer_ref (signer);
  self->run = g_object_ref (run);
  self->target = g_strconcat ("/v1/runs/", id, "/terminal", NULL);
  self->cancellable = g_cancellable_new ();
  self->waiting = g_byte_array_new ();
  self->input_handler = g_signal_connect (run, "input", G_CALLBACK (input_cb), self);
  self->resize_handler = g_signal_connect (run, "resized", G_CALLBACK (resized_cb), self);
  return self;
}

/**
 * cs_agent_typist_free:
 * @self: (transfer full): a typist
 *
 * What is under way is given up.
 */
void
cs_agent_typist_free (CsAgentTypist *self)
{
  g_clear_signal_handler (&self->input_handler, self->run);
  g_clear_signal_handler (&self->resize_handler, self->run);
  drop_again (self);
  self->worker = NULL;
  g_cancellable_cancel (self->cancellable);
  typist_unref (self);
}
