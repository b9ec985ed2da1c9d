/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions of OpenSSH, asked on the terminal. */

#pragma once

#include "cs-askpass.h"

G_BEGIN_DECLS

/* Asks on the terminal that the program was started from; without one every question is refused.
 * What was answered just before is not asked again. */
CsAskpass *ctl_terminal_askpass_new (GError **error);

G_END_DECLS
