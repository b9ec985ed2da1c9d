/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the states: for the fold, which alone changes them. */

#pragma once

#include "cs-states.h"
#include "cs-target.h"

G_BEGIN_DECLS

struct _CsBlockState
{
  GObject parent;

  CsBlock *block;
  CsStatus status;
  char *run_id;
  int exit_status;
  char *ending;
  char *output;
  gint64 output_size;
  gboolean truncated;
  char *cwd;
  char *sent;
  char *place; /* where the target keeps the newest attempt; see cs_session_get_place() */
  gint64 started;
  gint64 finished;
  char *actor;
  char *problem;
  guint attempts;
  GPtrArray *judgements; /* of CsJudgement; NULL: nothing is expected */
  gboolean good;         /* it ended as it should, as far as a program can tell */
  char *accepted;        /* why it counts as passed although it failed; NULL */
  char *accepted_by;
  char *accepted_role;
  CsRun *run;
  CsStepState *step; /* in which it stands; unowned */

  /* The whole, on a fleet. */
  CsTarget *fleet;     /* NULL elsewhere */
  GListStore *members; /* made when they are first needed */
  GHashTable *by_name; /* name → CsBlockState in members */
  guint counts[CS_STATUS_INTERRUPTED + 1];
  CsBatching batching;
  gboolean driven; /* its newest attempt goes on to other members */
  gint64 pause_until;

  /* One member. */
  CsBlockState *whole; /* unowned */
  char *member;
  int rank;
  char *skip_reason;
};

struct _CsCheckState
{
  GObject parent;

  CsCheck *check;
  gboolean done;
  char *actor;
  gint64 at;
};

struct _CsStepState
{
  GObject parent;

  CsStep *step;
  CsStatus status;
  GListStore *blocks;
  GListStore *checks;
  GPtrArray *chosen; /* CsBlockState, one of each choice that was made; unowned */
  GPtrArray *follow_ups; /* of CsFollowUp that stand in it; unowned; NULL: none */
  char *skip_reason;
  gboolean is_for_others; /* it was left out when the deployment was opened */
  gboolean confirmed;
  char *confirmed_by;
  gint64 started;
  gint64 finished;
  gint64 last_act;
};

struct _CsSignoffState
{
  GObject parent;

  CsSignoff *signoff;
  CsStatus status;
  CsVerified verified;
  char *problem;
  char *signer;
  char *signer_name;
  char *role;
  char *fingerprint;
  char *comment;
  char *envelope;
  char *handwriting;    /* digest of a picture, as the record says; NULL */
  GBytes *handwritten;  /* the picture, once the signature over it was found good */
  gint64 at;
  gboolean approve;
  char *lapsed;       /* why an approval counts no more; NULL while it does */
  char *record_hash;  /* of the signed record, so that a late check of an older one is dropped */
  char *covered_head; /* what the stream's head was when it was signed */
};

struct _CsPhaseState
{
  GObject parent;

  CsPhase *phase;
  CsStatus status;
  GListStore *steps;
  GListStore *signoffs;
  CsStepState *chosen; /* of its steps that are options, which is gone for; unowned; NULL */
};

CsBlockState *cs_block_state_new (CsBlock *block, CsStepState *step);
void cs_block_state_set_fleet (CsBlockState *self, CsTarget *fleet);
void cs_block_state_set_driven (CsBlockState *self, gboolean driven);
void cs_block_state_set_pause_until (CsBlockState *self, gint64 at);
void cs_block_state_count (CsBlockState *self, CsStatus before, CsStatus after);
void cs_block_state_derive (CsBlockState *self); /* of a fleet, from its members */
void cs_block_state_notify_counts (CsBlockState *self);
/* A new attempt: what is known of the one before is left to the records. */
void cs_block_state_begin (CsBlockState *self, const char *run_id, const char *actor, gint64 at);
void cs_block_state_set_status (CsBlockState *self, CsStatus status);
void cs_block_state_set_run (CsBlockState *self, CsRun *run);
/* What the newest attempt comes to, by the verdicts on it. */
CsStatus cs_block_state_weigh (CsBlockState *self);
void cs_block_state_accept (CsBlockState *self,
                            const char *actor,
                            const char *role,
                            const char *reason);
void cs_block_state_ask (CsBlockState *self, const CsJudgement *judgement);
void cs_block_state_forget_verdicts (CsBlockState *self);
/* Whether a person judges this one: it is open, or that person has. */
gboolean cs_judgement_is_personal (const CsJudgement *self);

CsCheckState *cs_check_state_new (CsCheck *check);
void cs_check_state_set (CsCheckState *self, gboolean done, const char *actor, gint64 at);

CsStepState *cs_step_state_new (CsStep *step);
gboolean cs_step_state_is_followed_up (CsStepState *self);
void cs_step_state_set_status (CsStepState *self, CsStatus status);
gboolean cs_step_state_stand_for_each_other (CsBlockState *one, CsBlockState *other);
void cs_step_state_choose (CsStepState *self, CsBlockState *block);
/* What was chosen of the options that a command is one of; NULL if nothing was. */
CsBlockState *cs_step_state_find_chosen (CsStepState *self, CsBlockState *block);
/* Whether the option that a command is part of was chosen. */
gboolean cs_step_state_is_chosen (CsStepState *self, CsBlockState *block);
void cs_step_state_touch (CsStepState *self, gint64 at);

CsSignoffState *cs_signoff_state_new (CsSignoff *signoff);
void cs_signoff_state_set_status (CsSignoffState *self, CsStatus status);
void cs_signoff_state_set_verified (CsSignoffState *self, CsVerified verified, const char *problem);

CsPhaseState *cs_phase_state_new (CsPhase *phase);
gboolean cs_phase_state_is_settled_by_signing (CsPhaseState *self, CsStepState *step);
gboolean cs_phase_state_has_taken_another (CsPhaseState *self, CsStepState *step);
guint cs_phase_state_count_open (CsPhaseState *self);
void cs_phase_state_set_status (CsPhaseState *self, CsStatus status);

G_END_DECLS
