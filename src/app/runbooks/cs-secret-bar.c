/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says that secrets stand in a runbook in clear text, and moves them to the keyring. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-secret-bar.h"

#include "cs-secret-move.h"

#include <glib/gi18n.h>

struct _CsSecretBar
{
  AdwBin parent_instance;

  GtkWidget *box;
  GtkLabel *words;
  GtkWidget *move;

  CsWorkspace *workspace;
  CsLibraryEntry *entry;
  CsRunbook *runbook;
  GPtrArray *found;
  char *environment; /* for which they are moved; NULL: all */
  GFile *file;       /* where the new version goes */
  guint next;        /* of those found, which the keyring gets next */
  GArray *arguments; /* lines whose program takes one as an argument only */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsSecretBar, cs_secret_bar, ADW_TYPE_BIN)

/* Under this the question has the entry for the environment. */
#define ENVIRONMENT "environment"

static void store_next (CsSecretBar *self);

static void
tell (CsSecretBar *self, const char *words)
{
  gtk_widget_set_sensitive (self->move, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
}

static void
tell_error (CsSecretBar *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell (self, error->message);
}

/* What is left to do by hand. */
static char *
describe_outcome (CsSecretBar *self)
{
  GString *words = g_string_new (
    _("The runbook refers to them now. Where the old text was kept, in a repository say, they are "
      "still to be read: change them there."));

  for (guint i = 0; self->arguments != NULL && i < self->arguments->len; i++)
    {
      g_string_append_c (words, '\n');
      g_string_append_printf (
        words,
        _("Line %u: the program gets the secret as an argument, which all on the server can read "
          "while it runs; have it read a file or a variable."),
        g_array_index (self->arguments, guint, i));
    }
  return g_string_free (words, FALSE);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretBar) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsLibraryEntry) entry = cs_library_add_finish (CS_LIBRARY (source), result, &error);
  g_autofree char *words = NULL;

  if (entry == NULL)
    {
      tell_error (self, error);
      return;
    }
  words = describe_outcome (self);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-runbook", "s",
                              cs_library_entry_get_digest (entry));
  tell (self, words);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretBar) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_load_finish (result, &error);

  if (runbook == NULL || self->workspace == NULL)
    tell_error (self, error);
  else
    cs_library_add_file_async (cs_workspace_get_library (self->workspace),
                               cs_workspace_get_actor (self->workspace), runbook, self->file,
                               self->cancellable, added_cb, g_object_ref (self));
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretBar) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    cs_runbook_load_async (self->file, self->cancellable, loaded_cb, g_object_ref (self));
  else
    tell_error (self, error);
}

/* Only when the keyring has them all does the source lose them. */
static void
write_version (CsSecretBar *self)
{
  g_autoptr (GBytes) source = NULL;

  g_clear_pointer (&self->arguments, g_array_unref);
  source = cs_secret_move_apply (self->runbook, self->found, &self->arguments);
  g_file_replace_contents_bytes_async (self->file, source, NULL, FALSE, G_FILE_CREATE_NONE,
                                       self->cancellable, written_cb, g_object_ref (self));
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretBar) self = user_data;
  CsKeyring *keyring = CS_KEYRING (source);
  g_autoptr (GError) error = NULL;
  gboolean done = cs_keyring_store_finish (keyring, result, &error);

  if (!done)
    tell_error (self, error);
  else if (cs_keyring_get_problem (keyring) != NULL)
    tell (self, cs_keyring_get_problem (keyring)); /* the only copy must not be one in memory */
  else if (self->workspace != NULL)
    store_next (self);
}

static void
store_next (CsSecretBar *self)
{
  const CsFoundSecret *secret;
  g_autofree char *key = NULL;
  g_autofree char *label = NULL;

  if (self->next == self->found->len)
    {
      write_version (self);
      return;
    }
  secret = g_ptr_array_index (self->found, self->next++);
  key = cs_keyring_dup_secret_name (self->environment, secret->name);
  label = g_strdup_printf ("Countersign: %s", secret->name);
  cs_keyring_store_async (cs_workspace_get_keyring (self->workspace), CS_KEYRING_SECRET, key, label,
                          secret->value, self->cancellable, stored_cb, g_object_ref (self));
}

static void
chosen_cb (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  CsSecretBar *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_clear_object (&self->file);
      self->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      self->next = 0;
      gtk_widget_set_sensitive (self->move, FALSE);
      store_next (self);
    }
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

static void
ask_where (CsSecretBar *self)
{
  const char *path = cs_library_entry_get_path (self->entry);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
    _("Save the New Version"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
    GTK_FILE_CHOOSER_ACTION_SAVE, _("Save"), _("Cancel"));

  if (path != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GFile) folder = g_file_get_parent (file);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser),
                                     cs_library_entry_get_name (self->entry));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
confirmed_cb (CsSecretBar *self, const char *response, GObject *dialog)
{
  GtkEditable *entry = g_object_get_data (dialog, ENVIRONMENT);
  char *environment = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  g_free (self->environment);
  self->environment = *environment != '\0' ? environment : NULL;
  if (self->environment == NULL)
    g_free (environment);
  ask_where (self);
}

/* Their names and lines; never what they are. */
static char *
list_found (CsSecretBar *self)
{
  g_autoptr (GString) words = g_string_new (
    _("The keyring keeps their values, and the new version of the runbook refers to them:"));

  g_string_append_c (words, '\n');
  for (guint i = 0; i < self->found->len; i++)
    {
      const CsFoundSecret *secret = g_ptr_array_index (self->found, i);

      g_string_append_c (words, '\n');
      g_string_append_printf (words, _("Line %u: %s"), secret->line, secret->name);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
move_cb (CsSecretBar *self)
{
  g_autofree char *body = list_found (self);
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                            _("Move These to the Keyring?"), body);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *entry = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _("Environment; empty: all"));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), list);
  /* The dialog drops its child before it responds. */
  g_object_set_data_full (G_OBJECT (dialog), ENVIRONMENT, g_object_ref_sink (entry),
                          g_object_unref);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "move",
                                    _("Move…"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "move",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response::move", G_CALLBACK (confirmed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
cs_secret_bar_dispose (GObject *object)
{
  CsSecretBar *self = CS_SECRET_BAR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->entry);
  g_clear_object (&self->runbook);
  g_clear_object (&self->file);
  g_clear_pointer (&self->found, g_ptr_array_unref);

  G_OBJECT_CLASS (cs_secret_bar_parent_class)->dispose (object);
}

static void
cs_secret_bar_finalize (GObject *object)
{
  CsSecretBar *self = CS_SECRET_BAR (object);

  g_free (self->environment);
  g_clear_pointer (&self->arguments, g_array_unref);

  G_OBJECT_CLASS (cs_secret_bar_parent_class)->finalize (object);
}

static void
cs_secret_bar_class_init (CsSecretBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_secret_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_secret_bar_finalize;
}

static void
cs_secret_bar_init (CsSecretBar *self)
{
  GtkWidget *icon;

  self->cancellable = g_cancellable_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                       "icon-name", "dialog-password-symbolic", NULL);
  self->words = GTK_LABEL (gtk_label_new (NULL));
  self->move = gtk_button_new_with_label (_("Move to the Keyring…"));
  gtk_widget_set_visible (self->box, FALSE);
  gtk_widget_add_css_class (self->box, "notice");
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_widget_set_valign (self->move, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->box), icon);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (self->box), self->move);
  adw_bin_set_child (ADW_BIN (self), self->box);
  g_signal_connect_object (self->move, "clicked", G_CALLBACK (move_cb), self, G_CONNECT_SWAPPED);
}

/**
 * cs_secret_bar_show: (skip)
 * @workspace: whose keyring and library
 * @entry: the version that is shown
 * @reading: what it says
 *
 * Says how many secrets stand there in clear text; without any the bar is not seen.
 */
void
cs_secret_bar_show (CsSecretBar *self,
                    CsWorkspace *workspace,
                    CsLibraryEntry *entry,
                    CsReading *reading)
{
  g_autofree char *words = NULL;

  g_return_if_fail (CS_IS_SECRET_BAR (self));

  g_set_object (&self->workspace, workspace);
  g_set_object (&self->entry, entry);
  g_set_object (&self->runbook, cs_reading_get_runbook (reading));
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_ptr_array_ref (cs_reading_get_secrets (reading));
  words = g_strdup_printf (ngettext ("%u secret stands here in clear text",
                                     "%u secrets stand here in clear text", self->found->len),
                           self->found->len);
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (self->box, self->found->len > 0);
}
