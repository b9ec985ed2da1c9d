/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session whose target is served by countersign-agent, over HTTP. */

#pragma once

#include "cs-session.h"

G_BEGIN_DECLS

#define CS_TYPE_AGENT_SESSION (cs_agent_session_get_type ())
G_DECLARE_FINAL_TYPE (CsAgentSession, cs_agent_session, CS, AGENT_SESSION, GObject)

/* AUTH without an access (see cs_target_set_access()), a token or a key; else as
 * cs_session_open_async(). */
void cs_agent_session_open_async (CsTarget *target,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CsSession *cs_agent_session_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
