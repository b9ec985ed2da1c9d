/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses a runbook, of the library or from a file, and reads it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-runbook-button.h"

#include <glib/gi18n.h>

/* Documents of the library that are at hand; the others are opened from their files. */
#define MOST_DOCUMENTS 12

struct _CsRunbookButton
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  GtkMenuButton *button;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsRunbookButton, cs_runbook_button, ADW_TYPE_BIN)

enum
{
  CHOSEN,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
tell (CsRunbookButton *self, CsRunbook *runbook, const GError *error)
{
  if (runbook != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, runbook);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, error);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookButton) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_load_finish (result, &error);

  tell (self, runbook, error);
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookButton) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_library_get_finish (CS_LIBRARY (source), result, &error);

  tell (self, runbook, error);
}

static void
document_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRunbookButton *self = CS_RUNBOOK_BUTTON (widget);

  if (self->workspace != NULL)
    cs_library_get_async (cs_workspace_get_library (self->workspace),
                          g_variant_get_string (parameter, NULL), self->cancellable, got_cb,
                          g_object_ref (self));
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsRunbookButton *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      cs_runbook_load_async (file, self->cancellable, loaded_cb, g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
file_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkFileFilter) runbooks = gtk_file_filter_new ();
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_("Open a Runbook"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _("Open"), _("Cancel"));

  gtk_file_filter_set_name (runbooks, _("Runbooks (Markdown)"));
  gtk_file_filter_add_suffix (runbooks, "md");
  gtk_file_filter_add_suffix (runbooks, "markdown");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), runbooks);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
cs_runbook_button_dispose (GObject *object)
{
  CsRunbookButton *self = CS_RUNBOOK_BUTTON (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (cs_runbook_button_parent_class)->dispose (object);
}

static void
cs_runbook_button_finalize (GObject *object)
{
  g_object_unref (CS_RUNBOOK_BUTTON (object)->cancellable);
  G_OBJECT_CLASS (cs_runbook_button_parent_class)->finalize (object);
}

static void
cs_runbook_button_class_init (CsRunbookButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_runbook_button_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_runbook_button_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, CS_TYPE_RUNBOOK);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_install_action (widget_class, "runbook.document", "s", document_cb);
  gtk_widget_class_install_action (widget_class, "runbook.file", NULL, file_cb);
}

static void
cs_runbook_button_init (CsRunbookButton *self)
{
  self->cancellable = g_cancellable_new ();
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_label (self->button, _("From a Runbook"));
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->button));
}

/** cs_runbook_button_set_workspace: (skip): whose library is at hand. */
void
cs_runbook_button_set_workspace (CsRunbookButton *self, CsWorkspace *workspace)
{
  GListModel *documents = cs_library_get_documents (cs_workspace_get_library (workspace));
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) library = g_menu_new ();

  g_return_if_fail (CS_IS_RUNBOOK_BUTTON (self));

  g_set_object (&self->workspace, workspace);
  for (guint i = 0; i < MIN (g_list_model_get_n_items (documents), MOST_DOCUMENTS); i++)
    {
      g_autoptr (CsLibraryDocument) document = g_list_model_get_item (documents, i);
      CsLibraryEntry *newest = cs_library_document_get_newest (document);
      g_autoptr (GMenuItem) item = g_menu_item_new (cs_library_entry_get_title (newest), NULL);

      g_menu_item_set_action_and_target (item, "runbook.document", "s",
                                         cs_library_entry_get_digest (newest));
      g_menu_append_item (library, item);
    }
  g_menu_append_section (menu, _("Library"), G_MENU_MODEL (library));
  g_menu_append (menu, _("From a _File…"), "runbook.file");
  gtk_menu_button_set_menu_model (self->button, G_MENU_MODEL (menu));
}
