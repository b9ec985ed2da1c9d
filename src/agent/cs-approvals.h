/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether enough of the right people approved the very command that is to run. */

#pragma once

#include "cs-agent-policy.h"
#include "cs-allowed-signers.h"
#include "cs-problem.h"

G_BEGIN_DECLS

/**
 * CsApprovalQuestion:
 * @command: digest of the command as the runbook has it
 * @text: digest of what would run, with its values
 * @shell: what is to read it
 * @terminal: whether a person may answer it
 * @envelopes: (element-type CsEnvelope)
 * @now: UTC microseconds
 */
typedef struct
{
  const CsAgentPolicy *policy;
  CsAllowedSigners *signers;
  const char *operator_;
  const char *deployment;
  const char *command;
  const char *text;
  const char *shell;
  gboolean terminal;
  GPtrArray *envelopes;
  gint64 now;
} CsApprovalQuestion;

JsonArray *cs_approvals_check (const CsApprovalQuestion *question, CsProblem **problem);

G_END_DECLS
