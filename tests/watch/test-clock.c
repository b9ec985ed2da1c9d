/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls come at their time and in their order, on each kind of clock. */

#include "cs-watch-clock.h"

typedef struct
{
  CsWatchClock *clock;
  GString *calls;
  guint again;
} Noting;

static void
note_a (gpointer user_data)
{
  g_string_append_c (((Noting *) user_data)->calls, 'a');
}

static void
note_b (gpointer user_data)
{
  g_string_append_c (((Noting *) user_data)->calls, 'b');
}

/* Asks again from within the call, as what repeats does. */
static void
note_again (gpointer user_data)
{
  Noting *noting = user_data;

  g_string_append_c (noting->calls, 'r');
  if (--noting->again > 0)
    cs_watch_clock_add (noting->clock, cs_watch_clock_now (noting->clock) + 10, note_again, noting);
}

static void
test_manual (void)
{
  g_autoptr (CsWatchClock) clock = cs_watch_clock_new_manual (1000);
  g_autoptr (GString) calls = g_string_new (NULL);
  Noting noting = { clock, calls, 3 };
  guint removed;

  cs_watch_clock_add (clock, 1020, note_b, &noting);
  cs_watch_clock_add (clock, 1010, note_a, &noting);
  cs_watch_clock_add (clock, 1010, note_again, &noting);
  removed = cs_watch_clock_add (clock, 1005, note_b, &noting);
  cs_watch_clock_remove (clock, removed);
  g_assert_cmpstr (calls->str, ==, "");
  cs_watch_clock_advance_to (clock, 1009);
  g_assert_cmpstr (calls->str, ==, "");
  cs_watch_clock_advance_to (clock, 1100);
  g_assert_cmpstr (calls->str, ==, "arbrr");
  g_assert_cmpint (cs_watch_clock_now (clock), ==, 1100);
  cs_watch_clock_advance_to (clock, 50);
  g_assert_cmpint (cs_watch_clock_now (clock), ==, 1100);
}

static void
test_scaled (void)
{
  g_autoptr (CsWatchClock) clock = cs_watch_clock_new_scaled (1000);
  g_autoptr (GString) calls = g_string_new (NULL);
  Noting noting = { clock, calls, 0 };
  gint64 begun = cs_watch_clock_now (clock);
  gint64 real = g_get_monotonic_time ();

  cs_watch_clock_add (clock, begun + 100 * G_USEC_PER_SEC, note_b, &noting);
  cs_watch_clock_add (clock, begun + 50 * G_USEC_PER_SEC, note_a, &noting);
  while (calls->len < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (calls->str, ==, "ab");
  g_assert_cmpint (cs_watch_clock_now (clock) - begun, >=, 100 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - real, >=, G_USEC_PER_SEC / 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watch/clock/manual", test_manual);
  g_test_add_func ("/watch/clock/scaled", test_scaled);
  return g_test_run ();
}
