/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `countersign-agent init` printed, taken apart. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsAgentPaste:
 * @name: (nullable): that the agent gave itself
 * @url: where it listens
 * @fingerprint: (nullable): of its certificate
 * @environment: (nullable): that it serves
 * @token: (nullable): for the keyring
 */
typedef struct
{
  char *name;
  char *url;
  char *fingerprint;
  char *environment;
  char *token;
} CsAgentPaste;

/* NULL if there is nothing of an agent in text. */
CsAgentPaste *cs_agent_paste_parse (const char *text);
void cs_agent_paste_free (CsAgentPaste *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentPaste, cs_agent_paste_free)

G_END_DECLS
