/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 at hardware speed (GnuTLS), in one go or piece by piece. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_DIGEST_LENGTH: characters of a digest in lower-case hexadecimal, without the final NUL */
#define CS_DIGEST_LENGTH 64

typedef struct _CsDigest CsDigest;

CsDigest *cs_digest_new (void);
void cs_digest_update (CsDigest *self, const void *data, gsize length);
char *cs_digest_finish (CsDigest *self);
void cs_digest_write (CsDigest *self, char *hex);
void cs_digest_free (CsDigest *self);

char *cs_digest_of_data (const void *data, gsize length);
char *cs_digest_of_bytes (GBytes *bytes);
gboolean cs_digest_is_valid (const char *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDigest, cs_digest_free)

G_END_DECLS
