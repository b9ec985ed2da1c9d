/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What canonical JSON is written from, reads back as the same canonical JSON. */

#include "cs-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = cs_json_parse ((const char *) data, (gssize) size, &error);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  if (node == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  first = cs_json_to_canonical (node, &error);
  if (first == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  again = cs_json_parse (first, -1, &error);
  g_assert_no_error (error);
  second = cs_json_to_canonical (again, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, second);
  return 0;
}
