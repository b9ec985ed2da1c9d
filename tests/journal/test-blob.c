/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blobs: stored, found again, and never half. */

#include "fixture.h"

#include "cs-digest.h"

static void
test_round_trip (Fixture *fixture, gconstpointer data)
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/journal/blob/round-trip", test_round_trip);
  return g_test_run ();
}
