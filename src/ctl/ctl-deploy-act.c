/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy check, skip, choose, confirm, rollback */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "ctl-act.h"
#include "ctl-commands.h"

static CsCheckState *
find_check_in (GListModel *phases, const char *id, CsStepState **step_out)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_state_get_steps (phase);

      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, k);
          GListModel *checks = cs_step_state_get_checks (step);

          for (guint m = 0; m < g_list_model_get_n_items (checks); m++)
            {
              g_autoptr (CsCheckState) check = g_list_model_get_item (checks, m);

              *step_out = step;
              if (g_str_equal (cs_check_get_id (cs_check_state_get_check (check)), id))
                return check;
            }
        }
    }
  return NULL;
}

static CsCheckState *
find_check (CsDeployment *deployment, const char *id, CsStepState **step, GError **error)
{
  CsCheckState *check = find_check_in (cs_deployment_get_phases (deployment), id, step);

  if (check == NULL)
    check = find_check_in (cs_deployment_get_rollbacks (deployment), id, step);
  if (check == NULL)
    check = find_check_in (cs_deployment_get_references (deployment), id, step);
  if (check == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "The runbook has no check item “%s”; “countersignctl deploy show” names them", id);
  return check;
}

CtlStatus
ctl_deploy_check (Ctl *ctl, char **arguments)
{
  gboolean undo = FALSE;
  const GOptionEntry entries[] = {
    { "undo", 0, 0, G_OPTION_ARG_NONE, &undo, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  CsCheckState *check = NULL;
  CsStepState *step = NULL;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    check = find_check (deployment, words[1], &step, &error);
  if (check == NULL)
    return ctl_fail (error);
  cs_deployment_check_async (deployment, cs_workspace_get_actor (ctl->workspace), step, check,
                             !undo, NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, FALSE);
}

/* The command of a step that is still open on a member of the fleet. */
static CsBlockState *
find_open_on_member (CsDeployment *deployment, CsStepState *step, const char *name, GError **error)
{
  GListModel *blocks = cs_step_state_get_blocks (step);

  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, i);
      CsBlockState *member = cs_block_state_find_member (block, name);

      if (member != NULL && !cs_status_is_over (cs_block_state_get_status (member)))
        return member;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
               "No command of this step is open on a member “%s” of “%s”", name,
               cs_target_get_name (cs_deployment_get_target (deployment)));
  return NULL;
}

/* Leaves out what was named: a member of the fleet, one command, or the step. */
static gboolean
skip (Ctl *ctl,
      CsDeployment *deployment,
      const char *id,
      const char *member_name,
      const char *reason,
      GAsyncResult **result,
      GError **error)
{
  const char *actor = cs_workspace_get_actor (ctl->workspace);
  CsStepState *step = NULL;
  CsBlockState *block = NULL;
  CsBlockState *member = NULL;

  if (!ctl_act_find (deployment, id, &step, &block, error))
    return FALSE;
  if (member_name != NULL)
    member = find_open_on_member (deployment, step, member_name, error);
  if (member_name != NULL && member == NULL)
    return FALSE;
  if (member != NULL)
    cs_deployment_skip_member_async (deployment, actor, member, reason, NULL, ctl_ready_cb, result);
  else if (block != NULL)
    cs_deployment_leave_out_async (deployment, actor, block, reason, NULL, ctl_ready_cb, result);
  else
    cs_deployment_skip_async (deployment, actor, step, reason, NULL, ctl_ready_cb, result);
  return TRUE;
}

CtlStatus
ctl_deploy_skip (Ctl *ctl, char **arguments)
{
  g_autofree char *reason = NULL;
  g_autofree char *name = NULL;
  const GOptionEntry entries[] = {
    { "member", 0, 0, G_OPTION_ARG_FILENAME, &name, NULL, "NAME" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error) &&
      ctl_require (reason, "--reason", &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL ||
      !skip (ctl, deployment, words[1], name, reason, &result, &error))
    return ctl_fail (error);
  return ctl_act_finish (deployment, &result, FALSE);
}

CtlStatus
ctl_deploy_choose (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  CsStepState *step = NULL;
  CsBlockState *block = NULL;

  if (ctl_parse (ctl, arguments, NULL, 2, 2, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL || !ctl_act_find (deployment, words[1], &step, &block, &error))
    return ctl_fail (error);
  cs_deployment_choose_async (deployment, cs_workspace_get_actor (ctl->workspace), step, block,
                              NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}

CtlStatus
ctl_deploy_confirm (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  CsStepState *step = NULL;

  if (ctl_parse (ctl, arguments, NULL, 2, 2, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    step = ctl_act_find_step (deployment, words[1], &error);
  if (step == NULL)
    return ctl_fail (error);
  cs_deployment_confirm_async (deployment, cs_workspace_get_actor (ctl->workspace), step, NULL,
                               ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, FALSE);
}

/* By id or by title, whole or so much of it that it fits one alone. */
static gboolean
is_named (const CsProcedure *procedure, const char *name, gboolean part)
{
  const char *id = procedure->step != NULL
                     ? cs_step_get_id (cs_step_state_get_step (procedure->step))
                     : cs_phase_get_id (cs_phase_state_get_phase (procedure->phase));
  g_autofree char *title = g_utf8_casefold (procedure->title, -1);
  g_autofree char *wanted = g_utf8_casefold (name, -1);

  if (part)
    return *wanted != '\0' && strstr (title, wanted) != NULL;
  return g_str_equal (id, name) || g_str_equal (title, wanted);
}

static const CsProcedure *
find_named (GPtrArray *procedures, const char *name, gboolean part)
{
  const CsProcedure *found = NULL;

  for (guint i = 0; i < procedures->len; i++)
    {
      if (!is_named (g_ptr_array_index (procedures, i), name, part))
        continue;
      if (found != NULL)
        return NULL;
      found = g_ptr_array_index (procedures, i);
    }
  return found;
}

/* Without a name it must be clear which one is meant. */
static gboolean
find_procedure (CsDeployment *deployment,
                const char *name,
                CsProcedure *procedure,
                GError **error)
{
  g_autoptr (GPtrArray) list = cs_deployment_list_procedures (deployment);
  GListModel *rollbacks = cs_deployment_get_rollbacks (deployment);
  g_autoptr (GString) names = g_string_new (NULL);
  const CsProcedure *found = NULL;

  if (name != NULL && (found = find_named (list, name, FALSE)) == NULL)
    found = find_named (list, name, TRUE);
  if (found != NULL)
    *procedure = *found;
  for (guint i = 0; found == NULL && i < g_list_model_get_n_items (rollbacks); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (rollbacks, i);
      const CsProcedure whole = { phase, NULL,
                                  cs_phase_get_title (cs_phase_state_get_phase (phase)) };

      if (name != NULL ? is_named (&whole, name, FALSE)
                       : g_list_model_get_n_items (rollbacks) == 1)
        {
          *procedure = whole;
          return TRUE;
        }
    }
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (names, "%s“%s”", i > 0 ? ", " : "",
                            ((const CsProcedure *) g_ptr_array_index (list, i))->title);
  if (found == NULL && list->len == 0)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "This runbook has no rollback procedure");
  else if (found == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Choose with --procedure one of: %s",
                 names->str);
  return found != NULL;
}

CtlStatus
ctl_deploy_rollback (Ctl *ctl, char **arguments)
{
  g_autofree char *procedure = NULL;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "procedure", 0, 0, G_OPTION_ARG_FILENAME, &procedure, NULL, "NAME" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  CsProcedure way = { NULL };

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (reason, "--reason", &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL || !find_procedure (deployment, procedure, &way, &error))
    return ctl_fail (error);
  cs_deployment_roll_back_by_async (deployment, cs_workspace_get_actor (ctl->workspace), &way,
                                    reason, NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, FALSE);
}
