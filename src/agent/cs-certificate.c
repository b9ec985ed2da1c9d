/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's certificate: made by itself, or given by an authority. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-certificate.h"

#include "cs-error.h"
#include "cs-signature.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

/** LIFETIME: seconds; who pins the fingerprint trusts it and not its dates, so they are long */
#define LIFETIME ((time_t) 10 * 366 * 86400)

static gboolean
fill (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *host)
{
  guint8 serial[16];
  time_t now = g_get_real_time () / G_USEC_PER_SEC;

  if (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial) != 0)
    return FALSE;
  serial[0] &= 0x7f;
  return gnutls_x509_crt_set_version (certificate, 3) == 0 &&
         gnutls_x509_crt_set_serial (certificate, serial, sizeof serial) == 0 &&
         gnutls_x509_crt_set_activation_time (certificate, now - 3600) == 0 &&
         gnutls_x509_crt_set_expiration_time (certificate, now + LIFETIME) == 0 &&
         gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, host,
                                        (unsigned int) strlen (host)) == 0 &&
         gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, host,
                                               (unsigned int) strlen (host),
                                               GNUTLS_FSAN_SET) == 0 &&
         gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE) == 0 &&
         gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0) == 0 &&
         gnutls_x509_crt_set_basic_constraints (certificate, 0, -1) == 0 &&
         gnutls_x509_crt_set_key (certificate, key) == 0 &&
         gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0) == 0;
}

static gboolean
save (const gnutls_datum_t *data, const char *path, GError **error)
{
  return g_file_set_contents_full (path, (const char *) data->data, (gssize) data->size,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/**
 * cs_certificate_make:
 * @host: name of the machine
 * @certificate_path: where to write the certificate (PEM)
 * @key_path: where to write its key (PEM), for the owner alone
 *
 * Makes an ECDSA key (P-256) and a certificate that it signs itself.
 *
 * Returns: whether it is done; else %CS_ERROR_FAILED
 */
gboolean
cs_certificate_make (const char *host,
                     const char *certificate_path,
                     const char *key_path,
                     GError **error)
{
  gnutls_x509_crt_t certificate = NULL;
  gnutls_x509_privkey_t key = NULL;
  gnutls_datum_t first = { NULL, 0 }, second = { NULL, 0 };
  gboolean made, saved;

  made = gnutls_x509_crt_init (&certificate) == 0 && gnutls_x509_privkey_init (&key) == 0 &&
         gnutls_x509_privkey_generate2 (key, GNUTLS_PK_ECDSA,
                                        GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0, NULL,
                                        0) == 0 &&
         fill (certificate, key, host) &&
         gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &first) == 0 &&
         gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                            &second) == 0;
  if (!made)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "No certificate could be made for %s", host);
  saved = made && save (&second, key_path, error) && save (&first, certificate_path, error);
  if (second.data != NULL)
    explicit_bzero (second.data, second.size);
  gnutls_free (first.data);
  gnutls_free (second.data);
  if (certificate != NULL)
    gnutls_x509_crt_deinit (certificate);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  return saved;
}

/**
 * cs_certificate_dup_fingerprint:
 *
 * Returns: (transfer full): `SHA256:` and the unpadded base64 of the SHA-256 of the certificate
 */
char *
cs_certificate_dup_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  bytes = g_bytes_new (der->data, der->len);
  return cs_signature_fingerprint_key (bytes);
}
