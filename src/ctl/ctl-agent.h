/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What countersignctl asks about agents: their tokens. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/**
 * CtlAgentOptions:
 * @url: where it is
 * @fingerprint: (nullable): of its certificate
 * @token_fd: (nullable): number of the descriptor with its token
 */
typedef struct
{
  char *url;
  char *fingerprint;
  char *token_fd;
} CtlAgentOptions;

void ctl_agent_options_clear (CtlAgentOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlAgentOptions, ctl_agent_options_clear)

/* Reads the token of a target (from --token-fd, standard input, or asked on the terminal) and gives
 * it to the keyring. */
CtlStatus ctl_agent_keep_token (Ctl *ctl, const char *name, const CtlAgentOptions *options);

G_END_DECLS
