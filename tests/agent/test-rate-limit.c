/* SPDX-License-Identifier: GPL-3.0-or-later */
/* So many requests in any minute, and when the next one may come; the clock is the test's own. */

#include "cs-rate-limit.h"

#define SECOND G_USEC_PER_SEC

/* The 31st within a minute waits until the first is a minute old, and then is let through. */
static void
test_window (void)
{
  g_autoptr (CsRateLimit) limit = cs_rate_limit_new ();
  const gint64 begin = 1000 * SECOND;
  CsRateVerdict verdict;

  for (guint i = 0; i < 30; i++)
    {
      verdict = cs_rate_limit_take (limit, "put", 30, begin + i * SECOND);
      g_assert_true (verdict.allowed);
      g_assert_cmpuint (verdict.limit, ==, 30);
      g_assert_cmpuint (verdict.remaining, ==, 29 - i);
    }
  for (guint i = 30; i < 60; i++)
    {
      verdict = cs_rate_limit_take (limit, "put", 30, begin + i * SECOND);
      g_assert_false (verdict.allowed);
      g_assert_cmpuint (verdict.remaining, ==, 0);
      g_assert_cmpuint (verdict.retry, ==, 60 - i);
      g_assert_cmpuint (verdict.reset, ==, 89 - i);
    }
  verdict = cs_rate_limit_take (limit, "put", 30, begin + 60 * SECOND);
  g_assert_true (verdict.allowed);
  verdict = cs_rate_limit_take (limit, "put", 30, begin + 60 * SECOND);
  g_assert_false (verdict.allowed);
  g_assert_cmpuint (verdict.retry, ==, 1);
}

/* Others are not kept from what is theirs. */
static void
test_callers (void)
{
  g_autoptr (CsRateLimit) limit = cs_rate_limit_new ();

  g_assert_true (cs_rate_limit_take (limit, "one put", 1, SECOND).allowed);
  g_assert_false (cs_rate_limit_take (limit, "one put", 1, SECOND).allowed);
  g_assert_true (cs_rate_limit_take (limit, "one get", 1, SECOND).allowed);
  g_assert_true (cs_rate_limit_take (limit, "two put", 1, SECOND).allowed);
}

/* However many names are thought of, memory is bounded, and who asks steadily stays counted. */
static void
test_many (void)
{
  g_autoptr (CsRateLimit) limit = cs_rate_limit_new ();
  guint refused = 0;

  for (guint i = 0; i < 10 * 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("guess %u", i);

      g_assert_true (cs_rate_limit_take (limit, name, 30, SECOND + i).allowed);
      refused += !cs_rate_limit_take (limit, "steady", 30, SECOND + i).allowed;
    }
  g_assert_cmpuint (refused, ==, 10 * 1000 - 30);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent/rate-limit/window", test_window);
  g_test_add_func ("/agent/rate-limit/callers", test_callers);
  g_test_add_func ("/agent/rate-limit/many", test_many);
  return g_test_run ();
}
