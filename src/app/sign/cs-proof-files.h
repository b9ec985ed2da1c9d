/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ssh-keygen needs to verify one signature, without Countersign. */

#pragma once

#include "cs-envelope.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The command that verifies it in the folder with these files. at: when it was recorded (UTC
 * microseconds). (transfer full) */
char *cs_proof_files_dup_command (const char *signer, gint64 at);
/* Writes `message`, `signature` and `allowed_signers` to a folder. */
void cs_proof_files_save_async (GFile *folder,
                                CsEnvelope *envelope,
                                const char *allowed_signers,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cs_proof_files_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
