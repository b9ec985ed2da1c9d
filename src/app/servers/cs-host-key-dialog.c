/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person looks at the key of a server: at first contact, and when it is another than before. */

#define G_LOG_DOMAIN "cs-host-key-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-fact-row.h"
#include "cs-host-key-dialog.h"

struct _CsHostKeyDialog
{
  AdwMessageDialog parent_instance;

  CsHostKey *key;
  GtkListBox *list;
  AdwEntryRow *told; /* the fingerprint that the person was told */
  GtkImage *verdict;
};

G_DEFINE_FINAL_TYPE (CsHostKeyDialog, cs_host_key_dialog, ADW_TYPE_MESSAGE_DIALOG)

/* People paste it with and without what stands around it: "256 SHA256:… root@web-1 (ED25519)". */
static gboolean
names_key (const char *text, const char *fingerprint)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);

  for (char **word = words; *word != NULL; word++)
    if (g_str_equal (*word, fingerprint) ||
        g_str_equal (*word, fingerprint + strlen ("SHA256:")))
      return TRUE;
  return FALSE;
}

/* What differs by one letter looks the same at night: the program compares, if it is told. */
static void
told_cb (CsHostKeyDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->told));
  gboolean empty = *text == '\0';
  gboolean same = names_key (text, cs_host_key_get_fingerprint (self->key));

  gtk_widget_set_visible (GTK_WIDGET (self->verdict), !empty);
  gtk_image_set_from_icon_name (self->verdict,
                                same ? "emblem-ok-symbolic" : "dialog-error-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->verdict),
                               same ? _("This is the server's key") : _("This is another key"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->verdict), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  same ? _("This is the server's key") : _("This is another key"),
                                  -1);
  if (same || empty)
    gtk_widget_remove_css_class (GTK_WIDGET (self->told), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->told), "error");
  if (same)
    gtk_widget_add_css_class (GTK_WIDGET (self->told), "success");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->told), "success");
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "trust", empty || same);
}

static void
cs_host_key_dialog_dispose (GObject *object)
{
  g_clear_object (&CS_HOST_KEY_DIALOG (object)->key);
  G_OBJECT_CLASS (cs_host_key_dialog_parent_class)->dispose (object);
}

static void
cs_host_key_dialog_class_init (CsHostKeyDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_host_key_dialog_dispose;
}

static void
cs_host_key_dialog_init (CsHostKeyDialog *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (self), GTK_WIDGET (self->list));
}

static void
append_fact (CsHostKeyDialog *self, const char *title, const char *value)
{
  gtk_list_box_append (self->list, cs_fact_row_new (title, value, TRUE));
}

static void
append_entry (CsHostKeyDialog *self)
{
  self->told = ADW_ENTRY_ROW (adw_entry_row_new ());
  self->verdict = GTK_IMAGE (gtk_image_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->told),
                                 _("Paste the fingerprint that you were told"));
  adw_entry_row_set_input_hints (self->told, GTK_INPUT_HINT_NO_SPELLCHECK);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), FALSE);
  adw_entry_row_add_suffix (self->told, GTK_WIDGET (self->verdict));
  g_signal_connect_object (self->told, "changed", G_CALLBACK (told_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (self->list, GTK_WIDGET (self->told));
}

static void
ask_for_trust (CsHostKeyDialog *self, CsTarget *target)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  g_autofree char *address = cs_target_dup_address (target);
  g_autofree char *algorithm = g_ascii_strdown (cs_host_key_get_algorithm (self->key), -1);
  g_autofree char *command =
    g_strdup_printf ("ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub", algorithm);
  /* Translators: ED25519 and the like is the kind of a key */
  g_autofree char *title =
    g_strdup_printf (_("%s key"), cs_host_key_get_algorithm (self->key));

  adw_message_dialog_format_heading (dialog, _("Trust “%s”?"), cs_target_get_name (target));
  adw_message_dialog_format_body (
    dialog,
    _("This is the first contact with %s. Compare its key with what you were told by whoever runs "
      "the server, or with what this command prints on the server itself."),
    address);
  append_fact (self, title, cs_host_key_get_fingerprint (self->key));
  append_fact (self, _("Command on the server"), command);
  append_entry (self);
  adw_message_dialog_add_responses (dialog, "cancel", _("Cancel"), "trust", _("Trust"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "trust", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
}

static void
refuse (CsHostKeyDialog *self, CsTarget *target)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  g_autofree char *address = cs_target_dup_address (target);
  g_autofree char *removal = cs_host_key_dup_removal (self->key);
  const char *known = cs_host_key_get_known_fingerprint (self->key);

  adw_message_dialog_format_heading (dialog, _("“%s” Shows Another Key"),
                                     cs_target_get_name (target));
  adw_message_dialog_format_body (
    dialog,
    _("%s may have been set up again, or someone is between you and it. Nothing was sent. Ask "
      "whoever runs the server. Only if the new key is right, take the known one out with the "
      "command below, and test again."),
    address);
  append_fact (self, _("Known key"), known);
  append_fact (self, _("Key that it shows now"), cs_host_key_get_fingerprint (self->key));
  append_fact (self, _("To take the known key out"), removal);
  adw_message_dialog_add_response (dialog, "close", _("Close"));
  adw_message_dialog_set_default_response (dialog, "close");
  adw_message_dialog_set_close_response (dialog, "close");
}

/**
 * cs_host_key_dialog_new:
 * @parent: the window to open over
 * @target: whose key it is
 * @key: a new or a changed key
 *
 * Returns: (transfer none): the dialog, to be presented; it destroys itself when it is answered
 */
CsHostKeyDialog *
cs_host_key_dialog_new (GtkWindow *parent, CsTarget *target, CsHostKey *key)
{
  CsHostKeyDialog *self = g_object_new (CS_TYPE_HOST_KEY_DIALOG, "transient-for", parent, NULL);

  g_return_val_if_fail (CS_IS_TARGET (target), NULL);
  g_return_val_if_fail (CS_IS_HOST_KEY (key), NULL);

  self->key = g_object_ref (key);
  if (cs_host_key_get_state (key) == CS_HOST_KEY_CHANGED)
    refuse (self, target);
  else
    ask_for_trust (self, target);
  return self;
}
