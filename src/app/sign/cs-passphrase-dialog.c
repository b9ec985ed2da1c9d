/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a person what OpenSSH wants to know, and hands the answer to it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-passphrase-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct
{
  GTask *answer;
  GtkEditable *entry; /* owned: the dialog drops it before it responds */
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_object_unref (question->answer);
  g_object_unref (question->entry);
  g_free (question);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Question *question = user_data;

  if (g_str_equal (response, "answer"))
    g_task_return_pointer (question->answer, g_strdup (gtk_editable_get_text (question->entry)),
                           g_free);
  else
    g_task_return_new_error (question->answer, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             _("No passphrase was given"));
}

static void
activated_cb (AdwMessageDialog *dialog)
{
  adw_message_dialog_response (dialog, "answer");
}

/* The dialog that is before the window already, if any: it takes all input. */
static GtkWindow *
find_foremost (GtkWindow *window)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (windows, i);

      if (gtk_window_get_transient_for (other) == window && gtk_window_get_modal (other) &&
          gtk_widget_get_visible (GTK_WIDGET (other)))
        return find_foremost (other);
    }
  return window;
}

static void
ask_cb (CsAskpass *askpass, const char *prompt, GTask *answer, gpointer user_data)
{
  GtkWindow *parent = find_foremost (GTK_WINDOW (user_data));
  GtkWidget *dialog = adw_message_dialog_new (parent, _("Passphrase"), prompt);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *entry = adw_password_entry_row_new ();
  Question *question = g_new0 (Question, 1);

  question->answer = g_object_ref (answer);
  question->entry = g_object_ref_sink (GTK_EDITABLE (entry));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _("Passphrase"));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), list);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "answer",
                                    _("Unlock"), NULL);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "answer",
                                              ADW_RESPONSE_SUGGESTED);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), question, question_free, 0);
  g_signal_connect_object (entry, "entry-activated", G_CALLBACK (activated_cb), dialog,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

/**
 * cs_passphrase_dialog_attach: (skip)
 * @askpass: who is asked by OpenSSH
 * @parent: the window before which a person is asked
 *
 * From now on a dialog answers what @askpass is asked.
 */
void
cs_passphrase_dialog_attach (CsAskpass *askpass, GtkWindow *parent)
{
  g_signal_connect_object (askpass, "ask", G_CALLBACK (ask_cb), parent, 0);
}
