/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment in the list: title, environment, where it stands, who runs it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-deployment-row.h"

#include "cs-status-icon.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsDeploymentRow
{
  GtkListBoxRow parent_instance;

  CsStatusIcon *icon;
  GtkLabel *title;
  GtkLabel *environment;
  GtkLabel *place;
  GtkProgressBar *progress;

  CsDeployment *deployment;
};

G_DEFINE_FINAL_TYPE (CsDeploymentRow, cs_deployment_row, GTK_TYPE_LIST_BOX_ROW)

static CsStatus
find_status (CsDeployment *deployment)
{
  CsNext next;

  cs_deployment_get_next (deployment, &next);
  switch (next.kind)
    {
    case CS_NEXT_NOTHING:
      return cs_deployment_get_status (deployment) == CS_DEPLOYMENT_ROLLED_BACK ? CS_STATUS_SKIPPED
                                                                                : CS_STATUS_PASSED;
    case CS_NEXT_RUNNING:
      return CS_STATUS_RUNNING;
    case CS_NEXT_SETTLE:
      return cs_step_state_get_status (next.step);
    case CS_NEXT_RUN:
    case CS_NEXT_CHECK:
    case CS_NEXT_SIGN:
    case CS_NEXT_CLOSE:
    case CS_NEXT_CONTINUE:
    default:
      return CS_STATUS_WAITING;
    }
}

static char *
describe_phase (CsDeployment *deployment)
{
  CsPhaseState *current = cs_deployment_get_current_phase (deployment);
  GListModel *phases = cs_deployment_get_phases (deployment);
  guint n = g_list_model_get_n_items (phases);

  for (guint i = 0; current != NULL && i < n; i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);

      if (phase == current)
        return g_strdup_printf (_("Phase %u of %u: %s"), i + 1, n,
                                cs_phase_get_title (cs_phase_state_get_phase (phase)));
    }

  if (current != NULL)
    return g_strdup (cs_phase_get_title (cs_phase_state_get_phase (current)));

  return g_strdup (_("All phases are done"));
}

/**
 * cs_deployment_row_describe:
 * @deployment: a deployment
 *
 * Returns: (transfer full): where it stands, who runs it and since when, in a line
 */
char *
cs_deployment_row_describe (CsDeployment *deployment)
{
  const char *operator= cs_deployment_get_operator (deployment);
  gint64 closed = cs_deployment_get_closed_at (deployment);
  g_autofree char *phase = NULL;
  g_autofree char *when = NULL;

  if (closed == 0)
    {
      phase = describe_phase (deployment);
      when = cs_time_words_moment (cs_deployment_get_opened_at (deployment));
      return g_strdup_printf (_("%s · %s · since %s"), phase, operator, when);
    }

  when = cs_time_words_moment (closed);
  if (cs_deployment_get_status (deployment) == CS_DEPLOYMENT_ROLLED_BACK)
    return g_strdup_printf (_("Rolled back · %s · %s"), operator, when);

  return g_strdup_printf (_("Finished · %s · %s"), operator, when);
}

static void
update_cb (CsDeploymentRow *self)
{
  g_autofree char *place = cs_deployment_row_describe (self->deployment);

  cs_status_icon_set_status (self->icon, find_status (self->deployment));
  gtk_label_set_label (self->place, place);
  gtk_progress_bar_set_fraction (self->progress, cs_deployment_get_progress (self->deployment));
  gtk_widget_set_visible (GTK_WIDGET (self->progress),
                          cs_deployment_get_closed_at (self->deployment) == 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, place,
                                  -1);
}

static void
cs_deployment_row_dispose (GObject *object)
{
  CsDeploymentRow *self = CS_DEPLOYMENT_ROW (object);

  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_deployment_row_parent_class)->dispose (object);
}

/* So that assistive technology can open the row, too. */
static void
open_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate (widget);
}

static void
cs_deployment_row_class_init (CsDeploymentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_deployment_row_dispose;

  g_type_ensure (CS_TYPE_STATUS_ICON);

  gtk_widget_class_install_action (widget_class, "deployment-row.open", NULL, open_cb);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployments/cs-deployment-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentRow, title);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentRow, environment);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentRow, place);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentRow, progress);
}

static void
cs_deployment_row_init (CsDeploymentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_deployment_row_new: (skip)
 * @deployment: a deployment
 *
 * Returns: (transfer floating): a row that follows @deployment and opens it
 */
GtkWidget *
cs_deployment_row_new (CsDeployment *deployment)
{
  CsDeploymentRow *self = g_object_new (CS_TYPE_DEPLOYMENT_ROW, NULL);
  const char *environment = cs_deployment_get_environment (deployment);
  g_autofree char *upper = g_utf8_strup (environment, -1);

  self->deployment = g_object_ref (deployment);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", cs_deployment_get_id (deployment));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self), "win.show-deployment");
  gtk_label_set_label (self->title, cs_deployment_get_title (deployment));
  gtk_label_set_label (self->environment, upper);
  gtk_widget_add_css_class (GTK_WIDGET (self->environment), environment);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cs_deployment_get_title (deployment), -1);

  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
