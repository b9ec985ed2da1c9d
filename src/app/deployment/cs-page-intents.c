/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks of a deployment on the page: done in the background, errors told. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-page-intents.h"

#include "cs-reason-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Who asked for what, while a dialog is open or the deployment works. None of these can be
 * cancelled by closing a page: what a person asked for goes on, and its record shows. */
typedef struct
{
  GtkWidget *window; /* owned: tells errors, also when the page that asked is gone */
  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  CsBlockState *block;
  CsFleetPart part; /* of a fleet; elsewhere without meaning */
} Intent;

static Intent *
intent_new (GtkWidget *origin,
            CsWorkspace *workspace,
            CsDeployment *deployment,
            CsStepState *step,
            CsBlockState *block)
{
  Intent *intent = g_new0 (Intent, 1);
  GtkRoot *root = gtk_widget_get_root (origin);

  intent->window = root != NULL ? g_object_ref (GTK_WIDGET (root)) : NULL;
  intent->workspace = g_object_ref (workspace);
  intent->deployment = g_object_ref (deployment);
  g_set_object (&intent->step, step);
  g_set_object (&intent->block, block);

  return intent;
}

static void
intent_free (Intent *intent)
{
  g_clear_object (&intent->window);
  g_clear_object (&intent->workspace);
  g_clear_object (&intent->deployment);
  g_clear_object (&intent->step);
  g_clear_object (&intent->block);
  g_free (intent);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Intent, intent_free)

static void
intent_free_closure (gpointer data, GClosure *closure)
{
  intent_free (data);
}

static void
tell (Intent *intent, const GError *error)
{
  if (intent->window != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (intent->window, "win.toast", "s", error->message);
}

static const char *
get_actor (Intent *intent)
{
  return cs_workspace_get_actor (intent->workspace);
}

static void
act_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Intent) intent = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_act_finish (CS_DEPLOYMENT (source), result, &error))
    tell (intent, error);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Intent) intent = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_run_block_finish (CS_DEPLOYMENT (source), result, &error))
    tell (intent, error);
}

static void
recover_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Intent) intent = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_recover_finish (CS_DEPLOYMENT (source), result, &error))
    tell (intent, error);
}

static void
begin_run (Intent *intent)
{
  if (cs_block_state_get_n_members (intent->block) > 0)
    cs_deployment_run_fleet_async (intent->deployment, get_actor (intent), intent->step,
                                   intent->block, intent->part, NULL, NULL, run_cb, intent);
  else
    cs_deployment_run_block_async (intent->deployment, get_actor (intent), intent->step,
                                   intent->block, NULL, run_cb, intent);
}

static Intent *
intent_copy (Intent *intent)
{
  Intent *copy = g_new0 (Intent, 1);

  g_set_object (&copy->window, intent->window);
  g_set_object (&copy->workspace, intent->workspace);
  g_set_object (&copy->deployment, intent->deployment);
  g_set_object (&copy->step, intent->step);
  g_set_object (&copy->block, intent->block);
  copy->part = intent->part;

  return copy;
}

static void
connect_confirmed (CsReasonDialog *dialog, GCallback callback, Intent *intent)
{
  g_signal_connect_data (dialog, "response::confirm", callback, intent, intent_free_closure, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
run_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  begin_run (intent_copy (user_data));
}

/* What destroys is typed, not clicked: the target's name, so that nobody takes one for another. */
static void
ask_before_run (Intent *intent)
{
  const char *target = cs_target_get_name (cs_deployment_get_target (intent->deployment));
  g_autofree char *body = g_strdup_printf (
    _("This command destroys data on “%s”. Type the name of the target to run it."), target);
  CsReasonDialog *dialog = cs_reason_dialog_new (GTK_WINDOW (intent->window),
                                                 _("Run a Destructive Command?"), body,
                                                 _("Name of the target"), _("Run"), TRUE);

  cs_reason_dialog_set_expected (dialog, target);
  connect_confirmed (dialog, G_CALLBACK (run_confirmed_cb), intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, step, block);

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
  Intent *intent = intent_new (origin, workspace, deployment, step, block);

  intent->part = part;
  if (cs_block_get_destructive (cs_block_state_get_block (block)))
    ask_before_run (intent);
  else
    begin_run (intent);
}

static void
skip_member_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Intent *intent = intent_copy (user_data);

  cs_deployment_skip_member_async (intent->deployment, get_actor (intent), intent->block,
                                   cs_reason_dialog_get_text (dialog), NULL, act_cb, intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, NULL, member);
  g_autofree char *heading =
    g_strdup_printf (_("Leave Out “%s”?"), cs_block_state_get_member (member));
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), heading,
    _("The command counts as left out on this server, and the history keeps your reason."),
    _("Reason"), _("Leave Out"), FALSE);

  connect_confirmed (dialog, G_CALLBACK (skip_member_confirmed_cb), intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_recover_async (deployment, get_actor (intent), NULL, recover_cb, intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, step, NULL);

  cs_deployment_check_async (deployment, get_actor (intent), step, check, done, NULL, act_cb,
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
  Intent *intent = intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_set_value_async (deployment, get_actor (intent), name, value, NULL, act_cb, intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, step, NULL);

  cs_deployment_confirm_async (deployment, get_actor (intent), step, NULL, act_cb, intent);
}

static void
skip_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Intent *intent = intent_copy (user_data);

  cs_deployment_skip_async (intent->deployment, get_actor (intent), intent->step,
                            cs_reason_dialog_get_text (dialog), NULL, act_cb, intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, step, NULL);
  g_autofree char *heading =
    g_strdup_printf (_("Skip “%s”?"), cs_step_get_title (cs_step_state_get_step (step)));
  CsReasonDialog *dialog =
    cs_reason_dialog_new (GTK_WINDOW (intent->window), heading,
                          _("The step counts as left out, and the history keeps your reason."),
                          _("Reason"), _("Skip"), FALSE);

  connect_confirmed (dialog, G_CALLBACK (skip_confirmed_cb), intent);
}

static void
roll_back_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Intent *intent = intent_copy (user_data);
  g_autoptr (CsPhaseState) procedure =
    g_list_model_get_item (cs_deployment_get_rollbacks (intent->deployment),
                           cs_reason_dialog_get_choice (dialog));

  cs_deployment_roll_back_async (intent->deployment, get_actor (intent), procedure,
                                 cs_reason_dialog_get_text (dialog), NULL, act_cb, intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, NULL, NULL);
  GListModel *rollbacks = cs_deployment_get_rollbacks (deployment);
  guint n = g_list_model_get_n_items (rollbacks);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  CsReasonDialog *dialog;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (rollbacks, i);

      gtk_string_list_append (titles, cs_phase_get_title (cs_phase_state_get_phase (phase)));
    }

  dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), _("Roll Back?"),
    _("The steps of the rollback become the path of this deployment. Nothing runs by itself."),
    _("Reason"), _("Roll Back"), TRUE);
  cs_reason_dialog_set_choices (dialog, _("Procedure"), titles);
  connect_confirmed (dialog, G_CALLBACK (roll_back_confirmed_cb), intent);
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
  Intent *intent = intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_close_async (deployment, get_actor (intent), NULL, act_cb, intent);
}
