/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done with a part of a command's output that a person has selected. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-selection-bar.h"

#include "cs-note-dialog.h"
#include "cs-page-intents.h"

#include <glib/gi18n.h>

struct _CsSelectionBar
{
  AdwBin parent_instance;

  GtkWidget *capture;
  GtkWidget *note;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  CsBlockState *block;
  CsOutputView *output; /* weak: it stands beside this and may go first */
};

G_DEFINE_FINAL_TYPE (CsSelectionBar, cs_selection_bar, ADW_TYPE_BIN)

/* Only what is kept can be shown to have been printed. */
static void
update_cb (CsSelectionBar *self)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (self->deployment, NULL);
  gboolean open = cs_deployment_get_closed_at (self->deployment) == 0;
  gboolean selected = self->output != NULL && cs_output_view_has_selection (self->output);
  gboolean ended = cs_block_state_get_finished (self->block) != 0;

  gtk_widget_set_visible (self->capture, ended && names->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self), open && selected);
}

static void
capture_cb (CsSelectionBar *self)
{
  g_autofree char *text = cs_output_view_dup_selection (self->output);

  cs_intent_capture (GTK_WIDGET (self), self->workspace, self->deployment, self->block, text);
}

static void
note_cb (CsSelectionBar *self)
{
  g_autofree char *text = cs_output_view_dup_selection (self->output);

  cs_note_dialog_present (GTK_WIDGET (self), self->workspace, self->deployment, self->step, text);
}

static void
cs_selection_bar_dispose (GObject *object)
{
  CsSelectionBar *self = CS_SELECTION_BAR (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->step);
  g_clear_object (&self->block);
  g_clear_weak_pointer (&self->output);

  G_OBJECT_CLASS (cs_selection_bar_parent_class)->dispose (object);
}

static void
cs_selection_bar_class_init (CsSelectionBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_selection_bar_dispose;
}

static void
cs_selection_bar_init (CsSelectionBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->capture = gtk_button_new_with_label (_("Use as a Value…"));
  self->note = gtk_button_new_with_label (_("Note It…"));
  gtk_widget_set_tooltip_text (self->capture,
                               _("The selected text becomes the value of a placeholder"));
  gtk_widget_set_tooltip_text (self->note, _("The selected text becomes a note at this step"));
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_widget_add_css_class (box, "selection");
  gtk_box_append (GTK_BOX (box), self->capture);
  gtk_box_append (GTK_BOX (box), self->note);
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect_object (self->capture, "clicked", G_CALLBACK (capture_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->note, "clicked", G_CALLBACK (note_cb), self, G_CONNECT_SWAPPED);
}

/**
 * cs_selection_bar_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: one of its steps
 * @block: the command that printed it
 * @output: where it is selected
 *
 * Returns: (transfer floating): a new #CsSelectionBar; it shows itself while something is selected
 */
GtkWidget *
cs_selection_bar_new (CsWorkspace *workspace,
                      CsDeployment *deployment,
                      CsStepState *step,
                      CsBlockState *block,
                      CsOutputView *output)
{
  CsSelectionBar *self = g_object_new (CS_TYPE_SELECTION_BAR, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->step = g_object_ref (step);
  self->block = g_object_ref (block);
  g_set_weak_pointer (&self->output, output);
  g_signal_connect_object (output, "selection-changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
