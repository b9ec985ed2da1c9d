/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server gets no more commands a minute than its limit says; what comes above waits in order. */

#include "cs-throttle.h"

#include "cs-breakers.h"
#include "cs-error.h"
#include "cs-guarded-session.h"
#include "cs-targets.h"
#include "fixture.h"

#define MINUTE (60 * G_USEC_PER_SEC)

/* The 31st within a minute waits until the first is a minute old. */
static void
test_limit (void)
{
  g_autoptr (CsThrottle) throttle = cs_throttle_new ();
  gint64 now = 1000 * G_USEC_PER_SEC;

  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (cs_throttle_take (throttle, now), ==, now);
  cs_throttle_set_rate (throttle, 30);
  now += MINUTE;
  for (guint i = 0; i < 30; i++)
    g_assert_cmpint (cs_throttle_take (throttle, now + i), ==, now + i);
  g_assert_cmpuint (cs_throttle_get_held (throttle), ==, 0);
  g_assert_cmpint (cs_throttle_take (throttle, now + 40), ==, now + MINUTE);
  g_assert_cmpint (cs_throttle_take (throttle, now + 41), ==, now + 1 + MINUTE);
  g_assert_cmpuint (cs_throttle_get_held (throttle), ==, 2);
  cs_throttle_give_back (throttle, now + 1 + MINUTE);
  g_assert_cmpint (cs_throttle_take (throttle, now + 42), ==, now + 1 + MINUTE);
  g_assert_cmpint (cs_throttle_take (throttle, now + 3 * MINUTE), ==, now + 3 * MINUTE);
}

/* Whenever they come: in no 60 seconds are there more, and nobody waits longer than it takes. */
static void
test_any_minute (void)
{
  g_autoptr (CsThrottle) throttle = cs_throttle_new ();
  g_autoptr (GArray) turns = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 now = MINUTE;

  cs_throttle_set_rate (throttle, 7);
  for (guint i = 0; i < 2000; i++)
    {
      gint64 turn;

      now += g_test_rand_int_range (0, 15 * G_USEC_PER_SEC);
      turn = cs_throttle_take (throttle, now);
      g_array_append_val (turns, turn);
      g_assert_cmpint (turn, >=, now);
      if (i < 7)
        continue;
      g_assert_cmpint (turn - g_array_index (turns, gint64, i - 7), >=, MINUTE);
      if (turn > now)
        g_assert_cmpint (turn - g_array_index (turns, gint64, i - 7), ==, MINUTE);
    }
}

static void
test_words (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) server = cs_target_new_ssh ("web", "web.example.org", NULL, NULL, NULL);
  g_autoptr (CsTarget) local = cs_target_new_local ("here", NULL, NULL);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (CsTarget) again = NULL;
  static const char *const wrong[] = { "-1", "x", "6001", "1.5", " 3" };

  g_assert_true (cs_target_parse_rate (server, "30", NULL));
  node = cs_target_to_json (server);
  again = cs_target_new_from_json (json_node_get_object (node), NULL);
  g_assert_cmpuint (cs_target_get_rate (again), ==, 30);
  g_assert_true (cs_target_parse_rate (server, "", NULL));
  g_assert_cmpuint (cs_target_get_rate (server), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (cs_target_parse_rate (server, wrong[i], &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_clear_error (&error);
    }
  g_assert_false (cs_target_set_rate (local, 5, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static CsSession *
open_limited (Fixture *self, CsBreakers **breakers)
{
  g_autoptr (CsTargets) targets = NULL;
  g_auto (Waiting) loaded = { NULL };
  g_auto (Waiting) added = { NULL };
  g_auto (Waiting) folded = { NULL };
  g_auto (Waiting) opened = { NULL };

  fixture_close (self);
  g_assert_true (cs_target_set_rate (self->target, 2, NULL));
  cs_targets_load_async (self->store, NULL, waiting_cb, &loaded);
  targets = cs_targets_load_finish (waiting_result (&loaded), NULL);
  cs_targets_add_async (targets, "ada", self->target, NULL, waiting_cb, &added);
  g_assert_true (cs_targets_add_finish (targets, waiting_result (&added), NULL));
  cs_breakers_load_async (self->store, "ada", NULL, waiting_cb, &folded);
  *breakers = cs_breakers_load_finish (waiting_result (&folded), NULL);
  cs_guarded_session_open_async (*breakers, self->target, self->state, NULL, waiting_cb, &opened);
  return cs_guarded_session_open_finish (waiting_result (&opened), NULL);
}

static void
expect_unsent (CsSession *session, Waiting *waiting, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_session_run_finish (session, waiting_result (waiting), &error));
  g_assert_error (error, domain, code);
  waiting_clear (waiting);
}

/* Those that wait can be stopped, cancelled and closed, and then were never sent. */
static void
test_session (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsBreakers) breakers = NULL;
  g_autoptr (CsSession) session = open_limited (self, &breakers);
  g_autofree char *mark = g_build_filename (self->directory, "mark", NULL);
  g_autofree char *script = g_strdup_printf ("echo x >>%s", mark);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Waiting) closed = { NULL };
  Waiting ran[5] = { { NULL } };
  CsRun *runs[5];

  g_assert_nonnull (session);
  for (guint i = 0; i < 5; i++)
    {
      runs[i] = fixture_new_run (self, script);
      cs_session_run_async (session, runs[i], i == 3 ? cancellable : NULL, waiting_cb, &ran[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (CsOutcome) outcome =
        cs_session_run_finish (session, waiting_result (&ran[i]), NULL);

      g_assert_nonnull (outcome);
      waiting_clear (&ran[i]);
    }
  g_assert_null (ran[2].result);
  g_assert_cmpuint (cs_throttle_get_held (cs_breaker_get_throttle (
                      cs_breakers_lookup (breakers, cs_target_get_name (self->target)))),
                    ==, 3);
  cs_session_stop (session, cs_run_get_id (runs[2]));
  expect_unsent (session, &ran[2], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_cancellable_cancel (cancellable);
  expect_unsent (session, &ran[3], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  cs_session_close_async (session, waiting_cb, &closed);
  expect_unsent (session, &ran[4], CS_ERROR, CS_ERROR_UNREACHABLE);
  g_assert_true (cs_session_close_finish (session, waiting_result (&closed), NULL));
  g_assert_cmpuint (fixture_count_lines (mark), ==, 2);
  for (guint i = 0; i < 5; i++)
    g_object_unref (runs[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/throttle/limit", test_limit);
  g_test_add_func ("/transport/throttle/any-minute", test_any_minute);
  g_test_add_func ("/transport/throttle/words", test_words);
  g_test_add ("/transport/throttle/ssh", Fixture, "ssh", fixture_set_up, test_session,
              fixture_tear_down);
  g_test_add ("/transport/throttle/agent", Fixture, "agent", fixture_set_up, test_session,
              fixture_tear_down);
  return g_test_run ();
}
