/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run in a terminal, from its request to its outcome. */

#pragma once

#include "cs-shell-session-private.h"

G_BEGIN_DECLS

/* task returns a CsOutcome; the session knows the run in its terminals until then. */
void cs_terminal_run_start (CsShellSession *session, CsRun *run, GTask *task);
/* Hangs up. */
void cs_terminal_run_abort (CsTerminalRun *self);

G_END_DECLS
