/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample laid out in a directory of its own, with the service running on a free port. */

#include "sample.h"

/* Runs a script with bash, as a session does; standard error goes with the output. */
int
sample_run (const char *directory, const char *home, const char *script, char **output)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_subprocess_launcher_set_cwd (launcher, directory);
  if (home != NULL)
    g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", home, TRUE);
  child = g_subprocess_launcher_spawn (launcher, &error, "bash", "-c", script, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &text, NULL, &error);
  g_assert_no_error (error);
  if (text != NULL && *text != '\0')
    g_test_message ("%s", text);
  if (output != NULL)
    *output = g_steal_pointer (&text);
  g_assert_true (g_subprocess_get_if_exited (child));
  return g_subprocess_get_exit_status (child);
}

int
sample_prepare (const char *root, guint16 port, char **output)
{
  g_autofree char *quoted = g_shell_quote (root);
  g_autofree char *script = g_strdup_printf (
    "GREETING_PORT=%u exec \"$COUNTERSIGN_DATA/samples/prepare-sample.sh\" %s", port, quoted);

  return sample_run ("/", NULL, script, output);
}

Sample *
sample_new (guint16 port)
{
  Sample *sample = g_new0 (Sample, 1);
  g_autoptr (GError) error = NULL;

  sample->home = g_dir_make_tmp ("countersign-demo-XXXXXX", &error);
  g_assert_no_error (error);
  sample->root = g_build_filename (sample->home, "countersign-sample", "greeting", NULL);
  g_assert_cmpint (sample_prepare (sample->root, port, NULL), ==, 0);
  return sample;
}

void
sample_free (Sample *sample)
{
  g_autofree char *quoted = g_shell_quote (sample->home);
  g_autofree char *script = g_strdup_printf ("rm -r %s", quoted);

  g_assert_cmpint (sample_ctl (sample, "stop", NULL), ==, 0);
  g_assert_cmpint (sample_run ("/", NULL, script, NULL), ==, 0);
  g_free (sample->home);
  g_free (sample->root);
  g_free (sample);
}

int
sample_ctl (Sample *sample, const char *verb, char **output)
{
  g_autofree char *script = g_strdup_printf ("exec bin/demo-ctl %s", verb);

  return sample_run (sample->root, NULL, script, output);
}

char *
sample_read (Sample *sample, const char *name)
{
  g_autofree char *path = g_build_filename (sample->root, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strchomp (text);
}

void
sample_write (Sample *sample, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (sample->root, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

guint16
sample_get_port (Sample *sample)
{
  g_autofree char *text = sample_read (sample, "run/greeting.port");

  return (guint16) g_ascii_strtoull (text, NULL, 10);
}
