/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step as a card: one line when it is over, words, commands and check items when it is open. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-step-card.h"

#include "cs-check-row.h"
#include "cs-code-block.h"
#include "cs-command-view.h"
#include "cs-note-list.h"
#include "cs-prose.h"
#include "cs-secret-list.h"
#include "cs-status-icon.h"
#include "cs-step-acts.h"
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
  gtk_box_append (self->body, cs_step_acts_new (self->workspace, self->deployment, self->phase,
                                                self->step));
  gtk_box_append (self->body, cs_note_list_new (self->workspace, self->deployment, self->step));
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
    }

  gtk_revealer_set_reveal_child (self->revealer, open);
  gtk_image_set_from_icon_name (self->arrow, open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->header), GTK_ACCESSIBLE_STATE_EXPANDED, open,
                               -1);
}
