/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a reason, or for a word to be typed, before something that can't be undone. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-reason-dialog.h"

#include <glib/gi18n.h>

struct _CsReasonDialog
{
  AdwMessageDialog parent_instance;

  GtkListBox *list;
  AdwComboRow *choice;
  AdwEntryRow *entry;

  char *expected; /* the text must be exactly this; NULL: anything but spaces */
  char *text;     /* these two are kept beside the rows, which go before the response is told */
  guint position;
};

G_DEFINE_FINAL_TYPE (CsReasonDialog, cs_reason_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
update_text_cb (CsReasonDialog *self)
{
  gboolean good;

  g_free (self->text);
  self->text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  good = self->expected != NULL ? g_str_equal (self->text, self->expected) : *self->text != '\0';
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "confirm", good);
}

static void
update_choice_cb (CsReasonDialog *self)
{
  self->position = adw_combo_row_get_selected (self->choice);
}

static void
entry_activated_cb (CsReasonDialog *self)
{
  if (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (self), "confirm"))
    adw_message_dialog_response (ADW_MESSAGE_DIALOG (self), "confirm");
}

static void
cs_reason_dialog_finalize (GObject *object)
{
  CsReasonDialog *self = CS_REASON_DIALOG (object);

  g_free (self->expected);
  g_free (self->text);

  G_OBJECT_CLASS (cs_reason_dialog_parent_class)->finalize (object);
}

static void
cs_reason_dialog_class_init (CsReasonDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_reason_dialog_finalize;
}

static void
cs_reason_dialog_init (CsReasonDialog *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  self->choice = ADW_COMBO_ROW (adw_combo_row_new ());
  self->entry = ADW_ENTRY_ROW (adw_entry_row_new ());

  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_widget_set_visible (GTK_WIDGET (self->choice), FALSE);
  gtk_list_box_append (self->list, GTK_WIDGET (self->choice));
  gtk_list_box_append (self->list, GTK_WIDGET (self->entry));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (self), GTK_WIDGET (self->list));

  g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (update_choice_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (update_text_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "entry-activated", G_CALLBACK (entry_activated_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * cs_reason_dialog_new:
 * @parent: (nullable): the window it stands before
 * @heading: the question
 * @body: what will happen
 * @field: what to write
 * @confirm: label of the button that does it
 * @destructive: whether that is to be feared
 *
 * Returns: (transfer none): a new dialog, owned by GTK
 */
CsReasonDialog *
cs_reason_dialog_new (GtkWindow *parent,
                      const char *heading,
                      const char *body,
                      const char *field,
                      const char *confirm,
                      gboolean destructive)
{
  CsReasonDialog *self = g_object_new (CS_TYPE_REASON_DIALOG,
                                       "transient-for", parent,
                                       "modal", TRUE,
                                       "heading", heading,
                                       "body", body,
                                       "close-response", "cancel",
                                       NULL);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry), field);
  adw_message_dialog_add_response (dialog, "cancel", _("Cancel"));
  adw_message_dialog_add_response (dialog, "confirm", confirm);
  adw_message_dialog_set_response_appearance (
    dialog, "confirm", destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  update_text_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));

  return self;
}

/**
 * cs_reason_dialog_set_expected:
 * @self: a #CsReasonDialog
 * @expected: what must be typed, exactly
 *
 * Lets the person confirm only after typing @expected.
 */
void
cs_reason_dialog_set_expected (CsReasonDialog *self, const char *expected)
{
  g_return_if_fail (CS_IS_REASON_DIALOG (self));

  g_free (self->expected);
  self->expected = g_strdup (expected);
  update_text_cb (self);
}

/**
 * cs_reason_dialog_set_choices:
 * @self: a #CsReasonDialog
 * @title: what is chosen
 * @choices: what there is; a single one is shown and can't be changed
 *
 * Asks for a choice as well.
 */
void
cs_reason_dialog_set_choices (CsReasonDialog *self, const char *title, GtkStringList *choices)
{
  g_return_if_fail (CS_IS_REASON_DIALOG (self));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->choice), title);
  adw_combo_row_set_model (self->choice, G_LIST_MODEL (choices));
  gtk_widget_set_visible (GTK_WIDGET (self->choice), TRUE);
}

/**
 * cs_reason_dialog_set_text:
 * @self: a #CsReasonDialog
 * @text: what stands there at first
 *
 * Proposes what to write.
 */
void
cs_reason_dialog_set_text (CsReasonDialog *self, const char *text)
{
  g_return_if_fail (CS_IS_REASON_DIALOG (self));

  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

/**
 * cs_reason_dialog_get_text:
 * @self: a #CsReasonDialog
 *
 * Returns: (transfer none): what was written, without spaces around it
 */
const char *
cs_reason_dialog_get_text (CsReasonDialog *self)
{
  g_return_val_if_fail (CS_IS_REASON_DIALOG (self), NULL);

  return self->text;
}

/**
 * cs_reason_dialog_get_choice:
 * @self: a #CsReasonDialog
 *
 * Returns: the position of the chosen item
 */
guint
cs_reason_dialog_get_choice (CsReasonDialog *self)
{
  g_return_val_if_fail (CS_IS_REASON_DIALOG (self), 0);

  return self->position;
}
