/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command that asks: its terminal, in which a person types. */

#pragma once

#include "cs-run.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_TERMINAL_VIEW (cs_terminal_view_get_type ())
G_DECLARE_FINAL_TYPE (CsTerminalView, cs_terminal_view, CS, TERMINAL_VIEW, AdwBin)

/** CS_TERMINAL_VIEW_COLUMNS: of a terminal that has no place in the window yet */
#define CS_TERMINAL_VIEW_COLUMNS 80
/** CS_TERMINAL_VIEW_ROWS: always */
#define CS_TERMINAL_VIEW_ROWS 24

/* run: in a terminal, and just begun. */
GtkWidget *cs_terminal_view_new (CsRun *run);
CsRun *cs_terminal_view_get_run (CsTerminalView *self);

/* The run has ended: what it showed stays, and nobody can type any more. */
void cs_terminal_view_end (CsTerminalView *self);

G_END_DECLS
