/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks that are full or can't be written to. */

#include "fixture.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK (768 * 1024)
#define NOBODY 65534

static void
limit_files (rlim_t bytes)
{
  struct rlimit limit = { bytes, RLIM_INFINITY };

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* Fills the journal until an append fails; returns how many were acknowledged. */
static guint
fill (CsStore *store)
{
  g_autofree char *text = g_strnfill (9000, 'x');
  g_autofree char *json = g_strdup_printf ("{\"text\":\"%s\"}", text);
  g_autoptr (GPtrArray) drafts = draft_text ("noted", json);
  g_autoptr (GError) error = NULL;
  guint acknowledged = 0;

  while (error == NULL)
    {
      g_autoptr (GPtrArray) records =
        cs_store_append_sync (store, "s", acknowledged, "ada", drafts, &error);

      g_assert_cmpuint (acknowledged, <, 10000);
      if (records != NULL)
        acknowledged++;
    }
  g_assert_error (error, CS_ERROR, CS_ERROR_STORAGE);
  /* Where, and what to do; a limit of a file's size is no full disk. */
  g_assert_nonnull (strstr (error->message, "journal.db"));
  g_assert_nonnull (strstr (error->message, "free space") != NULL
                      ? error->message
                      : strstr (error->message, "Free some space"));
  return acknowledged;
}

static void
assert_whole (CsStore *store, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_sync (store, "s", 0, &error);
  g_autoptr (CsVerification) verification = verify (store);

  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, n);
  g_assert_true (cs_verification_is_clean (verification));
}

static void
assert_blob_fails (CsStore *store)
{
  g_autofree char *data = g_strnfill (DISK + 1, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new (data, DISK + 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = cs_store_put_blob_sync (store, bytes, &error);

  g_assert_null (digest);
  g_assert_error (error, CS_ERROR, CS_ERROR_STORAGE);
}

static int
run_full (const char *directory, gboolean limited)
{
  g_autofree char *ballast = g_build_filename (directory, "ballast", NULL);
  g_autofree char *weight = g_strnfill (DISK / 4, 'x');
  g_autoptr (CsSqliteStore) sqlite = NULL;
  g_autoptr (GError) error = NULL;
  CsStore *store;
  guint n;

  if (limited)
    limit_files (DISK);
  else
    g_file_set_contents (ballast, weight, DISK / 4, &error);
  g_assert_no_error (error);
  sqlite = cs_sqlite_store_open_sync (directory, &error);
  g_assert_no_error (error);
  store = CS_STORE (sqlite);
  assert_blob_fails (store);
  n = fill (store);
  g_assert_cmpuint (n, >, 5);
  assert_whole (store, n);
  if (limited)
    limit_files (RLIM_INFINITY);
  else
    unlink (ballast);
  append (store, "s", "{}");
  assert_whole (store, n + 1);
  return 0;
}

/* The role of a child: a real small disk in a mount namespace of its own where that is allowed, and
 * a limit of file sizes where it is not. */
static int
run_small_disk (const char *directory)
{
  gboolean mounted = unshare (CLONE_NEWNS) == 0 &&
                     mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                     mount ("tmpfs", directory, "tmpfs", 0, "size=768k,mode=0700") == 0;

  return run_full (directory, !mounted);
}

static int
run_limited (const char *directory)
{
  return run_full (directory, TRUE);
}

/* root may write anywhere, so it becomes nobody first. */
static void
become_ordinary (void)
{
  if (geteuid () != 0)
    return;
  g_assert_cmpint (setgroups (0, NULL), ==, 0);
  g_assert_cmpint (setresgid (NOBODY, NOBODY, NOBODY), ==, 0);
  g_assert_cmpint (setresuid (NOBODY, NOBODY, NOBODY), ==, 0);
}

static void
own (const char *path, mode_t mode)
{
  if (geteuid () == 0)
    g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
  g_assert_cmpint (chmod (path, mode), ==, 0);
}

static int
run_read_only (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "journal.db", NULL);
  g_autoptr (CsSqliteStore) store = NULL;
  g_autoptr (GError) error = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    own (path, 0400);
  own (directory, 0500);
  become_ordinary ();
  store = cs_sqlite_store_open_sync (directory, &error);
  g_assert_null (store);
  g_assert_error (error, CS_ERROR, CS_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, directory));
  g_assert_nonnull (strstr (error->message, "permissions"));
  return 0;
}

static void
test_full (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  run_self ("--small-disk", fixture->directory);
}

static void
test_limited (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_build_filename (fixture->directory, "limited", NULL);

  run_self ("--limited", directory);
}

static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  append (fixture->store, "s", "{}");
  fixture_close (fixture);
  run_self ("--read-only", fixture->directory);
}

static void
test_read_only_empty (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  g_assert_cmpint (unlink (fixture->path), ==, 0);
  run_self ("--read-only", fixture->directory);
}

static void
test_no_directory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsSqliteStore) store = NULL;
  g_autoptr (GError) error = NULL;

  fixture_close (fixture);
  store = cs_sqlite_store_open_sync (fixture->path, &error);
  g_assert_null (store);
  g_assert_error (error, CS_ERROR, CS_ERROR_STORAGE);
}

int
main (int argc, char *argv[])
{
  signal (SIGXFSZ, SIG_IGN);
  if (argc == 3 && g_str_equal (argv[1], "--small-disk"))
    return run_small_disk (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--limited"))
    return run_limited (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--read-only"))
    return run_read_only (argv[2]);
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/disk/full", test_full);
  TEST ("/journal/disk/limited", test_limited);
  TEST ("/journal/disk/read-only", test_read_only);
  TEST ("/journal/disk/read-only-empty", test_read_only_empty);
  TEST ("/journal/disk/no-directory", test_no_directory);
  return g_test_run ();
}
