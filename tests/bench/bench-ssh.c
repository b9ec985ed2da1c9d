/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step costs over a warm connection, beside `ssh -o ControlPath=… HOST true`, in one run. */

#include "cs-session.h"
#include "cs-test-sshd.h"

#include <glib/gstdio.h>

#define ROUNDS 100
/** PAUSE: microseconds between two steps; people and deployments leave more */
#define PAUSE (30 * 1000)
/** LIMIT: what a step may cost at most, in baselines */
#define LIMIT 1.5

typedef struct
{
  CsTestSshd *sshd;
  char *directory;
  char *socket;
  GSubprocess *master;
  CsSession *session;
} Bench;

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *slot;
}

static void
pause_loop (gint64 duration)
{
  gint64 until = g_get_monotonic_time () + duration;

  while (g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static GPtrArray *
plain_ssh (Bench *self)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (argv, g_strdup ("ssh"));
  g_ptr_array_add (argv, g_strdup_printf ("-oControlPath=%s", self->socket));
  g_ptr_array_add (argv, g_strdup_printf ("-oUserKnownHostsFile=%s/known_hosts", self->directory));
  g_ptr_array_add (argv, g_strdup_printf ("-i%s", cs_test_sshd_get_identity (self->sshd)));
  g_ptr_array_add (argv, g_strdup_printf ("-p%u", cs_test_sshd_get_port (self->sshd)));
  g_ptr_array_add (argv, g_strdup ("127.0.0.1"));
  return argv;
}

static void
set_up (Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) target = NULL;
  g_autoptr (GPtrArray) argv = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *known_hosts = NULL;
  g_autofree char *line = NULL;

  self->sshd = cs_test_sshd_new ();
  self->directory = g_dir_make_tmp ("countersign-bench-XXXXXX", &error);
  g_assert_no_error (error);
  self->socket = g_build_filename (self->directory, "socket", NULL);
  known_hosts = g_build_filename (self->directory, "known_hosts", NULL);
  line = cs_test_sshd_dup_known_hosts (self->sshd);
  g_assert_true (g_file_set_contents (known_hosts, line, -1, NULL));

  argv = plain_ssh (self);
  g_ptr_array_insert (argv, 1, g_strdup ("-MN"));
  g_ptr_array_add (argv, NULL);
  self->master =
    g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  while (!g_file_test (self->socket, G_FILE_TEST_EXISTS))
    g_usleep (1000);

  target = cs_target_new_ssh ("bench", cs_test_sshd_get_destination (self->sshd),
                              cs_test_sshd_get_identity (self->sshd), NULL, &error);
  g_assert_no_error (error);
  cs_session_open_async (target, self->directory, NULL, ready_cb, &result);
  self->session = cs_session_open_finish (wait_for (&result), &error);
  g_assert_no_error (error);
}

static void
tear_down (Bench *self)
{
  const char *argv[] = { "rm", "-rf", "--", self->directory, NULL };
  g_autoptr (GAsyncResult) result = NULL;

  cs_session_close_async (self->session, ready_cb, &result);
  wait_for (&result);
  g_clear_object (&self->session);
  g_subprocess_force_exit (self->master);
  g_subprocess_wait (self->master, NULL, NULL);
  g_clear_object (&self->master);
  cs_test_sshd_free (self->sshd);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (self->socket);
  g_free (self->directory);
}

static double
measure_baseline (Bench *self)
{
  g_autoptr (GPtrArray) argv = plain_ssh (self);
  g_autoptr (GError) error = NULL;
  gint64 begun;
  int status = 0;

  g_ptr_array_add (argv, g_strdup ("true"));
  g_ptr_array_add (argv, NULL);
  begun = g_get_monotonic_time ();
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return (double) (g_get_monotonic_time () - begun) / 1000;
}

static double
measure_step (Bench *self)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (CsRun) run = cs_run_new (id, "true", NULL, NULL);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gint64 begun = g_get_monotonic_time ();

  cs_session_run_async (self->session, run, NULL, ready_cb, &result);
  outcome = cs_session_run_finish (self->session, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 0);
  return (double) (g_get_monotonic_time () - begun) / 1000;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (double *values)
{
  qsort (values, ROUNDS, sizeof *values, compare);
  return (values[ROUNDS / 2 - 1] + values[ROUNDS / 2]) / 2;
}

/* Returns the ratio of the medians; the two take turns, so that both see the same machine. */
static double
compare_paced (Bench *self, const char *what, gint64 pause)
{
  double baseline[ROUNDS], step[ROUNDS];
  double a, b;

  for (guint i = 0; i < ROUNDS; i++)
    {
      pause_loop (pause);
      baseline[i] = measure_baseline (self);
      pause_loop (pause);
      step[i] = measure_step (self);
    }
  a = median (baseline);
  b = median (step);
  g_print ("%s: ssh HOST true %.2f ms, step %.2f ms, ratio %.2f (median of %d)\n", what, a, b,
           b / a, ROUNDS);
  return b / a;
}

int
main (void)
{
  Bench bench = { NULL };
  double ratio;

  set_up (&bench);
  for (guint i = 0; i < 5; i++)
    measure_step (&bench);
  ratio = compare_paced (&bench, "paced", PAUSE);
  compare_paced (&bench, "back to back", 0);
  tear_down (&bench);
  if (ratio > LIMIT)
    g_printerr ("a step costs more than %.1f times the baseline\n", LIMIT);
  return ratio > LIMIT;
}
