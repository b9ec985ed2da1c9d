/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to a team's journal, for one thread at a time. */

#include "cs-pg-connection.h"

#include "cs-error.h"
#include "cs-json.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define COLUMNS "r.seq, r.stream, r.n, r.at, r.actor, r.kind, r.body, r.previous, r.hash"

/* $1 stream prefix, $2 actor, $3 kind, $4 since, $5 until, $6 before, $7 limit, $8 words, $9 area,
 * $10 streams. The server plans each query for the values that it has (plan_cache_mode). */
#define FILTER                                      \
  " AND ($1 IS NULL OR starts_with (r.stream, $1))" \
  " AND ($10 IS NULL OR r.stream = ANY ($10))"      \
  " AND ($2 IS NULL OR r.actor = $2)"               \
  " AND ($3 IS NULL OR r.kind = $3)"                \
  " AND r.at >= $4 AND r.at < $5"
#define EACH_RECORD                      \
  " CROSS JOIN LATERAL (SELECT " COLUMNS \
  " FROM countersign.records r WHERE r.seq = i.seq" FILTER " OFFSET 0) r"
#define NEWEST " ORDER BY r.seq DESC LIMIT $7"
#define QUERY_INDEX(term)                                                         \
  "SELECT " COLUMNS " FROM countersign.record_index i JOIN countersign.records r" \
  " ON r.seq = i.seq WHERE " term " AND i.seq < $6" FILTER " ORDER BY i.seq DESC LIMIT $7"

static const struct
{
  const char *name;
  const char *sql;
  guint n_values;
} statements[CS_PG_N_STATEMENTS] = {
  /* In one order for all, so that nobody waits for whom another one waits. */
  [CS_PG_LOCK] = { "lock",
                   "SELECT pg_advisory_xact_lock (k) FROM (SELECT DISTINCT"
                   " countersign.stream_key (s) AS k FROM unnest ($1::text[]) s ORDER BY k) q",
                   1 },
  [CS_PG_APPEND] = { "append",
                     "SELECT * FROM countersign.append"
                     " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                     11 },
  /* Whatever was committed before has gone to the disk when this has. */
  [CS_PG_FLUSH] = { "flush",
                    "SELECT set_config ('synchronous_commit', $1, true),"
                    " pg_logical_emit_message (true, 'countersign', '')",
                    1 },
  [CS_PG_FLUSH_SEEN] = { "flush_seen",
                         "SELECT set_config ('synchronous_commit', $1, true),"
                         " pg_logical_emit_message (true, 'countersign', '')"
                         " WHERE pg_current_wal_flush_lsn () < pg_current_wal_insert_lsn ()",
                         1 },
  [CS_PG_FIND_APPEND] = { "find_append",
                          "SELECT seq, n, previous, hash FROM countersign.records"
                          " WHERE stream = $1 AND token = $2 ORDER BY n",
                          2 },
  [CS_PG_INSERT_RECORD] = { "insert_record",
                            "INSERT INTO countersign.records"
                            " (stream, n, at, actor, kind, body, previous, hash)"
                            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq",
                            8 },
  [CS_PG_INSERT_BLOB_NAME] = { "insert_blob_name",
                               "INSERT INTO countersign.record_blobs (stream, n, digest)"
                               " VALUES ($1, $2, $3)",
                               3 },
  [CS_PG_LAST_SEQ] = { "last_seq",
                       "SELECT CASE WHEN is_called THEN last_value ELSE 0 END"
                       " FROM countersign.record_seq",
                       0 },
  [CS_PG_SNAPSHOT] = { "snapshot",
                       "SELECT pg_snapshot_xmin (s), pg_snapshot_xmax (s)"
                       " FROM pg_current_snapshot () s",
                       0 },
  [CS_PG_SEQS_AFTER] = { "seqs_after", "SELECT seq FROM countersign.records WHERE seq > $1", 1 },
  [CS_PG_READ_AFTER] = { "read_after",
                         "SELECT " COLUMNS " FROM countersign.records r WHERE r.seq > $1"
                         " ORDER BY r.seq",
                         1 },
  [CS_PG_READ_PORTION] = { "read_portion",
                           "SELECT " COLUMNS " FROM countersign.records r WHERE r.seq > $1"
                           " ORDER BY r.seq LIMIT $2",
                           2 },
  [CS_PG_READ_STREAM] = { "read_stream",
                          "SELECT " COLUMNS " FROM countersign.records r"
                          " WHERE r.stream = $1 AND r.n >= $2 ORDER BY r.n",
                          2 },
  [CS_PG_QUERY] = { "query",
                    "SELECT " COLUMNS " FROM countersign.records r"
                    " WHERE r.seq < $6" FILTER NEWEST,
                    10 },
  [CS_PG_QUERY_ACTOR] = { "query_actor", QUERY_INDEX ("i.actor = $2"), 10 },
  [CS_PG_QUERY_KIND] = { "query_kind", QUERY_INDEX ("i.kind = $3"), 10 },
  [CS_PG_QUERY_AREA] = { "query_area", QUERY_INDEX ("i.area = $9"), 10 },
  /* Time goes mostly forward with seq, but a clock may be set back: so both ends are looked up. */
  [CS_PG_QUERY_TIME] = { "query_time",
                         QUERY_INDEX (
                           "i.seq BETWEEN (SELECT min (seq) FROM countersign.record_index"
                           " WHERE at >= $4 AND at < $5)"
                           " AND (SELECT max (seq) FROM countersign.record_index"
                           " WHERE at >= $4 AND at < $5)"),
                         10 },
  /* The streams of a prefix are few, or they are an area. */
  [CS_PG_QUERY_STREAMS] = { "query_streams",
                            "SELECT " COLUMNS " FROM countersign.records r"
                            " WHERE r.stream >= $1 AND r.stream < $1 || chr (1114111)"
                            " AND r.seq < $6" FILTER NEWEST,
                            10 },
  /* The server can't know how many words begin so. Where it was seen that many do, this leaves it
   * nothing but to look through the rows from the newest one on; where few do, nothing but the
   * index of words; and in both cases one row of the records after the other. */
  [CS_PG_QUERY_WORDS] = { "query_words",
                          "SELECT r.* FROM (SELECT seq, words FROM countersign.record_index"
                          " WHERE seq < $6 ORDER BY seq DESC OFFSET 0) i" EACH_RECORD
                          " WHERE i.words @@ $8::tsquery LIMIT $7",
                          10 },
  [CS_PG_QUERY_RARE_WORDS] = { "query_rare_words",
                               "WITH hits AS MATERIALIZED (SELECT seq"
                               " FROM countersign.record_index"
                               " WHERE words @@ $8::tsquery AND seq + 0 < $6)"
                               " SELECT r.* FROM (SELECT seq FROM hits ORDER BY seq DESC) i"
                               EACH_RECORD " LIMIT $7",
                               10 },
  [CS_PG_SAMPLE_WORDS] = { "sample_words",
                           "SELECT count (*) FROM (SELECT words FROM countersign.record_index"
                           " WHERE seq < $2 ORDER BY seq DESC LIMIT 5000) w"
                           " WHERE w.words @@ $1::tsquery",
                           2 },
  /* Steps from stream to stream through the index, so the cost grows with the streams alone. */
  [CS_PG_LIST_HEADS] = { "list_heads",
                         "WITH RECURSIVE s (stream) AS ("
                         " (SELECT stream FROM countersign.records WHERE stream >= $1"
                         " ORDER BY stream LIMIT 1)"
                         " UNION ALL"
                         " SELECT (SELECT r.stream FROM countersign.records r"
                         " WHERE r.stream > s.stream"
                         " ORDER BY r.stream LIMIT 1) FROM s WHERE starts_with (s.stream, $1))"
                         " SELECT s.stream, l.n, l.hash, f.at, l.at FROM s"
                         " CROSS JOIN LATERAL (SELECT n, hash, at, seq FROM countersign.records"
                         " WHERE stream = s.stream ORDER BY n DESC LIMIT 1) l"
                         " CROSS JOIN LATERAL (SELECT at FROM countersign.records"
                         " WHERE stream = s.stream ORDER BY n LIMIT 1) f"
                         " WHERE starts_with (s.stream, $1) ORDER BY l.seq DESC",
                         1 },
  [CS_PG_INDEX_TURN] = { "index_turn", "SELECT pg_advisory_xact_lock (6072735141)", 0 },
  [CS_PG_INDEX_TRY_TURN] = { "index_try_turn", "SELECT pg_try_advisory_xact_lock (6072735141)", 0 },
  [CS_PG_INDEXED_TO] = { "indexed_to",
                         "SELECT coalesce (max (seq), 0) FROM countersign.index_marks", 0 },
  [CS_PG_UNINDEXED] = { "unindexed",
                        "SELECT " COLUMNS " FROM countersign.records r WHERE r.seq > $1"
                        " AND NOT EXISTS (SELECT FROM countersign.record_index i"
                        " WHERE i.seq = r.seq) ORDER BY r.seq LIMIT $2",
                        2 },
  [CS_PG_IS_INDEXED] = { "is_indexed",
                         "SELECT NOT EXISTS (SELECT FROM countersign.records r WHERE r.seq >"
                         " (SELECT coalesce (max (seq), 0) FROM countersign.index_marks)"
                         " AND NOT EXISTS (SELECT FROM countersign.record_index i"
                         " WHERE i.seq = r.seq))",
                         0 },
  [CS_PG_INSERT_INDEX] = { "insert_index",
                           "INSERT INTO countersign.record_index"
                           " (seq, at, actor, kind, area, words)"
                           " VALUES ($1, $2, $3, $4, $5, array_to_tsvector ($6::text[]))"
                           " ON CONFLICT DO NOTHING",
                           6 },
  [CS_PG_MARK_INDEXED] = { "mark_indexed",
                           "INSERT INTO countersign.index_marks (seq) VALUES ($1)"
                           " ON CONFLICT DO NOTHING",
                           1 },
  [CS_PG_HAS_BLOB] = { "has_blob", "SELECT size FROM countersign.blobs WHERE digest = $1", 1 },
  [CS_PG_INSERT_PART] = { "insert_part",
                          "INSERT INTO countersign.blob_parts (digest, part, bytes)"
                          " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                          3 },
  [CS_PG_INSERT_BLOB] = { "insert_blob",
                          "INSERT INTO countersign.blobs (digest, size) VALUES ($1, $2)"
                          " ON CONFLICT DO NOTHING",
                          2 },
  [CS_PG_READ_PART] = { "read_part",
                        "SELECT bytes FROM countersign.blob_parts WHERE digest = $1 AND part = $2",
                        2 },
  [CS_PG_NOTIFY] = { "notify", "SELECT pg_notify ('" CS_PG_CHANNEL "', '')", 0 },
  [CS_PG_CLAIM] = { "claim", "SELECT pg_advisory_lock ($1::bigint)", 1 },
  [CS_PG_END_BACKEND] = { "end_backend",
                          "SELECT pg_terminate_backend (pid) FROM pg_locks"
                          " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
                          " AND classid = ($1::bigint >> 32)::oid"
                          " AND objid = ($1::bigint & 4294967295)::oid"
                          " AND pid <> pg_backend_pid ()",
                          1 },
  [CS_PG_SCAN] = { "scan",
                   "SELECT " COLUMNS " FROM countersign.records r"
                   " WHERE (r.stream, r.n) > ($1, $2::bigint) ORDER BY r.stream, r.n LIMIT $3",
                   3 },
  [CS_PG_SCAN_BLOBS] = { "scan_blobs",
                         "SELECT digest, size FROM countersign.blobs WHERE digest > $1"
                         " ORDER BY digest LIMIT $2",
                         2 },
  [CS_PG_SCAN_NAMES] = { "scan_names",
                         "SELECT digest FROM countersign.record_blobs"
                         " WHERE stream = $1 AND n = $2",
                         2 },
  [CS_PG_COUNT] = { "count",
                    "SELECT (SELECT count (*) FROM countersign.records),"
                    " (SELECT count (*) FROM countersign.blobs)",
                    0 },
  [CS_PG_INDEX_FAULTS] = { "index_faults",
                           "SELECT r.stream, r.n FROM countersign.records r"
                           " FULL JOIN countersign.record_index i ON i.seq = r.seq"
                           " WHERE (r.seq IS NULL OR i.seq IS NULL OR i.at <> r.at"
                           " OR i.actor <> r.actor OR i.kind <> r.kind"
                           " OR i.area <> split_part (r.stream, '/', 1))"
                           " AND coalesce (r.seq, i.seq) <= $1 LIMIT 20",
                           1 },
};

/** GLANCE: how often who waits looks whether the link knows better, in microseconds */
#define GLANCE (500 * G_TIME_SPAN_MILLISECOND)

#define BIGINT 20
#define TEXT 25
#define TEXT_ARRAY 1009

/* A query need not look at each of its values, so their types are told (pg_type.dat). */
static const Oid query_types[] = { TEXT, TEXT, TEXT, BIGINT, BIGINT,
                                   BIGINT, BIGINT, TEXT, TEXT, TEXT_ARRAY };

static gboolean
report (GError **error, CsError code, CsPgServer *server, const char *message, const char *advice)
{
  g_autofree char *text = g_strdup (message != NULL ? message : "");

  g_strchomp (text);
  for (char *p = text; *p != '\0'; p++)
    if (*p == '\n' || *p == '\t')
      *p = ' ';
  g_set_error (error, CS_ERROR, code, "The journal “%s”: %s. %s", cs_pg_server_get_name (server),
               text, advice);
  return FALSE;
}

/* Classes of SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html). */
static gboolean
report_state (GError **error, CsPgServer *server, const char *state, const char *message)
{
  static const struct
  {
    const char *prefix;
    CsError code;
    const char *advice;
  } classes[] = {
    { "23505", CS_ERROR_CONFLICT, "Someone else was first: read again, then decide" },
    { CS_PG_BROKEN_CHAIN, CS_ERROR_CONFLICT, "Someone else was first: read again, then decide" },
    { "23503", CS_ERROR_NOT_FOUND, "A record can name only blobs that are stored" },
    { "40P01", CS_ERROR_CONFLICT, "Try again" },
    { "28", CS_ERROR_AUTH, "Check the user, the password and the server's pg_hba.conf" },
    { "3D", CS_ERROR_NOT_FOUND, "Check the name of the database" },
    { "3F", CS_ERROR_NOT_FOUND, "Create the workspace first" },
    { "42P01", CS_ERROR_NOT_FOUND, "Create the workspace first" },
    { "42501", CS_ERROR_REFUSED, "Ask who runs the server for the role countersign_writer" },
    { "53100", CS_ERROR_STORAGE, "The server's disk is full: ask who runs it" },
    { "53", CS_ERROR_BUSY, "The server is short of something: try again, and ask who runs it" },
    { "55P03", CS_ERROR_BUSY, "Try again" },
    { "57014", CS_ERROR_BUSY, "It took too long: try again" },
    { "57P", CS_ERROR_UNREACHABLE, "Try again when it is back" },
    { "08", CS_ERROR_UNREACHABLE, "Try again when it is back" },
    { "58", CS_ERROR_STORAGE, "The server's disk fails: ask who runs it" },
    { "XX", CS_ERROR_CORRUPT, "The server's data is damaged: ask who runs it" },
    { "25006", CS_ERROR_STORAGE, "The server is read-only: connect to the primary" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_str_has_prefix (state, classes[i].prefix))
      return report (error, classes[i].code, server, message, classes[i].advice);
  return report (error, CS_ERROR_FAILED, server, message, "This was not expected");
}

/** cs_pg_connection_is_lost: whether nothing more can be said over it. */
gboolean
cs_pg_connection_is_lost (CsPgConnection *self)
{
  return PQstatus (self->pg) != CONNECTION_OK;
}

/**
 * cs_pg_connection_fail:
 * @result: (nullable): what the server answered
 *
 * Puts the last failure into words: %CS_ERROR_UNREACHABLE if the connection is lost.
 *
 * Returns: %FALSE
 */
gboolean
cs_pg_connection_fail (CsPgConnection *self, PGresult *result, GError **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;

  if (cs_pg_connection_is_lost (self))
    return report (error, CS_ERROR_UNREACHABLE, self->server, PQerrorMessage (self->pg),
                   "Try again when it is back");
  if (state != NULL)
    return report_state (error, self->server, state,
                         PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY));
  return report (error, CS_ERROR_FAILED, self->server, PQerrorMessage (self->pg),
                 "This was not expected");
}

/* What libpq says about a connection that was never made; it has no SQLSTATE to give. */
static gboolean
fail_to_connect (CsPgConnection *self, GError **error)
{
  const char *message = PQerrorMessage (self->pg);

  if (PQconnectionNeedsPassword (self->pg) || PQconnectionUsedPassword (self->pg) ||
      strstr (message, "authentication failed") != NULL || strstr (message, "pg_hba") != NULL)
    return report (error, CS_ERROR_AUTH, self->server, message,
                   "Check the user, the password and the server's pg_hba.conf");
  if (strstr (message, "certificate") != NULL || strstr (message, "SSL") != NULL ||
      strstr (message, "private key") != NULL)
    return report (error, CS_ERROR_AUTH, self->server, message,
                   "Check the server's certificate, or say sslmode and sslrootcert in the address");
  if (strstr (message, "service") != NULL && strstr (message, "not found") != NULL)
    return report (error, CS_ERROR_INVALID, self->server, message,
                   "Check the name in ~/.pg_service.conf");
  return report (error, CS_ERROR_UNREACHABLE, self->server, message,
                 "Check the network and that the server runs");
}

static void
drop_notice (void *data, const PGresult *result)
{
}

/**
 * cs_pg_connection_open:
 *
 * Connects, and sets the session up: plans for the values at hand, and commits that are durable
 * when they are answered.
 *
 * Returns: (transfer full): the connection; %NULL with %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH or
 * %CS_ERROR_INVALID
 */
CsPgConnection *
cs_pg_connection_open (CsPgServer *server, GError **error)
{
  g_autoptr (CsPgConnection) self = g_new0 (CsPgConnection, 1);

  self->server = cs_pg_server_ref (server);
  self->pg =
    PQconnectdbParams (cs_pg_server_get_keywords (server), cs_pg_server_get_values (server), 0);
  if (self->pg == NULL || PQstatus (self->pg) != CONNECTION_OK)
    {
      fail_to_connect (self, error);
      return NULL;
    }
  PQsetNoticeReceiver (self->pg, drop_notice, NULL);
  if (!cs_pg_connection_execute (self,
                                 "SET plan_cache_mode = force_custom_plan; SET timezone = 'UTC';"
                                 "SET idle_in_transaction_session_timeout = '60s';"
                                 "SELECT set_config ('synchronous_commit', 'on', false)"
                                 " WHERE current_setting ('synchronous_commit') = 'off'",
                                 error))
    return NULL;
  return g_steal_pointer (&self);
}

/** cs_pg_connection_close: */
void
cs_pg_connection_close (CsPgConnection *self)
{
  if (self == NULL)
    return;
  PQfinish (self->pg);
  cs_pg_server_unref (self->server);
  g_free (self->durability);
  g_free (self);
}

/**
 * cs_pg_connection_get_result:
 *
 * Waits for the next answer, as PQgetResult() does, but not for ever: a server that says nothing
 * for too long is as good as lost.
 *
 * Returns: (transfer full) (nullable): the answer; %NULL at the end of a statement, or if the
 * connection is lost
 */
PGresult *
cs_pg_connection_get_result (CsPgConnection *self)
{
  gint64 deadline = g_get_monotonic_time () + self->patience;

  while (self->patience > 0 && PQisBusy (self->pg) == 1)
    {
      struct pollfd fd = { .fd = PQsocket (self->pg), .events = POLLIN };
      gint64 left = deadline - g_get_monotonic_time ();

      if (left <= 0 || (self->follows_link && cs_pg_server_is_lost (self->server)))
        shutdown (fd.fd, SHUT_RDWR);
      else
        poll (&fd, 1, (int) (MIN (left, GLANCE) / 1000 + 1));
      if (PQconsumeInput (self->pg) != 1)
        break;
    }
  return PQgetResult (self->pg);
}

/* The last answer to what was sent, or the first that is an error. */
static PGresult *
finish (CsPgConnection *self)
{
  PGresult *answer = NULL;
  PGresult *next;

  while ((next = cs_pg_connection_get_result (self)) != NULL)
    {
      if (answer != NULL && PQresultStatus (answer) == PGRES_FATAL_ERROR)
        {
          PQclear (next);
          continue;
        }
      PQclear (answer);
      answer = next;
    }
  return answer;
}

/** cs_pg_connection_execute: runs fixed commands without values, whose rows nobody reads. */
gboolean
cs_pg_connection_execute (CsPgConnection *self, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  ExecStatusType status;

  if (PQsendQuery (self->pg, sql) != 1)
    return cs_pg_connection_fail (self, NULL, error);
  result = finish (self);
  status = PQresultStatus (result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return TRUE;
  return cs_pg_connection_fail (self, result, error);
}

/** cs_pg_connection_name: what the server calls a prepared statement. */
const char *
cs_pg_connection_name (CsPgStatement statement)
{
  return statements[statement].name;
}

/** cs_pg_connection_n_values: how many values a statement takes. */
guint
cs_pg_connection_n_values (CsPgStatement statement)
{
  return statements[statement].n_values;
}

/** cs_pg_connection_prepare: for statements that are sent in a pipeline. */
gboolean
cs_pg_connection_prepare (CsPgConnection *self, CsPgStatement statement, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  gboolean is_query;

  if (self->prepared[statement])
    return TRUE;
  is_query = statements[statement].n_values == G_N_ELEMENTS (query_types);
  if (PQsendPrepare (self->pg, statements[statement].name, statements[statement].sql,
                     is_query ? G_N_ELEMENTS (query_types) : 0, is_query ? query_types : NULL) != 1)
    return cs_pg_connection_fail (self, NULL, error);
  result = finish (self);
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    return cs_pg_connection_fail (self, result, error);
  self->prepared[statement] = TRUE;
  return TRUE;
}

/**
 * cs_pg_connection_run_binary:
 * @values: one for each place of the statement; %NULL for NULL
 * @lengths: (nullable): bytes of those that are binary
 * @formats: (nullable): 1 for those that are binary
 * @result_format: 1 for rows in binary
 *
 * Returns: (transfer full): the rows; %NULL with an error
 */
PGresult *
cs_pg_connection_run_binary (CsPgConnection *self,
                             CsPgStatement statement,
                             const char *const *values,
                             const int *lengths,
                             const int *formats,
                             int result_format,
                             GError **error)
{
  g_autoptr (PGresult) result = NULL;
  ExecStatusType status;

  if (!cs_pg_connection_prepare (self, statement, error))
    return NULL;
  if (PQsendQueryPrepared (self->pg, statements[statement].name,
                           (int) statements[statement].n_values, values, lengths, formats,
                           result_format) == 1)
    result = finish (self);
  status = PQresultStatus (result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
    return g_steal_pointer (&result);
  cs_pg_connection_fail (self, result, error);
  return NULL;
}

/** cs_pg_connection_run: cs_pg_connection_run_binary() with text alone. */
PGresult *
cs_pg_connection_run (CsPgConnection *self,
                      CsPgStatement statement,
                      const char *const *values,
                      GError **error)
{
  return cs_pg_connection_run_binary (self, statement, values, NULL, NULL, 0, error);
}

/** cs_pg_connection_send_flush: puts what makes all before it durable into the open pipeline. */
gboolean
cs_pg_connection_send_flush (CsPgConnection *self)
{
  const char *values[] = { self->durability };

  return PQsendQueryPrepared (self->pg, statements[CS_PG_FLUSH].name, 1, values, NULL, NULL, 0) ==
         1;
}

/**
 * cs_pg_connection_flush:
 * @how: %CS_PG_FLUSH, or %CS_PG_FLUSH_SEEN if it is for what was read
 *
 * Returns: whether all that was committed, or seen, before this is durable
 */
gboolean
cs_pg_connection_flush (CsPgConnection *self, CsPgStatement how, GError **error)
{
  const char *values[] = { self->durability };
  g_autoptr (PGresult) done = NULL;

  if (self->durability == NULL)
    return TRUE;
  done = cs_pg_connection_run (self, how, values, error);
  return done != NULL;
}

/**
 * cs_pg_connection_watch_flushes:
 *
 * From now on cs_pg_connection_flush() makes durable what others have committed, too.
 *
 * Returns: whether the connection still stands
 */
gboolean
cs_pg_connection_watch_flushes (CsPgConnection *self, GError **error)
{
  g_autoptr (PGresult) level = PQexec (self->pg, "SHOW synchronous_commit");

  if (PQresultStatus (level) != PGRES_TUPLES_OK)
    return cs_pg_connection_fail (self, level, error);
  self->durability = g_strdup (PQgetvalue (level, 0, 0));
  if (!cs_pg_connection_flush (self, CS_PG_FLUSH, NULL) ||
      !cs_pg_connection_flush (self, CS_PG_FLUSH_SEEN, NULL))
    g_clear_pointer (&self->durability, g_free);
  return !cs_pg_connection_is_lost (self) || cs_pg_connection_fail (self, NULL, error);
}

/**
 * cs_pg_connection_defer_flush:
 *
 * From now on a commit returns at once, and is durable when a flush that follows has returned: so
 * who waits for the disk holds nobody else up. What speaks PostgreSQL and has no messages in its
 * log goes on with commits that wait by themselves
 * (https://www.postgresql.org/docs/15/wal-async-commit.html).
 *
 * Returns: whether the connection still stands
 */
gboolean
cs_pg_connection_defer_flush (CsPgConnection *self, GError **error)
{
  if (!cs_pg_connection_watch_flushes (self, error))
    return FALSE;
  return self->durability == NULL ||
         cs_pg_connection_execute (self, "SET synchronous_commit = off; SET plan_cache_mode = auto",
                                   error);
}

/** cs_pg_get_int: a number in a row. */
gint64
cs_pg_get_int (PGresult *rows, int row, int column)
{
  return g_ascii_strtoll (PQgetvalue (rows, row, column), NULL, 10);
}

/**
 * cs_pg_read_record:
 * @rows: with the columns seq, stream, n, at, actor, kind, body, previous, hash
 *
 * Returns: (transfer full): the record, as it is stored; %NULL with %CS_ERROR_CORRUPT if its body
 * is no JSON object
 */
CsRecord *
cs_pg_read_record (CsPgConnection *self, PGresult *rows, int row, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) body = NULL;
  gint64 seq = cs_pg_get_int (rows, row, 0);
  const char *stream = PQgetvalue (rows, row, 1);
  gint64 n = cs_pg_get_int (rows, row, 2);
  gint64 at = cs_pg_get_int (rows, row, 3);
  const char *actor = PQgetvalue (rows, row, 4);
  const char *kind = PQgetvalue (rows, row, 5);
  const char *text = PQgetvalue (rows, row, 6);
  gsize length = (gsize) PQgetlength (rows, row, 6);
  const char *previous = PQgetvalue (rows, row, 7);
  const char *hash = PQgetvalue (rows, row, 8);

  if (*text == '{' && cs_json_is_canonical (text, length))
    return cs_record_new_from_text (seq, stream, n, at, actor, kind, text, length, previous, hash);
  body = cs_json_parse (text, (gssize) length, &local_error);
  if (body != NULL && JSON_NODE_HOLDS_OBJECT (body))
    return cs_record_new (seq, stream, n, at, actor, kind, body, previous, hash);
  g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
               "Record %" G_GINT64_FORMAT " of “%s” in “%s” is damaged: %s. Verify the journal", n,
               stream, cs_pg_server_get_name (self->server),
               local_error != NULL ? local_error->message : "its body is no object");
  return NULL;
}
