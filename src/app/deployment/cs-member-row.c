/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One member of a fleet under a command: how far it is there, and its last line. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-member-row.h"

#include "cs-clock.h"
#include "cs-output-filter.h"
#include "cs-status-icon.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* Characters of the last line that are kept. */
#define LINE_LENGTH 200

struct _CsMemberRow
{
  AdwBin parent_instance;

  GtkLabel *heading;
  CsStatusIcon *icon;
  GtkLabel *name;
  GtkLabel *words;
  GtkLabel *time;

  CsBlockState *member;
  CsRun *run; /* whose output is watched */
  char *line; /* the last line of it that says something */
  guint timer;
};

G_DEFINE_FINAL_TYPE (CsMemberRow, cs_member_row, ADW_TYPE_BIN)

static char *
describe (CsMemberRow *self)
{
  const char *problem = cs_block_state_get_problem (self->member);
  const char *ending = cs_block_state_get_ending (self->member);

  switch (cs_block_state_get_status (self->member))
    {
    case CS_STATUS_RUNNING:
      return g_strdup (self->line != NULL ? self->line : "");
    case CS_STATUS_SKIPPED:
      return g_strdup_printf (_("Left out: %s"), cs_block_state_get_reason (self->member));
    case CS_STATUS_FAILED:
      if (problem != NULL)
        return g_strdup (problem);
      if (g_strcmp0 (ending, "timed-out") == 0)
        return g_strdup (_("It took too long and was ended"));
      if (g_strcmp0 (ending, "stopped") == 0)
        return g_strdup (_("It was stopped"));
      return g_strdup_printf (_("Exit status %d"), cs_block_state_get_exit_status (self->member));
    case CS_STATUS_INTERRUPTED:
      return g_strdup (problem != NULL ? problem : _("How it ended is not known"));
    case CS_STATUS_PASSED:
      return g_strdup (self->line != NULL ? self->line : "");
    default:
      return g_strdup ("");
    }
}

static char *
describe_time (CsMemberRow *self)
{
  gint64 started = cs_block_state_get_started (self->member);
  gint64 finished = cs_block_state_get_finished (self->member);

  if (cs_block_state_get_status (self->member) == CS_STATUS_RUNNING)
    return cs_time_words_clock ((cs_clock_now () - started) / G_USEC_PER_SEC);
  if (started == 0 || finished == 0)
    return g_strdup ("");
  return cs_time_words_span (finished - started);
}

static void
update_words (CsMemberRow *self)
{
  g_autofree char *words = describe (self);
  g_autofree char *time = describe_time (self);

  g_strdelimit (words, "\n", ' ');
  gtk_label_set_text (self->words, words);
  gtk_label_set_text (self->time, time);
}

static gboolean
tick_cb (gpointer user_data)
{
  update_words (user_data);
  return G_SOURCE_CONTINUE;
}

/* Colours and progress are left out of one line of small print. */
static void
output_cb (CsMemberRow *self, GBytes *bytes, gint64 offset)
{
  g_autofree char *text = cs_output_filter_dup_last_line (bytes, LINE_LENGTH);

  if (text == NULL)
    return;
  g_free (self->line);
  self->line = g_steal_pointer (&text);
}

static void
watch (CsMemberRow *self, CsRun *run)
{
  if (run == self->run)
    return;
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, run);
  if (run != NULL)
    g_signal_connect_object (run, "output", G_CALLBACK (output_cb), self, G_CONNECT_SWAPPED);
}

static void
update (CsMemberRow *self)
{
  CsStatus status = cs_block_state_get_status (self->member);
  gboolean running = status == CS_STATUS_RUNNING;
  g_autofree char *spoken = NULL;

  if (cs_block_state_get_run (self->member) != NULL)
    watch (self, cs_block_state_get_run (self->member));
  cs_status_icon_set_status (self->icon, status);
  update_words (self);
  spoken = g_strdup_printf ("%s, %s", cs_block_state_get_member (self->member),
                            cs_status_get_words (status));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  if (running && self->timer == 0)
    self->timer = g_timeout_add_seconds (1, tick_cb, self);
  else if (!running)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
cs_member_row_dispose (GObject *object)
{
  cs_member_row_unbind (CS_MEMBER_ROW (object));
  G_OBJECT_CLASS (cs_member_row_parent_class)->dispose (object);
}

static void
cs_member_row_class_init (CsMemberRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_member_row_dispose;

  g_type_ensure (CS_TYPE_STATUS_ICON);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-member-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsMemberRow, heading);
  gtk_widget_class_bind_template_child (widget_class, CsMemberRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CsMemberRow, name);
  gtk_widget_class_bind_template_child (widget_class, CsMemberRow, words);
  gtk_widget_class_bind_template_child (widget_class, CsMemberRow, time);
}

static void
cs_member_row_init (CsMemberRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_member_row_new: (skip)
 *
 * Returns: (transfer floating): a new #CsMemberRow, which shows nothing yet
 */
GtkWidget *
cs_member_row_new (void)
{
  return g_object_new (CS_TYPE_MEMBER_ROW, NULL);
}

/**
 * cs_member_row_bind: (skip)
 * @self: a #CsMemberRow
 * @member: of a command on a fleet
 * @heading: (nullable): the batch that begins with it
 *
 * Shows @member, and follows it.
 */
void
cs_member_row_bind (CsMemberRow *self, CsBlockState *member, const char *heading)
{
  g_return_if_fail (CS_IS_MEMBER_ROW (self));

  cs_member_row_unbind (self);
  self->member = g_object_ref (member);
  gtk_label_set_text (self->heading, heading != NULL ? heading : "");
  gtk_widget_set_visible (GTK_WIDGET (self->heading), heading != NULL);
  gtk_label_set_text (self->name, cs_block_state_get_member (member));
  g_signal_connect_object (member, "notify::status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (member, "notify::run", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * cs_member_row_unbind: (skip)
 * @self: a #CsMemberRow
 *
 * Shows nothing any more.
 */
void
cs_member_row_unbind (CsMemberRow *self)
{
  g_return_if_fail (CS_IS_MEMBER_ROW (self));

  g_clear_handle_id (&self->timer, g_source_remove);
  watch (self, NULL);
  if (self->member != NULL)
    g_signal_handlers_disconnect_by_data (self->member, self);
  g_clear_object (&self->member);
  g_clear_pointer (&self->line, g_free);
}
