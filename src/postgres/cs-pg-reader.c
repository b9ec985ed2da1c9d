/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from a team's journal. */

#include "cs-pg-reader.h"

#include "cs-error.h"
#include "cs-pg-connection.h"
#include "cs-pg-index.h"
#include "cs-store.h"

typedef struct
{
  CsPgServer *server;
  CsPgConnection *connection; /* (nullable): made when it is needed */
} CsPgReader;

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
run_read (CsPgConnection *connection, const CsReadRequest *request, GError **error)
{
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, request->from);
  const char *values[] = { request->text, from };
  g_autoptr (PGresult) rows = cs_pg_connection_run (connection, CS_PG_READ_STREAM, values, error);

  return collect_records (connection, rows, error);
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

static const CsPgStatement ways[] = {
  [CS_QUERY_BY_SEQ] = CS_PG_QUERY,
  [CS_QUERY_BY_WORDS] = CS_PG_QUERY_WORDS,
  [CS_QUERY_BY_STREAMS] = CS_PG_QUERY_STREAMS,
  [CS_QUERY_BY_ACTOR] = CS_PG_QUERY_ACTOR,
  [CS_QUERY_BY_KIND] = CS_PG_QUERY_KIND,
  [CS_QUERY_BY_TIME] = CS_PG_QUERY_TIME,
  [CS_QUERY_BY_AREA] = CS_PG_QUERY_AREA,
};

static GPtrArray *
run_query (CsPgConnection *connection, const CsQuery *query, GError **error)
{
  g_autofree char *match = query->words != NULL ? cs_pg_index_to_query (query->words) : NULL;
  g_autofree char *area = cs_query_dup_area (query);
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
  g_autoptr (PGresult) rows = NULL;

  /* Words were asked for, but none of them can occur in a record. */
  if (query->words != NULL && match == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  rows = cs_pg_connection_run (connection, ways[cs_query_choose_way (query)], values, error);
  return collect_records (connection, rows, error);
}

static GPtrArray *
list_heads (CsPgConnection *connection, const char *prefix, GError **error)
{
  const char *values[] = { prefix };
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

static GPtrArray *
run (CsPgConnection *connection, const CsReadRequest *request, GError **error)
{
  switch (request->kind)
    {
    case CS_READ_QUERY:
      return run_query (connection, request->query, error);
    case CS_READ_HEADS:
      return list_heads (connection, request->text, error);
    case CS_READ_STREAM:
    default:
      return run_read (connection, request, error);
    }
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
                 const CsReadRequest *request,
                 GCancellable *cancellable,
                 GError **error)
{
  PGcancel *cancel = PQgetCancel (connection->pg);
  g_autoptr (GError) local_error = NULL;
  GPtrArray *answer;
  gulong id = 0;

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (cancel_cb), cancel, NULL);
  answer = run (connection, request, &local_error);
  g_cancellable_disconnect (cancellable, id);
  PQfreeCancel (cancel);
  if (answer == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return answer;
}

/* What is read changes nothing, so it is read again over a new connection when the old one turns
 * out to be lost. */
static GPtrArray *
answer_request (gpointer back_end,
                const CsReadRequest *request,
                GCancellable *cancellable,
                GError **error)
{
  CsPgReader *self = back_end;
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
reader_free (gpointer back_end)
{
  CsPgReader *self = back_end;

  cs_pg_connection_close (self->connection);
  cs_pg_server_unref (self->server);
  g_free (self);
}

/** cs_pg_reader_start: (transfer full): connects when it is asked something. */
CsStoreReader *
cs_pg_reader_start (CsPgServer *server)
{
  static const CsReaderBackEnd kind = {
    .thread = "team-reader",
    .answer = answer_request,
    .free = reader_free,
  };
  CsPgReader *self = g_new0 (CsPgReader, 1);

  self->server = cs_pg_server_ref (server);
  return cs_store_reader_start (&kind, self);
}
