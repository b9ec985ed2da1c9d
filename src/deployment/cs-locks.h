/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which deployment acts on which environment: the fold of the stream `locks`. */

#pragma once

#include "cs-lock.h"
#include "cs-stream-list.h"

G_BEGIN_DECLS

#define CS_LOCKS_STREAM "locks"

/* A GListModel of CsLock: those that are held now; follows the store. Records: `lock-taken`
 * {environment, deployment, title}, `lock-taken-over` (with from: who had it, and reason) and
 * `lock-released` {environment, deployment}. */
#define CS_TYPE_LOCKS (cs_locks_get_type ())
G_DECLARE_FINAL_TYPE (CsLocks, cs_locks, CS, LOCKS, CsStreamList)

void cs_locks_load_async (CsStore *store,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
CsLocks *cs_locks_load_finish (GAsyncResult *result, GError **error);

/* Who may act on an environment, in any case of letters; NULL: nobody does. (transfer none) */
CsLock *cs_locks_lookup (CsLocks *self, const char *environment);

/* Each is durable and folded when it finishes. CONFLICT if someone else took, left or took over a
 * lock at the same moment: look again, then decide. */
/* from NULL: it is free; else id of the deployment that has it, and the reason. */
void cs_locks_take_async (CsLocks *self,
                          const char *actor,
                          const char *environment,
                          const char *deployment,
                          const char *title,
                          const char *from,
                          const char *reason,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
void cs_locks_release_async (CsLocks *self,
                             const char *actor,
                             const char *environment,
                             const char *deployment,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cs_locks_act_finish (CsLocks *self, GAsyncResult *result, GError **error);

G_END_DECLS
