/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cut at random moments, over SSH and over HTTP: every run is executed exactly once, and its output
 * is complete, or it is said that nobody knows. `./dev soak` does each fifty times. */

#include "fixture.h"

#include "cs-error.h"

#include <glib/gstdio.h>
#include <string.h>

/* How many came through by themselves, were asked for later, had not begun, and are unknown. */
typedef struct
{
  gint64 span; /* microseconds that a run takes if nothing breaks */
  guint rounds;
  guint whole;
  guint recovered;
  guint absent;
  guint unknown;
} Tally;

static guint
count_rounds (void)
{
  return g_getenv ("COUNTERSIGN_SOAK") != NULL ? 50 : 5;
}

static void
iterate_for (gint64 duration)
{
  gint64 until = g_get_monotonic_time () + duration;

  while (g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (100);
    }
}

/* What breaks, and what makes it whole again. */
typedef struct
{
  const char *name;
  void (*hurt) (Fixture *self);
  void (*heal) (Fixture *self);
  gboolean deadly; /* the script itself is killed */
} Accident;

static void
cut (Fixture *self)
{
  cs_test_proxy_cut (self->proxy);
}

static void
nothing (Fixture *self)
{
}

static void
network_down (Fixture *self)
{
  cs_test_proxy_down (self->proxy);
  iterate_for (g_test_rand_int_range (0, 400 * 1000));
}

static void
network_up (Fixture *self)
{
  cs_test_proxy_up (self->proxy);
}

static void
kill_server (Fixture *self)
{
  if (self->agent != NULL)
    cs_test_agent_kill (self->agent);
  else
    cs_test_sshd_stop (self->sshd);
}

static void
start_server (Fixture *self)
{
  if (self->agent != NULL)
    cs_test_agent_start (self->agent);
  else
    cs_test_sshd_start (self->sshd);
}

/* The whole machine: the server, and everything that was started through it. */
static void
kill_machine (Fixture *self)
{
  if (self->agent != NULL)
    cs_test_agent_kill_all (self->agent);
  else
    cs_test_sshd_kill_all (self->sshd);
}

static const Accident accidents[] = {
  { "dropped", cut, nothing, FALSE },
  { "network", network_down, network_up, FALSE },
  { "server-killed", kill_server, start_server, FALSE },
  { "rebooted", kill_machine, start_server, TRUE },
};

static const Accident *
find_accident (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (accidents); i++)
    if (g_str_has_suffix (kind, accidents[i].name))
      return &accidents[i];
  g_assert_not_reached ();
}

static void
set_up (Fixture *self, gconstpointer kind)
{
  fixture_set_up (self, g_str_has_prefix (kind, "ssh") ? "ssh-through" : "agent-through");
}

/* Asked for as often as it takes to be answered. */
static CsOutcome *
ask_until_answered (Fixture *self, const char *id, const char *place, GError **error)
{
  for (guint i = 0; i < 20; i++)
    {
      CsOutcome *outcome;

      g_clear_error (error);
      fixture_reopen (self);
      outcome = fixture_recover_from (self, id, place, error);
      if (outcome != NULL || !g_error_matches (*error, CS_ERROR, CS_ERROR_UNREACHABLE))
        return outcome;
    }
  return NULL;
}

static void
check_unknown (Fixture *self, const Accident *accident, const char *executed, GError *error)
{
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_assert_true (accident->deadly);
  if (g_file_test (executed, G_FILE_TEST_EXISTS))
    g_assert_cmpuint (fixture_count_lines (executed), ==, 1);
  g_unlink (executed);
}

static void
run_once (Fixture *self, const Accident *accident, Tally *tally)
{
  g_autofree char *script = fixture_dup_counting_script (self);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsSession) session = g_object_ref (self->session);
  g_autofree char *place = g_strdup (cs_session_get_place (session));
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };

  cs_session_run_async (session, run, NULL, waiting_cb, &waiting);
  iterate_for (g_test_rand_int_range (0, (gint32) tally->span));
  accident->hurt (self);
  accident->heal (self);
  outcome = cs_session_run_finish (session, waiting_result (&waiting), &error);
  tally->rounds++;
  if (outcome != NULL)
    {
      tally->whole++;
      fixture_check_counting (self, outcome);
      fixture_reopen (self);
      return;
    }
  /* UNREACHABLE promises that it did not run; WAITING promises nothing. */
  g_test_message ("%s", error->message);
  if (g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE))
    g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
  else
    g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  outcome = ask_until_answered (self, cs_run_get_id (run), place, &error);
  if (outcome != NULL)
    {
      tally->recovered++;
      fixture_check_counting (self, outcome);
    }
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_NOT_FOUND))
    {
      tally->absent++;
      g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
    }
  else
    {
      tally->unknown++;
      check_unknown (self, accident, executed, error);
    }
}

static void
measure_span (Fixture *self, Tally *tally)
{
  g_autofree char *script = fixture_dup_counting_script (self);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CsOutcome) outcome = fixture_run (self, run, &error);

  g_assert_no_error (error);
  fixture_check_counting (self, outcome);
  tally->span = g_get_monotonic_time () - begun;
}

static void
test_accident (Fixture *self, gconstpointer kind)
{
  const Accident *accident = find_accident (kind);
  Tally tally = { 0 };

  measure_span (self, &tally);
  for (guint i = 0; i < count_rounds (); i++)
    run_once (self, accident, &tally);
  g_test_message ("%s: %u rounds: %u came through, %u were asked for later, %u had not begun, "
                  "%u are unknown and said to be",
                  (const char *) kind, tally.rounds, tally.whole, tally.recovered, tally.absent,
                  tally.unknown);
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[] = { "ssh", "agent" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint k = 0; k < G_N_ELEMENTS (accidents); k++)
      {
        g_autofree char *kind = g_strconcat (kinds[i], "/", accidents[k].name, NULL);
        g_autofree char *path = g_strconcat ("/transport/cut/", kind, NULL);

        g_test_add (path, Fixture, g_intern_string (kind), set_up, test_accident,
                    fixture_tear_down);
      }
  return g_test_run ();
}
