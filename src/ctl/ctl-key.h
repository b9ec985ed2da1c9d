/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key someone signs with. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* The key in the file path; NULL: the one that is clear without asking. (transfer full) */
CsKey *ctl_find_key (Ctl *ctl, const char *path, GError **error);

G_END_DECLS
