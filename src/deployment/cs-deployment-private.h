/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a deployment: for the files of this room. */

#pragma once

#include "cs-capture.h"
#include "cs-deployment.h"
#include "cs-guarded-session.h"
#include "cs-site.h"
#include "cs-run-lock.h"
#include "cs-session.h"
#include "cs-states-private.h"
#include "cs-time-window.h"

G_BEGIN_DECLS

struct _CsDeployment
{
  GObject parent;

  CsStore *store;
  CsPeople *people;
  CsPolicies *policies;
  CsPolicy *policy;      /* what held when it was opened; NULL: nobody held a role */
  GHashTable *operators; /* ids of those who opened it and ran commands */
  char *state_directory;
  gulong appended_handler;

  char *id;
  char *stream;
  CsRunbook *runbook;
  char *title;
  char *environment;
  gboolean production;
  gboolean steps_have_environments; /* and environments other names; as its opening says */
  CsTarget *target;
  char *operator;
  char *reason;
  gboolean marks_are_signed; /* that a command counts as passed although it failed is a ruling */
  gint64 opened_at;
  gint64 closed_at;
  CsDeploymentStatus status;
  GPtrArray *points;    /* CsPoint: blockers and decisions, in the order of the document */
  CsTimeWindow *window; /* when commands of its deploying phases may be run */
  GPtrArray *follow_ups; /* CsFollowUp, in the order of the document */
  char *closing_reason; /* why it was closed with some of them open; NULL */
  char *pause_reason;   /* NULL: it is not paused */
  char *paused_by;
  gint64 paused_at;
  char *head;
  gint64 n_records;
  gint64 latest_at; /* of all records so far: none counts as older than what it follows */

  GListStore *phases;
  GListStore *rollbacks;
  GListStore *references;
  GListStore *signoffs;
  GHashTable *steps;       /* step id → CsStepState, owned by its phase */
  CsPhaseState *procedure; /* the rollback that is the path now */

  GPtrArray *notes;      /* CsNote, in the order of the record */
  GPtrArray *rejections; /* CsRejection */
  GPtrArray *rulings;    /* CsRuling that count */
  GPtrArray *faults;     /* CsPeopleFault: those that do not */

  GHashTable *runs;        /* run id → CsBlockState: the newest attempts, of members, too */
  GHashTable *values;      /* name of a placeholder → value */
  GHashTable *value_sources; /* name → CsValueSource, of values that were printed */
  GHashTable *holders;     /* variables that commands may have left with such a value in them */
  GHashTable *sites;       /* name of a member, or "" → CsSite: where commands run */
  CsBreakers *breakers;    /* of the targets; NULL: without */
  CsLocks *locks;          /* on environments; NULL: without */
  CsKeyring *keyring;      /* NULL: without */
  GHashTable *secrets;     /* name → value that the keyring gave for a reference */
  gboolean secrets_loaded; /* it has been asked */
  char *terminal_type;     /* of the terminal for interactive commands; see the columns */
  guint terminal_columns;  /* 0: there is none */
  guint terminal_rows;
  GQueue *litter;            /* Litter: runs that targets may remove */
  guint n_forgetting;        /* runs that targets are removing */
  guint n_closing;           /* connections that are being closed for disconnecting */
  GTask *disconnecting;      /* waits for these */
  GSource *watching;         /* (nullable): looks whether somebody still follows what runs */
  GHashTable *followed;      /* run id → CsRunLock: runs that this program follows */
  GHashTable *drives;        /* CsBlockState → CsDrive: fleets that this program goes through */
  GSource *changed;          /* will tell that records were folded */
  GCancellable *cancellable; /* ends what the deployment does by itself when it is dropped */
};

/* State from records, and nothing else changes it. The record must be the next one of the
 * stream. */
void cs_deployment_fold (CsDeployment *self, CsRecord *record);
/* The states of steps and phases follow from those of their parts. */
void cs_deployment_derive (CsDeployment *self);
void cs_deployment_build_states (CsDeployment *self);
gboolean cs_deployment_policy_is_production (const CsPolicy *policy, const char *environment);
gboolean cs_deployment_has_on_path (CsDeployment *self, CsPhase *phase);
gboolean cs_deployment_is_line_for_others (CsDeployment *self, guint line);
void cs_deployment_draft_left_out (CsRunbook *runbook,
                                   const char *environment,
                                   gboolean production,
                                   GPtrArray *drafts);
void cs_deployment_fold_left_out_step (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_add_scope_gate (CsDeployment *self, CsStepState *step, GPtrArray *gates);
void cs_follow_up_free (CsFollowUp *self);
void cs_deployment_build_follow_ups (CsDeployment *self);
void cs_deployment_fold_followed_up (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_fold_follow_up_reopened (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_fold_handed_over (CsDeployment *self, JsonObject *body);
void cs_deployment_derive_follow_ups (CsDeployment *self);
void cs_deployment_build_points (CsDeployment *self);
void cs_deployment_fold_resolved (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_fold_decided (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_add_point_gates (CsDeployment *self,
                                    CsPhaseState *phase,
                                    CsStepState *step,
                                    GPtrArray *gates);
void cs_deployment_fold_noted (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_fold_chosen (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_fold_left_out (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_add_choice_gate (CsPhaseState *phase,
                                    CsStepState *step,
                                    CsBlockState *block,
                                    GPtrArray *gates);
void cs_deployment_add_lock_gate (CsDeployment *self, GPtrArray *gates);
void cs_deployment_add_target_gate (CsDeployment *self, GPtrArray *gates);
char *cs_deployment_dup_moment (gint64 at);
void cs_deployment_add_window_gate (CsDeployment *self, CsPhaseState *phase, GPtrArray *gates);
CsBlockState *cs_deployment_find_unsettled (CsDeployment *self);
void cs_deployment_add_foreign_streams (CsDeployment *self, GPtrArray *gates);
void cs_deployment_add_unsettled (CsDeployment *self, GPtrArray *gates);
/* Both finish with cs_deployment_act_finish(). */
void cs_deployment_hold_async (CsDeployment *self,
                               const char *actor,
                               CsStepState *step,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void cs_deployment_release_async (CsDeployment *self,
                                  const char *actor,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *cs_deployment_gates_for_batch (CsDeployment *self,
                                          CsStepState *step,
                                          CsBlockState *block);
gboolean cs_deployment_signoff_is_upfront (CsDeployment *self, CsSignoffState *signoff);
CsBlockState *cs_deployment_find_run (CsDeployment *self, const char *run_id);
CsSite *cs_deployment_find_site (CsDeployment *self, const char *member);
CsPhaseState *cs_deployment_find_phase_of (CsDeployment *self, CsStepState *step);
void cs_deployment_follow (CsDeployment *self);
void cs_deployment_notify_changed (CsDeployment *self);
/* The same a moment later, once for all records that come until then. */
void cs_deployment_queue_changed (CsDeployment *self);

JsonNode *cs_deployment_carry_environment (CsDeployment *self,
                                           CsBlockState *block,
                                           GHashTable *environment);
void cs_deployment_tidy (CsDeployment *self);
void cs_deployment_drop_litter (CsDeployment *self);
gboolean cs_deployment_looks_secret (const char *name);
void cs_deployment_add_secret_gates (CsDeployment *self, CsBlock *block, GPtrArray *gates);
void cs_deployment_lend_secrets (CsDeployment *self, CsBlock *block, CsRun *run);
char *cs_deployment_redact (CsDeployment *self, const char *text);
gboolean cs_deployment_holds_secret (CsDeployment *self, const char *text);
char *cs_runbook_redact (CsRunbook *runbook, const char *text);
const char *cs_deployment_carry_directory (CsDeployment *self,
                                           CsBlockState *block,
                                           const char *directory);
void cs_deployment_forget_run (CsDeployment *self, CsSite *site, const char *run_id);

/* Checks the newest signature on a line; its state is set before the call finishes. */
void cs_deployment_verify_signoff_async (CsDeployment *self,
                                         CsSignoffState *signoff,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
/* What the policy says; without one everything may be. */
void cs_deployment_add_policy_lines (CsDeployment *self);
void cs_deployment_derive_approvals (CsDeployment *self, GListModel *lines);
gboolean cs_deployment_check_offer (CsDeployment *self,
                                    CsSignoffState *signoff,
                                    CsPerson *person,
                                    const char *role,
                                    gboolean approve,
                                    GError **error);

/* Rejections, and what was decided about them and about gates. */
void cs_deployment_init_rulings (CsDeployment *self);
void cs_deployment_note_signature (CsDeployment *self, CsSignoffState *line, gint64 n);
GPtrArray *cs_deployment_list_noted (CsDeployment *self);
void cs_deployment_fold_ruling (CsDeployment *self, CsRecord *record);
void cs_deployment_fold_passed (CsDeployment *self, CsRecord *record, JsonObject *body);
void cs_deployment_add_rejection_gates (CsDeployment *self, GPtrArray *gates);
void cs_deployment_drop_overridden (CsDeployment *self, const char *step, GPtrArray *gates);

gboolean cs_deployment_may_run (CsDeployment *self, const char *actor, GError **error);

gboolean cs_deployment_verify_signoff_finish (CsDeployment *self, GAsyncResult *result);

CsDeployment *cs_deployment_new (CsStore *store,
                                 CsPeople *people,
                                 CsPolicies *policies,
                                 const char *state_directory,
                                 const char *id);

/* A JSON object of strings: name, value, …, NULL; a NULL value leaves its name out. */
JsonNode *cs_deployment_body (const char *first_name, ...) G_GNUC_NULL_TERMINATED;
void cs_deployment_append_async (CsDeployment *self,
                                 gint64 expected_n,
                                 const char *actor,
                                 const char *kind,
                                 JsonNode *body,
                                 const char *const *blobs,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Finishes with cs_deployment_act_finish(). */
void cs_deployment_act_async (CsDeployment *self,
                              GPtrArray *gates,
                              const char *actor,
                              const char *kind,
                              JsonNode *body,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_deployment_is_covered (CsDeployment *self, gint64 at, const char **signer);
gboolean cs_deployment_has_reason (const char *reason);
CsGate *cs_deployment_need_reason (const char *what);
/* body: what holds name and value, the record's own or a part of it. */
void
cs_deployment_fold_value (CsDeployment *self, CsRecord *record, JsonObject *body, gboolean set);
CsValueSource *cs_value_source_new (CsRecord *record, JsonObject *body);
void cs_value_source_free (CsValueSource *self);
gboolean
cs_deployment_is_secret_value (CsDeployment *self, const char *name, const char *value);
/* origin (transfer full): what a record says beside name and value. */
void cs_deployment_record_value_async (CsDeployment *self,
                                       const char *actor,
                                       const char *name,
                                       const char *value,
                                       JsonNode *origin,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
const char *
cs_deployment_find_captured_name (CsDeployment *self, CsBlockState *block, CsOutcome *outcome);
JsonObject *cs_deployment_new_captured (CsDeployment *self, const char *name, GBytes *output);
void cs_deployment_follow_values (CsDeployment *self, CsBlock *block);
void cs_deployment_add_value_gates (CsDeployment *self, CsBlock *block, GPtrArray *gates);
char *cs_deployment_dup_place_name (CsDeployment *self, CsBlock *block);
void cs_deployment_add_place_gate (CsDeployment *self, CsBlock *block, GPtrArray *gates);
JsonNode *cs_deployment_list_used_values (CsDeployment *self, CsBlock *block);
gboolean cs_deployment_append_finish (CsDeployment *self, GAsyncResult *result, GError **error);

void cs_deployment_hear_witness_async (CsDeployment *self,
                                       CsSession *session,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean cs_deployment_hear_witness_finish (GAsyncResult *result, GError **error);
void cs_deployment_show_witnesses_async (CsDeployment *self,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean cs_deployment_show_witnesses_finish (GAsyncResult *result, GError **error);

void cs_deployment_list_manifest (CsDeployment *self,
                                  CsSignoffState *signoff,
                                  CsStatement *statement);

CsAuthorisation *cs_deployment_new_authorisation (CsDeployment *self,
                                                  CsTarget *target,
                                                  CsBlock *block,
                                                  GPtrArray **envelopes);
gboolean cs_deployment_load_envelopes (CsStore *store,
                                       CsAuthorisation *authorisation,
                                       GPtrArray *digests,
                                       GError **error);

G_END_DECLS
