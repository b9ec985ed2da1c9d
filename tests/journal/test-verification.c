/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What verification finds. */

#include "fixture.h"

static void
test_clean (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsVerification) verification = NULL;

  for (guint i = 0; i < 100; i++)
    append (fixture->store, i % 3 == 0 ? "a" : "b", "{\"words\": \"some text\"}");
  verification = verify (fixture->store);
  g_assert_true (cs_verification_is_clean (verification));
  g_assert_cmpint (cs_verification_get_n_records (verification), ==, 100);
  g_assert_cmpint (cs_verification_get_n_streams (verification), ==, 2);
}

static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsVerification) verification = NULL;
  CsFinding *finding;

  for (guint i = 0; i < 10; i++)
    append (fixture->store, "a", "{\"words\": \"some text\"}");
  drop_triggers (fixture);
  execute (fixture, "UPDATE records SET body = '{\"words\":\"some fext\"}' WHERE n = 4");
  verification = verify (fixture->store);
  g_assert_cmpuint (cs_verification_get_findings (verification)->len, ==, 1);
  finding = g_ptr_array_index (cs_verification_get_findings (verification), 0);
  g_assert_cmpstr (finding->stream, ==, "a");
  g_assert_cmpint (finding->n, ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/verification/clean", test_clean);
  TEST ("/journal/verification/changed", test_changed);
  return g_test_run ();
}
