/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a person what OpenSSH wants to know, and hands the answer to it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-passphrase-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct
{
  CsPassphraseQuestion *question;
  /* Owned: the dialog drops them before it responds. */
  GtkEditable *entry;
  GtkSwitch *remember; /* NULL where nothing can be remembered */
} Asking;

static void
asking_free (gpointer data, GClosure *closure)
{
  Asking *asking = data;

  g_object_unref (asking->question);
  g_object_unref (asking->entry);
  g_clear_object (&asking->remember);
  g_free (asking);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Asking *asking = user_data;

  if (g_str_equal (response, "answer"))
    cs_passphrase_question_answer (asking->question, gtk_editable_get_text (asking->entry),
                                   asking->remember != NULL &&
                                     gtk_switch_get_active (asking->remember));
  else
    cs_passphrase_question_refuse (asking->question, _("No passphrase was given"));
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

/* What is asked, in the person's language; what OpenSSH asks beside passphrases stays in its. */
static char *
describe (CsPassphraseQuestion *question)
{
  const char *key = cs_passphrase_question_get_key (question);
  guint tries = cs_passphrase_question_get_tries (question);
  g_autofree char *words = NULL;

  if (key == NULL)
    return g_strdup (cs_passphrase_question_get_prompt (question));
  words = g_strdup_printf (_("The key %s needs its passphrase."), key);
  if (!cs_passphrase_question_get_wrong (question))
    return g_steal_pointer (&words);
  return g_strdup_printf (ngettext ("%s\n\nThat was wrong. %u try is left within the hour.",
                                    "%s\n\nThat was wrong. %u tries are left within the hour.",
                                    tries),
                          words, tries);
}

/* Without a keyring that works it lasts no longer than the program, and the row says why. */
static GtkWidget *
build_remember (Asking *asking)
{
  GtkWidget *row = adw_action_row_new ();
  const char *problem = cs_passphrase_question_get_problem (asking->question);

  asking->remember = g_object_ref_sink (GTK_SWITCH (gtk_switch_new ()));
  gtk_widget_set_valign (GTK_WIDGET (asking->remember), GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 problem == NULL ? _("Remember in Keyring")
                                                 : _("Remember Until Closed"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  if (problem != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), problem);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (asking->remember));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), GTK_WIDGET (asking->remember));
  return row;
}

static GtkWidget *
build_list (Asking *asking, GtkWidget *entry)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  if (cs_passphrase_question_get_key (asking->question) != NULL)
    gtk_list_box_append (GTK_LIST_BOX (list), build_remember (asking));
  return list;
}

static void
ask_cb (CsPassphrases *passphrases, CsPassphraseQuestion *question, gpointer user_data)
{
  GtkWindow *parent = find_foremost (GTK_WINDOW (user_data));
  g_autofree char *body = describe (question);
  GtkWidget *dialog = adw_message_dialog_new (parent, _("Passphrase"), body);
  GtkWidget *entry = adw_password_entry_row_new ();
  Asking *asking = g_new0 (Asking, 1);

  asking->question = g_object_ref (question);
  asking->entry = g_object_ref_sink (GTK_EDITABLE (entry));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _("Passphrase"));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), build_list (asking, entry));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "answer",
                                    _("Unlock"), NULL);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "answer",
                                              ADW_RESPONSE_SUGGESTED);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), asking, asking_free, 0);
  g_signal_connect_object (entry, "entry-activated", G_CALLBACK (activated_cb), dialog,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

/**
 * cs_passphrase_dialog_attach: (skip)
 * @passphrases: who is asked by OpenSSH
 * @parent: the window before which a person is asked
 *
 * From now on a dialog answers what @passphrases asks.
 */
void
cs_passphrase_dialog_attach (CsPassphrases *passphrases, GtkWindow *parent)
{
  g_signal_connect_object (passphrases, "ask", G_CALLBACK (ask_cb), parent, 0);
}
