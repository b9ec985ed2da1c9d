/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes give a statement that writes itself as the very same bytes, or an error. */

#include "cs-statement.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = g_bytes_new (data, size);
  g_autoptr (CsStatement) statement = cs_statement_from_payload (payload, &error);
  g_autoptr (GBytes) written = NULL;

  if (statement == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  written = cs_statement_to_payload (statement, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (written, payload));
  g_assert_true (statement->shells == NULL ||
                 g_strv_length (statement->shells) == g_strv_length (statement->commands));
  g_assert_cmpuint (statement->rollback, <=, g_strv_length (statement->commands));
  return 0;
}
