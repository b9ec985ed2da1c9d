/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag in the list of rollouts: where it is, for whom, and what it waits for. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-flag-row.h"

#include "cs-rollout-words.h"
#include "cs-status-icon.h"

#include <glib/gi18n.h>

struct _CsFlagRow
{
  GtkListBoxRow parent_instance;

  CsRolloutEntry *entry;

  CsStatusIcon *icon;
  GtkLabel *name;
  GtkLabel *environment;
  GtkLabel *place;
  GtkLabel *waiting;
  GtkProgressBar *progress;
};

G_DEFINE_FINAL_TYPE (CsFlagRow, cs_flag_row, GTK_TYPE_LIST_BOX_ROW)

static double
find_share (CsRollout *rollout)
{
  CsFlagState *state = cs_rollout_get_state (rollout);
  guint all = cs_company_list_get_n (cs_rollout_get_company_list (rollout));

  if (cs_flag_state_is_everyone (state))
    return 1;
  return all > 0 ? MIN (1.0, cs_flag_state_get_n (state) / (double) all) : 0;
}

static char *
describe_place (CsRollout *rollout)
{
  CsFlag *flag = cs_rollout_get_flag (rollout);
  g_autofree char *stage = cs_rollout_words_stage (flag);
  g_autofree char *count = cs_rollout_words_count (cs_rollout_get_state (rollout),
                                                   cs_rollout_get_company_list (rollout));
  g_autofree char *soak = cs_rollout_words_soak (rollout);

  if (cs_flag_get_stage (flag) == NULL)
    return g_steal_pointer (&stage);
  return soak != NULL ? g_strdup_printf ("%s · %s · %s", stage, count, soak)
                      : g_strdup_printf ("%s · %s", stage, count);
}

static void
show_environment (CsFlagRow *self, CsFlag *flag)
{
  const char *classes[] = { "chip", cs_flag_get_environment (flag), NULL };
  g_autofree char *upper = g_utf8_strup (cs_flag_get_environment (flag), -1);

  gtk_label_set_text (self->environment, upper);
  gtk_widget_set_css_classes (GTK_WIDGET (self->environment), classes);
}

static void
update_cb (CsFlagRow *self)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);
  CsStatus status;
  g_autofree char *waiting = cs_rollout_words_waiting (self->entry, &status);
  g_autofree char *place = NULL;
  g_autofree char *description = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->environment), rollout != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->place), rollout != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), rollout != NULL);
  if (rollout != NULL)
    {
      place = describe_place (rollout);
      show_environment (self, cs_rollout_get_flag (rollout));
      gtk_label_set_text (self->place, place);
      gtk_progress_bar_set_fraction (self->progress, find_share (rollout));
    }
  cs_status_icon_set_status (self->icon, status);
  gtk_label_set_text (self->waiting, waiting);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->waiting), waiting);
  description = place != NULL ? g_strdup_printf ("%s · %s", place, waiting)
                              : g_strdup (waiting);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

/* So that assistive technology can open the row, too. */
static void
open_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate (widget);
}

static void
cs_flag_row_dispose (GObject *object)
{
  g_clear_object (&CS_FLAG_ROW (object)->entry);
  G_OBJECT_CLASS (cs_flag_row_parent_class)->dispose (object);
}

static void
cs_flag_row_class_init (CsFlagRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_flag_row_dispose;

  g_type_ensure (CS_TYPE_STATUS_ICON);
  gtk_widget_class_install_action (widget_class, "flag-row.open", NULL, open_cb);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-flag-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsFlagRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CsFlagRow, name);
  gtk_widget_class_bind_template_child (widget_class, CsFlagRow, environment);
  gtk_widget_class_bind_template_child (widget_class, CsFlagRow, place);
  gtk_widget_class_bind_template_child (widget_class, CsFlagRow, waiting);
  gtk_widget_class_bind_template_child (widget_class, CsFlagRow, progress);
}

static void
cs_flag_row_init (CsFlagRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_flag_row_get_entry: (skip)
 * @self: a row
 *
 * Returns: (transfer none): what it shows
 */
CsRolloutEntry *
cs_flag_row_get_entry (CsFlagRow *self)
{
  g_return_val_if_fail (CS_IS_FLAG_ROW (self), NULL);

  return self->entry;
}

/**
 * cs_flag_row_new: (skip)
 * @entry: a flag
 *
 * Returns: (transfer floating): a row that follows it
 */
GtkWidget *
cs_flag_row_new (CsRolloutEntry *entry)
{
  CsFlagRow *self = g_object_new (CS_TYPE_FLAG_ROW, NULL);

  self->entry = g_object_ref (entry);
  gtk_label_set_text (self->name, cs_rollout_entry_get_key (entry));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cs_rollout_entry_get_key (entry), -1);
  g_signal_connect_object (entry, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);
  return GTK_WIDGET (self);
}
