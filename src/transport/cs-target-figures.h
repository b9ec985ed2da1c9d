/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a target has done lately: commands, failures, and how fast it answered. */

#pragma once

#include "cs-store.h"

G_BEGIN_DECLS

/** CS_TARGET_FIGURES_LATENCIES: how many of the newest latencies are kept */
#define CS_TARGET_FIGURES_LATENCIES 60
/** CS_TARGET_FIGURES_RUNS: how many of the newest runs are kept */
#define CS_TARGET_FIGURES_RUNS 10

/**
 * CsTargetRun:
 *
 * One command that ended on the target, as its record says.
 */
typedef struct
{
  char *deployment; /* UUID */
  char *step;
  gint64 at; /* UTC microseconds of its end */
  gint64 duration;
  char *ending; /* as cs_outcome_kind_to_string() */
  int status;
  gboolean passed;
} CsTargetRun;

/**
 * CsTargetFigures:
 * @n_runs: commands that ended there, among the journal's newest 2,000
 * @n_last_minute: of these, in the last 60 seconds
 * @n_failures: times that the target itself failed (not its commands), among the newest 2,000
 * @latency_p50: microseconds from sending a command to the word that it has begun; -1: none
 * @latency_p95: likewise
 * @latencies: (element-type gint64): the newest ones, oldest first: what a line shows
 * @runs: (element-type CsTargetRun): the newest ones, newest first
 */
typedef struct
{
  guint n_runs;
  guint n_last_minute;
  guint n_failures;
  gint64 latency_p50;
  gint64 latency_p95;
  GArray *latencies;
  GPtrArray *runs;
} CsTargetFigures;

void cs_target_figures_free (CsTargetFigures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTargetFigures, cs_target_figures_free)

/* Reads them from the journal: `block-finished` records whose target is name. */
void cs_target_figures_load_async (CsStore *store,
                                   const char *name,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CsTargetFigures *cs_target_figures_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
