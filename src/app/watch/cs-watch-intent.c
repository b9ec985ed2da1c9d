/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks of a watch: done in the background, errors told. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-watch-intent.h"

#include "cs-reason-dialog.h"

#include <glib/gi18n.h>

/* While a dialog is open or a record is written. */
typedef struct
{
  GtkWidget *window; /* owned: tells errors, also when what asked is gone */
  CsWatch *watch;
  char *actor;
} Errand;

static Errand *
errand_new (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (desk, deployment);
  GtkRoot *root = gtk_widget_get_root (origin);
  Errand *errand;

  if (watch == NULL)
    return NULL;
  errand = g_new0 (Errand, 1);
  errand->window = root != NULL ? g_object_ref (GTK_WIDGET (root)) : NULL;
  errand->watch = g_object_ref (cs_deployment_watch_get_watch (watch));
  errand->actor = g_strdup (cs_workspace_get_actor (cs_watch_desk_get_workspace (desk)));
  return errand;
}

static Errand *
errand_copy (Errand *errand)
{
  Errand *copy = g_new0 (Errand, 1);

  g_set_object (&copy->window, errand->window);
  copy->watch = g_object_ref (errand->watch);
  copy->actor = g_strdup (errand->actor);
  return copy;
}

static void
errand_free (Errand *errand)
{
  g_clear_object (&errand->window);
  g_object_unref (errand->watch);
  g_free (errand->actor);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void
tell (GtkWidget *window, const GError *error)
{
  if (window != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (window, "win.toast", "s", error->message);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) errand = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_watch_act_finish (CS_WATCH (source), result, &error))
    tell (errand->window, error);
}

static void
free_closure_cb (gpointer data, GClosure *closure)
{
  errand_free (data);
}

/* The errand goes with the dialog. */
static void
ask (CsReasonDialog *dialog, GCallback callback, Errand *errand)
{
  g_signal_connect_data (dialog, "response::confirm", callback, errand, free_closure_cb, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/** cs_watch_intent_remove: (skip): takes a probe or a bound out of the watch. */
void
cs_watch_intent_remove (GtkWidget *origin,
                        CsWatchDesk *desk,
                        CsDeployment *deployment,
                        const char *id)
{
  Errand *errand = errand_new (origin, desk, deployment);

  if (errand != NULL)
    cs_watch_remove_async (errand->watch, errand->actor, id, NULL, done_cb, errand);
}

/** cs_watch_intent_start: (skip): measures from now on. */
void
cs_watch_intent_start (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  g_autoptr (GError) error = NULL;

  if (!cs_watch_desk_start (desk, deployment, &error))
    tell (GTK_WIDGET (gtk_widget_get_root (origin)), error);
}

static void
end_cb (GtkWidget *dialog, const char *response, gpointer user_data)
{
  Errand *errand = errand_copy (user_data);

  cs_watch_end_async (errand->watch, errand->actor, NULL, done_cb, errand);
}

/** cs_watch_intent_end: (skip): asks, and ends the watch for good. */
void
cs_watch_intent_end (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  Errand *errand = errand_new (origin, desk, deployment);
  GtkWidget *dialog;

  if (errand == NULL)
    return;
  dialog = adw_message_dialog_new (
    GTK_WINDOW (errand->window), _("End the Watch?"),
    _("Nothing is measured for this deployment any more, here or elsewhere, and nothing is "
      "rolled back by itself. What was measured stays."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "confirm",
                                    _("End"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "confirm",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response::confirm", G_CALLBACK (end_cb), errand,
                         free_closure_cb, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/** cs_watch_intent_acknowledge: (skip): who acts here takes care of all that calls. */
void
cs_watch_intent_acknowledge (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  Errand *errand = errand_new (origin, desk, deployment);

  if (errand != NULL)
    cs_watch_acknowledge_async (errand->watch, errand->actor, NULL, done_cb, errand);
}

static void
hold_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Errand *errand = errand_copy (user_data);

  cs_watch_stop_countdown_async (errand->watch, errand->actor,
                                 cs_reason_dialog_get_text (dialog), NULL, done_cb, errand);
}

/** cs_watch_intent_hold: (skip): asks for a reason, and stops the countdown to the rollback. */
void
cs_watch_intent_hold (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  Errand *errand = errand_new (origin, desk, deployment);
  CsReasonDialog *dialog;

  if (errand == NULL)
    return;
  dialog = cs_reason_dialog_new (GTK_WINDOW (errand->window), _("Hold the Rollback?"),
                                 _("The countdown stops, and the deployment stays as it is. You "
                                   "can still roll back yourself. It goes on counting while you "
                                   "write."),
                                 _("Reason"), _("Hold"), FALSE);
  ask (dialog, G_CALLBACK (hold_cb), errand);
}

static void
withdraw_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Errand *errand = errand_copy (user_data);

  cs_watch_withdraw_consent_async (errand->watch, errand->actor,
                                   cs_reason_dialog_get_text (dialog), NULL, done_cb, errand);
}

/** cs_watch_intent_withdraw_consent: (skip): asks for a reason; then it only alarms. */
void
cs_watch_intent_withdraw_consent (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  Errand *errand = errand_new (origin, desk, deployment);

  if (errand != NULL)
    ask (cs_reason_dialog_new (GTK_WINDOW (errand->window), _("Withdraw the Consent?"),
                               _("Nothing is rolled back by itself any more; people are still "
                                 "called."),
                               _("Reason"), _("Withdraw"), FALSE),
         G_CALLBACK (withdraw_cb), errand);
}
