/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A target that fails is left alone, tried again, and every program on the journal knows. */

#include "cs-breakers.h"

#include "cs-error.h"
#include "cs-guarded-session.h"
#include "cs-json.h"
#include "cs-target-figures.h"
#include "cs-targets.h"
#include "fixture.h"

#include <string.h>

static gint64
read_clock (gpointer user_data)
{
  return *(gint64 *) user_data;
}

static void
fail_times (CsBreaker *breaker, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (cs_breaker_enter (breaker, NULL));
      cs_breaker_failed (breaker, "no route to host", 0);
    }
}

static void
test_states (void)
{
  gint64 now = 1000 * G_USEC_PER_SEC;
  g_autoptr (CsBreaker) breaker = cs_breaker_new ("web-1");
  g_autoptr (GError) error = NULL;

  cs_breaker_set_clock (breaker, read_clock, &now);
  fail_times (breaker, 4);
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_CLOSED);
  cs_breaker_answered (breaker); /* four failures and an answer: five are to be in a row */
  fail_times (breaker, 4);
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_CLOSED);
  fail_times (breaker, 1);
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_OPEN);

  g_assert_false (cs_breaker_enter (breaker, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "no route to host"));
  g_assert_nonnull (strstr (error->message, "60 s"));
  g_clear_error (&error);
  now += CS_BREAKER_PAUSE - 1;
  g_assert_false (cs_breaker_enter (breaker, NULL));
  now += 1;
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_HALF_OPEN);

  g_assert_true (cs_breaker_enter (breaker, NULL));
  g_assert_false (cs_breaker_enter (breaker, &error)); /* one at a time */
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  cs_breaker_leave (breaker); /* cancelled: says nothing, and lets the next one try */
  g_assert_true (cs_breaker_enter (breaker, NULL));
  cs_breaker_failed (breaker, "still nothing", 0);
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_OPEN);
  g_assert_cmpint (cs_breaker_get_wait (breaker), ==, CS_BREAKER_PAUSE);

  now += CS_BREAKER_PAUSE;
  g_assert_true (cs_breaker_enter (breaker, NULL));
  cs_breaker_answered (breaker);
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_HALF_OPEN);
  g_assert_true (cs_breaker_enter (breaker, NULL));
  cs_breaker_answered (breaker);
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_CLOSED);
  g_assert_cmpuint (cs_breaker_get_failures (breaker), ==, 0);
  g_assert_null (cs_breaker_get_problem (breaker));
}

static void
test_reset (void)
{
  g_autoptr (CsBreaker) breaker = cs_breaker_new ("web-1");

  fail_times (breaker, 5);
  g_assert_false (cs_breaker_enter (breaker, NULL));
  cs_breaker_reset (breaker);
  g_assert_true (cs_breaker_enter (breaker, NULL));
}

static CsBreakers *
load (Fixture *self)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (GError) error = NULL;
  CsBreakers *breakers;

  cs_breakers_load_async (self->store, "ada", NULL, waiting_cb, &waiting);
  breakers = cs_breakers_load_finish (waiting_result (&waiting), &error);
  g_assert_no_error (error);
  return breakers;
}

static void
add_target (Fixture *self)
{
  g_auto (Waiting) loaded = { NULL };
  g_auto (Waiting) added = { NULL };
  g_autoptr (CsTargets) targets = NULL;

  cs_targets_load_async (self->store, NULL, waiting_cb, &loaded);
  targets = cs_targets_load_finish (waiting_result (&loaded), NULL);
  cs_targets_add_async (targets, "ada", self->target, NULL, waiting_cb, &added);
  g_assert_true (cs_targets_add_finish (targets, waiting_result (&added), NULL));
}

static CsSession *
open_guarded (Fixture *self, CsBreakers *breakers, gboolean trying, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  if (trying)
    cs_guarded_session_try_async (breakers, self->target, self->state, NULL, waiting_cb, &waiting);
  else
    cs_guarded_session_open_async (breakers, self->target, self->state, NULL, waiting_cb, &waiting);
  return cs_guarded_session_open_finish (waiting_result (&waiting), error);
}

static void
close_session (CsSession *session)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_close_async (session, waiting_cb, &waiting);
  g_assert_true (cs_session_close_finish (session, waiting_result (&waiting), NULL));
}

static void
expect_kinds (Fixture *self, const char *expected)
{
  g_autoptr (GPtrArray) records = cs_store_read_sync (self->store, CS_TARGETS_STREAM, 0, NULL);
  g_autoptr (GString) kinds = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    g_string_append_printf (kinds, "%s%s", i > 0 ? " " : "",
                            cs_record_get_kind (records->pdata[i]));
  g_assert_cmpstr (kinds->str, ==, expected);
}

/* The shortest of several, so that a machine that is busy does not decide. */
static gint64
measure_refusal (Fixture *self, CsBreakers *breakers)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 20; i++)
    {
      gint64 began = g_get_monotonic_time ();
      g_autoptr (GError) error = NULL;

      g_assert_null (open_guarded (self, breakers, FALSE, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
      g_assert_nonnull (strstr (error->message, "left alone"));
      best = MIN (best, g_get_monotonic_time () - began);
    }
  return best;
}

/* A real server that is gone, left alone, reset, and back; another program sees the same. */
static void
test_server_gone (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsBreakers) breakers = NULL;
  g_autoptr (CsBreakers) other = NULL;
  g_autoptr (CsSession) session = NULL;
  g_auto (Waiting) reset = { NULL };
  CsBreaker *breaker;

  fixture_close (self);
  add_target (self);
  breakers = load (self);
  breaker = cs_breakers_lookup (breakers, "web-1");
  g_assert_nonnull (breaker);
  cs_test_sshd_stop (self->sshd);
  for (guint i = 0; i < CS_BREAKER_FAILURES; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (open_guarded (self, breakers, FALSE, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
      g_assert_nonnull (strstr (error->message, "Connection refused"));
    }
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_OPEN);
  g_assert_cmpint (measure_refusal (self, breakers), <, 5000);
  expect_kinds (self, "target-added target-failed target-failed target-failed target-failed "
                      "breaker-opened");
  other = load (self);
  g_assert_cmpint (cs_breaker_get_state (cs_breakers_lookup (other, "web-1")), ==,
                   CS_BREAKER_OPEN);

  cs_breakers_reset_async (breakers, "ada", "web-1", waiting_cb, &reset);
  g_assert_true (cs_breakers_note_finish (breakers, waiting_result (&reset), NULL));
  cs_test_sshd_start (self->sshd);
  session = open_guarded (self, breakers, FALSE, NULL);
  g_assert_nonnull (session);
  close_session (session);
  expect_kinds (self, "target-added target-failed target-failed target-failed target-failed "
                      "breaker-opened breaker-reset");
}

/* Someone who wants to try is let through, and two answers close the breaker again. */
static void
test_try (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsBreakers) breakers = NULL;
  g_autoptr (CsSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRun) run = NULL;
  g_autoptr (CsOutcome) outcome = NULL;
  g_auto (Waiting) ran = { NULL };
  CsBreaker *breaker;

  fixture_close (self);
  add_target (self);
  breakers = load (self);
  breaker = cs_breakers_lookup (breakers, "web-1");
  for (guint i = 0; i < CS_BREAKER_FAILURES; i++)
    {
      g_auto (Waiting) noted = { NULL };

      cs_breakers_note_failure_async (breakers, "web-1", "gone", waiting_cb, &noted);
      g_assert_true (cs_breakers_note_finish (breakers, waiting_result (&noted), NULL));
    }
  g_assert_null (open_guarded (self, breakers, FALSE, NULL));
  session = open_guarded (self, breakers, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_breaker_get_state (breaker), !=, CS_BREAKER_CLOSED);
  run = fixture_new_run (self, "exit 3"); /* a command that fails is an answer of the target */
  cs_session_run_async (session, run, NULL, waiting_cb, &ran);
  outcome = cs_session_run_finish (session, waiting_result (&ran), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 3);
  g_assert_cmpint (cs_run_get_latency (run), >, 0);
  g_assert_cmpint (cs_breaker_get_state (breaker), ==, CS_BREAKER_CLOSED);
  close_session (session);
  expect_kinds (self, "target-added target-failed target-failed target-failed target-failed "
                      "breaker-opened target-answered breaker-closed");
}

/* A connection that is cut while a command runs is the target's failure; one that we close is not;
 * a key that is not accepted says that the target is well. */
static void
test_cut (Fixture *self, gconstpointer kind)
{
  g_autofree char *begun = g_build_filename (self->directory, "begun", NULL);
  g_autofree char *script = g_strdup_printf ("echo >'%s'; sleep 30", begun);
  g_autoptr (CsBreakers) breakers = NULL;
  g_autoptr (CsSession) session = NULL;
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) ran = { NULL };

  fixture_close (self);
  add_target (self);
  breakers = load (self);
  session = open_guarded (self, breakers, FALSE, &error);
  g_assert_no_error (error);
  cs_session_run_async (session, run, NULL, waiting_cb, &ran);
  fixture_wait_for_file (begun);
  cs_test_sshd_kill_connections (self->sshd);
  g_assert_null (cs_session_run_finish (session, waiting_result (&ran), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  expect_kinds (self, "target-added target-failed");
  g_clear_object (&session);
  session = open_guarded (self, breakers, FALSE, NULL);
  expect_kinds (self, "target-added target-failed target-answered");
  cs_session_stop (session, cs_run_get_id (run));
  close_session (session);
  expect_kinds (self, "target-added target-failed target-answered");
}

static void
add_ended (Fixture *self, const char *target, gint64 latency, gboolean passed)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GPtrArray) records = NULL;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "target", target);
  json_object_set_string_member (object, "step", "1.1");
  json_object_set_string_member (object, "ending", "exited");
  json_object_set_int_member (object, "status", passed ? 0 : 1);
  json_object_set_boolean_member (object, "passed", passed);
  if (latency >= 0)
    json_object_set_int_member (object, "latency", latency);
  json_node_take_object (body, object);
  g_ptr_array_add (drafts, cs_draft_new ("block-finished", body));
  records = cs_store_append_sync (self->store, "deployment/0c5a2a54-0000-4000-8000-000000000000",
                                  CS_STORE_ANY, "ada", drafts, NULL);
  g_assert_nonnull (records);
}

static CsTargetFigures *
load_figures (Fixture *self, const char *name)
{
  g_auto (Waiting) waiting = { NULL };
  CsTargetFigures *figures;

  cs_target_figures_load_async (self->store, name, NULL, waiting_cb, &waiting);
  figures = cs_target_figures_load_finish (waiting_result (&waiting), NULL);
  g_assert_nonnull (figures);
  return figures;
}

static void
test_figures (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsTargetFigures) none = load_figures (self, "here");
  g_autoptr (CsTargetFigures) figures = NULL;
  const CsTargetRun *newest;

  g_assert_cmpuint (none->n_runs, ==, 0);
  g_assert_cmpint (none->latency_p50, ==, -1);
  for (gint64 i = 1; i <= 20; i++)
    add_ended (self, "here", i * 1000, TRUE);
  add_ended (self, "there", 7, TRUE);
  add_ended (self, "here", -1, FALSE);
  figures = load_figures (self, "here");
  g_assert_cmpuint (figures->n_runs, ==, 21);
  g_assert_cmpint (figures->latency_p50, ==, 10000);
  g_assert_cmpint (figures->latency_p95, ==, 19000);
  g_assert_cmpuint (figures->latencies->len, ==, 20);
  g_assert_cmpint (g_array_index (figures->latencies, gint64, 0), ==, 1000);
  g_assert_cmpint (g_array_index (figures->latencies, gint64, 19), ==, 20000);
  g_assert_cmpuint (figures->runs->len, ==, CS_TARGET_FIGURES_RUNS);
  newest = figures->runs->pdata[0];
  g_assert_false (newest->passed);
  g_assert_cmpstr (newest->deployment, ==, "0c5a2a54-0000-4000-8000-000000000000");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/breaker/states", test_states);
  g_test_add_func ("/transport/breaker/reset", test_reset);
  g_test_add ("/transport/breaker/server-gone", Fixture, "ssh", fixture_set_up, test_server_gone,
              fixture_tear_down);
  g_test_add ("/transport/breaker/try", Fixture, "ssh", fixture_set_up, test_try,
              fixture_tear_down);
  g_test_add ("/transport/breaker/cut", Fixture, "ssh", fixture_set_up, test_cut,
              fixture_tear_down);
  g_test_add ("/transport/breaker/figures", Fixture, "local", fixture_set_up, test_figures,
              fixture_tear_down);
  return g_test_run ();
}
