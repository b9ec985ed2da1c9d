/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast the journal appends, against bare SQLite, and verifies, against sha256sum. */

#include "cs-json.h"
#include "cs-sqlite-store.h"
#include "cs-verification.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* Short rounds side by side, so that whatever else the disk does meets both. */
#define ROUNDS 75
#define APPENDS 20
#define QUEUED 5000
#define RECORDS 1000000
#define BATCH 1000
static const char body_text[] =
  "{\"step\":\"deploy/3\",\"run\":\"6f1c2d5e-0a63-4a51-9d1f-3c1f0f6f2a77\",\"status\":0,"
  "\"command\":\"php artisan cache:clear && php artisan config:cache\","
  "\"cwd\":\"/srv/shop/current\","
  "\"answer\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}";

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

/* output: a stored blob that each record names; NULL for none. */
static GPtrArray *
make_drafts (guint n, const char *output)
{
  g_autoptr (JsonNode) body = cs_json_parse (body_text, -1, NULL);
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);

  if (output != NULL)
    json_object_set_string_member (json_node_get_object (body), "output", output);
  for (guint i = 0; i < n; i++)
    {
      CsDraft *draft = cs_draft_new ("step-finished", body);

      if (output != NULL)
        cs_draft_add_blob (draft, output);
      g_ptr_array_add (drafts, draft);
    }
  return drafts;
}

static void
check (gboolean ok, const GError *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

/* The same settings and the same row, and nothing around it. */
static sqlite3 *
open_bare (const char *directory, sqlite3_stmt **insert)
{
  g_autofree char *path = g_build_filename (directory, "bare.db", NULL);
  sqlite3 *db = NULL;

  check (sqlite3_open (path, &db) == SQLITE_OK &&
           sqlite3_exec (
             db,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
             "PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864;"
             "PRAGMA cache_size = -8192;"
             "CREATE TABLE records (seq INTEGER PRIMARY KEY, stream TEXT, n INTEGER, at INTEGER,"
             " actor TEXT, kind TEXT, body TEXT, previous TEXT, hash TEXT, UNIQUE (stream, n))",
             NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2 (db,
                               "INSERT INTO records VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                               -1, insert, NULL) == SQLITE_OK,
         NULL);
  return db;
}

static double
append_bare (sqlite3_stmt *insert)
{
  static gint64 n;
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < APPENDS; i++)
    {
      sqlite3_bind_text (insert, 1, "deployment/1", -1, SQLITE_STATIC);
      sqlite3_bind_int64 (insert, 2, n++);
      sqlite3_bind_int64 (insert, 3, start);
      sqlite3_bind_text (insert, 4, "ada", -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 5, "step-finished", -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 6, body_text, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 7, CS_RECORD_NO_PREVIOUS, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 8, CS_RECORD_NO_PREVIOUS, -1, SQLITE_STATIC);
      check (sqlite3_step (insert) == SQLITE_DONE, NULL);
      sqlite3_reset (insert);
    }
  return APPENDS / seconds_since (start);
}

static void
queued_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  check (records != NULL, error);
  (*(guint *) user_data)++;
}

/* As in the window: each append is asked for in the main loop when the one before is durable. */
static double
append_waiting (CsStore *store, GPtrArray *drafts)
{
  gint64 start = g_get_monotonic_time ();
  guint done = 0;

  for (guint i = 0; i < APPENDS; i++)
    {
      cs_store_append_async (store, "deployment/1", CS_STORE_ANY, "ada", drafts, NULL, queued_cb,
                             &done);
      while (done == i)
        g_main_context_iteration (NULL, TRUE);
    }
  return APPENDS / seconds_since (start);
}

static double
append_queued (CsStore *store, GPtrArray *drafts)
{
  gint64 start = g_get_monotonic_time ();
  guint done = 0;

  for (guint i = 0; i < QUEUED; i++)
    cs_store_append_async (store, "deployment/1", CS_STORE_ANY, "ada", drafts, NULL, queued_cb,
                           &done);
  while (done < QUEUED)
    g_main_context_iteration (NULL, TRUE);
  return QUEUED / seconds_since (start);
}

/* What finds records follows them in pauses; whoever asks by it waits for it. */
static void
wait_for_index (CsStore *store)
{
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  query->kind = g_strdup ("step-finished");
  query->limit = 1;
  records = cs_store_query_sync (store, query, &error);
  check (records != NULL, error);
}

static int
compare_doubles (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
bench_append (CsStore *store, const char *directory)
{
  g_autoptr (GPtrArray) drafts = make_drafts (1, NULL);
  sqlite3_stmt *insert = NULL;
  sqlite3 *bare = open_bare (directory, &insert);
  double ratios[ROUNDS], ours[ROUNDS], theirs[ROUNDS];

  append_bare (insert);
  append_waiting (store, drafts);
  for (guint i = 0; i < ROUNDS; i++)
    {
      ours[i] = append_waiting (store, drafts);
      wait_for_index (store); /* so that it does not meet the other's round */
      theirs[i] = append_bare (insert);
      ratios[i] = ours[i] / theirs[i];
    }
  qsort (ratios, ROUNDS, sizeof ratios[0], compare_doubles);
  qsort (ours, ROUNDS, sizeof ours[0], compare_doubles);
  qsort (theirs, ROUNDS, sizeof theirs[0], compare_doubles);
  printf ("append, one after the other: median %.0f/s, bare SQLite %.0f/s; median ratio %.2f,"
          " middle half %.2f to %.2f (goal: 0.80 or more)\n",
          ours[ROUNDS / 2], theirs[ROUNDS / 2], ratios[ROUNDS / 2], ratios[ROUNDS / 4],
          ratios[ROUNDS * 3 / 4]);
  printf ("append, %d queued at once: %.0f/s\n", QUEUED, append_queued (store, drafts));
  sqlite3_finalize (insert);
  sqlite3_close (bare);
}

static void
append_hashed_bytes (GString *bytes, CsRecord *record)
{
  g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), NULL);

  g_string_append_printf (
    bytes,
    "%s{\"actor\":\"%s\",\"at\":%" G_GINT64_FORMAT ",\"body\":%s,\"kind\":\"%s\","
    "\"n\":%" G_GINT64_FORMAT ",\"stream\":\"%s\"}",
    cs_record_get_previous (record), cs_record_get_actor (record), cs_record_get_at (record), body,
    cs_record_get_kind (record), cs_record_get_n (record), cs_record_get_stream (record));
}

/* The bytes that verification hashes, in one file. */
static gsize
write_hashed_bytes (CsStore *store, const char *path)
{
  g_autoptr (GError) error = NULL;
  FILE *file = fopen (path, "w");
  gsize size = 0;

  check (file != NULL, NULL);
  for (guint stream = 0; stream < RECORDS / BATCH; stream++)
    {
      g_autofree char *name = g_strdup_printf ("rollout/%u", stream);
      g_autoptr (GPtrArray) records = cs_store_read_sync (store, name, 0, &error);
      g_autoptr (GString) bytes = g_string_new (NULL);

      check (records != NULL, error);
      for (guint i = 0; i < records->len; i++)
        append_hashed_bytes (bytes, g_ptr_array_index (records, i));
      check (fwrite (bytes->str, 1, bytes->len, file) == bytes->len, NULL);
      size += bytes->len;
    }
  check (fclose (file) == 0, NULL);
  return size;
}

/* Of this process, or of children that have ended: what other programs do does not count in it. */
static double
get_processor_seconds (int who)
{
  struct rusage used;

  check (getrusage (who, &used) == 0, NULL);
  return (double) (used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double) (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double
time_sha256sum (const char *path)
{
  const char *argv[] = { "sha256sum", path, NULL };
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  check (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, NULL, &error),
         error);
  return seconds_since (start);
}

static void
bench_verification (CsStore *store, const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "hashed", NULL);
  g_autoptr (GBytes) printed = g_bytes_new_static ("ok\n", 3);
  g_autofree char *output = cs_store_put_blob_sync (store, printed, NULL);
  g_autoptr (GPtrArray) drafts = make_drafts (BATCH, output);
  gint64 began;
  gsize size;

  for (guint stream = 0; stream < RECORDS / BATCH; stream++)
    {
      g_autofree char *name = g_strdup_printf ("rollout/%u", stream);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) records = cs_store_append_sync (store, name, 0, "ada", drafts, &error);

      check (records != NULL, error);
    }
  size = write_hashed_bytes (store, path);
  began = g_get_monotonic_time ();
  wait_for_index (store);
  printf ("index of %d records: %.1f s\n", RECORDS, seconds_since (began));
  for (guint i = 0; i < 3; i++)
    {
      double work = get_processor_seconds (RUSAGE_SELF);
      double their_work = get_processor_seconds (RUSAGE_CHILDREN);
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GError) error = NULL;
      g_autoptr (CsVerification) verification = cs_verification_run_sync (store, &error);
      double ours = seconds_since (start);
      double theirs;

      work = get_processor_seconds (RUSAGE_SELF) - work;
      theirs = time_sha256sum (path);
      their_work = get_processor_seconds (RUSAGE_CHILDREN) - their_work;

      check (verification != NULL && cs_verification_is_clean (verification), error);
      printf ("verify, %" G_GINT64_FORMAT
              " records: %.2f s; sha256sum over the same %.0f MB: %.2f s; %.1f times; the "
              "processor worked %.2f s, on two cores, and %.2f s\n",
              cs_verification_get_n_records (verification), ours, (double) size / 1e6, theirs,
              ours / theirs, work, their_work);
    }
}

/* Measures both, or the one that is named. */
int
main (int argc, char **given)
{
  const char *which = argc > 1 ? given[1] : NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("countersign-bench-XXXXXX", &error);
  g_autoptr (CsSqliteStore) store = NULL;
  const char *argv[] = { "rm", "-r", "--", directory, NULL };

  check (directory != NULL, error);
  store = cs_sqlite_store_open_sync (directory, &error);
  check (store != NULL, error);
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (which == NULL || g_str_equal (which, "append"))
    bench_append (CS_STORE (store), directory);
  if (which == NULL || g_str_equal (which, "verify"))
    bench_verification (CS_STORE (store), directory);
  cs_sqlite_store_close (store);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  return 0;
}
