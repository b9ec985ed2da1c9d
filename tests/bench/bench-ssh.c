/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step costs over a warm SSH connection and over HTTP to an agent, beside
 * `ssh -o ControlPath=… HOST true`, and how fast output comes, beside `ssh HOST cat`. */

#include "cs-session.h"
#include "cs-test-agent.h"
#include "cs-test-sshd.h"

#include <glib/gstdio.h>

#define ROUNDS 100
/** PAUSE: microseconds between two steps; people and deployments leave more */
#define PAUSE (30 * 1000)
/** OUTPUT: bytes of output to measure how fast it comes */
#define OUTPUT (256 * 1024 * 1024)
/** LIMIT: what a step may cost at most, in baselines */
#define LIMIT 1.5

typedef struct
{
  CsTestSshd *sshd;
  char *directory;
  char *socket;
  GSubprocess *master;
  CsSession *session;
  CsTestAgent *agent;
  CsSession *agent_session;
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
set_up_agent (Bench *self)
{
  g_autoptr (CsKeyring) keyring = cs_keyring_new (self->directory);
  g_autoptr (CsAgentAccess) access = cs_agent_access_new (keyring, self->directory);
  g_autoptr (CsTarget) target = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  self->agent = cs_test_agent_new ();
  url = cs_test_agent_dup_url (self->agent);
  target = cs_target_new_agent ("agent", url, cs_test_agent_get_fingerprint (self->agent),
                                cs_test_agent_get_identity (self->agent), NULL, &error);
  g_assert_no_error (error);
  cs_keyring_keep (keyring, CS_KEYRING_TOKEN, "agent", cs_test_agent_get_token (self->agent));
  cs_target_set_access (target, access);
  cs_session_open_async (target, self->directory, NULL, ready_cb, &result);
  self->agent_session = cs_session_open_finish (wait_for (&result), &error);
  g_assert_no_error (error);
}

static void
close_session (CsSession **session)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_session_close_async (*session, ready_cb, &result);
  wait_for (&result);
  g_clear_object (session);
}

static void
tear_down (Bench *self)
{
  const char *argv[] = { "rm", "-rf", "--", self->directory, NULL };

  close_session (&self->session);
  close_session (&self->agent_session);
  cs_test_agent_free (self->agent);
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
measure_baseline (Bench *self, const char *command)
{
  g_autoptr (GPtrArray) argv = plain_ssh (self);
  g_autoptr (GError) error = NULL;
  gint64 begun;
  int status = 0;

  g_ptr_array_add (argv, g_strdup (command));
  g_ptr_array_add (argv, NULL);
  begun = g_get_monotonic_time ();
  g_spawn_sync (NULL, (char **) argv->pdata, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return (double) (g_get_monotonic_time () - begun) / 1000;
}

static double
measure_run (CsSession *session, const char *script)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (CsRun) run = cs_run_new (id, script, NULL, NULL);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gint64 begun = g_get_monotonic_time ();

  cs_session_run_async (session, run, NULL, ready_cb, &result);
  outcome = cs_session_run_finish (session, wait_for (&result), &error);
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

/* Returns the ratio of the medians of SSH; they take turns, so that all see the same machine. */
static double
compare_paced (Bench *self, const char *what, gint64 pause)
{
  double baseline[ROUNDS], step[ROUNDS], agent[ROUNDS];
  double a, b, c;

  for (guint i = 0; i < ROUNDS; i++)
    {
      pause_loop (pause);
      baseline[i] = measure_baseline (self, "true");
      pause_loop (pause);
      step[i] = measure_run (self->session, "true");
      pause_loop (pause);
      agent[i] = measure_run (self->agent_session, "true");
    }
  a = median (baseline);
  b = median (step);
  c = median (agent);
  g_print ("%s: ssh HOST true %.2f ms, step %.2f ms, ratio %.2f; agent %.2f ms, ratio %.2f "
           "(median of %d)\n",
           what, a, b, b / a, c, c / a, ROUNDS);
  return b / a;
}

static void
compare_output (Bench *self)
{
  g_autofree char *command = g_strdup_printf ("head -c %d /dev/zero | cat", OUTPUT);
  double baseline = measure_baseline (self, command);
  double step = measure_run (self->session, command);
  double agent = measure_run (self->agent_session, command);
  double mib = (double) OUTPUT / (1024 * 1024) * 1000;

  g_print ("output: ssh HOST cat %.0f MiB/s, step %.0f MiB/s, agent %.0f MiB/s\n", mib / baseline,
           mib / step, mib / agent);
}

int
main (void)
{
  Bench bench = { NULL };
  double ratio;

  set_up (&bench);
  set_up_agent (&bench);
  for (guint i = 0; i < 5; i++)
    {
      measure_run (bench.session, "true");
      measure_run (bench.agent_session, "true");
    }
  ratio = compare_paced (&bench, "paced", PAUSE);
  compare_paced (&bench, "back to back", 0);
  compare_output (&bench);
  tear_down (&bench);
  if (ratio > LIMIT)
    g_printerr ("a step costs more than %.1f times the baseline\n", LIMIT);
  return ratio > LIMIT;
}
