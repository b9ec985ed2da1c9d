/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the window, and of the program: what is measured goes on without a window. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-window-private.h"

#include "cs-watch-notices.h"

#include <glib/gi18n.h>

/* The notification that says that the program is still there. */
#define NOTIFICATION "background"

static gboolean
is_running (CsWindow *self)
{
  GListModel *deployments;

  if (self->workspace == NULL)
    return FALSE;

  deployments = cs_workspace_get_deployments (self->workspace);
  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);
      CsNext next;

      cs_deployment_get_next (deployment, &next);
      if (next.kind == CS_NEXT_RUNNING && cs_block_state_get_run (next.block) != NULL)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_watching (CsWindow *self)
{
  g_autoptr (GPtrArray) watched =
    self->desk != NULL ? cs_watch_desk_list_watched (self->desk) : NULL;

  return watched != NULL && watched->len > 0;
}

static void
close_confirmed_cb (CsWindow *self)
{
  gtk_window_destroy (GTK_WINDOW (self));
}

/* ask (self, …): before what a person would not expect; "close" goes on. */
static void
ask (CsWindow *self, const char *heading, const char *body, const char *confirm)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "close",
                                    confirm, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "close",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response::close", G_CALLBACK (close_confirmed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
ask_running (CsWindow *self)
{
  ask (self, _("A Command Is Running"),
       _("It goes on on its target when the window is closed. Open the deployment again to ask how "
         "it ended."),
       _("Close Window"));
}

static void
tell_of_background (CsWindow *self)
{
  GApplication *application = g_application_get_default ();
  g_autoptr (GNotification) notification = g_notification_new (_("Countersign Goes On Watching"));
  g_autoptr (GPtrArray) watched = cs_watch_desk_list_watched (self->desk);
  g_autoptr (GString) titles = g_string_new (NULL);

  for (guint i = 0; i < watched->len; i++)
    g_string_append_printf (titles, "%s%s", i > 0 ? "\n" : "",
                            cs_deployment_get_title (watched->pdata[i]));
  g_notification_set_body (notification, titles->str);
  g_notification_set_default_action (notification, "app.present");
  g_notification_add_button (notification, _("Show"), "app.present");
  g_notification_add_button (notification, _("Stop Watching and Quit"), "app.stop-and-quit");
  g_application_send_notification (application, NOTIFICATION, notification);
}

/* Hidden, it is still a window of the application, which so goes on. */
static void
hide (CsWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  tell_of_background (self);
}

/* Says so, too. */
static gboolean
is_switching (CsWindow *self)
{
  if (!cs_rollouts_page_is_busy (self->rollouts_page))
    return FALSE;
  cs_window_show_toast (self, _("A feature is being switched. Wait until that has ended, then "
                                "close the window."));
  return TRUE;
}

gboolean
cs_window_close_request (GtkWindow *window)
{
  CsWindow *self = CS_WINDOW (window);

  if (is_watching (self))
    {
      hide (self);
      return TRUE;
    }
  if (is_switching (self))
    return TRUE;
  if (is_running (self))
    {
      ask_running (self);
      return TRUE;
    }
  return FALSE;
}

static void
changed_cb (CsWindow *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)) && self->was_shown && !is_watching (self) &&
      !is_running (self))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
trouble_cb (CsWindow *self, CsDeployment *deployment, const GError *error)
{
  cs_window_show_toast (self, error->message);
}

static void
visible_cb (CsWindow *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  self->was_shown = TRUE;
  if (g_application_get_default () != NULL)
    g_application_withdraw_notification (g_application_get_default (), NOTIFICATION);
}

/* Without anything to watch there is nothing that a program without a window would do. */
void
cs_window_follow_desk (CsWindow *self)
{
  cs_alarm_bar_set_desk (self->alarm_bar, self->desk, NULL);
  cs_watch_notices_attach (self->desk, g_application_get_default ());
  g_signal_connect_object (self->desk, "trouble", G_CALLBACK (trouble_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->desk, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "notify::visible", G_CALLBACK (visible_cb), self,
                           G_CONNECT_SWAPPED);
  visible_cb (self);
}

/**
 * cs_window_quit:
 * @self: a window
 *
 * Ends the program, after asking where that would end a watch or leave a command alone.
 */
void
cs_window_quit (CsWindow *self)
{
  g_return_if_fail (CS_IS_WINDOW (self));

  if (is_switching (self))
    return;
  if (is_watching (self))
    {
      gtk_window_present (GTK_WINDOW (self));
      ask (self, _("Stop Watching?"),
           _("Nothing is measured any more, nobody is called, and nothing is rolled back by "
             "itself. Close the window instead, and it goes on in the background."),
           _("Stop Watching and Quit"));
    }
  else if (is_running (self))
    ask_running (self);
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
workspace_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GApplication) application = user_data;

  cs_workspace_close_finish (CS_WORKSPACE (source), result, NULL);
  g_application_release (application);
}

typedef struct
{
  CsWorkspace *workspace;
  GApplication *application;
} Closing;

static void
desk_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Closing *closing = user_data;
  g_autoptr (CsWorkspace) workspace = closing->workspace;

  cs_watch_desk_close_finish (CS_WATCH_DESK (source), result, NULL);
  cs_workspace_close_async (workspace, workspace_closed_cb, closing->application);
}

/* The program stays until nothing is measured, the targets are tidy and the journal is closed. */
void
cs_window_close_workspace (CsWindow *self)
{
  GApplication *application = g_application_get_default ();
  g_autoptr (CsWatchDesk) desk = g_steal_pointer (&self->desk);
  g_autoptr (CsWorkspace) workspace = g_steal_pointer (&self->workspace);
  Closing *closing;

  if (workspace == NULL || application == NULL)
    return;
  g_application_withdraw_notification (application, NOTIFICATION);
  g_application_hold (application);
  closing = g_new0 (Closing, 1);
  closing->workspace = g_steal_pointer (&workspace);
  closing->application = g_object_ref (application);
  cs_watch_desk_close_async (desk, desk_closed_cb, closing);
}
