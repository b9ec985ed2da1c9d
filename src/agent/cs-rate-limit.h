/* SPDX-License-Identifier: GPL-3.0-or-later */
/* So many requests in any minute, for each caller and route. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsRateLimit CsRateLimit;

/**
 * CsRateVerdict:
 * @allowed: whether the request may go on
 * @remaining: how many more may come now
 * @reset: seconds until all may
 * @retry: seconds until one may
 */
typedef struct
{
  gboolean allowed;
  guint limit;
  guint remaining;
  guint reset;
  guint retry;
} CsRateVerdict;

CsRateLimit *cs_rate_limit_new (void);
void cs_rate_limit_free (CsRateLimit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRateLimit, cs_rate_limit_free)

CsRateVerdict cs_rate_limit_take (CsRateLimit *self, const char *caller, guint limit, gint64 now);

G_END_DECLS
