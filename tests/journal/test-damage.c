/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flipped bit anywhere is found. */

#include "cs-json.h"
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_RECORDS 60
#define SQL_FLIPS 60
#define RAW_FLIPS 300
#define MANY 8000

/* The last byte of how many pages are free, in the header of the file. */
#define N_FREE_PAGES 39

static void
fill (Fixture *fixture)
{
  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (&i, sizeof i);
      g_autofree char *digest = cs_store_put_blob_sync (fixture->store, bytes, NULL);
      g_autofree char *stream = g_strdup_printf ("stream/%u", i % 4);
      g_autofree char *text = g_strnfill (i * 20, 'y');
      g_autofree char *json =
        g_strdup_printf ("{\"i\":%u,\"blob\":\"%s\",\"text\":\"%s\"}", i, digest, text);
      g_autoptr (GPtrArray) drafts = draft_text ("noted", json);
      g_autoptr (GPtrArray) records = NULL;

      cs_draft_add_blob (g_ptr_array_index (drafts, 0), digest);
      records = cs_store_append_sync (fixture->store, stream, CS_STORE_ANY, "ada", drafts, NULL);
      g_assert_nonnull (records);
    }
}

/* What finds records is made from them in pauses: now, and not while one of them is changed. */
static void
complete_index (Fixture *fixture)
{
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) indexed = NULL;

  query->actor = g_strdup ("ada");
  indexed = cs_store_query_sync (fixture->store, query, NULL);
  g_assert_nonnull (indexed);
}

static gboolean
names (CsVerification *verification, const char *stream, gint64 n)
{
  GPtrArray *findings = cs_verification_get_findings (verification);

  for (guint i = 0; i < findings->len; i++)
    {
      CsFinding *finding = g_ptr_array_index (findings, i);

      if (g_strcmp0 (finding->stream, stream) == 0 && finding->n == n)
        return TRUE;
    }
  return FALSE;
}

static void
set_text (sqlite3 *db, const char *column, gint64 seq, const char *value)
{
  g_autofree char *update =
    g_strdup_printf ("UPDATE records SET %s = ?1 WHERE seq = %" G_GINT64_FORMAT, column, seq);
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, update, -1, &statement, NULL), ==, SQLITE_OK);
  sqlite3_bind_text (statement, 1, value, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);
}

static char *
get_text (sqlite3 *db, const char *column, gint64 seq)
{
  g_autofree char *select =
    g_strdup_printf ("SELECT %s FROM records WHERE seq = %" G_GINT64_FORMAT, column, seq);
  sqlite3_stmt *statement = NULL;
  char *value;

  g_assert_cmpint (sqlite3_prepare_v2 (db, select, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return value;
}

/* Flips one bit of one byte of a text column, looks, and puts it back. */
static void
flip_text (Fixture *fixture, sqlite3 *db, const char *column)
{
  gint64 seq = g_test_rand_int_range (1, N_RECORDS + 1);
  g_autofree char *stream = g_strdup_printf ("stream/%d", (int) (seq - 1) % 4);
  g_autofree char *value = get_text (db, column, seq);
  g_autofree char *flipped = g_strdup (value);
  g_autoptr (CsVerification) verification = NULL;
  g_autoptr (CsVerification) restored = NULL;
  int length;

  /* The last digit of a stream stays, or it would become another one that has such an n. */
  length = (int) strlen (value) - (g_str_equal (column, "stream") ? 1 : 0);
  flipped[g_test_rand_int_range (0, length)] ^= (char) (1 << g_test_rand_int_range (0, 5));
  set_text (db, column, seq, flipped);
  verification = verify (fixture->store);
  g_assert_false (cs_verification_is_clean (verification));
  if (!g_str_equal (column, "stream"))
    g_assert_true (names (verification, stream, (seq - 1) / 4));
  set_text (db, column, seq, value);
  restored = verify (fixture->store);
  g_assert_true (cs_verification_is_clean (restored));
}

static void
test_columns (Fixture *fixture, gconstpointer data)
{
  static const char *const columns[] = { "stream", "actor", "kind", "body", "previous", "hash" };
  sqlite3 *db = NULL;

  fill (fixture);
  complete_index (fixture);
  drop_triggers (fixture);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  for (guint i = 0; i < SQL_FLIPS; i++)
    flip_text (fixture, db, columns[i % G_N_ELEMENTS (columns)]);
  sqlite3_close (db);
}

/* Numbers changed, records removed (also the last of a stream), and put elsewhere. */
static const struct
{
  const char *sql;
  const char *stream;
  gint64 n;
} tampering[] = {
  { "UPDATE records SET at = at + 1 WHERE seq = 6", "stream/1", 1 },
  { "UPDATE records SET n = n + 100 WHERE seq = 57", "stream/0", 114 },
  { "UPDATE records SET seq = 1000 WHERE seq = 60", NULL, -1 },
  { "DELETE FROM record_blobs WHERE seq = 22; DELETE FROM records WHERE seq = 22", "stream/1",
    6 },
  { "DELETE FROM record_blobs WHERE seq = 57; DELETE FROM records WHERE seq = 57", NULL, -1 },
  { "UPDATE records SET body = ' ' || body WHERE seq = 9", "stream/0", 2 },
  { "UPDATE records SET body = 'x' WHERE seq = 9", "stream/0", 2 },
  { "UPDATE records SET body = '' WHERE seq = 9", "stream/0", 2 },
  { "UPDATE records SET actor = actor || char (0) || 'eve' WHERE seq = 9", "stream/0", 2 },
  { "UPDATE record_blobs SET digest = replace (digest, 'a', 'b') WHERE seq = 13", "stream/0", 3 },
  { "INSERT INTO record_blobs SELECT seq + 1000, digest FROM record_blobs WHERE seq = 9", NULL,
    -1 },
  { "INSERT INTO record_blobs SELECT -1, digest FROM record_blobs WHERE seq = 9", NULL, -1 },
  /* What leads to records: a person who looks for them would not find them. */
  { "DELETE FROM record_index WHERE seq = 9", NULL, -1 },
  { "UPDATE record_index SET kind = 'other' WHERE seq = 9", NULL, -1 },
  { "UPDATE record_index SET actor = 'eve' WHERE seq = 60", NULL, -1 },
  { "UPDATE record_index SET at = at + 1 WHERE seq = 1", NULL, -1 },
  { "UPDATE record_index SET area = 'people' WHERE seq = 9", NULL, -1 },
  { "DROP INDEX record_index_kind", NULL, -1 },
  { "DROP INDEX record_index_at;"
    "CREATE INDEX record_index_at ON record_index (at) WHERE seq <> 9",
    NULL, -1 },
  /* An index whose table says something else, as SQLite never leaves it. */
  { "CREATE TABLE other (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL) STRICT;"
    "INSERT INTO other SELECT seq, iif (seq = 9, 'other', kind) FROM record_index;"
    "CREATE INDEX other_kind ON other (kind);"
    "PRAGMA writable_schema = ON;"
    "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema"
    " WHERE name = 'other_kind') WHERE name = 'record_index_kind';"
    "DELETE FROM sqlite_schema WHERE name = 'other_kind'",
    NULL, -1 },
  { "CREATE TABLE other (seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, n INTEGER NOT NULL)"
    " STRICT;"
    "INSERT INTO other SELECT seq, stream, iif (seq = 60, 600, n) FROM records;"
    "CREATE UNIQUE INDEX other_n ON other (stream, n);"
    "PRAGMA writable_schema = ON;"
    "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema"
    " WHERE name = 'other_n') WHERE name = 'sqlite_autoindex_records_1';"
    "DELETE FROM sqlite_schema WHERE name = 'other_n'",
    NULL, -1 },
};

static void
test_tampering (Fixture *fixture, gconstpointer data)
{
  fill (fixture);
  complete_index (fixture);
  drop_triggers (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (tampering); i++)
    {
      g_autoptr (CsVerification) verification = NULL;
      sqlite3 *live = NULL;
      sqlite3 *copy = NULL;
      sqlite3_backup *backup;

      g_assert_cmpint (sqlite3_open (fixture->path, &live), ==, SQLITE_OK);
      sqlite3_busy_timeout (live, 5000);
      g_assert_cmpint (sqlite3_open (":memory:", &copy), ==, SQLITE_OK);
      backup = sqlite3_backup_init (copy, "main", live, "main");
      g_assert_cmpint (sqlite3_backup_step (backup, -1), ==, SQLITE_DONE);
      sqlite3_backup_finish (backup);

      execute (fixture, tampering[i].sql);
      verification = verify (fixture->store);
      g_assert_false (cs_verification_is_clean (verification));
      if (tampering[i].stream != NULL)
        g_assert_true (names (verification, tampering[i].stream, tampering[i].n));

      backup = sqlite3_backup_init (live, "main", copy, "main");
      g_assert_cmpint (sqlite3_backup_step (backup, -1), ==, SQLITE_DONE);
      sqlite3_backup_finish (backup);
      sqlite3_close (copy);
      sqlite3_close (live);
    }
}

/* All that the records hold, or NULL where it can't be read. */
static char *
dump (const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2 (db, "SELECT * FROM records NOT INDEXED ORDER BY seq", -1, &statement,
                          NULL) == SQLITE_OK)
    while ((code = sqlite3_step (statement)) == SQLITE_ROW)
      for (int i = 0; i < sqlite3_column_count (statement); i++)
        {
          const char *value = (const char *) sqlite3_column_text (statement, i);

          g_string_append_printf (text, "%d:", sqlite3_column_type (statement, i));
          g_string_append_len (text, value, sqlite3_column_bytes (statement, i));
          g_string_append_c (text, '\n');
        }
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return code == SQLITE_DONE ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static gboolean
looks_clean (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (fixture->directory, &error);
  g_autoptr (CsVerification) verification = NULL;

  if (store != NULL)
    verification = cs_verification_run_sync (CS_STORE (store), &error);
  if (verification != NULL)
    return cs_verification_is_clean (verification);
  g_assert_cmpuint (error->domain, ==, CS_ERROR);
  return FALSE;
}

/* Bits flipped in the file itself, anywhere: either it is found, or no record has changed. */
static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_autofree char *shm = g_strconcat (fixture->path, "-shm", NULL);
  g_autofree char *whole = NULL;
  g_autofree char *before = NULL;
  guint found = 0;
  gsize length;

  fill (fixture);
  fixture_close (fixture);
  g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (fixture->path, &whole, &length, NULL));
  before = dump (fixture->path);
  g_assert_nonnull (before);
  for (guint i = 0; i < RAW_FLIPS; i++)
    {
      gsize place = (gsize) g_test_rand_int_range (0, (int) length);
      char bit = (char) (1 << g_test_rand_int_range (0, 8));

      whole[place] ^= bit;
      g_assert_true (g_file_set_contents_full (fixture->path, whole, (gssize) length,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      if (looks_clean (fixture))
        {
          g_autofree char *after = dump (fixture->path);

          g_assert_cmpstr (after, ==, before);
        }
      else
        found++;
      whole[place] ^= bit;
      g_unlink (wal);
      g_unlink (shm);
    }
  g_test_message ("%u of %u flips were found", found, RAW_FLIPS);
  g_assert_cmpuint (found, >, RAW_FLIPS / 4);
}

/* Pages that belong to nothing hold no record, so only the look at the pages themselves sees what
 * is wrong with them; also in a journal that is too large for it to look at each value. */
static void
test_pages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) body = cs_json_parse ("{\"a\":1}", -1, NULL);
  g_autoptr (CsVerification) before = NULL;
  g_autoptr (CsVerification) after = NULL;
  g_autofree char *whole = NULL;
  gsize length;

  for (guint i = 0; i < MANY; i++)
    g_ptr_array_add (drafts, cs_draft_new ("noted", body));
  g_ptr_array_unref (cs_store_append_sync (fixture->store, "s", 0, "ada", drafts, NULL));
  complete_index (fixture);
  before = verify (fixture->store);
  g_assert_true (cs_verification_is_clean (before));
  g_assert_cmpint (cs_verification_get_n_records (before), ==, MANY);

  fixture_close (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &length, NULL));
  g_assert_cmpint (whole[N_FREE_PAGES], ==, 0);
  whole[N_FREE_PAGES] = 1;
  g_assert_true (g_file_set_contents_full (fixture->path, whole, (gssize) length,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  fixture_open (fixture);
  after = verify (fixture->store);
  g_assert_cmpuint (cs_verification_get_findings (after)->len, ==, 1);
}

static void
test_blobs (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 40; i++)
    {
      gsize length = (gsize) g_test_rand_int_range (1, 5000);
      g_autofree char *content = g_strnfill (length, 'b');
      g_autofree char *digest = NULL;
      g_autofree char *path = NULL;
      g_autoptr (CsVerification) verification = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) back = NULL;
      g_autoptr (GError) error = NULL;
      GPtrArray *findings;
      CsFinding *finding;

      content[0] = (char) i;
      bytes = g_bytes_new (content, length);
      digest = cs_store_put_blob_sync (fixture->store, bytes, NULL);
      path = g_strdup_printf ("%s/blobs/%.2s/%s", fixture->directory, digest, digest);
      content[g_test_rand_int_range (0, (int) length)] ^=
        (char) (1 << g_test_rand_int_range (0, 8));
      g_assert_true (g_file_set_contents (path, content, (gssize) length, NULL));

      verification = verify (fixture->store);
      findings = cs_verification_get_findings (verification);
      g_assert_cmpuint (findings->len, ==, 1);
      finding = g_ptr_array_index (findings, 0);
      g_assert_cmpstr (finding->blob, ==, digest);
      back = cs_store_get_blob_sync (fixture->store, digest, &error);
      g_assert_null (back);
      g_assert_error (error, CS_ERROR, CS_ERROR_CORRUPT);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

static void
test_missing_blob (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *digest = cs_store_put_blob_sync (fixture->store, bytes, NULL);
  g_autofree char *path = g_strdup_printf ("%s/blobs/%.2s/%s", fixture->directory, digest, digest);
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (CsVerification) verification = NULL;
  CsFinding *finding;

  cs_draft_add_blob (g_ptr_array_index (drafts, 0), digest);
  records = cs_store_append_sync (fixture->store, "s", 0, "ada", drafts, NULL);
  g_assert_nonnull (records);
  g_assert_cmpint (g_unlink (path), ==, 0);
  verification = verify (fixture->store);
  g_assert_cmpint (cs_verification_get_n_blobs (verification), ==, 1);
  g_assert_cmpuint (cs_verification_get_findings (verification)->len, ==, 1);
  finding = g_ptr_array_index (cs_verification_get_findings (verification), 0);
  g_assert_cmpstr (finding->blob, ==, digest);
  g_assert_cmpstr (finding->stream, ==, "s");
  g_assert_cmpint (finding->n, ==, 0);
}

/* What no hash covers is changed as well, so that nothing but the body still names the blob. */
static void
test_forgotten_blob (Fixture *fixture, gconstpointer data)
{
  const char *member = data;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *digest = cs_store_put_blob_sync (fixture->store, bytes, NULL);
  g_autofree char *path = g_strdup_printf ("%s/blobs/%.2s/%s", fixture->directory, digest, digest);
  g_autofree char *json = g_strdup_printf ("{\"a\":1,\"%s\":\"%s\"}", member, digest);
  g_autoptr (GPtrArray) drafts = draft_text ("noted", json);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (CsVerification) before = NULL;
  g_autoptr (CsVerification) untied = NULL;
  g_autoptr (CsVerification) gone = NULL;

  append (fixture->store, "s", "{\"output\":\"no digest\"}");
  cs_draft_add_blob (g_ptr_array_index (drafts, 0), digest);
  records = cs_store_append_sync (fixture->store, "s", 1, "ada", drafts, NULL);
  g_assert_nonnull (records);
  before = verify (fixture->store);
  g_assert_true (cs_verification_is_clean (before));

  drop_triggers (fixture);
  execute (fixture, "DELETE FROM record_blobs");
  untied = verify (fixture->store);
  g_assert_cmpuint (cs_verification_get_findings (untied)->len, ==, 1);
  g_assert_cmpint (g_unlink (path), ==, 0);
  gone = verify (fixture->store);
  g_assert_cmpint (cs_verification_get_n_blobs (gone), ==, 1);
  g_assert_cmpuint (cs_verification_get_findings (gone)->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      CsFinding *finding = g_ptr_array_index (cs_verification_get_findings (gone), i);

      g_assert_cmpstr (finding->stream, ==, "s");
      g_assert_cmpint (finding->n, ==, 1);
      g_assert_cmpstr (finding->blob, ==, digest);
    }
}

/* A page that was damaged can lack what no record lacks. What looks records up goes on, and
 * the verification names it. */
static void
test_nameless (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsVerification) verification = NULL;
  g_autoptr (GPtrArray) heads = NULL;

  fill (fixture);
  complete_index (fixture);
  drop_triggers (fixture);
  execute (fixture, "PRAGMA writable_schema = ON;"
                    "UPDATE sqlite_schema SET sql = replace (replace (sql, 'stream TEXT NOT NULL',"
                    " 'stream TEXT'), 'hash TEXT NOT NULL', 'hash TEXT') WHERE name = 'records'");
  execute (fixture, "DELETE FROM record_index WHERE seq >= 9;"
                    "UPDATE records SET stream = NULL WHERE seq = 9;"
                    "UPDATE records SET hash = NULL WHERE stream = 'stream/0' AND"
                    " seq = (SELECT max (seq) FROM records WHERE stream = 'stream/0')");
  complete_index (fixture);
  heads = cs_store_list_heads_sync (fixture->store, "", NULL);
  g_assert_nonnull (heads);
  verification = verify (fixture->store);
  g_assert_cmpuint (cs_verification_get_findings (verification)->len, >, 0);
}

int
main (int argc, char *argv[])
{
  static const char *const members[] = { "output", "envelope", "runbook", "source",
                                         "handwriting" };

  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/damage/columns", test_columns);
  TEST ("/journal/damage/tampering", test_tampering);
  TEST ("/journal/damage/file", test_file);
  TEST ("/journal/damage/pages", test_pages);
  TEST ("/journal/damage/nameless", test_nameless);
  TEST ("/journal/damage/blobs", test_blobs);
  TEST ("/journal/damage/missing-blob", test_missing_blob);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *path = g_strconcat ("/journal/damage/forgotten-blob/", members[i], NULL);

      g_test_add (path, Fixture, members[i], fixture_set_up, test_forgotten_blob,
                  fixture_tear_down);
    }
  return g_test_run ();
}
