/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag and its rollout: the fold of the stream `rollout/KEY`. */

#pragma once

#include "cs-gate.h"
#include "cs-people.h"
#include "cs-stage.h"

G_BEGIN_DECLS

#define CS_FLAG_STREAM_PREFIX "rollout/"
/** CS_FLAG_ENVIRONMENT: of a flag that says nothing else */
#define CS_FLAG_ENVIRONMENT "production"

/* Records:
 * `flag-added` {key, description, owner, environment, provider, stages}, `flag-changed` {any of
 * these}, `flag-pinned` {in, out};
 * `rollout-signed` (a decree: {plan, stage, from, to, companies, provider, role, approve,
 * comment}), `rollout-overridden` (a decree: {plan, gates, reason});
 * `change-begun` {change, act, stage, from, to, companies, plan, reason}: before anything is
 * written; then one of `change-applied` {change}, `change-undone` {change, problem}: nothing has
 * changed in the end; `change-failed` {change, problem}: nobody knows what is there;
 * `drift-found` {found, words}, `drift-gone` {};
 * `promotion-scheduled` {schedule, stage, plan, at, guardrails, signed, to, reason}, which the
 * `change-begun` with this {schedule} ends; `promotion-unscheduled` {schedule, reason};
 * `promotion-suspended` {schedule, cause, what}.
 * States are {digest, count, everyone}; the blob of that name lists the companies. */

/** CsFlagAct: what changes for whom a feature is on */
typedef enum
{
  CS_FLAG_PROMOTE,
  CS_FLAG_BACK,
  CS_FLAG_KILL,
  CS_FLAG_ADOPT,
  CS_FLAG_RESTORE,
} CsFlagAct;

const char *cs_flag_act_to_string (CsFlagAct act); /* "promote", … */
gboolean cs_flag_act_from_string (const char *word, CsFlagAct *act);

/** CsFlagChange: a change that was begun; times in UTC microseconds */
typedef struct
{
  char *id;
  CsFlagAct act;
  char *stage;   /* id of the stage that it leads to; NULL: off */
  char *from;    /* digest of the state */
  char *to;
  guint n_from;
  guint n_to;
  char *plan;    /* digest of what was signed; NULL */
  char *reason;
  char *by;
  gint64 at;
} CsFlagChange;

/** CsFlagBallot: what someone signed about a plan */
typedef struct
{
  gint64 n;
  char *plan;
  char *by;
  char *role;
  char **roles; /* held then */
  gboolean approve;
  char *comment;
  gint64 at;
} CsFlagBallot;

/** CsFlagOverride: gates that someone with the right to it lets a plan pass */
typedef struct
{
  char *plan;
  char *by;
  char **roles;
  char **gates;
  char *reason;
  gint64 at;
} CsFlagOverride;

/**
 * CsFlagSchedule: a promotion that is planned; times in UTC microseconds
 * @plan: digest of what is to be done; once it would be another one, it is not done
 * @guardrails: digest of the bounds that it rests on
 * @is_signed: whether all signatures were there when it was planned
 * @suspended: (nullable): why it will not be done
 */
typedef struct
{
  char *id;
  char *stage;
  char *plan;
  char *guardrails;
  gboolean is_signed;
  gint64 at;
  gint64 since;
  char *by;
  char *reason;
  CsGate *suspended;
} CsFlagSchedule;

/* Signal ::changed after each record. */
#define CS_TYPE_FLAG (cs_flag_get_type ())
G_DECLARE_FINAL_TYPE (CsFlag, cs_flag, CS, FLAG, GObject)

/* NOT_FOUND if there is no such flag. It follows the store. */
void cs_flag_load_async (CsStore *store,
                         CsPeople *people,
                         const char *key,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
CsFlag *cs_flag_load_finish (GAsyncResult *result, GError **error);

const char *cs_flag_get_key (CsFlag *self);
const char *cs_flag_get_stream (CsFlag *self);
const char *cs_flag_get_head (CsFlag *self);
gint64 cs_flag_get_n_records (CsFlag *self);
const char *cs_flag_get_description (CsFlag *self);
const char *cs_flag_get_owner (CsFlag *self);       /* NULL */
const char *cs_flag_get_environment (CsFlag *self);
JsonObject *cs_flag_get_provider (CsFlag *self);
const char *cs_flag_get_provider_kind (CsFlag *self);
GPtrArray *cs_flag_get_stages (CsFlag *self);       /* of CsStage, in order */
const CsPins *cs_flag_get_pins (CsFlag *self);

/* The stage with this id or title; NULL. */
const CsStage *cs_flag_find_stage (CsFlag *self, const char *id_or_title);
int cs_flag_get_stage_index (CsFlag *self, const char *id); /* -1: off, or not there */
const CsStage *cs_flag_get_stage (CsFlag *self);    /* NULL: off */
const CsStage *cs_flag_get_next_stage (CsFlag *self); /* NULL: it was the last one */
gint64 cs_flag_get_since (CsFlag *self);            /* when the stage began; 0: never */
const char *cs_flag_get_members (CsFlag *self);     /* digest of the state; NULL: never on */
guint cs_flag_get_n_members (CsFlag *self);
/* What stepping back leads to: the digest of the state, and the stage (NULL: off). FALSE: there is
 * nothing to step back to. */
gboolean cs_flag_get_before (CsFlag *self, const char **state, const char **stage);

const CsFlagChange *cs_flag_get_change (CsFlag *self); /* begun, not ended; NULL */
const CsFlagSchedule *cs_flag_get_schedule (CsFlag *self); /* NULL: nothing is planned */
const char *cs_flag_get_trouble (CsFlag *self);        /* nobody knows what is there; NULL */
const char *cs_flag_get_drift (CsFlag *self);          /* what was found instead; NULL */
const char *cs_flag_get_drift_state (CsFlag *self);    /* its digest */
GPtrArray *cs_flag_get_ballots (CsFlag *self);         /* of CsFlagBallot, oldest first */
GPtrArray *cs_flag_get_overrides (CsFlag *self);       /* of CsFlagOverride */
GPtrArray *cs_flag_get_changes (CsFlag *self);         /* of CsFlagChange that took effect */

/* Intents of people about the flag itself. INVALID, EXISTS, CONFLICT. */

/* definition: {key, description, owner, environment, provider, stages}; see CsStage. */
void cs_flag_add_async (CsStore *store,
                        const char *actor,
                        JsonObject *definition,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
gboolean cs_flag_add_finish (GAsyncResult *result, GError **error);
/* change: the members that are to be other ones. */
void cs_flag_change_async (CsFlag *self,
                           const char *actor,
                           JsonObject *change,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
void cs_flag_pin_async (CsFlag *self,
                        const char *actor,
                        const CsPins *pins,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
gboolean cs_flag_act_finish (CsFlag *self, GAsyncResult *result, GError **error);

gboolean cs_flag_key_check (const char *key, GError **error);

G_END_DECLS
