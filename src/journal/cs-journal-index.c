/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What records are found by: words, people, kinds, areas, times; derived from the records. */

/* An append waits for the disk, so it writes what must not be lost and nothing else. The index can
 * be made from that at any time, and costs less the more records are taken at once. It follows the
 * records without a gap: whoever asks by it brings it up to date first, and after a crash it goes
 * on where it stands. Several programs may do so at once; the transaction lets one go first. */

#include "cs-journal-index.h"

#include "cs-append.h"

#include <string.h>

static gboolean
step_done (CsDatabase *database, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_DONE)
    cs_database_fail (database, "Writing to", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

static gboolean
insert_row (CsDatabase *database, sqlite3_stmt *record, GError **error)
{
  sqlite3_stmt *insert = cs_database_get (database, CS_STATEMENT_INSERT_INDEX, error);
  const char *stream = (const char *) sqlite3_column_text (record, 1);
  /* Of a damaged record it may be missing; verification is what names that. */
  const char *slash = stream != NULL ? strchr (stream, '/') : NULL;

  if (insert == NULL)
    return FALSE;
  sqlite3_bind_value (insert, 1, sqlite3_column_value (record, 0));
  sqlite3_bind_value (insert, 2, sqlite3_column_value (record, 3));
  sqlite3_bind_value (insert, 3, sqlite3_column_value (record, 4));
  sqlite3_bind_value (insert, 4, sqlite3_column_value (record, 5));
  sqlite3_bind_text (insert, 5, stream != NULL ? stream : "",
                     slash != NULL ? (int) (slash - stream) : -1, SQLITE_STATIC);
  return step_done (database, insert, error);
}

/* A damaged record has no words; verification is what names it. */
static gboolean
insert_words (CsDatabase *database, sqlite3_stmt *row, GError **error)
{
  g_autoptr (CsRecord) record = cs_database_read_record (database, row, NULL);
  g_autofree char *words = record != NULL ? cs_append_collect_words (record) : NULL;
  sqlite3_stmt *insert;

  if (words == NULL)
    return TRUE;
  insert = cs_database_get (database, CS_STATEMENT_INSERT_WORDS, error);
  if (insert == NULL)
    return FALSE;
  sqlite3_bind_int64 (insert, 1, sqlite3_column_int64 (row, 0));
  sqlite3_bind_text (insert, 2, words, -1, SQLITE_STATIC);
  return step_done (database, insert, error);
}

static gboolean
add_records (CsDatabase *database, guint most, gboolean *complete, GError **error)
{
  sqlite3_stmt *end = cs_database_get (database, CS_STATEMENT_INDEXED_TO, error);
  sqlite3_stmt *records = cs_database_get (database, CS_STATEMENT_READ_AFTER_SEQ, error);
  gboolean ok = end != NULL && records != NULL;
  int code = SQLITE_DONE;

  if (ok && sqlite3_step (end) == SQLITE_ROW)
    sqlite3_bind_value (records, 1, sqlite3_column_value (end, 0));
  else if (ok)
    ok = cs_database_fail (database, "Reading", error);
  sqlite3_reset (end);
  for (guint i = 0; ok && i < most && (code = sqlite3_step (records)) == SQLITE_ROW; i++)
    ok = insert_row (database, records, error) && insert_words (database, records, error);
  if (ok && code != SQLITE_DONE && code != SQLITE_ROW)
    ok = cs_database_fail (database, "Reading", error);
  sqlite3_reset (records);
  *complete = code == SQLITE_DONE;
  return ok;
}

/**
 * cs_journal_index_advance:
 * @most: how many records to take
 * @complete: (out): whether no record was left
 *
 * Takes up to @most records that are not in the index yet into it, in a transaction of its own.
 *
 * Returns: whether it could; else %CS_ERROR_STORAGE, %CS_ERROR_BUSY or %CS_ERROR_CORRUPT, and the
 * index is as before
 */
gboolean
cs_journal_index_advance (CsDatabase *database, guint most, gboolean *complete, GError **error)
{
  if (!cs_database_run (database, CS_STATEMENT_BEGIN, error))
    return FALSE;
  if (add_records (database, most, complete, error) &&
      cs_database_run (database, CS_STATEMENT_COMMIT, error))
    return TRUE;
  if (!sqlite3_get_autocommit (database->db))
    cs_database_run (database, CS_STATEMENT_ROLLBACK, NULL);
  return FALSE;
}
