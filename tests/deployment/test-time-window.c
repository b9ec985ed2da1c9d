/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When runbooks may be run, by what they say. */

#include "cs-time-window.h"

#include "cs-clock.h"

static gint64
moment (const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

/* 2026-11-17 is a Tuesday. Central Europe is at UTC+1 in winter and at UTC+2 in summer. */
static void
test_holds (void)
{
  static const struct
  {
    const char *text;
    const char *at;
    gboolean open;
  } cases[] = {
    { "Off-peak hours (2-4 AM CET)", "2026-11-17T01:00:00Z", TRUE },
    { "Off-peak hours (2-4 AM CET)", "2026-11-17T02:59:59Z", TRUE },
    { "Off-peak hours (2-4 AM CET)", "2026-11-17T03:00:00Z", FALSE },
    { "Off-peak hours (2-4 AM CET)", "2026-11-17T00:59:59Z", FALSE },
    { "Off-peak hours (2-4 AM CET)", "2026-07-14T00:00:00Z", TRUE }, /* in summer */
    { "Off-peak hours (2-4 AM CET)", "2026-07-14T02:30:00Z", FALSE },
    { "2:00 AM - 5:00 AM CET (lowest traffic)", "2026-11-17T03:30:00Z", TRUE },
    { "2:00 AM - 5:00 AM CET (lowest traffic)", "2026-11-17T14:30:00Z", FALSE },
    { "10 AM to 4 PM America/New_York", "2026-11-17T15:00:00Z", TRUE },
    { "10 AM to 4 PM America/New_York", "2026-11-17T21:00:00Z", FALSE },
    { "12 PM - 1 PM UTC", "2026-11-17T12:30:00Z", TRUE },
    { "12 AM - 1 AM UTC", "2026-11-17T12:30:00Z", FALSE },
    { "22:00–02:00 UTC", "2026-11-17T23:00:00Z", TRUE },
    { "22:00–02:00 UTC", "2026-11-18T01:59:00Z", TRUE },
    { "22:00–02:00 UTC", "2026-11-18T02:00:00Z", FALSE },
    { "22:00–02:00 UTC on Tuesday", "2026-11-18T01:00:00Z", TRUE }, /* it opened on Tuesday */
    { "22:00–02:00 UTC on Tuesday", "2026-11-17T01:00:00Z", FALSE },
    { "22 bis 24 Uhr UTC", "2026-11-17T23:59:00Z", TRUE },
    { "22 bis 24 Uhr UTC", "2026-11-18T00:00:00Z", FALSE },
    { "Tuesday or Wednesday (avoid Friday/Monday)", "2026-11-17T12:00:00Z", TRUE },
    { "Tuesday or Wednesday (avoid Friday/Monday)", "2026-11-20T12:00:00Z", FALSE },
    { "Tuesday or Wednesday (avoid Friday/Monday)", "2026-11-19T12:00:00Z", FALSE },
    { "Deployment window confirmed (not Friday!)", "2026-11-20T12:00:00Z", FALSE },
    { "Deployment window confirmed (not Friday!)", "2026-11-21T12:00:00Z", TRUE },
    { "Nicht freitags", "2026-11-20T12:00:00Z", FALSE },
    { "Montag bis Donnerstag", "2026-11-19T12:00:00Z", TRUE },
    { "Montag bis Donnerstag", "2026-11-20T12:00:00Z", FALSE },
    { "Sat - Mon", "2026-11-22T12:00:00Z", TRUE },
    { "Sat - Mon", "2026-11-17T12:00:00Z", FALSE },
    { "Weekdays, 9:00-17:00 UTC", "2026-11-17T10:00:00Z", TRUE },
    { "Weekdays, 9:00-17:00 UTC", "2026-11-21T10:00:00Z", FALSE },
    { "Weekdays, 9:00-17:00 UTC", "2026-11-17T17:00:00Z", FALSE },
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsTimeWindow) window = cs_time_window_new ();

      g_assert_true (cs_time_window_add (window, cases[i].text));
      if (cs_time_window_holds (window, moment (cases[i].at), zone) != cases[i].open)
        g_error ("“%s” is %s at %s", cases[i].text, cases[i].open ? "closed" : "open", cases[i].at);
    }
}

/* Where the clock is put forward, an hour is missing, and where it is put back, one comes twice. */
static void
test_daylight_saving (void)
{
  g_autoptr (CsTimeWindow) window = cs_time_window_new ();

  g_assert_true (cs_time_window_add (window, "02:00 - 03:00 Europe/Berlin"));
  g_assert_false (cs_time_window_holds (window, moment ("2026-03-29T00:59:00Z"), NULL));
  g_assert_false (cs_time_window_holds (window, moment ("2026-03-29T01:00:00Z"), NULL));
  g_assert_true (cs_time_window_holds (window, moment ("2026-03-30T00:30:00Z"), NULL));
  g_assert_true (cs_time_window_holds (window, moment ("2026-10-25T00:30:00Z"), NULL));
  g_assert_true (cs_time_window_holds (window, moment ("2026-10-25T01:30:00Z"), NULL));
  g_assert_false (cs_time_window_holds (window, moment ("2026-10-25T02:00:00Z"), NULL));
}

/* What no clock could tell is no window. */
static void
test_vague (void)
{
  static const char *const texts[] = { "Deploy fix during low-traffic window", "in 2-4 days",
                                       "Within 2 to 4 weeks", "Maintenance window announced", "" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (CsTimeWindow) window = cs_time_window_new ();

      g_assert_false (cs_time_window_add (window, texts[i]));
      g_assert_true (cs_time_window_is_empty (window));
      g_assert_true (cs_time_window_holds (window, cs_clock_now (), NULL));
    }
}

static void
test_next (void)
{
  g_autoptr (CsTimeWindow) window = cs_time_window_new ();
  g_autoptr (CsTimeWindow) never = cs_time_window_new ();
  gint64 friday = moment ("2026-11-20T12:00:00Z");

  g_assert_true (cs_time_window_add (window, "2:00 AM - 5:00 AM CET (lowest traffic)"));
  g_assert_true (cs_time_window_add (window, "Tuesday or Wednesday (avoid Friday/Monday)"));
  g_assert_cmpint (cs_time_window_get_next (window, friday, NULL), ==,
                   moment ("2026-11-24T01:00:00Z"));
  g_assert_cmpint (cs_time_window_get_next (window, moment ("2026-11-24T02:00:00Z"), NULL), ==,
                   moment ("2026-11-24T02:00:00Z"));
  g_assert_true (cs_time_window_add (never, "Friday"));
  g_assert_true (cs_time_window_add (never, "not on Friday"));
  g_assert_cmpint (cs_time_window_get_next (never, friday, NULL), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time-window/holds", test_holds);
  g_test_add_func ("/time-window/daylight-saving", test_daylight_saving);
  g_test_add_func ("/time-window/vague", test_vague);
  g_test_add_func ("/time-window/next", test_next);
  return g_test_run ();
}
