/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs in a terminal: what people type, see and resize, on this computer, over SSH, on agents. */

#include "fixture.h"

#include "cs-error.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define EVERYWHERE "local ssh agent"

/* One run whose screen is watched. */
typedef struct
{
  CsRun *run;
  GString *screen;
  gint64 expected; /* offset of the next output: nothing is lost */
  Waiting waiting;
} Screen;

static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  Screen *screen = user_data;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpint (offset, ==, screen->expected);
  screen->expected = offset + (gint64) size;
  g_string_append_len (screen->screen, data, (gssize) size);
}

static void
begin (Fixture *self, Screen *screen, const char *script)
{
  screen->run = fixture_new_run (self, script);
  screen->screen = g_string_new (NULL);
  cs_run_set_terminal (screen->run, NULL, 100, 30);
  g_signal_connect (screen->run, "output", G_CALLBACK (output_cb), screen);
  cs_session_run_async (self->session, screen->run, NULL, waiting_cb, &screen->waiting);
}

static void
await (Screen *screen, const char *text)
{
  while (strstr (screen->screen->str, text) == NULL)
    {
      if (screen->waiting.result != NULL)
        g_error ("It ended without “%s”: %s", text, screen->screen->str);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
type (Screen *screen, const char *text)
{
  cs_run_send_input (screen->run, text, strlen (text));
}

/* Waits for the end; the blob must be what was on the screen. */
static CsOutcome *
end (Fixture *self, Screen *screen, GError **error)
{
  CsOutcome *outcome =
    cs_session_run_finish (self->session, waiting_result (&screen->waiting), error);

  if (outcome != NULL)
    {
      gsize length = 0;
      g_autofree char *kept = fixture_dup_output (self, outcome, &length);

      g_assert_cmpmem (kept, length, screen->screen->str, screen->screen->len);
    }
  waiting_clear (&screen->waiting);
  return outcome;
}

static void
clear (Screen *screen)
{
  g_clear_object (&screen->run);
  g_string_free (screen->screen, TRUE);
}

static CsOutcome *
end_well (Fixture *self, Screen *screen, int status)
{
  g_autoptr (GError) error = NULL;
  CsOutcome *outcome = end (self, screen, &error);

  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_EXITED);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, status);
  return outcome;
}

static void
test_is_terminal (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen,
         "tty -s <&0 && tty -s <&1 && tty -s <&2 && stty size && echo $TERM; exit 3");
  outcome = end_well (self, &screen, 3);
  g_assert_cmpstr (screen.screen->str, ==, "30 100\r\nxterm-256color\r\n");
  g_assert_cmpint (cs_run_get_latency (screen.run), >, 0);
  clear (&screen);
}

/* What is typed while the echo is off is nowhere: not on the screen, not in the blob. */
static void
test_password (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen,
         "read -rsp 'Password: ' password; echo; echo \"${#password} characters\"");
  await (&screen, "Password: ");
  type (&screen, "correct horse\n");
  outcome = end_well (self, &screen, 0);
  g_assert_cmpstr (screen.screen->str, ==, "Password: \r\n13 characters\r\n");
  clear (&screen);
}

static void
test_conversation (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen, "python3 -i -q");
  await (&screen, ">>> ");
  type (&screen, "print(6 * 7)\n");
  await (&screen, "\n42\r\n");
  type (&screen, "import sys; sys.exit(5)\n");
  outcome = end_well (self, &screen, 5);
  clear (&screen);
}

static void
test_full_screen (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen,
         "python3 -c \"import curses; curses.wrapper (lambda w: (w.addstr (5, 5, 'the screen is '\n"
         "+ str (w.getmaxyx ())), w.refresh (), w.getkey ()))\"");
  await (&screen, "the screen is (30, 100)");
  type (&screen, "q");
  outcome = end_well (self, &screen, 0);
  g_assert_nonnull (strstr (screen.screen->str, "\033[?1049h"));
  g_assert_nonnull (strstr (screen.screen->str, "\033[?1049l"));
  clear (&screen);
}

static void
test_control_c (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen, "trap 'echo caught; exit 4' INT; echo ready; while :; do sleep 0.1; done");
  await (&screen, "ready");
  type (&screen, "\003");
  outcome = end_well (self, &screen, 4);
  g_assert_nonnull (strstr (screen.screen->str, "caught"));
  clear (&screen);
}

static void
test_resize (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen,
         "python3 -c \"import os, signal\n"
         "signal.signal (signal.SIGWINCH, lambda *a: None)\n"
         "signal.pthread_sigmask (signal.SIG_BLOCK, {signal.SIGWINCH})\n"
         "print ('ready', flush=True)\n"
         "while os.get_terminal_size ().columns != 132: signal.sigwait ({signal.SIGWINCH})\n"
         "print (os.get_terminal_size (), flush=True)\n"
         "while input () != 'end': pass\"");
  await (&screen, "ready");
  cs_run_resize (screen.run, 132, 43);
  await (&screen, "columns=132, lines=43");
  type (&screen, "end\n");
  outcome = end_well (self, &screen, 0);
  clear (&screen);
}

static void
test_state (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;
  GHashTable *environment;

  screen.run = NULL;
  begin (self, &screen, "cd /usr; export MADE_HERE='a b'; unset LANG; sleep 300 & echo left");
  outcome = end_well (self, &screen, 0);
  environment = cs_outcome_get_environment (outcome);
  g_assert_cmpstr (cs_outcome_get_cwd (outcome), ==, "/usr");
  g_assert_cmpstr (g_hash_table_lookup (environment, "MADE_HERE"), ==, "a b");
  g_assert_false (g_hash_table_contains (environment, "TERM"));
  clear (&screen);
}

/* More than fits anywhere: the window gets all of it, in order, and so does the blob. */
static void
test_much (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen, "stty -opost; seq 1 400000; printf end");
  outcome = end_well (self, &screen, 0);
  g_assert_cmpint (cs_outcome_get_output_size (outcome), ==, 2688895 + 3);
  g_assert_true (g_str_has_suffix (screen.screen->str, "\n400000\nend"));
  clear (&screen);
}

static void
test_stop (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  int pid = 0;

  begin (self, &screen, "sleep 300 & echo \"child $!.\"; cat");
  await (&screen, ".\r\n");
  sscanf (strstr (screen.screen->str, "child "), "child %d.", &pid);
  cs_session_stop (self->session, cs_run_get_id (screen.run));
  outcome = end (self, &screen, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_STOPPED);
  while (kill (pid, 0) == 0) /* its whole group ends */
    g_main_context_iteration (NULL, FALSE);
  clear (&screen);
}

static void
test_time_out (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;

  screen.run = fixture_new_run (self, "cat");
  screen.screen = g_string_new (NULL);
  cs_run_set_terminal (screen.run, "vt100", 80, 24);
  cs_run_set_timeout (screen.run, 1);
  g_signal_connect (screen.run, "output", G_CALLBACK (output_cb), &screen);
  cs_session_run_async (self->session, screen.run, NULL, waiting_cb, &screen.waiting);
  outcome = end (self, &screen, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_TIMED_OUT);
  clear (&screen);
}

static void
test_once (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (CsRun) again = NULL;
  g_autoptr (CsRun) lost = NULL;
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (GError) error = NULL;

  begin (self, &screen, "true");
  outcome = end_well (self, &screen, 0);
  again = fixture_new_run_with_id (self, cs_run_get_id (screen.run), "true");
  cs_run_set_terminal (again, NULL, 80, 24);
  g_assert_null (fixture_run (self, again, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_clear_error (&error);
  lost = cs_run_new (id, "true", "/no/such/place", NULL);
  cs_run_set_terminal (lost, NULL, 80, 24);
  g_assert_null (fixture_run (self, lost, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  fixture_forget (self, cs_run_get_id (screen.run));
  clear (&screen);
}

/* The cable is pulled while someone types: the program sees the end of its input, and how that
 * ended is there to be asked for. */
static void
test_cut (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autofree char *id = NULL;
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;

  begin (self, &screen, "echo ready; read -r line || exit 6");
  await (&screen, "ready");
  id = g_strdup (cs_run_get_id (screen.run));
  cs_test_sshd_kill_connections (self->sshd);
  g_assert_null (end (self, &screen, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  fixture_reopen (self);
  outcome = fixture_recover (self, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 6);
  clear (&screen);
}

static gboolean
over_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Hung up at any moment, also before the terminal has said a word: what is told to have been run by
 * nobody was run by nobody. */
static void
test_close_anywhere (Fixture *self, gconstpointer kind)
{
  for (guint i = 0; i < 12; i++)
    {
      Screen screen = { NULL };
      g_auto (Waiting) closed = { NULL };
      g_autoptr (GError) error = NULL;
      g_autoptr (CsOutcome) outcome = NULL;
      g_autofree char *mark = g_strdup_printf ("%s/mark%u", self->directory, i);
      g_autofree char *script = g_strdup_printf ("echo x >>%s; read -r line || exit 6", mark);
      g_autofree char *id = NULL;
      gboolean over = FALSE;
      gboolean waiting;

      begin (self, &screen, script);
      id = g_strdup (cs_run_get_id (screen.run));
      g_timeout_add ((guint) g_test_rand_int_range (0, 40), over_cb, &over);
      while (!over)
        g_main_context_iteration (NULL, TRUE);
      cs_session_close_async (self->session, waiting_cb, &closed);
      g_assert_null (end (self, &screen, &error));
      waiting = g_error_matches (error, CS_ERROR, CS_ERROR_WAITING);
      g_clear_error (&error);
      g_assert_true (cs_session_close_finish (self->session, waiting_result (&closed), NULL));
      g_clear_object (&self->session);
      fixture_reopen (self);
      outcome = fixture_recover (self, id, &error);
      /* Hung up while its driver began, it is not known how it ended; that is said. */
      if (outcome == NULL && !g_error_matches (error, CS_ERROR, CS_ERROR_WAITING))
        g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
      if (!waiting || g_error_matches (error, CS_ERROR, CS_ERROR_NOT_FOUND))
        g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
      clear (&screen);
    }
}

/* Closing the session hangs up. */
static void
test_close (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_auto (Waiting) closed = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen, "echo ready; read -r line || exit 6");
  await (&screen, "ready");
  id = g_strdup (cs_run_get_id (screen.run));
  cs_session_close_async (self->session, waiting_cb, &closed);
  g_assert_null (end (self, &screen, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  g_assert_true (cs_session_close_finish (self->session, waiting_result (&closed), NULL));
  g_clear_object (&self->session);
  fixture_reopen (self);
  outcome = fixture_recover (self, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 6);
  clear (&screen);
}

/* On an agent nothing hangs up: what is typed while the cable is pulled, again and again, arrives
 * when it is back, each key once and in order. */
static void
test_resume (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen,
         "echo ready; for i in {1..20}; do read -r line; echo \"<$line>\"; done\n"
         "read -r -t 1 && exit 9; exit 0");
  await (&screen, "ready");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *typed = g_strdup_printf ("word %u\n", i);
      g_autofree char *answer = g_strdup_printf ("<word %u>\r\n", i);

      if (i % 2 == 0)
        cs_test_proxy_cut (self->proxy);
      type (&screen, typed);
      if (i % 3 == 0)
        cs_test_proxy_cut (self->proxy);
      await (&screen, answer);
    }
  outcome = end_well (self, &screen, 0);
  clear (&screen);
}

/* Nor does a session that is closed: the program waits, and can be stopped by whoever asks. */
static void
test_close_agent (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_auto (Waiting) closed = { NULL };
  g_auto (Waiting) recovered = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRun) again = NULL;
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen, "echo ready; read -r line || exit 6");
  await (&screen, "ready");
  again = fixture_new_run_with_id (self, cs_run_get_id (screen.run), NULL);
  cs_session_close_async (self->session, waiting_cb, &closed);
  g_assert_null (end (self, &screen, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  g_assert_true (cs_session_close_finish (self->session, waiting_result (&closed), NULL));
  g_clear_object (&self->session);
  fixture_reopen (self);
  cs_session_recover_async (self->session, again, NULL, waiting_cb, &recovered);
  cs_session_stop (self->session, cs_run_get_id (again));
  outcome = cs_session_recover_finish (self->session, waiting_result (&recovered), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_STOPPED);
  clear (&screen);
}

/* The supervisor holds the terminal, so the agent can be killed and started again. */
static void
test_restart (Fixture *self, gconstpointer kind)
{
  Screen screen = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  begin (self, &screen,
         "echo ready; read -r line; echo \"<$line>\"; exec </dev/null >/dev/null 2>&1");
  await (&screen, "ready");
  cs_test_agent_kill (self->agent);
  type (&screen, "to nobody\n");
  cs_test_agent_start (self->agent);
  outcome = end_well (self, &screen, 0);
  g_assert_nonnull (strstr (screen.screen->str, "<to nobody>"));
  clear (&screen);
}

typedef void (*TestFunc) (Fixture *self, gconstpointer kind);

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    TestFunc test;
    const char *kinds; /* separated by blanks */
  } tests[] = {
    { "is-terminal", test_is_terminal, EVERYWHERE },
    { "password", test_password, EVERYWHERE },
    { "conversation", test_conversation, EVERYWHERE },
    { "full-screen", test_full_screen, EVERYWHERE },
    { "control-c", test_control_c, EVERYWHERE },
    { "resize", test_resize, EVERYWHERE },
    { "state", test_state, EVERYWHERE },
    { "much", test_much, EVERYWHERE },
    { "stop", test_stop, EVERYWHERE },
    { "time-out", test_time_out, EVERYWHERE },
    { "once", test_once, EVERYWHERE },
    { "close", test_close, "local ssh" },
    { "close-anywhere", test_close_anywhere, "local ssh" },
    { "cut", test_cut, "ssh" },
    { "close", test_close_agent, "agent" },
    { "restart", test_restart, "agent" },
    { "resume", test_resume, "agent-through" },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_auto (GStrv) kinds = g_strsplit (tests[i].kinds, " ", -1);

      for (char **kind = kinds; *kind != NULL; kind++)
        {
          g_autofree char *path =
            g_strdup_printf ("/transport/terminal/%s/%s", *kind, tests[i].name);

          g_test_add (path, Fixture, g_intern_string (*kind), fixture_set_up, tests[i].test,
                      fixture_tear_down);
        }
    }
  return g_test_run ();
}
