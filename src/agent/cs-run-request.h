/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a request for a run, read strictly. */

#pragma once

#include "cs-problem.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsRunRequest:
 * @script: as the runbook has it; any bytes but NUL
 * @terminal: (nullable): the type of the terminal in which it runs
 * @envelopes: (element-type CsEnvelope)
 * @stream: (nullable): whose head is shown
 */
typedef struct
{
  char *script;
  GHashTable *values;
  GHashTable *variables;
  GHashTable *secrets;
  char *cwd;
  char *shell;
  char *terminal;
  gint64 columns;
  gint64 rows;
  gint64 timeout;
  char *environment;
  char *deployment;
  GPtrArray *envelopes;
  char *stream;
  gint64 head_n;
  char *head_hash;
} CsRunRequest;

CsRunRequest *cs_run_request_parse (GBytes *body, CsProblem **problem);
void cs_run_request_free (CsRunRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRunRequest, cs_run_request_free)

/** CS_TERMINAL_SIZE_MAX: columns, or rows */
#define CS_TERMINAL_SIZE_MAX 2000

JsonObject *cs_body_parse (GBytes *body, JsonNode **node, CsProblem **problem);
gboolean cs_body_check_members (JsonObject *object,
                                const char *const *known,
                                CsProblem **problem);
gboolean cs_head_parse (JsonObject *object, gint64 *n, char **hash, CsProblem **problem);
gboolean cs_stream_is_valid (const char *stream);

G_END_DECLS
