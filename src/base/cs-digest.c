/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 at hardware speed (GnuTLS), in one go or piece by piece. */

#include "cs-digest.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

struct _CsDigest
{
  gnutls_hash_hd_t handle;
};

/**
 * cs_digest_new:
 *
 * Starts a SHA-256 (FIPS 180-4) over no bytes yet.
 *
 * Returns: (transfer full): the running digest
 */
CsDigest *
cs_digest_new (void)
{
  CsDigest *self = g_new0 (CsDigest, 1);

  if (gnutls_hash_init (&self->handle, GNUTLS_DIG_SHA256) != 0)
    g_error ("GnuTLS offers no SHA-256");
  return self;
}

/**
 * cs_digest_update:
 * @data: (array length=length): the next bytes; may be %NULL if @length is 0
 * @length: how many
 *
 * Adds bytes to the digest.
 */
void
cs_digest_update (CsDigest *self, const void *data, gsize length)
{
  g_return_if_fail (self != NULL);

  if (length > 0)
    gnutls_hash (self->handle, data, length);
}

/**
 * cs_digest_write:
 * @hex: (out caller-allocates) (array fixed-size=65): takes 64 lower-case hexadecimal characters
 * and a NUL
 *
 * Gives the digest of all bytes so far, as cs_digest_finish(), into memory of the caller.
 */
void
cs_digest_write (CsDigest *self, char *hex)
{
  guint8 raw[32];

  g_return_if_fail (self != NULL);
  g_return_if_fail (hex != NULL);

  gnutls_hash_output (self->handle, raw);
  for (gsize i = 0; i < sizeof raw; i++)
    {
      hex[2 * i] = "0123456789abcdef"[raw[i] >> 4];
      hex[2 * i + 1] = "0123456789abcdef"[raw[i] & 15];
    }
  hex[CS_DIGEST_LENGTH] = '\0';
}

/**
 * cs_digest_finish:
 *
 * Gives the digest of all bytes so far and starts again from none.
 *
 * Returns: (transfer full): 64 lower-case hexadecimal characters
 */
char *
cs_digest_finish (CsDigest *self)
{
  char *hex;

  g_return_val_if_fail (self != NULL, NULL);

  hex = g_malloc (CS_DIGEST_LENGTH + 1);
  cs_digest_write (self, hex);
  return hex;
}

/** cs_digest_free: ends a running digest; its result is lost. */
void
cs_digest_free (CsDigest *self)
{
  if (self == NULL)
    return;
  gnutls_hash_deinit (self->handle, NULL);
  g_free (self);
}

/**
 * cs_digest_of_data:
 * @data: (array length=length): may be %NULL if @length is 0
 *
 * Returns: (transfer full): the SHA-256 of @data in lower-case hexadecimal
 */
char *
cs_digest_of_data (const void *data, gsize length)
{
  g_autoptr (CsDigest) digest = cs_digest_new ();

  cs_digest_update (digest, data, length);
  return cs_digest_finish (digest);
}

/**
 * cs_digest_of_bytes:
 *
 * Returns: (transfer full): the SHA-256 of @bytes in lower-case hexadecimal
 */
char *
cs_digest_of_bytes (GBytes *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  return cs_digest_of_data (data, length);
}

/**
 * cs_digest_is_valid:
 * @digest: (nullable): any text
 *
 * Returns: whether @digest has the form of one: 64 lower-case hexadecimal characters
 */
gboolean
cs_digest_is_valid (const char *digest)
{
  return digest != NULL && strspn (digest, "0123456789abcdef") == CS_DIGEST_LENGTH &&
         digest[CS_DIGEST_LENGTH] == '\0';
}
