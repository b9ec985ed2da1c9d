/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a question is put, and how its answer comes back. */

#pragma once

#include "cs-passphrase-question.h"

G_BEGIN_DECLS

/* answer: wiped by whoever gets it; NULL with a reason. */
typedef void (*CsPassphraseAnswered) (const char *answer,
                                      gboolean remember,
                                      const char *reason,
                                      gpointer user_data);

/* answered is called once: by an answer, a refusal, or when the question is dropped. */
CsPassphraseQuestion *cs_passphrase_question_new (const char *prompt,
                                                  const char *key,
                                                  guint tries,
                                                  gboolean wrong,
                                                  const char *problem,
                                                  CsPassphraseAnswered answered,
                                                  gpointer user_data);

G_END_DECLS
