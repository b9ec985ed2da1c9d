/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One endless command that runs: its output as it comes, time left, search, pause and stop. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-stream-view.h"

#include "cs-clock.h"
#include "cs-output-view.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsStreamView
{
  AdwBin parent_instance;

  GtkLabel *time;
  GtkToggleButton *pause_button;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search;
  GtkButton *stop;
  AdwBin *output_bin;
  CsOutputView *output;

  CsDeployment *deployment;
  CsBlockState *block;
  guint timer; /* counts the time down */
};

G_DEFINE_FINAL_TYPE (CsStreamView, cs_stream_view, ADW_TYPE_BIN)

static void
update_time (CsStreamView *self)
{
  CsRun *run = cs_block_state_get_run (self->block);
  gint64 elapsed = (cs_clock_now () - cs_block_state_get_started (self->block)) / G_USEC_PER_SEC;
  g_autofree char *left = NULL;
  g_autofree char *size = NULL;
  g_autofree char *words = NULL;
  g_autofree char *held = NULL;

  if (run == NULL)
    return;
  left = cs_time_words_clock (cs_run_get_timeout (run) - elapsed);
  size = g_format_size (cs_run_get_output_size (run));
  /* Translators: how much time an endless command has left, and how much it has printed */
  words = g_strdup_printf (_("%s left · %s"), left, size);
  if (gtk_toggle_button_get_active (self->pause_button))
    held = g_strdup_printf (_("%s · held still"), words);
  gtk_label_set_text (self->time, held != NULL ? held : words);
}

static gboolean
tick_cb (gpointer user_data)
{
  update_time (user_data);
  return G_SOURCE_CONTINUE;
}

static void
pause_cb (CsStreamView *self)
{
  cs_output_view_set_paused (self->output, gtk_toggle_button_get_active (self->pause_button));
  update_time (self);
}

static void
copy_cb (CsStreamView *self)
{
  cs_output_view_copy_all (self->output);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("Output copied"));
}

static void
stop_cb (CsStreamView *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop), FALSE);
  cs_deployment_stop_block (self->deployment, self->block);
}

static void
search (CsStreamView *self, gboolean later)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  gboolean found = *text == '\0' || cs_output_view_search (self->output, text, later);

  if (found)
    gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  found ? "" : _("Not found"), -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_STATE_INVALID,
                               found ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
}

/* What is looked for stands near the end, as a rule. */
static void
search_changed_cb (CsStreamView *self)
{
  search (self, FALSE);
}

static void
previous_cb (CsStreamView *self)
{
  search (self, FALSE);
}

static void
next_cb (CsStreamView *self)
{
  search (self, TRUE);
}

static void
cs_stream_view_dispose (GObject *object)
{
  CsStreamView *self = CS_STREAM_VIEW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->deployment);
  g_clear_object (&self->block);
  G_OBJECT_CLASS (cs_stream_view_parent_class)->dispose (object);
}

static void
cs_stream_view_class_init (CsStreamViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_stream_view_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-stream-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsStreamView, time);
  gtk_widget_class_bind_template_child (widget_class, CsStreamView, pause_button);
  gtk_widget_class_bind_template_child (widget_class, CsStreamView, search_button);
  gtk_widget_class_bind_template_child (widget_class, CsStreamView, search_bar);
  gtk_widget_class_bind_template_child (widget_class, CsStreamView, search);
  gtk_widget_class_bind_template_child (widget_class, CsStreamView, stop);
  gtk_widget_class_bind_template_child (widget_class, CsStreamView, output_bin);
  gtk_widget_class_bind_template_callback (widget_class, pause_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
}

static void
cs_stream_view_init (CsStreamView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search));
}

/**
 * cs_stream_view_new: (skip)
 * @deployment: the deployment
 * @step: the step
 * @block: an endless command that this program follows
 *
 * Returns: (transfer floating): a new #CsStreamView, which shows what is printed from now on
 */
GtkWidget *
cs_stream_view_new (CsDeployment *deployment, CsStepState *step, CsBlockState *block)
{
  CsStreamView *self = g_object_new (CS_TYPE_STREAM_VIEW, NULL);
  const char *title = cs_step_get_title (cs_step_state_get_step (step));
  /* Translators: the title of a step */
  g_autofree char *stop = g_strdup_printf (_("Stop the stream of “%s”"), title);

  self->deployment = g_object_ref (deployment);
  self->block = g_object_ref (block);
  self->output = CS_OUTPUT_VIEW (cs_output_view_new (_("Stream")));
  adw_bin_set_child (self->output_bin, GTK_WIDGET (self->output));
  cs_output_view_follow (self->output, cs_block_state_get_run (block));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->stop), stop);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stop), GTK_ACCESSIBLE_PROPERTY_LABEL, stop,
                                  -1);
  self->timer = g_timeout_add_seconds (1, tick_cb, self);
  update_time (self);
  return GTK_WIDGET (self);
}

/**
 * cs_stream_view_get_block: (skip)
 * @self: a #CsStreamView
 *
 * Returns: (transfer none): the command
 */
CsBlockState *
cs_stream_view_get_block (CsStreamView *self)
{
  g_return_val_if_fail (CS_IS_STREAM_VIEW (self), NULL);

  return self->block;
}
