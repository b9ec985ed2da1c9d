/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that reads from journal.db beside the writer. */

#include "cs-journal-reader.h"

#include "cs-json.h"
#include "cs-search.h"
#include "cs-store.h"

#include <string.h>

/* Owned by its thread once that runs; the store only pushes tasks and asks it to stop. */
struct _CsJournalReader
{
  GThread *thread;
  GAsyncQueue *queue; /* GTask with Request as its data; the reader itself means: stop */
  CsDatabase *database;
  gboolean detached; /* nobody joins the thread */
};

typedef struct _Request Request;

struct _Request
{
  GPtrArray *(*run) (CsDatabase *database,
                     Request *request,
                     GCancellable *cancellable,
                     GError **error);
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
collect_records (CsDatabase *database,
                 sqlite3_stmt *statement,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean ok = TRUE;
  int code = SQLITE_DONE;

  while (ok && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      CsRecord *record = cs_database_read_record (database, statement, error);

      ok = record != NULL && !g_cancellable_set_error_if_cancelled (cancellable, error);
      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  if (ok && code != SQLITE_DONE)
    ok = cs_database_fail (database, "Reading", error);
  sqlite3_reset (statement);
  return ok ? g_steal_pointer (&records) : NULL;
}

static GPtrArray *
run_read (CsDatabase *database, Request *request, GCancellable *cancellable, GError **error)
{
  sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_READ_STREAM, error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, request->text, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, request->from);
  return collect_records (database, statement, cancellable, error);
}

/* The area that a prefix like `deployment/` stands for; NULL for any other prefix. */
static char *
dup_area (const char *prefix)
{
  const char *slash = prefix != NULL ? strchr (prefix, '/') : NULL;

  return slash != NULL && slash[1] == '\0' ? g_strndup (prefix, (gsize) (slash - prefix)) : NULL;
}

static char *
write_streams (char **streams)
{
  GString *json;

  if (streams == NULL)
    return NULL;
  json = g_string_new ("[");
  for (guint i = 0; streams[i] != NULL; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      cs_json_append_string (json, streams[i]);
    }
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

static CsStatement
choose_statement (const CsQuery *query, const char *match, const char *area)
{
  if (match != NULL)
    return CS_STATEMENT_QUERY_WORDS;
  if (query->stream_prefix != NULL && area == NULL)
    return CS_STATEMENT_QUERY_STREAMS;
  if (query->actor != NULL)
    return CS_STATEMENT_QUERY_ACTOR;
  if (query->kind != NULL)
    return CS_STATEMENT_QUERY_KIND;
  if (query->since != G_MININT64 || query->until != G_MAXINT64)
    return CS_STATEMENT_QUERY_TIME;
  return area != NULL ? CS_STATEMENT_QUERY_AREA : CS_STATEMENT_QUERY;
}

static GPtrArray *
run_query (CsDatabase *database, Request *request, GCancellable *cancellable, GError **error)
{
  CsQuery *query = request->query;
  g_autofree char *match = query->words != NULL ? cs_search_to_match (query->words) : NULL;
  g_autofree char *area = dup_area (query->stream_prefix);
  g_autofree char *streams = write_streams (query->streams);
  gboolean by_words = query->words != NULL && *g_strstrip (query->words) != '\0';
  sqlite3_stmt *statement;

  /* Words were asked for, but none of them can occur in a record. */
  if (by_words && match == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  statement = cs_database_get (database, choose_statement (query, match, area), error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, query->stream_prefix, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, query->actor, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, query->kind, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 4, query->since);
  sqlite3_bind_int64 (statement, 5, query->until);
  sqlite3_bind_int64 (statement, 6, query->before);
  sqlite3_bind_int64 (statement, 7, query->limit);
  sqlite3_bind_text (statement, 8, match, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 9, area, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 10, streams, -1, SQLITE_STATIC);
  return collect_records (database, statement, cancellable, error);
}

static GPtrArray *
run_list_heads (CsDatabase *database, Request *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray)
    heads = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_stream_head_free);
  sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_LIST_HEADS, error);
  int code;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, request->text, -1, SQLITE_STATIC);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      CsStreamHead *head = g_new0 (CsStreamHead, 1);

      head->stream = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      head->n = sqlite3_column_int64 (statement, 1);
      head->hash = g_strdup ((const char *) sqlite3_column_text (statement, 2));
      head->first_at = sqlite3_column_int64 (statement, 3);
      head->last_at = sqlite3_column_int64 (statement, 4);
      g_ptr_array_add (heads, head);
    }
  if (code != SQLITE_DONE)
    cs_database_fail (database, "Reading", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE ? g_steal_pointer (&heads) : NULL;
}

static void
run_task (CsJournalReader *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  GPtrArray *answer;

  if (g_task_return_error_if_cancelled (task))
    return;
  answer = request->run (self->database, request, cancellable, &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
reader_free (CsJournalReader *self)
{
  g_async_queue_unref (self->queue);
  cs_database_close (self->database);
  g_free (self);
}

static gpointer
reader_thread (gpointer user_data)
{
  CsJournalReader *self = user_data;
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
push (CsJournalReader *self, GTask *task, Request *request)
{
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  g_async_queue_push (self->queue, task);
}

/**
 * cs_journal_reader_start:
 * @database: (transfer full): the connection to read through
 *
 * Returns: (transfer full): the reader
 */
CsJournalReader *
cs_journal_reader_start (CsDatabase *database)
{
  CsJournalReader *self = g_new0 (CsJournalReader, 1);

  self->queue = g_async_queue_new ();
  self->database = database;
  self->thread = g_thread_new ("journal-reader", reader_thread, self);
  return self;
}

/** cs_journal_reader_read: @task (transfer full) returns a GPtrArray of CsRecord. */
void
cs_journal_reader_read (CsJournalReader *self, GTask *task, const char *stream, gint64 from)
{
  Request *request = g_new0 (Request, 1);

  request->run = run_read;
  request->text = g_strdup (stream);
  request->from = from;
  push (self, task, request);
}

/**
 * cs_journal_reader_query:
 *
 * @task (transfer full) returns a GPtrArray of CsRecord. Finds what is in the index.
 */
void
cs_journal_reader_query (CsJournalReader *self, GTask *task, const CsQuery *query)
{
  Request *request = g_new0 (Request, 1);

  request->run = run_query;
  request->query = cs_query_copy (query);
  push (self, task, request);
}

/** cs_journal_reader_needs_index: whether only records in the index can answer @query. */
gboolean
cs_journal_reader_needs_index (const CsQuery *query)
{
  return query->words != NULL || query->stream_prefix != NULL || query->actor != NULL ||
         query->kind != NULL || query->since != G_MININT64 || query->until != G_MAXINT64;
}

/** cs_journal_reader_list_heads: @task (transfer full) returns a GPtrArray of CsStreamHead. */
void
cs_journal_reader_list_heads (CsJournalReader *self, GTask *task, const char *prefix)
{
  Request *request = g_new0 (Request, 1);

  request->run = run_list_heads;
  request->text = g_strdup (prefix != NULL ? prefix : "");
  push (self, task, request);
}

/**
 * cs_journal_reader_stop:
 *
 * Lets the reader finish what is queued, closes its connection and frees it. As with the writer, it
 * may come from the reader's own thread.
 */
void
cs_journal_reader_stop (CsJournalReader *self)
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
