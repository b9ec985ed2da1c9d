/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks when a number of a probe is wrong. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-threshold-dialog.h"

#include "cs-watch-clock.h"

#include <glib/gi18n.h>

struct _CsThresholdDialog
{
  AdwWindow parent_instance;

  AdwComboRow *probe;
  AdwEntryRow *metric;
  AdwComboRow *field;
  AdwComboRow *statistic;
  AdwEntryRow *condition;
  AdwEntryRow *lasting;
  AdwEntryRow *times;
  AdwComboRow *severity;
  GtkLabel *problem;

  CsWatch *watch;
  char *actor;
  gboolean busy;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsThresholdDialog, cs_threshold_dialog, ADW_TYPE_WINDOW)

static char *
dup_text (AdwEntryRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static const CsProbe *
get_probe (CsThresholdDialog *self)
{
  GPtrArray *probes = cs_watch_get_probes (self->watch);
  guint chosen = adw_combo_row_get_selected (self->probe);

  return chosen < probes->len ? probes->pdata[chosen] : NULL;
}

static gboolean
read_times (const char *text, guint *times, GError **error)
{
  guint64 number = 1;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &number, error))
    return FALSE;
  *times = (guint) number;
  return TRUE;
}

static CsCriterion *
build (CsThresholdDialog *self, GError **error)
{
  const CsProbe *probe = get_probe (self);
  g_autofree char *metric = dup_text (self->metric);
  g_autofree char *condition = dup_text (self->condition);
  g_autofree char *lasting = dup_text (self->lasting);
  g_autofree char *times = dup_text (self->times);
  g_autoptr (CsCriterion) criterion =
    cs_criterion_new (NULL, probe != NULL ? probe->id : NULL, metric);

  criterion->field = adw_combo_row_get_selected (self->field);
  criterion->statistic = adw_combo_row_get_selected (self->statistic);
  criterion->severity = adw_combo_row_get_selected (self->severity);
  if ((condition != NULL && !cs_criterion_set_condition (criterion, condition, error)) ||
      (lasting != NULL && !cs_watch_parse_time (lasting, &criterion->lasting, error)) ||
      !read_times (times, &criterion->consecutive, error) ||
      !cs_criterion_check (criterion, probe != NULL ? probe->unit : NULL, error))
    return NULL;
  return g_steal_pointer (&criterion);
}

static void
show_problem (CsThresholdDialog *self, const char *words)
{
  gtk_label_set_label (self->problem, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), words != NULL);
}

static void
changed_cb (CsThresholdDialog *self)
{
  g_autofree char *metric = dup_text (self->metric);
  g_autofree char *condition = dup_text (self->condition);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsCriterion) criterion = build (self, &error);
  /* That a check fails is wrong enough; every other number needs a bound. */
  gboolean complete =
    metric != NULL && get_probe (self) != NULL &&
    (condition != NULL || adw_combo_row_get_selected (self->field) == CS_FIELD_FAILURE);

  show_problem (self, criterion == NULL && complete ? error->message : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "threshold-dialog.done",
                                 criterion != NULL && complete && !self->busy);
}

/* A probe with a value is there for its value. */
static void
probe_changed_cb (CsThresholdDialog *self)
{
  const CsProbe *probe = get_probe (self);

  if (probe != NULL && cs_probe_has_value (probe))
    adw_combo_row_set_selected (self->field, CS_FIELD_VALUE);
  changed_cb (self);
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsThresholdDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  self->busy = FALSE;
  if (cs_watch_act_finish (CS_WATCH (source), result, &error))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  changed_cb (self);
  show_problem (self, error->message);
}

static void
done_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsThresholdDialog *self = CS_THRESHOLD_DIALOG (widget);
  g_autoptr (CsCriterion) criterion = build (self, NULL);

  if (criterion == NULL || self->busy)
    return;
  self->busy = TRUE;
  changed_cb (self);
  cs_watch_set_criterion_async (self->watch, self->actor, criterion, self->cancellable, set_cb,
                                g_object_ref (self));
}

static void
cs_threshold_dialog_dispose (GObject *object)
{
  CsThresholdDialog *self = CS_THRESHOLD_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->watch);

  G_OBJECT_CLASS (cs_threshold_dialog_parent_class)->dispose (object);
}

static void
cs_threshold_dialog_finalize (GObject *object)
{
  g_free (CS_THRESHOLD_DIALOG (object)->actor);

  G_OBJECT_CLASS (cs_threshold_dialog_parent_class)->finalize (object);
}

static void
cs_threshold_dialog_class_init (CsThresholdDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_threshold_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_threshold_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/watch/cs-threshold-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, probe);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, metric);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, field);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, statistic);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, condition);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, lasting);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, times);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, severity);
  gtk_widget_class_bind_template_child (widget_class, CsThresholdDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, probe_changed_cb);
  gtk_widget_class_install_action (widget_class, "threshold-dialog.done", NULL, done_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_threshold_dialog_init (CsThresholdDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
list_probes (CsThresholdDialog *self, const CsProbe *chosen)
{
  GPtrArray *probes = cs_watch_get_probes (self->watch);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < probes->len; i++)
    gtk_string_list_append (names, ((CsProbe *) probes->pdata[i])->name);
  adw_combo_row_set_model (self->probe, G_LIST_MODEL (names));
  for (guint i = 0; chosen != NULL && i < probes->len; i++)
    if (g_str_equal (((CsProbe *) probes->pdata[i])->id, chosen->id))
      adw_combo_row_set_selected (self->probe, i);
}

/**
 * cs_threshold_dialog_present: (skip)
 * @origin: who asks
 * @desk: the watches
 * @deployment: whose watch is loaded and has a probe
 * @probe: (nullable): that is chosen at first
 *
 * Asks for a bound, and records it.
 */
void
cs_threshold_dialog_present (GtkWidget *origin,
                             CsWatchDesk *desk,
                             CsDeployment *deployment,
                             const CsProbe *probe)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (desk, deployment);
  CsThresholdDialog *self;

  if (watch == NULL)
    return;
  self =
    g_object_new (CS_TYPE_THRESHOLD_DIALOG, "transient-for", gtk_widget_get_root (origin), NULL);
  self->watch = g_object_ref (cs_deployment_watch_get_watch (watch));
  self->actor = g_strdup (cs_workspace_get_actor (cs_watch_desk_get_workspace (desk)));
  list_probes (self, probe);
  adw_combo_row_set_selected (self->severity, CS_SEVERITY_WARNING);
  probe_changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->metric));
}
