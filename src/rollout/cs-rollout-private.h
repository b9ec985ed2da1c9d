/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of CsRollout share. */

#pragma once

#include "cs-flag-private.h"
#include "cs-rollout.h"
#include "cs-run-lock.h"

G_BEGIN_DECLS

struct _CsRollout
{
  GObject parent_instance;

  CsRolloutSite *site;
  CsFlag *flag;
  CsCompanies *companies;
  CsCompanyList *list;
  char *list_digest; /* of the version that list is; NULL: none was imported */
  CsFlagState *state;
  CsFlagState *before; /* what a step back leads to; NULL */
  CsFlagProvider *provider;
  CsWatch *watch;
  gint64 soaked;
  GHashTable *measured; /* id of a guardrail → gint64*: until when it was measured */
};

/* The bounds that have to be good before the stage may end: ids; those that are not there too. */
char **cs_rollout_list_guardrails (CsRollout *self);
CsRunLock *cs_rollout_take_lock (CsRollout *self, GError **error);
gboolean cs_rollout_is_locked (CsRollout *self);
/* What changes the flag without a plan of its own. */
CsRolloutPlan *
cs_rollout_plan_act (CsRollout *self, CsFlagAct act, CsFlagState *from, CsFlagState *to);
/* Gates that an override has not let pass, or all. */
GPtrArray *
cs_rollout_find_gates (CsRollout *self, const CsRolloutPlan *plan, const char *actor);
/* Carries a plan (transfer full) out; finishes task (transfer full). lock (transfer full): of this
 * flag; NULL: it is taken. Without it nothing is begun. */
void cs_rollout_start (GTask *task,
                       CsRunLock *lock,
                       CsRolloutPlan *plan,
                       const char *actor,
                       const char *reason);
/* Brings a change whose program died to its end, by what is there; cs_rollout_act_finish(). */
void cs_rollout_settle_async (CsRollout *self,
                              CsFlagState *from,
                              CsFlagState *to,
                              const char *actor,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* Whether a plan begins where the newest records end; else CONFLICT. */
gboolean cs_rollout_check_newest (CsRollout *self, const CsRolloutPlan *plan, GError **error);
/* Carries out what is planned, if it still is when it is begun; cs_rollout_act_finish(). */
void cs_rollout_carry_out (CsRollout *self,
                           const CsRolloutPlan *plan,
                           const CsFlagSchedule *schedule,
                           const char *actor,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* What people write, without what nobody else is to read (transfer full); NULL for NULL. */
char *cs_rollout_redact (CsRollout *self, const char *text);
CsPolicy *cs_rollout_dup_policy (CsRollout *self, gboolean *governed);

G_END_DECLS
