/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets and questions of OpenSSH, asked for on the terminal. */

#pragma once

#include "cs-passphrases.h"

G_BEGIN_DECLS

/* One hidden answer from the terminal, to be freed with cs_secret_free(). AUTH without a terminal
 * or an answer. */
char *ctl_terminal_ask (const char *prompt, GError **error);

/* A secret of one line: from the descriptor whose number fd is, else from the terminal or standard
 * input; to be freed with cs_secret_free(). INVALID if there is none. */
char *ctl_terminal_take (const char *prompt, const char *fd, GError **error);

/* From now on passphrases are asked for on the terminal that the program was started from; without
 * one every question is refused. */
void ctl_terminal_attach (CsPassphrases *passphrases);

G_END_DECLS
