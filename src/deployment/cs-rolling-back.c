/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways back of a deployment, by their names, and taking one. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

static void
add_procedure (GPtrArray *list, CsPhaseState *phase, CsStepState *step)
{
  CsProcedure *procedure = g_new0 (CsProcedure, 1);

  procedure->phase = phase;
  procedure->step = step;
  procedure->title =
    step != NULL ? cs_step_get_title (step->step) : cs_phase_get_title (phase->phase);
  g_ptr_array_add (list, procedure);
}

/**
 * cs_deployment_list_procedures:
 *
 * What can be named as the way back: each rollback phase, or, where its steps are several to choose
 * from, each of those.
 *
 * Returns: (transfer full) (element-type CsProcedure): in document order; phases, steps and titles
 *   are the deployment's
 */
GPtrArray *
cs_deployment_list_procedures (CsDeployment *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), list);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rollbacks)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->rollbacks), i);
      guint before = list->len;

      for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), k);

          if (cs_phase_state_is_choice (phase, step) && !step->is_for_others)
            add_procedure (list, phase, step);
        }
      if (list->len == before)
        add_procedure (list, phase, NULL);
    }
  return list;
}

static GPtrArray *
list_gates (CsDeployment *self, const CsProcedure *procedure, const char *reason)
{
  GPtrArray *gates = cs_gates_new ();
  CsPhaseState *phase = procedure->phase;

  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  if (self->procedure != NULL)
    cs_gates_add (gates, "rolling-back", NULL, "The deployment is being rolled back already");
  if (!g_list_store_find (self->rollbacks, phase, NULL))
    cs_gates_add (gates, "rollback", NULL, "“%s” is no rollback procedure",
                  cs_phase_get_title (phase->phase));
  if (procedure->step != NULL && !cs_phase_state_is_choice (phase, procedure->step))
    cs_gates_add (gates, "choice", NULL, "This is not one of several to choose from");
  cs_deployment_add_unsettled (self, gates);
  if (!cs_deployment_has_reason (reason))
    g_ptr_array_add (gates, cs_deployment_need_reason ("Rolling back"));
  return gates;
}

/**
 * cs_deployment_roll_back_by_async:
 * @actor: who
 * @procedure: one of cs_deployment_list_procedures()
 * @reason: what happened; it stands in the history
 *
 * The rollback phase becomes the path; where the procedure is one of several in it, that one is
 * chosen with the same record, and the others are left out. Finish with
 * cs_deployment_act_finish().
 */
void
cs_deployment_roll_back_by_async (CsDeployment *self,
                                  const char *actor,
                                  const CsProcedure *procedure,
                                  const char *reason,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GPtrArray) gates = list_gates (self, procedure, reason);
  CsStep *step = procedure->step != NULL ? procedure->step->step : NULL;
  CsPhase *phase = procedure->phase->phase;
  JsonNode *body = cs_deployment_body (
    "phase", cs_phase_get_id (phase), "title",
    step != NULL ? cs_step_get_title (step) : cs_phase_get_title (phase), "procedure",
    step != NULL ? cs_step_get_id (step) : NULL, "reason", reason, NULL);

  if (gates->len == 0)
    cs_deployment_stop_streams_async (self, NULL, NULL, NULL);
  cs_deployment_act_async (self, gates, actor, "rollback-started", body, cancellable, callback,
                           user_data);
}

/**
 * cs_deployment_roll_back_async:
 * @actor: who
 * @procedure: one of the deployment's rollback phases
 * @reason: what happened; it stands in the history
 *
 * The rollback phase becomes the path; which of several in it is taken is chosen later.
 */
void
cs_deployment_roll_back_async (CsDeployment *self,
                               const char *actor,
                               CsPhaseState *procedure,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  const CsProcedure whole = { .phase = procedure };

  cs_deployment_roll_back_by_async (self, actor, &whole, reason, cancellable, callback, user_data);
}
