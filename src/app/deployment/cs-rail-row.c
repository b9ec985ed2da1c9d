/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A phase, or a step of the phase that is shown, in the rail. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-rail-row.h"

#include "cs-clock.h"
#include "cs-status-icon.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsRailRow
{
  GtkListBoxRow parent_instance;

  CsStatusIcon *icon;
  GtkImage *emblem; /* stands for the state of what is off the path and untouched */
  GtkLabel *title;
  GtkLabel *time;

  const char *section; /* static */
  CsPhaseState *phase; /* one of these */
  CsStepState *step;
  CsDeployment *deployment;
};

G_DEFINE_FINAL_TYPE (CsRailRow, cs_rail_row, GTK_TYPE_LIST_BOX_ROW)

static char *
describe_span (gint64 started, gint64 finished, gint64 estimate)
{
  if (started != 0 && finished != 0)
    return cs_time_words_span (finished - started);
  if (started != 0)
    return cs_time_words_clock ((cs_clock_now () - started) / G_USEC_PER_SEC);

  return estimate >= 0 ? cs_time_words_duration (estimate) : g_strdup ("");
}

/* Longer than planned, as far as it goes. */
static void
mark_overrun (CsRailRow *self, gint64 started, gint64 finished, gint64 estimate)
{
  gint64 end = finished != 0 ? finished : cs_clock_now ();
  gboolean over = started != 0 && estimate > 0 && end - started > estimate * G_USEC_PER_SEC;
  g_autofree char *plan = over ? cs_time_words_duration (estimate) : NULL;
  /* Translators: how long it should have taken, such as "5 min" */
  g_autofree char *words = over ? g_strdup_printf (_("Planned: %s"), plan) : NULL;

  if (over)
    gtk_widget_add_css_class (GTK_WIDGET (self->time), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->time), "warning");
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->time)), words) != 0)
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->time), words);
}

static char *
update_time (CsRailRow *self, gint64 started, gint64 finished, gint64 estimate)
{
  mark_overrun (self, started, finished, estimate);
  return describe_span (started, finished, estimate);
}

static void
update_signatures (CsRailRow *self)
{
  GListModel *signoffs = cs_deployment_get_signoffs (self->deployment);
  guint all = 0, done = 0;
  g_autofree char *count = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);

      if (cs_signoff_get_phase_id (cs_signoff_state_get_signoff (signoff)) != NULL)
        continue;
      all++;
      done += cs_signoff_state_get_status (signoff) == CS_STATUS_PASSED;
    }

  /* Translators: so many of so many lines are signed */
  count = g_strdup_printf (_("%u of %u"), done, all);
  gtk_label_set_label (self->time, count);
  cs_status_icon_set_status (self->icon, done == all ? CS_STATUS_PASSED : CS_STATUS_TODO);
}

static void
update_emblem (CsRailRow *self)
{
  gboolean untouched = self->phase != NULL && cs_phase_state_get_started (self->phase) == 0;
  gboolean emblem = self->section != NULL && untouched;
  gboolean rollback =
    emblem && cs_phase_get_kind (cs_phase_state_get_phase (self->phase)) == CS_PHASE_ROLLBACK;

  gtk_image_set_from_icon_name (self->emblem,
                                rollback ? "edit-undo-symbolic" : "cs-runbooks-symbolic");
  gtk_widget_set_visible (GTK_WIDGET (self->emblem), emblem);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !emblem);
}

/**
 * cs_rail_row_update: (skip)
 * @self: a #CsRailRow
 *
 * Shows the state and the time as they are now.
 */
void
cs_rail_row_update (CsRailRow *self)
{
  g_autofree char *time = NULL;

  if (self->deployment != NULL)
    {
      update_signatures (self);
      return;
    }

  if (self->phase != NULL)
    {
      cs_status_icon_set_status (self->icon, cs_phase_state_get_status (self->phase));
      time = update_time (self, cs_phase_state_get_started (self->phase),
                          cs_phase_state_get_finished (self->phase),
                          cs_phase_get_estimate (cs_phase_state_get_phase (self->phase)));
    }
  else
    {
      cs_status_icon_set_status (self->icon, cs_step_state_get_status (self->step));
      time = update_time (self, cs_step_state_get_started (self->step),
                          cs_step_state_get_finished (self->step),
                          cs_step_get_estimate (cs_step_state_get_step (self->step)));
    }

  gtk_label_set_label (self->time, time);
  update_emblem (self);
}

static void
cs_rail_row_dispose (GObject *object)
{
  CsRailRow *self = CS_RAIL_ROW (object);

  g_clear_object (&self->phase);
  g_clear_object (&self->step);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_rail_row_parent_class)->dispose (object);
}

/* So that assistive technology can open the row, too. */
static void
open_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate (widget);
}

static void
cs_rail_row_class_init (CsRailRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_rail_row_dispose;

  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "rail-row.open", NULL, open_cb);
}

static void
cs_rail_row_init (CsRailRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->icon = g_object_new (CS_TYPE_STATUS_ICON, NULL);
  self->title = GTK_LABEL (gtk_label_new (NULL));
  self->time = GTK_LABEL (gtk_label_new (NULL));

  gtk_label_set_xalign (self->title, 0);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->time), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->time), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->time), "caption");

  self->emblem = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                               "visible", FALSE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->emblem), "dim-label");

  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->emblem));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->time));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
}

static CsRailRow *
new_row (const char *title, gint64 estimate, const char *section)
{
  CsRailRow *self = g_object_new (CS_TYPE_RAIL_ROW, NULL);
  g_autofree char *stripped = cs_time_words_strip (title, estimate);

  self->section = section;
  gtk_label_set_label (self->title, stripped);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);

  return self;
}

/**
 * cs_rail_row_new_for_phase: (skip)
 * @phase: a phase
 * @section: (nullable): a static string: the heading it stands under
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
cs_rail_row_new_for_phase (CsPhaseState *phase, const char *section)
{
  CsPhase *planned = cs_phase_state_get_phase (phase);
  CsRailRow *self =
    new_row (cs_phase_get_title (planned), cs_phase_get_estimate (planned), section);

  self->phase = g_object_ref (phase);
  cs_rail_row_update (self);

  return GTK_WIDGET (self);
}

/**
 * cs_rail_row_new_for_step: (skip)
 * @step: a step
 * @section: (nullable): a static string: the heading it stands under
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
cs_rail_row_new_for_step (CsStepState *step, const char *section)
{
  CsStep *planned = cs_step_state_get_step (step);
  CsRailRow *self = new_row (cs_step_get_title (planned), cs_step_get_estimate (planned), section);

  self->step = g_object_ref (step);
  gtk_widget_add_css_class (GTK_WIDGET (self), "rail-step");
  cs_rail_row_update (self);

  return GTK_WIDGET (self);
}

/**
 * cs_rail_row_new_for_signatures: (skip)
 * @deployment: a deployment with lines to sign that stand in no phase
 * @section: (nullable): a static string: the heading it stands under
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
cs_rail_row_new_for_signatures (CsDeployment *deployment, const char *section)
{
  CsRailRow *self = new_row (_("Sign-off"), -1, section);

  self->deployment = g_object_ref (deployment);
  cs_rail_row_update (self);

  return GTK_WIDGET (self);
}

/**
 * cs_rail_row_get_phase: (skip)
 * @self: a #CsRailRow
 *
 * Returns: (transfer none) (nullable): the phase that the row shows
 */
CsPhaseState *
cs_rail_row_get_phase (CsRailRow *self)
{
  return self->phase;
}

/**
 * cs_rail_row_get_step: (skip)
 * @self: a #CsRailRow
 *
 * Returns: (transfer none) (nullable): the step that the row shows
 */
CsStepState *
cs_rail_row_get_step (CsRailRow *self)
{
  return self->step;
}

/**
 * cs_rail_row_get_section: (skip)
 * @self: a #CsRailRow
 *
 * Returns: (transfer none) (nullable): the heading it stands under
 */
const char *
cs_rail_row_get_section (CsRailRow *self)
{
  return self->section;
}
