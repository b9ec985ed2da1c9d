/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of files of settings: what is the value, and that all around it stays. */

#include "cs-dotenv-line.h"
#include "cs-error.h"

static void
test_values (void)
{
  static const char *const lines[][3] = {
    { "A=15", "15", "A=x" },
    { "A=", "", "A=x" },
    { "A =  15  ", "15", "A =  x  " },
    { "export A=15,42 # who", "15,42", "export A=x # who" },
    { "\tA=\"15, 42\"", "15, 42", "\tA=\"x\"" },
    { "A='' # \"nobody\"", "", "A='x' # \"nobody\"" },
    { "A=15\r", "15", "A=x\r" },
    { "A=\"\"\r", "", "A=\"x\"\r" },
    { "A=a#b", "a#b", "A=x" },
    { "A=b=c", "b=c", "A=x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsDotenvLine) line = cs_dotenv_line_parse (lines[i][0], &error);
      g_autofree char *same = NULL;
      g_autofree char *other = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (line->value, ==, lines[i][1]);
      same = cs_dotenv_line_with (line, line->value);
      other = cs_dotenv_line_with (line, "x");
      g_assert_cmpstr (same, ==, lines[i][0]);
      g_assert_cmpstr (other, ==, lines[i][2]);
    }
}

static void
test_errors (void)
{
  static const char *const lines[] = {
    "A=15 42", "A=\"15", "A='15\"", "A=\"15\" 42", "A=\"1\\\"5\"", "A=15 'x'", "A=\"15\"#x",
  };
  static const char *const values[] = { "a b", "$(id)", "`id`", "a\nb", "a;b", "'", "\"", "ä" };
  static const char *const keys[] = { "", "1A", "A B", "A-B", "A=", "Ä" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", lines[i]);
      g_assert_null (cs_dotenv_line_parse (lines[i], &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_false (cs_dotenv_value_check (values[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_false (cs_dotenv_key_check (keys[i], NULL));
  g_assert_true (cs_dotenv_value_check ("15,42,a-b_c.d:e@f/g+h", NULL));
  g_assert_true (cs_dotenv_key_check ("_FEATURE_2", NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rollout/dotenv-line/values", test_values);
  g_test_add_func ("/rollout/dotenv-line/errors", test_errors);
  return g_test_run ();
}
