/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session behind its target's breaker: what it sends is let through, and how it went is noted. */

#pragma once

#include "cs-breakers.h"
#include "cs-session.h"

G_BEGIN_DECLS

#define CS_TYPE_GUARDED_SESSION (cs_guarded_session_get_type ())
G_DECLARE_FINAL_TYPE (CsGuardedSession, cs_guarded_session, CS, GUARDED_SESSION, GObject)

/* As cs_session_open_async(), behind the breaker of the target with this name; breakers NULL, or no
 * such target: without one. While the breaker is open, opening and running fail at once with
 * UNREACHABLE. What stops, recovers and tidies up is always let through. */
void cs_guarded_session_open_async (CsBreakers *breakers,
                                    CsTarget *target,
                                    const char *state_directory,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* The same for someone who wants to try now: let through in any case, and noted all the same. */
void cs_guarded_session_try_async (CsBreakers *breakers,
                                   CsTarget *target,
                                   const char *state_directory,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CsSession *cs_guarded_session_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
