/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has happened to each part of a runbook in one deployment; changed by the fold alone. */

#pragma once

#include "cs-batching.h"
#include "cs-judgement.h"
#include "cs-phase.h"
#include "cs-run.h"
#include "cs-signoff.h"

G_BEGIN_DECLS

/**
 * CsStatus:
 * @CS_STATUS_TODO: not begun, and something else comes first
 * @CS_STATUS_READY: may be done now
 * @CS_STATUS_RUNNING: a command is running
 * @CS_STATUS_WAITING: begun; waits for a person (check items, a signature, the next batch of a
 *   fleet, a verdict on what was printed)
 * @CS_STATUS_PASSED: done
 * @CS_STATUS_FAILED: a command failed, or a sign-off was rejected
 * @CS_STATUS_SKIPPED: left out with a reason
 * @CS_STATUS_INTERRUPTED: was running when the program or the connection ended; outcome unknown
 */
typedef enum
{
  CS_STATUS_TODO,
  CS_STATUS_READY,
  CS_STATUS_RUNNING,
  CS_STATUS_WAITING,
  CS_STATUS_PASSED,
  CS_STATUS_FAILED,
  CS_STATUS_SKIPPED,
  CS_STATUS_INTERRUPTED,
} CsStatus;

#define CS_TYPE_STATUS (cs_status_get_type ())
GType cs_status_get_type (void);
const char *cs_status_to_string (CsStatus status); /* "todo", … */
gboolean cs_status_is_over (CsStatus status);      /* passed or skipped */

/* A command block, or on a fleet what has happened to it on one member. Properties (notify):
 * "status", "run", "pause-until", "counts" (of members: no value, only the notification). */
#define CS_TYPE_BLOCK_STATE (cs_block_state_get_type ())
G_DECLARE_FINAL_TYPE (CsBlockState, cs_block_state, CS, BLOCK_STATE, GObject)

CsBlock *cs_block_state_get_block (CsBlockState *self);
CsStatus cs_block_state_get_status (CsBlockState *self);
/* The newest attempt; all unset (NULL, -1, 0) before the first one. */
const char *cs_block_state_get_run_id (CsBlockState *self);
int cs_block_state_get_exit_status (CsBlockState *self);
const char *cs_block_state_get_ending (CsBlockState *self); /* "exited", "timed-out", … */
const char *cs_block_state_get_output (CsBlockState *self); /* blob digest */
gint64 cs_block_state_get_output_size (CsBlockState *self); /* bytes printed in all */
gboolean cs_block_state_get_truncated (CsBlockState *self);
const char *cs_block_state_get_cwd (CsBlockState *self);  /* where it began */
const char *cs_block_state_get_sent (CsBlockState *self); /* as it was sent */
gint64 cs_block_state_get_started (CsBlockState *self);   /* UTC microseconds */
gint64 cs_block_state_get_finished (CsBlockState *self);
const char *cs_block_state_get_actor (CsBlockState *self);
/* Why the outcome of the newest attempt is unknown, or why it did not start; NULL. */
const char *cs_block_state_get_problem (CsBlockState *self);
guint cs_block_state_get_attempts (CsBlockState *self);
/* What was expected of the newest attempt's output, and what came of each; of CsJudgement, NULL:
 * nothing was. On a fleet, what a person judges for all of its members. */
GPtrArray *cs_block_state_get_judgements (CsBlockState *self);
gboolean cs_block_state_awaits_verdict (CsBlockState *self); /* and is over for the program */
/* A person's reason why it counts as passed although it failed; NULL. */
const char *cs_block_state_get_accepted (CsBlockState *self);
const char *cs_block_state_get_accepted_by (CsBlockState *self);
const char *cs_block_state_get_accepted_role (CsBlockState *self);
/* Live, when this program runs it right now; else NULL. */
gboolean cs_block_state_is_stream (CsBlockState *self); /* endless, and runs now */
CsRun *cs_block_state_get_run (CsBlockState *self);

/* On a fleet: CsBlockState of each member in rank order, NULL elsewhere. The whole is running while
 * one of them is or the next batch is to come, passed when all have passed or were left out. */
GListModel *cs_block_state_get_members (CsBlockState *self);
guint cs_block_state_get_n_members (CsBlockState *self); /* 0 if it is no fleet */
guint cs_block_state_count_members (CsBlockState *self, CsStatus status);
CsBlockState *cs_block_state_find_member (CsBlockState *self, const char *name);
/* How the newest attempt goes through the fleet; before the first one, as the target says. */
const CsBatching *cs_block_state_get_batching (CsBlockState *self);
/* When this program starts the next batch (UTC microseconds); 0 while it does not wait for that. */
gint64 cs_block_state_get_pause_until (CsBlockState *self);

/* Of a member's: whose, and why it was left out. NULL, 0 for the whole. */
const char *cs_block_state_get_member (CsBlockState *self);
int cs_block_state_get_rank (CsBlockState *self);
CsBlockState *cs_block_state_get_whole (CsBlockState *self);
const char *cs_block_state_get_reason (CsBlockState *self);

/* A check item. Property (notify): "done". */
#define CS_TYPE_CHECK_STATE (cs_check_state_get_type ())
G_DECLARE_FINAL_TYPE (CsCheckState, cs_check_state, CS, CHECK_STATE, GObject)

CsCheck *cs_check_state_get_check (CsCheckState *self);
gboolean cs_check_state_get_done (CsCheckState *self);
const char *cs_check_state_get_actor (CsCheckState *self); /* NULL if nobody touched it */
gint64 cs_check_state_get_at (CsCheckState *self);

/* A step. Properties (notify): "status". */
#define CS_TYPE_STEP_STATE (cs_step_state_get_type ())
G_DECLARE_FINAL_TYPE (CsStepState, cs_step_state, CS, STEP_STATE, GObject)

CsStep *cs_step_state_get_step (CsStepState *self);
CsStatus cs_step_state_get_status (CsStepState *self);
GListModel *cs_step_state_get_blocks (CsStepState *self); /* CsBlockState of its command blocks */
GListModel *cs_step_state_get_checks (CsStepState *self); /* CsCheckState */
CsBlockState *cs_step_state_find_block (CsStepState *self, CsBlock *block);
gboolean cs_step_state_has_work (CsStepState *self); /* something has to be run or ticked */
gboolean cs_step_state_waits_for (CsStepState *self, CsBlockState *block);
const char *cs_step_state_get_reason (CsStepState *self);       /* why skipped */
const char *cs_step_state_get_confirmed_by (CsStepState *self); /* who confirmed or skipped it */
gint64 cs_step_state_get_started (CsStepState *self);           /* first act; 0 if none */
gint64 cs_step_state_get_finished (CsStepState *self);          /* when passed or skipped; else 0 */

/* A sign-off. Properties (notify): "status", "verified". */
#define CS_TYPE_SIGNOFF_STATE (cs_signoff_state_get_type ())
G_DECLARE_FINAL_TYPE (CsSignoffState, cs_signoff_state, CS, SIGNOFF_STATE, GObject)

/**
 * CsVerified:
 * @CS_VERIFIED_UNKNOWN: being checked
 * @CS_VERIFIED_GOOD: the signature is that person's over exactly this
 * @CS_VERIFIED_BAD: it is not; the problem says why
 */
typedef enum
{
  CS_VERIFIED_UNKNOWN,
  CS_VERIFIED_GOOD,
  CS_VERIFIED_BAD,
} CsVerified;

#define CS_TYPE_VERIFIED (cs_verified_get_type ())
GType cs_verified_get_type (void);

CsSignoff *cs_signoff_state_get_signoff (CsSignoffState *self);
CsStatus cs_signoff_state_get_status (CsSignoffState *self); /* ready, passed, failed (rejected) */
CsVerified cs_signoff_state_get_verified (CsSignoffState *self);
const char *cs_signoff_state_get_problem (CsSignoffState *self);
const char *cs_signoff_state_get_signer (CsSignoffState *self); /* person id */
const char *cs_signoff_state_get_signer_name (CsSignoffState *self);
const char *cs_signoff_state_get_role (CsSignoffState *self);
const char *cs_signoff_state_get_fingerprint (CsSignoffState *self);
const char *cs_signoff_state_get_comment (CsSignoffState *self);
gint64 cs_signoff_state_get_at (CsSignoffState *self);
gboolean cs_signoff_state_get_approve (CsSignoffState *self);
/* blob digest of the DSSE JSON */
GBytes *cs_signoff_state_get_handwriting (CsSignoffState *self);
const char *cs_signoff_state_get_envelope (CsSignoffState *self);

/* A phase. Property (notify): "status". */
#define CS_TYPE_PHASE_STATE (cs_phase_state_get_type ())
G_DECLARE_FINAL_TYPE (CsPhaseState, cs_phase_state, CS, PHASE_STATE, GObject)

CsPhase *cs_phase_state_get_phase (CsPhaseState *self);
CsStatus cs_phase_state_get_status (CsPhaseState *self);
gboolean cs_phase_state_is_choice (CsPhaseState *self, CsStepState *step); /* one of several */
GListModel *cs_phase_state_get_steps (CsPhaseState *self);                 /* CsStepState */
/* CsSignoffState standing in it */
GListModel *cs_phase_state_get_signoffs (CsPhaseState *self);
gint64 cs_phase_state_get_estimate (CsPhaseState *self);                   /* seconds; -1 */
gint64 cs_phase_state_get_started (CsPhaseState *self);
gint64 cs_phase_state_get_finished (CsPhaseState *self);

G_END_DECLS
