/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durations as people say them: what took a moment did not take nothing. */

#include "cs-time-words.h"

static void
expect_span (gint64 milliseconds, const char *expected)
{
  g_autofree char *words = cs_time_words_span (milliseconds * 1000);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_span (void)
{
  expect_span (-5, "0.0 s");
  expect_span (340, "0.3 s");
  expect_span (9940, "9.9 s");
  expect_span (9960, "10 s");
  expect_span (59400, "59 s");
  expect_span (59600, "1:00");
  expect_span (250000, "4:10");
  expect_span (3750000, "1:02:30");
}

static void
expect_title (const char *title, gint64 estimate, const char *expected)
{
  g_autofree char *stripped = cs_time_words_strip (title, estimate);

  g_assert_cmpstr (stripped, ==, expected);
}

static void
test_title (void)
{
  expect_title ("Back Up (5 minutes)", 300, "Back Up");
  expect_title ("Back Up (~5 min)", 300, "Back Up");
  expect_title ("Review (6-8 hours)", 28800, "Review");
  expect_title ("Rückbau (30 Min.)", 1800, "Rückbau");
  expect_title ("Look (first 5 minutes)", 300, "Look (first 5 minutes)");
  expect_title ("Back Up (5 minutes)", 600, "Back Up (5 minutes)");
  expect_title ("Back Up (5 minutes)", -1, "Back Up (5 minutes)");
  expect_title ("Monitor for 2 Hours", 7200, "Monitor for 2 Hours");
  expect_title ("Node (3)", 300, "Node (3)");
  expect_title ("(5 minutes) Back Up", 300, "(5 minutes) Back Up");
  g_assert_true (cs_time_words_says ("Monitor for 2 Hours", 7200));
  g_assert_false (cs_time_words_says ("Monitor for 2 Hours", 3600));
  g_assert_false (cs_time_words_says ("Monitor", -1));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/time-words/span", test_span);
  g_test_add_func ("/app/time-words/title", test_title);
  return g_test_run ();
}
