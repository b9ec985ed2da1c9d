/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading: by words, and what should not be there: times that went back, damaged bodies. */

#include "fixture.h"

#include <string.h>

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

static guint
count_with (CsStore *store, const char *words)
{
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  query->words = g_strdup (words);
  records = cs_store_query_sync (store, query, &error);
  g_assert_no_error (error);
  return records->len;
}

/* The beginning of a word finds the same records whether few words of the index begin so (then
 * they are looked up) or many do; what is written in other letters, or with signs, too. */
static void
test_beginnings (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *words;
    guint n;
  } cases[] = {
    { "wort", 40 },      { "wort1", 11 },       { "wort11", 1 },     { "WORT39", 1 },
    { "wort4", 1 },      { "wort40", 0 },       { "strasse", 1 },    { "muller", 1 },
    { "Müller", 1 },     { "Mül", 1 },          { "mu", 1 },         { "wort-3", 0 },
    { "wort39 müll", 0 }, { "müll strasse", 1 }, { "\"wort39\"", 1 }, { "wort39 AND wort38", 0 },
  };

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"text\": \"Wort%u\"}", i);

      append (fixture->store, "s", body);
    }
  append (fixture->store, "s", "{\"text\": \"Müller, Strasse 1\"}");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].words);
      g_assert_cmpuint (count_with (fixture->store, cases[i].words), ==, cases[i].n);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/read/clock-set-back", test_clock_set_back);
  TEST ("/journal/read/damaged", test_damaged);
  TEST ("/journal/read/beginnings", test_beginnings);
  return g_test_run ();
}
