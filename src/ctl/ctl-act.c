/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all commands that act on a deployment have in common. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-act.h"

#include "cs-error.h"
#include "ctl-judgements.h"
#include "ctl-next.h"

CtlStatus
ctl_act_finish (CsDeployment *deployment, GAsyncResult **result, gboolean next)
{
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_act_finish (deployment, ctl_wait (result), &error))
    return ctl_fail (error);
  if (next)
    ctl_next_print (deployment, stderr);
  return CTL_DONE;
}

CsStepState *
ctl_act_find_step (CsDeployment *deployment, const char *id, GError **error)
{
  CsStepState *step = cs_deployment_find_step (deployment, id);

  if (step == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "The runbook has no step “%s”", id);
  return step;
}

CsBlockState *
ctl_act_find_block (CsDeployment *deployment, const char *id, GError **error)
{
  CsStepState *step = NULL;
  CsBlockState *block = ctl_find_block (deployment, id, &step);

  if (block == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "The runbook has no command “%s”; “countersignctl deploy show” names them", id);
  return block;
}

gboolean
ctl_act_find (CsDeployment *deployment,
              const char *id,
              CsStepState **step,
              CsBlockState **block,
              GError **error)
{
  *block = NULL;
  *step = cs_deployment_find_step (deployment, id);
  if (*step == NULL)
    *block = ctl_find_block (deployment, id, step);
  if (*block != NULL || *step != NULL)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "The runbook has no step or command “%s”", id);
  return FALSE;
}
