/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DSSE envelope (secure-systems-lab/dsse 1.0.2) around a signed payload. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-envelope.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

typedef struct
{
  char *keyid;
  char *signature;
} Signature;

struct _CsEnvelope
{
  GObject parent_instance;

  char *payload_type;
  GBytes *payload;
  GPtrArray *signatures;
};

G_DEFINE_TYPE (CsEnvelope, cs_envelope, G_TYPE_OBJECT)

static void
signature_free (Signature *signature)
{
  g_free (signature->keyid);
  g_free (signature->signature);
  g_free (signature);
}

/* GLib's decoder skips what it does not know; here nothing is skipped. Both alphabets are read
 * (RFC 4648, sections 4 and 5), with or without padding. */
static GBytes *
decode_base64 (const char *text, const char *what, GError **error)
{
  gsize length = strlen (text);
  g_autofree char *standard = NULL;
  guchar *data;

  while (length > 0 && text[length - 1] == '=')
    length--;
  if (length % 4 == 1 || strlen (text) - length > 2 ||
      strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") != length)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The envelope's %s is not base64", what);
      return NULL;
    }
  standard = g_malloc (length + 4);
  memcpy (standard, text, length);
  while (length % 4 != 0)
    standard[length++] = '=';
  standard[length] = '\0';
  g_strdelimit (standard, "-", '+');
  g_strdelimit (standard, "_", '/');
  data = g_base64_decode (standard, &length);
  return g_bytes_new_take (data, length);
}

static gboolean
read_signature (CsEnvelope *self, JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *sig = cs_json_get_string (object, "sig");
  const char *keyid = cs_json_get_string (object, "keyid");
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  gsize size;
  const char *data;

  if (sig == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A signature of the envelope has no “sig”");
      return FALSE;
    }
  bytes = decode_base64 (sig, "signature", error);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  if (!g_utf8_validate_len (data, size, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A signature of the envelope is not the text of an SSH signature");
      return FALSE;
    }
  text = g_strndup (data, size);
  cs_envelope_add_signature (self, keyid != NULL ? keyid : "", text);
  return TRUE;
}

static void
cs_envelope_finalize (GObject *object)
{
  CsEnvelope *self = CS_ENVELOPE (object);

  g_free (self->payload_type);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_ptr_array_unref (self->signatures);

  G_OBJECT_CLASS (cs_envelope_parent_class)->finalize (object);
}

static void
cs_envelope_class_init (CsEnvelopeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_envelope_finalize;
}

static void
cs_envelope_init (CsEnvelope *self)
{
  self->signatures = g_ptr_array_new_with_free_func ((GDestroyNotify) signature_free);
}

/**
 * cs_envelope_new:
 * @payload_type: what the payload is, e.g. %CS_ENVELOPE_TYPE_IN_TOTO
 * @payload: its bytes
 *
 * Returns: (transfer full): an envelope without signatures
 */
CsEnvelope *
cs_envelope_new (const char *payload_type, GBytes *payload)
{
  CsEnvelope *self;

  g_return_val_if_fail (payload_type != NULL && payload != NULL, NULL);

  self = g_object_new (CS_TYPE_ENVELOPE, NULL);
  self->payload_type = g_strdup (payload_type);
  self->payload = g_bytes_ref (payload);
  return self;
}

/**
 * cs_envelope_new_from_json:
 * @node: `{payload, payloadType, signatures: [{keyid, sig}]}`, as parsed
 *
 * Reads an envelope; standard and URL-safe base64 are accepted. Nothing is verified.
 *
 * Returns: (transfer full): the envelope; %NULL with %CS_ERROR_INVALID naming what is wrong
 */
CsEnvelope *
cs_envelope_new_from_json (JsonNode *node, GError **error)
{
  JsonObject *object;
  const char *payload_type, *payload;
  JsonArray *signatures;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (CsEnvelope) self = NULL;

  g_return_val_if_fail (node != NULL, NULL);

  object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  payload_type = cs_json_get_string (object, "payloadType");
  payload = cs_json_get_string (object, "payload");
  signatures = cs_json_get_array (object, "signatures");
  if (payload_type == NULL || payload == NULL || signatures == NULL ||
      json_array_get_length (signatures) == 0)
    {
      g_set_error (
        error, CS_ERROR, CS_ERROR_INVALID,
        "A DSSE envelope needs “payloadType”, “payload” and at least one of “signatures”");
      return NULL;
    }
  bytes = decode_base64 (payload, "payload", error);
  if (bytes == NULL)
    return NULL;
  self = cs_envelope_new (payload_type, bytes);
  for (guint i = 0; i < json_array_get_length (signatures); i++)
    if (!read_signature (self, json_array_get_element (signatures, i), error))
      return NULL;
  return g_steal_pointer (&self);
}

/**
 * cs_envelope_to_json:
 *
 * Returns: (transfer full): the envelope as JSON, in standard base64; `sig` is the base64 of the
 *   armored signature, so that its decoded bytes are the file that `ssh-keygen -Y verify -s` reads
 */
JsonNode *
cs_envelope_to_json (CsEnvelope *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *payload = NULL;
  JsonArray *signatures = json_array_new ();
  JsonNode *node;
  gsize size;
  const guchar *data;

  g_return_val_if_fail (CS_IS_ENVELOPE (self), NULL);

  data = g_bytes_get_data (self->payload, &size);
  payload = g_base64_encode (data, size);
  for (guint i = 0; i < self->signatures->len; i++)
    {
      Signature *signature = g_ptr_array_index (self->signatures, i);
      g_autofree char *sig = g_base64_encode ((const guchar *) signature->signature,
                                              strlen (signature->signature));
      JsonObject *item = json_object_new ();

      json_object_set_string_member (item, "keyid", signature->keyid);
      json_object_set_string_member (item, "sig", sig);
      json_array_add_object_element (signatures, item);
    }
  json_object_set_string_member (object, "payloadType", self->payload_type);
  json_object_set_string_member (object, "payload", payload);
  json_object_set_array_member (object, "signatures", signatures);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return node;
}

/** cs_envelope_get_payload_type: what the payload is. */
const char *
cs_envelope_get_payload_type (CsEnvelope *self)
{
  g_return_val_if_fail (CS_IS_ENVELOPE (self), NULL);

  return self->payload_type;
}

/** cs_envelope_get_payload: (transfer none): the payload's bytes. */
GBytes *
cs_envelope_get_payload (CsEnvelope *self)
{
  g_return_val_if_fail (CS_IS_ENVELOPE (self), NULL);

  return self->payload;
}

/**
 * cs_envelope_get_signed_bytes:
 *
 * Gives what is signed: the pre-authentication encoding (PAE) of payload type and payload.
 *
 * Returns: (transfer full): `DSSEv1 LEN TYPE LEN PAYLOAD`
 */
GBytes *
cs_envelope_get_signed_bytes (CsEnvelope *self)
{
  g_autoptr (GString) pae = g_string_new (NULL);
  const char *data;
  gsize size;

  g_return_val_if_fail (CS_IS_ENVELOPE (self), NULL);

  data = g_bytes_get_data (self->payload, &size);
  g_string_append_printf (pae, "DSSEv1 %" G_GSIZE_FORMAT " %s %" G_GSIZE_FORMAT " ",
                          strlen (self->payload_type), self->payload_type, size);
  g_string_append_len (pae, data, (gssize) size);
  return g_string_free_to_bytes (g_steal_pointer (&pae));
}

/**
 * cs_envelope_add_signature:
 * @keyid: the key's fingerprint, an unauthenticated hint; may be empty
 * @signature: armored SSHSIG over cs_envelope_get_signed_bytes()
 *
 * Adds a signature.
 */
void
cs_envelope_add_signature (CsEnvelope *self, const char *keyid, const char *signature)
{
  Signature *item;

  g_return_if_fail (CS_IS_ENVELOPE (self) && keyid != NULL && signature != NULL);

  item = g_new0 (Signature, 1);
  item->keyid = g_strdup (keyid);
  item->signature = g_strdup (signature);
  g_ptr_array_add (self->signatures, item);
}

/** cs_envelope_get_n_signatures: how many signatures there are. */
guint
cs_envelope_get_n_signatures (CsEnvelope *self)
{
  g_return_val_if_fail (CS_IS_ENVELOPE (self), 0);

  return self->signatures->len;
}

/** cs_envelope_get_keyid: the key hint of a signature; empty if there is none. */
const char *
cs_envelope_get_keyid (CsEnvelope *self, guint index)
{
  g_return_val_if_fail (CS_IS_ENVELOPE (self) && index < self->signatures->len, NULL);

  return ((Signature *) g_ptr_array_index (self->signatures, index))->keyid;
}

/** cs_envelope_get_signature: the armored text of a signature. */
const char *
cs_envelope_get_signature (CsEnvelope *self, guint index)
{
  g_return_val_if_fail (CS_IS_ENVELOPE (self) && index < self->signatures->len, NULL);

  return ((Signature *) g_ptr_array_index (self->signatures, index))->signature;
}
