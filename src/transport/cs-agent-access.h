/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks agents: the tokens of a workspace, and the key with which its requests are signed. */

#pragma once

#include "cs-agent-pins.h"
#include "cs-agent-signer.h"
#include "cs-keyring.h"

G_BEGIN_DECLS

#define CS_TYPE_AGENT_ACCESS (cs_agent_access_get_type ())
G_DECLARE_FINAL_TYPE (CsAgentAccess, cs_agent_access, CS, AGENT_ACCESS, GObject)

/* keyring: has each token (CS_KEYRING_TOKEN) under its target's name. keys_directory: where
 * Countersign keeps the keys that it made. */
CsAgentAccess *cs_agent_access_new (CsKeyring *keyring, const char *keys_directory);

/* Who is asked for the passphrase of a key; NULL: nobody. */
void cs_agent_access_set_askpass (CsAgentAccess *self, CsAskpass *askpass);
CsAskpass *cs_agent_access_get_askpass (CsAgentAccess *self);

/* Signal ::certificates-told (CsAgentCertificates *told): an agent said something about its
 * certificates, on a connection on which it showed a right one. told is for the call alone. */
void cs_agent_access_tell_certificates (CsAgentAccess *self,
                                        const char *target,
                                        const char *agreed,
                                        JsonObject *health);
/* What has become of certificates that were agreed upon; without it they stay as they were. */
void cs_agent_access_set_pins (CsAgentAccess *self, CsAgentPins *pins);
/* The fingerprint of the certificate that is accepted where agreed was agreed upon (NULL: none),
 * and of one that is accepted as well (out, optional, nullable). (transfer none) */
const char *
cs_agent_access_get_pin (CsAgentAccess *self, const char *agreed, const char **next);

/* The token for a target, to be freed with cs_secret_free(). AUTH if there is none. */
void cs_agent_access_lookup_token_async (CsAgentAccess *self,
                                         const char *target,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
char *cs_agent_access_lookup_token_finish (CsAgentAccess *self,
                                           GAsyncResult *result,
                                           GError **error);

/* A signer that is good for some minutes at least. identity: path of the key; NULL for the only one
 * that there is. seconds: for how long a key in memory may sign; 0 for none. */
void cs_agent_access_get_signer_async (CsAgentAccess *self,
                                       const char *identity,
                                       guint seconds,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
CsAgentSigner *cs_agent_access_get_signer_finish (CsAgentAccess *self,
                                                  GAsyncResult *result,
                                                  GError **error);

G_END_DECLS
