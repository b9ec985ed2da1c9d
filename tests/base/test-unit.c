/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in one unit told in another. */

#include "cs-unit.h"

static void
test_convert (void)
{
  static const struct
  {
    double value;
    const char *from;
    const char *to;
    double expected;
  } cases[] = {
    { 200, "ms", "s", 0.2 },
    { 2, "s", "ms", 2000 },
    { 5, "minutes", "s", 300 },
    { 2, "Stunden", "min", 120 },
    { 1, "MB", "kB", 1000 },
    { 1, "MiB", "KiB", 1024 },
    { 1.5, "G", "M", 1536 },
    { 0.07, "ratio", "%", 7 },
    { 7, "percent", "%", 7 },
    { 60, "/min", "/s", 1 },
    { 2, "/s", "/hour", 7200 },
    { 42, NULL, "ms", 42 },
    { 42, "", "count", 42 },
    { 42, "ms", NULL, 42 },
    { 3, "Widgets", "widgets", 3 },
    { 250, "µs", "ms", 0.25 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double converted = -1;

      g_assert_true (cs_unit_convert (cases[i].value, cases[i].from, cases[i].to, &converted));
      g_assert_cmpfloat_with_epsilon (converted, cases[i].expected, 1e-9);
    }
}

static void
test_other_quantity (void)
{
  static const char *const pairs[][2] = {
    { "ms", "MB" }, { "%", "s" }, { "/min", "min" }, { "count", "s" }, { "widgets", "s" },
    { "widgets", "gadgets" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      double converted;

      g_assert_false (cs_unit_convert (1, pairs[i][0], pairs[i][1], &converted));
    }
  g_assert_true (cs_unit_is_known ("Minutes"));
  g_assert_false (cs_unit_is_known ("widgets"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/unit/convert", test_convert);
  g_test_add_func ("/base/unit/other-quantity", test_other_quantity);
  return g_test_run ();
}
