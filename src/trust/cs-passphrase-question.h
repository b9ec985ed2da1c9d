/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question that only a person can answer: a passphrase, a PIN. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_PASSPHRASE_QUESTION (cs_passphrase_question_get_type ())
G_DECLARE_FINAL_TYPE (CsPassphraseQuestion,
                      cs_passphrase_question,
                      CS,
                      PASSPHRASE_QUESTION,
                      GObject)

/* As OpenSSH words it. */
const char *cs_passphrase_question_get_prompt (CsPassphraseQuestion *self);
/* Its file, if it is the passphrase of a key; NULL for a PIN and whatever else may be asked. */
const char *cs_passphrase_question_get_key (CsPassphraseQuestion *self);
/* How many answers may be given, this one counted; fewer than CS_KEY_TRIES_MAX after wrong ones. */
guint cs_passphrase_question_get_tries (CsPassphraseQuestion *self);
/* Whether the answer that was given just now was wrong. */
gboolean cs_passphrase_question_get_wrong (CsPassphraseQuestion *self);
/* NULL if the answer can be remembered in the keyring; else why it lasts until this program ends
 * at most. */
const char *cs_passphrase_question_get_problem (CsPassphraseQuestion *self);

/* One of them, once; a question that is dropped is refused. remember: only a right answer is. */
void cs_passphrase_question_answer (CsPassphraseQuestion *self,
                                    const char *answer,
                                    gboolean remember);
void cs_passphrase_question_refuse (CsPassphraseQuestion *self, const char *reason);

G_END_DECLS
