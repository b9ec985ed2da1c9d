/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asked for what of a deployment, and how they hear what came of it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-intent.h"

CsIntent *
cs_intent_new (GtkWidget *origin,
               CsWorkspace *workspace,
               CsDeployment *deployment,
               CsStepState *step,
               CsBlockState *block)
{
  CsIntent *intent = g_new0 (CsIntent, 1);
  GtkRoot *root = gtk_widget_get_root (origin);

  intent->window = root != NULL ? g_object_ref (GTK_WIDGET (root)) : NULL;
  intent->workspace = g_object_ref (workspace);
  intent->deployment = g_object_ref (deployment);
  g_set_object (&intent->step, step);
  g_set_object (&intent->block, block);

  return intent;
}

void
cs_intent_free (CsIntent *intent)
{
  g_clear_object (&intent->window);
  g_clear_object (&intent->workspace);
  g_clear_object (&intent->deployment);
  g_clear_object (&intent->step);
  g_clear_object (&intent->block);
  g_free (intent);
}

static void
free_closure_cb (gpointer data, GClosure *closure)
{
  cs_intent_free (data);
}

void
cs_intent_tell (CsIntent *intent, const GError *error)
{
  if (intent->window != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (intent->window, "win.toast", "s", error->message);
}

const char *
cs_intent_get_actor (CsIntent *intent)
{
  return cs_workspace_get_actor (intent->workspace);
}

void
cs_intent_act_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsIntent) intent = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_act_finish (CS_DEPLOYMENT (source), result, &error))
    cs_intent_tell (intent, error);
}

CsIntent *
cs_intent_copy (CsIntent *intent)
{
  CsIntent *copy = g_new0 (CsIntent, 1);

  g_set_object (&copy->window, intent->window);
  g_set_object (&copy->workspace, intent->workspace);
  g_set_object (&copy->deployment, intent->deployment);
  g_set_object (&copy->step, intent->step);
  g_set_object (&copy->block, intent->block);
  copy->part = intent->part;
  copy->point = intent->point;

  return copy;
}

void
cs_intent_connect (GtkWindow *dialog, GCallback callback, CsIntent *intent)
{
  g_signal_connect_data (dialog, "response::confirm", callback, intent, free_closure_cb, 0);
  gtk_window_present (dialog);
}
