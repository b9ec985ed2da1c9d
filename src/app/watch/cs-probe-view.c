/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One probe of a watch: its numbers as charts, and its bounds with their verdicts. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-probe-view.h"

#include "cs-bound-row.h"
#include "cs-clock.h"
#include "cs-probe-dialog.h"
#include "cs-threshold-dialog.h"
#include "cs-watch-chart.h"
#include "cs-watch-intent.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_FIELDS (CS_FIELD_FIRST_BYTE + 1)

struct _CsProbeView
{
  AdwBin parent_instance;

  GtkLabel *name;
  GtkLabel *place;
  GtkBox *charts;
  GtkLabel *detail;
  GtkBox *bounds;

  CsWatchDesk *desk;
  CsDeployment *deployment;
  char *probe;
  GtkWidget *drawn[N_FIELDS];  /* unowned: CsWatchChart; NULL: that number is not shown */
  GtkLabel *figures[N_FIELDS]; /* unowned: below each */
  GCancellable *cancellable;
  gboolean reading;
};

G_DEFINE_FINAL_TYPE (CsProbeView, cs_probe_view, ADW_TYPE_BIN)

static CsWatch *
get_watch (CsProbeView *self)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self->desk, self->deployment);

  return watch != NULL ? cs_deployment_watch_get_watch (watch) : NULL;
}

static const CsProbe *
get_probe (CsProbeView *self)
{
  CsWatch *watch = get_watch (self);

  return watch != NULL ? cs_watch_find_probe (watch, self->probe) : NULL;
}

static const char *
get_unit (const CsProbe *probe, CsField field)
{
  return field == CS_FIELD_VALUE ? probe->unit : "s";
}

/* What it is for comes first: its value, if it has one; and whatever a bound is about. */
static gboolean
is_shown (CsProbeView *self, const CsProbe *probe, CsField field)
{
  GPtrArray *criteria = cs_watch_get_criteria (get_watch (self));

  if (field == CS_FIELD_FAILURE)
    return FALSE;
  if (field == CS_FIELD_VALUE && cs_probe_has_value (probe))
    return TRUE;
  if (field == CS_FIELD_TIME && !cs_probe_has_value (probe))
    return TRUE;
  for (guint i = 0; i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];

      if (criterion->field == field && g_str_equal (criterion->probe, probe->id))
        return TRUE;
    }
  return FALSE;
}

static void
add_levels (CsProbeView *self, const CsProbe *probe, CsField field)
{
  GPtrArray *criteria = cs_watch_get_criteria (get_watch (self));

  for (guint i = 0; i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];
      g_autofree char *words = cs_watch_words_criterion (criterion);
      double level;

      if (criterion->field == field && g_str_equal (criterion->probe, probe->id) &&
          cs_criterion_get_level (criterion, probe->unit, &level))
        cs_watch_chart_add_level (CS_WATCH_CHART (self->drawn[field]), level,
                                  criterion->severity, words);
    }
}

static void
add_alarms (CsProbeView *self, CsWatchChart *chart)
{
  GPtrArray *alarms = cs_watch_get_alarms (get_watch (self));

  for (guint i = 0; i < alarms->len; i++)
    {
      const CsAlarm *alarm = alarms->pdata[i];

      cs_watch_chart_add_event (chart, alarm->raised_at, CS_CHART_EVENT_ALARM, alarm->words);
      if (alarm->fired_at != 0)
        cs_watch_chart_add_event (chart, alarm->fired_at, CS_CHART_EVENT_ROLLBACK,
                                  alarm->procedure);
      if (alarm->settled_at != 0)
        cs_watch_chart_add_event (chart, alarm->settled_at, CS_CHART_EVENT_SETTLED,
                                  _("The alarm is over"));
    }
}

/* What was being done explains what was measured. */
static void
add_steps (CsProbeView *self, CsWatchChart *chart, GListModel *phases)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_state_get_steps (phase);

      for (guint j = 0; j < g_list_model_get_n_items (steps); j++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, j);

          if (cs_step_state_get_started (step) != 0)
            cs_watch_chart_add_event (chart, cs_step_state_get_started (step),
                                      CS_CHART_EVENT_STEP,
                                      cs_step_get_title (cs_step_state_get_step (step)));
        }
    }
}

static void
update_marks (CsProbeView *self, const CsProbe *probe, CsField field)
{
  CsWatchChart *chart = CS_WATCH_CHART (self->drawn[field]);

  cs_watch_chart_clear_marks (chart);
  add_levels (self, probe, field);
  add_alarms (self, chart);
  add_steps (self, chart, cs_deployment_get_phases (self->deployment));
  add_steps (self, chart, cs_deployment_get_rollbacks (self->deployment));
}

static void
add_chart (CsProbeView *self, const CsProbe *probe, CsField field)
{
  const char *title = cs_watch_words_field (field);
  GtkWidget *figures = gtk_label_new (title);

  self->drawn[field] = cs_watch_chart_new (title, get_unit (probe, field), probe->interval);
  gtk_label_set_xalign (GTK_LABEL (figures), 0);
  gtk_label_set_wrap (GTK_LABEL (figures), TRUE);
  gtk_widget_add_css_class (figures, "caption");
  gtk_widget_add_css_class (figures, "numeric");
  self->figures[field] = GTK_LABEL (figures);
  gtk_box_append (self->charts, figures);
  gtk_box_append (self->charts, self->drawn[field]);
}

static void
update_charts (CsProbeView *self, const CsProbe *probe)
{
  for (CsField field = CS_FIELD_VALUE; field < N_FIELDS; field++)
    {
      gboolean shown = is_shown (self, probe, field);

      if (shown && self->drawn[field] == NULL)
        add_chart (self, probe, field);
      if (!shown && self->drawn[field] != NULL)
        {
          gtk_box_remove (self->charts, self->drawn[field]);
          gtk_box_remove (self->charts, GTK_WIDGET (self->figures[field]));
          self->drawn[field] = NULL;
          self->figures[field] = NULL;
        }
      if (shown)
        update_marks (self, probe, field);
    }
}

static void
show_figures (CsProbeView *self, const CsProbe *probe, CsField field, const CsFigures *figures)
{
  const char *unit = get_unit (probe, field);
  g_autofree char *last = cs_watch_words_number (figures->last, unit);
  g_autofree char *p50 = cs_watch_words_number (figures->p50, unit);
  g_autofree char *p95 = cs_watch_words_number (figures->p95, unit);
  g_autofree char *p99 = cs_watch_words_number (figures->p99, unit);
  g_autofree char *words = NULL;

  if (figures->n == 0)
    /* Translators: what is measured, such as "Response time" */
    words = g_strdup_printf (_("%s: no number yet"), cs_watch_words_field (field));
  else if (!isfinite (figures->p50))
    words = g_strdup_printf ("%s  %s", cs_watch_words_field (field), last);
  else
    words = g_strdup_printf ("%s  %s  ·  p50 %s  ·  p95 %s  ·  p99 %s",
                             cs_watch_words_field (field), last, p50, p95, p99);
  gtk_label_set_label (self->figures[field], words);
}

typedef struct
{
  CsProbeView *view;
  gint64 since;
  gint64 until;
} Reading;

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Reading *reading = user_data;
  g_autoptr (CsProbeView) self = reading->view;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) buckets =
    cs_series_store_read_finish (CS_SERIES_STORE (source), result, &error);
  const CsProbe *probe;

  self->reading = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (buckets == NULL)
    {
      gtk_label_set_label (self->detail, error->message);
      return;
    }
  probe = get_probe (self);
  for (CsField field = CS_FIELD_VALUE; probe != NULL && field < N_FIELDS; field++)
    if (self->drawn[field] != NULL)
      {
        CsTrend *trend =
          cs_trend_new (buckets, field, reading->since, reading->until, CS_WATCH_CHART_PARTS);

        show_figures (self, probe, field, &trend->figures);
        cs_watch_chart_set_trend (CS_WATCH_CHART (self->drawn[field]), trend);
      }
}

static void
update_detail (CsProbeView *self)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self->desk, self->deployment);
  const char *detail =
    cs_watcher_get_detail (cs_deployment_watch_get_watcher (watch), self->probe);

  gtk_label_set_label (self->detail, detail != NULL ? detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->detail), detail != NULL);
}

static void
update_bounds (CsProbeView *self)
{
  GPtrArray *criteria = cs_watch_get_criteria (get_watch (self));
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->bounds));

  for (guint i = 0; i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];

      if (!g_str_equal (criterion->probe, self->probe))
        continue;
      if (row == NULL)
        {
          row = cs_bound_row_new (self->desk, self->deployment);
          gtk_box_append (self->bounds, row);
        }
      cs_bound_row_show (CS_BOUND_ROW (row), criterion);
      row = gtk_widget_get_next_sibling (row);
    }
  while (row != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (row);

      gtk_box_remove (self->bounds, row);
      row = next;
    }
}

static void
action_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsProbeView *self = CS_PROBE_VIEW (widget);
  const CsProbe *probe = get_probe (self);

  if (probe == NULL)
    return;
  if (g_str_equal (action, "probe.change"))
    cs_probe_dialog_present (widget, self->desk, self->deployment, probe);
  else if (g_str_equal (action, "probe.add-threshold"))
    cs_threshold_dialog_present (widget, self->desk, self->deployment, probe);
  else
    cs_watch_intent_remove (widget, self->desk, self->deployment, self->probe);
}

static void
cs_probe_view_dispose (GObject *object)
{
  CsProbeView *self = CS_PROBE_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->desk);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_probe_view_parent_class)->dispose (object);
}

static void
cs_probe_view_finalize (GObject *object)
{
  g_free (CS_PROBE_VIEW (object)->probe);

  G_OBJECT_CLASS (cs_probe_view_parent_class)->finalize (object);
}

static void
cs_probe_view_class_init (CsProbeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_probe_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_probe_view_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/watch/cs-probe-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsProbeView, name);
  gtk_widget_class_bind_template_child (widget_class, CsProbeView, place);
  gtk_widget_class_bind_template_child (widget_class, CsProbeView, charts);
  gtk_widget_class_bind_template_child (widget_class, CsProbeView, detail);
  gtk_widget_class_bind_template_child (widget_class, CsProbeView, bounds);
  gtk_widget_class_install_action (widget_class, "probe.add-threshold", NULL, action_cb);
  gtk_widget_class_install_action (widget_class, "probe.change", NULL, action_cb);
  gtk_widget_class_install_action (widget_class, "probe.remove", NULL, action_cb);
}

static void
cs_probe_view_init (CsProbeView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** cs_probe_view_new: (skip): (transfer floating): of a probe that the watch has. */
GtkWidget *
cs_probe_view_new (CsWatchDesk *desk, CsDeployment *deployment, const char *probe_id)
{
  CsProbeView *self = g_object_new (CS_TYPE_PROBE_VIEW, NULL);

  self->desk = g_object_ref (desk);
  self->deployment = g_object_ref (deployment);
  self->probe = g_strdup (probe_id);
  cs_probe_view_update (self);
  return GTK_WIDGET (self);
}

/** cs_probe_view_get_probe: (skip): (transfer none): the id of its probe. */
const char *
cs_probe_view_get_probe (CsProbeView *self)
{
  g_return_val_if_fail (CS_IS_PROBE_VIEW (self), NULL);

  return self->probe;
}

/** cs_probe_view_refresh: (skip): span: microseconds up to now */
void
cs_probe_view_refresh (CsProbeView *self, gint64 span)
{
  CsDeploymentWatch *watch;
  const CsProbe *probe;
  g_autofree char *series = NULL;
  Reading *reading;

  g_return_if_fail (CS_IS_PROBE_VIEW (self));

  watch = cs_watch_desk_find (self->desk, self->deployment);
  probe = get_probe (self);
  if (probe == NULL || self->reading)
    return;
  self->reading = TRUE;
  series = cs_watch_dup_series (cs_deployment_watch_get_watch (watch), probe);
  reading = g_new0 (Reading, 1);
  reading->view = g_object_ref (self);
  reading->until = cs_clock_now ();
  reading->since = reading->until - span;
  cs_series_store_read_async (cs_deployment_watch_get_series (watch), series, reading->since,
                              reading->until + 1, self->cancellable, read_cb, reading);
  update_detail (self);
}

/** cs_probe_view_update: (skip): shows what is recorded and judged now. */
void
cs_probe_view_update (CsProbeView *self)
{
  const CsProbe *probe;
  g_autofree char *words = NULL;

  g_return_if_fail (CS_IS_PROBE_VIEW (self));

  probe = get_probe (self);
  if (probe == NULL)
    return;
  words = cs_watch_words_probe (probe);
  gtk_label_set_label (self->name, probe->name);
  gtk_label_set_label (self->place, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->place), cs_probe_get_place (probe));
  update_charts (self, probe);
  update_detail (self);
  update_bounds (self);
}
