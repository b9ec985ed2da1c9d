/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal in a new directory, and short ways to write to it. */

#include "fixture.h"

#include "cs-json.h"

#include <glib/gstdio.h>

void
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->sqlite = cs_sqlite_store_open_sync (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->store = CS_STORE (fixture->sqlite);
}

void
fixture_close (Fixture *fixture)
{
  /* A thread of a finished task can still hold a reference for a moment. */
  if (fixture->sqlite != NULL)
    cs_sqlite_store_close (fixture->sqlite);
  g_clear_object (&fixture->sqlite);
  fixture->store = NULL;
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("countersign-journal-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "journal.db", NULL);
  fixture_open (fixture);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  remove_tree (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->path);
}

/* One draft in an array. */
GPtrArray *
draft_text (const char *kind, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = cs_json_parse (json, -1, &error);
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);

  g_assert_no_error (error);
  g_ptr_array_add (drafts, cs_draft_new (kind, body));
  return drafts;
}

void
append (CsStore *store, const char *stream, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drafts = draft_text ("noted", json);
  g_autoptr (GPtrArray)
    records = cs_store_append_sync (store, stream, CS_STORE_ANY, "ada", drafts, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 1);
}

/* Through a connection of its own, as an attacker would. */
void
execute (Fixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

void
drop_triggers (Fixture *fixture)
{
  execute (fixture, "DROP TRIGGER records_no_UPDATE; DROP TRIGGER records_no_DELETE;"
                    "DROP TRIGGER record_blobs_no_UPDATE; DROP TRIGGER record_blobs_no_DELETE;"
                    "DROP TRIGGER record_index_no_UPDATE; DROP TRIGGER record_index_no_DELETE;");
}

CsVerification *
verify (CsStore *store)
{
  g_autoptr (GError) error = NULL;
  CsVerification *verification = cs_verification_run_sync (store, &error);

  g_assert_no_error (error);
  return verification;
}

void
wait_until (gboolean (*condition) (gpointer data), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (!condition (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

/* This test program again, in a role of its main(). */
GSubprocess *
spawn_self (GSubprocessFlags flags, const char *role, const char *directory)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *child = g_subprocess_new (flags, &error, self, role, directory, NULL);

  g_assert_no_error (error);
  return child;
}

void
run_self (const char *role, const char *directory)
{
  g_autoptr (GSubprocess) child = spawn_self (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, role, directory);
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check (child, NULL, &error);
  g_assert_no_error (error);
}
