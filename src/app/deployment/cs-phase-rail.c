/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way through a deployment: its phases with states and times, rollbacks and reference below. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-phase-rail.h"

#include "cs-rail-row.h"

#include <glib/gi18n.h>

struct _CsPhaseRail
{
  AdwBin parent_instance;

  GtkListBox *list;

  CsDeployment *deployment;
  CsPhaseState *selected; /* NULL: the signatures that stand in no phase */
};

G_DEFINE_FINAL_TYPE (CsPhaseRail, cs_phase_rail, ADW_TYPE_BIN)

enum
{
  PHASE_CHOSEN,
  STEP_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
update_header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  const char *section = cs_rail_row_get_section (CS_RAIL_ROW (row));
  GtkWidget *label;

  if (section == NULL ||
      (before != NULL && cs_rail_row_get_section (CS_RAIL_ROW (before)) == section))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }

  label = gtk_label_new (section);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "rail-heading");
  gtk_list_box_row_set_header (row, label);
}

static void
row_activated_cb (CsPhaseRail *self, GtkListBoxRow *row)
{
  CsStepState *step = cs_rail_row_get_step (CS_RAIL_ROW (row));

  if (step != NULL)
    g_signal_emit (self, signals[STEP_CHOSEN], 0, step);
  else
    g_signal_emit (self, signals[PHASE_CHOSEN], 0, cs_rail_row_get_phase (CS_RAIL_ROW (row)));
}

static void
update_rows_cb (CsPhaseRail *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    cs_rail_row_update (CS_RAIL_ROW (row));
}

static void
append_phases (CsPhaseRail *self, GListModel *phases, const char *section)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_state_get_steps (phase);
      guint n_steps = g_list_model_get_n_items (steps);
      GtkWidget *row = cs_rail_row_new_for_phase (phase, section);

      gtk_list_box_append (self->list, row);
      if (phase != self->selected)
        continue;

      gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
      for (guint k = 0; k < n_steps && n_steps > 1; k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, k);

          gtk_list_box_append (self->list, cs_rail_row_new_for_step (step, section));
        }
    }
}

static gboolean
has_loose_signatures (CsDeployment *deployment)
{
  GListModel *signoffs = cs_deployment_get_signoffs (deployment);

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);

      if (cs_signoff_get_phase_id (cs_signoff_state_get_signoff (signoff)) == NULL)
        return TRUE;
    }

  return FALSE;
}

static void
populate (CsPhaseRail *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);

  if (self->deployment == NULL)
    return;

  append_phases (self, cs_deployment_get_phases (self->deployment), NULL);
  if (has_loose_signatures (self->deployment))
    {
      GtkWidget *row = cs_rail_row_new_for_signatures (self->deployment, NULL);

      gtk_list_box_append (self->list, row);
      if (self->selected == NULL)
        gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
    }
  append_phases (self, cs_deployment_get_rollbacks (self->deployment), _("Rollback"));
  append_phases (self, cs_deployment_get_references (self->deployment), _("Reference"));
}

static void
cs_phase_rail_dispose (GObject *object)
{
  CsPhaseRail *self = CS_PHASE_RAIL (object);

  g_clear_object (&self->deployment);
  g_clear_object (&self->selected);

  G_OBJECT_CLASS (cs_phase_rail_parent_class)->dispose (object);
}

static void
cs_phase_rail_class_init (CsPhaseRailClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_phase_rail_dispose;

  signals[PHASE_CHOSEN] =
    g_signal_new ("phase-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CS_TYPE_PHASE_STATE);
  signals[STEP_CHOSEN] =
    g_signal_new ("step-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CS_TYPE_STEP_STATE);
}

static void
cs_phase_rail_init (CsPhaseRail *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_list_box_set_header_func (self->list, update_header_cb, NULL, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Phases"), -1);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (row_activated_cb), self,
                           G_CONNECT_SWAPPED);

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scrolled, TRUE);
  adw_bin_set_child (ADW_BIN (self), scrolled);
}

/**
 * cs_phase_rail_set_deployment: (skip)
 * @self: a #CsPhaseRail
 * @deployment: what to show
 *
 * Shows the phases of @deployment and follows it.
 */
void
cs_phase_rail_set_deployment (CsPhaseRail *self, CsDeployment *deployment)
{
  g_return_if_fail (CS_IS_PHASE_RAIL (self));

  g_set_object (&self->deployment, deployment);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_rows_cb), self,
                           G_CONNECT_SWAPPED);
  populate (self);
}

/** cs_phase_rail_tick: (skip): shows the times as they are now. */
void
cs_phase_rail_tick (CsPhaseRail *self)
{
  g_return_if_fail (CS_IS_PHASE_RAIL (self));

  update_rows_cb (self);
}

/**
 * cs_phase_rail_set_selected: (skip)
 * @self: a #CsPhaseRail
 * @phase: (nullable): the phase that is shown beside the rail
 *
 * Marks @phase, and lists its steps under it.
 */
void
cs_phase_rail_set_selected (CsPhaseRail *self, CsPhaseState *phase)
{
  g_return_if_fail (CS_IS_PHASE_RAIL (self));

  g_set_object (&self->selected, phase);
  populate (self);
}
