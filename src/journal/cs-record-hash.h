/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash of a record, from the columns that the journal stores. */

#pragma once

#include "cs-digest.h"

G_BEGIN_DECLS

void cs_record_frame (const char *stream,
                      gint64 at,
                      const char *actor,
                      const char *kind,
                      GString *before,
                      GString *between,
                      GString *after);
void cs_record_hash (CsDigest *digest,
                     GString *scratch,
                     const char *stream,
                     gint64 n,
                     gint64 at,
                     const char *actor,
                     const char *kind,
                     const char *body,
                     gsize body_length,
                     const char *previous,
                     char *hash);

G_END_DECLS
