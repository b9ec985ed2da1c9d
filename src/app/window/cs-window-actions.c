/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window does when a page, the menu or a shortcut asks for it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-window-private.h"

#include "cs-deployment-page.h"
#include "cs-preferences.h"
#include "cs-sample.h"
#include "cs-start-dialog.h"
#include "cs-watch-intent.h"

#include <glib/gi18n.h>

static void
show_page_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  cs_window_show_page (user_data, g_variant_get_string (parameter, NULL));
}

static void
toast_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  cs_window_show_toast (user_data, g_variant_get_string (parameter, NULL));
}

static void
reopen_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  cs_window_open_workspace (user_data);
}

static void
back_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "deployment") == 0)
    cs_window_show_page (self, gtk_stack_get_visible_child_name (self->pages));
  else if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
show_runbook_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  cs_window_show_page (self, "runbooks");
  cs_runbooks_page_show_runbook (self->runbooks_page, g_variant_get_string (parameter, NULL));
}

static void
show_record_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  cs_window_show_page (self, "history");
  cs_history_page_show_record (self->history_page, g_variant_get_int64 (parameter));
}

static void
search_history_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  cs_window_show_page (self, "history");
  cs_history_page_search (self->history_page, g_variant_get_string (parameter, NULL));
}

static void
connect_server_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  cs_window_show_page (self, "servers");
  cs_servers_page_add (self->servers_page);
}

/* A file on its way into the library. */
typedef struct
{
  CsWindow *window; /* owned */
  GFile *file;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->window);
  g_object_unref (opening->file);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
show_error (CsWindow *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cs_window_show_toast (self, error->message);
}

static void
runbook_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  CsWindow *self = opening->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsLibraryEntry) entry = cs_library_add_finish (CS_LIBRARY (source), result, &error);

  if (entry == NULL)
    {
      show_error (self, error);
      return;
    }

  cs_window_show_page (self, "runbooks");
  cs_runbooks_page_show_runbook (self->runbooks_page, cs_library_entry_get_digest (entry));
}

static void
runbook_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  CsWindow *self = opening->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_load_finish (result, &error);
  GFile *file = opening->file;

  if (runbook == NULL)
    {
      show_error (self, error);
      return;
    }

  cs_library_add_file_async (cs_workspace_get_library (self->workspace),
                             cs_workspace_get_actor (self->workspace), runbook, file,
                             self->cancellable, runbook_added_cb, g_steal_pointer (&opening));
}

static void
file_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsWindow *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      cs_window_open_file (self, file);
    }

  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
open_runbook_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;
  g_autoptr (GtkFileFilter) runbooks = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) everything = gtk_file_filter_new ();
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_("Open a Runbook"), GTK_WINDOW (self),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _("Open"), _("Cancel"));

  gtk_file_filter_set_name (runbooks, _("Runbooks (Markdown)"));
  gtk_file_filter_add_suffix (runbooks, "md");
  gtk_file_filter_add_suffix (runbooks, "markdown");
  gtk_file_filter_set_name (everything, _("All files"));
  gtk_file_filter_add_pattern (everything, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), runbooks);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), everything);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (file_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static CsDeploymentPage *
get_deployment_page (CsWindow *self)
{
  GtkWidget *page = adw_bin_get_child (self->deployment_bin);

  if (page == NULL || g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "deployment") != 0)
    return NULL;

  return CS_DEPLOYMENT_PAGE (page);
}

static void
show_deployment (CsWindow *self, CsDeployment *deployment)
{
  GtkWidget *page = adw_bin_get_child (self->deployment_bin);

  if (page == NULL || cs_deployment_page_get_deployment (CS_DEPLOYMENT_PAGE (page)) != deployment)
    adw_bin_set_child (self->deployment_bin,
                       cs_deployment_page_new (self->workspace, self->desk, deployment));

  gtk_stack_set_visible_child_name (self->root, "deployment");
}

static void
show_deployment_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;

  if (self->workspace == NULL)
    return;

  deployment = cs_workspace_find_deployment (self->workspace,
                                             g_variant_get_string (parameter, NULL), &error);
  if (deployment != NULL)
    show_deployment (self, deployment);
  else
    cs_window_show_toast (self, error->message);
}

static void
show_watch_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsDeploymentPage *page;

  show_deployment_cb (action, parameter, user_data);
  page = get_deployment_page (user_data);
  if (page != NULL)
    cs_deployment_page_show_watch (page);
}

static void
hold_rollback_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;
  CsDeploymentPage *page;

  show_watch_cb (action, parameter, user_data);
  page = get_deployment_page (self);
  if (page != NULL)
    cs_watch_intent_hold (GTK_WIDGET (self), self->desk, cs_deployment_page_get_deployment (page));
}

static void
start_deployment_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  if (self->workspace != NULL)
    cs_start_dialog_present (GTK_WINDOW (self), self->workspace,
                             g_variant_get_string (parameter, NULL));
}

static void
sample_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDeployment) deployment = cs_sample_start_finish (result, &error);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "try-sample");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), TRUE);
  if (deployment != NULL)
    show_deployment (self, deployment);
  else
    show_error (self, error);
}

static void
try_sample_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  if (self->workspace == NULL)
    {
      self->sample_waits = TRUE;
      return;
    }

  g_simple_action_set_enabled (action, FALSE);
  cs_sample_start_async (self->workspace, self->cancellable, sample_started_cb,
                         g_object_ref (self));
}

static void
next_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsDeploymentPage *page = get_deployment_page (user_data);

  if (page != NULL)
    cs_deployment_page_do_next (page);
}

static void
roll_back_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsDeploymentPage *page = get_deployment_page (user_data);

  if (page != NULL)
    cs_deployment_page_roll_back (page);
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *self = user_data;

  if (self->workspace != NULL)
    cs_preferences_present (GTK_WINDOW (self), self->workspace, NULL);
}

static const GActionEntry actions[] = {
  { "show-page", show_page_cb, "s" },
  { "show-runbook", show_runbook_cb, "s" },
  { "show-record", show_record_cb, "x" },
  { "search-history", search_history_cb, "s" },
  { "open-runbook", open_runbook_cb },
  { "connect-server", connect_server_cb },
  { "start-deployment", start_deployment_cb, "s" },
  { "show-deployment", show_deployment_cb, "s" },
  { "show-watch", show_watch_cb, "s" },
  { "hold-rollback", hold_rollback_cb, "s" },
  { "try-sample", try_sample_cb },
  { "next", next_cb },
  { "roll-back", roll_back_cb },
  { "preferences", preferences_cb },
  { "back", back_cb },
  { "reopen", reopen_cb },
  { "toast", toast_cb, "s" },
};

void
cs_window_install_actions (CsWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

/**
 * cs_window_open_file:
 * @self: a #CsWindow
 * @file: a Markdown document
 *
 * Reads @file, keeps it in the library, and shows it. Waits until the workspace is open.
 */
void
cs_window_open_file (CsWindow *self, GFile *file)
{
  Opening *opening;

  g_return_if_fail (CS_IS_WINDOW (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->workspace == NULL)
    {
      g_queue_push_tail (&self->pending_files, g_object_ref (file));
      return;
    }

  opening = g_new0 (Opening, 1);
  opening->window = g_object_ref (self);
  opening->file = g_object_ref (file);
  cs_runbook_load_async (file, self->cancellable, runbook_loaded_cb, opening);
}
