/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types into the terminal of a run on an agent. */

#pragma once

#include "cs-agent-worker.h"
#include "cs-run.h"

G_BEGIN_DECLS

typedef struct _CsAgentTypist CsAgentTypist;

/* Of the thread that owns the session; worker: outlives it; signer: of the requests. */
CsAgentTypist *cs_agent_typist_new (CsAgentWorker *worker, CsAgentSigner *signer, CsRun *run);

/* The run is over. */
void cs_agent_typist_free (CsAgentTypist *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentTypist, cs_agent_typist_free)

G_END_DECLS
