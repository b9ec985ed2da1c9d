/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of a journal that lies elsewhere, to read from while that can't be reached. */

/* The copy is a journal, too, whose rules keep its records in order and unchanged; it numbers them
 * by itself, so a table beside them says which seq each has in the original. It proves nothing:
 * what counts is the original. */

#include "cs-mirror.h"

#include "cs-journal-index.h"
#include "cs-journal-reader.h"
#include "cs-journal-transfer.h"

#include <glib/gstdio.h>

#define INDEX_PORTION 512

struct _CsMirror
{
  CsDatabase *database;
  sqlite3_stmt *find;
  sqlite3_stmt *find_seq;
  sqlite3_stmt *insert;
  sqlite3_stmt *place;
  gboolean complete;
};

static const char tables[] =
  "CREATE TABLE IF NOT EXISTS mirror_seqs (original INTEGER PRIMARY KEY, seq INTEGER NOT NULL);"
  "CREATE UNIQUE INDEX IF NOT EXISTS mirror_seqs_seq ON mirror_seqs (seq);"
  "CREATE TABLE IF NOT EXISTS mirror_marks (complete INTEGER NOT NULL)";

static sqlite3_stmt *
prepare (CsMirror *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  sqlite3_prepare_v3 (self->database->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  return statement;
}

/* The only number that a statement with one value gives; 0 if it gives none. */
static gint64
look_up (sqlite3_stmt *statement, gint64 value)
{
  gint64 number = 0;

  sqlite3_reset (statement);
  sqlite3_bind_int64 (statement, 1, value);
  if (sqlite3_step (statement) == SQLITE_ROW)
    number = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return number;
}

/**
 * cs_mirror_open:
 * @path: the database file; made (mode 0600) if it is missing
 *
 * Returns: (transfer full): the copy, for one thread at a time; %NULL with %CS_ERROR_STORAGE,
 * %CS_ERROR_CORRUPT, %CS_ERROR_TOO_NEW or %CS_ERROR_BUSY
 */
CsMirror *
cs_mirror_open (const char *path, GError **error)
{
  g_autoptr (CsMirror) self = g_new0 (CsMirror, 1);
  sqlite3_stmt *mark;

  self->database = cs_database_open (path, error);
  if (self->database == NULL)
    return NULL;
  if (sqlite3_exec (self->database->db, tables, NULL, NULL, NULL) == SQLITE_OK)
    {
      self->find = prepare (self, "SELECT seq FROM mirror_seqs WHERE original = ?1");
      self->find_seq = prepare (self, "SELECT original FROM mirror_seqs WHERE seq = ?1");
      self->insert = prepare (self, "INSERT INTO mirror_seqs (original, seq) VALUES (?1, ?2)");
      self->place = prepare (self, "SELECT seq FROM mirror_seqs WHERE original >= ?1"
                                   " ORDER BY original LIMIT 1");
    }
  if (self->find == NULL || self->find_seq == NULL || self->insert == NULL || self->place == NULL)
    {
      cs_database_fail (self->database, "Opening", error);
      return NULL;
    }
  mark = prepare (self, "SELECT count (*) FROM mirror_marks");
  self->complete = sqlite3_step (mark) == SQLITE_ROW && sqlite3_column_int (mark, 0) > 0;
  sqlite3_finalize (mark);
  return g_steal_pointer (&self);
}

/** cs_mirror_close: */
void
cs_mirror_close (CsMirror *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->find);
  sqlite3_finalize (self->find_seq);
  sqlite3_finalize (self->insert);
  sqlite3_finalize (self->place);
  cs_database_close (self->database);
  g_free (self);
}

/** cs_mirror_discard: (transfer full): removes a copy that no longer follows its original. */
void
cs_mirror_discard (CsMirror *self)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *path = g_strdup (self->database->path);

  cs_mirror_close (self);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

      g_unlink (file);
    }
}

static gboolean
read_last (CsMirror *self, gint64 *seq, GError **error)
{
  sqlite3_stmt *last = cs_database_get (self->database, CS_STATEMENT_LAST_SEQ, error);
  gboolean ok = last != NULL && sqlite3_step (last) == SQLITE_ROW;

  if (ok)
    *seq = sqlite3_column_int64 (last, 0);
  else if (last != NULL)
    cs_database_fail (self->database, "Reading", error);
  sqlite3_reset (last);
  return ok;
}

static gboolean
add_all (CsMirror *self, GPtrArray *records, GError **error)
{
  gint64 seq = 0;

  if (!read_last (self, &seq, error))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = g_ptr_array_index (records, i);
      gboolean ok;

      if (look_up (self->find, cs_record_get_seq (record)) != 0)
        continue;
      if (!cs_journal_insert_record (self->database, ++seq, record, error))
        return FALSE;
      sqlite3_bind_int64 (self->insert, 1, cs_record_get_seq (record));
      sqlite3_bind_int64 (self->insert, 2, seq);
      ok = sqlite3_step (self->insert) == SQLITE_DONE;
      if (!ok)
        cs_database_fail (self->database, "Writing to", error);
      sqlite3_reset (self->insert);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/**
 * cs_mirror_add:
 * @records: (element-type CsRecord): of the original, with its seqs; each follows its stream
 *
 * Copies what is not here yet, all or nothing.
 *
 * Returns: whether it could; else %CS_ERROR_STORAGE, %CS_ERROR_BUSY, or %CS_ERROR_CONFLICT if the
 * original no longer follows from what was copied
 */
gboolean
cs_mirror_add (CsMirror *self, GPtrArray *records, GError **error)
{
  if (records->len == 0)
    return TRUE;
  if (!cs_database_run (self->database, CS_STATEMENT_BEGIN, error))
    return FALSE;
  if (add_all (self, records, error) &&
      cs_database_run (self->database, CS_STATEMENT_COMMIT, error))
    return TRUE;
  if (!sqlite3_get_autocommit (self->database->db))
    cs_database_run (self->database, CS_STATEMENT_ROLLBACK, NULL);
  return FALSE;
}

/** cs_mirror_set_complete: all that there was has been copied once; what is missing is news. */
gboolean
cs_mirror_set_complete (CsMirror *self, GError **error)
{
  if (self->complete)
    return TRUE;
  self->complete = sqlite3_exec (self->database->db, "INSERT INTO mirror_marks VALUES (1)", NULL,
                                 NULL, NULL) == SQLITE_OK;
  return self->complete || cs_database_fail (self->database, "Writing to", error);
}

/** cs_mirror_is_complete: whether answers are worth giving. */
gboolean
cs_mirror_is_complete (CsMirror *self)
{
  return self->complete;
}

/**
 * cs_mirror_list_seqs:
 * @window: how far below the newest one to begin
 * @from: (out): behind which seq of the original the list begins
 *
 * Returns: (transfer full) (element-type gint64): the seqs of the original that are here
 */
GArray *
cs_mirror_list_seqs (CsMirror *self, gint64 window, gint64 *from, GError **error)
{
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *last = prepare (self, "SELECT coalesce (max (original), 0) FROM mirror_seqs");
  sqlite3_stmt *list =
    prepare (self, "SELECT original FROM mirror_seqs WHERE original > ?1 ORDER BY original");
  int code = SQLITE_ERROR;

  if (last != NULL && sqlite3_step (last) == SQLITE_ROW)
    *from = MAX (sqlite3_column_int64 (last, 0) - window, 0);
  if (list != NULL)
    sqlite3_bind_int64 (list, 1, *from);
  while (list != NULL && (code = sqlite3_step (list)) == SQLITE_ROW)
    {
      gint64 seq = sqlite3_column_int64 (list, 0);

      g_array_append_val (seqs, seq);
    }
  if (code != SQLITE_DONE)
    cs_database_fail (self->database, "Reading", error);
  sqlite3_finalize (last);
  sqlite3_finalize (list);
  return code == SQLITE_DONE ? g_steal_pointer (&seqs) : NULL;
}

/* A record of the copy as the original has it. */
static CsRecord *
restore (CsMirror *self, CsRecord *record)
{
  JsonNode *body = cs_record_get_body_node (record);

  return cs_record_new (look_up (self->find_seq, cs_record_get_seq (record)),
                        cs_record_get_stream (record), cs_record_get_n (record),
                        cs_record_get_at (record), cs_record_get_actor (record),
                        cs_record_get_kind (record), body, cs_record_get_previous (record),
                        cs_record_get_hash (record));
}

static gboolean
bring_index_up_to_date (CsMirror *self, GCancellable *cancellable, GError **error)
{
  gboolean complete = FALSE;

  while (!complete)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !cs_journal_index_advance (self->database, INDEX_PORTION, &complete, error))
      return FALSE;
  return TRUE;
}

/**
 * cs_mirror_answer:
 *
 * Returns: (transfer full): what @request asks for, as the original would answer if it had nothing
 * newer; %NULL with %CS_ERROR_CORRUPT, %CS_ERROR_STORAGE or %CS_ERROR_BUSY
 */
GPtrArray *
cs_mirror_answer (CsMirror *self,
                  const CsReadRequest *request,
                  GCancellable *cancellable,
                  GError **error)
{
  CsReadRequest own = *request;
  g_autoptr (CsQuery) query = request->query != NULL ? cs_query_copy (request->query) : NULL;
  g_autoptr (GPtrArray) answer = NULL;

  if (query != NULL && query->before != G_MAXINT64)
    {
      gint64 place = look_up (self->place, query->before);

      query->before = place != 0 ? place : G_MAXINT64;
    }
  if (query != NULL && cs_query_needs_index (query) &&
      !bring_index_up_to_date (self, cancellable, error))
    return NULL;
  own.query = query;
  answer = cs_journal_answer (self->database, &own, cancellable, error);
  for (guint i = 0; answer != NULL && request->kind != CS_READ_HEADS && i < answer->len; i++)
    {
      CsRecord *record = g_ptr_array_index (answer, i);

      g_ptr_array_index (answer, i) = restore (self, record);
      g_object_unref (record);
    }
  return g_steal_pointer (&answer);
}
