/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watch over a deployment: what is measured, judged and consented, and whom to call. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-watch-panel.h"

#include "cs-clock.h"
#include "cs-consent-sheet.h"
#include "cs-escalation.h"
#include "cs-mapping-dialog.h"
#include "cs-probe-dialog.h"
#include "cs-probe-view.h"
#include "cs-time-words.h"
#include "cs-watch-intent.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>

/* Seconds after which charts go on where nothing was measured by this program. */
#define PERIOD 5

struct _CsWatchPanel
{
  AdwBin parent_instance;

  GtkWidget *empty;
  GtkWidget *head;
  GtkImage *light;
  GtkLabel *summary;
  GtkLabel *activity;
  GtkWidget *menu;
  GtkWidget *controls;
  GtkButton *turn; /* starts and stops */
  GtkDropDown *span;
  GtkWidget *map;
  GtkBox *probes;
  GtkWidget *rollback;
  AdwActionRow *consent;
  GtkWidget *give;
  GtkWidget *withdraw;
  AdwPreferencesGroup *people;
  AdwPreferencesGroup *alarms;

  CsWatchDesk *desk;
  CsDeployment *deployment;
  CsWatcher *watcher;     /* that is followed; NULL: it is not loaded yet */
  GPtrArray *levels;      /* of CsEscalationLevel */
  GPtrArray *level_icons; /* unowned: for each level, shown while it is its turn */
  GPtrArray *alarm_rows;  /* unowned AdwActionRow */
  guint timer;
};

G_DEFINE_FINAL_TYPE (CsWatchPanel, cs_watch_panel, ADW_TYPE_BIN)

static CsWatch *
get_watch (CsWatchPanel *self)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self->desk, self->deployment);

  return watch != NULL ? cs_deployment_watch_get_watch (watch) : NULL;
}

static gint64
get_span (CsWatchPanel *self)
{
  static const gint64 minutes[] = { 15, 60, 6 * 60, 24 * 60 };
  guint chosen = gtk_drop_down_get_selected (self->span);

  return minutes[MIN (chosen, G_N_ELEMENTS (minutes) - 1)] * 60 * G_USEC_PER_SEC;
}

static char *
describe_tally (const CsWatchTally *tally)
{
  if (tally->n == 0)
    return g_strdup (_("No thresholds yet"));
  if (tally->n_bad > 0)
    return g_strdup_printf (ngettext ("%u of %u threshold is passed",
                                      "%u of %u thresholds are passed", tally->n),
                            tally->n_bad, tally->n);
  if (tally->n_unknown > 0)
    return g_strdup_printf (ngettext ("%u of %u threshold is undecided",
                                      "%u of %u thresholds are undecided", tally->n),
                            tally->n_unknown, tally->n);
  return g_strdup (_("Everything is as it should be"));
}

static void
update_head (CsWatchPanel *self, CsWatch *watch)
{
  gboolean watching = cs_watch_desk_is_watching (self->desk, self->deployment);
  gboolean ended = cs_watch_is_ended (watch);
  gboolean used = cs_watch_get_probes (watch)->len > 0;
  g_autofree char *words = NULL;
  CsWatchTally tally;
  const char *css_class[] = { NULL, NULL };

  cs_watch_desk_count (self->desk, self->deployment, &tally);
  if (tally.n == 0)
    tally.worst = CS_WATCH_INCONCLUSIVE;
  words = describe_tally (&tally);
  css_class[0] = cs_watch_words_class (tally.worst);
  gtk_image_set_from_icon_name (self->light, cs_watch_words_icon (tally.worst));
  gtk_widget_set_css_classes (GTK_WIDGET (self->light), css_class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->light), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cs_watch_words_verdict (tally.worst), -1);
  gtk_label_set_label (self->summary, words);
  gtk_label_set_label (self->activity,
                       ended      ? _("The watch is over")
                       : watching ? _("Measured by this program, also when its window is closed")
                                  : _("Not measured by this program"));
  gtk_widget_set_visible (self->empty, !used && !ended);
  gtk_widget_set_visible (self->head, used || ended);
  gtk_widget_set_visible (self->controls, used);
  gtk_widget_set_visible (GTK_WIDGET (self->turn), !ended);
  gtk_button_set_label (self->turn, watching ? _("Stop Watching") : _("Start Watching"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->turn),
                                  watching ? "watch.stop" : "watch.start");
  if (watching)
    gtk_widget_remove_css_class (GTK_WIDGET (self->turn), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->turn), "suggested-action");
  gtk_widget_set_visible (self->menu, !ended);
  gtk_widget_set_visible (self->map, used && !ended && tally.n == 0 &&
                                       cs_mapping_dialog_is_useful (self->deployment));
}

static void
update_consent (CsWatchPanel *self, CsWatch *watch)
{
  const CsConsent *consent = cs_watch_get_consent (watch);
  gboolean possible =
    g_list_model_get_n_items (cs_deployment_get_rollbacks (self->deployment)) > 0 &&
    cs_deployment_get_status (self->deployment) == CS_DEPLOYMENT_ACTIVE &&
    !cs_watch_is_ended (watch);
  g_autofree char *words = NULL;

  if (consent != NULL)
    {
      g_autofree char *time = cs_time_words_duration (consent->countdown / G_USEC_PER_SEC);

      /* Translators: a person, the name of a rollback procedure, and a time such as "1 min" */
      words = g_strdup_printf (_("%s consented to “%s”, %s after the alarm"), consent->by,
                               consent->procedure, time);
    }
  adw_action_row_set_subtitle (
    self->consent, words != NULL ? words : _("Nobody consented: an alarm only calls people"));
  gtk_widget_set_visible (self->rollback, possible && cs_watch_get_probes (watch)->len > 0);
  gtk_widget_set_visible (self->give, consent == NULL);
  gtk_widget_set_visible (self->withdraw, consent != NULL);
}

/* Keeps the views of probes that are still there: their charts would blink. */
static void
update_probes (CsWatchPanel *self, CsWatch *watch)
{
  GPtrArray *probes = cs_watch_get_probes (watch);
  GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->probes));

  for (guint i = 0; i < probes->len; i++)
    {
      const CsProbe *probe = probes->pdata[i];

      while (view != NULL &&
             !g_str_equal (cs_probe_view_get_probe (CS_PROBE_VIEW (view)), probe->id))
        {
          GtkWidget *next = gtk_widget_get_next_sibling (view);

          gtk_box_remove (self->probes, view);
          view = next;
        }
      if (view == NULL)
        {
          view = cs_probe_view_new (self->desk, self->deployment, probe->id);
          gtk_box_append (self->probes, view);
          cs_probe_view_refresh (CS_PROBE_VIEW (view), get_span (self));
        }
      else
        cs_probe_view_update (CS_PROBE_VIEW (view));
      view = gtk_widget_get_next_sibling (view);
    }
  while (view != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (view);

      gtk_box_remove (self->probes, view);
      view = next;
    }
}

static void
show_alarm (AdwActionRow *row, const CsAlarm *alarm)
{
  g_autofree char *when = cs_time_words_moment (alarm->raised_at);
  g_autofree char *end = cs_watch_words_alarm_end (alarm);
  g_autofree char *title = g_strdup_printf ("%s  %s", when, alarm->words);
  g_autofree char *words = g_strdup_printf ("%s\n%s", alarm->reason, end);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, words);
}

/* Alarms only become more. */
static void
update_alarms (CsWatchPanel *self, CsWatch *watch)
{
  GPtrArray *alarms = cs_watch_get_alarms (watch);

  adw_preferences_group_set_description (self->alarms,
                                         alarms->len > 0 ? NULL : _("None so far"));
  for (guint i = 0; i < alarms->len; i++)
    {
      if (i == self->alarm_rows->len)
        {
          GtkWidget *row = adw_action_row_new ();

          adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
          adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
          adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
          adw_preferences_group_add (self->alarms, row);
          g_ptr_array_add (self->alarm_rows, row);
        }
      show_alarm (self->alarm_rows->pdata[i], alarms->pdata[i]);
    }
}

/* The oldest alarm that calls says whose turn it is. */
static void
update_people (CsWatchPanel *self, CsWatch *watch)
{
  GPtrArray *alarms = cs_watch_get_alarms (watch);
  const CsEscalationLevel *turn = NULL;

  for (guint i = 0; turn == NULL && i < alarms->len; i++)
    {
      const CsAlarm *alarm = alarms->pdata[i];

      if (cs_alarm_is_calling (alarm))
        turn = cs_escalation_get_level (self->levels, cs_clock_now () - alarm->raised_at);
    }
  for (guint i = 0; i < self->levels->len; i++)
    gtk_widget_set_visible (self->level_icons->pdata[i], self->levels->pdata[i] == turn);
}

static void
update (CsWatchPanel *self)
{
  CsWatch *watch = get_watch (self);

  if (watch == NULL)
    return;
  update_head (self, watch);
  update_consent (self, watch);
  update_probes (self, watch);
  update_alarms (self, watch);
  update_people (self, watch);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "watch.consent",
                                 gtk_widget_get_visible (self->rollback) &&
                                   cs_watch_get_consent (watch) == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "watch.map",
                                 cs_mapping_dialog_is_useful (self->deployment));
}

static CsProbeView *
find_view (CsWatchPanel *self, const char *probe)
{
  for (GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->probes)); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    if (g_str_equal (cs_probe_view_get_probe (CS_PROBE_VIEW (view)), probe))
      return CS_PROBE_VIEW (view);
  return NULL;
}

static void
measured_cb (CsWatchPanel *self, const char *probe)
{
  CsProbeView *view = find_view (self, probe);
  CsWatch *watch = get_watch (self);

  if (view == NULL || watch == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  cs_probe_view_refresh (view, get_span (self));
  cs_probe_view_update (view);
  update_head (self, watch);
}

static void
refresh_cb (CsWatchPanel *self)
{
  if (self->desk == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  for (GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->probes)); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    cs_probe_view_refresh (CS_PROBE_VIEW (view), get_span (self));
}

/* What others measure comes into the same series. */
static gboolean
period_cb (gpointer user_data)
{
  CsWatchPanel *self = user_data;
  CsWatch *watch = get_watch (self);

  refresh_cb (self);
  if (watch != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      update_head (self, watch);
      update_people (self, watch);
    }
  return G_SOURCE_CONTINUE;
}

static void
changed_cb (CsWatchPanel *self, CsDeployment *deployment)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (self->desk, self->deployment);

  if (deployment != self->deployment || watch == NULL)
    return;
  if (g_set_object (&self->watcher, cs_deployment_watch_get_watcher (watch)))
    g_signal_connect_object (self->watcher, "measured", G_CALLBACK (measured_cb), self,
                             G_CONNECT_SWAPPED);
  update (self);
}

static void
map_cb (CsWatchPanel *self)
{
  update (self);
  refresh_cb (self);
}

static void
action_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsWatchPanel *self = CS_WATCH_PANEL (widget);

  if (g_str_equal (action, "watch.add-probe"))
    cs_probe_dialog_present (widget, self->desk, self->deployment, NULL);
  else if (g_str_equal (action, "watch.map"))
    cs_mapping_dialog_present (widget, self->desk, self->deployment);
  else if (g_str_equal (action, "watch.consent"))
    cs_consent_sheet_present (widget, self->desk, self->deployment);
  else if (g_str_equal (action, "watch.withdraw"))
    cs_watch_intent_withdraw_consent (widget, self->desk, self->deployment);
  else if (g_str_equal (action, "watch.start"))
    cs_watch_intent_start (widget, self->desk, self->deployment);
  else if (g_str_equal (action, "watch.stop"))
    cs_watch_desk_stop (self->desk, self->deployment);
  else
    cs_watch_intent_end (widget, self->desk, self->deployment);
}

static void
cs_watch_panel_dispose (GObject *object)
{
  CsWatchPanel *self = CS_WATCH_PANEL (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->desk);
  g_clear_object (&self->deployment);
  g_clear_object (&self->watcher);
  g_clear_pointer (&self->levels, g_ptr_array_unref);
  g_clear_pointer (&self->level_icons, g_ptr_array_unref);
  g_clear_pointer (&self->alarm_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (cs_watch_panel_parent_class)->dispose (object);
}

static void
cs_watch_panel_class_init (CsWatchPanelClass *klass)
{
  static const char *const actions[] = { "watch.add-probe", "watch.map", "watch.consent",
                                         "watch.withdraw", "watch.start", "watch.stop",
                                         "watch.end" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_watch_panel_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/watch/cs-watch-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, empty);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, head);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, light);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, summary);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, activity);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, menu);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, controls);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, turn);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, span);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, map);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, probes);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, rollback);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, consent);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, give);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, withdraw);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, people);
  gtk_widget_class_bind_template_child (widget_class, CsWatchPanel, alarms);
  gtk_widget_class_bind_template_callback (widget_class, refresh_cb);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, action_cb);
}

static void
cs_watch_panel_init (CsWatchPanel *self)
{
  self->level_icons = g_ptr_array_new ();
  self->alarm_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (map_cb), NULL);
}

static void
add_level (CsWatchPanel *self, const CsEscalationLevel *level)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("call-start-symbolic");
  g_autoptr (GString) contacts = g_string_new (NULL);

  for (guint i = 0; i < level->contacts->len; i++)
    g_string_append_printf (contacts, "%s%s", i > 0 ? "\n" : "",
                            (const char *) level->contacts->pdata[i]);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), level->name);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), contacts->str);
  gtk_widget_add_css_class (icon, "status-failed");
  gtk_widget_set_tooltip_text (icon, _("To be called now"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("To be called now"), -1);
  gtk_widget_set_visible (icon, FALSE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
  adw_preferences_group_add (self->people, row);
  g_ptr_array_add (self->level_icons, icon);
}

/** cs_watch_panel_set_deployment: (skip): shows the watch over it; once. */
void
cs_watch_panel_set_deployment (CsWatchPanel *self, CsWatchDesk *desk, CsDeployment *deployment)
{
  g_return_if_fail (CS_IS_WATCH_PANEL (self) && self->desk == NULL);

  self->desk = g_object_ref (desk);
  self->deployment = g_object_ref (deployment);
  self->levels = cs_escalation_find (cs_deployment_get_runbook (deployment));
  for (guint i = 0; i < self->levels->len; i++)
    add_level (self, self->levels->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->people), self->levels->len > 0);
  g_signal_connect_object (desk, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  self->timer = g_timeout_add_seconds (PERIOD, period_cb, self);
  cs_watch_desk_load (desk, deployment);
  changed_cb (self, deployment);
}
