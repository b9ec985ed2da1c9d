/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to an agent about a run, and what comes back, as JSON. */

#pragma once

#include "cs-outcome-private.h"
#include "cs-run.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** The body of PUT /v1/runs/{id}. INVALID for what a shell can't take. */
GBytes *cs_agent_json_build_run (CsRun *run, GError **error);

/* Text, or {"base64": …} where it is none. (transfer full) */
JsonNode *cs_agent_json_build_bytes (const char *bytes);
char *cs_agent_json_dup_bytes (JsonNode *node);

/**
 * CsAgentRun:
 *
 * What an agent says about a run. @kind, @status, @cwd and @environment mean something once @state
 * is `finished`.
 */
typedef struct
{
  char *state;
  char *problem;
  CsOutcomeKind kind;
  int status;
  char *cwd;
  GHashTable *environment;
  gint64 size;
  gint64 kept;
  gboolean truncated;
  char *digest;
  char *text;
} CsAgentRun;

CsAgentRun *cs_agent_run_parse (JsonNode *node, GError **error);
void cs_agent_run_free (CsAgentRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentRun, cs_agent_run_free)

G_END_DECLS
