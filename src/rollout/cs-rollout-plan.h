/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change that is thought of: for whom a feature would be on afterwards. */

#pragma once

#include "cs-flag.h"
#include "cs-flag-state.h"

G_BEGIN_DECLS

/**
 * CsRolloutPlan:
 * @stage: (nullable): id of the stage that it leads to; %NULL: off
 * @companies: (nullable): digest of the list of companies that it was made from
 * @digest: of all that matters: flag, provider, stage, from, to, companies. This is what people
 *   sign; once anything is different, it is another one
 */
typedef struct
{
  CsFlagAct act;
  char *stage;
  CsFlagState *from;
  CsFlagState *to;
  char *companies;
  char *digest;
} CsRolloutPlan;

CsRolloutPlan *cs_rollout_plan_new (CsFlag *flag,
                                    CsFlagAct act,
                                    const char *stage,
                                    CsFlagState *from,
                                    CsFlagState *to,
                                    const char *companies);
void cs_rollout_plan_free (CsRolloutPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRolloutPlan, cs_rollout_plan_free)

/* {digest, count, everyone} (transfer full) */
JsonObject *cs_rollout_plan_describe (CsFlagState *state);
/* What is signed: {plan, stage, from, to, companies, provider} (transfer full) */
JsonObject *cs_rollout_plan_to_json (const CsRolloutPlan *self, CsFlag *flag);

G_END_DECLS
