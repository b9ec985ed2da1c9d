/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the room makes an outcome. */

#pragma once

#include "cs-outcome.h"

G_BEGIN_DECLS

/**
 * CsOutcomeFacts:
 *
 * What a session knows when a run has ended; see the getters of CsOutcome. Everything is copied
 * but @environment, which gets a reference.
 */
typedef struct
{
  CsOutcomeKind kind;
  int status;
  gint64 started;
  gint64 finished;
  const char *cwd;
  GHashTable *environment;
  gint64 output_size;
  const char *output_digest;
  gboolean truncated;
} CsOutcomeFacts;

CsOutcome *cs_outcome_new (const CsOutcomeFacts *facts);

G_END_DECLS
