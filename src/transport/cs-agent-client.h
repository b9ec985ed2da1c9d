/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP to one agent: its certificate, our token, signed requests, and when to ask again. */

#pragma once

#include "cs-agent-signer.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Everything happens in the thread whose default main context it was made in, but for reference
 * counts. The contract is data/openapi/countersign-agent.yaml. */
typedef struct _CsAgentClient CsAgentClient;

/** CS_AGENT_FRAMES: media type of a run that is followed */
#define CS_AGENT_FRAMES "application/vnd.countersign.frames"

/**
 * CsAgentFlags:
 * @CS_AGENT_SIGNED: the request changes something, so a person signs it
 * @CS_AGENT_STREAM: a run is to be followed: the answer is a stream of frames
 */
typedef enum
{
  CS_AGENT_NONE = 0,
  CS_AGENT_SIGNED = 1 << 0,
  CS_AGENT_STREAM = 1 << 1,
} CsAgentFlags;

/**
 * CsAgentAnswer:
 * @status: of HTTP
 * @json: (nullable): the body, of answers and of problems
 * @stream: (nullable): the frames
 * @problem: (nullable): the last part of the problem's type: `run-exists`
 * @again: whether the answer is about a request that was sent more than once
 */
typedef struct
{
  guint status;
  JsonNode *json;
  GInputStream *stream;
  char *problem;
  gboolean again;
} CsAgentAnswer;

void cs_agent_answer_free (CsAgentAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentAnswer, cs_agent_answer_free)

/* fingerprint NULL: an authority has signed the certificate; next: another that is right, or NULL.
 * token is copied, and wiped. */
CsAgentClient *cs_agent_client_new (const char *address,
                                    const char *url,
                                    const char *fingerprint,
                                    const char *next,
                                    const char *token);
void cs_agent_client_free (CsAgentClient *self);
void cs_agent_client_set_signer (CsAgentClient *self, CsAgentSigner *signer);

/* Ends everything that is under way, and the connections. */
void cs_agent_client_abort (CsAgentClient *self);

/* target: path and query. patience: seconds for which a connection that breaks is made again; every
 * request may be sent again, for an id runs once. An answer that says no is an answer.
 * UNREACHABLE: it was certainly not received; WAITING: nobody here knows; AUTH: the certificate or
 * the signing key. */
void cs_agent_client_send_async (CsAgentClient *self,
                                 const char *method,
                                 const char *target,
                                 GBytes *body,
                                 CsAgentFlags flags,
                                 guint patience,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
CsAgentAnswer *cs_agent_client_send_finish (GAsyncResult *result, GError **error);

/* GET /v1/health, which says who the agent is; to be asked first. */
void cs_agent_client_greet_async (CsAgentClient *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
JsonNode *cs_agent_client_greet_finish (GAsyncResult *result, GError **error);

/* What an answer that says no means, as a sentence. */
GError *cs_agent_client_describe (CsAgentClient *self, const CsAgentAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentClient, cs_agent_client_free)

G_END_DECLS
