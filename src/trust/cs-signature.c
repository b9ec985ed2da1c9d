/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An SSH signature (OpenSSH PROTOCOL.sshsig), taken apart and checked without a child process. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-signature.h"

#include "cs-error.h"
#include "cs-ssh-wire.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#define MAGIC "SSHSIG"
#define BEGIN "-----BEGIN SSH SIGNATURE-----"
#define END "-----END SSH SIGNATURE-----"

#define SK_ED25519 "sk-ssh-ed25519@openssh.com"
#define SK_ECDSA "sk-ecdsa-sha2-nistp256@openssh.com"

/** TOUCHED: the flag of a security key that someone was there */
#define TOUCHED 0x01

/** MAX_SIZE: bytes; the largest signature with the largest RSA key that OpenSSH makes has 6 KiB */
#define MAX_SIZE (64 * 1024)

/** MIN_RSA, MAX_RSA: bytes of the modulus that OpenSSH takes */
#define MIN_RSA (1024 / 8)
#define MAX_RSA (16384 / 8)

struct _CsSignature
{
  GBytes *blob;
  GBytes *key;
  char *key_type;
  char *namespace_;
  char *hash;
  char *algorithm;
  GBytes *value;
  guint8 flags;    /* of a security key: who was asked before it signed */
  guint32 counter; /* of a security key */
};

static gboolean
fail (GError **error, const char *words)
{
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "This is no SSH signature: %s", words);
  return FALSE;
}

/**
 * cs_signature_decode_base64:
 * @text: base64 of RFC 4648, section 4, maybe broken into lines
 *
 * Returns: (transfer full) (nullable): the bytes; %NULL if it holds anything else
 */
GBytes *
cs_signature_decode_base64 (const char *text)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  gsize padding = 0, length;
  guchar *data;

  for (const char *c = text; *c != '\0'; c++)
    {
      gboolean digit = g_ascii_isalnum (*c) || *c == '+' || *c == '/';

      if (strchr (" \t\r\n", *c) != NULL)
        continue;
      padding += *c == '=';
      if ((!digit && *c != '=') || (digit && padding > 0) || padding > 2)
        return NULL;
      g_string_append_c (plain, *c);
    }
  if (plain->len % 4 != 0)
    return NULL;
  data = g_base64_decode (plain->str, &length);
  return g_bytes_new_take (data, length);
}

static gboolean
is_security_key (CsSignature *self)
{
  return g_str_equal (self->key_type, SK_ED25519) || g_str_equal (self->key_type, SK_ECDSA);
}

/* What a security key adds behind its value (OpenSSH PROTOCOL.u2f). What it adds for kinds that are
 * foreign to us is for ssh-keygen to read. */
static gboolean
read_touch (CsSignature *self, CsSshWire *rest)
{
  if (is_security_key (self) && !cs_signature_is_foreign (self))
    {
      if (rest->length < 1)
        return FALSE;
      self->flags = *rest->data++;
      rest->length--;
      if (!cs_ssh_wire_read_u32 (rest, &self->counter))
        return FALSE;
    }
  return rest->length == 0 || cs_signature_is_foreign (self);
}

static gboolean
read_fields (CsSignature *self, GError **error)
{
  CsSshWire wire = { g_bytes_get_data (self->blob, NULL), g_bytes_get_size (self->blob) };
  CsSshWire key, inner, reserved, value;
  guint32 version;

  if (wire.length > MAX_SIZE || wire.length < strlen (MAGIC) ||
      memcmp (wire.data, MAGIC, strlen (MAGIC)) != 0)
    return fail (error, "it does not begin as one");
  wire.data += strlen (MAGIC);
  wire.length -= strlen (MAGIC);
  if (!cs_ssh_wire_read_u32 (&wire, &version) || version > 1) /* as OpenSSH does */
    return fail (error, "its version is newer than 1");
  if (!cs_ssh_wire_read_string (&wire, &key))
    return fail (error, "it has no key");
  self->key = g_bytes_new_from_bytes (
    self->blob, key.data - (const guint8 *) g_bytes_get_data (self->blob, NULL), key.length);
  self->key_type = cs_ssh_wire_read_text (&key);
  self->namespace_ = cs_ssh_wire_read_text (&wire);
  if (self->key_type == NULL || self->namespace_ == NULL ||
      !cs_ssh_wire_read_string (&wire, &reserved))
    return fail (error, "its key or namespace is damaged");
  self->hash = cs_ssh_wire_read_text (&wire);
  if (self->hash == NULL || !cs_ssh_wire_read_string (&wire, &inner) || wire.length != 0)
    return fail (error, "its parts do not fit");
  self->algorithm = cs_ssh_wire_read_text (&inner);
  if (self->algorithm == NULL)
    return fail (error, "it has no algorithm");
  if (!cs_ssh_wire_read_string (&inner, &value) || !read_touch (self, &inner))
    return fail (error, "its value is damaged");
  self->value = g_bytes_new (value.data, value.length);
  return TRUE;
}

/**
 * cs_signature_parse:
 * @blob: an SSHSIG, as it is between the lines of its armor
 *
 * Takes a signature apart. Nothing is verified.
 *
 * Returns: (transfer full): the signature; %NULL with %CS_ERROR_INVALID
 */
CsSignature *
cs_signature_parse (GBytes *blob, GError **error)
{
  g_autoptr (CsSignature) self = g_new0 (CsSignature, 1);

  self->blob = g_bytes_ref (blob);
  return read_fields (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * cs_signature_parse_base64:
 * @text: the blob in base64, without armor
 *
 * Returns: (transfer full): the signature; %NULL with %CS_ERROR_INVALID
 */
CsSignature *
cs_signature_parse_base64 (const char *text, GError **error)
{
  g_autoptr (GBytes) blob = cs_signature_decode_base64 (text);

  if (blob == NULL)
    {
      fail (error, "it is not base64");
      return NULL;
    }
  return cs_signature_parse (blob, error);
}

/**
 * cs_signature_parse_armored:
 * @text: what `ssh-keygen -Y sign` writes
 *
 * Returns: (transfer full): the signature; %NULL with %CS_ERROR_INVALID
 */
CsSignature *
cs_signature_parse_armored (const char *text, GError **error)
{
  const char *end = strstr (text, "\n" END);
  g_autofree char *base64 = NULL;

  if (!g_str_has_prefix (text, BEGIN "\n") || end == NULL)
    {
      fail (error, "its first or last line is missing");
      return NULL;
    }
  base64 = g_strndup (text + strlen (BEGIN), end - text - strlen (BEGIN));
  return cs_signature_parse_base64 (base64, error);
}

/** cs_signature_free: frees a signature. */
void
cs_signature_free (CsSignature *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->blob, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->value, g_bytes_unref);
  g_free (self->key_type);
  g_free (self->namespace_);
  g_free (self->hash);
  g_free (self->algorithm);
  g_free (self);
}

/** cs_signature_get_key: (transfer none): the public key, as SSH encodes it. */
GBytes *
cs_signature_get_key (CsSignature *self)
{
  return self->key;
}

/**
 * cs_signature_fingerprint_key:
 * @key: a public key, as SSH encodes it
 *
 * Returns: (transfer full): `SHA256:` and the unpadded base64 of its SHA-256
 */
char *
cs_signature_fingerprint_key (GBytes *key)
{
  guint8 digest[32];
  gsize size;
  const void *data = g_bytes_get_data (key, &size);
  g_autofree char *base64 = NULL;

  g_return_val_if_fail (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, size, digest) == 0, NULL);
  base64 = g_base64_encode (digest, sizeof digest);
  return g_strdup_printf ("SHA256:%.*s", (int) strcspn (base64, "="), base64);
}

/** cs_signature_dup_fingerprint: (transfer full): the fingerprint of the key. */
char *
cs_signature_dup_fingerprint (CsSignature *self)
{
  return cs_signature_fingerprint_key (self->key);
}

/** cs_signature_dup_armored: (transfer full): the text that `ssh-keygen` reads. */
char *
cs_signature_dup_armored (CsSignature *self)
{
  g_autoptr (GString) text = g_string_new (BEGIN "\n");
  g_autofree char *base64 =
    g_base64_encode (g_bytes_get_data (self->blob, NULL), g_bytes_get_size (self->blob));
  gsize length = strlen (base64);

  for (gsize at = 0; at < length; at += 70)
    {
      g_string_append_len (text, base64 + at, (gssize) MIN (70, length - at));
      g_string_append_c (text, '\n');
    }
  g_string_append (text, END "\n");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/** cs_signature_is_foreign: whether only `ssh-keygen` can check signatures of this kind; among them
 * those that a browser had a security key make. */
gboolean
cs_signature_is_foreign (CsSignature *self)
{
  static const char *const own[] = {
    "ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521", "ssh-rsa",             SK_ED25519,
    SK_ECDSA,              NULL,
  };

  return !g_strv_contains (own, self->key_type) ||
         (g_str_equal (self->key_type, SK_ECDSA) &&
          g_str_has_prefix (self->algorithm, "webauthn-"));
}

/**
 * cs_signature_build_message:
 * @namespace_: what the signature is for
 * @hash: `sha512` or `sha256`
 * @message: what is signed
 *
 * Returns: (transfer full) (nullable): the bytes that the key signs; %NULL for another hash
 */
GBytes *
cs_signature_build_message (const char *namespace_, const char *hash, GBytes *message)
{
  gboolean wide = g_str_equal (hash, "sha512");
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 digest[64];
  gsize size;
  const void *data = g_bytes_get_data (message, &size);

  if ((!wide && !g_str_equal (hash, "sha256")) ||
      gnutls_hash_fast (wide ? GNUTLS_DIG_SHA512 : GNUTLS_DIG_SHA256, data, size, digest) != 0)
    return NULL;
  g_byte_array_append (out, (const guint8 *) MAGIC, strlen (MAGIC));
  cs_ssh_wire_append_string (out, namespace_, strlen (namespace_));
  cs_ssh_wire_append_string (out, NULL, 0);
  cs_ssh_wire_append_string (out, hash, strlen (hash));
  cs_ssh_wire_append_string (out, digest, wide ? 64 : 32);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static gnutls_datum_t
datum (const CsSshWire *wire)
{
  return (gnutls_datum_t){ (unsigned char *) wire->data, (unsigned int) wire->length };
}

/* A security key's key also says for which application it was made. */
static gboolean
import_ed25519 (CsSignature *self, CsSshWire *key, gnutls_pubkey_t pubkey)
{
  CsSshWire point, application;
  gnutls_datum_t x;

  if (!cs_ssh_wire_read_string (key, &point) || point.length != 32 ||
      g_bytes_get_size (self->value) != 64)
    return FALSE;
  if (is_security_key (self) && !cs_ssh_wire_read_string (key, &application))
    return FALSE;
  if (key->length != 0)
    return FALSE;
  x = datum (&point);
  return gnutls_pubkey_import_ecc_raw (pubkey, GNUTLS_ECC_CURVE_ED25519, &x, NULL) == 0;
}

static gboolean
import_ecdsa (CsSignature *self,
              CsSshWire *key,
              const char *name,
              gsize size,
              int curve,
              gnutls_pubkey_t pubkey)
{
  CsSshWire curve_name, point, application;
  gnutls_datum_t x, y;

  if (!cs_ssh_wire_read_string (key, &curve_name) || !cs_ssh_wire_is (&curve_name, name) ||
      !cs_ssh_wire_read_string (key, &point) ||
      (is_security_key (self) && !cs_ssh_wire_read_string (key, &application)) ||
      key->length != 0 || point.length != 1 + 2 * size || point.data[0] != 4)
    return FALSE;
  x = (gnutls_datum_t){ (unsigned char *) point.data + 1, (unsigned int) size };
  y = (gnutls_datum_t){ (unsigned char *) point.data + 1 + size, (unsigned int) size };
  return gnutls_pubkey_import_ecc_raw (pubkey, curve, &x, &y) == 0;
}

static gboolean
import_rsa (CsSshWire *key, gsize *size, gnutls_pubkey_t pubkey)
{
  CsSshWire e, n;
  gnutls_datum_t exponent, modulus;

  if (!cs_ssh_wire_read_mpint (key, &e) || !cs_ssh_wire_read_mpint (key, &n) || key->length != 0 ||
      n.length < MIN_RSA || n.length > MAX_RSA)
    return FALSE;
  exponent = datum (&e);
  modulus = datum (&n);
  *size = n.length;
  return gnutls_pubkey_import_rsa_raw (pubkey, &modulus, &exponent) == 0;
}

/* OpenSSH writes r and s as two numbers, X.509 as a DER sequence. */
static GBytes *
encode_ecdsa (GBytes *value)
{
  CsSshWire wire = { g_bytes_get_data (value, NULL), g_bytes_get_size (value) };
  CsSshWire r, s;
  gnutls_datum_t first, second, der = { NULL, 0 };
  GBytes *encoded;

  if (!cs_ssh_wire_read_mpint (&wire, &r) || !cs_ssh_wire_read_mpint (&wire, &s) ||
      wire.length != 0 || r.length > 66 || s.length > 66)
    return NULL;
  first = datum (&r);
  second = datum (&s);
  if (gnutls_encode_rs_value (&der, &first, &second) != 0)
    return NULL;
  encoded = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  return encoded;
}

/* An RSA value that happens to begin with zeros may come without them. */
static GBytes *
pad_rsa (GBytes *value, gsize size)
{
  gsize length = g_bytes_get_size (value);
  guint8 *padded;

  if (length > size)
    return NULL;
  padded = g_malloc0 (size);
  if (length > 0)
    memcpy (padded + size - length, g_bytes_get_data (value, NULL), length);
  return g_bytes_new_take (padded, size);
}

/* Takes the key into pubkey; gives the signature's value as GnuTLS reads it, and its algorithm. */
static GBytes *
import (CsSignature *self, gnutls_pubkey_t pubkey, gnutls_sign_algorithm_t *algorithm)
{
  static const struct
  {
    const char *type;
    const char *curve_name;
    gsize size;
    int curve;
    gnutls_sign_algorithm_t algorithm;
  } curves[] = {
    { "ecdsa-sha2-nistp256", "nistp256", 32, GNUTLS_ECC_CURVE_SECP256R1, GNUTLS_SIGN_ECDSA_SHA256 },
    { "ecdsa-sha2-nistp384", "nistp384", 48, GNUTLS_ECC_CURVE_SECP384R1, GNUTLS_SIGN_ECDSA_SHA384 },
    { "ecdsa-sha2-nistp521", "nistp521", 66, GNUTLS_ECC_CURVE_SECP521R1, GNUTLS_SIGN_ECDSA_SHA512 },
    { SK_ECDSA, "nistp256", 32, GNUTLS_ECC_CURVE_SECP256R1, GNUTLS_SIGN_ECDSA_SHA256 },
  };
  CsSshWire key = { g_bytes_get_data (self->key, NULL), g_bytes_get_size (self->key) };
  CsSshWire type;
  gsize size = 0;

  if (!cs_ssh_wire_read_string (&key, &type))
    return NULL;
  if (g_str_equal (self->key_type, "ssh-ed25519") || g_str_equal (self->key_type, SK_ED25519))
    {
      *algorithm = GNUTLS_SIGN_EDDSA_ED25519;
      return g_str_equal (self->algorithm, self->key_type) && import_ed25519 (self, &key, pubkey)
               ? g_bytes_ref (self->value)
               : NULL;
    }
  if (g_str_equal (self->key_type, "ssh-rsa"))
    {
      gboolean wide = g_str_equal (self->algorithm, "rsa-sha2-512");

      *algorithm = wide ? GNUTLS_SIGN_RSA_SHA512 : GNUTLS_SIGN_RSA_SHA256;
      return (wide || g_str_equal (self->algorithm, "rsa-sha2-256")) &&
                 import_rsa (&key, &size, pubkey)
               ? pad_rsa (self->value, size)
               : NULL;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    if (g_str_equal (self->key_type, curves[i].type))
      {
        *algorithm = curves[i].algorithm;
        return g_str_equal (self->algorithm, self->key_type) &&
                   import_ecdsa (self, &key, curves[i].curve_name, curves[i].size,
                                 curves[i].curve, pubkey)
                 ? encode_ecdsa (self->value)
                 : NULL;
      }
  return NULL;
}

/* What a security key signs: the digests of its application and of the message, and between them
 * what it says of the touch (OpenSSH PROTOCOL.u2f). NULL if nobody touched it. */
static GBytes *
wrap_for_security_key (CsSignature *self, GBytes *message)
{
  CsSshWire key = { g_bytes_get_data (self->key, NULL), g_bytes_get_size (self->key) };
  CsSshWire type, curve, point, application;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 digest[32];
  gsize size;
  const void *data = g_bytes_get_data (message, &size);

  if ((self->flags & TOUCHED) == 0 || !cs_ssh_wire_read_string (&key, &type) ||
      (g_str_equal (self->key_type, SK_ECDSA) && !cs_ssh_wire_read_string (&key, &curve)) ||
      !cs_ssh_wire_read_string (&key, &point) || !cs_ssh_wire_read_string (&key, &application) ||
      gnutls_hash_fast (GNUTLS_DIG_SHA256, application.data, application.length, digest) != 0)
    return NULL;
  g_byte_array_append (out, digest, sizeof digest);
  g_byte_array_append (out, &self->flags, 1);
  cs_ssh_wire_append_u32 (out, self->counter);
  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, size, digest) != 0)
    return NULL;
  g_byte_array_append (out, digest, sizeof digest);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/**
 * cs_signature_verify:
 * @namespace_: what it should be for
 * @message: what should be signed
 *
 * Checks that the holder of the signature's key signed @message for this purpose. Whose key that
 * is, and whether it was valid, is another question. What it accepts, `ssh-keygen -Y
 * check-novalidate` accepts too.
 *
 * Returns: whether it is good; else %CS_ERROR_AUTH
 */
gboolean
cs_signature_verify (CsSignature *self, const char *namespace_, GBytes *message, GError **error)
{
  g_autoptr (GBytes) signed_bytes = cs_signature_build_message (namespace_, self->hash, message);
  g_autoptr (GBytes) value = NULL;
  gnutls_sign_algorithm_t algorithm = GNUTLS_SIGN_UNKNOWN;
  gnutls_pubkey_t pubkey = NULL;
  gnutls_datum_t data, signature;
  gboolean good = FALSE;

  if (signed_bytes == NULL || !g_str_equal (self->namespace_, namespace_))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "The signature is for “%s”, not for “%s”",
                   self->namespace_, namespace_);
      return FALSE;
    }
  if (is_security_key (self))
    {
      g_autoptr (GBytes) wrapped = wrap_for_security_key (self, signed_bytes);

      if (wrapped == NULL)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_AUTH,
                       "The security key signed without being touched");
          return FALSE;
        }
      g_bytes_unref (signed_bytes);
      signed_bytes = g_steal_pointer (&wrapped);
    }
  if (gnutls_pubkey_init (&pubkey) == 0 && (value = import (self, pubkey, &algorithm)) != NULL)
    {
      data = (gnutls_datum_t){ (unsigned char *) g_bytes_get_data (signed_bytes, NULL),
                               (unsigned int) g_bytes_get_size (signed_bytes) };
      signature = (gnutls_datum_t){ (unsigned char *) g_bytes_get_data (value, NULL),
                                    (unsigned int) g_bytes_get_size (value) };
      good = gnutls_pubkey_verify_data2 (pubkey, algorithm, 0, &data, &signature) >= 0;
    }
  if (pubkey != NULL)
    gnutls_pubkey_deinit (pubkey);
  if (!good)
    g_set_error (error, CS_ERROR, CS_ERROR_AUTH,
                 "The signature does not fit what it should have signed");
  return good;
}
