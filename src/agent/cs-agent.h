/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent: answers requests until it is told to end. */

#pragma once

#include "cs-agent-config.h"

G_BEGIN_DECLS

typedef struct _CsAgentServer CsAgentServer;

CsAgentServer *cs_agent_server_new (CsAgentConfig *config, GError **error);
void cs_agent_server_free (CsAgentServer *self);

void cs_agent_server_set_config (CsAgentServer *self, CsAgentConfig *config);
char **cs_agent_server_list_addresses (CsAgentServer *self);
void cs_agent_server_stop (CsAgentServer *self);

G_END_DECLS
