/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that reads from a team's journal beside the writer. */

#include "cs-pg-reader.h"

#include "cs-error.h"
#include "cs-pg-connection.h"
#include "cs-pg-index.h"
#include "cs-store.h"

#include <string.h>

/* Owned by its thread once that runs; the store only pushes tasks and asks it to stop. */
struct _CsPgReader
{
  GThread *thread;
  GAsyncQueue *queue; /* GTask with Request as its data; the reader itself means: stop */
  CsPgServer *server;
  CsPgConnection *connection; /* (nullable): made when it is needed */
  gboolean detached;          /* nobody joins the thread */
};

typedef struct _Request Request;

struct _Request
{
  GPtrArray *(*run) (CsPgConnection *connection, Request *request, GError **error);
  char *text; /* a stream or the prefix of streams */
  gint64 from;
  CsQuery *query;
};

static void
request_free (Request *request)
{
  g_free (request->text);
  cs_query_free (request->query);
  g_free (request);
}

static GPtrArray *
collect_records (CsPgConnection *connection, PGresult *rows, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  if (rows == NULL)
    return NULL;
  for (int i = 0; i < PQntuples (rows); i++)
    {
      CsRecord *record = cs_pg_read_record (connection, rows, i, error);

      if (record == NULL)
        return NULL;
      g_ptr_array_add (records, record);
    }
  return g_steal_pointer (&records);
}

static GPtrArray *
run_read (CsPgConnection *connection, Request *request, GError **error)
{
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, request->from);
  const char *values[] = { request->text, from };
  g_autoptr (PGresult) rows = cs_pg_connection_run (connection, CS_PG_READ_STREAM, values, error);

  return collect_records (connection, rows, error);
}

/* The area that a prefix like `deployment/` stands for; NULL for any other prefix. */
static char *
dup_area (const char *prefix)
{
  const char *slash = prefix != NULL ? strchr (prefix, '/') : NULL;

  return slash != NULL && slash[1] == '\0' ? g_strndup (prefix, (gsize) (slash - prefix)) : NULL;
}

/* An array as text (https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO). */
static char *
write_streams (char **streams)
{
  GString *array;

  if (streams == NULL)
    return NULL;
  array = g_string_new ("{");
  for (guint i = 0; streams[i] != NULL; i++)
    {
      g_string_append (array, i > 0 ? ",\"" : "\"");
      for (const char *p = streams[i]; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (array, '\\');
          g_string_append_c (array, *p);
        }
      g_string_append_c (array, '"');
    }
  g_string_append_c (array, '}');
  return g_string_free (array, FALSE);
}

static CsPgStatement
choose_statement (const CsQuery *query, const char *match, const char *area)
{
  if (match != NULL)
    return CS_PG_QUERY_WORDS;
  if (query->stream_prefix != NULL && area == NULL)
    return CS_PG_QUERY_STREAMS;
  if (query->actor != NULL)
    return CS_PG_QUERY_ACTOR;
  if (query->kind != NULL)
    return CS_PG_QUERY_KIND;
  if (query->since != G_MININT64 || query->until != G_MAXINT64)
    return CS_PG_QUERY_TIME;
  return area != NULL ? CS_PG_QUERY_AREA : CS_PG_QUERY;
}

static GPtrArray *
run_query (CsPgConnection *connection, Request *request, GError **error)
{
  CsQuery *query = request->query;
  g_autofree char *match = query->words != NULL ? cs_pg_index_to_query (query->words) : NULL;
  g_autofree char *area = dup_area (query->stream_prefix);
  g_autofree char *streams = write_streams (query->streams);
  g_autofree char *since = g_strdup_printf ("%" G_GINT64_FORMAT, query->since);
  g_autofree char *until = g_strdup_printf ("%" G_GINT64_FORMAT, query->until);
  g_autofree char *before = g_strdup_printf ("%" G_GINT64_FORMAT, query->before);
  g_autofree char *limit = g_strdup_printf ("%u", query->limit);
  const char *values[] = { query->stream_prefix,
                           query->actor,
                           query->kind,
                           since,
                           until,
                           before,
                           limit,
                           match,
                           area,
                           streams };
  gboolean by_words = query->words != NULL && *g_strstrip (query->words) != '\0';
  g_autoptr (PGresult) rows = NULL;

  /* Words were asked for, but none of them can occur in a record. */
  if (by_words && match == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  rows = cs_pg_connection_run (connection, choose_statement (query, match, area), values, error);
  return collect_records (connection, rows, error);
}

static GPtrArray *
run_list_heads (CsPgConnection *connection, Request *request, GError **error)
{
  const char *values[] = { request->text };
  g_autoptr (PGresult) rows = cs_pg_connection_run (connection, CS_PG_LIST_HEADS, values, error);
  GPtrArray *heads;

  if (rows == NULL)
    return NULL;
  heads = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_stream_head_free);
  for (int i = 0; i < PQntuples (rows); i++)
    {
      CsStreamHead *head = g_new0 (CsStreamHead, 1);

      head->stream = g_strdup (PQgetvalue (rows, i, 0));
      head->n = cs_pg_get_int (rows, i, 1);
      head->hash = g_strdup (PQgetvalue (rows, i, 2));
      head->first_at = cs_pg_get_int (rows, i, 3);
      head->last_at = cs_pg_get_int (rows, i, 4);
      g_ptr_array_add (heads, head);
    }
  return heads;
}

static void
cancel_cb (GCancellable *cancellable, gpointer user_data)
{
  char complaint[256];

  PQcancel (user_data, complaint, sizeof complaint);
}

/* Asks the server to stop when the caller is no longer interested. */
static GPtrArray *
run_cancellable (CsPgConnection *connection,
                 Request *request,
                 GCancellable *cancellable,
                 GError **error)
{
  PGcancel *cancel = PQgetCancel (connection->pg);
  g_autoptr (GError) local_error = NULL;
  GPtrArray *answer;
  gulong id = 0;

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (cancel_cb), cancel, NULL);
  answer = request->run (connection, request, &local_error);
  g_cancellable_disconnect (cancellable, id);
  PQfreeCancel (cancel);
  if (answer == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return answer;
}

/* What is read changes nothing, so it is read again over a new connection when the old one turns
 * out to be lost. */
static GPtrArray *
run_request (CsPgReader *self, Request *request, GCancellable *cancellable, GError **error)
{
  GPtrArray *answer;

  if (self->connection != NULL)
    {
      g_autoptr (GError) local_error = NULL;

      answer = run_cancellable (self->connection, request, cancellable, &local_error);
      if (answer != NULL || !cs_pg_connection_is_lost (self->connection))
        {
          if (answer == NULL)
            g_propagate_error (error, g_steal_pointer (&local_error));
          return answer;
        }
      g_clear_pointer (&self->connection, cs_pg_connection_close);
    }
  self->connection = cs_pg_connection_open (self->server, error);
  if (self->connection == NULL)
    return NULL;
  return run_cancellable (self->connection, request, cancellable, error);
}

static void
run_task (CsPgReader *self, GTask *task)
{
  GError *error = NULL;
  GPtrArray *answer;

  if (g_task_return_error_if_cancelled (task))
    return;
  answer = run_request (self, g_task_get_task_data (task), g_task_get_cancellable (task), &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
reader_free (CsPgReader *self)
{
  g_async_queue_unref (self->queue);
  cs_pg_connection_close (self->connection);
  cs_pg_server_unref (self->server);
  g_free (self);
}

static gpointer
reader_thread (gpointer user_data)
{
  CsPgReader *self = user_data;
  gpointer item;

  while ((item = g_async_queue_pop (self->queue)) != self)
    {
      g_autoptr (GTask) task = item;

      run_task (self, task);
    }
  if (self->detached)
    reader_free (self);
  return NULL;
}

static void
push (CsPgReader *self, GTask *task, Request *request)
{
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_async_queue_push (self->queue, task);
}

/** cs_pg_reader_start: (transfer full): connects when it is asked something. */
CsPgReader *
cs_pg_reader_start (CsPgServer *server)
{
  CsPgReader *self = g_new0 (CsPgReader, 1);

  self->queue = g_async_queue_new ();
  self->server = cs_pg_server_ref (server);
  self->thread = g_thread_new ("team-reader", reader_thread, self);
  return self;
}

/** cs_pg_reader_read: @task (transfer full) returns a GPtrArray of CsRecord. */
void
cs_pg_reader_read (CsPgReader *self, GTask *task, const char *stream, gint64 from)
{
  Request *request = g_new0 (Request, 1);

  request->run = run_read;
  request->text = g_strdup (stream);
  request->from = from;
  push (self, task, request);
}

/** cs_pg_reader_query: @task (transfer full) returns a GPtrArray of CsRecord that are indexed. */
void
cs_pg_reader_query (CsPgReader *self, GTask *task, const CsQuery *query)
{
  Request *request = g_new0 (Request, 1);

  request->run = run_query;
  request->query = cs_query_copy (query);
  push (self, task, request);
}

/** cs_pg_reader_list_heads: @task (transfer full) returns a GPtrArray of CsStreamHead. */
void
cs_pg_reader_list_heads (CsPgReader *self, GTask *task, const char *prefix)
{
  Request *request = g_new0 (Request, 1);

  request->run = run_list_heads;
  request->text = g_strdup (prefix != NULL ? prefix : "");
  push (self, task, request);
}

/**
 * cs_pg_reader_stop:
 *
 * Lets the reader finish what is queued, and frees it. It may come from the reader's own thread.
 */
void
cs_pg_reader_stop (CsPgReader *self)
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
