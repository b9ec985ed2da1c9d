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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/time-words/span", test_span);
  return g_test_run ();
}
