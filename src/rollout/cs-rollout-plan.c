/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change that is thought of: for whom a feature would be on afterwards. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-plan.h"

#include "cs-digest.h"
#include "cs-json.h"

#include <string.h>

/** cs_rollout_plan_free: frees a plan. */
void
cs_rollout_plan_free (CsRolloutPlan *self)
{
  if (self == NULL)
    return;
  g_free (self->stage);
  g_clear_pointer (&self->from, cs_flag_state_unref);
  g_clear_pointer (&self->to, cs_flag_state_unref);
  g_free (self->companies);
  g_free (self->digest);
  g_free (self);
}

/** cs_rollout_plan_describe: (transfer full): a state as records name it. */
JsonObject *
cs_rollout_plan_describe (CsFlagState *state)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "digest", cs_flag_state_get_digest (state));
  json_object_set_int_member (object, "count", cs_flag_state_get_n (state));
  json_object_set_boolean_member (object, "everyone", cs_flag_state_is_everyone (state));
  return object;
}

static JsonObject *
to_json (const CsRolloutPlan *self, CsFlag *flag)
{
  JsonObject *object = json_object_new ();
  const CsStage *stage = self->stage != NULL ? cs_flag_find_stage (flag, self->stage) : NULL;
  JsonNode *provider = json_node_init_object (json_node_alloc (), cs_flag_get_provider (flag));

  json_object_set_string_member (object, "flag", cs_flag_get_key (flag));
  json_object_set_string_member (object, "environment", cs_flag_get_environment (flag));
  json_object_set_string_member (object, "act", cs_flag_act_to_string (self->act));
  if (stage != NULL)
    json_object_set_member (object, "stage", cs_stage_to_json (stage));
  json_object_set_object_member (object, "from", cs_rollout_plan_describe (self->from));
  json_object_set_object_member (object, "to", cs_rollout_plan_describe (self->to));
  if (self->companies != NULL)
    json_object_set_string_member (object, "companies", self->companies);
  json_object_set_member (object, "provider", json_node_copy (provider));
  json_node_unref (provider);
  return object;
}

/**
 * cs_rollout_plan_to_json:
 * @self: a plan
 * @flag: its flag
 *
 * Returns: (transfer full): all that it depends on, and its digest as `plan`
 */
JsonObject *
cs_rollout_plan_to_json (const CsRolloutPlan *self, CsFlag *flag)
{
  JsonObject *object = to_json (self, flag);

  json_object_set_string_member (object, "plan", self->digest);
  return object;
}

/**
 * cs_rollout_plan_new:
 * @flag: which flag
 * @act: what is to be done
 * @stage: (nullable): id of the stage that it leads to
 * @from: for whom it is on now
 * @to: for whom it is to be on
 * @companies: (nullable): digest of the list of companies
 *
 * Returns: (transfer full): the plan
 */
CsRolloutPlan *
cs_rollout_plan_new (CsFlag *flag,
                     CsFlagAct act,
                     const char *stage,
                     CsFlagState *from,
                     CsFlagState *to,
                     const char *companies)
{
  CsRolloutPlan *self = g_new0 (CsRolloutPlan, 1);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
  g_autofree char *text = NULL;

  self->act = act;
  self->stage = g_strdup (stage);
  self->from = cs_flag_state_ref (from);
  self->to = cs_flag_state_ref (to);
  self->companies = g_strdup (companies);
  json_node_take_object (node, to_json (self, flag));
  text = cs_json_to_canonical (node, NULL);
  self->digest = cs_digest_of_data (text, strlen (text));
  return self;
}
