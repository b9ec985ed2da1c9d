/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers what OpenSSH's programs ask (passphrases, PINs): no terminal, no arguments. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_ASKPASS (cs_askpass_get_type ())
G_DECLARE_FINAL_TYPE (CsAskpass, cs_askpass, CS, ASKPASS, GObject)

/* OpenSSH runs `countersign-askpass PROMPT` (SSH_ASKPASS); that connects to this object's private
 * Unix socket and hands the prompt on.
 *
 * Signal ::ask (const char *prompt, GTask *answer): someone must answer: return a (transfer full)
 * char* with g_free, or an error to refuse. Without a handler every question is refused. */

CsAskpass *cs_askpass_new (GError **error);

/* One that answers every question with passphrase (for tests, and for a passphrase that the
 * keyring or a dialog has given already). */
CsAskpass *cs_askpass_new_with_passphrase (const char *passphrase, GError **error);

/* Sets what a child needs to find this object: SSH_ASKPASS, SSH_ASKPASS_REQUIRE=force, and the
 * socket's address. */
void cs_askpass_apply (CsAskpass *self, GSubprocessLauncher *launcher);
char **cs_askpass_apply_environ (CsAskpass *self, char **environ_);

/* Questions answered so far. OpenSSH takes a refusal for an empty passphrase, so whoever made a key
 * looks here whether there was an answer at all. */
guint cs_askpass_get_n_answers (CsAskpass *self);

G_END_DECLS
