/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what should not be there: times that went back, bodies that are damaged. */

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/read/clock-set-back", test_clock_set_back);
  TEST ("/journal/read/damaged", test_damaged);
  return g_test_run ();
}
