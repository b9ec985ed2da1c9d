/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a journal promises, whatever keeps it: the same cases over SQLite and over PostgreSQL. */

#include "../journal/fixture.h"

#include "cs-digest.h"
#include "cs-json.h"
#include "cs-pg-store.h"
#include "cs-test-postgres.h"
#include "cs-test-process.h"

#include <string.h>

/* A journal that two programs can open, each with a directory of its own. */
typedef struct
{
  const char *kind;
  char *directory;
  char *other;
  char *database;
  CsStore *store;
} Journal;

static CsTestPostgres *postgres;

static CsStore *
open_store (Journal *journal, const char *directory)
{
  g_autoptr (GError) error = NULL;
  CsStore *store;

  if (strcmp (journal->kind, "postgres") == 0)
    {
      g_autofree char *address =
        cs_test_postgres_dup_address (postgres, "ada", journal->database, FALSE);
      g_autoptr (CsPgServer) server = cs_pg_server_new (address, NULL, &error);

      g_assert_no_error (error);
      store = CS_STORE (cs_pg_store_open_sync (server, directory, NULL, &error));
    }
  else
    store = CS_STORE (cs_sqlite_store_open_sync (journal->directory, &error));
  g_assert_no_error (error);
  return store;
}

static void
close_store (CsStore *store)
{
  if (CS_IS_PG_STORE (store))
    cs_pg_store_close (CS_PG_STORE (store));
  else
    cs_sqlite_store_close (CS_SQLITE_STORE (store));
}

static void
create_workspace (Journal *journal)
{
  g_autofree char *address = NULL;
  g_autofree char *workspace = NULL;
  g_autoptr (CsPgServer) server = NULL;
  g_autoptr (GError) error = NULL;

  journal->database = cs_test_postgres_new_database (postgres);
  address = cs_test_postgres_dup_address (postgres, "owner", journal->database, FALSE);
  server = cs_pg_server_new (address, NULL, &error);
  g_assert_no_error (error);
  workspace = cs_pg_store_create_workspace (server, &error);
  g_assert_no_error (error);
}

static void
set_up (Journal *journal, gconstpointer data)
{
  journal->kind = data;
  journal->directory = g_dir_make_tmp ("countersign-store-XXXXXX", NULL);
  journal->other = g_build_filename (journal->directory, "other", NULL);
  if (strcmp (journal->kind, "postgres") == 0)
    create_workspace (journal);
  journal->store = open_store (journal, journal->directory);
}

static void
tear_down (Journal *journal, gconstpointer data)
{
  const char *argv[] = { "/bin/rm", "-rf", journal->directory, NULL };

  close_store (journal->store);
  g_clear_object (&journal->store);
  g_free (cs_test_run (argv));
  g_free (journal->directory);
  g_free (journal->other);
  g_free (journal->database);
}

static void
test_chain (Journal *fixture, gconstpointer data)
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
test_conflict (Journal *fixture, gconstpointer data)
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
test_all_or_none (Journal *fixture, gconstpointer data)
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
test_invalid (Journal *fixture, gconstpointer data)
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
  gint64 last_seq;
  guint announced;
  guint finished;
  guint failed;
} Counts;

static void
announced_cb (CsStore *store, CsRecord *record, Counts *counts)
{
  /* Others have their own: a seq that was given to what was not first is not given again. */
  g_assert_cmpint (cs_record_get_seq (record), >, counts->last_seq);
  counts->last_seq = cs_record_get_seq (record);
  counts->announced++;
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
  g_assert_cmpint (cs_record_get_seq (g_ptr_array_index (records, 0)), <=, counts->last_seq);
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
test_many (Journal *fixture, gconstpointer data)
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
test_announced_sync (Journal *fixture, gconstpointer data)
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
test_announced_unasked (Journal *fixture, gconstpointer data)
{
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");

  g_signal_connect (fixture->store, "appended", G_CALLBACK (note_seq_cb), seqs);
  cs_store_append_async (fixture->store, "s", 0, "ada", drafts, NULL, NULL, NULL);
  wait_until (one_announced, seqs);
  g_assert_cmpint (g_array_index (seqs, gint64, 0), ==, 1);
}

static void
test_announced_nested (Journal *fixture, gconstpointer data)
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
test_closed (Journal *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) read = NULL;
  g_autoptr (GError) error = NULL;
  Counts counts = { 0 };

  g_signal_connect (fixture->store, "appended", G_CALLBACK (announced_cb), &counts);
  for (guint i = 0; i < 400; i++)
    cs_store_append_async (fixture->store, "s", i, "ada", drafts, NULL, finished_cb, &counts);
  close_store (fixture->store);
  close_store (fixture->store);
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
test_dropped (Journal *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = draft_text ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  Counts counts = { 0 };

  g_signal_connect (fixture->store, "appended", G_CALLBACK (announced_cb), &counts);
  for (guint i = 0; i < 400; i++)
    cs_store_append_async (fixture->store, "s", i, "ada", drafts, NULL, finished_cb, &counts);
  g_clear_object (&fixture->store);
  wait_until (all_over, &counts);
  g_assert_cmpuint (counts.finished, ==, 400);
  fixture->store = open_store (fixture, fixture->directory);
  records = cs_store_read_sync (fixture->store, "s", 399, NULL);
  g_assert_cmpuint (records->len, ==, 1);
}

static gboolean
is_announced (gpointer data)
{
  return ((Counts *) data)->announced > 0;
}

/* Another program on the same journal hears of it. */
static void
test_announced_elsewhere (Journal *fixture, gconstpointer data)
{
  g_autoptr (CsStore) other = open_store (fixture, fixture->other);
  Counts counts = { 0 };

  g_signal_connect (other, "appended", G_CALLBACK (announced_cb), &counts);
  append (fixture->store, "s", "{}");
  wait_until (is_announced, &counts);
  append (other, "s", "{}");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (counts.announced, ==, 2);
  close_store (other);
}

static guint
count (Journal *fixture, const char *words)
{
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  query->words = g_strdup (words);
  records = cs_store_query_sync (fixture->store, query, &error);
  g_assert_no_error (error);
  return records->len;
}

static void
test_search (Journal *fixture, gconstpointer data)
{
  append (fixture->store, "deployment/1", "{\"reason\": \"Kaffeemaschine läuft wieder\"}");
  append (fixture->store, "deployment/2",
          "{\"nested\": {\"list\": [\"backup of shop-database\", 5]}}");
  g_assert_cmpuint (count (fixture, "kaffee"), ==, 1);
  g_assert_cmpuint (count (fixture, "LAUFT wied"), ==, 1);
  g_assert_cmpuint (count (fixture, "shop-data"), ==, 1);
  g_assert_cmpuint (count (fixture, "shop kaffee"), ==, 0);
  g_assert_cmpuint (count (fixture, "ada noted"), ==, 2);
  g_assert_cmpuint (count (fixture, "deployment/2"), ==, 1);
  g_assert_cmpuint (count (fixture, "  "), ==, 2);
}

/* Whatever is typed is looked for, and none of it acts. */
static void
test_search_hostile (Journal *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "\"",
    "\"\"",
    "a\"b",
    "AND",
    "OR NOT",
    "NEAR(a b)",
    "a AND",
    "(",
    ")",
    "*",
    "words:x",
    "^a",
    "a^",
    "{a b}: c",
    "+",
    "-a",
    "'",
    "'; DROP TABLE records; --",
    "a\x01"
    "b",
    "\xff\xfe",
    "😀",
    "😀 zz",
    "\\",
    "%",
    "_",
    "a*b*",
    "\"a\" OR \"b",
    "-",
    "--",
    "…",
    "NULL",
    "\xe2\x80\x8b",
    "a:b:c",
    "[x]",
    "?1",
    ":8",
    "@x",
    "$y",
  };
  g_autoptr (GString) many = g_string_new (NULL);

  append (fixture->store, "s", "{\"text\": \"Fish & <b>chips</b> NEAR(harbour) 😀 quote\\\"d\"}");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    count (fixture, texts[i]);
  for (guint i = 0; i < 5000; i++)
    g_string_append (many, "fish \"(");
  count (fixture, many->str);
  g_assert_cmpuint (count (fixture, "fish chips"), ==, 1);
  g_assert_cmpuint (count (fixture, "NEAR harb"), ==, 1);
  g_assert_cmpuint (count (fixture, "quote\"d"), ==, 1);
  g_assert_cmpuint (count (fixture, "OR"), ==, 0);
  g_assert_cmpuint (count (fixture, "*"), ==, 0);
}

static void
test_filters (Journal *fixture, gconstpointer data)
{
  static const struct
  {
    const char *stream;
    const char *actor;
    const char *kind;
  } acts[] = {
    { "deployment/1", "ada", "opened" },
    { "deployment/1", "bob", "signed" },
    { "deployment/2", "ada", "opened" },
    { "deployment_x", "ada", "signed" },
    { "people", "bob", "opened" },
  };
  static const struct
  {
    const char *prefix;
    const char *actor;
    const char *kind;
    const char *words;
    gint64 before;
    guint limit;
    const char *seqs;
  } cases[] = {
    { NULL, NULL, NULL, NULL, G_MAXINT64, 100, "5 4 3 2 1 " },
    { "deployment/", NULL, NULL, NULL, G_MAXINT64, 100, "3 2 1 " },
    { "deployment/1", NULL, NULL, NULL, G_MAXINT64, 100, "2 1 " },
    { "%", NULL, NULL, NULL, G_MAXINT64, 100, "" },
    { NULL, "ada", NULL, NULL, G_MAXINT64, 100, "4 3 1 " },
    { NULL, NULL, "opened", NULL, G_MAXINT64, 100, "5 3 1 " },
    { "deployment/", "ada", "opened", NULL, G_MAXINT64, 100, "3 1 " },
    { NULL, "ada", NULL, "signed", G_MAXINT64, 100, "4 " },
    { NULL, NULL, "opened", "ada", G_MAXINT64, 100, "3 1 " },
    { NULL, NULL, NULL, NULL, 4, 2, "3 2 " },
    { NULL, NULL, NULL, "deployment", 3, 100, "2 1 " },
    { NULL, NULL, NULL, NULL, G_MAXINT64, 0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      g_autoptr (GPtrArray) drafts = draft_text (acts[i].kind, "{}");
      g_autoptr (GPtrArray) records = cs_store_append_sync (
        fixture->store, acts[i].stream, CS_STORE_ANY, acts[i].actor, drafts, NULL);

      g_assert_nonnull (records);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsQuery) query = cs_query_new ();
      g_autoptr (GString) seqs = g_string_new (NULL);
      g_autoptr (GPtrArray) records = NULL;

      query->stream_prefix = g_strdup (cases[i].prefix);
      query->actor = g_strdup (cases[i].actor);
      query->kind = g_strdup (cases[i].kind);
      query->words = g_strdup (cases[i].words);
      query->before = cases[i].before;
      query->limit = cases[i].limit;
      records = cs_store_query_sync (fixture->store, query, NULL);
      for (guint j = 0; j < records->len; j++)
        g_string_append_printf (seqs, "%d ",
                                (int) cs_record_get_seq (g_ptr_array_index (records, j)));
      g_assert_cmpstr (seqs->str, ==, cases[i].seqs);
    }
}

static void
test_times (Journal *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) some = NULL;
  g_autoptr (CsQuery) query = cs_query_new ();

  for (guint i = 0; i < 5; i++)
    append (fixture->store, "s", "{}");
  all = cs_store_read_sync (fixture->store, "s", 0, NULL);
  query->since = cs_record_get_at (g_ptr_array_index (all, 1));
  query->until = cs_record_get_at (g_ptr_array_index (all, 3));
  some = cs_store_query_sync (fixture->store, query, NULL);
  g_assert_cmpuint (some->len, ==, 2);
  g_assert_cmpint (cs_record_get_n (g_ptr_array_index (some, 0)), ==, 2);
  g_assert_cmpint (cs_record_get_n (g_ptr_array_index (some, 1)), ==, 1);
}

/* Streams that are named one by one, together with each other filter. */
static void
test_streams (Journal *fixture, gconstpointer data)
{
  static const struct
  {
    const char *streams;
    const char *actor;
    const char *words;
    const char *seqs;
  } cases[] = {
    { "a", NULL, NULL, "4 1 " },        { "a|c \"'", NULL, NULL, "4 3 1 " },
    { "a|c \"'", "bob", NULL, "3 " },   { "b|nowhere", NULL, NULL, "2 " },
    { "a|b", NULL, "harbour", "2 1 " }, { "", NULL, NULL, "" },
  };
  static const char *const streams[] = { "a", "b", "c \"'", "a" };

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autoptr (GPtrArray) drafts =
        draft_text ("noted", i < 2 ? "{\"text\":\"harbour\"}" : "{}");
      g_autoptr (GPtrArray) records = cs_store_append_sync (
        fixture->store, streams[i], CS_STORE_ANY, i == 2 ? "bob" : "ada", drafts, NULL);

      g_assert_nonnull (records);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsQuery) query = cs_query_new ();
      g_autoptr (GString) seqs = g_string_new (NULL);
      g_autoptr (GPtrArray) records = NULL;

      query->streams = g_strsplit (cases[i].streams, "|", -1);
      query->actor = g_strdup (cases[i].actor);
      query->words = g_strdup (cases[i].words);
      records = cs_store_query_sync (fixture->store, query, NULL);
      for (guint j = 0; j < records->len; j++)
        g_string_append_printf (seqs, "%d ",
                                (int) cs_record_get_seq (g_ptr_array_index (records, j)));
      g_assert_cmpstr (seqs->str, ==, cases[i].seqs);
    }
}

/* What one program has appended, another one finds at once, although neither had time for the
 * index; more records than it takes in one portion. */
static void
test_index_follows (Journal *fixture, gconstpointer data)
{
  g_autoptr (CsStore) other = open_store (fixture, fixture->other);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GPtrArray) draft = draft_text ("noted", "{\"text\": \"lighthouse\"}");

  for (guint i = 0; i < 500; i++)
    g_ptr_array_add (drafts, cs_draft_new ("noted", cs_draft_get_body (draft->pdata[0])));
  for (guint round = 1; round <= 3; round++)
    {
      g_autoptr (GPtrArray) records =
        cs_store_append_sync (other, "s", CS_STORE_ANY, "ada", drafts, NULL);
      g_autoptr (CsQuery) query = cs_query_new ();
      g_autoptr (GPtrArray) found = NULL;

      g_assert_cmpuint (records->len, ==, drafts->len);
      query->words = g_strdup ("lighth");
      query->limit = 5000;
      found = cs_store_query_sync (fixture->store, query, NULL);
      g_assert_cmpuint (found->len, ==, round * drafts->len);
    }
  close_store (other);
}

static void
test_heads (Journal *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) some = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) records = NULL;
  CsStreamHead *head;

  append (fixture->store, "a/1", "{}");
  append (fixture->store, "a/2", "{}");
  append (fixture->store, "a/1", "{}");
  append (fixture->store, "b", "{}");
  all = cs_store_list_heads_sync (fixture->store, "", NULL);
  g_assert_cmpuint (all->len, ==, 3);
  some = cs_store_list_heads_sync (fixture->store, "a/", NULL);
  g_assert_cmpuint (some->len, ==, 2);
  none = cs_store_list_heads_sync (fixture->store, "zebra", NULL);
  g_assert_cmpuint (none->len, ==, 0);
  head = g_ptr_array_index (some, 0);
  records = cs_store_read_sync (fixture->store, "a/1", 0, NULL);
  g_assert_cmpstr (head->stream, ==, "a/1");
  g_assert_cmpint (head->n, ==, 1);
  g_assert_cmpstr (head->hash, ==, cs_record_get_hash (g_ptr_array_index (records, 1)));
  g_assert_cmpint (head->first_at, ==, cs_record_get_at (g_ptr_array_index (records, 0)));
  g_assert_cmpint (head->last_at, ==, cs_record_get_at (g_ptr_array_index (records, 1)));
}

static void
test_from (Journal *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) tail = NULL;
  g_autoptr (GPtrArray) none = NULL;

  for (guint i = 0; i < 5; i++)
    append (fixture->store, "s", "{}");
  tail = cs_store_read_sync (fixture->store, "s", 3, NULL);
  g_assert_cmpuint (tail->len, ==, 2);
  g_assert_cmpint (cs_record_get_n (g_ptr_array_index (tail, 0)), ==, 3);
  none = cs_store_read_sync (fixture->store, "nowhere", 0, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
cancelled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  g_assert_null (records);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
test_cancelled (Journal *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean done = FALSE;

  g_cancellable_cancel (cancellable);
  cs_store_read_async (fixture->store, "s", 0, cancellable, cancelled_cb, &done);
  wait_until (is_true, &done);
}

static void
test_round_trip (Journal *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello\0world", 11);
  g_autoptr (GBytes) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = cs_digest_of_bytes (bytes);
  g_autofree char *digest = cs_store_put_blob_sync (fixture->store, bytes, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, expected);
  again = cs_store_put_blob_sync (fixture->store, bytes, &error);
  g_assert_cmpstr (again, ==, expected);
  back = cs_store_get_blob_sync (fixture->store, digest, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (back, bytes));
}

static void
test_empty (Journal *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = cs_store_put_blob_sync (fixture->store, bytes, &error);

  g_assert_no_error (error);
  back = cs_store_get_blob_sync (fixture->store, digest, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (back), ==, 0);
}

static void
test_absent (Journal *fixture, gconstpointer data)
{
  g_autofree char *digest = g_strnfill (64, 'a');
  g_autoptr (GBytes) absent = NULL;
  g_autoptr (GBytes) traversal = NULL;
  g_autoptr (GError) error = NULL;

  absent = cs_store_get_blob_sync (fixture->store, digest, &error);
  g_assert_null (absent);
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  traversal = cs_store_get_blob_sync (fixture->store, "../journal.db", &error);
  g_assert_null (traversal);
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static void
add_cases (const char *kind)
{
  static const struct
  {
    const char *name;
    void (*test) (Journal *journal, gconstpointer data);
  } cases[] = {
    { "chain", test_chain },
    { "conflict", test_conflict },
    { "all-or-none", test_all_or_none },
    { "invalid", test_invalid },
    { "many", test_many },
    { "announced-sync", test_announced_sync },
    { "announced-unasked", test_announced_unasked },
    { "announced-nested", test_announced_nested },
    { "closed", test_closed },
    { "dropped", test_dropped },
    { "announced-elsewhere", test_announced_elsewhere },
    { "search", test_search },
    { "search-hostile", test_search_hostile },
    { "filters", test_filters },
    { "times", test_times },
    { "streams", test_streams },
    { "index-follows", test_index_follows },
    { "heads", test_heads },
    { "from", test_from },
    { "cancelled", test_cancelled },
    { "round-trip", test_round_trip },
    { "empty", test_empty },
    { "absent", test_absent },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/store/%s/%s", kind, cases[i].name);

      g_test_add (path, Journal, kind, set_up, cases[i].test, tear_down);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  postgres = cs_test_postgres_new ();
  add_cases ("sqlite");
  add_cases ("postgres");
  status = g_test_run ();
  cs_test_postgres_free (postgres);
  return status;
}
