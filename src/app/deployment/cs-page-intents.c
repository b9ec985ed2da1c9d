/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks of a deployment on the page: done in the background, errors told. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-page-intents.h"

#include "cs-intent.h"
#include "cs-reason-dialog.h"
#include "cs-roll-back-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsIntent) intent = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_run_block_finish (CS_DEPLOYMENT (source), result, &error))
    cs_intent_tell (intent, error);
}

static void
recover_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsIntent) intent = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_recover_finish (CS_DEPLOYMENT (source), result, &error))
    cs_intent_tell (intent, error);
}

static void
begin_run (CsIntent *intent)
{
  if (cs_block_state_get_n_members (intent->block) > 0)
    cs_deployment_run_fleet_async (intent->deployment, cs_intent_get_actor (intent), intent->step,
                                   intent->block, intent->part, NULL, NULL, run_cb, intent);
  else
    cs_deployment_run_block_async (intent->deployment, cs_intent_get_actor (intent), intent->step,
                                   intent->block, NULL, run_cb, intent);
}

static void
run_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  begin_run (cs_intent_copy (user_data));
}

/* What destroys is typed, not clicked: the target's name, so that nobody takes one for another. */
static void
ask_before_run (CsIntent *intent)
{
  const char *target = cs_target_get_name (cs_deployment_get_target (intent->deployment));
  g_autofree char *body = g_strdup_printf (
    _("This command destroys data on “%s”. Type the name of the target to run it."), target);
  CsReasonDialog *dialog = cs_reason_dialog_new (GTK_WINDOW (intent->window),
                                                 _("Run a Destructive Command?"), body,
                                                 _("Name of the target"), _("Run"), TRUE);

  cs_reason_dialog_set_expected (dialog, target);
  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (run_confirmed_cb), intent);
}

/**
 * cs_intent_run: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: the step
 * @block: its command
 *
 * Runs a command; a destructive one only after its target's name was typed.
 */
void
cs_intent_run (GtkWidget *origin,
               CsWorkspace *workspace,
               CsDeployment *deployment,
               CsStepState *step,
               CsBlockState *block)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, step, block);

  if (cs_block_get_destructive (cs_block_state_get_block (block)))
    ask_before_run (intent);
  else
    begin_run (intent);
}

/**
 * cs_intent_run_fleet: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment, on a fleet
 * @step: the step
 * @block: its command
 * @part: the members to run it on
 *
 * Runs a command on a part of the fleet; a destructive one only after the fleet's name was typed.
 */
void
cs_intent_run_fleet (GtkWidget *origin,
                     CsWorkspace *workspace,
                     CsDeployment *deployment,
                     CsStepState *step,
                     CsBlockState *block,
                     CsFleetPart part)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, step, block);

  intent->part = part;
  if (cs_block_get_destructive (cs_block_state_get_block (block)))
    ask_before_run (intent);
  else
    begin_run (intent);
}

static void
skip_member_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);

  cs_deployment_skip_member_async (intent->deployment, cs_intent_get_actor (intent), intent->block,
                                   cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb,
                                   intent);
}

/**
 * cs_intent_skip_member: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment, on a fleet
 * @member: of a command
 *
 * Asks for a reason, and leaves one member of the fleet out of the command.
 */
void
cs_intent_skip_member (GtkWidget *origin,
                       CsWorkspace *workspace,
                       CsDeployment *deployment,
                       CsBlockState *member)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, member);
  g_autofree char *heading =
    g_strdup_printf (_("Leave Out “%s”?"), cs_block_state_get_member (member));
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), heading,
    _("The command counts as left out on this server, and the history keeps your reason."),
    _("Reason"), _("Leave Out"), FALSE);

  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (skip_member_confirmed_cb), intent);
}

/**
 * cs_intent_recover: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 *
 * Asks the target how interrupted commands ended.
 */
void
cs_intent_recover (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_recover_async (deployment, cs_intent_get_actor (intent), NULL, recover_cb, intent);
}

/**
 * cs_intent_check: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: the step
 * @check: its check item
 * @done: whether it is done now
 *
 * Ticks or unticks a check item.
 */
void
cs_intent_check (GtkWidget *origin,
                 CsWorkspace *workspace,
                 CsDeployment *deployment,
                 CsStepState *step,
                 CsCheckState *check,
                 gboolean done)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, step, NULL);

  cs_deployment_check_async (deployment, cs_intent_get_actor (intent), step, check, done,
                             NULL, cs_intent_act_cb,
                             intent);
}

/**
 * cs_intent_set_value: (skip)
 * @origin: the widget that asks
 * @name: of a placeholder
 * @value: (nullable): its value; %NULL to take it back
 *
 * Records the value of a placeholder.
 */
void
cs_intent_set_value (GtkWidget *origin,
                     CsWorkspace *workspace,
                     CsDeployment *deployment,
                     const char *name,
                     const char *value)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_set_value_async (deployment, cs_intent_get_actor (intent), name, value, NULL,
                                 cs_intent_act_cb, intent);
}

/**
 * cs_intent_confirm: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: a step without commands and check items
 *
 * Records that a person has done what the step says.
 */
void
cs_intent_confirm (GtkWidget *origin,
                   CsWorkspace *workspace,
                   CsDeployment *deployment,
                   CsStepState *step)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, step, NULL);

  cs_deployment_confirm_async (deployment, cs_intent_get_actor (intent), step, NULL,
                               cs_intent_act_cb, intent);
}

static void
skip_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);

  cs_deployment_skip_async (intent->deployment, cs_intent_get_actor (intent), intent->step,
                            cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb,
                            intent);
}

/**
 * cs_intent_skip: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: the step
 *
 * Asks for a reason, and skips the step.
 */
void
cs_intent_skip (GtkWidget *origin,
                CsWorkspace *workspace,
                CsDeployment *deployment,
                CsStepState *step)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, step, NULL);
  g_autofree char *heading =
    g_strdup_printf (_("Skip “%s”?"), cs_step_get_title (cs_step_state_get_step (step)));
  CsReasonDialog *dialog =
    cs_reason_dialog_new (GTK_WINDOW (intent->window), heading,
                          _("The step counts as left out, and the history keeps your reason."),
                          _("Reason"), _("Skip"), FALSE);

  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (skip_confirmed_cb), intent);
}

static void
roll_back_confirmed_cb (CsRollBackDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);

  cs_deployment_roll_back_async (intent->deployment, cs_intent_get_actor (intent),
                                 cs_roll_back_dialog_get_procedure (dialog),
                                 cs_roll_back_dialog_get_reason (dialog), NULL, cs_intent_act_cb,
                                 intent);
}

/**
 * cs_intent_roll_back: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: a deployment with at least one rollback procedure
 *
 * Asks for the procedure and the reason, and makes the procedure the path.
 */
void
cs_intent_roll_back (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);
  CsRollBackDialog *dialog = cs_roll_back_dialog_new (GTK_WINDOW (intent->window), deployment);

  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (roll_back_confirmed_cb), intent);
}

/**
 * cs_intent_close: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 *
 * Closes the deployment.
 */
void
cs_intent_close (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_close_async (deployment, cs_intent_get_actor (intent), NULL, cs_intent_act_cb,
                             intent);
}
