/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any JSON gives an envelope that writes and reads as itself, or an error. */

#include "cs-envelope.h"
#include "cs-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = cs_json_parse ((const char *) data, (gssize) size, &error);
  g_autoptr (JsonNode) written = NULL;
  g_autoptr (CsEnvelope) envelope = NULL;
  g_autoptr (CsEnvelope) again = NULL;
  g_autoptr (GBytes) signed_bytes = NULL;
  g_autoptr (GBytes) signed_again = NULL;

  if (node == NULL)
    return 0;
  envelope = cs_envelope_new_from_json (node, &error);
  if (envelope == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  written = cs_envelope_to_json (envelope);
  again = cs_envelope_new_from_json (written, &error);
  g_assert_no_error (error);
  signed_bytes = cs_envelope_get_signed_bytes (envelope);
  signed_again = cs_envelope_get_signed_bytes (again);
  g_assert_true (g_bytes_equal (signed_bytes, signed_again));
  g_assert_cmpuint (cs_envelope_get_n_signatures (again), ==,
                    cs_envelope_get_n_signatures (envelope));
  return 0;
}
