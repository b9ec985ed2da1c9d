/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal of a run, on the supervisor's side. */

#pragma once

#include <glib.h>
#include <poll.h>

G_BEGIN_DECLS

typedef struct _CsRunScreen CsRunScreen;

/* directory: of the run, in which it makes the pipe for what is typed. NULL if there is no terminal
 * to be had. */
CsRunScreen *cs_run_screen_new (int directory, guint columns, guint rows);
void cs_run_screen_free (CsRunScreen *self);

/* For the script's shell, between fork and exec: makes this its terminal. */
void cs_run_screen_enter (CsRunScreen *self);

/* For the supervisor, once the shell is there: what it shows is read here; non-blocking. */
int cs_run_screen_begin (CsRunScreen *self);

/* The script has ended. */
void cs_run_screen_leave (CsRunScreen *self);

/** CS_RUN_SCREEN_FDS: how many descriptors it waits for */
#define CS_RUN_SCREEN_FDS 2
void cs_run_screen_poll (CsRunScreen *self, struct pollfd *fds);
void cs_run_screen_turn (CsRunScreen *self, const struct pollfd *fds);

G_END_DECLS
