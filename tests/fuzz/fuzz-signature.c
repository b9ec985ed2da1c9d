/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes are a signature that can be written again and is not good, or an error. */

#include "cs-delegate.h"
#include "cs-signature.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) blob = g_bytes_new (data, size);
  g_autoptr (GBytes) message = g_bytes_new_static ("hello", 5);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSignature) signature = cs_signature_parse (blob, &error);
  g_autoptr (CsSignature) armored = cs_signature_parse_armored (text, NULL);
  g_autoptr (CsDelegation) delegation = cs_delegation_parse (blob, NULL);
  g_autoptr (CsSignature) again = NULL;
  g_autofree char *written = NULL;

  g_assert_true (delegation == NULL || delegation->issued < delegation->expires);
  if (armored != NULL)
    cs_signature_verify (armored, "request@countersign", message, NULL);
  if (signature == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  if (!cs_signature_is_foreign (signature))
    cs_signature_verify (signature, "request@countersign", message, NULL);
  written = cs_signature_dup_armored (signature);
  again = cs_signature_parse_armored (written, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (cs_signature_get_key (again), cs_signature_get_key (signature)));
  return 0;
}
