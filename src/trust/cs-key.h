/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An SSH key that a person can sign with. */

#pragma once

#include "cs-askpass.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_KEY (cs_key_get_type ())
G_DECLARE_FINAL_TYPE (CsKey, cs_key, CS, KEY, GObject)

/**
 * CsKeyOrigin:
 * @CS_KEY_FILE: a private key file (its public half lies beside it)
 * @CS_KEY_AGENT: held by the running ssh-agent; signing goes through the agent
 * @CS_KEY_PUBLIC: only its public half is known here; nothing can be signed with it
 */
typedef enum
{
  CS_KEY_FILE,
  CS_KEY_AGENT,
  CS_KEY_PUBLIC,
} CsKeyOrigin;

CsKeyOrigin cs_key_get_origin (CsKey *self);
/* for -f: private half; public for an agent's; NULL for one that is only public */
const char *cs_key_get_path (CsKey *self);
const char *cs_key_get_public_line (CsKey *self); /* "ssh-ed25519 AAAA…", without comment */
const char *cs_key_get_algorithm (CsKey *self);   /* "ed25519", "rsa", "ecdsa", "ed25519-sk" … */
const char *cs_key_get_fingerprint (CsKey *self); /* "SHA256:…" */
const char *cs_key_get_comment (CsKey *self);

/* Reads a public key's line: its algorithm, or NULL if it is none that can sign. */
const char *cs_key_parse_public (const char *line,
                                 char **public_line,
                                 char **fingerprint,
                                 char **comment);

/* Whether it is in a security key, by its algorithm. */
gboolean cs_key_is_hardware (const char *public_line);

/* Somebody else's key, from what they sent. INVALID. */
CsKey *cs_key_new_public (const char *line, GError **error);

/* Keys one can sign with: those of the agent, those in ~/.ssh, those that Countersign made in
 * keys_directory; each once. GPtrArray of CsKey. */
void cs_key_list_async (const char *keys_directory,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
GPtrArray *cs_key_list_finish (GAsyncResult *result, GError **error);

/* The key at path (private or public half). NOT_FOUND, INVALID. */
void cs_key_load_async (const char *path,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
CsKey *cs_key_load_finish (GAsyncResult *result, GError **error);

/* Makes an Ed25519 key pair in keys_directory with ssh-keygen. The passphrase (may be empty) goes
 * by askpass, never by the argument list. */
void cs_key_generate_async (const char *keys_directory,
                            const char *comment,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsKey *cs_key_generate_finish (GAsyncResult *result, GError **error);

/* An armored SSH signature. AUTH if the key could not be used, or was tried too often. */
void cs_key_sign_async (CsKey *self,
                        const char *namespace_,
                        GBytes *message,
                        CsAskpass *askpass,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
char *cs_key_sign_finish (CsKey *self, GAsyncResult *result, GError **error);

/* Proves that the private half is at hand, by a signature. AUTH. Ask before enrolling a key. */
void cs_key_prove_async (CsKey *self,
                         CsAskpass *askpass,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
gboolean cs_key_prove_finish (CsKey *self, GAsyncResult *result, GError **error);

G_END_DECLS
