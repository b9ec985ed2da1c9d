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

      g_assert_no_error (error);
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/append/chain", test_chain);
  TEST ("/journal/append/conflict", test_conflict);
  return g_test_run ();
}
