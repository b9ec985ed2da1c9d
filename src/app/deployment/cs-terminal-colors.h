/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The colours of a terminal: those of the window, light, dark or of high contrast. */

#pragma once

#include <vte/vte.h>

G_BEGIN_DECLS

/* From now on, also when the person changes them. */
void cs_terminal_colors_follow (VteTerminal *terminal);

G_END_DECLS
