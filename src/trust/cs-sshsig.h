/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SSH signatures (OpenSSH PROTOCOL.sshsig) by `ssh-keygen -Y`. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CS_SSHSIG_NAMESPACE: the namespace of every sign-off */
#define CS_SSHSIG_NAMESPACE "signoff@countersign"

/* The armored signature ("-----BEGIN SSH SIGNATURE-----…") of message. key_path is what
 * `ssh-keygen -f` gets; launcher carries askpass and SSH_AUTH_SOCK, may be NULL. AUTH if the
 * passphrase was wrong or the agent refused, with ssh-keygen's own words. */
void cs_sshsig_sign_async (const char *key_path,
                           const char *namespace_,
                           GBytes *message,
                           GSubprocessLauncher *launcher,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
char *cs_sshsig_sign_finish (GAsyncResult *result, GError **error);

/* Whether signature over message is by principal according to allowed_signers (the text of such a
 * file), as of the time at (UTC microseconds). AUTH with ssh-keygen's words if not. */
void cs_sshsig_verify_async (const char *allowed_signers,
                             const char *principal,
                             const char *namespace_,
                             GBytes *message,
                             const char *signature,
                             gint64 at,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cs_sshsig_verify_finish (GAsyncResult *result, GError **error);

G_END_DECLS
