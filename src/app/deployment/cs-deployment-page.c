/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One deployment: the rail of phases, the steps of one phase as cards, the one next thing. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-deployment-page.h"

#include "cs-alarm-bar.h"
#include "cs-deployment-strip.h"
#include "cs-export.h"
#include "cs-incident-window.h"
#include "cs-next-bar.h"
#include "cs-notice-bar.h"
#include "cs-page-intents.h"
#include "cs-phase-rail.h"
#include "cs-point-row.h"
#include "cs-signoff-row.h"
#include "cs-standstill-words.h"
#include "cs-step-card.h"
#include "cs-streams-pane.h"
#include "cs-terminal-view.h"
#include "cs-time-words.h"
#include "cs-watch-panel.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>
#include <graphene.h>

/* Room kept above a card that is scrolled to, in pixels. */
#define SCROLL_MARGIN 18

/* How long a card is followed while it opens, in frames: a little longer than the animation. */
#define SCROLL_FRAMES 24

struct _CsDeploymentPage
{
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkButton *roll_back;
  GtkButton *pause;
  CsNoticeBar *lock_bar;
  CsNoticeBar *pause_bar;
  CsDeploymentStrip *strip;
  CsAlarmBar *alarm_bar;
  AdwFlap *flap;
  CsPhaseRail *rail;
  GtkScrolledWindow *scrolled;
  GtkLabel *phase_title;
  GtkLabel *phase_words;
  GtkBox *cards;
  AdwFlap *watch_flap;
  GtkWidget *watch_button;
  CsWatchPanel *watch_panel;
  CsStreamsPane *streams;
  CsNextBar *next_bar;

  CsWorkspace *workspace;
  CsWatchDesk *desk;
  CsDeployment *deployment;
  CsDeploymentStatus status; /* when the page last looked */
  CsPhaseState *selected;    /* the phase that is shown; NULL: signatures that stand in none */
  CsStepState *next_step;    /* what was next when the page last looked */
  CsStepState *last_step;    /* what was next before that: stays open, its output is news */
  GtkWidget *scroll_target;  /* unowned; scrolled to when the cards have their places */
  guint scroll_tick;
  guint scroll_frames;
  guint timer;
  guint fold_source;
};

G_DEFINE_FINAL_TYPE (CsDeploymentPage, cs_deployment_page, ADW_TYPE_BIN)

static CsStepCard *
find_card (CsDeploymentPage *self, CsStepState *step)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (CS_IS_STEP_CARD (child) && cs_step_card_get_step (CS_STEP_CARD (child)) == step)
        return CS_STEP_CARD (child);
    }

  return NULL;
}

/* Scrolls as little as shows the card to its end, and never past its head: what came before it
 * (the output of the last command) stays in view where there is room. Cards grow as they open, so
 * this goes on until they have their height. */
static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  CsDeploymentPage *self = CS_DEPLOYMENT_PAGE (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  GtkWidget *content = gtk_widget_get_parent (GTK_WIDGET (self->cards));
  graphene_rect_t bounds;
  double value = gtk_adjustment_get_value (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);

  if (self->scroll_target == NULL || self->scroll_frames-- == 0 ||
      !gtk_widget_compute_bounds (self->scroll_target, content, &bounds))
    {
      self->scroll_target = NULL;
      self->scroll_tick = 0;
      return G_SOURCE_REMOVE;
    }

  value = MAX (value, bounds.origin.y + bounds.size.height + 2 * SCROLL_MARGIN - page);
  value = MIN (value, bounds.origin.y);
  gtk_adjustment_set_value (adjustment, value);
  return G_SOURCE_CONTINUE;
}

static void
scroll_to (CsDeploymentPage *self, GtkWidget *card)
{
  self->scroll_target = card;
  self->scroll_frames = SCROLL_FRAMES;
  if (self->scroll_tick == 0)
    self->scroll_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_cb, NULL, NULL);
}

static void
clear_cards (CsDeploymentPage *self)
{
  GtkWidget *child;

  self->scroll_target = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->cards))) != NULL)
    gtk_box_remove (self->cards, child);
}

static void
append_steps (CsDeploymentPage *self, CsPhaseState *phase)
{
  GListModel *steps = cs_phase_state_get_steps (phase);
  guint n = g_list_model_get_n_items (steps);
  CsNext next;

  cs_deployment_get_next (self->deployment, &next);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (steps, i);
      CsStatus status = cs_step_state_get_status (step);
      GtkWidget *card = cs_step_card_new (self->workspace, self->deployment, phase, step, i + 1);

      gtk_box_append (self->cards, card);
      if (step == next.step || n == 1 || status == CS_STATUS_RUNNING ||
          status == CS_STATUS_FAILED || status == CS_STATUS_INTERRUPTED)
        cs_step_card_set_open (CS_STEP_CARD (card), TRUE);
    }
}

/* The lines to sign of a phase, or with phase NULL those that stand in none. */
static void
append_signoffs (CsDeploymentPage *self, CsPhaseState *phase)
{
  GListModel *signoffs = phase != NULL ? cs_phase_state_get_signoffs (phase)
                                       : cs_deployment_get_signoffs (self->deployment);
  AdwPreferencesGroup *group = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);
      CsSignoff *line = cs_signoff_state_get_signoff (signoff);

      if (phase == NULL && cs_signoff_get_phase_id (line) != NULL)
        continue;

      if (group == NULL)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, _("Signatures"));
          gtk_box_append (self->cards, GTK_WIDGET (group));
        }
      adw_preferences_group_add (group,
                                 cs_signoff_row_new (self->workspace, self->deployment, signoff));
    }
}

/* What has to be settled before something is done in the phase, and what was. */
static void
append_points (CsDeploymentPage *self, CsPhaseState *phase)
{
  GPtrArray *points = cs_deployment_get_points_of (self->deployment, phase);
  AdwPreferencesGroup *group = NULL;

  for (guint i = 0; i < points->len; i++)
    {
      if (group == NULL)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, _("To Be Settled First"));
          gtk_box_append (self->cards, GTK_WIDGET (group));
        }
      adw_preferences_group_add (group, cs_point_row_new (self->workspace, self->deployment,
                                                          g_ptr_array_index (points, i)));
    }
  g_ptr_array_unref (points);
}

static char *
describe_phase (CsPhaseState *phase)
{
  guint steps = g_list_model_get_n_items (cs_phase_state_get_steps (phase));
  gint64 estimate = cs_phase_get_estimate (cs_phase_state_get_phase (phase));
  g_autofree char *count =
    steps > 1 ? g_strdup_printf (ngettext ("%u step", "%u steps", steps), steps) : g_strdup ("");
  g_autofree char *duration = NULL;

  if (estimate < 0)
    return g_steal_pointer (&count);

  duration = cs_time_words_duration (estimate);
  if (steps == 1)
    return g_strdup_printf (_("about %s"), duration);

  return g_strdup_printf (_("%s, about %s"), count, duration);
}

static void
show_phase (CsDeploymentPage *self, CsPhaseState *phase)
{
  CsStepCard *card = NULL;

  g_set_object (&self->selected, phase);
  clear_cards (self);

  if (phase != NULL)
    {
      g_autofree char *words = describe_phase (phase);

      gtk_label_set_label (self->phase_title,
                           cs_phase_get_title (cs_phase_state_get_phase (phase)));
      gtk_label_set_label (self->phase_words, words);
      gtk_widget_set_visible (GTK_WIDGET (self->phase_words), *words != '\0');
      append_points (self, phase);
      append_steps (self, phase);
    }
  else
    {
      gtk_label_set_label (self->phase_title, _("Sign-off"));
      gtk_label_set_label (self->phase_words, _("The signatures of the whole runbook"));
      gtk_widget_set_visible (GTK_WIDGET (self->phase_words), TRUE);
    }
  append_signoffs (self, phase);

  cs_phase_rail_set_selected (self->rail, phase);
  cs_next_bar_set_shown (self->next_bar, phase);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  if (self->next_step != NULL)
    card = find_card (self, self->next_step);
  if (card != NULL && GTK_WIDGET (card) != gtk_widget_get_first_child (GTK_WIDGET (self->cards)))
    scroll_to (self, GTK_WIDGET (card));
}

static void
phase_chosen_cb (CsDeploymentPage *self, CsPhaseState *phase)
{
  show_phase (self, phase);
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

static void
show_step_cb (CsDeploymentPage *self, CsStepState *step)
{
  CsStepCard *card = find_card (self, step);

  if (card == NULL)
    {
      show_phase (self, cs_deployment_get_current_phase (self->deployment));
      card = find_card (self, step);
    }
  if (card == NULL)
    return;

  cs_step_card_set_open (card, TRUE);
  scroll_to (self, GTK_WIDGET (card));
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

/* At phone width there is room for an icon, not for words. */
static void
update_folded (CsDeploymentPage *self)
{
  gboolean folded = adw_flap_get_folded (self->flap);

  if (folded)
    gtk_button_set_icon_name (self->roll_back, "edit-undo-symbolic");
  else
    gtk_button_set_label (self->roll_back, _("Roll Back…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->roll_back), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Roll Back…"), -1);
  g_object_set (self->strip, "narrow", folded, NULL);
  g_object_set (self->lock_bar, "narrow", folded, NULL);
  g_object_set (self->pause_bar, "narrow", folded, NULL);
  g_object_set (self->next_bar, "narrow", folded, NULL);
}

static gboolean
update_folded_cb (gpointer user_data)
{
  CsDeploymentPage *self = user_data;

  self->fold_source = 0;
  update_folded (self);
  return G_SOURCE_REMOVE;
}

/* It folds while it is given its place, when nothing may ask for another one. */
static void
folded_cb (CsDeploymentPage *self)
{
  if (self->fold_source == 0)
    self->fold_source = g_idle_add (update_folded_cb, self);
}

static gboolean
tick_cb (gpointer user_data)
{
  CsDeploymentPage *self = user_data;

  cs_deployment_strip_tick (self->strip);
  cs_phase_rail_tick (self->rail);
  return G_SOURCE_CONTINUE;
}

static void
update_standstill (CsDeploymentPage *self)
{
  const char *reason = cs_deployment_get_pause_reason (self->deployment);
  gboolean active = cs_deployment_get_status (self->deployment) == CS_DEPLOYMENT_ACTIVE;
  g_autofree char *paused = active ? cs_standstill_words_pause (self->deployment) : NULL;
  g_autofree char *locked = cs_standstill_words_lock (self->deployment);
  g_autoptr (GPtrArray) lock = cs_deployment_gates_for_lock (self->deployment, NULL);
  gboolean free = cs_deployment_get_lock (self->deployment) == NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->pause), active && reason == NULL);
  cs_notice_bar_set_words (self->pause_bar, paused);
  cs_notice_bar_set_words (self->lock_bar, locked);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deployment.lock", free && lock->len == 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deployment.unlock",
                                 cs_deployment_has_lock (self->deployment));
}

static void
lock_cb (CsDeploymentPage *self)
{
  cs_intent_lock (GTK_WIDGET (self), self->workspace, self->deployment);
}

static void
lock_act_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsDeploymentPage *self = CS_DEPLOYMENT_PAGE (widget);

  if (g_str_equal (action, "deployment.unlock"))
    cs_intent_unlock (widget, self->workspace, self->deployment);
  else
    lock_cb (self);
}

static void
pause_cb (CsDeploymentPage *self)
{
  cs_intent_pause (GTK_WIDGET (self), self->workspace, self->deployment);
}

static void
resume_cb (CsDeploymentPage *self)
{
  cs_intent_resume (GTK_WIDGET (self), self->workspace, self->deployment);
}

static void
update_acts (CsDeploymentPage *self)
{
  GListModel *rollbacks = cs_deployment_get_rollbacks (self->deployment);
  CsDeploymentStatus status = cs_deployment_get_status (self->deployment);

  gtk_widget_set_visible (GTK_WIDGET (self->roll_back),
                          status == CS_DEPLOYMENT_ACTIVE &&
                            g_list_model_get_n_items (rollbacks) > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deployment.incident-report",
                                 status == CS_DEPLOYMENT_ROLLING_BACK ||
                                   status == CS_DEPLOYMENT_ROLLED_BACK);
  update_standstill (self);
}

/* Whether the service is well, in a light. */
static void
update_watch_cb (CsDeploymentPage *self)
{
  CsWatchTally tally;
  gboolean judged = cs_watch_desk_count (self->desk, self->deployment, &tally);
  const char *css_class = judged ? cs_watch_words_class (tally.worst) : "";
  const char *classes[] = { "toggle", "image-button", css_class, NULL };
  g_autofree char *words =
    judged
      /* Translators: a verdict such as "Good" */
      ? g_strdup_printf (_("Watch: %s"), cs_watch_words_verdict (tally.worst))
      : g_strdup (_("Watch"));

  gtk_widget_set_css_classes (self->watch_button, classes);
  gtk_widget_set_tooltip_text (self->watch_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->watch_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
go_on_cb (CsDeploymentPage *self)
{
  show_phase (self, cs_deployment_get_current_phase (self->deployment));
}

/* Follows the deployment: what is next opens, what was done before the last step folds. The phase
 * stays, so that the output of its last command can be read; the bottom bar leads on. */
static void
update_cb (CsDeploymentPage *self)
{
  CsNext next;

  cs_deployment_get_next (self->deployment, &next);
  update_acts (self);

  /* The way back is what is to be seen, whoever or whatever has taken it. */
  if (self->status != cs_deployment_get_status (self->deployment))
    {
      self->status = cs_deployment_get_status (self->deployment);
      if (self->status == CS_DEPLOYMENT_ROLLING_BACK)
        show_phase (self, cs_deployment_get_current_phase (self->deployment));
    }
  /* What goes on by itself is to be seen. */
  if (next.step != NULL && cs_next_bar_is_advancing (self->next_bar) &&
      find_card (self, next.step) == NULL)
    show_phase (self, cs_deployment_get_current_phase (self->deployment));
  if (next.step != self->next_step)
    {
      CsStepCard *before = self->last_step != NULL ? find_card (self, self->last_step) : NULL;
      CsStepCard *card = next.step != NULL ? find_card (self, next.step) : NULL;

      if (before != NULL && cs_status_is_over (cs_step_state_get_status (self->last_step)))
        cs_step_card_set_open (before, FALSE);
      g_set_object (&self->last_step, self->next_step);
      g_set_object (&self->next_step, next.step);
      if (card != NULL)
        {
          cs_step_card_set_open (card, TRUE);
          scroll_to (self, GTK_WIDGET (card));
        }
    }
}

static void
cs_deployment_page_dispose (GObject *object)
{
  CsDeploymentPage *self = CS_DEPLOYMENT_PAGE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->fold_source, g_source_remove);
  g_clear_object (&self->workspace);
  g_clear_object (&self->desk);
  g_clear_object (&self->deployment);
  g_clear_object (&self->selected);
  g_clear_object (&self->next_step);
  g_clear_object (&self->last_step);

  G_OBJECT_CLASS (cs_deployment_page_parent_class)->dispose (object);
}

static void
export_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsDeploymentPage *self = CS_DEPLOYMENT_PAGE (widget);

  if (g_str_equal (action, "deployment.export-evidence"))
    cs_export_evidence (widget, self->workspace, self->deployment);
  else if (g_str_equal (action, "deployment.export-sheet"))
    cs_export_sheet (widget, self->workspace, self->deployment);
  else
    cs_export_csv (widget, self->workspace, self->deployment);
}

static void
report_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsDeploymentPage *self = CS_DEPLOYMENT_PAGE (widget);

  cs_incident_window_present (widget, self->workspace, self->deployment);
}

static void
cs_deployment_page_class_init (CsDeploymentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_deployment_page_dispose;

  g_type_ensure (CS_TYPE_DEPLOYMENT_STRIP);
  g_type_ensure (CS_TYPE_NEXT_BAR);
  g_type_ensure (CS_TYPE_NOTICE_BAR);
  g_type_ensure (CS_TYPE_STREAMS_PANE);
  g_type_ensure (CS_TYPE_PHASE_RAIL);
  g_type_ensure (CS_TYPE_ALARM_BAR);
  g_type_ensure (CS_TYPE_WATCH_PANEL);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-deployment-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, title);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, roll_back);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, pause);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, lock_bar);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, pause_bar);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, strip);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, flap);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, rail);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, phase_title);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, phase_words);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, cards);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, next_bar);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, streams);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, alarm_bar);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, watch_flap);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, watch_button);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentPage, watch_panel);
  gtk_widget_class_install_action (widget_class, "deployment.export-evidence", NULL, export_cb);
  gtk_widget_class_install_action (widget_class, "deployment.export-sheet", NULL, export_cb);
  gtk_widget_class_install_action (widget_class, "deployment.export-csv", NULL, export_cb);
  gtk_widget_class_install_action (widget_class, "deployment.incident-report", NULL, report_cb);
  gtk_widget_class_install_action (widget_class, "deployment.lock", NULL, lock_act_cb);
  gtk_widget_class_install_action (widget_class, "deployment.unlock", NULL, lock_act_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_on_cb);
  gtk_widget_class_bind_template_callback (widget_class, lock_cb);
  gtk_widget_class_bind_template_callback (widget_class, pause_cb);
  gtk_widget_class_bind_template_callback (widget_class, phase_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, resume_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_step_cb);
}

static void
cs_deployment_page_init (CsDeploymentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_deployment (CsDeploymentPage *self)
{
  CsDeployment *deployment = self->deployment;
  /* Translators: the name of a server, and who runs the deployment */
  g_autofree char *subtitle =
    g_strdup_printf (_("on %s, by %s"), cs_target_get_name (cs_deployment_get_target (deployment)),
                     cs_deployment_get_operator (deployment));

  adw_window_title_set_title (self->title, cs_deployment_get_title (deployment));
  adw_window_title_set_subtitle (self->title, subtitle);

  cs_deployment_strip_set_deployment (self->strip, deployment);
  cs_phase_rail_set_deployment (self->rail, deployment);
  cs_next_bar_set_deployment (self->next_bar, self->workspace, deployment);
}

/**
 * cs_deployment_page_new: (skip)
 * @workspace: the workspace
 * @desk: its watches
 * @deployment: one of its deployments
 *
 * Returns: (transfer floating): a new #CsDeploymentPage
 */
GtkWidget *
cs_deployment_page_new (CsWorkspace *workspace, CsWatchDesk *desk, CsDeployment *deployment)
{
  CsDeploymentPage *self = g_object_new (CS_TYPE_DEPLOYMENT_PAGE, NULL);
  CsPhaseState *current = cs_deployment_get_current_phase (deployment);
  CsNext next;

  self->workspace = g_object_ref (workspace);
  self->desk = g_object_ref (desk);
  self->deployment = g_object_ref (deployment);
  self->status = cs_deployment_get_status (deployment);
  cs_deployment_get_next (deployment, &next);
  g_set_object (&self->next_step, next.step);

  show_deployment (self);
  cs_watch_panel_set_deployment (self->watch_panel, desk, deployment);
  cs_alarm_bar_set_desk (self->alarm_bar, desk, deployment);
  g_signal_connect_object (desk, "changed", G_CALLBACK (update_watch_cb), self,
                           G_CONNECT_SWAPPED);
  update_watch_cb (self);
  cs_streams_pane_set_deployment (self->streams, deployment);
  cs_deployment_set_terminal (deployment, NULL, CS_TERMINAL_VIEW_COLUMNS, CS_TERMINAL_VIEW_ROWS);
  update_folded (self);
  update_acts (self);
  if (current != NULL || next.signoff != NULL)
    {
      show_phase (self, current);
    }
  else
    {
      g_autoptr (CsPhaseState) first =
        g_list_model_get_item (cs_deployment_get_phases (deployment), 0);

      show_phase (self, first);
    }

  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  self->timer = g_timeout_add_seconds (1, tick_cb, self);

  return GTK_WIDGET (self);
}

/**
 * cs_deployment_page_get_deployment: (skip)
 * @self: a #CsDeploymentPage
 *
 * Returns: (transfer none): the deployment
 */
CsDeployment *
cs_deployment_page_get_deployment (CsDeploymentPage *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT_PAGE (self), NULL);

  return self->deployment;
}

/**
 * cs_deployment_page_do_next: (skip)
 * @self: a #CsDeploymentPage
 *
 * Does what the button in the bottom bar does.
 */
void
cs_deployment_page_do_next (CsDeploymentPage *self)
{
  g_return_if_fail (CS_IS_DEPLOYMENT_PAGE (self));

  cs_next_bar_act (self->next_bar);
}

/**
 * cs_deployment_page_show_watch: (skip)
 * @self: a #CsDeploymentPage
 *
 * Unfolds the watch over the deployment.
 */
void
cs_deployment_page_show_watch (CsDeploymentPage *self)
{
  g_return_if_fail (CS_IS_DEPLOYMENT_PAGE (self));

  adw_flap_set_reveal_flap (self->watch_flap, TRUE);
}

/**
 * cs_deployment_page_roll_back: (skip)
 * @self: a #CsDeploymentPage
 *
 * Asks how and why to roll back, if the deployment can be.
 */
void
cs_deployment_page_roll_back (CsDeploymentPage *self)
{
  g_return_if_fail (CS_IS_DEPLOYMENT_PAGE (self));

  if (gtk_widget_get_visible (GTK_WIDGET (self->roll_back)))
    cs_intent_roll_back (GTK_WIDGET (self), self->workspace, self->deployment);
}
