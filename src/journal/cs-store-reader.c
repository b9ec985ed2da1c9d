/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that reads from a journal beside the writer, one request after the other. */

#include "cs-store-reader.h"

/* Owned by its thread once that runs; the store only pushes tasks and asks it to stop. */
struct _CsStoreReader
{
  GThread *thread;
  GAsyncQueue *queue; /* GTask with CsReadRequest as its data; the reader itself means: stop */
  const CsReaderBackEnd *kind;
  gpointer back_end;
  gboolean detached; /* nobody joins the thread */
};

static void
request_free (CsReadRequest *request)
{
  g_free (request->text);
  cs_query_free (request->query);
  g_free (request);
}

static void
run_task (CsStoreReader *self, GTask *task)
{
  GError *error = NULL;
  GPtrArray *answer;

  if (g_task_return_error_if_cancelled (task))
    return;
  answer = self->kind->answer (self->back_end, g_task_get_task_data (task),
                               g_task_get_cancellable (task), &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
reader_free (CsStoreReader *self)
{
  g_async_queue_unref (self->queue);
  self->kind->free (self->back_end);
  g_free (self);
}

/* The next request; until there is one, the back end does what it does while nobody asks. */
static gpointer
pop (CsStoreReader *self)
{
  gpointer item = g_async_queue_try_pop (self->queue);

  while (item == NULL && self->kind->rest != NULL)
    {
      gint64 usec = self->kind->rest (self->back_end);

      item = usec > 0 ? g_async_queue_timeout_pop (self->queue, (guint64) usec)
                      : g_async_queue_try_pop (self->queue);
    }
  return item != NULL ? item : g_async_queue_pop (self->queue);
}

static gpointer
reader_thread (gpointer user_data)
{
  CsStoreReader *self = user_data;
  gpointer item;

  while ((item = pop (self)) != self)
    {
      g_autoptr (GTask) task = item;

      run_task (self, task);
    }
  if (self->detached)
    reader_free (self);
  return NULL;
}

static void
push (CsStoreReader *self, GTask *task, CsReadKind kind, const char *text, gint64 from)
{
  CsReadRequest *request = g_new0 (CsReadRequest, 1);

  request->kind = kind;
  request->text = g_strdup (text);
  request->from = from;
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_async_queue_push (self->queue, task);
}

/**
 * cs_store_reader_start:
 * @kind: what the back end can do
 * @back_end: (transfer full): what is read from
 *
 * Returns: (transfer full): the reader
 */
CsStoreReader *
cs_store_reader_start (const CsReaderBackEnd *kind, gpointer back_end)
{
  CsStoreReader *self = g_new0 (CsStoreReader, 1);

  self->queue = g_async_queue_new ();
  self->kind = kind;
  self->back_end = back_end;
  self->thread = g_thread_new (kind->thread, reader_thread, self);
  return self;
}

/** cs_store_reader_read: @task (transfer full) returns a GPtrArray of CsRecord. */
void
cs_store_reader_read (CsStoreReader *self, GTask *task, const char *stream, gint64 from)
{
  push (self, task, CS_READ_STREAM, stream, from);
}

/**
 * cs_store_reader_query:
 *
 * @task (transfer full) returns a GPtrArray of CsRecord. Finds what is in the index.
 */
void
cs_store_reader_query (CsStoreReader *self, GTask *task, const CsQuery *query)
{
  CsReadRequest *request = g_new0 (CsReadRequest, 1);

  request->kind = CS_READ_QUERY;
  request->query = cs_query_copy (query);
  if (request->query->words != NULL && *g_strstrip (request->query->words) == '\0')
    g_clear_pointer (&request->query->words, g_free);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_async_queue_push (self->queue, task);
}

/** cs_store_reader_list_heads: @task (transfer full) returns a GPtrArray of CsStreamHead. */
void
cs_store_reader_list_heads (CsStoreReader *self, GTask *task, const char *prefix)
{
  push (self, task, CS_READ_HEADS, prefix != NULL ? prefix : "", 0);
}

/**
 * cs_store_reader_stop:
 *
 * Lets the reader finish what is queued, and frees it with its back end. It may come from the
 * reader's own thread, when the last reference to the store was a task's: then the thread goes on
 * to its end by itself.
 */
void
cs_store_reader_stop (CsStoreReader *self)
{
  gboolean own = self->thread == g_thread_self ();

  if (own)
    {
      self->detached = TRUE;
      g_thread_unref (self->thread);
    }
  g_async_queue_push (self->queue, self);
  if (!own)
    {
      g_thread_join (self->thread);
      reader_free (self);
    }
}
