/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check item that a person ticks; says who did and when. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-check-row.h"

#include "cs-page-intents.h"
#include "cs-prose.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsCheckRow
{
  AdwActionRow parent_instance;

  GtkCheckButton *button;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  CsCheckState *check;
};

G_DEFINE_FINAL_TYPE (CsCheckRow, cs_check_row, ADW_TYPE_ACTION_ROW)

static void toggled_cb (CsCheckRow *self);

static void
update_cb (CsCheckRow *self)
{
  const char *actor = cs_check_state_get_actor (self->check);
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self->deployment, self->step);
  g_autofree char *subtitle = NULL;

  /* The button shows what is recorded, not what was clicked. */
  g_signal_handlers_block_by_func (self->button, toggled_cb, self);
  gtk_check_button_set_active (self->button, cs_check_state_get_done (self->check));
  g_signal_handlers_unblock_by_func (self->button, toggled_cb, self);

  if (actor != NULL)
    {
      g_autofree char *when = cs_time_words_moment (cs_check_state_get_at (self->check));

      subtitle = g_markup_printf_escaped ("%s · %s", actor, when);
    }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle != NULL ? subtitle : "");
  gtk_widget_set_sensitive (GTK_WIDGET (self), gates->len == 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               gates->len == 0 ? NULL
                                               : ((CsGate *) g_ptr_array_index (gates, 0))->words);
}

static void
toggled_cb (CsCheckRow *self)
{
  gboolean done = gtk_check_button_get_active (self->button);

  cs_intent_check (GTK_WIDGET (self), self->workspace, self->deployment, self->step, self->check,
                   done);
  update_cb (self);
}

static void
cs_check_row_dispose (GObject *object)
{
  CsCheckRow *self = CS_CHECK_ROW (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->step);
  g_clear_object (&self->check);

  G_OBJECT_CLASS (cs_check_row_parent_class)->dispose (object);
}

/* So that assistive technology can tick the item, too. */
static void
toggle_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate (GTK_WIDGET (CS_CHECK_ROW (widget)->button));
}

static void
cs_check_row_class_init (CsCheckRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_check_row_dispose;

  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "check-row.toggle", NULL, toggle_cb);
}

static void
cs_check_row_init (CsCheckRow *self)
{
  self->button = GTK_CHECK_BUTTON (gtk_check_button_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 0);
  g_signal_connect_object (self->button, "toggled", G_CALLBACK (toggled_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * cs_check_row_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: the step
 * @check: its check item
 *
 * Returns: (transfer floating): a new #CsCheckRow
 */
GtkWidget *
cs_check_row_new (CsWorkspace *workspace,
                  CsDeployment *deployment,
                  CsStepState *step,
                  CsCheckState *check)
{
  CsCheckRow *self = g_object_new (CS_TYPE_CHECK_ROW, NULL);
  const char *text = cs_check_get_text (cs_check_state_get_check (check));
  g_autofree char *markup = cs_prose_to_markup (text);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->step = g_object_ref (step);
  self->check = g_object_ref (check);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), markup);
  g_signal_connect_object (check, "notify::done", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
