/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person says of a command that failed or that no program can judge; and pausing. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-intent.h"
#include "cs-page-intents.h"
#include "cs-ruling-sheet.h"

#include <glib/gi18n.h>

/**
 * cs_intent_judge: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @block: a command that was run
 * @index: which of its expectations
 * @met: whether its output is as expected
 *
 * Records a person's verdict.
 */
void
cs_intent_judge (GtkWidget *origin,
                 CsWorkspace *workspace,
                 CsDeployment *deployment,
                 CsBlockState *block,
                 guint index,
                 gboolean met)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, block);

  cs_deployment_judge_async (deployment, cs_intent_get_actor (intent), block, index, met, NULL,
                             cs_intent_act_cb, intent);
}

/**
 * cs_intent_accept: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @block: a command that failed, or its state on a member of a fleet
 *
 * Has someone sign, with a reason, that the command counts as passed.
 */
void
cs_intent_accept (GtkWidget *origin,
                  CsWorkspace *workspace,
                  CsDeployment *deployment,
                  CsBlockState *block)
{
  GtkRoot *root = gtk_widget_get_root (origin);

  cs_ruling_sheet_accept (root != NULL ? GTK_WINDOW (root) : NULL, workspace, deployment, block);
}

/**
 * cs_intent_override: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: one of its steps
 * @gate: what stands in its way and can be overridden
 *
 * Has someone with the right to it sign, with a reason, that the step goes on all the same.
 */
void
cs_intent_override (GtkWidget *origin,
                    CsWorkspace *workspace,
                    CsDeployment *deployment,
                    CsStepState *step,
                    const CsGate *gate)
{
  GtkRoot *root = gtk_widget_get_root (origin);

  cs_ruling_sheet_override (root != NULL ? GTK_WINDOW (root) : NULL, workspace, deployment, step,
                            gate);
}

static void
resolve_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);

  cs_deployment_resolve_async (intent->deployment, cs_intent_get_actor (intent), intent->point,
                               cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb, intent);
}

/**
 * cs_intent_resolve: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @point: one of its blockers
 *
 * Asks for a note, and records that the blocker is resolved.
 */
void
cs_intent_resolve (GtkWidget *origin,
                   CsWorkspace *workspace,
                   CsDeployment *deployment,
                   const CsPoint *point)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);
  CsReasonDialog *dialog =
    cs_reason_dialog_new (GTK_WINDOW (intent->window), _("Is It Resolved?"), point->text,
                          _("Note"), _("Resolved"), FALSE);

  intent->point = point;
  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (resolve_confirmed_cb), intent);
}

static void
decide (CsReasonDialog *dialog, CsIntent *intent, gboolean go)
{
  cs_deployment_decide_async (intent->deployment, cs_intent_get_actor (intent), intent->point, go,
                              cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb, intent);
}

static void
go_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  decide (dialog, cs_intent_copy (user_data), TRUE);
}

static void
no_go_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  decide (dialog, cs_intent_copy (user_data), FALSE);
}

/**
 * cs_intent_decide: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @point: one of its decisions
 * @go: go, or no-go
 *
 * Asks for a reason, and records the decision.
 */
void
cs_intent_decide (GtkWidget *origin,
                  CsWorkspace *workspace,
                  CsDeployment *deployment,
                  const CsPoint *point,
                  gboolean go)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), go ? _("Decide Go?") : _("Decide No-Go?"),
    go ? _("The deployment goes on. The history keeps your name and your reason.")
       : _("What stands below waits until someone decides go. The history keeps your name and your "
           "reason."),
    _("Reason"), go ? _("Go") : _("No-Go"), !go);

  intent->point = point;
  cs_intent_connect (GTK_WINDOW (dialog),
                     go ? G_CALLBACK (go_confirmed_cb) : G_CALLBACK (no_go_confirmed_cb), intent);
}

static void
pause_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);

  cs_deployment_pause_async (intent->deployment, cs_intent_get_actor (intent),
                             cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb, intent);
}

/**
 * cs_intent_pause: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 *
 * Asks for a reason, and pauses the deployment.
 */
void
cs_intent_pause (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), _("Pause the Deployment?"),
    _("Nothing is run, ticked or left out until someone resumes it. What runs now goes on to its "
      "end, and you can still roll back."),
    _("Reason"), _("Pause"), FALSE);

  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (pause_confirmed_cb), intent);
}

/**
 * cs_intent_resume: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: a deployment that is paused
 *
 * Goes on with the deployment.
 */
void
cs_intent_resume (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_resume_async (deployment, cs_intent_get_actor (intent), NULL, cs_intent_act_cb,
                              intent);
}
