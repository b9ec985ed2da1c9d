/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of a step: what would run, where, and what came of it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-command-view.h"

#include "cs-clock.h"
#include "cs-code-style.h"
#include "cs-expectation-list.h"
#include "cs-fleet-view.h"
#include "cs-page-intents.h"
#include "cs-output-view.h"
#include "cs-selection-bar.h"
#include "cs-status-icon.h"
#include "cs-terminal-view.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

struct _CsCommandView
{
  AdwBin parent_instance;

  GtkWidget *condition; /* what its author leaves to a person */
  GtkLabel *condition_label;
  GtkWidget *choose;
  GtkWidget *leave_out;
  GtkLabel *target;
  GtkButton *stop;
  GtkButton *recover;
  GtkButton *run;
  GtkSourceView *source;
  AdwBin *output_bin;
  AdwBin *selection_bin;
  AdwBin *expectations_bin;
  CsOutputView *output; /* made when there is something to show */
  GtkWidget *result;
  CsStatusIcon *result_icon;
  GtkLabel *result_label;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  CsBlockState *block;
  char *shown; /* the command as it stands in the view */
  guint timer; /* counts the seconds while the command runs */
};

G_DEFINE_FINAL_TYPE (CsCommandView, cs_command_view, ADW_TYPE_BIN)

static const char *
describe_ending (CsBlockState *block)
{
  const char *ending = cs_block_state_get_ending (block);

  if (g_strcmp0 (ending, "timed-out") == 0)
    return _("took too long and was ended");
  if (g_strcmp0 (ending, "stopped") == 0)
    return _("was stopped");
  if (g_strcmp0 (ending, "signaled") == 0)
    return _("was ended by a signal");

  return NULL;
}

/* The exit status says nothing of who passed it all the same. */
static void
append_accepted (CsBlockState *block, GString *words)
{
  const char *reason = cs_block_state_get_accepted (block);
  const char *role = cs_block_state_get_accepted_role (block);

  if (reason == NULL)
    return;
  g_string_append_c (words, '\n');
  if (role != NULL)
    /* Translators: who, in which role, and why */
    g_string_append_printf (words, _("Marked as passed by %s as %s: %s"),
                            cs_block_state_get_accepted_by (block), role, reason);
  else
    g_string_append_printf (words, _("Marked as passed by %s: %s"),
                            cs_block_state_get_accepted_by (block), reason);
}

static char *
describe_result (CsCommandView *self)
{
  CsBlockState *block = self->block;
  g_autoptr (GString) words = g_string_new (NULL);
  const char *ending = describe_ending (block);
  g_autofree char *duration = cs_time_words_span (cs_block_state_get_finished (block) -
                                                  cs_block_state_get_started (block));
  g_autofree char *size = g_format_size (cs_block_state_get_output_size (block));
  g_autofree char *when = cs_time_words_moment (cs_block_state_get_finished (block));

  if (ending != NULL)
    g_string_append_printf (words, _("The command %s"), ending);
  else
    g_string_append_printf (words, _("Exit status %d"), cs_block_state_get_exit_status (block));

  g_string_append_printf (words, " · %s · %s · %s", duration, size, when);
  if (cs_block_state_get_actor (block) != NULL)
    g_string_append_printf (words, " · %s", cs_block_state_get_actor (block));
  if (cs_block_state_get_attempts (block) > 1)
    g_string_append_printf (words, _(" · attempt %u"), cs_block_state_get_attempts (block));
  if (cs_block_state_get_truncated (block))
    g_string_append (words, _(" · the output was cut at its limit"));
  append_accepted (block, words);

  return g_string_free (g_steal_pointer (&words), FALSE);
}

static char *
describe_running (CsCommandView *self)
{
  gint64 started = cs_block_state_get_started (self->block);
  CsRun *run = cs_block_state_get_run (self->block);
  g_autofree char *duration = cs_time_words_clock ((cs_clock_now () - started) / G_USEC_PER_SEC);
  g_autofree char *size = NULL;

  if (run == NULL)
    return g_strdup_printf (_("Running since %s, followed by another program"), duration);

  size = g_format_size (cs_run_get_output_size (run));
  return g_strdup_printf (_("Running · %s · %s"), duration, size);
}

static void
update_result (CsCommandView *self)
{
  CsStatus status = cs_block_state_get_status (self->block);
  g_autofree char *words = NULL;

  /* What there is to say of a fleet stands above its members. */
  if (cs_block_state_get_n_members (self->block) > 0)
    words = NULL;
  else if (status == CS_STATUS_RUNNING)
    words = describe_running (self);
  else if (status == CS_STATUS_INTERRUPTED)
    words = g_strdup (_("The program or the connection ended while this ran; how it ended is not "
                        "known. Ask the target before you run it again."));
  else if (cs_block_state_get_finished (self->block) != 0)
    words = describe_result (self);

  gtk_widget_set_visible (self->result, words != NULL);
  if (words == NULL)
    return;

  gtk_label_set_label (self->result_label, words);
  cs_status_icon_set_status (self->result_icon, status);
}

static gboolean
tick_cb (gpointer user_data)
{
  update_result (user_data);
  return G_SOURCE_CONTINUE;
}

static CsOutputView *
ensure_output (CsCommandView *self)
{
  if (self->output == NULL)
    {
      self->output = CS_OUTPUT_VIEW (cs_output_view_new (_("Output")));
      adw_bin_set_child (self->output_bin, GTK_WIDGET (self->output));
      adw_bin_set_child (self->selection_bin,
                         cs_selection_bar_new (self->workspace, self->deployment, self->step,
                                               self->block, self->output));
    }

  return self->output;
}

/* A fleet shows its members there. */
static gboolean
show_fleet (CsCommandView *self)
{
  if (cs_block_state_get_n_members (self->block) == 0)
    return FALSE;
  if (adw_bin_get_child (self->output_bin) == NULL)
    adw_bin_set_child (self->output_bin, cs_fleet_view_new (self->workspace, self->deployment,
                                                            self->step, self->block));
  gtk_widget_set_visible (GTK_WIDGET (self->output_bin), TRUE);
  return TRUE;
}

/* Stays until another run begins: the person is looking at it. */
static gboolean
show_terminal (CsCommandView *self, CsRun *run)
{
  GtkWidget *child = adw_bin_get_child (self->output_bin);
  CsTerminalView *view = CS_IS_TERMINAL_VIEW (child) ? CS_TERMINAL_VIEW (child) : NULL;

  if (run == NULL && view != NULL)
    {
      cs_terminal_view_end (view);
      return TRUE;
    }
  if (run == NULL || !cs_run_is_terminal (run))
    return FALSE;
  if (view == NULL || cs_terminal_view_get_run (view) != run)
    {
      self->output = NULL;
      adw_bin_set_child (self->selection_bin, NULL);
      adw_bin_set_child (self->output_bin, cs_terminal_view_new (run));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->output_bin), TRUE);
  return TRUE;
}

static void
update_output (CsCommandView *self)
{
  CsRun *run = cs_block_state_get_run (self->block);
  const char *digest = cs_block_state_get_output (self->block);
  gboolean printed = digest != NULL && cs_block_state_get_output_size (self->block) > 0;

  if (show_fleet (self) || show_terminal (self, run))
    return;
  if (run != NULL)
    cs_output_view_follow (ensure_output (self), run);
  else if (printed)
    cs_output_view_load (ensure_output (self), cs_workspace_get_store (self->workspace), digest);

  gtk_widget_set_visible (GTK_WIDGET (self->output_bin), run != NULL || printed);
}

/* What only a person can decide is offered and not suggested. */
static gboolean
is_left_to_person (CsCommandView *self)
{
  CsBlock *block = cs_block_state_get_block (self->block);

  return cs_block_is_offer (block) || cs_block_get_choice (block) != NULL;
}

/* The author's own words: "If tests fail:", "Option B: by hand". */
static char *
describe_condition (CsBlock *block)
{
  const char *condition = cs_block_get_condition (block);
  const char *inside = cs_block_get_inside (block);

  if (inside != NULL && condition != NULL)
    return g_strdup_printf ("%s (%s)", condition, inside);
  if (inside != NULL)
    /* Translators: a command that opens another shell, such as “ssh web” */
    return g_strdup_printf (_("Typed into what “%s” opens"), inside);
  if (condition != NULL)
    return g_strdup (condition);
  return cs_block_get_choice (block) != NULL ? g_strdup (_("One of these is enough")) : NULL;
}

static void
show_condition (CsCommandView *self)
{
  g_autofree char *words = describe_condition (cs_block_state_get_block (self->block));

  gtk_widget_set_visible (self->condition, words != NULL);
  gtk_label_set_label (self->condition_label, words != NULL ? words : "");
}

/* Which of several, and whether at all, also long before it is its turn. */
static void
update_choice (CsCommandView *self)
{
  CsBlock *block = cs_block_state_get_block (self->block);
  g_autoptr (GPtrArray) choosing =
    cs_deployment_gates_for_choose (self->deployment, self->step, self->block);
  g_autoptr (GPtrArray) leaving =
    cs_deployment_gates_for_leave_out (self->deployment, self->block);

  gtk_widget_set_visible (self->choose, cs_block_get_choice (block) != NULL && choosing->len == 0);
  gtk_widget_set_visible (self->leave_out, leaving->len == 0);
}

static void
update_buttons (CsCommandView *self)
{
  CsStatus status = cs_block_state_get_status (self->block);
  g_autoptr (GPtrArray) gates =
    cs_deployment_gates_for_run (self->deployment, self->step, self->block);
  gboolean running = status == CS_STATUS_RUNNING;
  gboolean fleet = cs_block_state_get_n_members (self->block) > 0;
  gboolean again = cs_block_state_get_attempts (self->block) > 0;
  gboolean open = gates->len == 0;
  gboolean skipped = cs_step_state_get_status (self->step) == CS_STATUS_SKIPPED;

  gtk_button_set_label (self->run, again ? _("Run Again") : _("Run"));
  gtk_widget_set_visible (GTK_WIDGET (self->run),
                          !running && status != CS_STATUS_INTERRUPTED &&
                            (open || (!cs_status_is_over (status) && !skipped)));
  gtk_widget_set_sensitive (GTK_WIDGET (self->run), open);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->run),
                               open ? NULL : ((CsGate *) g_ptr_array_index (gates, 0))->words);
  if (open && !again && !is_left_to_person (self))
    gtk_widget_add_css_class (GTK_WIDGET (self->run), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->run), "suggested-action");

  gtk_widget_set_visible (GTK_WIDGET (self->stop),
                          running && (cs_block_state_get_run (self->block) != NULL || fleet));
  gtk_widget_set_visible (GTK_WIDGET (self->recover), status == CS_STATUS_INTERRUPTED);
}

/* What runs or has passed is shown as it was sent, the rest as it would be sent now. */
static char *
dup_command (CsCommandView *self)
{
  CsBlock *block = cs_block_state_get_block (self->block);
  CsStatus status = cs_block_state_get_status (self->block);
  const char *sent = cs_block_state_get_sent (self->block);
  char *command;

  if (sent != NULL && (status == CS_STATUS_PASSED || status == CS_STATUS_RUNNING ||
                       status == CS_STATUS_INTERRUPTED))
    return g_strdup (sent);
  command = cs_deployment_dup_command (self->deployment, block, NULL);
  return command != NULL ? command : g_strdup (cs_block_get_text (block));
}

static void
update_command (CsCommandView *self)
{
  g_autofree char *command = dup_command (self);

  if (g_strcmp0 (command, self->shown) == 0)
    return;
  if (self->shown != NULL)
    cs_code_style_set_text (self->source, command);
  else
    cs_code_style_apply (self->source, "sh", command);
  g_free (self->shown);
  self->shown = g_steal_pointer (&command);
}

static void
update_cb (CsCommandView *self)
{
  gboolean running = cs_block_state_get_status (self->block) == CS_STATUS_RUNNING;

  update_command (self);
  update_output (self);
  update_result (self);
  update_buttons (self);
  update_choice (self);

  if (running && self->timer == 0)
    self->timer = g_timeout_add_seconds (1, tick_cb, self);
  else if (!running)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
run_cb (CsCommandView *self)
{
  cs_intent_run (GTK_WIDGET (self), self->workspace, self->deployment, self->step, self->block);
}

static void
stop_cb (CsCommandView *self)
{
  cs_deployment_stop_block (self->deployment, self->block);
}

static void
recover_cb (CsCommandView *self)
{
  cs_intent_recover (GTK_WIDGET (self), self->workspace, self->deployment);
}

static void
copy_cb (CsCommandView *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->shown);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("Command copied"));
}

static void
choose_cb (CsCommandView *self)
{
  cs_intent_choose (GTK_WIDGET (self), self->workspace, self->deployment, self->step, self->block);
}

static void
leave_out_cb (CsCommandView *self)
{
  cs_intent_leave_out (GTK_WIDGET (self), self->workspace, self->deployment, self->block);
}

static void
cs_command_view_dispose (GObject *object)
{
  CsCommandView *self = CS_COMMAND_VIEW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->step);
  g_clear_object (&self->block);

  G_OBJECT_CLASS (cs_command_view_parent_class)->dispose (object);
}

static void
cs_command_view_finalize (GObject *object)
{
  g_free (CS_COMMAND_VIEW (object)->shown);

  G_OBJECT_CLASS (cs_command_view_parent_class)->finalize (object);
}

static void
cs_command_view_class_init (CsCommandViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_command_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_command_view_finalize;

  g_type_ensure (CS_TYPE_STATUS_ICON);
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-command-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, condition);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, condition_label);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, choose);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, leave_out);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, target);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, stop);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, recover);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, run);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, source);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, output_bin);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, selection_bin);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, expectations_bin);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, result);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, result_icon);
  gtk_widget_class_bind_template_child (widget_class, CsCommandView, result_label);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, leave_out_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, recover_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
}

static void
cs_command_view_init (CsCommandView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_command (CsCommandView *self)
{
  CsTarget *target = cs_deployment_get_target (self->deployment);
  g_autofree char *address = cs_target_dup_address (target);
  /* Translators: the name of a server, and its address */
  g_autofree char *where = g_strdup_printf (_("on %s (%s)"), cs_target_get_name (target), address);

  gtk_label_set_label (self->target, where);
  show_condition (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->source), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Command"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  cs_step_get_title (cs_step_state_get_step (self->step)), -1);
}

/**
 * cs_command_view_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: the step
 * @block: its command
 *
 * Returns: (transfer floating): a new #CsCommandView
 */
GtkWidget *
cs_command_view_new (CsWorkspace *workspace,
                     CsDeployment *deployment,
                     CsStepState *step,
                     CsBlockState *block)
{
  CsCommandView *self = g_object_new (CS_TYPE_COMMAND_VIEW, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->step = g_object_ref (step);
  self->block = g_object_ref (block);

  show_command (self);
  adw_bin_set_child (self->expectations_bin,
                     cs_expectation_list_new (workspace, deployment, block));
  g_signal_connect_object (block, "notify::status", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (block, "notify::run", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
