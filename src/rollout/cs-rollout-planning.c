/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who would have a feature in a stage, or after a step back. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-error.h"

#include <string.h>

static gboolean
is_everyone (CsRollout *self, const CsStage *stage)
{
  const CsPins *pins = cs_flag_get_pins (self->flag);

  return stage->cohort->kind == CS_COHORT_EVERYONE &&
         (pins->out == NULL || *pins->out == NULL) &&
         cs_flag_provider_has_everyone (self->provider);
}

/** Planning: what a plan is made from, as it is when it is begun */
typedef struct
{
  CsStage *stage;
  char *key;
  char **in;
  char **out;
  gboolean everyone;
  CsFlagState *from;
  CsCompanyList *list;
  char *list_digest;
} Planning;

static void
planning_free (Planning *planning)
{
  cs_stage_free (planning->stage);
  g_free (planning->key);
  g_strfreev (planning->in);
  g_strfreev (planning->out);
  g_clear_pointer (&planning->from, cs_flag_state_unref);
  g_clear_pointer (&planning->list, cs_company_list_unref);
  g_free (planning->list_digest);
  g_free (planning);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Planning, planning_free)

static Planning *
planning_new (CsRollout *self, const char *stage, GError **error)
{
  const CsStage *wanted = cs_flag_find_stage (self->flag, stage);
  const CsPins *pins = cs_flag_get_pins (self->flag);
  Planning *planning;

  if (wanted == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "“%s” has no stage “%s”",
                   cs_flag_get_key (self->flag), stage);
      return NULL;
    }
  planning = g_new0 (Planning, 1);
  planning->stage = cs_stage_copy (wanted);
  planning->key = g_strdup (cs_flag_get_key (self->flag));
  planning->in = g_strdupv ((char **) pins->in);
  planning->out = g_strdupv ((char **) pins->out);
  planning->everyone = is_everyone (self, wanted);
  planning->from = cs_flag_state_ref (self->state);
  planning->list = cs_company_list_ref (self->list);
  planning->list_digest = g_strdup (self->list_digest);
  return planning;
}

static CsFlagState *
select_companies (const Planning *planning, GError **error)
{
  const CsPins pins = { (const char *const *) planning->in, (const char *const *) planning->out };
  g_autoptr (GPtrArray) chosen =
    cs_cohort_select (planning->stage->cohort, planning->key, planning->list, &pins,
                      cs_flag_state_get_ids (planning->from), error);

  if (chosen == NULL)
    return NULL;
  g_ptr_array_add (chosen, NULL);
  return cs_flag_state_new (planning->everyone, (const char *const *) chosen->pdata);
}

static CsRolloutPlan *
make_plan (CsRollout *self, const Planning *planning, CsFlagState *to)
{
  return cs_rollout_plan_new (self->flag, CS_FLAG_PROMOTE, planning->stage->id, planning->from, to,
                              planning->list_digest);
}

/**
 * cs_rollout_plan_stage:
 * @self: a rollout, refreshed
 * @stage: id or title of a stage
 *
 * Returns: (transfer full): who would have the feature; %NULL with %CS_ERROR_NOT_FOUND,
 *   %CS_ERROR_INVALID
 */
CsRolloutPlan *
cs_rollout_plan_stage (CsRollout *self, const char *stage, GError **error)
{
  g_autoptr (Planning) planning = NULL;
  g_autoptr (CsFlagState) to = NULL;

  g_return_val_if_fail (CS_IS_ROLLOUT (self) && stage != NULL, NULL);

  planning = planning_new (self, stage, error);
  if (planning != NULL)
    to = select_companies (planning, error);
  return to != NULL ? make_plan (self, planning, to) : NULL;
}

static void
plan_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  CsFlagState *to = select_companies (data, &error);

  if (to != NULL)
    g_task_return_pointer (task, to, (GDestroyNotify) cs_flag_state_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_rollout_plan_stage_async:
 * @self: a rollout, refreshed
 * @stage: id or title of a stage
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * As cs_rollout_plan_stage(), while the main loop goes on: a million companies take a second.
 */
void
cs_rollout_plan_stage_async (CsRollout *self,
                             const char *stage,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  Planning *planning;

  g_return_if_fail (CS_IS_ROLLOUT (self) && stage != NULL);

  g_task_set_source_tag (task, cs_rollout_plan_stage_async);
  planning = planning_new (self, stage, &error);
  if (planning == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, planning, (GDestroyNotify) planning_free);
  g_task_run_in_thread (task, plan_in_thread);
}

/** cs_rollout_plan_stage_finish: (transfer full): the plan; errors as cs_rollout_plan_stage(). */
CsRolloutPlan *
cs_rollout_plan_stage_finish (CsRollout *self, GAsyncResult *result, GError **error)
{
  g_autoptr (CsFlagState) to = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  to = g_task_propagate_pointer (G_TASK (result), error);
  return to != NULL ? make_plan (self, g_task_get_task_data (G_TASK (result)), to) : NULL;
}

/* Whether what was read is what the flag says that there was before. */
static gboolean
knows_before (CsRollout *self, const char *digest)
{
  g_autoptr (CsFlagState) nobody = cs_flag_state_new_nobody ();

  return self->before != NULL &&
         strcmp (cs_flag_state_get_digest (self->before),
                 digest != NULL ? digest : cs_flag_state_get_digest (nobody)) == 0;
}

/**
 * cs_rollout_plan_back:
 * @self: a rollout, refreshed
 *
 * Returns: (transfer full): the way back to those who had the feature before this stage; %NULL
 *   with %CS_ERROR_REFUSED if there is none, %CS_ERROR_CONFLICT if it was switched since it was
 *   refreshed
 */
CsRolloutPlan *
cs_rollout_plan_back (CsRollout *self, GError **error)
{
  const char *state;
  const char *stage;

  g_return_val_if_fail (CS_IS_ROLLOUT (self), NULL);

  if (!cs_flag_get_before (self->flag, &state, &stage))
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                 "There is no stage that “%s” could go back to", cs_flag_get_key (self->flag));
  else if (!knows_before (self, state))
    g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT, "“%s” was switched meanwhile; try again",
                 cs_flag_get_key (self->flag));
  else
    return cs_rollout_plan_new (self->flag, CS_FLAG_BACK, stage, self->state, self->before, NULL);
  return NULL;
}

CsRolloutPlan *
cs_rollout_plan_act (CsRollout *self, CsFlagAct act, CsFlagState *from, CsFlagState *to)
{
  const CsStage *stage = act != CS_FLAG_KILL ? cs_flag_get_stage (self->flag) : NULL;

  return cs_rollout_plan_new (self->flag, act, stage != NULL ? stage->id : NULL, from, to, NULL);
}
