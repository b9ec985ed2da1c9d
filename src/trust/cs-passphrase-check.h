/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a passphrase opens a key. */

#pragma once

#include "cs-key.h"

G_BEGIN_DECLS

/**
 * CsPassphraseVerdict:
 * @CS_PASSPHRASE_UNKNOWN: the key could not be read
 * @CS_PASSPHRASE_RIGHT: it opens the key
 * @CS_PASSPHRASE_WRONG: it does not
 */
typedef enum
{
  CS_PASSPHRASE_UNKNOWN,
  CS_PASSPHRASE_RIGHT,
  CS_PASSPHRASE_WRONG,
} CsPassphraseVerdict;

/* By `ssh-keygen -y`, which reads all kinds of key files; nothing is signed, no device touched. */
void cs_passphrase_check_async (const char *path,
                                const char *passphrase,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CsPassphraseVerdict cs_passphrase_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
