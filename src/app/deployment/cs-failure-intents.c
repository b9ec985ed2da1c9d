/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person says of a command that failed or that no program can judge; and pausing. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-clock.h"
#include "cs-intent.h"
#include "cs-page-intents.h"

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

/* The roles that this person holds now; NULL if there are none. */
static char **
list_roles (CsIntent *intent)
{
  CsPerson *person =
    cs_people_lookup (cs_workspace_get_people (intent->workspace), cs_intent_get_actor (intent));
  g_auto (GStrv) roles = person != NULL ? cs_person_list_roles (person, cs_clock_now ()) : NULL;

  return roles != NULL && roles[0] != NULL ? g_steal_pointer (&roles) : NULL;
}

static void
accept_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);
  g_auto (GStrv) roles = list_roles (intent);
  guint choice = cs_reason_dialog_get_choice (dialog);
  const char *role = roles != NULL && choice < g_strv_length (roles) ? roles[choice] : NULL;

  cs_deployment_accept_async (intent->deployment, cs_intent_get_actor (intent), intent->block, role,
                              cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb, intent);
}

/**
 * cs_intent_accept: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @block: a command that failed, or its state on a member of a fleet
 *
 * Asks for a reason, and in which role, and marks the command as passed.
 */
void
cs_intent_accept (GtkWidget *origin,
                  CsWorkspace *workspace,
                  CsDeployment *deployment,
                  CsBlockState *block)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, block);
  g_auto (GStrv) roles = list_roles (intent);
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), _("Mark as Passed?"),
    _("The command counts as passed although it failed. The history keeps that it failed, who "
      "decided otherwise, and why."),
    _("Reason"), _("Mark as Passed"), FALSE);

  if (roles != NULL)
    {
      g_autoptr (GtkStringList) choices = gtk_string_list_new ((const char *const *) roles);

      cs_reason_dialog_set_choices (dialog, _("In the Role of"), choices);
    }
  cs_intent_connect (dialog, G_CALLBACK (accept_confirmed_cb), intent);
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
  cs_intent_connect (dialog, G_CALLBACK (resolve_confirmed_cb), intent);
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
  cs_intent_connect (dialog, go ? G_CALLBACK (go_confirmed_cb) : G_CALLBACK (no_go_confirmed_cb),
                     intent);
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

  cs_intent_connect (dialog, G_CALLBACK (pause_confirmed_cb), intent);
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
