/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a runbook's author leaves to a person: which of several, whether at all, and which value. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-capture.h"
#include "cs-intent.h"
#include "cs-page-intents.h"

#include <glib/gi18n.h>

/**
 * cs_intent_choose: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: one of several options, or the step in which they are
 * @block: (nullable): a command of one of several options in the step
 *
 * Records which of several is gone for, also long ahead.
 */
void
cs_intent_choose (GtkWidget *origin,
                  CsWorkspace *workspace,
                  CsDeployment *deployment,
                  CsStepState *step,
                  CsBlockState *block)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, step, block);

  cs_deployment_choose_async (deployment, cs_intent_get_actor (intent), step, block, NULL,
                              cs_intent_act_cb, intent);
}

static void
leave_out_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);

  cs_deployment_leave_out_async (intent->deployment, cs_intent_get_actor (intent), intent->block,
                                 cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb,
                                 intent);
}

/**
 * cs_intent_leave_out: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @block: a command that its author leaves to a person
 *
 * Asks for a reason, and leaves the command out.
 */
void
cs_intent_leave_out (GtkWidget *origin,
                     CsWorkspace *workspace,
                     CsDeployment *deployment,
                     CsBlockState *block)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, block);
  const char *condition = cs_block_get_condition (cs_block_state_get_block (block));
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), _("Leave the Command Out?"), condition != NULL ? condition : "",
    _("Reason"), _("Leave Out"), FALSE);

  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (leave_out_confirmed_cb), intent);
}

static void
capture_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsIntent *intent = cs_intent_copy (user_data);
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (intent->deployment, NULL);
  guint choice = cs_reason_dialog_get_choice (dialog);

  if (choice >= names->len)
    {
      cs_intent_free (intent);
      return;
    }
  cs_deployment_capture_async (intent->deployment, cs_intent_get_actor (intent), intent->block,
                               g_ptr_array_index (names, choice),
                               cs_reason_dialog_get_text (dialog), NULL, cs_intent_act_cb, intent);
}

/**
 * cs_intent_capture: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: a deployment whose runbook has placeholders
 * @block: a command, or its state on a member of a fleet, that was run
 * @text: a part of what it printed
 *
 * Asks which placeholder is meant, and takes its value from the output.
 */
void
cs_intent_capture (GtkWidget *origin,
                   CsWorkspace *workspace,
                   CsDeployment *deployment,
                   CsBlockState *block,
                   const char *text)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, block);
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (deployment, NULL);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (intent->window), _("Use as a Value?"),
    _("The record says which command printed it, and in which line. What was approved with another "
      "value has to be approved again."),
    _("Text from the Output"), _("Use It"), FALSE);

  for (guint i = 0; i < names->len; i++)
    gtk_string_list_append (titles, g_ptr_array_index (names, i));
  cs_reason_dialog_set_choices (dialog, _("Placeholder"), titles);
  cs_reason_dialog_set_text (dialog, stripped);
  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (capture_confirmed_cb), intent);
}
