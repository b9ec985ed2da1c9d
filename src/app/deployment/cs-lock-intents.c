/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That this deployment acts on its environment and no other one does, as a person asks for it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-intent.h"
#include "cs-page-intents.h"
#include "cs-standstill-words.h"

#include <glib/gi18n.h>

static void
lock (CsIntent *intent, const char *reason)
{
  cs_deployment_lock_async (intent->deployment, cs_intent_get_actor (intent), reason, NULL,
                            cs_intent_act_cb, intent);
}

static void
take_over_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  lock (cs_intent_copy (user_data), cs_reason_dialog_get_text (dialog));
}

/* What the other one is, stands in the question: nobody takes over unseen. */
static void
ask_to_take_over (CsIntent *intent, const char *words)
{
  const char *environment = cs_deployment_get_environment (intent->deployment);
  g_autofree char *heading = g_strdup_printf (_("Take %s Over?"), environment);
  g_autofree char *body =
    g_strdup_printf (_("%s.\n\nThat deployment runs nothing more, not even its way back, and the "
                       "histories of both keep your reason. A command that it runs right now goes "
                       "on to its end."),
                     words);
  CsReasonDialog *dialog = cs_reason_dialog_new (GTK_WINDOW (intent->window), heading, body,
                                                 _("Reason"), _("Take Over"), TRUE);

  cs_intent_connect (GTK_WINDOW (dialog), G_CALLBACK (take_over_confirmed_cb), intent);
}

/**
 * cs_intent_lock: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: a deployment without the lock on its environment
 *
 * Takes the lock, or asks why it is to be taken over from the deployment that has it.
 */
void
cs_intent_lock (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);
  g_autofree char *words = cs_standstill_words_lock (deployment);

  if (words != NULL)
    ask_to_take_over (intent, words);
  else
    lock (intent, NULL);
}

/**
 * cs_intent_unlock: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment that has the lock on its environment
 *
 * Gives the lock back: others may act there.
 */
void
cs_intent_unlock (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIntent *intent = cs_intent_new (origin, workspace, deployment, NULL, NULL);

  cs_deployment_unlock_async (deployment, cs_intent_get_actor (intent), NULL, cs_intent_act_cb,
                              intent);
}
