/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in clear text. */

#pragma once

#include "cs-byte-search.h"
#include "cs-mark.h"

G_BEGIN_DECLS

void cs_secrets_find (const char *text,
                      gsize length,
                      CsBytes bytes,
                      guint line,
                      GPtrArray *marks);

G_END_DECLS
