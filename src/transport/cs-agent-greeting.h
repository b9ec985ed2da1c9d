/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent says of itself, for people who look at it. */

#pragma once

#include "cs-target.h"

G_BEGIN_DECLS

/**
 * CsAgentGreeting:
 * @version: of countersign-agent
 * @host: that it runs on, as that calls itself
 * @user: as whom it runs commands
 * @environment: (nullable): that it serves
 * @uptime: seconds since it was started
 * @running: how many commands run there now
 * @queued: how many wait to
 * @limit: how many it runs at once
 * @require_approvals: whether it checks itself who has signed for a command
 * @certificate: (nullable): fingerprint of the one that it shows
 * @expires: when that ends, in microseconds since 1970 UTC; 0 if it did not say
 * @next: (nullable): fingerprint of the one that comes next
 * @next_from: when; likewise
 */
typedef struct
{
  char *version;
  char *host;
  char *user;
  char *environment;
  gint64 uptime;
  guint running;
  guint queued;
  guint limit;
  gboolean require_approvals;
  char *certificate;
  gint64 expires;
  char *next;
  gint64 next_from;
} CsAgentGreeting;

/* target: an agent, with its access. Errors as cs_session_open_finish(). */
void cs_agent_greeting_load_async (CsTarget *target,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CsAgentGreeting *cs_agent_greeting_load_finish (GAsyncResult *result, GError **error);
void cs_agent_greeting_free (CsAgentGreeting *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentGreeting, cs_agent_greeting_free)

G_END_DECLS
