/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a runbook is for the environment of a deployment, and what for others. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-environments.h"
#include "cs-json.h"

#include <string.h>

/* Whether an environment is production: what its policy says; where it says nothing, its name
 * tells. */
gboolean
cs_deployment_policy_is_production (const CsPolicy *policy, const char *environment)
{
  if (policy != NULL && policy->stage != CS_POLICY_STAGE_BY_NAME)
    return policy->stage == CS_POLICY_STAGE_PRODUCTION;
  return cs_environments_sound_like_production (environment);
}

/**
 * cs_deployment_is_production:
 *
 * Returns: whether it goes to production, as the policy said when it was opened: then windows hold,
 *   and what the runbook says for production alone
 */
gboolean
cs_deployment_is_production (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), FALSE);

  return self->production;
}

/* Deployments that were opened before steps had environments go by the names of phases alone. */
static gboolean
is_for (CsDeployment *self, const char *named)
{
  if (self->steps_have_environments)
    return cs_environments_hold (named, self->environment, self->production);
  return named == NULL || g_ascii_strcasecmp (named, self->environment) == 0;
}

/* Whether a phase is on the path of this deployment. */
gboolean
cs_deployment_has_on_path (CsDeployment *self, CsPhase *phase)
{
  return cs_phase_is_on_path (phase) && is_for (self, cs_phase_get_environment (phase));
}

/* Whether a line stands in a step that is for other environments. */
gboolean
cs_deployment_is_line_for_others (CsDeployment *self, guint line)
{
  GListModel *phases = cs_runbook_get_phases (self->runbook);

  if (!self->steps_have_environments)
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_get_steps (phase);

      for (guint k = 0; line <= cs_phase_get_end_line (phase) &&
                        k < g_list_model_get_n_items (steps);
           k++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (steps, k);

          if (line >= cs_step_get_line (step) && line <= cs_step_get_end_line (step))
            return !is_for (self, cs_step_get_environment (step));
        }
    }
  return FALSE;
}

static void
add_left_out (GPtrArray *drafts,
              const char *member,
              const char *id,
              const char *title,
              const char *named,
              const char *environment)
{
  g_autofree char *reason =
    g_strdup_printf ("It is for %s; this deployment goes to %s", named, environment);
  g_autoptr (JsonNode) body =
    cs_deployment_body (member, id, "title", title, "environment", named, "reason", reason, NULL);

  g_ptr_array_add (drafts, cs_draft_new ("left-out", body));
}

static void
add_left_out_steps (GPtrArray *drafts,
                    CsPhase *phase,
                    const char *environment,
                    gboolean production)
{
  GListModel *steps = cs_phase_get_steps (phase);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (steps, i);
      const char *named = cs_step_get_environment (step);

      if (!cs_environments_hold (named, environment, production))
        add_left_out (drafts, "step", cs_step_get_id (step), cs_step_get_title (step), named,
                      environment);
    }
}

/* What a deployment to this environment leaves out, as records that follow its opening. */
void
cs_deployment_draft_left_out (CsRunbook *runbook,
                              const char *environment,
                              gboolean production,
                              GPtrArray *drafts)
{
  GListModel *phases = cs_runbook_get_phases (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      const char *named = cs_phase_get_environment (phase);

      if (cs_phase_get_kind (phase) == CS_PHASE_REFERENCE)
        continue;
      if (cs_phase_is_on_path (phase) && !cs_environments_hold (named, environment, production))
        add_left_out (drafts, "phase", cs_phase_get_id (phase), cs_phase_get_title (phase), named,
                      environment);
      else
        add_left_out_steps (drafts, phase, environment, production);
    }
}

/* That nobody did anything, so nothing begins with it. */
void
cs_deployment_fold_left_out_step (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "step");
  const char *reason = cs_json_get_string (body, "reason");
  CsStepState *step = id != NULL ? cs_deployment_find_step (self, id) : NULL;

  if (step == NULL || reason == NULL || !self->steps_have_environments ||
      is_for (self, cs_step_get_environment (step->step)))
    return;
  g_free (step->skip_reason);
  step->skip_reason = g_strdup (reason);
  step->is_for_others = TRUE;
}

/* A step for other environments is no step of this deployment. */
void
cs_deployment_add_scope_gate (CsDeployment *self, CsStepState *step, GPtrArray *gates)
{
  if (step->is_for_others)
    cs_gates_add (gates, "environment", NULL, "“%s” is for %s; this deployment goes to %s",
                  cs_step_get_title (step->step), cs_step_get_environment (step->step),
                  self->environment);
}
