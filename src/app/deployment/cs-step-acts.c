/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person can do about a step as a whole, and what stands in the way of it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-step-acts.h"

#include "cs-override-words.h"
#include "cs-page-intents.h"

#include <glib/gi18n.h>

struct _CsStepActs
{
  AdwBin parent_instance;

  GtkWidget *choices; /* where it failed: what can be done about that */
  GtkButton *choose;
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
};

G_DEFINE_FINAL_TYPE (CsStepActs, cs_step_acts, ADW_TYPE_BIN)

static void
confirm_cb (CsStepActs *self)
{
  cs_intent_confirm (GTK_WIDGET (self), self->workspace, self->deployment, self->step);
}

static void
choose_cb (CsStepActs *self)
{
  cs_intent_choose (GTK_WIDGET (self), self->workspace, self->deployment, self->step, NULL);
}

static void
skip_cb (CsStepActs *self)
{
  cs_intent_skip (GTK_WIDGET (self), self->workspace, self->deployment, self->step);
}

/* The command that failed, or whose output is not as expected; NULL. On a fleet its members are
 * marked, one by one. */
static CsBlockState *
find_failed (CsStepActs *self)
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
accept_cb (CsStepActs *self)
{
  CsBlockState *block = find_failed (self);

  if (block != NULL)
    cs_intent_accept (GTK_WIDGET (self), self->workspace, self->deployment, block);
}

/* What stands in the way first, if someone may let the step go on past it; NULL. */
static CsGate *
dup_overridable (CsStepActs *self)
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
override_cb (CsStepActs *self)
{
  g_autoptr (CsGate) gate = dup_overridable (self);

  if (gate != NULL)
    cs_intent_override (GTK_WIDGET (self), self->workspace, self->deployment, self->step, gate);
}

static void
pause_cb (CsStepActs *self)
{
  cs_intent_pause (GTK_WIDGET (self), self->workspace, self->deployment);
}

static void
roll_back_cb (CsStepActs *self)
{
  cs_intent_roll_back (GTK_WIDGET (self), self->workspace, self->deployment);
}

static GtkButton *
make_act (CsStepActs *self, const char *label, GCallback callback)
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
make_choices (CsStepActs *self)
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
build (CsStepActs *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->overrides = make_overrides ();
  self->reason = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->reason, TRUE);
  gtk_label_set_xalign (self->reason, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->reason), TRUE);
  self->choose = make_act (self, _("Choose This"), G_CALLBACK (choose_cb));
  gtk_widget_set_halign (GTK_WIDGET (self->choose), GTK_ALIGN_END);
  self->skip = make_act (self, _("Skip…"), G_CALLBACK (skip_cb));
  gtk_widget_set_halign (GTK_WIDGET (self->skip), GTK_ALIGN_END);
  self->confirm = make_act (self, _("Mark as Done"), G_CALLBACK (confirm_cb));
  self->override = make_act (self, _("Override…"), G_CALLBACK (override_cb));
  gtk_widget_set_halign (GTK_WIDGET (self->override), GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->reason));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->override));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->choose));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->skip));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->confirm));

  self->choices = make_choices (self);
  gtk_box_append (GTK_BOX (box), self->overrides);
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), self->choices);
  adw_bin_set_child (ADW_BIN (self), box);
}

static gboolean
has_work (CsStepState *step)
{
  return g_list_model_get_n_items (cs_step_state_get_blocks (step)) > 0 ||
         g_list_model_get_n_items (cs_step_state_get_checks (step)) > 0;
}

/* Words above the lines to sign: the signatures settle them. */
static gboolean
only_wants_signatures (CsStepActs *self)
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
update_choices (CsStepActs *self, gboolean failed)
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
update_overrides (CsStepActs *self)
{
  g_autofree char *words = cs_override_words (self->deployment, self->step);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (self->overrides)),
                       words != NULL ? words : "");
  gtk_widget_set_visible (self->overrides, words != NULL);
  return words != NULL;
}

static void
update_cb (CsStepActs *self)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self->deployment, self->step);
  g_autoptr (CsGate) overridable = dup_overridable (self);
  CsStatus status = cs_step_state_get_status (self->step);
  const char *reason = cs_step_state_get_reason (self->step);
  gboolean open = !cs_status_is_over (status) && gates->len == 0 && !only_wants_signatures (self);
  g_autoptr (GPtrArray) choosing =
    cs_deployment_gates_for_choose (self->deployment, self->step, NULL);
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
  gtk_widget_set_visible (GTK_WIDGET (self->choose), choosing->len == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->skip),
                          open && status != CS_STATUS_RUNNING && status != CS_STATUS_FAILED);
  update_choices (self, open && status == CS_STATUS_FAILED);
  if (next.step == self->step)
    gtk_widget_add_css_class (GTK_WIDGET (self->confirm), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->confirm), "suggested-action");
  gtk_widget_set_visible (GTK_WIDGET (self), update_overrides (self) || words != NULL ||
                                               choosing->len == 0 ||
                                               (open && status != CS_STATUS_RUNNING));
}

static void
cs_step_acts_dispose (GObject *object)
{
  CsStepActs *self = CS_STEP_ACTS (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->phase);
  g_clear_object (&self->step);

  G_OBJECT_CLASS (cs_step_acts_parent_class)->dispose (object);
}

static void
cs_step_acts_class_init (CsStepActsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_step_acts_dispose;
}

static void
cs_step_acts_init (CsStepActs *self)
{
  build (self);
}

/**
 * cs_step_acts_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @phase: one of its phases
 * @step: one of the phase's steps
 *
 * Returns: (transfer floating): a new #CsStepActs; it shows itself when there is something to show
 */
GtkWidget *
cs_step_acts_new (CsWorkspace *workspace,
                  CsDeployment *deployment,
                  CsPhaseState *phase,
                  CsStepState *step)
{
  CsStepActs *self = g_object_new (CS_TYPE_STEP_ACTS, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->phase = g_object_ref (phase);
  self->step = g_object_ref (step);

  g_signal_connect_object (step, "notify::status", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
