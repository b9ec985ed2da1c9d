/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that go from one journal to another as they are. */

#include "cs-journal-transfer.h"

#include "cs-blob-directory.h"
#include "cs-blob-names.h"
#include "cs-error.h"
#include "cs-json.h"

/**
 * cs_journal_scan:
 * @path: the database file
 *
 * Returns: (transfer full) (element-type CsRecord): up to @limit records with a seq behind @after,
 * in order; %NULL with an error
 */
GPtrArray *
cs_journal_scan (const char *path, gint64 after, guint limit, GError **error)
{
  g_autoptr (CsDatabase) database = cs_database_open (path, error);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  sqlite3_stmt *statement;
  int code = SQLITE_DONE;

  if (database == NULL)
    return NULL;
  statement = cs_database_get (database, CS_STATEMENT_READ_AFTER_SEQ, error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, after);
  while (records->len < limit && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      CsRecord *record = cs_database_read_record (database, statement, error);

      if (record == NULL)
        return NULL;
      g_ptr_array_add (records, record);
    }
  if (code != SQLITE_DONE && code != SQLITE_ROW)
    {
      cs_database_fail (database, "Reading", error);
      return NULL;
    }
  return g_steal_pointer (&records);
}

static gboolean
step_done (CsDatabase *database, sqlite3_stmt *statement, GError **error)
{
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE;

  if (!ok)
    cs_database_fail (database, "Writing to", error);
  sqlite3_reset (statement);
  return ok;
}

static gboolean
insert_blobs (CsDatabase *database, const char *blobs, gint64 seq, const char *body, GError **error)
{
  g_autoptr (GPtrArray) names = cs_blob_names_find (body, strlen (body));

  for (guint i = 0; i < names->len; i++)
    {
      const char *digest = g_ptr_array_index (names, i);
      sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_INSERT_BLOB, error);

      if (statement == NULL)
        return FALSE;
      if (!cs_blob_directory_has (blobs, digest))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                       "The blob %s is not stored, so no record can name it", digest);
          return FALSE;
        }
      sqlite3_bind_int64 (statement, 1, seq);
      sqlite3_bind_text (statement, 2, digest, -1, SQLITE_STATIC);
      if (!step_done (database, statement, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * cs_journal_insert_record:
 * @seq: the next one
 * @record: of another journal; follows its stream
 *
 * Writes a record as it is, within the open transaction.
 *
 * Returns: whether it could
 */
gboolean
cs_journal_insert_record (CsDatabase *database, gint64 seq, CsRecord *record, GError **error)
{
  g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), error);
  sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_INSERT_RECORD, error);

  if (body == NULL || statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, seq);
  sqlite3_bind_text (statement, 2, cs_record_get_stream (record), -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 3, cs_record_get_n (record));
  sqlite3_bind_int64 (statement, 4, cs_record_get_at (record));
  sqlite3_bind_text (statement, 5, cs_record_get_actor (record), -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 6, cs_record_get_kind (record), -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 7, body, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 8, cs_record_get_previous (record), -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 9, cs_record_get_hash (record), -1, SQLITE_STATIC);
  return step_done (database, statement, error);
}

static gboolean
insert (CsDatabase *database, const char *blobs, gint64 seq, CsRecord *record, GError **error)
{
  g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), error);

  return body != NULL && cs_journal_insert_record (database, seq, record, error) &&
         insert_blobs (database, blobs, seq, body, error);
}

static gboolean
insert_all (CsDatabase *database, const char *blobs, GPtrArray *records, GError **error)
{
  sqlite3_stmt *last = cs_database_get (database, CS_STATEMENT_LAST_SEQ, error);
  gint64 seq;

  if (last == NULL)
    return FALSE;
  if (sqlite3_step (last) != SQLITE_ROW)
    return cs_database_fail (database, "Reading", error);
  seq = sqlite3_column_int64 (last, 0);
  sqlite3_reset (last);
  for (guint i = 0; i < records->len; i++)
    if (!insert (database, blobs, ++seq, g_ptr_array_index (records, i), error))
      return FALSE;
  return TRUE;
}

/**
 * cs_journal_import:
 * @path: the database file
 * @blobs: the directory of blobs, which has those that the records name
 * @records: (element-type CsRecord): each follows its stream
 *
 * Takes over records as they are, in one transaction, over a connection of its own.
 *
 * Returns: whether all are durable; else none is
 */
gboolean
cs_journal_import (const char *path, const char *blobs, GPtrArray *records, GError **error)
{
  g_autoptr (CsDatabase) database = cs_database_open (path, error);

  if (database == NULL || !cs_database_run (database, CS_STATEMENT_BEGIN, error))
    return FALSE;
  if (insert_all (database, blobs, records, error) &&
      cs_database_run (database, CS_STATEMENT_COMMIT, error))
    return TRUE;
  if (!sqlite3_get_autocommit (database->db))
    cs_database_run (database, CS_STATEMENT_ROLLBACK, NULL);
  return FALSE;
}
