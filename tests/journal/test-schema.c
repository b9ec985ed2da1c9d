/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kinds of files are opened, brought up to date, or refused; and what the schema forbids. */

#include "fixture.h"

#include "cs-migration.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* What it is, where, and what to do. */
static void
assert_refused_open (Fixture *fixture, CsError code, const char *advice)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (fixture->directory, &error);

  g_assert_null (store);
  g_assert_error (error, CS_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, advice));
}

/* Asks by the index, which brings it up to date. */
static guint
count_kind (Fixture *fixture, const char *kind)
{
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  query->kind = g_strdup (kind);
  records = cs_store_query_sync (fixture->store, query, &error);
  g_assert_no_error (error);
  return records->len;
}

static void
test_append_only (Fixture *fixture, gconstpointer data)
{
  static const char *const statements[] = {
    "UPDATE records SET body = '{}'",
    "UPDATE records SET seq = 7",
    "DELETE FROM records",
    "DELETE FROM record_blobs",
    "UPDATE record_blobs SET seq = 1, digest = digest",
    "DELETE FROM record_index",
    "UPDATE record_index SET kind = 'opened'",
    /* REPLACE deletes the row that it meets, without the trigger for DELETE. */
    "REPLACE INTO records SELECT seq, stream, n, 0, 'eve', kind, body, previous, hash FROM records",
    "REPLACE INTO records SELECT 2, stream, n, at, 'eve', kind, body, previous, hash FROM records",
    "INSERT INTO records SELECT 2, stream, 2, at, 'eve', kind, body, hash, hash FROM records",
    "INSERT INTO records SELECT 2, stream, 1, at, 'eve', kind, body, previous, hash FROM records",
  };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *digest = cs_store_put_blob_sync (fixture->store, bytes, NULL);
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  sqlite3 *db = NULL;

  cs_draft_add_blob (g_ptr_array_index (drafts, 0), digest);
  records = cs_store_append_sync (fixture->store, "s", 0, "ada", drafts, NULL);
  g_assert_nonnull (records);
  g_assert_cmpuint (count_kind (fixture, "noted"), ==, 1);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_assert_cmpint (sqlite3_exec (db, statements[i], NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
      g_assert_nonnull (strstr (sqlite3_errmsg (db), "append-only"));
    }
  sqlite3_close (db);
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  execute (fixture, "PRAGMA user_version = 1000");
  assert_refused_open (fixture, CS_ERROR_TOO_NEW, "Update Countersign");
}

static void
test_no_database (Fixture *fixture, gconstpointer data)
{
  g_autofree char *kept = NULL;
  g_autofree char *text = g_strnfill (5000, 'x');

  fixture_close (fixture);
  g_assert_true (g_file_set_contents (fixture->path, text, 5000, NULL));
  assert_refused_open (fixture, CS_ERROR_CORRUPT, "Choose another directory");
  g_assert_true (g_file_get_contents (fixture->path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, text);
}

static void
test_other_database (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  g_unlink (fixture->path);
  execute (fixture, "CREATE TABLE songs (title TEXT)");
  assert_refused_open (fixture, CS_ERROR_CORRUPT, "Choose another directory");
}

static void
test_directory (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  g_unlink (fixture->path);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  assert_refused_open (fixture, CS_ERROR_STORAGE, "Check the");
}

static void
test_modes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inner = g_build_filename (fixture->directory, "a", "b", NULL);
  g_autofree char *path = g_build_filename (inner, "journal.db", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (inner, NULL);
  GStatBuf info;

  append (CS_STORE (store), "s", "{}");
  g_assert_cmpint (g_stat (inner, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (wal, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static int
count (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  int number;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return number;
}

/* An older schema is copied, then brought forward; a step that fails leaves it as it was. */
static void
test_migration (Fixture *fixture, gconstpointer data)
{
  const char *const old[] = { "CREATE TABLE t (a); INSERT INTO t VALUES (1)", NULL };
  const char *const bad[] = { old[0], "INSERT INTO t VALUES (2)", "INSERT INTO missing VALUES (3)",
                              NULL };
  const char *const good[] = { old[0], "INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)",
                               NULL };
  g_autofree char *path = g_build_filename (fixture->directory, "old.db", NULL);
  g_autofree char *copy = g_strconcat (path, ".format-1", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  sqlite3 *backup = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_true (cs_migration_run (db, path, old, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
  g_assert_false (cs_migration_run (db, path, bad, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (count (db, "SELECT count (*) FROM t"), ==, 1);
  g_assert_cmpint (count (db, "PRAGMA user_version"), ==, 1);
  g_assert_true (cs_migration_run (db, path, good, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (db, "SELECT count (*) FROM t"), ==, 3);
  g_assert_cmpint (count (db, "PRAGMA user_version"), ==, 3);
  g_assert_true (cs_migration_run (db, path, good, &error));
  g_assert_cmpint (count (db, "SELECT count (*) FROM t"), ==, 3);
  g_assert_false (cs_migration_run (db, path, old, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_TOO_NEW);
  sqlite3_close (db);

  g_assert_cmpint (sqlite3_open (copy, &backup), ==, SQLITE_OK);
  g_assert_cmpint (count (backup, "SELECT count (*) FROM t"), ==, 1);
  sqlite3_close (backup);
}

/* A journal of the first format, whose words were written together with the records. */
static void
test_first_format (Fixture *fixture, gconstpointer data)
{
  const char *const first[] = { cs_journal_migrations[0], NULL };
  g_autofree char *copy = g_strconcat (fixture->path, ".format-1", NULL);
  g_autofree char *newer = g_strconcat (fixture->path, ".new", NULL);
  g_autofree char *attach = g_strdup_printf (
    "ATTACH '%s' AS newer;"
    "INSERT INTO records SELECT * FROM newer.records ORDER BY seq;"
    "INSERT INTO record_words (rowid, words) SELECT seq, body FROM newer.records ORDER BY seq;",
    newer);
  g_autoptr (CsVerification) verification = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  append (fixture->store, "deployment/1", "{\"text\": \"harbour\"}");
  append (fixture->store, "people", "{}");
  fixture_close (fixture);
  g_assert_cmpint (g_rename (fixture->path, newer), ==, 0);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_true (cs_migration_run (db, fixture->path, first, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_exec (db, attach, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  fixture_open (fixture);
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
  append (fixture->store, "people", "{}");
  g_assert_cmpuint (count_kind (fixture, "noted"), ==, 3);
  verification = verify (fixture->store);
  g_assert_true (cs_verification_is_clean (verification));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/schema/append-only", test_append_only);
  TEST ("/journal/schema/newer", test_newer);
  TEST ("/journal/schema/no-database", test_no_database);
  TEST ("/journal/schema/other-database", test_other_database);
  TEST ("/journal/schema/directory", test_directory);
  TEST ("/journal/schema/modes", test_modes);
  TEST ("/journal/schema/migration", test_migration);
  TEST ("/journal/schema/first-format", test_first_format);
  return g_test_run ();
}
