/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a key for a person who has none: asks for a passphrase, and makes an Ed25519 key. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-new-key-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct
{
  char *keys_directory;
  char *comment;
  AdwMessageDialog *dialog; /* unowned: it lives until it has responded */
  GtkEditable *passphrase;  /* owned: the dialog drops them before it responds */
  GtkEditable *again;
} Asking;

static void
asking_free (Asking *asking)
{
  g_clear_object (&asking->passphrase);
  g_clear_object (&asking->again);
  g_free (asking->keys_directory);
  g_free (asking->comment);
  g_free (asking);
}

static void
generated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CsKey *key = cs_key_generate_finish (result, &error);

  if (key != NULL)
    g_task_return_pointer (task, key, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  GTask *task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (CsAskpass) askpass = NULL;
  GError *error = NULL;

  if (!g_str_equal (response, "make"))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("No key was made"));
      return;
    }

  askpass = cs_askpass_new_with_passphrase (gtk_editable_get_text (asking->passphrase), &error);
  if (askpass == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  cs_key_generate_async (asking->keys_directory, asking->comment, askpass,
                         g_task_get_cancellable (task), generated_cb, g_object_ref (task));
}

static void
changed_cb (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  const char *passphrase = gtk_editable_get_text (asking->passphrase);
  gboolean same = g_str_equal (passphrase, gtk_editable_get_text (asking->again));

  adw_message_dialog_set_response_enabled (asking->dialog, "make", same && *passphrase != '\0');
  if (same || *gtk_editable_get_text (asking->again) == '\0')
    gtk_widget_remove_css_class (GTK_WIDGET (asking->again), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (asking->again), "error");
}

static GtkEditable *
append_entry (GtkWidget *list, const char *title, GTask *task)
{
  GtkWidget *entry = adw_password_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), title);
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (changed_cb), task, G_CONNECT_SWAPPED);

  return g_object_ref (GTK_EDITABLE (entry));
}

static void
free_task_closure (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

/**
 * cs_new_key_dialog_ask_async: (skip)
 * @parent: the window before which a person is asked
 * @keys_directory: where the key is kept
 * @comment: whose key it is
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when the key is made
 * @user_data: for @callback
 *
 * Asks for a passphrase, twice, and makes a key with it.
 */
void
cs_new_key_dialog_ask_async (GtkWindow *parent,
                             const char *keys_directory,
                             const char *comment,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (parent, cancellable, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);
  GtkWidget *list = gtk_list_box_new ();

  g_task_set_source_tag (task, cs_new_key_dialog_ask_async);
  g_task_set_task_data (task, asking, (GDestroyNotify) asking_free);
  asking->keys_directory = g_strdup (keys_directory);
  asking->comment = g_strdup (comment);
  asking->dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (
    parent, _("Make a New Key"),
    _("Whoever has the key and its passphrase can sign in your name. Nobody can tell you the "
      "passphrase again, so choose one that you will remember.")));
  asking->passphrase = append_entry (list, _("Passphrase"), task);
  asking->again = append_entry (list, _("Passphrase Again"), task);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  adw_message_dialog_set_extra_child (asking->dialog, list);
  adw_message_dialog_add_responses (asking->dialog, "cancel", _("Cancel"), "make", _("Make Key"),
                                    NULL);
  adw_message_dialog_set_close_response (asking->dialog, "cancel");
  adw_message_dialog_set_default_response (asking->dialog, "make");
  adw_message_dialog_set_response_appearance (asking->dialog, "make", ADW_RESPONSE_SUGGESTED);
  changed_cb (task);

  gtk_window_present (GTK_WINDOW (asking->dialog));
  gtk_widget_grab_focus (GTK_WIDGET (asking->passphrase));
  g_signal_connect_data (asking->dialog, "response", G_CALLBACK (response_cb), task,
                         free_task_closure, 0);
}

/**
 * cs_new_key_dialog_ask_finish: (skip)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the key; %NULL if it was not made, or not wanted
 *   (%G_IO_ERROR_CANCELLED)
 */
CsKey *
cs_new_key_dialog_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
