/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges what a command printed by what is expected of it. */

#pragma once

#include "cs-judgement.h"
#include "cs-outcome.h"
#include "cs-store.h"

G_BEGIN_DECLS

/* Sets the verdicts; TRUE if the exit status is what it should be. Safe in any thread. */
gboolean
cs_judge_output (GPtrArray *judgements, GBytes *output, gboolean truncated, int exit_status);

/* The same for a run whose output is in the store; the judgements must live until it finishes. */
void cs_judge_run_async (CsStore *store,
                         GPtrArray *judgements,
                         CsOutcome *outcome,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
gboolean cs_judge_run_finish (CsStore *store, GAsyncResult *result);

G_END_DECLS
