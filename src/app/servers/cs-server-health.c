/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a target has done lately: its breaker, how fast it answers, what ran there last. */

#define G_LOG_DOMAIN "cs-server-health"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-breaker-words.h"
#include "cs-latency-line.h"
#include "cs-server-health.h"
#include "cs-status-icon.h"
#include "cs-target-figures.h"
#include "cs-time-words.h"

struct _CsServerHealth
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsBreaker *breaker;
  char *target;
  GCancellable *cancellable; /* of the figures that are being read */
  guint timer;               /* counts down while the breaker is open */

  AdwActionRow *breaker_row;
  GtkWidget *reset;
  AdwActionRow *rate_row;
  AdwActionRow *latency_row;
  CsLatencyLine *line;
  AdwActionRow *count_row;
  GtkWidget *runs_group;
  GtkListBox *runs;
};

G_DEFINE_FINAL_TYPE (CsServerHealth, cs_server_health, ADW_TYPE_BIN)

static void update_breaker (CsServerHealth *self);

static gboolean
tick_cb (gpointer user_data)
{
  CsServerHealth *self = user_data;

  self->timer = 0;
  update_breaker (self);
  return G_SOURCE_REMOVE;
}

static void
update_breaker (CsServerHealth *self)
{
  g_autofree char *words = cs_breaker_words_describe (self->breaker);
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_action_row_set_subtitle (self->breaker_row, escaped);
  gtk_widget_set_visible (self->reset, cs_breaker_get_failures (self->breaker) > 0);
  if (cs_breaker_get_state (self->breaker) == CS_BREAKER_OPEN && self->timer == 0)
    self->timer = g_timeout_add_seconds (1, tick_cb, self);
}

static void
reset_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerHealth) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_breakers_note_finish (CS_BREAKERS (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
reset_cb (CsServerHealth *self)
{
  cs_breakers_reset_async (cs_workspace_get_breakers (self->workspace),
                           cs_workspace_get_actor (self->workspace), self->target, reset_done_cb,
                           g_object_ref (self));
}

/* The runbook's name for the step, and the deployment's; a record knows ids alone. */
static void
name_run (CsServerHealth *self, const CsTargetRun *run, char **step, char **deployment)
{
  CsDeployment *found = cs_workspace_find_deployment (self->workspace, run->deployment, NULL);
  CsStepState *state =
    found != NULL && run->step != NULL ? cs_deployment_find_step (found, run->step) : NULL;

  *step = g_strdup (state != NULL ? cs_step_get_title (cs_step_state_get_step (state)) : run->step);
  *deployment = g_strdup (found != NULL ? cs_deployment_get_title (found) : run->deployment);
}

static GtkWidget *
create_run_row (CsServerHealth *self, const CsTargetRun *run)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = g_object_new (CS_TYPE_STATUS_ICON, NULL);
  g_autofree char *step = NULL;
  g_autofree char *deployment = NULL;
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *when = cs_time_words_moment (run->at);
  g_autofree char *duration = cs_time_words_span (run->duration);

  name_run (self, run, &step, &deployment);
  title = g_markup_escape_text (step != NULL ? step : _("a step"), -1);
  subtitle = g_markup_printf_escaped ("%s · %s · %s", deployment, when, duration);
  cs_status_icon_set_status (CS_STATUS_ICON (icon),
                             run->passed ? CS_STATUS_PASSED : CS_STATUS_FAILED);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "cs-deployment", g_strdup (run->deployment), g_free);
  return row;
}

static void
run_activated_cb (CsServerHealth *self, GtkListBoxRow *row)
{
  const char *id = g_object_get_data (G_OBJECT (row), "cs-deployment");

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-deployment", "s", id);
}

static void
clear_runs (CsServerHealth *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->runs, 0)) != NULL)
    gtk_list_box_remove (self->runs, GTK_WIDGET (row));
}

static void
show_latencies (CsServerHealth *self, CsTargetFigures *figures)
{
  g_autofree char *words = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->latency_row), figures->latency_p50 >= 0);
  if (figures->latency_p50 < 0)
    return;
  /* Translators: half of the commands begin after the first time, 95 of 100 after the second */
  words = g_strdup_printf (_("%.0f ms; 95 of 100 after %.0f ms"),
                           MAX (1.0, figures->latency_p50 / 1000.0),
                           MAX (1.0, figures->latency_p95 / 1000.0));
  adw_action_row_set_subtitle (self->latency_row, words);
  cs_latency_line_set_microseconds (self->line, figures->latencies);
}

/* What waited is known of this program alone; what ran, of all on the same journal. */
static void
show_rate (CsServerHealth *self, CsTargetFigures *figures)
{
  CsTarget *target =
    cs_targets_lookup (cs_workspace_get_targets (self->workspace), self->target);
  guint rate = target != NULL ? cs_target_get_rate (target) : 0;
  guint held = cs_throttle_get_held (cs_breaker_get_throttle (self->breaker));
  g_autofree char *limit = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "At most %u command a minute; what comes above waits",
                 "At most %u commands a minute; what comes above waits", rate),
    rate);
  g_autofree char *last = g_strdup_printf (_("%u in the last one"), figures->n_last_minute);
  g_autofree char *waited = g_strdup_printf (_("%u had to wait"), held);
  g_autofree char *words = g_strdup_printf ("%s · %s · %s", limit, last, waited);

  gtk_widget_set_visible (GTK_WIDGET (self->rate_row), rate > 0);
  adw_action_row_set_subtitle (self->rate_row, words);
}

static void
show_figures (CsServerHealth *self, CsTargetFigures *figures)
{
  g_autofree char *runs = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u command ended there", "%u commands ended there",
                 figures->n_runs),
    figures->n_runs);
  g_autofree char *failures =
    figures->n_failures > 0
      ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "the server failed %u time",
                                      "the server failed %u times", figures->n_failures),
                         figures->n_failures)
      : g_strdup (_("the server never failed"));
  g_autofree char *words = g_strdup_printf ("%s, %s", runs, failures);

  show_latencies (self, figures);
  show_rate (self, figures);
  adw_action_row_set_subtitle (self->count_row, words);
  gtk_widget_set_visible (GTK_WIDGET (self->count_row), TRUE);
  clear_runs (self);
  for (guint i = 0; i < figures->runs->len; i++)
    gtk_list_box_append (self->runs, create_run_row (self, figures->runs->pdata[i]));
  gtk_widget_set_visible (self->runs_group, figures->runs->len > 0);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerHealth) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTargetFigures) figures = cs_target_figures_load_finish (result, &error);

  if (figures != NULL)
    show_figures (self, figures);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
load (CsServerHealth *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  cs_target_figures_load_async (cs_workspace_get_store (self->workspace), self->target,
                                self->cancellable, loaded_cb, g_object_ref (self));
}

/* Figures follow the breaker's news; a command that ends well shows when the page is opened. */
static void
breaker_changed_cb (CsServerHealth *self)
{
  update_breaker (self);
  load (self);
}

static void
forget (CsServerHealth *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->breaker != NULL)
    g_signal_handlers_disconnect_by_data (self->breaker, self);
  g_clear_object (&self->breaker);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->target, g_free);
}

static void
cs_server_health_dispose (GObject *object)
{
  forget (CS_SERVER_HEALTH (object));
  G_OBJECT_CLASS (cs_server_health_parent_class)->dispose (object);
}

static void
cs_server_health_class_init (CsServerHealthClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_server_health_dispose;

  g_type_ensure (CS_TYPE_LATENCY_LINE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/servers/cs-server-health.ui");
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, breaker_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, reset);
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, rate_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, latency_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, line);
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, count_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, runs_group);
  gtk_widget_class_bind_template_child (widget_class, CsServerHealth, runs);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_activated_cb);
}

static void
cs_server_health_init (CsServerHealth *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_server_health_show:
 * @self: a view
 * @workspace: (nullable): the workspace
 * @name: (nullable): of a target; %NULL: nothing any more
 *
 * Shows how a target has done lately, and follows its breaker.
 */
void
cs_server_health_show (CsServerHealth *self, CsWorkspace *workspace, const char *name)
{
  CsBreaker *breaker;

  g_return_if_fail (CS_IS_SERVER_HEALTH (self));

  forget (self);
  clear_runs (self);
  gtk_widget_set_visible (self->runs_group, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->latency_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->count_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->rate_row), FALSE);
  breaker = name != NULL ? cs_breakers_lookup (cs_workspace_get_breakers (workspace), name) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self), breaker != NULL);
  if (breaker == NULL)
    return;
  self->workspace = g_object_ref (workspace);
  self->target = g_strdup (name);
  self->breaker = g_object_ref (breaker);
  g_signal_connect_object (breaker, "changed", G_CALLBACK (breaker_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (breaker, "notify::state", G_CALLBACK (update_breaker), self,
                           G_CONNECT_SWAPPED);
  breaker_changed_cb (self);
}
