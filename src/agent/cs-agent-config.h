/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that an agent is told by files: one unchanging snapshot, replaced as a whole. */

#pragma once

#include "cs-agent-policy.h"
#include "cs-allowed-signers.h"
#include "cs-tokens.h"

G_BEGIN_DECLS

#define CS_AGENT_CONF "agent.conf"
#define CS_AGENT_POLICY_FILE "policy"
#define CS_AGENT_SIGNERS_FILE "allowed_signers"
#define CS_AGENT_TOKENS_FILE "tokens"
#define CS_AGENT_ROTATION_FILE "rotation"

/** CsAgentLimits: requests a minute for each caller, and what bounds the rest */
typedef struct
{
  gint64 runs_at_once;
  gint64 queue;
  gint64 connections;
  gint64 starts_per_minute;
  gint64 changes_per_minute;
  gint64 reads_per_minute;
  gint64 output_mib;
  gint64 keep_days;
  gint64 keep_mib;
} CsAgentLimits;

/**
 * CsAgentConfig:
 * @certificate: (nullable): in use; %NULL on plain HTTP
 * @next: (nullable): to be used from @next_from on, in UTC microseconds
 * @previous: (nullable): fingerprint of the one before, which requests may still name
 * @identities: fingerprints of what stands in front of the agent
 */
typedef struct
{
  int references;
  char *directory;
  char *state;
  char *id;
  char **listen;
  char *path;
  gboolean plain;
  char *certificate_path;
  GTlsCertificate *certificate;
  GTlsCertificate *next;
  gint64 next_from;
  char *previous;
  char **identities;
  CsAgentLimits limits;
  CsAgentPolicy *policy;
  CsAllowedSigners *signers;
  GPtrArray *tokens;
} CsAgentConfig;

CsAgentConfig *cs_agent_config_load (const char *directory, GError **error);
CsAgentConfig *cs_agent_config_ref (CsAgentConfig *self);
void cs_agent_config_unref (CsAgentConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentConfig, cs_agent_config_unref)

gboolean cs_agent_config_has_identity (CsAgentConfig *self, const char *identity);

G_END_DECLS
