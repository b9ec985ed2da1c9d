/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes out of a stream of bytes what is not for everyone. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsRedactor CsRedactor;

/* One redactor for one stream, in one thread at a time. */
CsRedactor *cs_redactor_new (void);
void cs_redactor_free (CsRedactor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRedactor, cs_redactor_free)

/* The same stream under the same name gives the same text again, however its reads are split. */
void cs_redactor_set_salt (CsRedactor *self, const char *name);
void cs_redactor_add_secret (CsRedactor *self, const char *secret);

/* What is certain is appended to out; what could still become a secret waits for the next call. */
void cs_redactor_feed (CsRedactor *self, const char *bytes, gsize length, GString *out);
void cs_redactor_pause (CsRedactor *self, GString *out);
/* Likewise, but without a trace in what comes later. */
void cs_redactor_peek (CsRedactor *self, GString *out);
void cs_redactor_finish (CsRedactor *self, GString *out);

char *cs_redactor_redact (CsRedactor *self, const char *text);

G_END_DECLS
