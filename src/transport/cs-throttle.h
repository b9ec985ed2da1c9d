/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lets at most so many commands a minute through to a target. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of one thread. Holds in this program: others on the same journal count for themselves. */
typedef struct _CsThrottle CsThrottle;

CsThrottle *cs_throttle_new (void);
void cs_throttle_free (CsThrottle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsThrottle, cs_throttle_free)

/* rate: commands in any 60 seconds; 0: no limit. */
void cs_throttle_set_rate (CsThrottle *self, guint rate);

/* now: monotonic microseconds. Returns when the turn of whoever asks comes; they take it, or give
 * it back. */
gint64 cs_throttle_take (CsThrottle *self, gint64 now);
void cs_throttle_give_back (CsThrottle *self, gint64 turn);

guint cs_throttle_get_held (CsThrottle *self); /* how many had to wait so far */

G_END_DECLS
