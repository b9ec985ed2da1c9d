/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell programs for a run in a terminal. */

#pragma once

#include "cs-run.h"

G_BEGIN_DECLS

/* The request that lays the run's files out, for a channel; see the .c file. */
GBytes *cs_terminal_driver_build (CsRun *run,
                                  const char *spool,
                                  const char *place,
                                  const char *nonce,
                                  GError **error);
/* What the shell in the terminal runs then, and what it prints before the script's output. */
char *cs_terminal_driver_dup_command (const char *id, const char *spool);
char *cs_terminal_driver_dup_mark (const char *nonce);

G_END_DECLS
