/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run on an agent, from its request, or from where it is, to its outcome. */

#pragma once

#include "cs-agent-client.h"
#include "cs-run.h"

G_BEGIN_DECLS

/* In the thread of the client. place: what the session of now says, for a run that is recovered.
 * aborting: gives up following; the run goes on there. Both end as cs_session_run_finish() and
 * cs_session_recover_finish() say. */
void cs_agent_follow_run_async (CsAgentClient *client,
                                CsRun *run,
                                GCancellable *aborting,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void cs_agent_follow_recover_async (CsAgentClient *client,
                                    CsRun *run,
                                    const char *place,
                                    GCancellable *aborting,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
CsOutcome *cs_agent_follow_finish (GAsyncResult *result, GError **error);

G_END_DECLS
