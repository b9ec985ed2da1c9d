/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell programs that a session sends to a target; the protocol is told in the .c file. */

#pragma once

#include "cs-run.h"

G_BEGIN_DECLS

/** CS_DRIVER_READY: the line with which a channel says that it waits for its request */
#define CS_DRIVER_READY "countersign-ready 1\n"

/** CS_DRIVER_MAKE_READY: the line with which a serving shell is told to make ready for requests */
#define CS_DRIVER_MAKE_READY "ready\n"

/* What `/bin/sh -c` runs in a channel. It holds no single quote, newline, backslash-newline or
 * exclamation mark, so that every login shell hands it on as it is. */
const char *cs_driver_get_bootstrap (void);
/* The same for the channel that holds a connection, and what follows as its argument. */
const char *cs_driver_get_server (void);
const char *cs_driver_get_serving_pipeline (void);

char *cs_driver_new_nonce (void);
char *cs_driver_dup_marker (const char *nonce);
char *cs_driver_dup_report_marker (const char *nonce);

/* For the programs of other files: what every program begins with, and a whole request. */
void cs_driver_append_common (GString *program, const char *id, const char *spool);
GBytes *cs_driver_build_request (const char *id,
                                 const char *spool,
                                 const char *assignments,
                                 const char *program);

/* spool NULL: the login's own. The requests are complete programs; see the .c file. */
GBytes *cs_driver_build_greet (const char *spool);
GBytes *cs_driver_build_first_greet (const char *token);
char *cs_driver_dup_idle_line (const char *token);
char *cs_driver_dup_broken_line (const char *token);
GBytes *cs_driver_build_run (CsRun *run,
                             const char *spool,
                             const char *place,
                             const char *nonce,
                             GError **error);
GBytes *cs_driver_build_recover (const char *id, const char *spool, const char *place);
GBytes *cs_driver_build_stop (const char *id, const char *spool, const char *ending);
GBytes *cs_driver_build_forget (const char *id, const char *spool, gboolean sweep);

G_END_DECLS
