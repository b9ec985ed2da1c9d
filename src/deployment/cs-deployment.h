/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One walk through a runbook: the fold of its stream, and the intents that append to it. */

#pragma once

#include "cs-breakers.h"
#include "cs-follow-up.h"
#include "cs-gate.h"
#include "cs-key.h"
#include "cs-keyring.h"
#include "cs-locks.h"
#include "cs-people.h"
#include "cs-point.h"
#include "cs-policies.h"
#include "cs-ruling.h"
#include "cs-runbook.h"
#include "cs-states.h"
#include "cs-statement.h"
#include "cs-store.h"
#include "cs-target.h"

G_BEGIN_DECLS

#define CS_DEPLOYMENT_STREAM_PREFIX "deployment/"

/**
 * CsDeploymentStatus:
 * @CS_DEPLOYMENT_ACTIVE: on its path
 * @CS_DEPLOYMENT_ROLLING_BACK: its path is now a rollback procedure
 * @CS_DEPLOYMENT_FINISHED: closed, all passed or skipped
 * @CS_DEPLOYMENT_ROLLED_BACK: closed after a rollback
 */
typedef enum
{
  CS_DEPLOYMENT_ACTIVE,
  CS_DEPLOYMENT_ROLLING_BACK,
  CS_DEPLOYMENT_FINISHED,
  CS_DEPLOYMENT_ROLLED_BACK,
} CsDeploymentStatus;

#define CS_TYPE_DEPLOYMENT_STATUS (cs_deployment_status_get_type ())
GType cs_deployment_status_get_type (void);
const char *cs_deployment_status_to_string (CsDeploymentStatus status);

/* Properties (notify): "status", "progress". Signal ::changed after each folded record. */
#define CS_TYPE_DEPLOYMENT (cs_deployment_get_type ())
G_DECLARE_FINAL_TYPE (CsDeployment, cs_deployment, CS, DEPLOYMENT, GObject)

const char *cs_deployment_get_id (CsDeployment *self);     /* UUID */
const char *cs_deployment_get_stream (CsDeployment *self); /* "deployment/<id>" */
CsRunbook *cs_deployment_get_runbook (CsDeployment *self);
const char *cs_deployment_get_title (CsDeployment *self);
const char *cs_deployment_get_environment (CsDeployment *self);
gboolean cs_deployment_is_production (CsDeployment *self); /* by its policy, else by the name */
CsTarget *cs_deployment_get_target (CsDeployment *self); /* as it was when opened */
const char *cs_deployment_get_operator (CsDeployment *self);
const char *cs_deployment_get_reason (CsDeployment *self);
gint64 cs_deployment_get_opened_at (CsDeployment *self);
gint64 cs_deployment_get_closed_at (CsDeployment *self); /* 0 while open */
gint64 cs_deployment_get_estimate (CsDeployment *self);  /* seconds, sum over the path; -1 */
CsDeploymentStatus cs_deployment_get_status (CsDeployment *self);
const char *cs_deployment_get_head (CsDeployment *self); /* hash of the newest record */
gint64 cs_deployment_get_n_records (CsDeployment *self);

GListModel *cs_deployment_get_phases (CsDeployment *self); /* CsPhaseState on the path */
/* CsPhaseState of rollback phases */
GListModel *cs_deployment_get_rollbacks (CsDeployment *self);
/* CsPhaseState that are off the path */
GListModel *cs_deployment_get_references (CsDeployment *self);
GListModel *cs_deployment_get_signoffs (CsDeployment *self); /* CsSignoffState, all */
/* first that is not over; NULL */
CsPhaseState *cs_deployment_get_current_phase (CsDeployment *self);
CsStepState *cs_deployment_find_step (CsDeployment *self, const char *step_id);
CsSignoffState *cs_deployment_find_signoff (CsDeployment *self, const char *signoff_id);
gboolean cs_deployment_signoff_counts (CsDeployment *self, CsSignoffState *signoff);
double cs_deployment_get_progress (CsDeployment *self); /* 0 … 1, by number of steps */
guint cs_deployment_get_n_steps (CsDeployment *self);   /* on the path */
guint cs_deployment_get_n_over (CsDeployment *self);    /* of these passed or skipped */

/**
 * CsNextKind: the one thing to do next
 */
typedef enum
{
  CS_NEXT_NOTHING,  /* closed */
  CS_NEXT_RUN,      /* run the step's next command */
  CS_NEXT_RUNNING,  /* wait: a command is running */
  CS_NEXT_CHECK,    /* tick an item */
  CS_NEXT_SIGN,     /* a signature is missing */
  CS_NEXT_SETTLE,   /* a step failed or was interrupted: retry, skip or roll back */
  CS_NEXT_CLOSE,    /* everything is over: close */
  CS_NEXT_CONTINUE, /* a fleet waits between two batches: run the command on the rest */
  CS_NEXT_JUDGE,    /* a person says whether the command printed what is expected */
  CS_NEXT_RESOLVE,  /* a blocker is to be resolved */
  CS_NEXT_DECIDE,   /* go or no-go is to be decided */
} CsNextKind;

typedef struct
{
  CsNextKind kind;
  CsStepState *step; /* unowned; NULL where it does not apply */
  CsBlockState *block;
  CsCheckState *check;
  CsSignoffState *signoff;
  const CsPoint *point;
} CsNext;

void cs_deployment_get_next (CsDeployment *self, CsNext *next);

/* Placeholders: the names in a block's command, or in all (NULL); their values; and what would be
 * sent now: the command with these values, as data. (transfer full) */
GPtrArray *cs_deployment_list_value_names (CsDeployment *self, CsBlock *block);
const char *cs_deployment_get_value (CsDeployment *self, const char *name);
char *cs_deployment_dup_command (CsDeployment *self, CsBlock *block, GError **error);

/* Secrets that commands refer to: their names in a block's command, or in all (NULL) (transfer
 * full), and whether the keyring had a value when it was asked last. */
GPtrArray *cs_deployment_list_secret_names (CsDeployment *self, CsBlock *block);
gboolean cs_deployment_has_secret (CsDeployment *self, const char *name);
void cs_deployment_set_keyring (CsDeployment *self, CsKeyring *keyring);
void cs_deployment_load_secrets_async (CsDeployment *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
cs_deployment_load_secrets_finish (CsDeployment *self, GAsyncResult *result, GError **error);

/* Connections from now on go through these; NULL: unguarded. */
void cs_deployment_set_breakers (CsDeployment *self, CsBreakers *breakers);

/* Commands are run only while the deployment has the lock on its environment; the first command
 * takes it where it is free, and closing gives it back. NULL: unguarded. */
void cs_deployment_set_locks (CsDeployment *self, CsLocks *locks);
CsLock *cs_deployment_get_lock (CsDeployment *self); /* whoever has it; NULL: it is free */
gboolean cs_deployment_has_lock (CsDeployment *self);
/* Taking it before that, or over from another deployment: then the reason is required, and the
 * other one runs nothing more. Finish with cs_deployment_act_finish(). */
GPtrArray *cs_deployment_gates_for_lock (CsDeployment *self, const char *reason);
void cs_deployment_lock_async (CsDeployment *self,
                               const char *actor,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void cs_deployment_unlock_async (CsDeployment *self,
                                 const char *actor,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* Opening: records the runbook (blob, stream runbook/<digest>) and the deployment. */
void cs_deployment_open_async (CsStore *store,
                               CsPeople *people,
                               CsPolicies *policies,
                               const char *state_directory,
                               CsRunbook *runbook,
                               const char *environment,
                               CsTarget *target,
                               const char *actor,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Folding one that is there. NOT_FOUND, CORRUPT. The object follows the store from then on. */
void cs_deployment_load_async (CsStore *store,
                               CsPeople *people,
                               CsPolicies *policies,
                               const char *state_directory,
                               const char *id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CsDeployment *cs_deployment_open_finish (GAsyncResult *result, GError **error);
CsDeployment *cs_deployment_load_finish (GAsyncResult *result, GError **error);

/* Gates: why this may not happen now; empty array if it may. (transfer full) GPtrArray of
 * CsGate. */
GPtrArray *cs_deployment_gates_for_step (CsDeployment *self, CsStepState *step);
GPtrArray *cs_deployment_gates_for_run (CsDeployment *self, CsStepState *step, CsBlockState *block);
GPtrArray *cs_deployment_gates_for_sign (CsDeployment *self, CsSignoffState *signoff);
GPtrArray *cs_deployment_gates_for_close (CsDeployment *self);
GPtrArray *
cs_deployment_gates_for_judge (CsDeployment *self, CsBlockState *block, guint index);
GPtrArray *cs_deployment_gates_for_accept (CsDeployment *self, CsBlockState *block);

/* Intents. Each asks its gates (WAITING, REFUSED), appends, and returns when the record is folded;
 * CONFLICT if a colleague was first. actor: a person id. */

/* Runs one command block: block-started is durable before anything is sent. Finishes when the
 * outcome is recorded; TRUE if it passed, FALSE without error is never returned: a command that ran
 * and failed gives TRUE and the state says FAILED. */
void cs_deployment_run_block_async (CsDeployment *self,
                                    const char *actor,
                                    CsStepState *step,
                                    CsBlockState *block,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cs_deployment_run_block_finish (CsDeployment *self, GAsyncResult *result, GError **error);
/* Interactive commands (cs_block_get_interactive()) run in a terminal of this type (NULL:
 * xterm-256color) and size from now on: their CsRun is one, see cs_run_send_input() and
 * cs_run_resize(). columns 0: there is no terminal, and nothing to read from. */
void cs_deployment_set_terminal (CsDeployment *self,
                                 const char *type,
                                 guint columns,
                                 guint rows);
/* TERM, then KILL; that is how an endless command passes. On a fleet on all members that run, and
 * no other is started. */
void cs_deployment_stop_block (CsDeployment *self, CsBlockState *block);

/**
 * CsFleetPart: the members of a fleet that a command is run on
 * @CS_FLEET_OPEN: those on which it has not passed and that were not left out
 * @CS_FLEET_REST: those on which it was not started
 * @CS_FLEET_FAILED: those on which it failed or that could not be reached
 */
typedef enum
{
  CS_FLEET_OPEN,
  CS_FLEET_REST,
  CS_FLEET_FAILED,
} CsFleetPart;

/* The same on a part of the deployment's fleet, in batches; batching NULL: as the target says. It
 * finishes when no other member is started and none runs: all passed, enough failed, a person is to
 * be asked before the next batch (the block is WAITING), or it was stopped.
 * cs_deployment_run_block_async() on a fleet is this with CS_FLEET_OPEN. */
void cs_deployment_run_fleet_async (CsDeployment *self,
                                    const char *actor,
                                    CsStepState *step,
                                    CsBlockState *block,
                                    CsFleetPart part,
                                    const CsBatching *batching,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* No other member is started; those that run go on to their end. */
void cs_deployment_pause_block (CsDeployment *self, CsBlockState *block);
/* Leaves one member out of a command, with a reason. */
void cs_deployment_skip_member_async (CsDeployment *self,
                                      const char *actor,
                                      CsBlockState *member,
                                      const char *reason,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/* Endless commands run beside the path: their step counts as done while they run, several may run
 * at once, and each ends when it is stopped, when its time box ({timeout=SECONDS}, else
 * CS_RUN_STREAM_TIME_BOX) is over, or when the deployment is closed or rolled back. */
GPtrArray *cs_deployment_list_streams (CsDeployment *self);
void cs_deployment_stop_streams_async (CsDeployment *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean cs_deployment_stop_streams_finish (CsDeployment *self,
                                            GAsyncResult *result,
                                            GError **error);

/* Asks the target how interrupted runs ended, and records what it says; a run that the target never
 * started is recorded as such (the step may be run again). Runs that another program is still
 * following stay as they are. */
void cs_deployment_recover_async (CsDeployment *self,
                                  const char *actor,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cs_deployment_recover_finish (CsDeployment *self, GAsyncResult *result, GError **error);

void cs_deployment_check_async (CsDeployment *self,
                                const char *actor,
                                CsStepState *step,
                                CsCheckState *check,
                                gboolean done,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void cs_deployment_skip_async (CsDeployment *self,
                               const char *actor,
                               CsStepState *step,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Which of several options is gone for: a step (block NULL), or a command of one in a step. */
GPtrArray *
cs_deployment_gates_for_choose (CsDeployment *self, CsStepState *step, CsBlockState *block);
void cs_deployment_choose_async (CsDeployment *self,
                                 const char *actor,
                                 CsStepState *step,
                                 CsBlockState *block,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* A command that its author leaves to a person ("If tests fail:") is not needed. */
GPtrArray *cs_deployment_gates_for_leave_out (CsDeployment *self, CsBlockState *block);
void cs_deployment_leave_out_async (CsDeployment *self,
                                    const char *actor,
                                    CsBlockState *block,
                                    const char *reason,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* A person's verdict on an expectation: one that is open, or on which a person judged before. */
void cs_deployment_judge_async (CsDeployment *self,
                                const char *actor,
                                CsBlockState *block,
                                guint index,
                                gboolean met,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* Blockers and go or no-go: of CsPoint, in the order of the document (transfer none); and the first
 * that a step of the path waits for. */
GPtrArray *cs_deployment_get_points (CsDeployment *self);
GPtrArray *cs_deployment_get_points_of (CsDeployment *self, CsPhaseState *phase);
const CsPoint *
cs_deployment_find_point (CsDeployment *self, CsPhaseState *phase, CsStepState *step);
void cs_deployment_resolve_async (CsDeployment *self,
                                  const char *actor,
                                  const CsPoint *point,
                                  const char *note,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
void cs_deployment_decide_async (CsDeployment *self,
                                 const char *actor,
                                 const CsPoint *point,
                                 gboolean go,
                                 const char *reason,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Nothing is run, ticked or left out until someone resumes; rolling back goes on. */
void cs_deployment_pause_async (CsDeployment *self,
                                const char *actor,
                                const char *reason,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void cs_deployment_resume_async (CsDeployment *self,
                                 const char *actor,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
const char *cs_deployment_get_pause_reason (CsDeployment *self); /* NULL: it is not paused */
const char *cs_deployment_get_paused_by (CsDeployment *self);
gint64 cs_deployment_get_paused_at (CsDeployment *self); /* UTC microseconds; 0 */
/* For a step without commands and checks: someone has read it and done what it says. */
void cs_deployment_confirm_async (CsDeployment *self,
                                  const char *actor,
                                  CsStepState *step,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* One name has one value in a deployment; NULL takes it back. */
void cs_deployment_set_value_async (CsDeployment *self,
                                    const char *actor,
                                    const char *name,
                                    const char *value,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* The ways back by their names: rollback phases, and the options in them ("Quick Rollback", "Full
 * Rollback"), of which one is enough; phase: which holds it, step: the option or NULL. */
typedef struct
{
  CsPhaseState *phase;
  CsStepState *step;
  const char *title;
} CsProcedure;

GPtrArray *cs_deployment_list_procedures (CsDeployment *self); /* of CsProcedure (transfer full) */
void cs_deployment_roll_back_by_async (CsDeployment *self,
                                       const char *actor,
                                       const CsProcedure *procedure,
                                       const char *reason,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
/* The rollback phase becomes the path; reason is required. */
void cs_deployment_roll_back_async (CsDeployment *self,
                                    const char *actor,
                                    CsPhaseState *procedure,
                                    const char *reason,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* What is to be done after it, or after rolling back: ticked as it is done. Closing with some of it
 * open takes a reason (NULL: none is given), and the record says what was open. */
GPtrArray *cs_deployment_list_follow_ups (CsDeployment *self, gboolean open);
const CsFollowUp *cs_deployment_find_follow_up (CsDeployment *self, guint line);
gint64 cs_deployment_get_deployed_at (CsDeployment *self);
gint64 cs_deployment_get_due (CsDeployment *self, const CsFollowUp *follow_up);
GPtrArray *cs_deployment_gates_for_follow_up (CsDeployment *self,
                                              const CsFollowUp *follow_up,
                                              gboolean done);
void cs_deployment_follow_up_async (CsDeployment *self,
                                    const char *actor,
                                    const CsFollowUp *follow_up,
                                    gboolean done,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GPtrArray *cs_deployment_gates_for_hand_over (CsDeployment *self, const char *reason);
void cs_deployment_hand_over_async (CsDeployment *self,
                                    const char *actor,
                                    const char *reason,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
const char *cs_deployment_get_closing_reason (CsDeployment *self); /* NULL: nothing was open */
void cs_deployment_close_async (CsDeployment *self,
                                const char *actor,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* For every act that has no other one of its own. */
gboolean cs_deployment_act_finish (CsDeployment *self, GAsyncResult *result, GError **error);

/* What held when it was opened, and holds to its end; NULL: nobody held a role then, so whoever has
 * a key may sign any line, whoever runs it. (transfer none) */
const CsPolicy *cs_deployment_get_policy (CsDeployment *self);
gboolean cs_deployment_is_operator (CsDeployment *self, const char *person);
/* Whether a signature in this role may stand on this line. */
gboolean cs_deployment_accepts_role (CsDeployment *self, CsSignoffState *signoff, const char *role);
/* CsSignoffState: the lines that are signed together with this one. (transfer full) */
GListModel *cs_deployment_list_together (CsDeployment *self, CsSignoffState *signoff);
/* In which role this person could sign this line now; NULL with REFUSED and why not. */
const char *cs_deployment_choose_role (CsDeployment *self,
                                       CsSignoffState *signoff,
                                       CsPerson *person,
                                       GError **error);

/* The commands that a signature on this line releases, in order. (transfer full) of CsBlock. */
GPtrArray *cs_deployment_list_released (CsDeployment *self, CsSignoffState *signoff);
/* Those of the rollback procedures, which each approval is for as well. (transfer full) */
GPtrArray *cs_deployment_list_rollback (CsDeployment *self);
char *cs_deployment_compute_manifest (CsDeployment *self,
                                      CsSignoffState *signoff,
                                      const CsStatement *statement);

/* The statement that a signature by signer would make now, to be shown before signing
 * (transfer full). */
CsStatement *cs_deployment_prepare_statement (CsDeployment *self,
                                              CsSignoffState *signoff,
                                              const char *role,
                                              CsPerson *signer,
                                              CsKey *key,
                                              gboolean approve,
                                              const char *comment);
/* Signs exactly that statement and records it. CONFLICT if the head moved since it was prepared. */
void cs_deployment_sign_async (CsDeployment *self,
                               CsSignoffState *signoff,
                               const CsStatement *statement,
                               GBytes *handwriting,
                               CsKey *key,
                               CsAskpass *askpass,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_deployment_sign_finish (CsDeployment *self, GAsyncResult *result, GError **error);

/* CsSignoffState: the signatures that stop the deployment (transfer full); CsRuling: what was
 * decided about such and about gates (transfer none); CsPeopleFault: records of that kind that
 * count for nothing (transfer none). */
GPtrArray *cs_deployment_list_rejections (CsDeployment *self);
char *cs_deployment_dup_rejection_words (CsDeployment *self, CsSignoffState *signature);
GPtrArray *cs_deployment_get_rulings (CsDeployment *self);
GPtrArray *cs_deployment_get_faults (CsDeployment *self);
gboolean cs_deployment_is_overridden (CsDeployment *self, const char *gate, const char *step);
/* CsGate: what of a step could be overridden now. (transfer full) */
GPtrArray *cs_deployment_list_overridable (CsDeployment *self, CsStepState *step);
/* Who may overrule and override here, as the policy calls the role. (transfer none) */
const char *cs_deployment_get_overrider (CsDeployment *self);

/* Whether an opening says that marks of commands as passed count only with a signature. */
gboolean cs_deployment_marks_are_signed (CsRecord *opening);

/* Rulings, each signed with the key of the one who decides. */
/* What failed counts as passed from now on. role: that of the signer that counts here; NULL: the
 * first one that they hold. */
void cs_deployment_accept_async (CsDeployment *self,
                                 CsBlockState *block,
                                 const char *role,
                                 const char *reason,
                                 CsKey *key,
                                 CsAskpass *askpass,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void cs_deployment_withdraw_async (CsDeployment *self,
                                   CsSignoffState *signoff,
                                   const char *reason,
                                   CsKey *key,
                                   CsAskpass *askpass,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
void cs_deployment_overrule_async (CsDeployment *self,
                                   CsSignoffState *signoff,
                                   const char *reason,
                                   CsKey *key,
                                   CsAskpass *askpass,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
void cs_deployment_override_async (CsDeployment *self,
                                   CsStepState *step,
                                   const char *gate,
                                   const char *reason,
                                   CsKey *key,
                                   CsAskpass *askpass,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean cs_deployment_rule_finish (CsDeployment *self, GAsyncResult *result, GError **error);

/* Whether the rules allow what a signature on this line says, as of when it was recorded. */
gboolean cs_deployment_check_approval (CsDeployment *self,
                                       const CsStatement *statement,
                                       gint64 at,
                                       gboolean is_operator,
                                       GError **error);
gboolean cs_deployment_is_operating (CsRecord *record); /* its actor runs the deployment */

/* Ends the connection (if any): at once, or when the target has tidied up after the recorded
 * runs. */
void cs_deployment_disconnect (CsDeployment *self);
void cs_deployment_disconnect_async (CsDeployment *self,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cs_deployment_disconnect_finish (CsDeployment *self, GAsyncResult *result, GError **error);

G_END_DECLS
