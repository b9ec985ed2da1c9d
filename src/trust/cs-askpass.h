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
 * Signal ::ask (const char *prompt, const char *key, GTask *answer): someone must answer: return a
 * (transfer full) char* with g_free, or an error to refuse. Without a handler every question is
 * refused. */

CsAskpass *cs_askpass_new (GError **error);

/* One that answers every question with passphrase (for tests, and for a passphrase that the
 * keyring or a dialog has given already). */
CsAskpass *cs_askpass_new_with_passphrase (const char *passphrase, GError **error);

/* A child that may ask gets a number: by it, it is known which key it is about, and later why it
 * was refused an answer. key: its file, or NULL. */
guint cs_askpass_add_asker (CsAskpass *self, const char *key);
char *cs_askpass_dup_refusal (CsAskpass *self, guint asker);
void cs_askpass_end_asker (CsAskpass *self, guint asker);

/* Sets what a child needs to find this object: SSH_ASKPASS, SSH_ASKPASS_REQUIRE=force, the
 * socket's address and its own number. */
void cs_askpass_apply (CsAskpass *self, GSubprocessLauncher *launcher, guint asker);
char **cs_askpass_apply_environ (CsAskpass *self, char **environ_, guint asker);

/* Tries are counted by whoever handles ::signing (const char *fingerprint, GTask *verdict) and
 * ::refused (const char *fingerprint, GTask *noted); the tasks return TRUE or an error. */
void cs_askpass_vet (CsAskpass *self, const char *fingerprint, GTask *verdict);
void cs_askpass_note_refused (CsAskpass *self, const char *fingerprint, GTask *noted);

/* Questions answered so far. OpenSSH takes a refusal for an empty passphrase, so whoever made a key
 * looks here whether there was an answer at all. */
guint cs_askpass_get_n_answers (CsAskpass *self);

G_END_DECLS
