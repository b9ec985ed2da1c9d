/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run in a terminal, from its request to its outcome. */

#pragma once

#include "cs-shell-session-private.h"

G_BEGIN_DECLS

/* task returns a CsOutcome; the session knows the run in its terminals until then. */
void cs_terminal_run_start (CsShellSession *session, CsRun *run, GTask *task);
/* Whether it takes room in the connection; and tries again, if it waits for room. */
gboolean cs_terminal_run_is_open (CsTerminalRun *self);
void cs_terminal_run_wake (CsTerminalRun *self);
/* If it is about the run with this id, and its terminal is not there yet: it never will be. */
gboolean cs_terminal_run_withdraw (CsTerminalRun *self, const char *id);
/* Hangs up. */
void cs_terminal_run_abort (CsTerminalRun *self);

G_END_DECLS
