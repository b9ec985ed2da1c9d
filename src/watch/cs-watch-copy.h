/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound of one watch in another one, with the probe that it is about. */

#pragma once

#include "cs-watch.h"

G_BEGIN_DECLS

/* criterion: id of a bound of from. cs_watch_act_finish() of self: NOT_FOUND, EXISTS, INVALID,
 * CONFLICT. */
void cs_watch_copy_criterion_async (CsWatch *self,
                                    const char *actor,
                                    CsWatch *from,
                                    const char *criterion,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* Whether self has a bound that says the same about the same. */
gboolean cs_watch_has_copy (CsWatch *self, CsWatch *from, const CsCriterion *criterion);

G_END_DECLS
