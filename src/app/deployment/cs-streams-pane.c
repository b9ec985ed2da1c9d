/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endless commands of a deployment that run now, beside its path. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-streams-pane.h"

#include "cs-stream-view.h"

#include <glib/gi18n.h>

struct _CsStreamsPane
{
  AdwBin parent_instance;

  GtkLabel *count;
  GtkStackSwitcher *switcher;
  GtkToggleButton *fold;
  GtkStack *stack;

  CsDeployment *deployment;
};

G_DEFINE_FINAL_TYPE (CsStreamsPane, cs_streams_pane, ADW_TYPE_BIN)

static CsStepState *
find_step_in (GListModel *phases, CsBlock *block)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_state_get_steps (phase);

      for (guint j = 0; j < g_list_model_get_n_items (steps); j++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, j);

          /* The phase keeps it. */
          if (cs_step_state_find_block (step, block) != NULL)
            return step;
        }
    }
  return NULL;
}

static CsStepState *
find_step (CsStreamsPane *self, CsBlockState *state)
{
  CsBlock *block = cs_block_state_get_block (state);
  CsStepState *step = find_step_in (cs_deployment_get_phases (self->deployment), block);

  return step != NULL ? step
                      : find_step_in (cs_deployment_get_rollbacks (self->deployment), block);
}

static gboolean
is_shown (CsStreamsPane *self, CsBlockState *block)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (cs_stream_view_get_block (CS_STREAM_VIEW (child)) == block)
      return TRUE;
  return FALSE;
}

/* What has begun is shown at once: that is why it was started. */
static void
add_stream (CsStreamsPane *self, CsBlockState *block)
{
  CsStepState *step = find_step (self, block);
  GtkWidget *view;
  GtkStackPage *page;

  if (step == NULL)
    return;
  view = cs_stream_view_new (self->deployment, step, block);
  page = gtk_stack_add_titled (self->stack, view, NULL,
                               cs_step_get_title (cs_step_state_get_step (step)));
  gtk_stack_page_set_use_underline (page, FALSE);
  gtk_stack_set_visible_child (self->stack, view);
}

static void
remove_ended (CsStreamsPane *self)
{
  GtkWidget *next;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->stack)); child != NULL;
       child = next)
    {
      CsBlockState *block = cs_stream_view_get_block (CS_STREAM_VIEW (child));

      next = gtk_widget_get_next_sibling (child);
      if (!cs_block_state_is_stream (block) || cs_block_state_get_run (block) == NULL)
        gtk_stack_remove (self->stack, child);
    }
}

static void
update (CsStreamsPane *self)
{
  g_autoptr (GPtrArray) streams = cs_deployment_list_streams (self->deployment);
  g_autofree char *words = NULL;
  guint n = 0;

  remove_ended (self);
  for (guint i = 0; i < streams->len; i++)
    {
      CsBlockState *block = streams->pdata[i];

      if (cs_block_state_get_run (block) == NULL)
        continue;
      n++;
      if (!is_shown (self, block))
        add_stream (self, block);
    }
  words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u stream", "%u streams", n), n);
  gtk_label_set_text (self->count, words);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
cs_streams_pane_dispose (GObject *object)
{
  g_clear_object (&CS_STREAMS_PANE (object)->deployment);
  G_OBJECT_CLASS (cs_streams_pane_parent_class)->dispose (object);
}

static void
cs_streams_pane_class_init (CsStreamsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_streams_pane_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-streams-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, CsStreamsPane, count);
  gtk_widget_class_bind_template_child (widget_class, CsStreamsPane, switcher);
  gtk_widget_class_bind_template_child (widget_class, CsStreamsPane, fold);
  gtk_widget_class_bind_template_child (widget_class, CsStreamsPane, stack);
}

static void
cs_streams_pane_init (CsStreamsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_streams_pane_set_deployment: (skip)
 * @self: a #CsStreamsPane that has none yet
 * @deployment: the deployment
 *
 * Shows the streams of @deployment that this program follows, from now on.
 */
void
cs_streams_pane_set_deployment (CsStreamsPane *self, CsDeployment *deployment)
{
  g_return_if_fail (CS_IS_STREAMS_PANE (self));
  g_return_if_fail (self->deployment == NULL);

  self->deployment = g_object_ref (deployment);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
