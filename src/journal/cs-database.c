/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to journal.db, for one thread at a time. */

#include "cs-database.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-migration.h"
#include "cs-sqlite-error.h"

#include <glib/gstdio.h>

#define BUSY_MS 5000

#define COLUMNS "r.seq, r.stream, r.n, r.at, r.actor, r.kind, r.body, r.previous, r.hash"

/* ?1 stream prefix, ?2 actor, ?3 kind, ?4 since, ?5 until, ?6 before, ?7 limit, ?8 words, ?9 area,
 * ?10 streams as a JSON array. The unary plus keeps an index from being used for that term. */
#define IN_STREAMS " AND (?10 IS NULL OR r.stream IN (SELECT value FROM json_each (?10)))"
#define FILTER                                                             \
  " AND (?1 IS NULL OR substr (r.stream, 1, length (?1)) = ?1)" IN_STREAMS \
  " AND (?2 IS NULL OR +r.actor = ?2) AND (?3 IS NULL OR +r.kind = ?3)"    \
  " AND +r.at >= ?4 AND +r.at < ?5"
#define NEWEST " ORDER BY r.seq DESC LIMIT ?7"

/* The rows of one index, newest first, each compared with the small index row before the record
 * itself is looked up. */
#define QUERY_INDEX(term)                                                  \
  "SELECT " COLUMNS " FROM record_index i CROSS JOIN records r"            \
  " ON r.seq = i.seq WHERE " term " AND i.seq < ?6"                        \
  " AND (?2 IS NULL OR +i.actor = ?2) AND (?3 IS NULL OR +i.kind = ?3)"    \
  " AND (?9 IS NULL OR +i.area = ?9) AND +i.at >= ?4 AND +i.at < ?5"       \
  " AND (?1 IS NULL OR substr (r.stream, 1, length (?1)) = ?1)" IN_STREAMS \
  " ORDER BY i.seq DESC LIMIT ?7"

#define SCAN_INDEX(column) \
  "SELECT seq, " column " FROM record_index INDEXED BY record_index_" column " ORDER BY " column

static const char *const sql[CS_N_STATEMENTS] = {
  [CS_STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
  [CS_STATEMENT_COMMIT] = "COMMIT",
  [CS_STATEMENT_ROLLBACK] = "ROLLBACK",
  [CS_STATEMENT_SAVEPOINT] = "SAVEPOINT one",
  [CS_STATEMENT_RELEASE] = "RELEASE one",
  [CS_STATEMENT_ROLLBACK_TO] = "ROLLBACK TO one",
  [CS_STATEMENT_DATA_VERSION] = "PRAGMA data_version",
  [CS_STATEMENT_LAST_SEQ] = "SELECT coalesce (max (seq), 0) FROM records",
  [CS_STATEMENT_HEAD] = "SELECT n, hash FROM records WHERE stream = ?1 ORDER BY n DESC LIMIT 1",
  [CS_STATEMENT_INSERT_RECORD] =
    "INSERT INTO records (seq, stream, n, at, actor, kind, body, previous, hash)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
  [CS_STATEMENT_INSERT_WORDS] = "INSERT INTO record_words (rowid, words) VALUES (?1, ?2)",
  [CS_STATEMENT_INSERT_BLOB] = "INSERT INTO record_blobs (seq, digest) VALUES (?1, ?2)",
  [CS_STATEMENT_INSERT_INDEX] =
    "INSERT INTO record_index (seq, at, actor, kind, area) VALUES (?1, ?2, ?3, ?4, ?5)",
  [CS_STATEMENT_INDEXED_TO] = "SELECT coalesce (max (seq), 0) FROM record_index",
  [CS_STATEMENT_INDEX_GAPS] = "SELECT coalesce (max (seq), 0) - count (*) FROM record_index",
  [CS_STATEMENT_READ_AFTER_SEQ] =
    "SELECT " COLUMNS " FROM records r WHERE r.seq > ?1 ORDER BY r.seq",
  [CS_STATEMENT_READ_STREAM] =
    "SELECT " COLUMNS " FROM records r WHERE r.stream = ?1 AND r.n >= ?2 ORDER BY r.n",
  [CS_STATEMENT_QUERY] = "SELECT " COLUMNS " FROM records r WHERE r.seq < ?6" FILTER NEWEST,
  [CS_STATEMENT_QUERY_ACTOR] = QUERY_INDEX ("i.actor = ?2"),
  [CS_STATEMENT_QUERY_KIND] = QUERY_INDEX ("i.kind = ?3"),
  [CS_STATEMENT_QUERY_AREA] = QUERY_INDEX ("i.area = ?9"),
  /* Time goes mostly forward with seq, but a clock may be set back: so both ends are looked up. */
  [CS_STATEMENT_QUERY_TIME] = QUERY_INDEX (
    "i.seq BETWEEN (SELECT min (seq) FROM record_index WHERE at >= ?4 AND at < ?5)"
    " AND (SELECT max (seq) FROM record_index WHERE at >= ?4 AND at < ?5)"),
  /* The streams of a prefix are few, or they are an area. */
  [CS_STATEMENT_QUERY_STREAMS] =
    "SELECT " COLUMNS " FROM records r WHERE r.stream >= ?1 AND r.stream < ?1 || char (1114111)"
    " AND +r.seq < ?6" FILTER NEWEST,
  /* In the order of the full-text index, which gives its newest first: a word that all records have
   * costs a page of them. */
  [CS_STATEMENT_QUERY_WORDS] =
    "SELECT " COLUMNS " FROM record_words w CROSS JOIN records r ON r.seq = w.rowid"
    " WHERE record_words MATCH ?8 AND w.rowid < ?6" FILTER
    " ORDER BY w.rowid DESC LIMIT ?7",
  /* A view of the index's own words, of this connection alone. */
  [CS_STATEMENT_LIST_WORDS] = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words_in_use"
                              " USING fts5vocab (main, record_words, instance)",
  [CS_STATEMENT_NEXT_WORD] = "SELECT term FROM temp.words_in_use WHERE term >= ?1 LIMIT 1",
  /* Steps from stream to stream through the index, so the cost grows with the streams alone. */
  [CS_STATEMENT_LIST_HEADS] =
    "WITH RECURSIVE s (stream) AS ("
    " SELECT min (stream) FROM records WHERE stream >= ?1"
    " UNION ALL"
    " SELECT (SELECT min (stream) FROM records WHERE stream > s.stream) FROM s"
    " WHERE substr (s.stream, 1, length (?1)) = ?1)"
    " SELECT s.stream, l.n, l.hash, (SELECT at FROM records WHERE stream = s.stream AND n = 0), "
    "l.at"
    " FROM s JOIN records l ON l.stream = s.stream"
    " AND l.n = (SELECT max (n) FROM records WHERE stream = s.stream)"
    " WHERE substr (s.stream, 1, length (?1)) = ?1 ORDER BY l.seq DESC",
  [CS_STATEMENT_SCAN] = "SELECT " COLUMNS " FROM records r NOT INDEXED"
                        " WHERE r.seq BETWEEN ?1 AND ?2 ORDER BY r.seq",
  [CS_STATEMENT_BLOBS] =
    "SELECT seq, digest FROM record_blobs WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
  /* Each from one end to the other, without a look at the table. */
  [CS_STATEMENT_INDEX_STREAM] =
    "SELECT seq, stream, n FROM records INDEXED BY sqlite_autoindex_records_1 ORDER BY stream, n",
  [CS_STATEMENT_INDEX_AT] = SCAN_INDEX ("at"),
  [CS_STATEMENT_INDEX_ACTOR] = SCAN_INDEX ("actor"),
  [CS_STATEMENT_INDEX_KIND] = SCAN_INDEX ("kind"),
  [CS_STATEMENT_INDEX_AREA] = SCAN_INDEX ("area"),
  [CS_STATEMENT_INDEX_ROWS] =
    "SELECT seq, at, actor, kind, area FROM record_index NOT INDEXED",
  [CS_STATEMENT_PAGE_SIZE] = "PRAGMA page_size",
  [CS_STATEMENT_N_PAGES] = "PRAGMA page_count",
  /* What this leaves out, that an index says what its table says, cs-index-check.c sees sooner. */
  [CS_STATEMENT_QUICK_CHECK] = "PRAGMA quick_check (20)",
  /* Those between the first record and the last are seen on the way through the records. */
  [CS_STATEMENT_STRAY_BLOBS] =
    "SELECT digest FROM record_blobs WHERE seq < 1 UNION ALL"
    " SELECT digest FROM record_blobs WHERE seq > (SELECT coalesce (max (seq), 0) FROM records)",
};

/* Switching an empty database to WAL does not wait for others that do so: it tries again. */
static gboolean
configure (CsDatabase *self, GError **error)
{
  int code = SQLITE_BUSY;

  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  for (int i = 0; i < 100 && (code & 0xff) == SQLITE_BUSY; i++)
    {
      if (i > 0)
        g_usleep (50 * 1000);
      code = sqlite3_exec (self->db,
                           "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
                           "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8192",
                           NULL, NULL, NULL);
    }
  if (code != SQLITE_OK)
    return cs_sqlite_error_set (error, self->db, self->path, "Opening");
  return TRUE;
}

/**
 * cs_database_open:
 * @path: the database file; made (mode 0600) if it is missing
 *
 * Opens a connection and brings the schema up to date.
 *
 * Returns: (transfer full): the connection; %NULL with %CS_ERROR_STORAGE, %CS_ERROR_CORRUPT,
 * %CS_ERROR_TOO_NEW or %CS_ERROR_BUSY
 */
CsDatabase *
cs_database_open (const char *path, GError **error)
{
  g_autoptr (CsDatabase) self = NULL;
  int flags =
    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  gboolean is_new = !g_file_test (path, G_FILE_TEST_EXISTS);

  self = g_new0 (CsDatabase, 1);
  self->path = g_strdup (path);
  if (sqlite3_open_v2 (path, &self->db, flags, NULL) != SQLITE_OK)
    {
      cs_sqlite_error_set (error, self->db, path, "Opening");
      return NULL;
    }
  /* By its path: to open the file and close it again would drop the locks that other connections of
   * this process hold (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks). */
  if (is_new)
    g_chmod (path, 0600);
  if (sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
                   "“%s” can't be written to. Check the permissions and the disk", path);
      return NULL;
    }
  if (!configure (self, error) || !cs_migration_run (self->db, path, cs_journal_migrations, error))
    return NULL;
  return g_steal_pointer (&self);
}

/** cs_database_close: closes the connection; the last one of all programs checkpoints. */
void
cs_database_close (CsDatabase *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < CS_N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->db);
  g_free (self->path);
  g_free (self);
}

/** cs_database_fail: sets @error to what the last call met; returns %FALSE. */
gboolean
cs_database_fail (CsDatabase *self, const char *what, GError **error)
{
  return cs_sqlite_error_set (error, self->db, self->path, what);
}

/**
 * cs_database_get:
 *
 * Returns: (transfer none) (nullable): the statement, reset and without values
 */
sqlite3_stmt *
cs_database_get (CsDatabase *self, CsStatement statement, GError **error)
{
  sqlite3_stmt **slot = &self->statements[statement];

  if (*slot == NULL && sqlite3_prepare_v3 (self->db, sql[statement], -1, SQLITE_PREPARE_PERSISTENT,
                                           slot, NULL) != SQLITE_OK)
    {
      cs_database_fail (self, "Reading", error);
      return NULL;
    }
  sqlite3_reset (*slot);
  sqlite3_clear_bindings (*slot);
  return *slot;
}

/** cs_database_run: runs a statement that has no values and gives no rows. */
gboolean
cs_database_run (CsDatabase *self, CsStatement statement, GError **error)
{
  sqlite3_stmt *prepared = cs_database_get (self, statement, error);
  int code;

  if (prepared == NULL)
    return FALSE;
  code = sqlite3_step (prepared);
  if (code != SQLITE_DONE && code != SQLITE_ROW)
    {
      cs_database_fail (self, "Writing to", error);
      sqlite3_reset (prepared);
      return FALSE;
    }
  sqlite3_reset (prepared);
  return TRUE;
}

/**
 * cs_database_read_record:
 * @row: a row of the columns seq, stream, n, at, actor, kind, body, previous, hash
 *
 * Returns: (transfer full): the record, as it is stored; %NULL with %CS_ERROR_CORRUPT if its body
 * is no JSON object
 */
CsRecord *
cs_database_read_record (CsDatabase *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) body = NULL;
  gint64 seq = sqlite3_column_int64 (row, 0);
  const char *stream = (const char *) sqlite3_column_text (row, 1);
  gint64 n = sqlite3_column_int64 (row, 2);
  gint64 at = sqlite3_column_int64 (row, 3);
  const char *actor = (const char *) sqlite3_column_text (row, 4);
  const char *kind = (const char *) sqlite3_column_text (row, 5);
  const char *text = (const char *) sqlite3_column_text (row, 6);
  gsize length = (gsize) sqlite3_column_bytes (row, 6);
  const char *previous = (const char *) sqlite3_column_text (row, 7);
  const char *hash = (const char *) sqlite3_column_text (row, 8);

  if (text != NULL && *text == '{' && cs_json_is_canonical (text, length))
    return cs_record_new_from_text (seq, stream, n, at, actor, kind, text, length, previous, hash);
  if (text != NULL)
    body = cs_json_parse (text, (gssize) length, &local_error);
  if (body != NULL && JSON_NODE_HOLDS_OBJECT (body))
    return cs_record_new (seq, stream, n, at, actor, kind, body, previous, hash);
  g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
               "Record %" G_GINT64_FORMAT " of “%s” in “%s” is damaged: %s. Verify the journal", n,
               stream, self->path,
               local_error != NULL ? local_error->message : "its body is no object");
  return NULL;
}
