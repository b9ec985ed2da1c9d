/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of CsKey share. */

#pragma once

#include "cs-key.h"

G_BEGIN_DECLS

CsKey *cs_key_new (CsKeyOrigin origin, const char *path, const char *line);
char *cs_key_read_file (const char *path, GError **error);
gboolean cs_key_is_private_file (const char *path);

G_END_DECLS
