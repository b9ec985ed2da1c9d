/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The caller's own terminal, lent to a command that asks questions. */

#pragma once

#include "cs-run.h"

G_BEGIN_DECLS

typedef struct _CtlScreen CtlScreen;

/* Whether standard input and output are a terminal, and how large it is. */
gboolean ctl_screen_get_size (guint *columns, guint *rows);

/* From now on what is typed goes to the run, and what it prints comes as it is. */
CtlScreen *ctl_screen_attach (CsRun *run);
/* The terminal is as it was. */
void ctl_screen_detach (CtlScreen *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CtlScreen, ctl_screen_detach)

G_END_DECLS
