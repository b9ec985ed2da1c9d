/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could be typed next, for the shells. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

CtlStatus ctl_complete (Ctl *ctl, const CtlCommand *commands, gsize n_commands, char **words);

G_END_DECLS
