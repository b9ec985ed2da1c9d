/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client and its requests share. */

#pragma once

#include "cs-agent-client.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

struct _CsAgentClient
{
  SoupSession *soup;
  char *address;
  char *url;
  char *fingerprint;
  char *next; /* of a certificate that is accepted as well */
  gboolean pinned;
  char *authorization; /* wiped */
  CsAgentSigner *signer;
  char *identity;      /* for whom requests are signed; NULL until it was greeted */
  char *shown;         /* the certificate that was seen last */
  gint64 clock_offset; /* microseconds by which the agent's clock is ahead */
  gboolean sign_reads;
};

void cs_agent_client_watch_certificate (CsAgentClient *self, SoupMessage *message);
void
cs_agent_client_note_identity (CsAgentClient *self, SoupMessage *message, JsonObject *health);
GError *cs_agent_client_describe_failure (CsAgentClient *self, GError *error, gboolean sent);

G_END_DECLS
