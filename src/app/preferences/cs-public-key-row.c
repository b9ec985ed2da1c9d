/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A public key to be added: one of this computer's, from a file, or pasted. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-public-key-row.h"

#include "cs-decree-sheet.h"
#include "cs-key-chooser.h"
#include "cs-menu-suffix.h"
#include "cs-new-key-dialog.h"

#include <glib/gi18n.h>

struct _CsPublicKeyRow
{
  AdwEntryRow parent_instance;

  GtkMenuButton *button;

  CsPeople *people;
  GPtrArray *keys; /* of this computer, nobody's yet */
  char *keys_directory;
  char *comment;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsPublicKeyRow, cs_public_key_row, ADW_TYPE_ENTRY_ROW)

static void
choose (CsPublicKeyRow *self, CsKey *key)
{
  gtk_editable_set_text (GTK_EDITABLE (self), cs_key_get_public_line (key));
}

static void
show_problem (CsPublicKeyRow *self, const GError *error)
{
  GtkRoot *sheet = gtk_widget_get_root (GTK_WIDGET (self));

  if (CS_IS_DECREE_SHEET (sheet))
    cs_decree_sheet_show_problem (CS_DECREE_SHEET (sheet), error);
}

static void
choose_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsPublicKeyRow *self = CS_PUBLIC_KEY_ROW (widget);

  choose (self, g_ptr_array_index (self->keys, g_variant_get_uint32 (parameter)));
}

static void
key_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsPublicKeyRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) key = cs_new_key_dialog_ask_finish (result, &error);

  if (key != NULL)
    {
      g_ptr_array_add (self->keys, g_object_ref (key));
      choose (self, key);
    }
  else
    show_problem (self, error);
}

static void
make_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsPublicKeyRow *self = CS_PUBLIC_KEY_ROW (widget);

  cs_new_key_dialog_ask_async (GTK_WINDOW (gtk_widget_get_root (widget)), self->keys_directory,
                               self->comment, self->cancellable, key_made_cb, g_object_ref (self));
}

static void
file_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsPublicKeyRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) key = cs_key_load_finish (result, &error);

  if (key != NULL)
    {
      g_ptr_array_add (self->keys, g_object_ref (key));
      choose (self, key);
    }
  else
    show_problem (self, error);
}

static void
file_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsPublicKeyRow *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        cs_key_load_async (path, self->cancellable, file_loaded_cb, g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
open_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _("Open a Public Key"), GTK_WINDOW (gtk_widget_get_root (widget)),
    GTK_FILE_CHOOSER_ACTION_OPEN, _("Open"), _("Cancel"));

  gtk_file_filter_set_name (filter, _("Public keys"));
  gtk_file_filter_add_suffix (filter, "pub");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (file_chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
fill_menu (CsPublicKeyRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenu) others = g_menu_new ();

  for (guint i = 0; i < self->keys->len; i++)
    {
      g_autofree char *words = cs_key_chooser_describe (g_ptr_array_index (self->keys, i));
      g_autoptr (GMenuItem) item = g_menu_item_new (words, NULL);

      g_menu_item_set_action_and_target (item, "public-key.choose", "u", i);
      g_menu_append_item (own, item);
    }
  g_menu_append (others, _("Open a File…"), "public-key.open");
  g_menu_append (others, _("Make a New Key…"), "public-key.make");
  g_menu_append_section (menu, _("Keys on This Computer"), G_MENU_MODEL (own));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  gtk_menu_button_set_menu_model (self->button, G_MENU_MODEL (menu));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsPublicKeyRow) self = user_data;
  g_autoptr (GPtrArray) keys = cs_key_list_finish (result, NULL);

  for (guint i = 0; keys != NULL && self->people != NULL && i < keys->len; i++)
    if (cs_people_lookup_key (self->people, cs_key_get_public_line (keys->pdata[i])) == NULL)
      g_ptr_array_add (self->keys, g_object_ref (keys->pdata[i]));
  if (keys != NULL)
    fill_menu (self);
}

static void
cs_public_key_row_dispose (GObject *object)
{
  CsPublicKeyRow *self = CS_PUBLIC_KEY_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->people);

  G_OBJECT_CLASS (cs_public_key_row_parent_class)->dispose (object);
}

static void
cs_public_key_row_finalize (GObject *object)
{
  CsPublicKeyRow *self = CS_PUBLIC_KEY_ROW (object);

  g_ptr_array_unref (self->keys);
  g_free (self->keys_directory);
  g_free (self->comment);

  G_OBJECT_CLASS (cs_public_key_row_parent_class)->finalize (object);
}

static void
cs_public_key_row_class_init (CsPublicKeyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_public_key_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_public_key_row_finalize;

  gtk_widget_class_install_action (widget_class, "public-key.choose", "u", choose_cb);
  gtk_widget_class_install_action (widget_class, "public-key.open", NULL, open_cb);
  gtk_widget_class_install_action (widget_class, "public-key.make", NULL, make_cb);
}

static void
cs_public_key_row_init (CsPublicKeyRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->keys = g_ptr_array_new_with_free_func (g_object_unref);
  self->button =
    GTK_MENU_BUTTON (cs_menu_suffix_new ("pan-down-symbolic", _("Choose a Key"), NULL));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _("Public Key"));
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), GTK_WIDGET (self->button));
  fill_menu (self);
}

/**
 * cs_public_key_row_new: (skip)
 * @people: whose keys are not offered
 * @keys_directory: where Countersign keeps the keys that it made
 * @comment: for a key that is made
 *
 * Returns: (transfer floating): a new #CsPublicKeyRow
 */
GtkWidget *
cs_public_key_row_new (CsPeople *people, const char *keys_directory, const char *comment)
{
  CsPublicKeyRow *self = g_object_new (CS_TYPE_PUBLIC_KEY_ROW, NULL);

  self->people = g_object_ref (people);
  self->keys_directory = g_strdup (keys_directory);
  self->comment = g_strdup (comment);
  cs_key_list_async (keys_directory, self->cancellable, listed_cb, g_object_ref (self));
  return GTK_WIDGET (self);
}

/**
 * cs_public_key_row_dup_key: (skip)
 *
 * Returns: (transfer full): the key that stands there, with its private half if that is at hand;
 *   %NULL with %CS_ERROR_INVALID
 */
CsKey *
cs_public_key_row_dup_key (CsPublicKeyRow *self, GError **error)
{
  g_autoptr (CsKey) typed = NULL;

  g_return_val_if_fail (CS_IS_PUBLIC_KEY_ROW (self), NULL);

  typed = cs_key_new_public (gtk_editable_get_text (GTK_EDITABLE (self)), error);
  for (guint i = 0; typed != NULL && i < self->keys->len; i++)
    {
      CsKey *key = g_ptr_array_index (self->keys, i);

      if (g_str_equal (cs_key_get_public_line (key), cs_key_get_public_line (typed)))
        return g_object_ref (key);
    }
  return g_steal_pointer (&typed);
}
