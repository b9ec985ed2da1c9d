/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any body gives what can be typed, and it comes through the pipe as it was; or a problem. */

#include "cs-keys-request.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (CsProblem) problem = NULL;
  g_autoptr (GByteArray) pipe = g_byte_array_new ();
  g_autoptr (GBytes) wire = NULL;
  CsRunKeys keys, again;
  gsize length = 0;
  const guint8 *bytes;

  /* The pipe is read in any portions, also of what nobody would write. */
  g_byte_array_append (pipe, data, (guint) size);
  while (cs_run_keys_take (&again, pipe))
    g_assert_cmpuint (again.length, <=, CS_RUN_KEYS_MAX);
  g_byte_array_set_size (pipe, 0);
  if (!cs_keys_request_parse (body, &keys, &problem))
    {
      g_assert_nonnull (problem);
      return 0;
    }
  g_assert_null (problem);
  wire = cs_run_keys_write (&keys);
  bytes = g_bytes_get_data (wire, &length);
  for (gsize i = 0; i < length; i++)
    {
      g_assert_false (cs_run_keys_take (&again, pipe));
      g_byte_array_append (pipe, bytes + i, 1);
    }
  g_assert_true (cs_run_keys_take (&again, pipe));
  g_assert_cmpint (again.at, ==, keys.at);
  g_assert_cmpuint (again.columns, ==, keys.columns);
  g_assert_cmpuint (again.rows, ==, keys.rows);
  g_assert_cmpmem (again.data, again.length, keys.data, keys.length);
  g_assert_cmpuint (pipe->len, ==, 0);
  return 0;
}
