/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step as a card: one line when it is over, words, commands and check items when it is open. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-step-card.h"

#include "cs-check-row.h"
#include "cs-code-block.h"
#include "cs-command-view.h"
#include "cs-override-words.h"
#include "cs-prose.h"
#include "cs-page-intents.h"
#include "cs-secret-list.h"
#include "cs-status-icon.h"
#include "cs-time-words.h"
#include "cs-value-row.h"

#include <glib/gi18n.h>

struct _CsStepCard
{
  AdwBin parent_instance;

  GtkButton *header;
  CsStatusIcon *icon;
  GtkLabel *title;
  GtkLabel *time;
  GtkImage *arrow;
  GtkRevealer *revealer;
  GtkBox *body;
  GtkWidget *acts;    /* below the rest: skip, mark as done… */
  GtkWidget *choices; /* … and where it failed, what can be done about that */
  GtkButton *confirm;
  GtkButton *override;
  GtkButton *skip;
  GtkButton *accept;
  GtkButton *pause;
  GtkButton *roll_back;
  GtkLabel *reason;
  GtkWidget *overrides; /* what was overridden for this step */

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsPhaseState *phase;
  CsStepState *step;
  gboolean built; /* the body is made when the card is first opened */
};

G_DEFINE_FINAL_TYPE (CsStepCard, cs_step_card, ADW_TYPE_BIN)

static void
append_block (CsStepCard *self, CsBlock *block)
{
  CsBlockState *state = cs_step_state_find_block (self->step, block);
  GtkWidget *values = NULL;
  GtkWidget *widget;

  if (state != NULL)
    values = cs_value_row_new_list (self->workspace, self->deployment, block);
  if (values != NULL)
    gtk_box_append (self->body, values);
  values = state != NULL ? cs_secret_list_new (self->workspace, self->deployment, block) : NULL;
  if (values != NULL)
    gtk_box_append (self->body, values);

  if (state != NULL)
    widget = cs_command_view_new (self->workspace, self->deployment, self->step, state);
  else
    widget = cs_code_block_new (block);

  gtk_box_append (self->body, widget);
}

/* A block that can't be run in one go is shown as its parts. */
static void
append_block_or_parts (CsStepCard *self, CsBlock *block)
{
  guint n_parts = cs_block_get_n_parts (block);

  if (n_parts == 0)
    append_block (self, block);
  for (guint i = 0; i < n_parts; i++)
    append_block (self, cs_block_get_part (block, i));
}

static void
append_checks (CsStepCard *self)
{
  GListModel *checks = cs_step_state_get_checks (self->step);
  guint n = g_list_model_get_n_items (checks);
  GtkWidget *list;

  if (n == 0)
    return;

  list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsCheckState) check = g_list_model_get_item (checks, i);

      gtk_list_box_append (
        GTK_LIST_BOX (list),
        cs_check_row_new (self->workspace, self->deployment, self->step, check));
    }
  gtk_box_append (self->body, list);
}

static void
confirm_cb (CsStepCard *self)
{
  cs_intent_confirm (GTK_WIDGET (self), self->workspace, self->deployment, self->step);
}

static void
skip_cb (CsStepCard *self)
{
  cs_intent_skip (GTK_WIDGET (self), self->workspace, self->deployment, self->step);
}

/* The command that failed, or whose output is not as expected; NULL. On a fleet its members are
 * marked, one by one. */
static CsBlockState *
find_failed (CsStepCard *self)
{
  GListModel *blocks = cs_step_state_get_blocks (self->step);

  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, i);
      g_autoptr (GPtrArray) gates = cs_deployment_gates_for_accept (self->deployment, block);

      if (gates->len == 0)
        return block;
    }
  return NULL;
}

static void
accept_cb (CsStepCard *self)
{
  CsBlockState *block = find_failed (self);

  if (block != NULL)
    cs_intent_accept (GTK_WIDGET (self), self->workspace, self->deployment, block);
}

/* What stands in the way first, if someone may let the step go on past it; NULL. */
static CsGate *
dup_overridable (CsStepCard *self)
{
  GListModel *blocks = cs_step_state_get_blocks (self->step);
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self->deployment, self->step);

  for (guint i = 0; gates->len == 0 && i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, i);

      if (cs_status_is_over (cs_block_state_get_status (block)))
        continue;
      g_ptr_array_unref (gates);
      gates = cs_deployment_gates_for_run (self->deployment, self->step, block);
      break;
    }
  return gates->len > 0 && cs_gate_can_be_overridden (gates->pdata[0])
           ? cs_gate_copy (gates->pdata[0])
           : NULL;
}

static void
override_cb (CsStepCard *self)
{
  g_autoptr (CsGate) gate = dup_overridable (self);

  if (gate != NULL)
    cs_intent_override (GTK_WIDGET (self), self->workspace, self->deployment, self->step, gate);
}

static void
pause_cb (CsStepCard *self)
{
  cs_intent_pause (GTK_WIDGET (self), self->workspace, self->deployment);
}

static void
roll_back_cb (CsStepCard *self)
{
  cs_intent_roll_back (GTK_WIDGET (self), self->workspace, self->deployment);
}

static GtkButton *
make_act (CsStepCard *self, const char *label, GCallback callback)
{
  GtkButton *button = GTK_BUTTON (gtk_button_new_with_label (label));

  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

/* As many beside each other as there is room for. */
static void
append_choice (GtkFlowBox *box, GtkButton *button)
{
  gtk_flow_box_append (box, GTK_WIDGET (button));
  gtk_widget_set_focusable (gtk_widget_get_parent (GTK_WIDGET (button)), FALSE);
}

/* What a person can do about a step that failed. */
static GtkWidget *
make_choices (CsStepCard *self)
{
  GtkFlowBox *box = GTK_FLOW_BOX (gtk_flow_box_new ());

  gtk_flow_box_set_selection_mode (box, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (box, 4);
  gtk_flow_box_set_column_spacing (box, 6);
  gtk_flow_box_set_row_spacing (box, 6);
  self->accept = make_act (self, _("Mark as Passed…"), G_CALLBACK (accept_cb));
  self->pause = make_act (self, _("Pause…"), G_CALLBACK (pause_cb));
  self->roll_back = make_act (self, _("Roll Back…"), G_CALLBACK (roll_back_cb));
  append_choice (box, self->accept);
  append_choice (box, make_act (self, _("Skip…"), G_CALLBACK (skip_cb)));
  append_choice (box, self->pause);
  append_choice (box, self->roll_back);
  return GTK_WIDGET (box);
}

static GtkWidget *
make_overrides (void)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), label);
  gtk_widget_add_css_class (row, "overridden");
  return row;
}

static void
append_acts (CsStepCard *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->overrides = make_overrides ();
  self->reason = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->reason, TRUE);
  gtk_label_set_xalign (self->reason, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->reason), TRUE);
  self->skip = make_act (self, _("Skip…"), G_CALLBACK (skip_cb));
  gtk_widget_set_halign (GTK_WIDGET (self->skip), GTK_ALIGN_END);
  self->confirm = make_act (self, _("Mark as Done"), G_CALLBACK (confirm_cb));
  self->override = make_act (self, _("Override…"), G_CALLBACK (override_cb));
  gtk_widget_set_halign (GTK_WIDGET (self->override), GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->reason));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->override));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->skip));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->confirm));

  self->choices = make_choices (self);
  self->acts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->acts), self->overrides);
  gtk_box_append (GTK_BOX (self->acts), row);
  gtk_box_append (GTK_BOX (self->acts), self->choices);
  gtk_box_append (self->body, self->acts);
}

static void
build_body (CsStepCard *self)
{
  CsStep *step = cs_step_state_get_step (self->step);
  g_autofree char *prose = cs_step_dup_prose (step);
  GListModel *blocks = cs_step_get_blocks (step);

  if (prose != NULL)
    gtk_box_append (self->body, cs_prose_new_widget (prose));
  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);

      append_block_or_parts (self, block);
    }
  append_checks (self);
  append_acts (self);
  self->built = TRUE;
}

static char *
describe_time (CsStepCard *self)
{
  CsStep *step = cs_step_state_get_step (self->step);
  gint64 started = cs_step_state_get_started (self->step);
  gint64 finished = cs_step_state_get_finished (self->step);
  g_autofree char *estimate = NULL;

  if (finished != 0 && started != 0)
    {
      g_autofree char *clock = cs_time_words_span (finished - started);
      g_autofree char *moment = cs_time_words_moment (finished);

      return g_strdup_printf ("%s · %s", clock, moment);
    }

  if (cs_step_get_estimate (step) < 0)
    return g_strdup ("");

  estimate = cs_time_words_duration (cs_step_get_estimate (step));
  /* Translators: how long a step should take, such as "about 5 min" */
  return g_strdup_printf (_("about %s"), estimate);
}

static gboolean
has_work (CsStepState *step)
{
  return g_list_model_get_n_items (cs_step_state_get_blocks (step)) > 0 ||
         g_list_model_get_n_items (cs_step_state_get_checks (step)) > 0;
}

/* Words above the lines to sign: the signatures settle them. */
static gboolean
only_wants_signatures (CsStepCard *self)
{
  return cs_phase_get_kind (cs_phase_state_get_phase (self->phase)) == CS_PHASE_SIGNOFF &&
         g_list_model_get_n_items (cs_phase_state_get_signoffs (self->phase)) > 0 &&
         !has_work (self->step);
}

/* What can't be done is not shown, nor is its place. */
static void
show_choice (GtkButton *button, gboolean visible)
{
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (button)), visible);
  gtk_widget_set_visible (GTK_WIDGET (button), visible);
}

static void
update_choices (CsStepCard *self, gboolean failed)
{
  gboolean active = cs_deployment_get_status (self->deployment) == CS_DEPLOYMENT_ACTIVE;
  GListModel *rollbacks = cs_deployment_get_rollbacks (self->deployment);

  gtk_widget_set_visible (self->choices, failed);
  show_choice (self->accept, failed && find_failed (self) != NULL);
  show_choice (self->pause, failed && active);
  show_choice (self->roll_back, failed && active && g_list_model_get_n_items (rollbacks) > 0);
}

/* Returns whether there is anything to be seen. */
static gboolean
update_overrides (CsStepCard *self)
{
  g_autofree char *words = cs_override_words (self->deployment, self->step);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (self->overrides)),
                       words != NULL ? words : "");
  gtk_widget_set_visible (self->overrides, words != NULL);
  return words != NULL;
}

static void
update_acts (CsStepCard *self)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self->deployment, self->step);
  g_autoptr (CsGate) overridable = dup_overridable (self);
  CsStatus status = cs_step_state_get_status (self->step);
  const char *reason = cs_step_state_get_reason (self->step);
  gboolean open = !cs_status_is_over (status) && gates->len == 0 && !only_wants_signatures (self);
  g_autofree char *words = NULL;
  CsNext next;

  cs_deployment_get_next (self->deployment, &next);
  if (status == CS_STATUS_SKIPPED && reason == NULL)
    words = g_strdup (_("Left out: another option was taken"));
  else if (status == CS_STATUS_SKIPPED)
    words = g_strdup_printf (_("Skipped: %s"), reason);
  else if (gates->len > 0)
    words = g_strdup (((CsGate *) g_ptr_array_index (gates, 0))->words);
  else if (overridable != NULL)
    words = g_strdup (overridable->words);
  else if (open && cs_phase_state_is_choice (self->phase, self->step))
    /* Translators: what the options are for, such as “Step 3: deploy” */
    words = g_strdup_printf (_("One option of “%s” is enough"),
                             cs_step_get_alternative_of (cs_step_state_get_step (self->step)));
  else if (status == CS_STATUS_FAILED)
    words = g_strdup (_("The step failed. Run its command again, or decide what to do:"));

  gtk_label_set_label (self->reason, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->confirm),
                          open && !cs_step_state_has_work (self->step));
  gtk_widget_set_visible (GTK_WIDGET (self->override), overridable != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->skip),
                          open && status != CS_STATUS_RUNNING && status != CS_STATUS_FAILED);
  update_choices (self, open && status == CS_STATUS_FAILED);
  if (next.step == self->step)
    gtk_widget_add_css_class (GTK_WIDGET (self->confirm), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->confirm), "suggested-action");
  gtk_widget_set_visible (self->acts, update_overrides (self) || words != NULL ||
                                        (open && status != CS_STATUS_RUNNING));
}

static void
set_frame_class (CsStepCard *self, const char *css_class, gboolean set)
{
  GtkWidget *frame = adw_bin_get_child (ADW_BIN (self));

  if (set)
    gtk_widget_add_css_class (frame, css_class);
  else
    gtk_widget_remove_css_class (frame, css_class);
}

static void
update_cb (CsStepCard *self)
{
  CsStatus status = cs_step_state_get_status (self->step);
  g_autofree char *time = describe_time (self);
  gboolean attention = status == CS_STATUS_FAILED || status == CS_STATUS_INTERRUPTED;
  CsNext next;

  cs_deployment_get_next (self->deployment, &next);
  cs_status_icon_set_status (self->icon, status);
  gtk_label_set_label (self->time, time);
  gtk_widget_set_visible (GTK_WIDGET (self->time), *time != '\0');
  set_frame_class (self, "attention", attention);
  set_frame_class (self, "current", next.step == self->step && !attention);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->header),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, cs_status_get_words (status),
                                  -1);

  if (self->built)
    update_acts (self);
}

static void
header_clicked_cb (CsStepCard *self)
{
  cs_step_card_set_open (self, !gtk_revealer_get_reveal_child (self->revealer));
}

static void
cs_step_card_dispose (GObject *object)
{
  CsStepCard *self = CS_STEP_CARD (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->phase);
  g_clear_object (&self->step);

  G_OBJECT_CLASS (cs_step_card_parent_class)->dispose (object);
}

static void
cs_step_card_class_init (CsStepCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_step_card_dispose;

  g_type_ensure (CS_TYPE_STATUS_ICON);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-step-card.ui");
  gtk_widget_class_bind_template_child (widget_class, CsStepCard, header);
  gtk_widget_class_bind_template_child (widget_class, CsStepCard, icon);
  gtk_widget_class_bind_template_child (widget_class, CsStepCard, title);
  gtk_widget_class_bind_template_child (widget_class, CsStepCard, time);
  gtk_widget_class_bind_template_child (widget_class, CsStepCard, arrow);
  gtk_widget_class_bind_template_child (widget_class, CsStepCard, revealer);
  gtk_widget_class_bind_template_child (widget_class, CsStepCard, body);
  gtk_widget_class_bind_template_callback (widget_class, header_clicked_cb);
}

static void
cs_step_card_init (CsStepCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_step_card_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @phase: one of its phases
 * @step: one of the phase's steps
 * @number: its place in the phase, from 1
 *
 * Returns: (transfer floating): a new #CsStepCard, closed
 */
GtkWidget *
cs_step_card_new (CsWorkspace *workspace,
                  CsDeployment *deployment,
                  CsPhaseState *phase,
                  CsStepState *step,
                  guint number)
{
  CsStepCard *self = g_object_new (CS_TYPE_STEP_CARD, NULL);
  const char *name = cs_step_get_title (cs_step_state_get_step (step));
  gboolean single = g_list_model_get_n_items (cs_phase_state_get_steps (phase)) == 1;
  g_autofree char *title = single ? g_strdup (name) : g_strdup_printf ("%u. %s", number, name);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->phase = g_object_ref (phase);
  self->step = g_object_ref (step);

  gtk_label_set_label (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->header), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  g_signal_connect_object (step, "notify::status", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}

/**
 * cs_step_card_get_step:
 * @self: a #CsStepCard
 *
 * Returns: (transfer none): the step
 */
CsStepState *
cs_step_card_get_step (CsStepCard *self)
{
  g_return_val_if_fail (CS_IS_STEP_CARD (self), NULL);

  return self->step;
}

/**
 * cs_step_card_set_open:
 * @self: a #CsStepCard
 * @open: whether to show all of the step
 *
 * Opens the card, or folds it to one line.
 */
void
cs_step_card_set_open (CsStepCard *self, gboolean open)
{
  g_return_if_fail (CS_IS_STEP_CARD (self));

  if (open && !self->built)
    {
      build_body (self);
      update_acts (self);
    }

  gtk_revealer_set_reveal_child (self->revealer, open);
  gtk_image_set_from_icon_name (self->arrow, open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->header), GTK_ACCESSIBLE_STATE_EXPANDED, open,
                               -1);
}
