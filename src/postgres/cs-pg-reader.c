/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from a team's journal. */

#include "cs-pg-reader.h"

#include "cs-error.h"
#include "cs-pg-follower.h"
#include "cs-pg-index.h"
#include "cs-store.h"

#define SECOND G_TIME_SPAN_SECOND
#define PATIENCE (15 * SECOND)

/* A command that lasts a moment copies nothing. */
#define BEGIN_COPYING (300 * G_TIME_SPAN_MILLISECOND)
#define COPY_INTERVAL SECOND
#define COPY_PORTION 500

/** OFTEN: in how many of the newest 5,000 records words stand that are not rare */
#define OFTEN 12

/** WINDOW: how far below the newest copied record another one may have appeared since */
#define WINDOW 4096

typedef struct
{
  CsPgServer *server;
  CsPgConnection *connection; /* (nullable): made when it is needed */
  gint64 retry_at;            /* monotonic: when a lost connection is tried again */

  CsMirror *mirror;       /* (nullable): what is read while the connection is lost */
  CsPgFollower *follower; /* of what was copied */
  gint64 copied;          /* up to which seq, in the first round */
  gboolean follows;       /* that round is over */
  gint64 copy_at;         /* monotonic: when to copy what is new */
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

/* Words that stand in many of the newest records are found soonest by looking through these; others
 * by the index of words. With ten million records both take the same time at one record in 400. */
static gboolean
choose_way (CsPgConnection *connection,
            const CsQuery *query,
            const char *match,
            const char *before,
            CsPgStatement *way,
            GError **error)
{
  const char *values[] = { match, before };
  g_autoptr (PGresult) sample = NULL;

  *way = ways[cs_query_choose_way (query)];
  if (*way != CS_PG_QUERY_WORDS)
    return TRUE;
  sample = cs_pg_connection_run (connection, CS_PG_SAMPLE_WORDS, values, error);
  if (sample == NULL)
    return FALSE;
  if (cs_pg_get_int (sample, 0, 0) < OFTEN)
    *way = CS_PG_QUERY_RARE_WORDS;
  return TRUE;
}

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
  CsPgStatement way;

  /* Words were asked for, but none of them can occur in a record. */
  if (query->words != NULL && match == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  if (!choose_way (connection, query, match, before, &way, error))
    return NULL;
  rows = cs_pg_connection_run (connection, way, values, error);
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

/* One try in so many seconds; what is asked for meanwhile is answered from the copy at once. */
static gboolean
ensure_connection (CsPgReader *self, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (self->connection != NULL && !cs_pg_connection_is_lost (self->connection))
    return TRUE;
  g_clear_pointer (&self->connection, cs_pg_connection_close);
  if (now < self->retry_at || cs_pg_server_is_lost (self->server))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE,
                   "The connection to the journal “%s” is lost. Try again when it is back",
                   cs_pg_server_get_name (self->server));
      return FALSE;
    }
  self->connection = cs_pg_connection_open (self->server, error);
  if (self->connection != NULL)
    {
      self->connection->patience = PATIENCE;
      self->connection->follows_link = TRUE;
      /* Whatever is asked here, an index leads to it. */
      if (!cs_pg_connection_execute (self->connection, "SET enable_seqscan = off", error))
        g_clear_pointer (&self->connection, cs_pg_connection_close);
    }
  if (self->connection != NULL && self->mirror != NULL &&
      !cs_pg_connection_watch_flushes (self->connection, error))
    g_clear_pointer (&self->connection, cs_pg_connection_close);
  if (self->connection == NULL)
    self->retry_at = g_get_monotonic_time () + SECOND;
  return self->connection != NULL;
}

/* What is read changes nothing, so it is read again over a new connection when the old one turns
 * out to be lost. */
static GPtrArray *
ask_server (CsPgReader *self,
            const CsReadRequest *request,
            GCancellable *cancellable,
            GError **error)
{
  for (guint i = 0; i < 2 && ensure_connection (self, i == 0 ? error : NULL); i++)
    {
      g_autoptr (GError) local_error = NULL;
      GPtrArray *answer = run_cancellable (self->connection, request, cancellable, &local_error);

      if (answer != NULL || i > 0 || !cs_pg_connection_is_lost (self->connection))
        {
          if (answer == NULL)
            g_propagate_error (error, g_steal_pointer (&local_error));
          return answer;
        }
    }
  if (error != NULL && *error == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE,
                 "The connection to the journal “%s” is lost. Try again when it is back",
                 cs_pg_server_get_name (self->server));
  return NULL;
}

static GPtrArray *
answer_request (gpointer back_end,
                const CsReadRequest *request,
                GCancellable *cancellable,
                GError **error)
{
  CsPgReader *self = back_end;
  g_autoptr (GError) local_error = NULL;
  GPtrArray *answer = ask_server (self, request, cancellable, &local_error);

  if (answer == NULL && self->mirror != NULL && cs_mirror_is_complete (self->mirror) &&
      g_error_matches (local_error, CS_ERROR, CS_ERROR_UNREACHABLE))
    return cs_mirror_answer (self->mirror, request, cancellable, error);
  if (answer == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return answer;
}

/* Everything that was there before we followed, in portions. Nothing is copied that a server
 * without power could forget. */
static gboolean
copy_portion (CsPgReader *self, GError **error)
{
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, self->copied);
  g_autofree char *most = g_strdup_printf ("%d", COPY_PORTION);
  const char *values[] = { from, most };
  g_autoptr (PGresult) rows =
    cs_pg_connection_run (self->connection, CS_PG_READ_PORTION, values, error);
  g_autoptr (GPtrArray) records = collect_records (self->connection, rows, error);

  if (records == NULL || !cs_pg_connection_flush (self->connection, CS_PG_FLUSH_SEEN, error) ||
      !cs_mirror_add (self->mirror, records, error))
    return FALSE;
  if (records->len > 0)
    self->copied = cs_record_get_seq (g_ptr_array_index (records, records->len - 1));
  self->follows = records->len < COPY_PORTION;
  return !self->follows || cs_mirror_set_complete (self->mirror, error);
}

static gboolean
always_heard (gpointer user_data)
{
  return TRUE;
}

static gboolean
copy_news (CsPgReader *self, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  return cs_pg_follower_collect (self->follower, self->connection, always_heard, NULL, records,
                                 error) &&
         cs_mirror_add (self->mirror, records, error);
}

static gboolean
copy (CsPgReader *self, GError **error)
{
  g_autoptr (GArray) seqs = NULL;

  if (!ensure_connection (self, error))
    return FALSE;
  if (self->follower == NULL)
    {
      seqs = cs_mirror_list_seqs (self->mirror, WINDOW, &self->copied, error);
      if (seqs == NULL)
        return FALSE;
      self->follower = cs_pg_follower_new ();
      if (!cs_pg_follower_begin (self->follower, self->connection, error))
        {
          g_clear_pointer (&self->follower, cs_pg_follower_free);
          return FALSE;
        }
    }
  return self->follows ? copy_news (self, error) : copy_portion (self, error);
}

/* Whatever goes wrong with the copy, the original is what counts: next time it is begun anew. */
static void
give_up_copying (CsPgReader *self, const GError *error)
{
  g_warning ("The copy of a team's journal can't be kept: %s", error->message);
  g_clear_pointer (&self->mirror, cs_mirror_discard);
}

static gint64
rest (gpointer back_end)
{
  CsPgReader *self = back_end;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (self->mirror == NULL)
    return G_TIME_SPAN_HOUR;
  if (now < self->copy_at)
    return self->copy_at - now;
  if (!copy (self, &error) && !g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE) &&
      (self->connection == NULL || !cs_pg_connection_is_lost (self->connection)))
    give_up_copying (self, error);
  self->copy_at = g_get_monotonic_time () + (self->follows || error != NULL ? COPY_INTERVAL : 0);
  return self->copy_at - now;
}

static void
reader_free (gpointer back_end)
{
  CsPgReader *self = back_end;

  cs_pg_connection_close (self->connection);
  cs_pg_server_unref (self->server);
  cs_mirror_close (self->mirror);
  cs_pg_follower_free (self->follower);
  g_free (self);
}

/**
 * cs_pg_reader_start:
 * @mirror: (nullable) (transfer full): where to copy to, and to read from when the server can't be
 * reached
 *
 * Returns: (transfer full): the reader, which connects when it is asked something
 */
CsStoreReader *
cs_pg_reader_start (CsPgServer *server, CsMirror *mirror)
{
  static const CsReaderBackEnd kind = {
    .thread = "team-reader",
    .answer = answer_request,
    .rest = rest,
    .free = reader_free,
  };
  CsPgReader *self = g_new0 (CsPgReader, 1);

  self->server = cs_pg_server_ref (server);
  self->mirror = mirror;
  self->copy_at = g_get_monotonic_time () + BEGIN_COPYING;
  return cs_store_reader_start (&kind, self);
}
