/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An SSH signature (OpenSSH PROTOCOL.sshsig), taken apart and checked without a child process. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsSignature CsSignature;

CsSignature *cs_signature_parse (GBytes *blob, GError **error);
CsSignature *cs_signature_parse_armored (const char *text, GError **error);
CsSignature *cs_signature_parse_base64 (const char *text, GError **error);
void cs_signature_free (CsSignature *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSignature, cs_signature_free)

GBytes *cs_signature_get_key (CsSignature *self);
char *cs_signature_dup_fingerprint (CsSignature *self);
char *cs_signature_dup_armored (CsSignature *self);

/* Kinds of keys that only `ssh-keygen` knows: ECDSA on security keys, and certificates. */
gboolean cs_signature_is_foreign (CsSignature *self);
gboolean cs_signature_verify (CsSignature *self,
                              const char *namespace_,
                              GBytes *message,
                              GError **error);

GBytes *cs_signature_build_message (const char *namespace_, const char *hash, GBytes *message);
char *cs_signature_fingerprint_key (GBytes *key);
GBytes *cs_signature_decode_base64 (const char *text);

G_END_DECLS
