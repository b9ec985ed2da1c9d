/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions of OpenSSH, asked on the terminal. */

#pragma once

#include "cs-passphrases.h"

G_BEGIN_DECLS

/* One hidden answer from the terminal, to be freed with cs_secret_free(). AUTH without a terminal
 * or an answer. */
char *ctl_terminal_ask (const char *prompt, GError **error);

/* From now on passphrases are asked for on the terminal that the program was started from; without
 * one every question is refused. */
void ctl_terminal_attach (CsPassphrases *passphrases);

G_END_DECLS
