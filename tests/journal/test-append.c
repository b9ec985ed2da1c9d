/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Appending: order, conflicts, refusals, and who is told. */

#include "fixture.h"

#include "cs-json.h"

static void
test_chain (Fixture *fixture, gconstpointer data)
{
  const char *previous = CS_RECORD_NO_PREVIOUS;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  append (fixture->store, "people", "{\"b\": 1.0, \"a\": \"x\"}");
  append (fixture->store, "targets", "{}");
  append (fixture->store, "people", "{\"c\": [true, null, \"€\"]}");
  records = cs_store_read_sync (fixture->store, "people", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = g_ptr_array_index (records, i);
      g_autofree char *hash = cs_record_compute_hash (record, &error);

      g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), NULL);
      /* As the documentation tells an auditor to compute it. */
      g_autofree char *text = g_strdup_printf ("%s{\"actor\":\"ada\",\"at\":%" G_GINT64_FORMAT
                                               ",\"body\":%s,\"kind\":\"noted\",\"n\":%u,"
                                               "\"stream\":\"people\"}",
                                               previous, cs_record_get_at (record), body, i);
      g_autofree char *expected = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

      g_assert_no_error (error);
      g_assert_cmpstr (hash, ==, expected);
      g_assert_cmpint (cs_record_get_n (record), ==, i);
      g_assert_cmpint (cs_record_get_seq (record), ==, 2 * i + 1);
      g_assert_cmpstr (cs_record_get_stream (record), ==, "people");
      g_assert_cmpstr (cs_record_get_actor (record), ==, "ada");
      g_assert_cmpstr (cs_record_get_kind (record), ==, "noted");
      g_assert_cmpstr (cs_record_get_previous (record), ==, previous);
      g_assert_cmpstr (cs_record_get_hash (record), ==, hash);
      previous = cs_record_get_hash (record);
    }
}

static void
test_conflict (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GError) error = NULL;

  first = cs_store_append_sync (fixture->store, "s", 0, "ada", drafts, &error);
  g_assert_no_error (error);
  second = cs_store_append_sync (fixture->store, "s", 0, "bob", drafts, &error);
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_assert_null (second);
  g_clear_error (&error);
  second = cs_store_append_sync (fixture->store, "s", 2, "bob", drafts, &error);
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_clear_error (&error);
  second = cs_store_append_sync (fixture->store, "s", 1, "bob", drafts, &error);
  g_assert_no_error (error);
}

/* All drafts of a call become records, or none does. */
static void
test_all_or_none (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_strnfill (64, 'a');
  g_autoptr (GPtrArray) drafts = draft_text ("first", "{}");
  g_autoptr (GPtrArray) more = draft_text ("second", "{}");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) read = NULL;
  g_autoptr (GError) error = NULL;

  cs_draft_add_blob (g_ptr_array_index (more, 0), missing);
  g_ptr_array_extend_and_steal (drafts, g_steal_pointer (&more));
  records = cs_store_append_sync (fixture->store, "s", CS_STORE_ANY, "ada", drafts, &error);
  g_assert_null (records);
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  read = cs_store_read_sync (fixture->store, "s", 0, &error);
  g_assert_cmpuint (read->len, ==, 0);

  g_ptr_array_set_size (drafts, 1);
  g_ptr_array_extend_and_steal (drafts, draft_text ("second", "{\"x\":[]}"));
  records = cs_store_append_sync (fixture->store, "s", 0, "ada", drafts, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);
  g_assert_cmpstr (cs_record_get_kind (g_ptr_array_index (records, 1)), ==, "second");
  g_assert_cmpstr (cs_record_get_previous (g_ptr_array_index (records, 1)), ==,
                   cs_record_get_hash (g_ptr_array_index (records, 0)));
}

static void
assert_invalid (CsStore *store, const char *stream, const char *actor, GPtrArray *drafts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records =
    cs_store_append_sync (store, stream, CS_STORE_ANY, actor, drafts, &error);

  g_assert_null (records);
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static void
test_invalid (Fixture *fixture, gconstpointer data)
{
  g_autofree char *huge_text = g_strnfill (17 * 1024 * 1024, 'x');
  g_autofree char *huge_json = g_strdup_printf ("{\"text\":\"%s\"}", huge_text);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) good = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) list = draft_text ("noted", "[]");
  g_autoptr (GPtrArray) nameless = draft_text ("", "{}");
  g_autoptr (GPtrArray) huge = draft_text ("noted", huge_json);
  g_autoptr (GPtrArray) traversal = draft_text ("noted", "{}");
  g_autoptr (CsVerification) verification = NULL;

  cs_draft_add_blob (g_ptr_array_index (traversal, 0), "../../etc/passwd");
  assert_invalid (fixture->store, "", "ada", good);
  assert_invalid (fixture->store, "two\nlines", "ada", good);
  assert_invalid (fixture->store, "\xff", "ada", good);
  assert_invalid (fixture->store, "s", "", good);
  assert_invalid (fixture->store, "s", "ada", none);
  assert_invalid (fixture->store, "s", "ada", list);
  assert_invalid (fixture->store, "s", "ada", nameless);
  assert_invalid (fixture->store, "s", "ada", huge);
  assert_invalid (fixture->store, "s", "ada", traversal);
  verification = verify (fixture->store);
  g_assert_cmpint (cs_verification_get_n_records (verification), ==, 0);
  g_assert_true (cs_verification_is_clean (verification));
}

typedef struct
{
  guint announced;
  guint finished;
  guint failed;
} Counts;

static void
announced_cb (CsStore *store, CsRecord *record, Counts *counts)
{
  g_assert_cmpint (cs_record_get_seq (record), ==, ++counts->announced);
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Counts *counts = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
                     g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT));
      counts->failed++;
      return;
    }
  /* What is finished was announced before. */
  g_assert_cmpint (cs_record_get_seq (g_ptr_array_index (records, 0)), <=, counts->announced);
  counts->finished++;
}

static gboolean
all_over (gpointer data)
{
  Counts *counts = data;

  return counts->finished + counts->failed == 400;
}

/* Many at once share transactions; those that fail among them take none with them. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{\"text\":\"many\"}");
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (CsVerification) verification = NULL;
  Counts counts = { 0 };

  g_cancellable_cancel (cancelled);
  g_signal_connect (fixture->store, "appended", G_CALLBACK (announced_cb), &counts);
  for (guint i = 0; i < 400; i++)
    cs_store_append_async (fixture->store, i % 2 == 0 ? "even" : "odd",
                           i % 10 == 3 ? 9999 : CS_STORE_ANY, "ada", drafts,
                           i % 10 == 4 ? cancelled : NULL, finished_cb, &counts);
  wait_until (all_over, &counts);
  g_assert_cmpuint (counts.failed, ==, 80);
  g_assert_cmpuint (counts.finished, ==, 320);
  g_assert_cmpuint (counts.announced, ==, 320);
  verification = verify (fixture->store);
  g_assert_true (cs_verification_is_clean (verification));
  g_assert_cmpint (cs_verification_get_n_records (verification), ==, 320);
}

/* A caller that waits is told before it gets its answer, too. */
static void
test_announced_sync (Fixture *fixture, gconstpointer data)
{
  Counts counts = { 0 };

  g_signal_connect (fixture->store, "appended", G_CALLBACK (announced_cb), &counts);
  for (guint i = 1; i <= 5; i++)
    {
      append (fixture->store, "s", "{}");
      g_assert_cmpuint (counts.announced, ==, i);
    }
}

static void
append_more_cb (CsStore *store, CsRecord *record, GArray *seqs)
{
  gint64 seq = cs_record_get_seq (record);

  g_array_append_val (seqs, seq);
  if (seq < 5)
    append (store, "more", "{}");
}

/* A handler may append; the order stays. */
static gboolean
one_announced (gpointer data)
{
  return ((GArray *) data)->len == 1;
}

static void
note_seq_cb (CsStore *store, CsRecord *record, GArray *seqs)
{
  gint64 seq = cs_record_get_seq (record);

  g_array_append_val (seqs, seq);
}

/* Also where nobody waits for the answer. */
static void
test_announced_unasked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");

  g_signal_connect (fixture->store, "appended", G_CALLBACK (note_seq_cb), seqs);
  cs_store_append_async (fixture->store, "s", 0, "ada", drafts, NULL, NULL, NULL);
  wait_until (one_announced, seqs);
  g_assert_cmpint (g_array_index (seqs, gint64, 0), ==, 1);
}

static void
test_announced_nested (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_signal_connect (fixture->store, "appended", G_CALLBACK (append_more_cb), seqs);
  append (fixture->store, "s", "{}");
  g_assert_cmpuint (seqs->len, ==, 5);
  for (guint i = 0; i < seqs->len; i++)
    g_assert_cmpint (g_array_index (seqs, gint64, i), ==, i + 1);
}

/* What was handed over before the close is done, and what comes after fails. */
static void
test_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) read = NULL;
  g_autoptr (GError) error = NULL;
  Counts counts = { 0 };

  g_signal_connect (fixture->store, "appended", G_CALLBACK (announced_cb), &counts);
  for (guint i = 0; i < 400; i++)
    cs_store_append_async (fixture->store, "s", i, "ada", drafts, NULL, finished_cb, &counts);
  cs_sqlite_store_close (fixture->sqlite);
  cs_sqlite_store_close (fixture->sqlite);
  records = cs_store_append_sync (fixture->store, "s", CS_STORE_ANY, "ada", drafts, &error);
  g_assert_null (records);
  g_assert_error (error, CS_ERROR, CS_ERROR_FAILED);
  g_clear_error (&error);
  read = cs_store_read_sync (fixture->store, "s", 0, &error);
  g_assert_null (read);
  g_assert_error (error, CS_ERROR, CS_ERROR_FAILED);
  wait_until (all_over, &counts);
  g_assert_cmpuint (counts.finished, ==, 400);
}

/* The last reference may be a task's; nothing hangs and nothing is lost. */
static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  Counts counts = { 0 };

  g_signal_connect (fixture->store, "appended", G_CALLBACK (announced_cb), &counts);
  for (guint i = 0; i < 400; i++)
    cs_store_append_async (fixture->store, "s", i, "ada", drafts, NULL, finished_cb, &counts);
  g_clear_object (&fixture->sqlite);
  wait_until (all_over, &counts);
  g_assert_cmpuint (counts.finished, ==, 400);
  fixture_open (fixture);
  records = cs_store_read_sync (fixture->store, "s", 399, NULL);
  g_assert_cmpuint (records->len, ==, 1);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(CsSqliteStore **) user_data = cs_sqlite_store_open_finish (result, &error);
  g_assert_no_error (error);
}

static gboolean
is_open (gpointer data)
{
  return *(CsSqliteStore **) data != NULL;
}

static gboolean
is_announced (gpointer data)
{
  return ((Counts *) data)->announced > 0;
}

/* Another store on the same directory, opened without waiting, hears of it. */
static void
test_announced_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsSqliteStore) other = NULL;
  Counts counts = { 0 };

  cs_sqlite_store_open_async (fixture->directory, NULL, opened_cb, &other);
  wait_until (is_open, &other);
  g_assert_cmpstr (cs_sqlite_store_get_directory (other), ==, fixture->directory);
  g_signal_connect (other, "appended", G_CALLBACK (announced_cb), &counts);
  append (fixture->store, "s", "{}");
  wait_until (is_announced, &counts);
  append (CS_STORE (other), "s", "{}");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (counts.announced, ==, 2);
  cs_sqlite_store_close (other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/append/chain", test_chain);
  TEST ("/journal/append/conflict", test_conflict);
  TEST ("/journal/append/all-or-none", test_all_or_none);
  TEST ("/journal/append/invalid", test_invalid);
  TEST ("/journal/append/many", test_many);
  TEST ("/journal/append/announced-sync", test_announced_sync);
  TEST ("/journal/append/announced-unasked", test_announced_unasked);
  TEST ("/journal/append/announced-nested", test_announced_nested);
  TEST ("/journal/append/announced-elsewhere", test_announced_elsewhere);
  TEST ("/journal/append/closed", test_closed);
  TEST ("/journal/append/dropped", test_dropped);
  return g_test_run ();
}
