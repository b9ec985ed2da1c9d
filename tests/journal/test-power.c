/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The power is cut before each write that reaches the disk: what was acknowledged is there. */

#include "fixture.h"
#include "unsafe-disk.h"

#include "cs-migration.h"

#include <glib/gstdio.h>
#include <string.h>

#define APPENDS 6
#define MANY 40
#define PATIENT 18
#define ROOM_WRITES 70
#define SOAK_ROUNDS 20

/* What a program does until the power fails it; returns how many records were acknowledged. */
typedef guint (*Scene) (const char *directory);

static guint
append_numbered (CsStore *store, guint first, guint n)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GPtrArray) records = NULL;

  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"number\":%u,\"text\":\"harbour\"}", i);
      g_autoptr (GPtrArray) one = draft_text ("noted", json);

      g_ptr_array_add (drafts, g_ptr_array_steal_index (one, 0));
    }
  records = cs_store_append_sync (store, "s", first, "ada", drafts, NULL);
  return records != NULL ? n : 0;
}

static gboolean
find_words (CsStore *store)
{
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) found = NULL;

  query->words = g_strdup ("harbour");
  found = cs_store_query_sync (store, query, NULL);
  return found != NULL;
}

/* Appends alone and many at once, with what finds them brought up to date in between, and an end
 * that moves all into the database. */
static guint
append_scene (const char *directory)
{
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, NULL);
  guint acknowledged = 0;

  if (store == NULL)
    return 0;
  for (guint i = 0; i < APPENDS && acknowledged == i; i++)
    {
      acknowledged += append_numbered (CS_STORE (store), i, 1);
      if (i % 3 == 1)
        find_words (CS_STORE (store));
    }
  if (acknowledged == APPENDS)
    acknowledged += append_numbered (CS_STORE (store), APPENDS, MANY);
  find_words (CS_STORE (store));
  cs_sqlite_store_close (store);
  return acknowledged;
}

/* So many appends that room is made in the log for those that follow. */
static guint
room_scene (const char *directory)
{
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, NULL);
  guint acknowledged = 0;

  for (guint i = 0; store != NULL && i < PATIENT && acknowledged == i; i++)
    acknowledged += append_numbered (CS_STORE (store), i, 1);
  if (store != NULL)
    cs_sqlite_store_close (store);
  return acknowledged;
}

/* A journal of the first format is brought to the newest one. */
static void
write_first_format (const char *directory)
{
  const char *const first[] = { cs_journal_migrations[0], NULL };
  g_autofree char *path = g_build_filename (directory, "journal.db", NULL);
  g_autofree char *newer = g_build_filename (directory, "newer", NULL);
  g_autofree char *attach = g_strdup_printf (
    "ATTACH '%s/journal.db' AS newer;"
    "INSERT INTO records SELECT * FROM newer.records ORDER BY seq;"
    "INSERT INTO record_words (rowid, words) SELECT seq, body FROM newer.records ORDER BY seq;",
    newer);
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (newer, NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpuint (append_numbered (CS_STORE (store), 0, MANY), ==, MANY);
  cs_sqlite_store_close (store);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_true (cs_migration_run (db, path, first, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_exec (db, attach, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static guint
migrate_scene (const char *directory)
{
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, NULL);
  guint acknowledged = MANY;

  if (store == NULL)
    return MANY;
  acknowledged += append_numbered (CS_STORE (store), MANY, 1);
  find_words (CS_STORE (store));
  cs_sqlite_store_close (store);
  return acknowledged;
}

/* The copy that is made before a migration is whole, or not there. */
static void
assert_backup (const char *directory)
{
  g_autofree char *copy = g_build_filename (directory, "journal.db.format-1", NULL);
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;

  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
  g_assert_cmpint (sqlite3_open_v2 (copy, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT count (*) FROM records", -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, MANY);
  sqlite3_finalize (statement);
  sqlite3_close (db);
}

/* After the power is back: nothing that was acknowledged is lost, all is whole, and it goes on. */
static void
assert_recovered (const char *directory, guint acknowledged, gboolean together)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, &error);
  g_autoptr (CsVerification) verification = NULL;
  g_autoptr (GPtrArray) records = NULL;

  g_assert_no_error (error);
  records = cs_store_read_sync (CS_STORE (store), "s", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, >=, acknowledged);
  /* What was asked for together is there together. */
  if (together && records->len > APPENDS)
    g_assert_cmpuint (records->len, >=, MANY);
  for (guint i = 0; i < records->len; i++)
    {
      JsonObject *body = cs_record_get_body (g_ptr_array_index (records, i));

      g_assert_cmpint (json_object_get_int_member (body, "number"), ==, i);
    }
  g_assert_cmpuint (append_numbered (CS_STORE (store), records->len, 1), ==, 1);
  g_assert_true (find_words (CS_STORE (store)));
  verification = verify (CS_STORE (store));
  g_assert_true (cs_verification_is_clean (verification));
  cs_sqlite_store_close (store);
}

/* Returns whether the scene came to its end with power. */
static gboolean
play (const char *directory, Scene scene, guint cut, UnsafeDiskLoss loss)
{
  g_autofree char *name =
    g_strdup_printf ("%s/%u-%u", directory, cut, (guint) g_test_rand_int () % 100000);
  gboolean migrates = scene == migrate_scene;
  guint acknowledged;
  gboolean was_cut;

  g_assert_cmpint (g_mkdir (name, 0700), ==, 0);
  if (migrates)
    write_first_format (name);
  unsafe_disk_insert (cut, loss);
  acknowledged = scene (name);
  was_cut = unsafe_disk_remove ();
  assert_recovered (name, acknowledged, scene != room_scene);
  if (migrates)
    assert_backup (name);
  return !was_cut;
}

/* Cuts the power before each write; the next loss has its turn at the next one, or each at each. */
static void
play_all (const char *directory, Scene scene)
{
  gboolean soak = g_getenv ("COUNTERSIGN_SOAK") != NULL;

  for (guint round = 0; round < (soak ? SOAK_ROUNDS : 1); round++)
    {
      guint cut = 1;

      while (!play (directory, scene, cut, (cut + round) % UNSAFE_DISK_N_LOSSES))
        cut++;
      g_test_message ("the power was cut %u times", cut - 1);
      g_assert_cmpuint (cut, >, 20);
    }
}

static void
test_append (Fixture *fixture, gconstpointer data)
{
  play_all (fixture->directory, append_scene);
}

/* The last writes, from before the room is made. How many there are is found out by halves; that
 * swings by some, with who is woken first, and a cut behind the last one is none. */
static void
test_room (Fixture *fixture, gconstpointer data)
{
  guint low = 1;
  guint high = 1024;
  guint cuts = 0;

  g_assert_true (play (fixture->directory, room_scene, high, UNSAFE_DISK_LOSES_ALL));
  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (play (fixture->directory, room_scene, middle, UNSAFE_DISK_LOSES_SOME))
        high = middle;
      else
        low = middle;
    }
  g_test_message ("%u writes", low);
  g_assert_cmpuint (low, >, ROOM_WRITES);
  for (guint cut = low - ROOM_WRITES; cut <= low; cut++)
    cuts += play (fixture->directory, room_scene, cut, cut % UNSAFE_DISK_N_LOSSES) ? 0 : 1;
  g_test_message ("the power was cut %u times", cuts);
  g_assert_cmpuint (cuts, >, ROOM_WRITES / 2);
}

static void
test_migration (Fixture *fixture, gconstpointer data)
{
  play_all (fixture->directory, migrate_scene);
}

/* That the disk forgets shows with a program that does not wait for it. */
static void
test_disk_forgets (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "careless.db", NULL);
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;

  unsafe_disk_insert (60, UNSAFE_DISK_LOSES_ALL);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (
    sqlite3_exec (db, "PRAGMA synchronous = OFF; CREATE TABLE t (a)", NULL, NULL, NULL), ==,
    SQLITE_OK);
  for (guint i = 0; i < 10; i++)
    sqlite3_exec (db, "INSERT INTO t VALUES (zeroblob (9000))", NULL, NULL, NULL);
  sqlite3_close (db);
  g_assert_true (unsafe_disk_remove ());
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT * FROM t", -1, &statement, NULL), !=, SQLITE_OK);
  sqlite3_close (db);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/power/disk-forgets", test_disk_forgets);
  TEST ("/journal/power/append", test_append);
  TEST ("/journal/power/room", test_room);
  TEST ("/journal/power/migration", test_migration);
  return g_test_run ();
}
