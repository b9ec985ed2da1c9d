/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which way back, and why. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-roll-back-dialog.h"

#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsRollBackDialog
{
  AdwMessageDialog parent_instance;

  GtkListBox *procedures;
  GtkCheckButton *first; /* of the group */
  AdwEntryRow *entry;

  CsPhaseState *procedure; /* these two are kept beside the rows, which go before the response */
  char *reason;
};

G_DEFINE_FINAL_TYPE (CsRollBackDialog, cs_roll_back_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
update_cb (CsRollBackDialog *self)
{
  g_free (self->reason);
  self->reason = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "confirm",
                                           *self->reason != '\0');
}

static void
entry_activated_cb (CsRollBackDialog *self)
{
  if (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (self), "confirm"))
    adw_message_dialog_response (ADW_MESSAGE_DIALOG (self), "confirm");
}

static void
toggled_cb (CsRollBackDialog *self, GtkCheckButton *button)
{
  if (gtk_check_button_get_active (button))
    g_set_object (&self->procedure, g_object_get_data (G_OBJECT (button), "procedure"));
}

/* How much it is: so many steps, and how long they should take. */
static char *
describe (CsPhaseState *procedure)
{
  guint steps = g_list_model_get_n_items (cs_phase_state_get_steps (procedure));
  gint64 estimate = cs_phase_state_get_estimate (procedure);
  g_autofree char *count = g_strdup_printf (ngettext ("%u step", "%u steps", steps), steps);
  g_autofree char *duration = NULL;

  if (estimate < 0)
    return g_steal_pointer (&count);
  duration = cs_time_words_duration (estimate);
  return g_strdup_printf (_("%s, about %s"), count, duration);
}

static void
append_procedure (CsRollBackDialog *self, CsPhaseState *procedure, gboolean several)
{
  const char *name = cs_phase_get_title (cs_phase_state_get_phase (procedure));
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());
  GtkCheckButton *button = GTK_CHECK_BUTTON (gtk_check_button_new ());
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *subtitle = describe (procedure);

  gtk_check_button_set_group (button, self->first);
  g_object_set_data_full (G_OBJECT (button), "procedure", g_object_ref (procedure),
                          g_object_unref);
  gtk_widget_set_valign (GTK_WIDGET (button), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
  adw_action_row_set_title_lines (row, 0);
  adw_action_row_add_prefix (row, GTK_WIDGET (button));
  adw_action_row_set_activatable_widget (row, GTK_WIDGET (button));
  gtk_widget_set_visible (GTK_WIDGET (button), several);
  gtk_list_box_append (self->procedures, GTK_WIDGET (row));
  if (self->first == NULL)
    {
      self->first = button;
      gtk_check_button_set_active (button, TRUE);
    }
}

static void
cs_roll_back_dialog_dispose (GObject *object)
{
  g_clear_object (&CS_ROLL_BACK_DIALOG (object)->procedure);

  G_OBJECT_CLASS (cs_roll_back_dialog_parent_class)->dispose (object);
}

static void
cs_roll_back_dialog_finalize (GObject *object)
{
  g_free (CS_ROLL_BACK_DIALOG (object)->reason);

  G_OBJECT_CLASS (cs_roll_back_dialog_parent_class)->finalize (object);
}

static void
cs_roll_back_dialog_class_init (CsRollBackDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_roll_back_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_roll_back_dialog_finalize;
}

static GtkListBox *
make_list (void)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_list_box_new ());

  gtk_list_box_set_selection_mode (list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (list), "boxed-list");
  return list;
}

static void
cs_roll_back_dialog_init (CsRollBackDialog *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkListBox *list = make_list ();

  self->procedures = make_list ();
  self->entry = ADW_ENTRY_ROW (adw_entry_row_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->procedures), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Procedure"), -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry), _("Reason"));
  gtk_list_box_append (list, GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->procedures));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (list));
  adw_message_dialog_set_heading (dialog, _("Roll Back?"));
  adw_message_dialog_set_body (
    dialog,
    _("The steps of the rollback become the path of this deployment. Nothing runs by itself."));
  adw_message_dialog_set_extra_child (dialog, box);
  adw_message_dialog_add_responses (dialog, "cancel", _("Cancel"), "confirm", _("Roll Back"), NULL);
  adw_message_dialog_set_close_response (dialog, "cancel");
  adw_message_dialog_set_response_appearance (dialog, "confirm", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "entry-activated", G_CALLBACK (entry_activated_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);
}

/**
 * cs_roll_back_dialog_new: (skip)
 * @parent: (nullable): the window it stands before
 * @deployment: a deployment with at least one rollback procedure
 *
 * Returns: (transfer none): a new dialog, owned by GTK; the first procedure is proposed
 */
CsRollBackDialog *
cs_roll_back_dialog_new (GtkWindow *parent, CsDeployment *deployment)
{
  CsRollBackDialog *self =
    g_object_new (CS_TYPE_ROLL_BACK_DIALOG, "transient-for", parent, "modal", TRUE, NULL);
  GListModel *rollbacks = cs_deployment_get_rollbacks (deployment);
  guint n = g_list_model_get_n_items (rollbacks);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsPhaseState) procedure = g_list_model_get_item (rollbacks, i);

      append_procedure (self, procedure, n > 1);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return self;
}

/** cs_roll_back_dialog_get_procedure: (skip): (transfer none): the one that is chosen. */
CsPhaseState *
cs_roll_back_dialog_get_procedure (CsRollBackDialog *self)
{
  g_return_val_if_fail (CS_IS_ROLL_BACK_DIALOG (self), NULL);

  return self->procedure;
}

/** cs_roll_back_dialog_get_reason: (skip): (transfer none): without spaces around it. */
const char *
cs_roll_back_dialog_get_reason (CsRollBackDialog *self)
{
  g_return_val_if_fail (CS_IS_ROLL_BACK_DIALOG (self), NULL);

  return self->reason;
}
