/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was used once and must not be used again, also after a restart. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CS_NONCES_LONGEST: microseconds for which a nonce may have to be remembered */
#define CS_NONCES_LONGEST ((gint64) 3600 * G_USEC_PER_SEC)

typedef struct _CsNonces CsNonces;

CsNonces *cs_nonces_open (const char *path, gint64 now, GError **error);
void cs_nonces_close (CsNonces *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNonces, cs_nonces_close)

/* EXISTS if it was taken before. Any thread. */
gboolean cs_nonces_take (CsNonces *self,
                         const char *nonce,
                         gint64 until,
                         gint64 now,
                         GError **error);

G_END_DECLS
