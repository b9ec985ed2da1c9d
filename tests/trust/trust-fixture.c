/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of trust share. */

#include "trust-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

void
trust_fixture_set_up (TrustFixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("countersign-test-XXXXXX", NULL);
  g_assert_nonnull (fixture->directory);
}

void
trust_fixture_tear_down (TrustFixture *fixture, gconstpointer data)
{
  g_free (trust_run (0, NULL, "rm", "-rf", "--", fixture->directory, NULL));
  g_free (fixture->directory);
}

char *
trust_fixture_path (TrustFixture *fixture, const char *name)
{
  return g_build_filename (fixture->directory, name, NULL);
}

char *
trust_run (int status, const char *input, const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  va_list arguments;

  va_start (arguments, first);
  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                 G_SUBPROCESS_FLAGS_STDERR_MERGE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  if (g_subprocess_get_exit_status (process) != status)
    g_error ("%s ended with %d: %s", first, g_subprocess_get_exit_status (process), out);
  return out;
}

char *
trust_make_key (TrustFixture *fixture, const char *name, const char *type, const char *passphrase)
{
  char *path = trust_fixture_path (fixture, name);

  g_free (trust_run (0, NULL, "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", name, "-f",
                     path, NULL));
  return path;
}

void
trust_store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
trust_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}
