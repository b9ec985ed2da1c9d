/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread in which a session talks to its agent, so that neither a busy window slows output down
 * nor much output the window. */

#pragma once

#include "cs-agent-client.h"

G_BEGIN_DECLS

typedef struct _CsAgentWorker CsAgentWorker;

/* What is done there; data is freed when it has returned. */
typedef void (*CsAgentWork) (CsAgentClient *client, gpointer data);

/* As cs_agent_client_new(). */
CsAgentWorker *cs_agent_worker_new (const char *address,
                                    const char *url,
                                    const char *fingerprint,
                                    const char *next,
                                    const char *token);

/* Ends the thread soon; nothing is waited for. */
void cs_agent_worker_free (CsAgentWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentWorker, cs_agent_worker_free)

/* From any thread. */
void cs_agent_worker_invoke (CsAgentWorker *self,
                             CsAgentWork work,
                             gpointer data,
                             GDestroyNotify destroy);

G_END_DECLS
