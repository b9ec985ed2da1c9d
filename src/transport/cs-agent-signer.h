/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs requests to agents for a person: with a key in memory that the person let do so, or where
 * an agent takes none, with the person's own. */

#pragma once

#include "cs-key.h"

G_BEGIN_DECLS

/** CS_AGENT_REQUEST_NAMESPACE: the namespace of requests to agents */
#define CS_AGENT_REQUEST_NAMESPACE "request@countersign"

typedef struct _CsAgentSigner CsAgentSigner;

CsAgentSigner *cs_agent_signer_ref (CsAgentSigner *self);
void cs_agent_signer_unref (CsAgentSigner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentSigner, cs_agent_signer_unref)

/* Asks the person to sign once for so many seconds; 0: each request is signed with the person's
 * key. AUTH if the key could not be used. askpass may be NULL. */
void cs_agent_signer_new_async (CsKey *key,
                                CsAskpass *askpass,
                                guint seconds,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CsAgentSigner *cs_agent_signer_new_finish (GAsyncResult *result, GError **error);

gint64 cs_agent_signer_get_expires (CsAgentSigner *self);
const char *cs_agent_signer_get_delegation (CsAgentSigner *self);

/* From any thread: an SSHSIG as one line of base64. */
void cs_agent_signer_sign_async (CsAgentSigner *self,
                                 GBytes *message,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
char *cs_agent_signer_sign_finish (GAsyncResult *result, GError **error);

G_END_DECLS
