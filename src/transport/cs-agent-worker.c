/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread in which a session talks to its agent. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-worker.h"

#include "cs-keyring.h"

struct _CsAgentWorker
{
  int references; /* atomic; one of the owner, one of the thread, one of each piece of work */
  GMainContext *context;
  GMainLoop *loop;
  CsAgentClient *client; /* made and freed in the thread */
  char *address;
  char *url;
  char *fingerprint;
  char *next;
  char *token; /* wiped; until the client has it */
};

typedef struct
{
  CsAgentWorker *worker;
  CsAgentWork work;
  gpointer data;
  GDestroyNotify destroy;
} Piece;

static void
unref (CsAgentWorker *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  cs_secret_free (self->token);
  g_free (self->address);
  g_free (self->url);
  g_free (self->fingerprint);
  g_free (self->next);
  g_free (self);
}

static gpointer
worker_thread (gpointer user_data)
{
  CsAgentWorker *self = user_data;

  g_main_context_push_thread_default (self->context);
  self->client =
    cs_agent_client_new (self->address, self->url, self->fingerprint, self->next, self->token);
  g_clear_pointer (&self->token, cs_secret_free);
  g_main_loop_run (self->loop);
  /* What is aborted now still has to be told so. */
  cs_agent_client_abort (self->client);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_pointer (&self->client, cs_agent_client_free);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  unref (self);
  return NULL;
}

/**
 * cs_agent_worker_new:
 * @address: of the agent, for people
 * @url: scheme, host and port
 * @fingerprint: (nullable): of its certificate
 * @next: (nullable): of another one that it may show as well
 * @token: what it knows us by
 *
 * Starts the thread, with a client of its own.
 *
 * Returns: (transfer full): the worker
 */
CsAgentWorker *
cs_agent_worker_new (const char *address,
                     const char *url,
                     const char *fingerprint,
                     const char *next,
                     const char *token)
{
  CsAgentWorker *self = g_new0 (CsAgentWorker, 1);

  self->references = 2;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->address = g_strdup (address);
  self->url = g_strdup (url);
  self->fingerprint = g_strdup (fingerprint);
  self->next = g_strdup (next);
  self->token = g_strdup (token);
  g_thread_unref (g_thread_new ("cs-agent", worker_thread, self));
  return self;
}

static void
quit (CsAgentClient *client, gpointer data)
{
  g_main_loop_quit (data);
}

/**
 * cs_agent_worker_free:
 * @self: (transfer full): a worker
 *
 * Ends its connections and its thread, soon.
 */
void
cs_agent_worker_free (CsAgentWorker *self)
{
  /* In its turn, for a loop that does not run yet can't be told to end. */
  cs_agent_worker_invoke (self, quit, g_main_loop_ref (self->loop),
                          (GDestroyNotify) g_main_loop_unref);
  unref (self);
}

static gboolean
piece_cb (gpointer user_data)
{
  Piece *piece = user_data;

  if (piece->worker->client != NULL)
    piece->work (piece->worker->client, piece->data);
  return G_SOURCE_REMOVE;
}

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  if (piece->destroy != NULL)
    piece->destroy (piece->data);
  unref (piece->worker);
  g_free (piece);
}

/**
 * cs_agent_worker_invoke:
 * @self: a worker
 * @work: what to do there
 * @data: for it
 * @destroy: (nullable): frees @data when it has returned
 *
 * Does something in the thread, after what was asked for before.
 */
void
cs_agent_worker_invoke (CsAgentWorker *self,
                        CsAgentWork work,
                        gpointer data,
                        GDestroyNotify destroy)
{
  Piece *piece = g_new0 (Piece, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_atomic_int_inc (&self->references);
  piece->worker = self;
  piece->work = work;
  piece->data = data;
  piece->destroy = destroy;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, piece_cb, piece, piece_free);
  g_source_attach (source, self->context);
}
