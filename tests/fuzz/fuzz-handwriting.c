/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes give a handwriting that writes itself as the very same bytes, or an error. */

#include "cs-handwriting.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (CsHandwriting) handwriting = cs_handwriting_new_from_bytes (bytes, &error);
  g_autoptr (GBytes) written = NULL;

  if (handwriting == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_false (cs_handwriting_is_empty (handwriting));
  written = cs_handwriting_to_bytes (handwriting);
  g_assert_true (g_bytes_equal (written, bytes));
  return 0;
}
