/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks of the workspace: a library and a view of each. */

#define G_LOG_DOMAIN "cs-runbooks-page"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-folder-dialog.h"
#include "cs-library-watch.h"
#include "cs-runbook-view.h"
#include "cs-runbooks-page.h"
#include "cs-short-words.h"
#include "cs-time-words.h"

struct _CsRunbooksPage
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsLibraryWatch *watch;
  GCancellable *cancellable; /* of the runbook that is being read */
  char *wanted;              /* digest of the runbook that is shown or being read; NULL: library */

  GtkStack *stack;
  GtkListBox *list;
  CsRunbookView *view;
};

G_DEFINE_FINAL_TYPE (CsRunbooksPage, cs_runbooks_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORKSPACE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GListModel *
get_documents (CsRunbooksPage *self)
{
  return self->workspace != NULL
           ? cs_library_get_documents (cs_workspace_get_library (self->workspace))
           : NULL;
}

static void
show_library (CsRunbooksPage *self)
{
  GListModel *documents = get_documents (self);
  gboolean empty = documents == NULL || g_list_model_get_n_items (documents) == 0;

  if (self->wanted == NULL)
    gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "library");
}

static void
gathered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbooksPage) self = user_data;
  g_autoptr (CsReading) reading = cs_reading_new_finish (result, NULL);
  CsLibraryEntry *entry;

  if (reading == NULL)
    return;
  entry = cs_library_find (cs_workspace_get_library (self->workspace),
                           cs_runbook_get_digest (cs_reading_get_runbook (reading)));
  if (entry == NULL)
    return;
  cs_runbook_view_show (self->view, self->workspace, entry, reading);
  gtk_stack_set_visible_child_name (self->stack, "runbook");
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbooksPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_library_get_finish (CS_LIBRARY (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (runbook == NULL)
    {
      g_clear_pointer (&self->wanted, g_free);
      show_library (self);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  cs_reading_new_async (runbook, self->cancellable, gathered_cb, g_object_ref (self));
}

/* "deploy.md · 3 versions · added today by ann" */
static char *
describe (CsLibraryDocument *document)
{
  CsLibraryEntry *newest = cs_library_document_get_newest (document);
  guint n = g_list_model_get_n_items (cs_library_document_get_versions (document));
  g_autofree char *time = cs_time_words_moment (cs_library_entry_get_added_at (newest));
  g_autofree char *versions = NULL;

  if (n == 1)
    /* Translators: a file's name, when it was added, and by whom */
    return g_markup_printf_escaped (_("%s · added %s by %s"), cs_library_entry_get_name (newest),
                                    time, cs_library_entry_get_added_by (newest));
  versions = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u version", "%u versions", n), n);
  /* Translators: a file's name, how many versions, when the newest was added, and by whom */
  return g_markup_printf_escaped (_("%s · %s, the newest added %s by %s"),
                                  cs_library_entry_get_name (newest), versions, time,
                                  cs_library_entry_get_added_by (newest));
}

/* The version that is in a document's file and not in the library. */
static CsRunbook *
get_new_version (CsRunbooksPage *self, CsLibraryDocument *document)
{
  CsFileWatch *watch = cs_library_watch_find (self->watch, document);

  return watch != NULL ? cs_file_watch_get_runbook (watch) : NULL;
}

static GtkWidget *
new_add_button (CsRunbooksPage *self, CsLibraryDocument *document)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Add New Version"));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("This Runbook Has Changed on Disk"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "runbooks.add-version");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s",
                                    cs_library_document_get_key (document));
  gtk_widget_set_visible (button, get_new_version (self, document) != NULL);
  return button;
}

static void
files_changed_cb (CsRunbooksPage *self)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      CsLibraryDocument *document = g_object_get_data (G_OBJECT (row), "cs-document");
      GtkWidget *button = g_object_get_data (G_OBJECT (row), "cs-add");

      if (document != NULL)
        gtk_widget_set_visible (button, get_new_version (self, document) != NULL);
    }
}

static void
version_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbooksPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsLibraryEntry) entry = cs_library_add_finish (CS_LIBRARY (source), result, &error);
  g_autofree char *words =
    entry != NULL ? g_strdup_printf (_("The new version of “%s” is in the library."),
                                     cs_library_entry_get_title (entry))
                  : g_strdup (error->message);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
}

static void
add_version_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRunbooksPage *self = CS_RUNBOOKS_PAGE (widget);
  CsLibrary *library = cs_workspace_get_library (self->workspace);
  CsLibraryDocument *document =
    cs_library_find_document (library, g_variant_get_string (parameter, NULL));
  CsFileWatch *watch = document != NULL ? cs_library_watch_find (self->watch, document) : NULL;

  if (watch == NULL || cs_file_watch_get_runbook (watch) == NULL)
    return;
  cs_library_add_file_async (library, cs_workspace_get_actor (self->workspace),
                             cs_file_watch_get_runbook (watch), cs_file_watch_get_file (watch),
                             NULL, version_added_cb, g_object_ref (self));
}

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  CsRunbooksPage *self = user_data;
  CsLibraryDocument *document = item;
  GtkWidget *button = new_add_button (self, document);
  CsLibraryEntry *newest = cs_library_document_get_newest (document);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("cs-runbooks-symbolic");
  g_autofree char *words = cs_short_words (cs_library_entry_get_title (newest));
  g_autofree char *title = g_markup_escape_text (words, -1);
  g_autofree char *subtitle = describe (document);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data (G_OBJECT (row), "cs-add", button);
  g_object_set_data_full (G_OBJECT (row), "cs-document", g_object_ref (document), g_object_unref);
  gtk_widget_set_tooltip_text (row, cs_library_document_get_key (document));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "cs-digest",
                          g_strdup (cs_library_entry_get_digest (newest)), g_free);
  return row;
}

static void
row_activated_cb (CsRunbooksPage *self, GtkListBoxRow *row)
{
  cs_runbooks_page_show_runbook (self, g_object_get_data (G_OBJECT (row), "cs-digest"));
}

static void
back_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRunbooksPage *self = CS_RUNBOOKS_PAGE (widget);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->wanted, g_free);
  show_library (self);
}

static void
folder_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsRunbooksPage *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT && self->workspace != NULL)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      cs_folder_dialog_present (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                self->workspace, folder);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
add_folder_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _("Add a Folder or Git Checkout"), GTK_WINDOW (gtk_widget_get_root (widget)),
    GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("Look for Runbooks"), _("Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (folder_chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
set_workspace (CsRunbooksPage *self, CsWorkspace *workspace)
{
  GListModel *documents;

  if (!g_set_object (&self->workspace, workspace))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->wanted, g_free);
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->watch);
  documents = get_documents (self);
  if (documents != NULL)
    {
      self->watch = cs_library_watch_new (cs_workspace_get_library (workspace));
      g_signal_connect_object (self->watch, "changed", G_CALLBACK (files_changed_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_list_box_bind_model (self->list, documents, create_row_cb, self, NULL);
      g_signal_connect_object (documents, "items-changed", G_CALLBACK (show_library), self,
                               G_CONNECT_SWAPPED);
    }
  show_library (self);
}

static void
cs_runbooks_page_dispose (GObject *object)
{
  CsRunbooksPage *self = CS_RUNBOOKS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->watch);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (cs_runbooks_page_parent_class)->dispose (object);
}

static void
cs_runbooks_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WORKSPACE:
      g_value_set_object (value, CS_RUNBOOKS_PAGE (object)->workspace);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_runbooks_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WORKSPACE:
      set_workspace (CS_RUNBOOKS_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_runbooks_page_class_init (CsRunbooksPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_runbooks_page_dispose;
  object_class->get_property = cs_runbooks_page_get_property;
  object_class->set_property = cs_runbooks_page_set_property;

  properties[PROP_WORKSPACE] =
    g_param_spec_object ("workspace", NULL, NULL, CS_TYPE_WORKSPACE,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CS_TYPE_RUNBOOK_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-runbooks-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsRunbooksPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsRunbooksPage, list);
  gtk_widget_class_bind_template_child (widget_class, CsRunbooksPage, view);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_install_action (widget_class, "runbooks.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "runbooks.add-folder", NULL, add_folder_cb);
  gtk_widget_class_install_action (widget_class, "runbooks.add-version", "s", add_version_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "runbooks.back", NULL);
}

static void
cs_runbooks_page_init (CsRunbooksPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_runbooks_page_new:
 *
 * Returns: (transfer floating): the page, empty until it is given a workspace
 */
GtkWidget *
cs_runbooks_page_new (void)
{
  return g_object_new (CS_TYPE_RUNBOOKS_PAGE, NULL);
}

/**
 * cs_runbooks_page_show_runbook:
 * @self: a page that has its workspace
 * @digest: of a runbook in the library
 *
 * Reads it and shows it.
 */
void
cs_runbooks_page_show_runbook (CsRunbooksPage *self, const char *digest)
{
  g_return_if_fail (CS_IS_RUNBOOKS_PAGE (self));
  g_return_if_fail (digest != NULL);

  if (self->workspace == NULL)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (digest);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  gtk_stack_set_visible_child_name (self->stack, "loading");
  cs_library_get_async (cs_workspace_get_library (self->workspace), self->wanted, self->cancellable,
                        read_cb, g_object_ref (self));
}
