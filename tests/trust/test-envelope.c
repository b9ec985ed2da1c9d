/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-envelope.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

static CsEnvelope *
read_envelope (const char *text, GError **error)
{
  g_autoptr (JsonNode) node = cs_json_parse (text, -1, NULL);

  g_assert_nonnull (node);
  return cs_envelope_new_from_json (node, error);
}

/* The test vector of DSSE 1.0.2 (protocol.md). */
static void
test_pae (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("hello world", 11);
  g_autoptr (CsEnvelope) envelope = cs_envelope_new ("http://example.com/HelloWorld", payload);
  g_autoptr (GBytes) pae = cs_envelope_get_signed_bytes (envelope);
  const char *expected = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";

  g_assert_cmpmem (g_bytes_get_data (pae, NULL), g_bytes_get_size (pae), expected,
                   strlen (expected));
}

static void
test_pae_binary (void)
{
  const guint8 bytes[] = { 0, 255, ' ', 0, '\n' };
  g_autoptr (GBytes) payload = g_bytes_new_static (bytes, sizeof bytes);
  g_autoptr (CsEnvelope) envelope = cs_envelope_new ("ü", payload);
  g_autoptr (GBytes) pae = cs_envelope_get_signed_bytes (envelope);

  g_assert_cmpmem (g_bytes_get_data (pae, NULL), g_bytes_get_size (pae), "DSSEv1 2 ü 5 \0\377 \0\n",
                   19);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("\373\377\0x", 4);
  g_autoptr (CsEnvelope) envelope = cs_envelope_new (CS_ENVELOPE_TYPE_IN_TOTO, payload);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (CsEnvelope) again = NULL;
  g_autoptr (GError) error = NULL;

  cs_envelope_add_signature (envelope, "SHA256:abc", "-----BEGIN SSH SIGNATURE-----\nxyz\n");
  cs_envelope_add_signature (envelope, "", "second");
  node = cs_envelope_to_json (envelope);
  again = cs_envelope_new_from_json (node, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_envelope_get_payload_type (again), ==, CS_ENVELOPE_TYPE_IN_TOTO);
  g_assert_true (g_bytes_equal (cs_envelope_get_payload (again), payload));
  g_assert_cmpuint (cs_envelope_get_n_signatures (again), ==, 2);
  g_assert_cmpstr (cs_envelope_get_keyid (again, 0), ==, "SHA256:abc");
  g_assert_cmpstr (cs_envelope_get_signature (again, 0), ==,
                   "-----BEGIN SSH SIGNATURE-----\nxyz\n");
  g_assert_cmpstr (cs_envelope_get_signature (again, 1), ==, "second");
}

/* DSSE: "Either standard or URL-safe encoding is allowed." */
static void
test_base64 (void)
{
  const char *payloads[] = { "+/8=", "-_8=", "-_8", "+/8" };

  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autofree char *text = g_strdup_printf (
        "{\"payloadType\":\"t\",\"payload\":\"%s\",\"signatures\":[{\"sig\":\"YWJj\"}]}",
        payloads[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (CsEnvelope) envelope = read_envelope (text, &error);
      GBytes *payload;

      g_assert_no_error (error);
      payload = cs_envelope_get_payload (envelope);
      g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), "\373\377", 2);
      g_assert_cmpstr (cs_envelope_get_keyid (envelope, 0), ==, "");
      g_assert_cmpstr (cs_envelope_get_signature (envelope, 0), ==, "abc");
    }
}

static void
test_bad (void)
{
  const char *texts[] = {
    "[]",
    "\"x\"",
    "{}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ==\"}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ==\",\"signatures\":[]}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ==\",\"signatures\":[5]}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ==\",\"signatures\":[{\"keyid\":\"x\"}]}",
    "{\"payloadType\":\"t\",\"payload\":7,\"signatures\":[{\"sig\":\"YQ==\"}]}",
    "{\"payload\":\"YQ==\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
    "{\"payloadType\":\"t\",\"payload\":\"Y\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
    "{\"payloadType\":\"t\",\"payload\":\"Y Q=\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ===\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ==\",\"signatures\":[{\"sig\":\"Y=Q=\"}]}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ==\",\"signatures\":[{\"sig\":\"AAAA\"}]}",
    "{\"payloadType\":\"t\",\"payload\":\"YQ==\",\"signatures\":[{\"sig\":\"////\"}]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_envelope (texts[i], &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trust/envelope/pae", test_pae);
  g_test_add_func ("/trust/envelope/pae-binary", test_pae_binary);
  g_test_add_func ("/trust/envelope/round-trip", test_round_trip);
  g_test_add_func ("/trust/envelope/base64", test_base64);
  g_test_add_func ("/trust/envelope/bad", test_bad);

  return g_test_run ();
}
