/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What verification finds. */

#include "fixture.h"

#include <string.h>

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

typedef struct
{
  GCancellable *cancellable;
  CsVerification *verification;
  GError *error;
  gboolean over;
  guint told;
} Run;

static void
run_clear (Run *run)
{
  g_clear_object (&run->cancellable);
  g_clear_object (&run->verification);
  g_clear_error (&run->error);
}

static void
progress_cb (gint64 done, gint64 total, gpointer user_data)
{
  Run *run = user_data;

  g_assert_false (run->over);
  g_assert_cmpint (done, <=, total);
  run->told++;
}

static void
over_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  run->verification = cs_verification_run_finish (result, &run->error);
  run->over = TRUE;
}

static gboolean
is_over (gpointer data)
{
  return ((Run *) data)->over;
}

static void
fill (Fixture *fixture, guint n)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{\"text\":\"word\"}");

  for (guint i = 1; i < n; i++)
    g_ptr_array_extend_and_steal (drafts, draft_text ("noted", "{\"text\":\"word\"}"));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) records =
        cs_store_append_sync (fixture->store, i == 0 ? "a" : "b", 0, "ada", drafts, NULL);

      g_assert_nonnull (records);
    }
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  Run run = { 0 };

  fill (fixture, 2000);
  cs_verification_run_async (fixture->store, progress_cb, &run, NULL, over_cb, &run);
  wait_until (is_over, &run);
  g_assert_no_error (run.error);
  g_assert_true (cs_verification_is_clean (run.verification));
  g_assert_cmpint (cs_verification_get_n_records (run.verification), ==, 4000);
  g_assert_cmpuint (run.told, >, 0);
  run_clear (&run);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  Run run = { 0 };

  fill (fixture, 2000);
  run.cancellable = g_cancellable_new ();
  g_cancellable_cancel (run.cancellable);
  cs_verification_run_async (fixture->store, NULL, NULL, run.cancellable, over_cb, &run);
  wait_until (is_over, &run);
  g_assert_null (run.verification);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run_clear (&run);
}

/* Findings of the caller's own stand beside those of the journal. */
static void
test_own_findings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsVerification) verification = verify (fixture->store);

  g_assert_true (cs_verification_is_clean (verification));
  cs_verification_add_finding (verification,
                               cs_finding_new ("s", 3, NULL, "%s", "A signature is wrong"));
  g_assert_false (cs_verification_is_clean (verification));
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *stream;
    gint64 n;
  } expected[] = { { "a", 3 }, { "a", 11 }, { "b", 0 }, { "b", 7 } };
  g_autoptr (CsVerification) verification = NULL;
  GPtrArray *findings;

  fill (fixture, 20);
  drop_triggers (fixture);
  execute (fixture, "UPDATE records SET actor = 'eve' WHERE (stream = 'a' AND n IN (3, 11))"
                    " OR (stream = 'b' AND n IN (0, 7))");
  verification = verify (fixture->store);
  findings = cs_verification_get_findings (verification);
  g_assert_cmpuint (findings->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < findings->len; i++)
    {
      CsFinding *finding = g_ptr_array_index (findings, i);

      g_assert_cmpstr (finding->stream, ==, expected[i].stream);
      g_assert_cmpint (finding->n, ==, expected[i].n);
    }
}

/* A forged record with a true hash over a body that this program would not write. */
static void
test_not_canonical (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsVerification) verification = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autofree char *hashed = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *sql = NULL;
  CsFinding *finding;

  append (fixture->store, "s", "{\"a\":1}");
  records = cs_store_read_sync (fixture->store, "s", 0, NULL);
  hashed =
    g_strdup_printf ("%s{\"actor\":\"ada\",\"at\":%" G_GINT64_FORMAT
                     ",\"body\":{\"a\":1,\"a\":2},\"kind\":\"noted\",\"n\":0,\"stream\":\"s\"}",
                     CS_RECORD_NO_PREVIOUS, cs_record_get_at (g_ptr_array_index (records, 0)));
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, hashed, -1);
  sql = g_strdup_printf ("UPDATE records SET body = '{\"a\":1,\"a\":2}', hash = '%s'", hash);
  drop_triggers (fixture);
  execute (fixture, sql);
  verification = verify (fixture->store);
  g_assert_cmpuint (cs_verification_get_findings (verification)->len, ==, 1);
  finding = g_ptr_array_index (cs_verification_get_findings (verification), 0);
  g_assert_nonnull (strstr (finding->message, "canonical"));
  g_assert_cmpint (finding->n, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/verification/clean", test_clean);
  TEST ("/journal/verification/changed", test_changed);
  TEST ("/journal/verification/progress", test_progress);
  TEST ("/journal/verification/cancelled", test_cancelled);
  TEST ("/journal/verification/own-findings", test_own_findings);
  TEST ("/journal/verification/order", test_order);
  TEST ("/journal/verification/not-canonical", test_not_canonical);
  return g_test_run ();
}
