/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema of journal.db, and the way from an older one to it. */

#include "cs-migration.h"

#include "cs-error.h"
#include "cs-sqlite-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define FORBID(table, act)                                                \
  "CREATE TRIGGER " table "_no_" act " BEFORE " act " ON " table " BEGIN" \
  " SELECT RAISE (ABORT, 'The journal is append-only: no " act " of " table "'); END;"

/* Entry i leads from version i to i + 1; an entry is never changed once it was released. */
const char *const cs_journal_migrations[] = {
  "CREATE TABLE records ("
  " seq INTEGER PRIMARY KEY,"
  " stream TEXT NOT NULL,"
  " n INTEGER NOT NULL CHECK (n >= 0),"
  " at INTEGER NOT NULL,"
  " actor TEXT NOT NULL,"
  " kind TEXT NOT NULL,"
  " body TEXT NOT NULL,"
  " previous TEXT NOT NULL CHECK (length (previous) = 64),"
  " hash TEXT NOT NULL CHECK (length (hash) = 64),"
  " UNIQUE (stream, n)"
  ") STRICT;"
  /* Also against REPLACE, which deletes without the trigger for DELETE. */
  "CREATE TRIGGER records_in_order BEFORE INSERT ON records"
  " WHEN NEW.seq IS NOT (SELECT coalesce (max (seq), 0) + 1 FROM records)"
  " OR NEW.n IS NOT (SELECT coalesce (max (n), -1) + 1 FROM records WHERE stream = NEW.stream)"
  " OR (NEW.n > 0 AND NEW.previous IS NOT"
  " (SELECT hash FROM records WHERE stream = NEW.stream AND n = NEW.n - 1))"
  " BEGIN SELECT RAISE (ABORT, 'The journal is append-only: records follow one another'); END;"
  "CREATE INDEX records_actor ON records (actor);"
  "CREATE INDEX records_kind ON records (kind);"
  "CREATE TABLE record_blobs ("
  " seq INTEGER NOT NULL REFERENCES records (seq),"
  " digest TEXT NOT NULL CHECK (length (digest) = 64),"
  " PRIMARY KEY (seq, digest)"
  ") STRICT, WITHOUT ROWID;"
  /* Contentless: the words lead to the record's seq; the text itself is in the record. */
  "CREATE VIRTUAL TABLE record_words USING fts5 (words, content = '',"
  " tokenize = 'unicode61 remove_diacritics 2');" FORBID ("records", "UPDATE")
    FORBID ("records", "DELETE") FORBID ("record_blobs", "UPDATE")
      FORBID ("record_blobs", "DELETE"),
  /* What records are found by is derived from them later, in larger portions, so that an append
   * writes just the record: see cs-journal-index.c. */
  "DROP INDEX records_actor;"
  "DROP INDEX records_kind;"
  "CREATE TABLE record_index ("
  " seq INTEGER PRIMARY KEY REFERENCES records (seq),"
  " at INTEGER NOT NULL,"
  " actor TEXT NOT NULL,"
  " kind TEXT NOT NULL,"
  " area TEXT NOT NULL"
  ") STRICT;"
  "INSERT INTO record_index SELECT seq, at, actor, kind,"
  " CASE instr (stream, '/') WHEN 0 THEN stream ELSE substr (stream, 1, instr (stream, '/') - 1)"
  " END FROM records ORDER BY seq;"
  "CREATE INDEX record_index_at ON record_index (at);"
  "CREATE INDEX record_index_actor ON record_index (actor);"
  "CREATE INDEX record_index_kind ON record_index (kind);"
  "CREATE INDEX record_index_area ON record_index (area);" FORBID ("record_index", "UPDATE")
    FORBID ("record_index", "DELETE"),
  NULL,
};

static gboolean
execute (sqlite3 *db, const char *path, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return cs_sqlite_error_set (error, db, path, "Preparing");
}

static gboolean
read_number (sqlite3 *db, const char *path, const char *sql, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step (statement) == SQLITE_ROW;

  if (ok)
    *number = sqlite3_column_int64 (statement, 0);
  else
    cs_sqlite_error_set (error, db, path, "Opening");
  sqlite3_finalize (statement);
  return ok;
}

/* Reads several values, so it must stand in a transaction: another program may be setting the
 * database up right now. */
static gboolean
read_version (sqlite3 *db, const char *path, gint64 newest, gint64 *version, GError **error)
{
  gint64 application = 0;
  gint64 tables = 0;

  if (!read_number (db, path, "PRAGMA application_id", &application, error) ||
      !read_number (db, path, "PRAGMA user_version", version, error) ||
      !read_number (db, path, "SELECT count (*) FROM sqlite_schema", &tables, error))
    return FALSE;
  if (application == 0 && *version == 0 && tables == 0)
    return TRUE;
  if (application != CS_JOURNAL_APPLICATION_ID || *version < 1)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
                   "“%s” is a database, but not a Countersign journal. Choose another directory",
                   path);
      return FALSE;
    }
  if (*version > newest)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_TOO_NEW,
                   "“%s” was written by a newer version of Countersign (format %" G_GINT64_FORMAT
                   ", this version knows %" G_GINT64_FORMAT "). Update Countersign to open it",
                   path, *version, newest);
      return FALSE;
    }
  return TRUE;
}

static gboolean
look_at_version (sqlite3 *db, const char *path, gint64 newest, gint64 *version, GError **error)
{
  gboolean ok;

  if (!execute (db, path, "BEGIN", error))
    return FALSE;
  ok = read_version (db, path, newest, version, error);
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}

static gboolean
sync_path (const char *path, int flags)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | flags);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

/* Gives a copy its name when it is whole on the disk: one that has its name is relied on. */
static gboolean
keep_copy (const char *unfinished, const char *copy, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (copy);

  if (g_chmod (unfinished, 0600) == 0 && sync_path (unfinished, 0) &&
      g_rename (unfinished, copy) == 0 && sync_path (directory, O_DIRECTORY))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
               "Backing up to “%s” failed: %s. Check the disk, its free space and the permissions",
               copy, g_strerror (errno));
  return FALSE;
}

/* A copy beside the original, made durable before the original is touched. */
static gboolean
back_up (sqlite3 *db, const char *path, gint64 version, GError **error)
{
  g_autofree char *copy = g_strdup_printf ("%s.format-%" G_GINT64_FORMAT, path, version);
  g_autofree char *unfinished = g_strconcat (copy, ".unfinished", NULL);
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  if (g_file_test (copy, G_FILE_TEST_EXISTS))
    return TRUE;
  g_unlink (unfinished);
  ok = sqlite3_prepare_v2 (db, "VACUUM INTO ?1", -1, &statement, NULL) == SQLITE_OK &&
       sqlite3_bind_text (statement, 1, unfinished, -1, SQLITE_STATIC) == SQLITE_OK &&
       sqlite3_step (statement) == SQLITE_DONE;
  if (!ok)
    cs_sqlite_error_set (error, db, copy, "Backing up to");
  sqlite3_finalize (statement);
  if (ok && keep_copy (unfinished, copy, error))
    return TRUE;
  g_unlink (unfinished);
  return FALSE;
}

static gboolean
apply (sqlite3 *db, const char *path, const char *const *migrations, gint64 newest, GError **error)
{
  g_autofree char *header = g_strdup_printf ("PRAGMA application_id = %d;"
                                             "PRAGMA user_version = %" G_GINT64_FORMAT,
                                             CS_JOURNAL_APPLICATION_ID, newest);
  gint64 version = 0;

  if (!read_version (db, path, newest, &version, error))
    return FALSE;
  for (gint64 i = version; i < newest; i++)
    if (!execute (db, path, migrations[i], error))
      return FALSE;
  return version == newest || execute (db, path, header, error);
}

/**
 * cs_migration_run:
 * @migrations: (array zero-terminated=1): the steps from an empty database to the newest schema
 *
 * Brings a database to the newest schema in one transaction; one that holds records is copied to
 * `<path>.format-<version>` first.
 *
 * Returns: whether the schema is the newest; else %CS_ERROR_TOO_NEW, %CS_ERROR_CORRUPT (no
 * journal), %CS_ERROR_STORAGE, %CS_ERROR_BUSY, and then nothing has changed
 */
gboolean
cs_migration_run (sqlite3 *db, const char *path, const char *const *migrations, GError **error)
{
  gint64 newest = (gint64) g_strv_length ((char **) migrations);
  gint64 version = 0;

  if (!look_at_version (db, path, newest, &version, error))
    return FALSE;
  if (version == newest)
    return TRUE;
  if (version > 0 && !back_up (db, path, version, error))
    return FALSE;
  if (!execute (db, path, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (apply (db, path, migrations, newest, error) && execute (db, path, "COMMIT", error))
    return TRUE;
  if (!sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}
