/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saves what the history page has found: where to, how far, done. */

#define G_LOG_DOMAIN "cs-history-page"

#include "config.h"

#include "cs-history-saving.h"

#include "cs-history-export.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget *origin; /* weak: the page may be gone before the file is there */
  CsStore *store;
  CsQuery *query;
  GCancellable *cancellable;
  AdwMessageDialog *dialog; /* weak: how far it is */
} Saving;

static void
saving_free (Saving *self)
{
  g_clear_weak_pointer (&self->origin);
  g_clear_weak_pointer (&self->dialog);
  g_object_unref (self->store);
  cs_query_free (self->query);
  g_object_unref (self->cancellable);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static void
tell (Saving *self, const char *words)
{
  if (self->origin != NULL)
    gtk_widget_activate_action (self->origin, "win.toast", "s", words);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Saving) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 n = cs_history_export_finish (result, &error);

  if (self->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (self->dialog));
  if (n >= 0)
    {
      g_autofree char *words = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%lld record exported", "%lld records exported", n),
        (long long) n);

      tell (self, words);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell (self, error->message);
}

static void
progress_cb (gint64 n, gpointer user_data)
{
  Saving *self = user_data;
  g_autofree char *words = NULL;

  if (self->dialog == NULL)
    return;
  words = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%lld record is written", "%lld records are written", n),
    (long long) n);
  adw_message_dialog_set_body (self->dialog, words);
}

static void
begin (Saving *self, GFile *file)
{
  GtkRoot *root = self->origin != NULL ? gtk_widget_get_root (self->origin) : NULL;
  GtkWidget *dialog;

  if (root == NULL)
    {
      saving_free (self);
      return;
    }
  dialog = adw_message_dialog_new (GTK_WINDOW (root), _("Exporting the History…"), NULL);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"));
  g_signal_connect_object (dialog, "response::cancel", G_CALLBACK (g_cancellable_cancel),
                           self->cancellable, G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->dialog, ADW_MESSAGE_DIALOG (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
  cs_history_export_async (self->store, self->query, file, progress_cb, self, self->cancellable,
                           exported_cb, self);
}

static void
chosen_cb (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  g_autoptr (Saving) self = user_data;
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
  if (file != NULL)
    begin (g_steal_pointer (&self), file);
}

/**
 * cs_history_saving_begin: (skip)
 * @origin: who asked
 * @workspace: whose history
 * @query: what to look for in it
 *
 * Asks where to, and writes all records that answer, for a spreadsheet. It can be cancelled.
 */
void
cs_history_saving_begin (GtkWidget *origin, CsWorkspace *workspace, const CsQuery *query)
{
  Saving *self = g_new0 (Saving, 1);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
    _("Export What Was Found"), GTK_WINDOW (gtk_widget_get_root (origin)),
    GTK_FILE_CHOOSER_ACTION_SAVE, _("Save"), _("Cancel"));

  g_set_weak_pointer (&self->origin, origin);
  self->store = g_object_ref (cs_workspace_get_store (workspace));
  self->query = cs_query_copy (query);
  self->cancellable = g_cancellable_new ();
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "history.csv");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (chosen_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
