/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets that people let the desktop's keyring remember: passphrases, tokens, values. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CS_KEYRING_PASSPHRASE: as kind: of an SSH key; its name is the key's fingerprint or path */
#define CS_KEYRING_PASSPHRASE "passphrase"
/** CS_KEYRING_TOKEN: as kind: of an agent; its name is the target's */
#define CS_KEYRING_TOKEN "token"
/** CS_KEYRING_VALUE: as kind: of a placeholder that is a secret; its name is "DEPLOYMENT/NAME" */
#define CS_KEYRING_VALUE "value"
/** CS_KEYRING_DATABASE: as kind: of a team's database; its name is the workspace's id */
#define CS_KEYRING_DATABASE "database"

/** CS_KEYRING_SECRET: as kind: of a secret that commands refer to; see
 * cs_keyring_dup_secret_name() */
#define CS_KEYRING_SECRET "secret"

/* The Secret Service of the desktop (org.freedesktop.secrets) keeps them. Where none runs, or it
 * stays locked, they are kept in this program's memory alone, which is wiped, and
 * cs_keyring_get_problem() says so. Property (notify): "problem". */
#define CS_TYPE_KEYRING (cs_keyring_get_type ())
G_DECLARE_FINAL_TYPE (CsKeyring, cs_keyring, CS, KEYRING, GObject)

/* workspace: the directory whose secrets they are. */
CsKeyring *cs_keyring_new (const char *workspace);

/* NULL while the keyring works, or was not asked yet; else why secrets last only until this program
 * ends, in a sentence for people. */
const char *cs_keyring_get_problem (CsKeyring *self);

/* In this program's memory only; replaces what was kept. */
void cs_keyring_keep (CsKeyring *self, const char *kind, const char *name, const char *secret);

/* In the keyring (label: what its window shows), or in memory if that does not work. */
void cs_keyring_store_async (CsKeyring *self,
                             const char *kind,
                             const char *name,
                             const char *label,
                             const char *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cs_keyring_store_finish (CsKeyring *self, GAsyncResult *result, GError **error);

/* From memory, else from the keyring. NULL without an error if there is none; to be freed with
 * cs_secret_free(). */
void cs_keyring_lookup_async (CsKeyring *self,
                              const char *kind,
                              const char *name,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
char *cs_keyring_lookup_finish (CsKeyring *self, GAsyncResult *result, GError **error);

/* From both. TRUE also if there was none. */
void cs_keyring_clear_async (CsKeyring *self,
                             const char *kind,
                             const char *name,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cs_keyring_clear_finish (CsKeyring *self, GAsyncResult *result, GError **error);

/* The names of this kind that are kept, in the keyring or in memory, in order (transfer full). */
void cs_keyring_list_async (CsKeyring *self,
                            const char *kind,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GPtrArray *cs_keyring_list_finish (CsKeyring *self, GAsyncResult *result, GError **error);

/* "ENVIRONMENT/NAME", or for all environments (NULL) "/NAME" (transfer full). */
char *cs_keyring_dup_secret_name (const char *environment, const char *name);
/* The name of such; environment (out, transfer full): NULL for all (transfer full). */
char *cs_keyring_split_secret_name (const char *key, char **environment);

/* Wipes the text and frees it; for text of the heap as well. */
void cs_secret_free (char *secret);
typedef char CsSecret;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSecret, cs_secret_free)

G_END_DECLS
