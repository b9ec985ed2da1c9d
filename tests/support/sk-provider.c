/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A security key in software, for tests: a middleware as OpenSSH's PROTOCOL.u2f describes it. The
 * secret is in the key handle; a touch is there at once; `verify-required` wants the PIN 1234. */

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define API_VERSION 0x000a0000
#define ALGORITHM_ECDSA 0
#define ALGORITHM_ED25519 1
#define FLAG_PRESENCE 0x01
#define FLAG_VERIFICATION 0x04
#define ERROR_GENERAL (-1)
#define ERROR_UNSUPPORTED (-2)
#define ERROR_PIN (-3)
#define PIN "1234"
#define KEY_SIZE 32
#define HANDLE_SIZE (3 * KEY_SIZE) /* the secret, and the public x and y; y is 0 for Ed25519 */
#define UNCOMPRESSED 4             /* before the x and y of a point */
#define SIGNATURE_SIZE 64

struct sk_option;

struct sk_enroll_response
{
  uint8_t flags;
  uint8_t *public_key;
  size_t public_key_len;
  uint8_t *key_handle;
  size_t key_handle_len;
  uint8_t *signature;
  size_t signature_len;
  uint8_t *attestation_cert;
  size_t attestation_cert_len;
  uint8_t *authdata;
  size_t authdata_len;
};

struct sk_sign_response
{
  uint8_t flags;
  uint32_t counter;
  uint8_t *sig_r;
  size_t sig_r_len;
  uint8_t *sig_s;
  size_t sig_s_len;
};

struct sk_resident_key;

__attribute__ ((visibility ("default"))) uint32_t sk_api_version (void);
__attribute__ ((visibility ("default"))) int sk_enroll (uint32_t algorithm,
                                                        const uint8_t *challenge,
                                                        size_t challenge_length,
                                                        const char *application,
                                                        uint8_t flags,
                                                        const char *pin,
                                                        struct sk_option **options,
                                                        struct sk_enroll_response **response);
__attribute__ ((visibility ("default"))) int sk_sign (uint32_t algorithm,
                                                      const uint8_t *data,
                                                      size_t length,
                                                      const char *application,
                                                      const uint8_t *handle,
                                                      size_t handle_length,
                                                      uint8_t flags,
                                                      const char *pin,
                                                      struct sk_option **options,
                                                      struct sk_sign_response **response);
__attribute__ ((visibility ("default"))) int sk_load_resident_keys (
  const char *pin,
  struct sk_option **options,
  struct sk_resident_key ***keys,
  size_t *n_keys);

static uint8_t *
copy (const void *data, size_t size)
{
  uint8_t *bytes = malloc (size);

  return bytes != NULL ? memcpy (bytes, data, size) : NULL;
}

/* A number at the end of its place, without the zeros that it may have in front. */
static void
put (uint8_t *place, const gnutls_datum_t *number)
{
  size_t size = number->size;
  const uint8_t *data = number->data;

  while (size > KEY_SIZE)
    {
      data++;
      size--;
    }
  memcpy (place + KEY_SIZE - size, data, size);
}

static int
make_key (uint32_t algorithm, uint8_t handle[HANDLE_SIZE])
{
  gnutls_privkey_t key;
  gnutls_datum_t x = { NULL, 0 }, y = { NULL, 0 }, secret = { NULL, 0 };
  gnutls_ecc_curve_t curve =
    algorithm == ALGORITHM_ECDSA ? GNUTLS_ECC_CURVE_SECP256R1 : GNUTLS_ECC_CURVE_ED25519;
  int status;

  if (gnutls_privkey_init (&key) != 0)
    return ERROR_GENERAL;
  status = gnutls_privkey_generate (
    key, algorithm == ALGORITHM_ECDSA ? GNUTLS_PK_ECDSA : GNUTLS_PK_EDDSA_ED25519,
    GNUTLS_CURVE_TO_BITS (curve), 0);
  if (status == 0)
    status = gnutls_privkey_export_ecc_raw2 (key, &curve, &x, &y, &secret, 0);
  gnutls_privkey_deinit (key);
  if (status != 0)
    return ERROR_GENERAL;
  memset (handle, 0, HANDLE_SIZE);
  put (handle, &secret);
  put (handle + KEY_SIZE, &x);
  if (algorithm == ALGORITHM_ECDSA)
    put (handle + 2 * KEY_SIZE, &y);
  gnutls_free (x.data);
  gnutls_free (y.data);
  gnutls_free (secret.data);
  return 0;
}

uint32_t
sk_api_version (void)
{
  return API_VERSION;
}

int
sk_enroll (uint32_t algorithm,
           const uint8_t *challenge,
           size_t challenge_length,
           const char *application,
           uint8_t flags,
           const char *pin,
           struct sk_option **options,
           struct sk_enroll_response **response)
{
  struct sk_enroll_response *made;
  uint8_t handle[HANDLE_SIZE];

  if (algorithm != ALGORITHM_ED25519 && algorithm != ALGORITHM_ECDSA)
    return ERROR_UNSUPPORTED;
  if (make_key (algorithm, handle) != 0)
    return ERROR_GENERAL;
  made = calloc (1, sizeof *made);
  made->flags = flags;
  made->public_key_len = algorithm == ALGORITHM_ECDSA ? 1 + 2 * KEY_SIZE : KEY_SIZE;
  made->public_key = malloc (1 + 2 * KEY_SIZE);
  made->public_key[0] = UNCOMPRESSED;
  memcpy (made->public_key + (algorithm == ALGORITHM_ECDSA), handle + KEY_SIZE,
          HANDLE_SIZE - KEY_SIZE);
  made->key_handle = copy (handle, HANDLE_SIZE);
  made->key_handle_len = HANDLE_SIZE;
  made->signature = copy (handle, 1); /* nobody attests to it */
  made->signature_len = 1;
  *response = made;
  return 0;
}

/* What a security key signs: digest of the application, flags, counter, digest of the data. */
static int
sign_message (uint32_t algorithm,
              const uint8_t *handle,
              const uint8_t *message,
              size_t size,
              gnutls_datum_t *signature)
{
  int ecdsa = algorithm == ALGORITHM_ECDSA;
  gnutls_privkey_t key;
  gnutls_datum_t secret = { (unsigned char *) handle, KEY_SIZE };
  gnutls_datum_t x = { (unsigned char *) handle + KEY_SIZE, KEY_SIZE };
  gnutls_datum_t y = { (unsigned char *) handle + 2 * KEY_SIZE, KEY_SIZE };
  gnutls_datum_t data = { (unsigned char *) message, (unsigned int) size };
  int status;

  if (gnutls_privkey_init (&key) != 0)
    return ERROR_GENERAL;
  status = gnutls_privkey_import_ecc_raw (
    key, ecdsa ? GNUTLS_ECC_CURVE_SECP256R1 : GNUTLS_ECC_CURVE_ED25519, &x, ecdsa ? &y : NULL,
    &secret);
  if (status == 0)
    status = gnutls_privkey_sign_data2 (
      key, ecdsa ? GNUTLS_SIGN_ECDSA_SHA256 : GNUTLS_SIGN_EDDSA_ED25519, 0, &data, signature);
  gnutls_privkey_deinit (key);
  return status == 0 ? 0 : ERROR_GENERAL;
}

/* Ed25519 has one value; of ECDSA's, which X.509 keeps in a DER sequence, OpenSSH wants both. */
static int
take_apart (uint32_t algorithm, const gnutls_datum_t *signature, struct sk_sign_response *made)
{
  gnutls_datum_t r, s;

  if (algorithm == ALGORITHM_ED25519)
    {
      made->sig_r = copy (signature->data, SIGNATURE_SIZE);
      made->sig_r_len = SIGNATURE_SIZE;
      return signature->size == SIGNATURE_SIZE ? 0 : ERROR_GENERAL;
    }
  if (gnutls_decode_rs_value (signature, &r, &s) != 0)
    return ERROR_GENERAL;
  made->sig_r = copy (r.data, r.size);
  made->sig_r_len = r.size;
  made->sig_s = copy (s.data, s.size);
  made->sig_s_len = s.size;
  gnutls_free (r.data);
  gnutls_free (s.data);
  return 0;
}

int
sk_sign (uint32_t algorithm,
         const uint8_t *data,
         size_t length,
         const char *application,
         const uint8_t *handle,
         size_t handle_length,
         uint8_t flags,
         const char *pin,
         struct sk_option **options,
         struct sk_sign_response **response)
{
  uint8_t message[32 + 1 + 4 + 32] = { 0 };
  gnutls_datum_t signature = { NULL, 0 };
  struct sk_sign_response *made;

  if ((algorithm != ALGORITHM_ED25519 && algorithm != ALGORITHM_ECDSA) ||
      handle_length != HANDLE_SIZE)
    return ERROR_UNSUPPORTED;
  if ((flags & FLAG_VERIFICATION) != 0 && (pin == NULL || strcmp (pin, PIN) != 0))
    return ERROR_PIN;
  flags &= FLAG_PRESENCE | FLAG_VERIFICATION;
  gnutls_hash_fast (GNUTLS_DIG_SHA256, application, strlen (application), message);
  message[32] = flags;
  message[36] = 1; /* the counter, big-endian */
  gnutls_hash_fast (GNUTLS_DIG_SHA256, data, length, message + 37);
  if (sign_message (algorithm, handle, message, sizeof message, &signature) != 0)
    return ERROR_GENERAL;
  made = calloc (1, sizeof *made);
  made->flags = flags;
  made->counter = 1;
  *response = made;
  if (take_apart (algorithm, &signature, made) != 0)
    return ERROR_GENERAL;
  gnutls_free (signature.data);
  return 0;
}

int
sk_load_resident_keys (const char *pin,
                       struct sk_option **options,
                       struct sk_resident_key ***keys,
                       size_t *n_keys)
{
  return ERROR_UNSUPPORTED;
}
