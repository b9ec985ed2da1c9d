/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One script on its way through a session, and its output as it comes. */

#pragma once

#include "cs-authorisation.h"
#include "cs-blob-writer.h"
#include "cs-outcome.h"

G_BEGIN_DECLS

/** CS_RUN_DEFAULT_TIMEOUT: seconds */
#define CS_RUN_DEFAULT_TIMEOUT (15 * 60)
/** CS_RUN_DEFAULT_SHELL: what reads a script unless it is told otherwise */
#define CS_RUN_DEFAULT_SHELL "bash"
/** CS_RUN_STREAM_TIME_BOX: seconds that an endless command may take unless its runbook says more */
#define CS_RUN_STREAM_TIME_BOX (15 * 60)
/** CS_RUN_OUTPUT_LIMIT: bytes kept of one run's output; what comes after is counted, not kept */
#define CS_RUN_OUTPUT_LIMIT ((gint64) 1 << 30)

#define CS_TYPE_RUN (cs_run_get_type ())
G_DECLARE_FINAL_TYPE (CsRun, cs_run, CS, RUN, GObject)

/* Signal ::output (GBytes *bytes, gint64 offset): live output for showing, in the main context of
 * the run's creation, at most 25 times a second and at most 256 KiB each time. When more comes than
 * can be shown, offset jumps: what lies between is in the blob, not lost.
 * Standard output and standard error come as one stream, in the order in which they were written,
 * as in a terminal.
 * What is not for everyone is taken out of the output before it is kept or shown (CsRedactor): what
 * was hidden here, and what looks like it. Sizes, offsets and digests are those of the rest. */

/* id: a UUID chosen by the caller (recorded before the run is sent). cwd NULL: the login's home.
 * writer takes all output (transfer full); may be NULL to keep nothing. */
CsRun *cs_run_new (const char *id, const char *script, const char *cwd, CsBlobWriter *writer);

/* A variable that the script finds set; value NULL: unset. */
void cs_run_set_variable (CsRun *self, const char *name, const char *value);
/* Likewise one that is in no file there and in nobody's argument list, and that is gone when the
 * script has ended; what holds it is hidden. A target that can't do it refuses with INVALID. */
void cs_run_set_secret (CsRun *self, const char *name, const char *value);
/* A text that must not be seen in the output, in any of its forms. */
void cs_run_hide (CsRun *self, const char *text);
void cs_run_set_timeout (CsRun *self, guint seconds); /* 0: none */
guint cs_run_get_timeout (CsRun *self);
/* "bash" (default; sh if there is none) or "sh" */
void cs_run_set_shell (CsRun *self, const char *shell);
/* For recovery: what cs_session_get_place() said when it was sent. */
void cs_run_set_place (CsRun *self, const char *place);
/* What was signed, for a target that enforces it. */
void cs_run_take_authorisation (CsRun *self, CsAuthorisation *authorisation);

/* In a terminal of this type (NULL: xterm-256color) and size: standard input, output and error are
 * the terminal. Then ::output is lossless, for a terminal widget, and comes up to 120 times a
 * second; what is sent as input is typed; it is nowhere recorded, except where the program echoes
 * it. A target that can't do it refuses with INVALID. */
void cs_run_set_terminal (CsRun *self, const char *type, guint columns, guint rows);
gboolean cs_run_is_terminal (CsRun *self);
void cs_run_resize (CsRun *self, guint columns, guint rows); /* at any time */
void cs_run_send_input (CsRun *self, const void *data, gsize length);

const char *cs_run_get_id (CsRun *self);
const char *cs_run_get_script (CsRun *self);
const char *cs_run_get_cwd (CsRun *self);
gint64 cs_run_get_output_size (CsRun *self); /* bytes so far */
/* Microseconds from sending the script to the target's word that it has begun; -1 before that. */
gint64 cs_run_get_latency (CsRun *self);

/* When a run that is recovered was sent, in UTC microseconds: a target may have forgotten what is
 * older than it can remember. 0: nobody knows. */
void cs_run_set_sent (CsRun *self, gint64 at);
/* Whether a witness that refused the run had been shown a later record, which may have overtaken it
 * on the way. */
gboolean cs_run_is_overtaken (CsRun *self);

G_END_DECLS
