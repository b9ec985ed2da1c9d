/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as text and back. */

#include "cs-clock.h"
#include "cs-error.h"

static void
test_format (void)
{
  static const struct
  {
    gint64 at;
    const char *text;
  } times[] = {
    { 0, "1970-01-01T00:00:00.000000Z" },
    { 1, "1970-01-01T00:00:00.000001Z" },
    { -1, "1969-12-31T23:59:59.999999Z" },
    { G_GINT64_CONSTANT (1709251199999999), "2024-02-29T23:59:59.999999Z" },
    { G_GINT64_CONSTANT (253402300799000000), "9999-12-31T23:59:59.000000Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = cs_clock_format (times[i].at);
      g_autoptr (GError) error = NULL;
      gint64 back = 0;

      g_assert_cmpstr (text, ==, times[i].text);
      g_assert_true (cs_clock_parse (text, &back, &error));
      g_assert_no_error (error);
      g_assert_cmpint (back, ==, times[i].at);
    }
}

static void
test_parse (void)
{
  gint64 at = 0;

  g_assert_true (cs_clock_parse ("2026-11-20T02:14:07Z", &at, NULL));
  g_assert_cmpint (at, ==, G_GINT64_CONSTANT (1795140847000000));
  g_assert_true (cs_clock_parse ("2026-11-20T03:14:07.5+01:00", &at, NULL));
  g_assert_cmpint (at, ==, G_GINT64_CONSTANT (1795140847500000));
}

static void
test_refused (void)
{
  static const char *const texts[] = { "",
                                       "now",
                                       "2026-11-20",
                                       "2026-11-20T02:14:07",
                                       "2026-13-01T00:00:00Z",
                                       "2026-02-30T00:00:00Z",
                                       "2026-11-20T02:14:07Zx" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 at = 0;

      g_assert_false (cs_clock_parse (texts[i], &at, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/format", test_format);
  g_test_add_func ("/base/clock/parse", test_parse);
  g_test_add_func ("/base/clock/refused", test_refused);
  return g_test_run ();
}
