/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading, searching and listing. */

#include "fixture.h"

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/read/search", test_search);
  return g_test_run ();
}
