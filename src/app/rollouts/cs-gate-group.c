/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change of a flag waits for, and what can be done about it: signatures and gates. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-gate-group.h"

#include "cs-gate.h"
#include "cs-rollout-sheets.h"

#include <glib/gi18n.h>

struct _CsGateGroup
{
  AdwPreferencesGroup parent_instance;

  CsWorkspace *workspace;
  CsRolloutEntry *entry;
  char *stage; /* to which the change leads */
  GtkWidget *override;
  GPtrArray *rows; /* unowned */
};

G_DEFINE_FINAL_TYPE (CsGateGroup, cs_gate_group, ADW_TYPE_PREFERENCES_GROUP)

static GtkWindow *
get_window (CsGateGroup *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
sign_cb (CsGateGroup *self, GtkWidget *button)
{
  cs_rollout_sheets_sign (get_window (self), self->workspace, self->entry, self->stage,
                          g_object_get_data (G_OBJECT (button), "role"));
}

static void
reject_cb (CsGateGroup *self, GtkWidget *button)
{
  cs_rollout_sheets_reject (get_window (self), self->workspace, self->entry, self->stage,
                            g_object_get_data (G_OBJECT (button), "role"));
}

static void
override_cb (CsGateGroup *self)
{
  cs_rollout_sheets_override (get_window (self), self->workspace, self->entry, self->stage);
}

static GtkWidget *
add_row (CsGateGroup *self, const char *title, const char *icon, const char *style)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE,
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                   "icon-name", icon,
                                   NULL);

  gtk_widget_add_css_class (image, style);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
  return row;
}

static void
add_button (CsGateGroup *self,
            GtkWidget *row,
            const char *label,
            const char *words,
            const char *role,
            GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "role", g_strdup (role), g_free);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static void
add_signature (CsGateGroup *self, const CsRolloutSignature *signature)
{
  gboolean missing = signature->person == NULL;
  GtkWidget *row = add_row (self, signature->role,
                            missing ? "cs-signature-symbolic" : "cs-passed-symbolic",
                            missing ? "status-waiting" : "status-passed");
  g_autofree char *sign = NULL;
  g_autofree char *reject = NULL;

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               missing ? _("Has not signed this change yet") : signature->person);
  if (!missing)
    return;
  sign = g_strdup_printf (_("Sign as %s"), signature->role);
  reject = g_strdup_printf (_("Reject as %s"), signature->role);
  add_button (self, row, _("Reject…"), reject, signature->role, G_CALLBACK (reject_cb));
  add_button (self, row, _("Sign…"), sign, signature->role, G_CALLBACK (sign_cb));
}

static void
clear (CsGateGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

static void
show_signatures (CsGateGroup *self, CsRollout *rollout, const CsRolloutPlan *plan)
{
  g_autoptr (GPtrArray) signatures = NULL;

  if (plan->act != CS_FLAG_PROMOTE)
    return;
  signatures =
    cs_rollout_find_signatures (rollout, plan, cs_rollout_entry_get_actor (self->entry));
  for (guint i = 0; i < signatures->len; i++)
    add_signature (self, signatures->pdata[i]);
}

/* A signature that is missing has its own row. */
static gboolean
show_gates (CsGateGroup *self, GPtrArray *gates)
{
  gboolean can_override = FALSE;

  for (guint i = 0; i < gates->len; i++)
    {
      const CsGate *gate = gates->pdata[i];

      can_override |= cs_rollout_can_override (gate->id);
      if (!g_str_equal (gate->id, "signoff") || gate->who == NULL)
        add_row (self, gate->words, "dialog-warning-symbolic", "status-waiting");
    }
  return can_override;
}

static void
cs_gate_group_dispose (GObject *object)
{
  CsGateGroup *self = CS_GATE_GROUP (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (cs_gate_group_parent_class)->dispose (object);
}

static void
cs_gate_group_finalize (GObject *object)
{
  CsGateGroup *self = CS_GATE_GROUP (object);

  g_free (self->stage);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (cs_gate_group_parent_class)->finalize (object);
}

static void
cs_gate_group_class_init (CsGateGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_gate_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_gate_group_finalize;
}

static void
cs_gate_group_init (CsGateGroup *self)
{
  self->rows = g_ptr_array_new ();
  self->override = gtk_button_new_with_label (_("Override…"));
  gtk_widget_set_valign (self->override, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->override, "flat");
  gtk_widget_set_tooltip_text (self->override,
                               _("Let it go on all the same, with a reason and a signature"));
  g_signal_connect_object (self->override, "clicked", G_CALLBACK (override_cb), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("What It Waits For"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), self->override);
}

/**
 * cs_gate_group_show: (skip)
 * @self: a group
 * @workspace: who may sign
 * @entry: a flag
 * @plan: (nullable): what is to be done with it
 *
 * Returns: how many gates stand in the way; the group hides if it has nothing to say
 */
guint
cs_gate_group_show (CsGateGroup *self,
                    CsWorkspace *workspace,
                    CsRolloutEntry *entry,
                    const CsRolloutPlan *plan)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);
  g_autoptr (GPtrArray) gates = NULL;
  gboolean can_override = FALSE;

  g_return_val_if_fail (CS_IS_GATE_GROUP (self), 0);

  g_set_object (&self->workspace, workspace);
  g_set_object (&self->entry, entry);
  clear (self);
  if (plan != NULL)
    {
      g_free (self->stage);
      self->stage = g_strdup (plan->stage);
      gates = cs_rollout_list_gates (rollout, plan, cs_rollout_entry_get_actor (entry));
      show_signatures (self, rollout, plan);
      can_override = show_gates (self, gates);
    }
  gtk_widget_set_visible (self->override, can_override);
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
  return gates != NULL ? gates->len : 0;
}
