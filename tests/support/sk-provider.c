/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A security key in software, for tests: a middleware as OpenSSH's PROTOCOL.u2f describes it. The
 * secret is in the key handle; a touch is there at once; `verify-required` wants the PIN 1234. */

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define API_VERSION 0x000a0000
#define ALGORITHM_ED25519 1
#define FLAG_PRESENCE 0x01
#define FLAG_VERIFICATION 0x04
#define ERROR_GENERAL (-1)
#define ERROR_UNSUPPORTED (-2)
#define ERROR_PIN (-3)
#define PIN "1234"
#define KEY_SIZE 32
#define HANDLE_SIZE (2 * KEY_SIZE) /* the secret half and the public one */
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

/* The two halves of a new key, 32 bytes each. */
static int
make_key (gnutls_datum_t *public_half, gnutls_datum_t *secret_half)
{
  gnutls_privkey_t key;
  gnutls_datum_t none = { NULL, 0 };
  gnutls_ecc_curve_t curve;
  int status;

  if (gnutls_privkey_init (&key) != 0)
    return ERROR_GENERAL;
  status = gnutls_privkey_generate (key, GNUTLS_PK_EDDSA_ED25519,
                                    GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519), 0);
  if (status == 0)
    status = gnutls_privkey_export_ecc_raw2 (key, &curve, public_half, &none, secret_half, 0);
  gnutls_privkey_deinit (key);
  return status == 0 ? 0 : ERROR_GENERAL;
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
  gnutls_datum_t public_half = { NULL, 0 }, secret_half = { NULL, 0 };

  if (algorithm != ALGORITHM_ED25519)
    return ERROR_UNSUPPORTED;
  if (make_key (&public_half, &secret_half) != 0)
    return ERROR_GENERAL;
  made = calloc (1, sizeof *made);
  made->flags = flags;
  made->public_key = copy (public_half.data, KEY_SIZE);
  made->public_key_len = KEY_SIZE;
  made->key_handle = malloc (HANDLE_SIZE);
  memcpy (made->key_handle, secret_half.data, KEY_SIZE);
  memcpy (made->key_handle + KEY_SIZE, public_half.data, KEY_SIZE);
  made->key_handle_len = HANDLE_SIZE;
  made->signature = copy (public_half.data, 1); /* nobody attests to it */
  made->signature_len = 1;
  gnutls_free (public_half.data);
  gnutls_free (secret_half.data);
  *response = made;
  return 0;
}

/* What a security key signs: digest of the application, flags, counter, digest of the data. */
static int
sign_message (const uint8_t *handle, const uint8_t *message, size_t size, gnutls_datum_t *signature)
{
  gnutls_privkey_t key;
  gnutls_datum_t secret_half = { (unsigned char *) handle, KEY_SIZE };
  gnutls_datum_t data = { (unsigned char *) message, (unsigned int) size };
  gnutls_datum_t public_half = { (unsigned char *) handle + KEY_SIZE, KEY_SIZE };
  int status;

  if (gnutls_privkey_init (&key) != 0)
    return ERROR_GENERAL;
  status = gnutls_privkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_ED25519, &public_half, NULL,
                                          &secret_half);
  if (status == 0)
    status = gnutls_privkey_sign_data2 (key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, signature);
  gnutls_privkey_deinit (key);
  return status == 0 && signature->size == SIGNATURE_SIZE ? 0 : ERROR_GENERAL;
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

  if (algorithm != ALGORITHM_ED25519 || handle_length != HANDLE_SIZE)
    return ERROR_UNSUPPORTED;
  if ((flags & FLAG_VERIFICATION) != 0 && (pin == NULL || strcmp (pin, PIN) != 0))
    return ERROR_PIN;
  flags &= FLAG_PRESENCE | FLAG_VERIFICATION;
  gnutls_hash_fast (GNUTLS_DIG_SHA256, application, strlen (application), message);
  message[32] = flags;
  message[36] = 1; /* the counter, big-endian */
  gnutls_hash_fast (GNUTLS_DIG_SHA256, data, length, message + 37);
  if (sign_message (handle, message, sizeof message, &signature) != 0)
    return ERROR_GENERAL;
  made = calloc (1, sizeof *made);
  made->flags = flags;
  made->counter = 1;
  made->sig_r = copy (signature.data, SIGNATURE_SIZE);
  made->sig_r_len = SIGNATURE_SIZE;
  gnutls_free (signature.data);
  *response = made;
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
