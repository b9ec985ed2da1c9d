/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading, searching and listing. */

#include "fixture.h"

#include <string.h>

static guint
count (Fixture *fixture, const char *words)
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
test_search (Fixture *fixture, gconstpointer data)
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
test_search_hostile (Fixture *fixture, gconstpointer data)
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
test_filters (Fixture *fixture, gconstpointer data)
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
test_times (Fixture *fixture, gconstpointer data)
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

static guint
count_between (CsStore *store, gint64 since, gint64 until, const char *prefix)
{
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  query->since = since;
  query->until = until;
  query->stream_prefix = g_strdup (prefix);
  records = cs_store_query_sync (store, query, &error);
  g_assert_no_error (error);
  return records->len;
}

/* Records of a clock that was set back are found by their times all the same. */
static void
test_clock_set_back (Fixture *fixture, gconstpointer data)
{
  static const int times[] = { 50, 60, 10, 70, 20 };

  fixture_close (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *zeros = g_strnfill (64, '0');
      g_autofree char *sql = g_strdup_printf (
        "INSERT INTO records VALUES (%u, 's/%u', 0, %d, 'ada', 'noted', '{}', '%s', '%s')", i + 1,
        i, times[i], zeros, zeros);

      execute (fixture, sql);
    }
  fixture_open (fixture);
  g_assert_cmpuint (count_between (fixture->store, 10, 21, NULL), ==, 2);
  g_assert_cmpuint (count_between (fixture->store, 20, 51, NULL), ==, 2);
  g_assert_cmpuint (count_between (fixture->store, 60, G_MAXINT64, NULL), ==, 2);
  g_assert_cmpuint (count_between (fixture->store, G_MININT64, 20, "s/"), ==, 1);
  g_assert_cmpuint (count_between (fixture->store, 71, G_MAXINT64, NULL), ==, 0);
  g_assert_cmpuint (count_between (fixture->store, G_MININT64, G_MAXINT64, "s/"), ==, 5);
}

/* Streams that are named one by one, together with each other filter. */
static void
test_streams (Fixture *fixture, gconstpointer data)
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
test_index_follows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsSqliteStore) other = cs_sqlite_store_open_sync (fixture->directory, NULL);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GPtrArray) draft = draft_text ("noted", "{\"text\": \"lighthouse\"}");

  for (guint i = 0; i < 500; i++)
    g_ptr_array_add (drafts, cs_draft_new ("noted", cs_draft_get_body (draft->pdata[0])));
  for (guint round = 1; round <= 3; round++)
    {
      g_autoptr (GPtrArray) records =
        cs_store_append_sync (CS_STORE (other), "s", CS_STORE_ANY, "ada", drafts, NULL);
      g_autoptr (CsQuery) query = cs_query_new ();
      g_autoptr (GPtrArray) found = NULL;

      g_assert_cmpuint (records->len, ==, drafts->len);
      query->words = g_strdup ("lighth");
      query->limit = 5000;
      found = cs_store_query_sync (fixture->store, query, NULL);
      g_assert_cmpuint (found->len, ==, round * drafts->len);
    }
  cs_sqlite_store_close (other);
}

static void
test_heads (Fixture *fixture, gconstpointer data)
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
test_from (Fixture *fixture, gconstpointer data)
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
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean done = FALSE;

  g_cancellable_cancel (cancellable);
  cs_store_read_async (fixture->store, "s", 0, cancellable, cancelled_cb, &done);
  wait_until (is_true, &done);
}

/* A record that can't be read is named, and does no harm to the others. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) tail = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    append (fixture->store, "s", "{}");
  drop_triggers (fixture);
  execute (fixture, "UPDATE records SET body = '[1' WHERE n = 1");
  records = cs_store_read_sync (fixture->store, "s", 0, &error);
  g_assert_null (records);
  g_assert_error (error, CS_ERROR, CS_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "Record 1 of “s”"));
  tail = cs_store_read_sync (fixture->store, "s", 2, NULL);
  g_assert_cmpuint (tail->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/read/from", test_from);
  TEST ("/journal/read/search", test_search);
  TEST ("/journal/read/search-hostile", test_search_hostile);
  TEST ("/journal/read/filters", test_filters);
  TEST ("/journal/read/streams", test_streams);
  TEST ("/journal/read/times", test_times);
  TEST ("/journal/read/clock-set-back", test_clock_set_back);
  TEST ("/journal/read/index-follows", test_index_follows);
  TEST ("/journal/read/heads", test_heads);
  TEST ("/journal/read/cancelled", test_cancelled);
  TEST ("/journal/read/damaged", test_damaged);
  return g_test_run ();
}
