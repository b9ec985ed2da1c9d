/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blobs as files: written piece by piece, never half, and healed. */

#include "fixture.h"

#include "cs-digest.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <utime.h>

static guint
count_files (Fixture *fixture)
{
  g_autofree char *blobs = g_build_filename (fixture->directory, "blobs", NULL);
  g_autoptr (GDir) dir = g_dir_open (blobs, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Piece by piece from another thread, as output comes. */
static gpointer
write_thread (gpointer data)
{
  CsBlobWriter *writer = data;
  g_autofree char *piece = g_strnfill (100000, 'p');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++)
    g_assert_true (cs_blob_writer_write (writer, piece, 100000, &error));
  return cs_blob_writer_finish (writer, &error);
}

static void
test_writer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsBlobWriter) writer = cs_store_open_blob (fixture->store, &error);
  g_autoptr (GBytes) back = NULL;
  g_autofree char *again = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *path = NULL;
  GStatBuf info;

  g_assert_no_error (error);
  digest = g_thread_join (g_thread_new ("output", write_thread, writer));
  g_assert_cmpint (cs_blob_writer_get_size (writer), ==, 10000000);
  back = cs_store_get_blob_sync (fixture->store, digest, &error);
  g_assert_no_error (error);
  expected = cs_digest_of_bytes (back);
  g_assert_cmpstr (digest, ==, expected);
  g_assert_cmpuint (g_bytes_get_size (back), ==, 10000000);
  path = g_strdup_printf ("%s/blobs/%.2s/%s", fixture->directory, digest, digest);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  /* A finished writer takes nothing more. */
  g_assert_false (cs_blob_writer_write (writer, "x", 1, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_STORAGE);
  g_clear_error (&error);
  again = cs_blob_writer_finish (writer, &error);
  g_assert_null (again);
  g_assert_error (error, CS_ERROR, CS_ERROR_STORAGE);
}

static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  CsBlobWriter *writer = cs_store_open_blob (fixture->store, NULL);

  g_assert_true (cs_blob_writer_write (writer, "half", 4, NULL));
  g_assert_cmpuint (count_files (fixture), ==, 1);
  g_object_unref (writer);
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

/* What a dead program left is removed after a day, and what a living one writes stays. */
static void
test_stale (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stale = g_build_filename (fixture->directory, "blobs", ".incoming-stale1", NULL);
  g_autofree char *fresh = g_build_filename (fixture->directory, "blobs", ".incoming-fresh1", NULL);
  struct utimbuf old = { 0 };

  fixture_close (fixture);
  old.actime = old.modtime = g_get_real_time () / G_USEC_PER_SEC - 25 * 60 * 60;
  g_assert_true (g_file_set_contents (stale, "x", 1, NULL));
  g_assert_true (g_file_set_contents (fresh, "x", 1, NULL));
  g_assert_cmpint (g_utime (stale, &old), ==, 0);
  fixture_open (fixture);
  g_assert_false (g_file_test (stale, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fresh, G_FILE_TEST_EXISTS));
}

/* Storing a blob again heals one that was damaged. */
static void
test_heal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("good", 4);
  g_autoptr (GBytes) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = cs_store_put_blob_sync (fixture->store, bytes, &error);
  g_autofree char *path = g_strdup_printf ("%s/blobs/%.2s/%s", fixture->directory, digest, digest);
  g_autofree char *again = NULL;

  g_assert_true (g_file_set_contents (path, "evil", 4, NULL));
  again = cs_store_put_blob_sync (fixture->store, bytes, &error);
  g_assert_no_error (error);
  back = cs_store_get_blob_sync (fixture->store, digest, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (back, bytes));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/blob/writer", test_writer);
  TEST ("/journal/blob/dropped", test_dropped);
  TEST ("/journal/blob/stale", test_stale);
  TEST ("/journal/blob/heal", test_heal);
  return g_test_run ();
}
