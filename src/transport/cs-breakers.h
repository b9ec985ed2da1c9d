/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The breakers of all targets: another fold of the stream `targets`, a GListModel of CsBreaker. */

#pragma once

#include "cs-breaker.h"
#include "cs-stream-list.h"

G_BEGIN_DECLS

/* Records: `target-failed` {name, problem, breaker}, `breaker-opened` (the failure that opened it),
 * `target-answered` {name, breaker} (only while there were failures), `breaker-closed` (the answer
 * that closed it), `breaker-reset` {name}. A target that is changed begins anew. */
#define CS_TYPE_BREAKERS (cs_breakers_get_type ())
G_DECLARE_FINAL_TYPE (CsBreakers, cs_breakers, CS, BREAKERS, CsStreamList)

/* actor: in whose name failures and answers are recorded. */
void cs_breakers_load_async (CsStore *store,
                             const char *actor,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
CsBreakers *cs_breakers_load_finish (GAsyncResult *result, GError **error);

CsBreaker *cs_breakers_lookup (CsBreakers *self, const char *name); /* NULL: no such target */

/* Each is durable and folded when it finishes. An answer that changes nothing is not recorded. */
void cs_breakers_note_failure_async (CsBreakers *self,
                                     const char *name,
                                     const char *problem,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
void cs_breakers_note_answer_async (CsBreakers *self,
                                    const char *name,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* NOT_FOUND if there is no such target; a reset of a closed one is no error and is not recorded. */
void cs_breakers_reset_async (CsBreakers *self,
                              const char *actor,
                              const char *name,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_breakers_note_finish (CsBreakers *self, GAsyncResult *result, GError **error);

G_END_DECLS
