/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several programs on one journal, and programs that are killed while they write. */

#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define EACH 200
#define KILLS 30

static void
add_seq_cb (CsStore *store, CsRecord *record, GArray *seqs)
{
  gint64 seq = cs_record_get_seq (record);

  g_array_append_val (seqs, seq);
}

static gboolean
all_announced (gpointer data)
{
  return ((GArray *) data)->len >= 2 * EACH;
}

/* The role of a child: EACH records into one stream, each at the n that it believes to be next. */
static int
append_contested (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, &error);
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{\"text\":\"contested\"}");
  gint64 next = 0;
  guint done = 0;

  g_assert_no_error (error);
  while (done < EACH)
    {
      g_autoptr (GError) conflict = NULL;
      g_autoptr (GPtrArray) records =
        cs_store_append_sync (CS_STORE (store), "contested", next, "child", drafts, &conflict);

      if (records != NULL)
        done++;
      else
        g_assert_error (conflict, CS_ERROR, CS_ERROR_CONFLICT);
      next++;
    }
  return 0;
}

static void
test_contested (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (CsVerification) verification = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *children[2];

  g_signal_connect (fixture->store, "appended", G_CALLBACK (add_seq_cb), seqs);
  for (guint i = 0; i < 2; i++)
    children[i] = spawn_self (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, "--contested", fixture->directory);
  for (guint i = 0; i < 2; i++)
    {
      g_subprocess_wait_check (children[i], NULL, &error);
      g_assert_no_error (error);
      g_object_unref (children[i]);
    }
  records = cs_store_read_sync (fixture->store, "contested", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2 * EACH);
  verification = verify (fixture->store);
  g_assert_true (cs_verification_is_clean (verification));

  /* This program wrote none of them, and is told of each once, in order. */
  wait_until (all_announced, seqs);
  append (fixture->store, "own", "{}");
  g_assert_cmpuint (seqs->len, ==, 2 * EACH + 1);
  for (guint i = 0; i < seqs->len; i++)
    g_assert_cmpint (g_array_index (seqs, gint64, i), ==, i + 1);
}

/* Two programs that find no journal make one, not two. */
static void
test_fresh (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("fresh-%u", i);
      g_autofree char *directory = g_build_filename (fixture->directory, name, NULL);
      g_autoptr (CsSqliteStore) store = NULL;
      g_autoptr (GPtrArray) records = NULL;
      g_autoptr (GError) error = NULL;
      GSubprocess *children[3];

      for (guint j = 0; j < 3; j++)
        children[j] = spawn_self (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, "--one", directory);
      for (guint j = 0; j < 3; j++)
        {
          g_subprocess_wait_check (children[j], NULL, &error);
          g_assert_no_error (error);
          g_object_unref (children[j]);
        }
      store = cs_sqlite_store_open_sync (directory, &error);
      g_assert_no_error (error);
      records = cs_store_read_sync (CS_STORE (store), "s", 0, &error);
      g_assert_cmpuint (records->len, ==, 3);
    }
}

/* The role of a child: opens, appends one record, ends. */
static int
append_one (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, &error);

  g_assert_no_error (error);
  append (CS_STORE (store), "s", "{}");
  cs_sqlite_store_close (store);
  return 0;
}

/* The role of a child: appends until it is killed, and tells each n that was acknowledged. */
static int
append_for_ever (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, &error);
  g_autofree char *text = g_strnfill (3000, 'x');
  g_autofree char *json = g_strdup_printf ("{\"text\":\"%s\"}", text);
  g_autoptr (GPtrArray) drafts = draft_text ("noted", json);

  g_assert_no_error (error);
  for (;;)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GPtrArray) records = NULL;
      g_autofree char *blob = NULL;
      gint64 n;

      records =
        cs_store_append_sync (CS_STORE (store), "killed", CS_STORE_ANY, "child", drafts, &error);
      g_assert_no_error (error);
      n = cs_record_get_n (g_ptr_array_index (records, 0));
      bytes = g_bytes_new (&n, sizeof n);
      blob = cs_store_put_blob_sync (CS_STORE (store), bytes, &error);
      g_assert_no_error (error);
      if (write (STDOUT_FILENO, &n, sizeof n) != sizeof n)
        return 1;
    }
}

static gint64
kill_one (Fixture *fixture)
{
  g_autoptr (GSubprocess) child =
    spawn_self (G_SUBPROCESS_FLAGS_STDOUT_PIPE, "--for-ever", fixture->directory);
  GInputStream *output = g_subprocess_get_stdout_pipe (child);
  gint64 acknowledged = -1;
  gint64 n;
  gsize length;

  /* The first acknowledgement shows that it is at work; then a random moment. */
  g_assert_true (g_input_stream_read_all (output, &acknowledged, sizeof n, &length, NULL, NULL));
  g_assert_cmpuint (length, ==, sizeof n);
  g_usleep ((gulong) g_test_rand_int_range (0, 40000));
  g_subprocess_send_signal (child, SIGKILL);
  while (g_input_stream_read_all (output, &n, sizeof n, &length, NULL, NULL) && length == sizeof n)
    acknowledged = n;
  g_subprocess_wait (child, NULL, NULL);
  return acknowledged;
}

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  for (guint i = 0; i < KILLS; i++)
    {
      gint64 acknowledged = kill_one (fixture);
      g_autoptr (CsVerification) verification = NULL;
      g_autoptr (GPtrArray) records = NULL;
      g_autoptr (GError) error = NULL;

      fixture_open (fixture);
      records = cs_store_read_sync (fixture->store, "killed", 0, &error);
      g_assert_no_error (error);
      g_assert_cmpint (records->len, >, acknowledged);
      verification = verify (fixture->store);
      g_assert_true (cs_verification_is_clean (verification));
      fixture_close (fixture);
    }
}

/* A program that holds the journal for too long is named as the cause, and nothing is lost. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *other = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  records = cs_store_append_sync (fixture->store, "s", 0, "ada", drafts, &error);
  g_assert_null (records);
  g_assert_error (error, CS_ERROR, CS_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, "another program"));
  g_assert_nonnull (strstr (error->message, "Try again"));
  g_clear_error (&error);
  sqlite3_close (other);
  records = cs_store_append_sync (fixture->store, "s", 0, "ada", drafts, &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--contested"))
    return append_contested (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--for-ever"))
    return append_for_ever (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--one"))
    return append_one (argv[2]);
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/processes/contested", test_contested);
  TEST ("/journal/processes/fresh", test_fresh);
  TEST ("/journal/processes/killed", test_killed);
  TEST ("/journal/processes/busy", test_busy);
  return g_test_run ();
}
