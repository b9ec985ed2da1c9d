/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places in commands that a person has to fill in. */

#pragma once

#include "cs-byte-search.h"
#include "cs-mark.h"

G_BEGIN_DECLS

void cs_placeholders_find (const char *text,
                           gsize length,
                           CsBytes bytes,
                           guint line,
                           gboolean markup,
                           GPtrArray *marks);

G_END_DECLS
