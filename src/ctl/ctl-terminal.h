/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions of OpenSSH, asked on the terminal. */

#pragma once

#include "cs-askpass.h"

G_BEGIN_DECLS

/* Asks on the terminal that the program was started from; without one every question is refused.
 * What was answered just before is not asked again. */
/* One hidden answer from the terminal, to be freed with cs_secret_free(). AUTH without a terminal
 * or an answer. */
char *ctl_terminal_ask (const char *prompt, GError **error);

CsAskpass *ctl_terminal_askpass_new (GError **error);

G_END_DECLS
