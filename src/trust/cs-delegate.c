/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key in memory that may sign for a person for a while, and the paper that says so. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-delegate.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-signature.h"
#include "cs-ssh-wire.h"

#include <gnutls/abstract.h>
#include <string.h>

#define KEY_TYPE "ssh-ed25519"
#define MAX_PAYLOAD 4096

struct _CsDelegate
{
  gnutls_privkey_t key;
  GBytes *blob;
  char *line;
};

static gboolean
fail (int code, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "No key could be made in memory: %s",
               gnutls_strerror (code));
  return FALSE;
}

static gboolean
generate (CsDelegate *self, GError **error)
{
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  g_autofree char *base64 = NULL;
  gnutls_datum_t x = { NULL, 0 };
  int code = gnutls_privkey_init (&self->key);

  if (code == 0)
    code = gnutls_privkey_generate (self->key, GNUTLS_PK_EDDSA_ED25519,
                                    GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519), 0);
  if (code == 0)
    code = gnutls_privkey_export_ecc_raw (self->key, NULL, &x, NULL, NULL);
  if (code != 0)
    return fail (code, error);
  cs_ssh_wire_append_string (blob, KEY_TYPE, strlen (KEY_TYPE));
  cs_ssh_wire_append_string (blob, x.data, x.size);
  gnutls_free (x.data);
  self->blob = g_byte_array_free_to_bytes (g_steal_pointer (&blob));
  base64 = g_base64_encode (g_bytes_get_data (self->blob, NULL), g_bytes_get_size (self->blob));
  self->line = g_strconcat (KEY_TYPE " ", base64, NULL);
  return TRUE;
}

/**
 * cs_delegate_new:
 *
 * Returns: (transfer full): a new key; %NULL with %CS_ERROR_FAILED
 */
CsDelegate *
cs_delegate_new (GError **error)
{
  g_autoptr (CsDelegate) self = g_new0 (CsDelegate, 1);

  return generate (self, error) ? g_steal_pointer (&self) : NULL;
}

/** cs_delegate_free: forgets a key. */
void
cs_delegate_free (CsDelegate *self)
{
  if (self == NULL)
    return;
  if (self->key != NULL)
    gnutls_privkey_deinit (self->key);
  g_clear_pointer (&self->blob, g_bytes_unref);
  g_free (self->line);
  g_free (self);
}

/** cs_delegate_get_public_line: `ssh-ed25519 AAAA…`. */
const char *
cs_delegate_get_public_line (CsDelegate *self)
{
  return self->line;
}

/**
 * cs_delegate_sign:
 * @namespace_: what it signs for
 * @message: the bytes
 *
 * Signs in memory, in well under a millisecond.
 *
 * Returns: (transfer full): the SSHSIG, without armor; %NULL with %CS_ERROR_FAILED
 */
GBytes *
cs_delegate_sign (CsDelegate *self, const char *namespace_, GBytes *message, GError **error)
{
  g_autoptr (GBytes) data = cs_signature_build_message (namespace_, "sha512", message);
  g_autoptr (GByteArray) inner = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gnutls_datum_t plain = { (unsigned char *) g_bytes_get_data (data, NULL),
                           (unsigned int) g_bytes_get_size (data) };
  gnutls_datum_t signature = { NULL, 0 };
  int code =
    gnutls_privkey_sign_data2 (self->key, GNUTLS_SIGN_EDDSA_ED25519, 0, &plain, &signature);

  if (code != 0)
    {
      fail (code, error);
      return NULL;
    }
  cs_ssh_wire_append_string (inner, KEY_TYPE, strlen (KEY_TYPE));
  cs_ssh_wire_append_string (inner, signature.data, signature.size);
  gnutls_free (signature.data);
  g_byte_array_append (out, (const guint8 *) "SSHSIG", 6);
  cs_ssh_wire_append_u32 (out, 1);
  cs_ssh_wire_append_string (out, g_bytes_get_data (self->blob, NULL),
                             g_bytes_get_size (self->blob));
  cs_ssh_wire_append_string (out, namespace_, strlen (namespace_));
  cs_ssh_wire_append_string (out, NULL, 0);
  cs_ssh_wire_append_string (out, "sha512", 6);
  cs_ssh_wire_append_string (out, inner->data, inner->len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static GBytes *
write_payload (const char *key,
               gint64 issued,
               gint64 expires,
               const char *deployment,
               GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree char *from = cs_clock_format (issued);
  g_autofree char *to = cs_clock_format (expires);
  char *text;

  json_node_take_object (node, object);
  json_object_set_string_member (object, "type", CS_DELEGATE_TYPE);
  json_object_set_string_member (object, "key", key);
  json_object_set_string_member (object, "issued", from);
  json_object_set_string_member (object, "expires", to);
  if (deployment != NULL)
    json_object_set_string_member (object, "deployment", deployment);
  text = cs_json_to_canonical (node, error);
  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

/**
 * cs_delegate_build_payload:
 * @issued: from when on, in UTC microseconds
 * @expires: until when
 * @deployment: (nullable): for this deployment only
 *
 * Gives what a person signs, with the namespace %CS_DELEGATE_NAMESPACE, so that this key may sign
 * requests for them.
 *
 * Returns: (transfer full): canonical JSON; %NULL with %CS_ERROR_INVALID
 */
GBytes *
cs_delegate_build_payload (CsDelegate *self,
                           gint64 issued,
                           gint64 expires,
                           const char *deployment,
                           GError **error)
{
  return write_payload (self->line, issued, expires, deployment, error);
}

/** cs_delegation_free: frees what was read. */
void
cs_delegation_free (CsDelegation *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->deployment);
  g_free (self);
}

static GBytes *
parse_key (const char *line)
{
  g_autoptr (GBytes) blob = NULL;
  CsSshWire wire, type, point;

  if (line == NULL || !g_str_has_prefix (line, KEY_TYPE " "))
    return NULL;
  blob = cs_signature_decode_base64 (line + strlen (KEY_TYPE " "));
  if (blob == NULL)
    return NULL;
  wire = (CsSshWire){ g_bytes_get_data (blob, NULL), g_bytes_get_size (blob) };
  if (!cs_ssh_wire_read_string (&wire, &type) || !cs_ssh_wire_is (&type, KEY_TYPE) ||
      !cs_ssh_wire_read_string (&wire, &point) || point.length != 32 || wire.length != 0)
    return NULL;
  return g_steal_pointer (&blob);
}

/**
 * cs_delegation_parse:
 * @payload: what a person signed
 *
 * Reads a delegation, which is written in one way only. Nothing is verified.
 *
 * Returns: (transfer full): what it says; %NULL with %CS_ERROR_INVALID
 */
CsDelegation *
cs_delegation_parse (GBytes *payload, GError **error)
{
  g_autoptr (CsDelegation) self = g_new0 (CsDelegation, 1);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GBytes) again = NULL;
  JsonObject *object;
  const char *key, *issued, *expires;
  gsize size;
  const char *text = g_bytes_get_data (payload, &size);

  if (size <= MAX_PAYLOAD)
    node = cs_json_parse (text != NULL ? text : "", (gssize) size, NULL);
  object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  key = cs_json_get_string (object, "key");
  issued = cs_json_get_string (object, "issued");
  expires = cs_json_get_string (object, "expires");
  self->deployment = g_strdup (cs_json_get_string (object, "deployment"));
  self->key = parse_key (key);
  if (self->key != NULL && issued != NULL && expires != NULL &&
      cs_clock_parse (issued, &self->issued, NULL) &&
      cs_clock_parse (expires, &self->expires, NULL) && self->issued < self->expires)
    again = write_payload (key, self->issued, self->expires, self->deployment, NULL);
  if (again != NULL && g_bytes_equal (again, payload))
    return g_steal_pointer (&self);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "The delegation is incomplete, contradicts itself or is not canonical");
  return NULL;
}
