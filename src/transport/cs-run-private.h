/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sessions ask of a run. */

#pragma once

#include "cs-run.h"

G_BEGIN_DECLS

GHashTable *cs_run_get_variables (CsRun *self);
GHashTable *cs_run_get_secrets (CsRun *self); /* name to value */
GPtrArray *cs_run_get_hidden (CsRun *self);   /* of texts */
const char *cs_run_get_shell (CsRun *self);
const char *cs_run_get_place (CsRun *self);
const CsAuthorisation *cs_run_get_authorisation (CsRun *self);
CsBlobWriter *cs_run_get_writer (CsRun *self);
GMainContext *cs_run_get_context (CsRun *self);

const char *cs_run_get_terminal_type (CsRun *self); /* NULL: no terminal */
void cs_run_get_terminal_size (CsRun *self, guint *columns, guint *rows);

/* Signals for whoever runs it in a terminal, in the thread of the caller: ::input (GBytes),
 * ::resized. */

/* From the thread that reads the output; never waits for the main loop. */
void cs_run_push (CsRun *self, const void *data, gsize length);

/* From any thread: the target says that it has begun. */
void cs_run_note_latency (CsRun *self, gint64 microseconds);
void cs_run_note_overtaken (CsRun *self);
gint64 cs_run_get_sent (CsRun *self);

/* In the run's main context: emits what was pushed and not yet shown. */
void cs_run_flush (CsRun *self);

G_END_DECLS
