/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a person's key was tried in vain: a look at the stream `keys`. */

#pragma once

#include "cs-store.h"

G_BEGIN_DECLS

/** CS_KEY_TRIES_STREAM: where what went wrong with keys is recorded */
#define CS_KEY_TRIES_STREAM "keys"
/** CS_KEY_TRIES_MAX: wrong passphrases and refused signatures of a person and key within the time,
 * after which there is a wait */
#define CS_KEY_TRIES_MAX 3

/** CS_KEY_TRIES_WRONG: a person gave a wrong passphrase; counts */
#define CS_KEY_TRIES_WRONG "passphrase-wrong"
/** CS_KEY_TRIES_REFUSED: the SSH agent or the security key did not sign; counts */
#define CS_KEY_TRIES_REFUSED "signature-refused"
/** CS_KEY_TRIES_FORGOTTEN: a remembered passphrase was wrong and is remembered no more */
#define CS_KEY_TRIES_FORGOTTEN "passphrase-forgotten"

/* key: fingerprint, or path of one that can't be read. seconds: the time, usually an hour. Gives
 * how many tries are left, at least 1; AUTH with the time from when there are some again. */
void cs_key_tries_check_async (CsStore *store,
                               const char *actor,
                               const char *key,
                               guint seconds,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
guint cs_key_tries_check_finish (GAsyncResult *result, GError **error);

/* kind: one of those above. */
void cs_key_tries_note_async (CsStore *store,
                              const char *actor,
                              const char *kind,
                              const char *key,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_key_tries_note_finish (GAsyncResult *result, GError **error);

G_END_DECLS
