/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds the runbooks of a folder or git checkout to the library. */

#define G_LOG_DOMAIN "cs-folder-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-folder-dialog.h"
#include "cs-folder-scan.h"

/* How often the count of files is shown while a folder is looked through (ms). */
#define PROGRESS_INTERVAL 100

struct _CsFolderDialog
{
  AdwWindow parent_instance;

  CsWorkspace *workspace;
  CsFolderScan *scan;
  GPtrArray *found; /* of CsFolderRunbook */
  GPtrArray *boxes; /* of GtkCheckButton, one for each that was found */
  GCancellable *cancellable;
  guint progress_source;
  guint next; /* the next to be added, while adding */
  guint n_added;
  guint n_chosen;
  GString *problems;

  GtkStack *stack;
  GtkWidget *add_button;
  GtkLabel *progress;
  GtkListBox *list;
  GtkLabel *cut;
  GtkProgressBar *bar;
  AdwStatusPage *trouble;
};

G_DEFINE_FINAL_TYPE (CsFolderDialog, cs_folder_dialog, ADW_TYPE_WINDOW)

static gboolean
progress_cb (gpointer data)
{
  CsFolderDialog *self = data;
  guint n = cs_folder_scan_get_n_files (self->scan);
  g_autofree char *words = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u file looked at", "%u files looked at", n), n);

  gtk_label_set_text (self->progress, words);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_chosen (CsFolderDialog *self, guint index)
{
  GtkWidget *box = g_ptr_array_index (self->boxes, index);

  return gtk_check_button_get_active (GTK_CHECK_BUTTON (box)) &&
         gtk_widget_get_sensitive (gtk_widget_get_ancestor (box, GTK_TYPE_LIST_BOX_ROW));
}

static void
update_add_button (CsFolderDialog *self)
{
  g_autofree char *label = NULL;

  self->n_chosen = 0;
  for (guint i = 0; i < self->boxes->len; i++)
    {
      if (is_chosen (self, i))
        self->n_chosen++;
    }
  /* Translators: the number of runbooks */
  label = g_strdup_printf (_("Add %u"), self->n_chosen);
  gtk_button_set_label (GTK_BUTTON (self->add_button), label);
  gtk_widget_set_sensitive (self->add_button, self->n_chosen > 0);
}

static char *
describe (CsFolderRunbook *item, gboolean known)
{
  g_autofree char *commands =
    g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u command", "%u commands", item->n_commands),
                     item->n_commands);
  g_autofree char *checks = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u check", "%u checks", item->n_checks), item->n_checks);
  g_autofree char *signoffs =
    g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u sign-off", "%u sign-offs", item->n_signoffs),
                     item->n_signoffs);

  if (known)
    /* Translators: a file's path */
    return g_markup_printf_escaped (_("%s · in the library already"), item->path);
  return g_markup_printf_escaped ("%s · %s · %s · %s", item->path, commands, checks, signoffs);
}

static void
add_row (CsFolderDialog *self, CsFolderRunbook *item)
{
  CsLibrary *library = cs_workspace_get_library (self->workspace);
  gboolean known = cs_library_find (library, item->digest) != NULL;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *box = gtk_check_button_new ();
  g_autofree char *title = g_markup_escape_text (item->title, -1);
  g_autofree char *subtitle = describe (item, known);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (box), TRUE);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), box);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), box);
  gtk_widget_set_sensitive (row, !known);
  g_signal_connect_object (box, "toggled", G_CALLBACK (update_add_button), self,
                           G_CONNECT_SWAPPED);
  g_ptr_array_add (self->boxes, box);
  gtk_list_box_append (self->list, row);
}

static void
show_trouble (CsFolderDialog *self, const char *title, const char *words)
{
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_status_page_set_title (self->trouble, title);
  adw_status_page_set_description (self->trouble, escaped);
  gtk_widget_set_visible (self->add_button, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "trouble");
}

static void
scanned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFolderDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found =
    cs_folder_scan_run_finish (CS_FOLDER_SCAN (source), result, &error);

  g_clear_handle_id (&self->progress_source, g_source_remove);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (found == NULL)
    {
      show_trouble (self, _("Nothing Can Be Added"), error->message);
      return;
    }
  if (found->len == 0)
    {
      show_trouble (self, _("No Runbooks"),
                    _("No Markdown file in this folder holds commands, checks or sign-offs."));
      return;
    }
  self->found = g_steal_pointer (&found);
  for (guint i = 0; i < self->found->len; i++)
    add_row (self, g_ptr_array_index (self->found, i));
  gtk_widget_set_visible (GTK_WIDGET (self->cut), cs_folder_scan_is_cut (self->scan));
  update_add_button (self);
  gtk_stack_set_visible_child_name (self->stack, "found");
  gtk_widget_grab_focus (self->add_button);
}

static void add_next (CsFolderDialog *self);

static void
finish (CsFolderDialog *self)
{
  g_autofree char *words = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (self->problems->len > 0)
    {
      show_trouble (self, _("Not All Were Added"), self->problems->str);
      return;
    }
  words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u runbook added", "%u runbooks added",
                                        self->n_added),
                           self->n_added);
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", words);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
note_problem (CsFolderDialog *self, const GError *error)
{
  if (self->problems->len > 0)
    g_string_append_c (self->problems, '\n');
  g_string_append (self->problems, error->message);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFolderDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsLibraryEntry) entry = cs_library_add_finish (CS_LIBRARY (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (entry != NULL)
    self->n_added++;
  else
    note_problem (self, error);
  add_next (self);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFolderDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_load_finish (result, &error);
  CsFolderRunbook *item = g_ptr_array_index (self->found, self->next - 1);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (runbook == NULL)
    {
      note_problem (self, error);
      add_next (self);
      return;
    }
  cs_library_add_file_async (cs_workspace_get_library (self->workspace),
                             cs_workspace_get_actor (self->workspace), runbook, item->file,
                             self->cancellable, added_cb, g_object_ref (self));
}

/* One after the other: each is a record, and the journal is in no hurry. */
static void
add_next (CsFolderDialog *self)
{
  CsFolderRunbook *item;

  while (self->next < self->found->len && !is_chosen (self, self->next))
    self->next++;
  if (self->next == self->found->len)
    {
      finish (self);
      return;
    }
  gtk_progress_bar_set_fraction (self->bar, (double) self->n_added / MAX (self->n_chosen, 1));
  item = g_ptr_array_index (self->found, self->next++);
  cs_runbook_load_async (item->file, self->cancellable, loaded_cb, g_object_ref (self));
}

static void
add_cb (CsFolderDialog *self)
{
  gtk_widget_set_visible (self->add_button, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "adding");
  add_next (self);
}

static void
cs_folder_dialog_dispose (GObject *object)
{
  CsFolderDialog *self = CS_FOLDER_DIALOG (object);

  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->scan);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->boxes, g_ptr_array_unref);

  G_OBJECT_CLASS (cs_folder_dialog_parent_class)->dispose (object);
}

static void
cs_folder_dialog_finalize (GObject *object)
{
  g_string_free (CS_FOLDER_DIALOG (object)->problems, TRUE);

  G_OBJECT_CLASS (cs_folder_dialog_parent_class)->finalize (object);
}

static void
cs_folder_dialog_class_init (CsFolderDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_folder_dialog_dispose;
  object_class->finalize = cs_folder_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-folder-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsFolderDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, CsFolderDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, CsFolderDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, CsFolderDialog, list);
  gtk_widget_class_bind_template_child (widget_class, CsFolderDialog, cut);
  gtk_widget_class_bind_template_child (widget_class, CsFolderDialog, bar);
  gtk_widget_class_bind_template_child (widget_class, CsFolderDialog, trouble);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
cs_folder_dialog_init (CsFolderDialog *self)
{
  self->boxes = g_ptr_array_new ();
  self->problems = g_string_new (NULL);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_folder_dialog_present:
 * @parent: the window before which it stands
 * @workspace: whose library
 * @folder: a folder
 *
 * Looks through the folder, lets a person choose, and adds what was chosen.
 */
void
cs_folder_dialog_present (GtkWindow *parent, CsWorkspace *workspace, GFile *folder)
{
  CsFolderDialog *self = g_object_new (CS_TYPE_FOLDER_DIALOG, "transient-for", parent, NULL);

  self->workspace = g_object_ref (workspace);
  self->scan = cs_folder_scan_new (folder);
  self->progress_source = g_timeout_add (PROGRESS_INTERVAL, progress_cb, self);
  cs_folder_scan_run_async (self->scan, self->cancellable, scanned_cb, g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
}
