/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which certificates agents may show by now, where another one was agreed upon at first. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_AGENT_PINS_ANNOUNCED: kind of record: an agent said which certificate comes next */
#define CS_AGENT_PINS_ANNOUNCED "agent-certificate-announced"
/** CS_AGENT_PINS_ADOPTED: kind of record: an agent shows it, and the one before counts no more */
#define CS_AGENT_PINS_ADOPTED "agent-certificate-adopted"

typedef struct _CsAgentPins CsAgentPins;

/**
 * CsAgentCertificates:
 * @target: name of the target as which the agent was asked
 * @agreed: fingerprint that was agreed upon when the target was added
 * @current: (nullable): of the one that the agent shows
 * @next: (nullable): of the one that it will show
 * @from: (nullable): when, as it says
 *
 * What an agent said of its certificates over a connection on which it showed a pinned one.
 */
typedef struct
{
  const char *target;
  const char *agreed;
  const char *current;
  const char *next;
  const char *from;
} CsAgentCertificates;

CsAgentPins *cs_agent_pins_new (void);
CsAgentPins *cs_agent_pins_ref (CsAgentPins *self);
void cs_agent_pins_unref (CsAgentPins *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentPins, cs_agent_pins_unref)

const char *cs_agent_pins_look_up (CsAgentPins *self, const char *agreed, const char **next);
JsonNode *
cs_agent_pins_compare (CsAgentPins *self, const CsAgentCertificates *told, const char **kind);
gboolean cs_agent_pins_fold (CsAgentPins *self, const char *kind, JsonObject *body);
void cs_agent_pins_forget (CsAgentPins *self, const char *agreed);

G_END_DECLS
