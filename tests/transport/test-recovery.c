/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing runs twice, and nothing that ran is lost, whatever breaks in between. */

#include "fixture.h"

#include "cs-driver.h"
#include "cs-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_conflict (Fixture *self, gconstpointer kind)
{
  g_autofree char *script = g_strdup_printf ("echo once >>'%s/executed'", self->directory);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autoptr (CsRun) first = fixture_new_run (self, script);
  g_autoptr (CsRun) second = fixture_new_run_with_id (self, cs_run_get_id (first), script);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;

  outcome = fixture_run (self, first, &error);
  g_assert_no_error (error);
  fixture_reopen (self);
  g_assert_null (fixture_run (self, second, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_assert_cmpuint (fixture_count_lines (executed), ==, 1);
}

/* Both sent at the same time: one of them wins. */
static void
test_race (Fixture *self, gconstpointer kind)
{
  g_autofree char *script = g_strdup_printf ("echo once >>'%s/executed'", self->directory);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (CsRun) first = fixture_new_run (self, script);
      g_autoptr (CsRun) second = fixture_new_run_with_id (self, cs_run_get_id (first), script);
      g_auto (Waiting) one = { NULL };
      g_auto (Waiting) two = { NULL };
      g_autoptr (CsOutcome) a = NULL;
      g_autoptr (CsOutcome) b = NULL;
      g_autoptr (GError) error = NULL;

      cs_session_run_async (self->session, first, NULL, waiting_cb, &one);
      cs_session_run_async (self->session, second, NULL, waiting_cb, &two);
      a = cs_session_run_finish (self->session, waiting_result (&one), &error);
      b = cs_session_run_finish (self->session, waiting_result (&two),
                                 error == NULL ? &error : NULL);
      g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
      g_assert_true ((a == NULL) != (b == NULL));
      g_assert_cmpuint (fixture_count_lines (executed), ==, i + 1);
    }
}

/* The app died after the end, before it was recorded. */
static void
test_recover_ended (Fixture *self, gconstpointer kind)
{
  g_autofree char *script = fixture_dup_counting_script (self);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (CsOutcome) recovered = NULL;
  g_autoptr (GError) error = NULL;

  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  fixture_reopen (self);
  recovered = fixture_recover (self, cs_run_get_id (run), &error);
  g_assert_no_error (error);
  fixture_check_counting (self, recovered);
  fixture_forget (self, cs_run_get_id (run));
  g_assert_null (fixture_recover (self, cs_run_get_id (run), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
}

/* The app closes while the script runs; on return it follows it to its end. */
static void
test_recover_running (Fixture *self, gconstpointer kind)
{
  g_autofree char *go = g_build_filename (self->directory, "go", NULL);
  g_autofree char *begun = g_build_filename (self->directory, "begun", NULL);
  g_autofree char *script =
    g_strdup_printf ("echo before; echo >'%s'; while [ ! -e '%s' ]; do sleep 0.02; done; "
                     "echo after; exit 6",
                     begun, go);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsRun) again = fixture_new_run_with_id (self, cs_run_get_id (run), NULL);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_auto (Waiting) waiting = { NULL };
  g_auto (Waiting) recovering = { NULL };
  g_autoptr (CsSession) first = g_object_ref (self->session);

  cs_session_run_async (self->session, run, NULL, waiting_cb, &waiting);
  fixture_wait_for_file (begun);
  fixture_reopen (self);
  g_assert_null (cs_session_run_finish (first, waiting_result (&waiting), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);

  cs_session_recover_async (self->session, again, NULL, waiting_cb, &recovering);
  while (cs_run_get_output_size (again) < (gint64) strlen ("before\n"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  outcome = cs_session_recover_finish (self->session, waiting_result (&recovering), &error);
  g_assert_no_error (error);
  output = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpstr (output, ==, "before\nafter\n");
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 6);
}

/* Stopped by another session than the one that sent it. */
static void
test_stop_recovered (Fixture *self, gconstpointer kind)
{
  g_autofree char *begun = g_build_filename (self->directory, "begun", NULL);
  g_autofree char *script = g_strdup_printf ("echo >'%s'; sleep 100", begun);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsRun) again = fixture_new_run_with_id (self, cs_run_get_id (run), NULL);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };
  g_auto (Waiting) recovering = { NULL };

  cs_session_run_async (self->session, run, NULL, waiting_cb, &waiting);
  fixture_wait_for_file (begun);
  fixture_reopen (self);
  waiting_result (&waiting);
  cs_session_recover_async (self->session, again, NULL, waiting_cb, &recovering);
  cs_session_stop (self->session, cs_run_get_id (run));
  outcome = cs_session_recover_finish (self->session, waiting_result (&recovering), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_STOPPED);
}

/* An id that the target has denied can't be started any more, by a request that comes late. */
static void
test_never_started (Fixture *self, gconstpointer kind)
{
  g_autofree char *script = g_strdup_printf ("echo once >>'%s/executed'", self->directory);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (fixture_recover (self, cs_run_get_id (run), &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
  g_assert_null (fixture_run (self, run, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
}

/* Everything on the target was killed at once, as by a restart. */
static void
test_gone (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run =
    fixture_new_run (self, "echo before; read -r kind driver rest <\"$__cs.claim\"; "
                           "sleep 0.2; kill -KILL $driver $PPID $$");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      if (i == 0)
        g_assert_null (fixture_run (self, run, &error));
      else
        g_assert_null (fixture_recover (self, cs_run_get_id (run), &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
      g_clear_error (&error);
    }
}

/* The target itself ends what takes too long, also when nobody is there to ask for it. */
static void
test_timeout_alone (Fixture *self, gconstpointer kind)
{
  g_autofree char *begun = g_build_filename (self->directory, "begun", NULL);
  g_autofree char *script = g_strdup_printf ("echo >'%s'; sleep 1000; echo late", begun);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsSession) session = g_object_ref (self->session);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };

  cs_run_set_timeout (run, 1);
  cs_session_run_async (session, run, NULL, waiting_cb, &waiting);
  fixture_wait_for_file (begun);
  fixture_close (self);
  g_assert_null (cs_session_run_finish (session, waiting_result (&waiting), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  fixture_reopen (self);
  outcome = fixture_recover (self, cs_run_get_id (run), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_TIMED_OUT);
}

static void
remove_tree (const char *path)
{
  const char *argv[] = { "rm", "-rf", "--", path, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

/* Where the spool is gone, nobody knows whether a run was started; nor may it be started there by a
 * connection that was made before. */
static void
test_replaced (Fixture *self, gconstpointer kind)
{
  g_autofree char *spool = fixture_dup_spool (self);
  g_autofree char *place = g_strdup (cs_session_get_place (self->session));
  g_autofree char *other = g_uuid_string_random ();
  g_autoptr (CsRun) run = fixture_new_run (self, "echo x");
  g_autoptr (CsRun) late = fixture_new_run (self, "echo x");
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (place);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  fixture_reopen (self);
  g_assert_cmpstr (cs_session_get_place (self->session), ==, place);
  g_assert_null (fixture_recover_from (self, other, place, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  remove_tree (spool);
  g_assert_null (fixture_run (self, late, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_clear_error (&error);
  fixture_reopen (self);
  g_assert_cmpstr (cs_session_get_place (self->session), !=, place);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (fixture_recover_from (self, cs_run_get_id (run), place, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
      g_clear_error (&error);
    }
}

/* Sets back the clock of everything in the spool. */
static void
age_spool (const char *spool, guint days)
{
  g_autofree char *script =
    g_strdup_printf ("touch -d '%u days ago' '%s'/*.*", days, spool);
  const char *argv[] = { "sh", "-c", script, NULL };
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

static gboolean
spool_has (const char *spool, const char *id, const char *ending)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.%s", spool, id, ending);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The first run of a session that may be forgotten has the target look at what else is there. */
static void
reopen_and_forget (Fixture *self)
{
  g_autofree char *nothing = g_uuid_string_random ();

  fixture_reopen (self);
  fixture_forget (self, nothing);
}

/* What nobody asked for in a month goes, but never the trace that a run was started. */
static void
test_sweep (Fixture *self, gconstpointer kind)
{
  g_autofree char *spool = fixture_dup_spool (self);
  g_autofree char *go = g_build_filename (self->directory, "go", NULL);
  g_autofree char *script =
    g_strdup_printf ("echo a; while [ ! -e '%s' ]; do sleep 0.02; done", go);
  g_autofree char *denied = g_uuid_string_random ();
  g_autoptr (CsRun) ended = fixture_new_run (self, "echo x");
  g_autoptr (CsRun) running = fixture_new_run (self, script);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (CsOutcome) followed = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };

  outcome = fixture_run (self, ended, &error);
  g_assert_no_error (error);
  g_assert_null (fixture_recover (self, denied, NULL));
  cs_session_run_async (self->session, running, NULL, waiting_cb, &waiting);
  while (cs_run_get_output_size (running) == 0)
    g_main_context_iteration (NULL, TRUE);

  age_spool (spool, 29);
  reopen_and_forget (self);
  waiting_result (&waiting);
  g_assert_true (spool_has (spool, cs_run_get_id (ended), "out"));
  age_spool (spool, 32);
  reopen_and_forget (self);
  for (guint i = 0; i < 3000 && spool_has (spool, denied, "claim"); i++)
    g_usleep (10 * 1000);
  for (guint i = 0; i < 3000 && spool_has (spool, cs_run_get_id (ended), "end"); i++)
    g_usleep (10 * 1000);
  g_assert_false (spool_has (spool, denied, "claim"));
  g_assert_false (spool_has (spool, cs_run_get_id (ended), "out"));
  g_assert_true (spool_has (spool, cs_run_get_id (running), "out"));
  g_assert_null (fixture_recover (self, cs_run_get_id (ended), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  followed = fixture_recover (self, cs_run_get_id (running), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (followed), ==, 0);
}

/* The connection breaks at some moment between sending and the end, ten times. */
static void
test_broken (Fixture *self, gconstpointer kind)
{
  g_autofree char *script = fixture_dup_counting_script (self);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  guint lost = 0;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (CsRun) run = fixture_new_run (self, script);
      g_autoptr (CsSession) session = g_object_ref (self->session);
      g_autoptr (CsOutcome) outcome = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (Waiting) waiting = { NULL };
      gint64 until = g_get_monotonic_time () + g_test_rand_int_range (0, 200 * 1000);

      cs_session_run_async (session, run, NULL, waiting_cb, &waiting);
      while (g_get_monotonic_time () < until)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (100);
        }
      if (self->sshd != NULL)
        cs_test_sshd_kill_connections (self->sshd);
      else
        cs_session_close_async (session, NULL, NULL);
      outcome = cs_session_run_finish (session, waiting_result (&waiting), &error);
      fixture_reopen (self);
      if (outcome == NULL)
        {
          /* UNREACHABLE promises that it did not run; WAITING promises nothing. */
          lost++;
          if (g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE))
            g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
          else
            g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
          g_clear_error (&error);
          outcome = fixture_recover (self, cs_run_get_id (run), &error);
        }
      if (outcome == NULL)
        {
          g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
          g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
        }
      else
        fixture_check_counting (self, outcome);
    }
  g_test_message ("%u of 10 were lost and recovered", lost);
  g_assert_cmpuint (lost, >, 0);
}

static void
run_bootstrap (const char *request, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) input = g_bytes_new (request, length);
  g_autoptr (GSubprocess) shell =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                        G_SUBPROCESS_FLAGS_STDERR_PIPE,
                      &error, "/bin/sh", "-c", cs_driver_get_bootstrap (), NULL);

  g_assert_no_error (error);
  g_subprocess_communicate (shell, input, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* A request that is cut off anywhere does nothing at all. */
static void
test_truncated (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("countersign-test-XXXXXX", &error);
  g_autofree char *spool = g_build_filename (directory, "spool", NULL);
  g_autofree char *executed = g_build_filename (directory, "executed", NULL);
  g_autofree char *script = g_strdup_printf ("echo a >'%s'\necho b >'%s'", executed, executed);
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *nonce = cs_driver_new_nonce ();
  g_autoptr (CsRun) run = cs_run_new (id, script, NULL, NULL);
  g_autoptr (GBytes) request = cs_driver_build_run (run, spool, NULL, nonce, &error);
  const char *argv[] = { "rm", "-rf", "--", directory, NULL };
  gsize size = 0;
  const char *data = g_bytes_get_data (request, &size);

  g_assert_no_error (error);
  for (guint i = 0; i < 200; i++)
    {
      /* The last bytes are the interesting ones. */
      gsize cut = i < 60 ? size - 1 - i : (gsize) g_test_rand_int_range (0, (gint32) size - 1);

      run_bootstrap (data, cut);
      g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (spool, G_FILE_TEST_EXISTS));
    }
  run_bootstrap (data, size);
  g_assert_true (g_file_test (executed, G_FILE_TEST_EXISTS));
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

/* The files of a run are nobody else's to read. */
static void
test_private (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run = fixture_new_run (self, "umask; stat -c %a \"${__cs%/*}\"; "
                                                 "stat -c %a \"$__cs\".* | sort -u");
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_autofree char *expected = NULL;
  mode_t mask = umask (022);

  umask (mask);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  output = fixture_dup_output (self, outcome, NULL);
  expected = g_strdup_printf ("%04o\n700\n600\n", (guint) mask);
  g_assert_cmpstr (output, ==, expected);
}

static void
add_for (const char *kind, const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/transport/%s/%s", kind, name);

  g_test_add (path, Fixture, kind, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[] = { "local", "ssh" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/driver/truncated", test_truncated);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      add_for (kinds[i], "conflict", test_conflict);
      add_for (kinds[i], "race", test_race);
      add_for (kinds[i], "recover-ended", test_recover_ended);
      add_for (kinds[i], "recover-running", test_recover_running);
      add_for (kinds[i], "stop-recovered", test_stop_recovered);
      add_for (kinds[i], "never-started", test_never_started);
      add_for (kinds[i], "gone", test_gone);
      add_for (kinds[i], "broken", test_broken);
      add_for (kinds[i], "private", test_private);
      add_for (kinds[i], "timeout-alone", test_timeout_alone);
      add_for (kinds[i], "replaced", test_replaced);
      add_for (kinds[i], "sweep", test_sweep);
    }
  return g_test_run ();
}
