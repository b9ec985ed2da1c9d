/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag's rollout, and what may be done with it: plan, gates, and the acts themselves. */

#pragma once

#include "cs-companies.h"
#include "cs-gate.h"
#include "cs-rollout-plan.h"
#include "cs-rollout-site.h"
#include "cs-watch.h"

G_BEGIN_DECLS

#define CS_TYPE_ROLLOUT (cs_rollout_get_type ())
G_DECLARE_FINAL_TYPE (CsRollout, cs_rollout, CS, ROLLOUT, GObject)

/* Loads a flag, the companies, for whom it is on, and what its watch has found. NOT_FOUND,
 * INVALID (its provider). */
void cs_rollout_load_async (CsRolloutSite *site,
                            const char *key,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsRollout *cs_rollout_load_finish (GAsyncResult *result, GError **error);
/* Reads again what does not follow the journal by itself; before each plan. */
void cs_rollout_refresh_async (CsRollout *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_rollout_refresh_finish (CsRollout *self, GAsyncResult *result, GError **error);

CsFlag *cs_rollout_get_flag (CsRollout *self);
CsWatch *cs_rollout_get_watch (CsRollout *self);
CsCompanies *cs_rollout_get_companies (CsRollout *self);
CsCompanyList *cs_rollout_get_company_list (CsRollout *self);
CsFlagState *cs_rollout_get_state (CsRollout *self); /* for whom it is on, by the record */
CsFlagProvider *cs_rollout_get_provider (CsRollout *self);
/* How long the stage has soaked, in microseconds of good watch; as of the last refresh. */
gint64 cs_rollout_get_soaked (CsRollout *self);

/* Who would have the feature in a stage (id or title), or after a step back. NOT_FOUND, INVALID,
 * REFUSED. */
CsRolloutPlan *cs_rollout_plan_stage (CsRollout *self, const char *stage, GError **error);
void cs_rollout_plan_stage_async (CsRollout *self,
                                  const char *stage,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CsRolloutPlan *
cs_rollout_plan_stage_finish (CsRollout *self, GAsyncResult *result, GError **error);
CsRolloutPlan *cs_rollout_plan_back (CsRollout *self, GError **error);
/* CsGate: what stands in the way of this plan if actor begins it; those that an override has let
 * pass are left out. (transfer full) */
GPtrArray *cs_rollout_list_gates (CsRollout *self, const CsRolloutPlan *plan, const char *actor);
/* Why a bound of the watch does not let a promotion pass; NULL if it does. (transfer full) */
CsGate *cs_rollout_find_guardrail_gate (CsRollout *self, const char *id);
/* Whether somebody with the right to it may let a plan pass a gate with this id. */
gboolean cs_rollout_can_override (const char *gate);

/** CsRolloutSignature: one that is asked for */
typedef struct
{
  char *role;
  char *person; /* who gave it: an id; NULL: it is missing */
} CsRolloutSignature;

void cs_rollout_signature_free (CsRolloutSignature *self);

/* Of CsRolloutSignature (transfer full). */
GPtrArray *
cs_rollout_find_signatures (CsRollout *self, const CsRolloutPlan *plan, const char *actor);
/* "Tech lead: missing" for each signature that is asked for: GStrv (transfer full) */
char **cs_rollout_list_signatures (CsRollout *self, const CsRolloutPlan *plan, const char *actor);

/* Decisions, signed over this very plan. cs_rollout_decide_finish(): INVALID, REFUSED, AUTH,
 * CONFLICT. */
void cs_rollout_sign_async (CsRollout *self,
                            const CsRolloutPlan *plan,
                            CsPerson *person,
                            const char *role,
                            gboolean approve,
                            const char *comment,
                            CsKey *key,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* Lets the plan pass the gates that stand in its way now and can be overridden. */
void cs_rollout_override_async (CsRollout *self,
                                const CsRolloutPlan *plan,
                                const char *actor,
                                CsPerson *person,
                                const char *reason,
                                CsKey *key,
                                CsAskpass *askpass,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cs_rollout_decide_finish (CsRollout *self, GAsyncResult *result, GError **error);

/* Acts: recorded, written, read back, compared, recorded. Where that fails, what was there before
 * is put back (but for the kill switch), and the error says what happened. Plan: for the flag as it
 * is now; CONFLICT if somebody was first; a gate's error; UNREACHABLE, FAILED… */
void cs_rollout_change_async (CsRollout *self,
                              const CsRolloutPlan *plan,
                              const char *actor,
                              const char *reason,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* Off, for everyone, now. */
void cs_rollout_kill_async (CsRollout *self,
                            const char *actor,
                            const char *reason,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* Settles what was interrupted; then reads what is there, and records it if it differs from the
 * record (FAILED with the difference), or no longer does. */
void cs_rollout_verify_async (CsRollout *self,
                              const char *actor,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* The two ways out of a difference that was found: what is there is right, or what is recorded. */
void cs_rollout_adopt_async (CsRollout *self,
                             const char *actor,
                             const char *reason,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
void cs_rollout_restore_async (CsRollout *self,
                               const char *actor,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/** CS_ROLLOUT_SCHEDULE_GRACE: microseconds by which what is planned may be late, or may wait */
#define CS_ROLLOUT_SCHEDULE_GRACE ((gint64) 15 * 60 * G_USEC_PER_SEC)

/* A promotion for a time that is still to come. It is suspended once anything that it rests on
 * changes: signatures, stage, companies, guardrails, provider, what is there. */
void cs_rollout_schedule_async (CsRollout *self,
                                const CsRolloutPlan *plan,
                                gint64 at,
                                const char *actor,
                                const char *reason,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void cs_rollout_unschedule_async (CsRollout *self,
                                  const char *actor,
                                  const char *reason,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* For programs that run: carries out what is due, never twice; suspends what is to be suspended. */
void cs_rollout_attend_async (CsRollout *self,
                              const char *actor,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_rollout_attend_finish (CsRollout *self,
                                   GAsyncResult *result,
                                   GPtrArray **gates,
                                   GError **error);
gboolean cs_rollout_act_finish (CsRollout *self, GAsyncResult *result, GError **error);

/* Before a program ends. */
void
cs_rollout_close_async (CsRollout *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cs_rollout_close_finish (CsRollout *self, GAsyncResult *result, GError **error);

G_END_DECLS
