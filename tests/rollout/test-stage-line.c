/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stages in one line: read, written, and refused with a reason. */

#include "cs-error.h"
#include "cs-json.h"
#include "cs-stage-line.h"

static void
test_both_ways (void)
{
  const char *const lines[] = {
    "Test companies | 15,42",
    "A quarter | 25 % | soak=2w | sign=Tech lead:2 | sign=Manager",
    "Everyone | everyone | soak=36h",
    "Soon | 15 | soak=90s",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) stage = cs_stage_line_parse (lines[i], &error);
      g_autofree char *written = NULL;

      g_assert_no_error (error);
      written = cs_stage_line_write (stage);
      g_assert_cmpstr (written, ==, lines[i]);
    }
}

static void
test_meaning (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object =
    cs_stage_line_parse ("  Half |50 % | soak=7d | sign=Tech lead:2 ", &error);
  CsStage *stage;
  const CsPolicyNeed *need;

  g_assert_no_error (error);
  stage = cs_stage_new_from_json (object, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stage->title, ==, "Half");
  g_assert_cmpuint (stage->cohort->parts, ==, CS_COHORT_WHOLE / 2);
  g_assert_cmpint (stage->soak, ==, (gint64) 7 * 86400 * G_USEC_PER_SEC);
  g_assert_cmpuint (stage->needs->len, ==, 1);
  need = stage->needs->pdata[0];
  g_assert_cmpstr (need->role, ==, "Tech lead");
  g_assert_cmpuint (need->count, ==, 2);
  cs_stage_free (stage);
}

static void
test_refused (void)
{
  const char *const lines[] = { "Half", "Half | 50 % | soak=soon", "Half | 50 % | soak=3y",
                                "Half | 50 % | always" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cs_stage_line_parse (lines[i], &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rollout/stage-line/both-ways", test_both_ways);
  g_test_add_func ("/rollout/stage-line/meaning", test_meaning);
  g_test_add_func ("/rollout/stage-line/refused", test_refused);
  return g_test_run ();
}
