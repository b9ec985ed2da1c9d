/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes give a runbook that gives them back, or an error. */

#include "cs-runbook.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, &error);
  g_autoptr (GBytes) rebuilt = NULL;
  g_autoptr (JsonNode) json = NULL;

  if (runbook == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  rebuilt = cs_runbook_rebuild_source (runbook);
  g_assert_true (g_bytes_equal (rebuilt, bytes));
  g_assert_true (g_utf8_validate (cs_runbook_get_text (runbook), -1, NULL));
  json = cs_runbook_to_json (runbook);
  g_assert_nonnull (json);
  return 0;
}
