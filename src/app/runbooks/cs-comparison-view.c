/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two versions of a runbook: in words, and line by line. */

#define G_LOG_DOMAIN "cs-comparison-view"

#include "config.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "cs-change-words.h"
#include "cs-code-style.h"
#include "cs-comparison-view.h"
#include "cs-comparison.h"

/* Lines around a change that are shown with it. */
#define CONTEXT 3
/* More changes than this are counted, not listed. */
#define MAX_CHANGES 200

struct _CsComparisonView
{
  AdwBin parent_instance;

  GCancellable *cancellable; /* of the comparison under way */

  GtkStack *stack;
  GtkListBox *changes;
  GtkLabel *summary;
  GtkSourceView *lines;
};

G_DEFINE_FINAL_TYPE (CsComparisonView, cs_comparison_view, ADW_TYPE_BIN)

typedef struct
{
  CsRunbook *before;
  CsRunbook *after;
  GPtrArray *changes; /* of CsChange */
  GArray *runs;       /* of CsDiffRun */
} Comparing;

static void
comparing_free (Comparing *self)
{
  g_clear_object (&self->before);
  g_clear_object (&self->after);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->runs, g_array_unref);
  g_free (self);
}

static void
compare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Comparing *self = data;

  self->changes = cs_changes_between (self->before, self->after);
  self->runs = cs_comparison_of_texts (cs_runbook_get_text (self->before),
                                       cs_runbook_get_text (self->after));
  g_task_return_boolean (task, TRUE);
}

static GtkWidget *
new_row (const CsChange *change)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *words = cs_change_words_describe (change);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), words);
  if (change->where != NULL && change->subject != CS_CHANGE_OF_PHASE)
    {
      g_autofree char *where = g_markup_printf_escaped (_("in “%s”"), change->where);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), where);
    }
  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name (cs_change_words_icon (change)));
  return row;
}

static void
show_changes (CsComparisonView *self, GPtrArray *changes)
{
  GtkWidget *row;
  g_autofree char *summary = NULL;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->changes))) != NULL)
    gtk_list_box_remove (self->changes, row);
  for (guint i = 0; i < MIN (changes->len, MAX_CHANGES); i++)
    gtk_list_box_append (self->changes, new_row (g_ptr_array_index (changes, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->changes), changes->len > 0);
  if (changes->len == 0)
    summary = g_strdup (_("What is to be done is the same; only words differ."));
  else
    summary = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                            "%u change of what is to be done",
                                            "%u changes of what is to be done", changes->len),
                               changes->len);
  gtk_label_set_text (self->summary, summary);
}

static void
add_lines (GtkTextBuffer *buffer,
           CsRunbook *runbook,
           const char *sign,
           const char *tag,
           guint line,
           guint n_lines)
{
  for (guint i = line; i < line + n_lines; i++)
    {
      g_autofree char *text = g_strchomp (cs_runbook_dup_lines (runbook, i, i));
      g_autofree char *shown = g_strconcat (sign, text, "\n", NULL);
      GtkTextIter end;

      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_insert_with_tags_by_name (buffer, &end, shown, -1, tag, NULL);
    }
}

static void
add_gap (GtkTextBuffer *buffer, guint hidden)
{
  g_autofree char *text = NULL;
  GtkTextIter end;

  if (hidden == 0)
    return;
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u line is the same",
                                       "%u lines are the same", hidden),
                          hidden);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, -1, "gap", NULL);
  gtk_text_buffer_insert (buffer, &end, "\n", 1);
}

static void
add_tags (GtkTextBuffer *buffer)
{
  gtk_text_buffer_create_tag (buffer, "same", NULL, NULL);
  gtk_text_buffer_create_tag (buffer, "removed", "paragraph-background", "rgba(224,27,36,0.18)",
                              NULL);
  gtk_text_buffer_create_tag (buffer, "added", "paragraph-background", "rgba(46,194,126,0.20)",
                              NULL);
  gtk_text_buffer_create_tag (buffer, "gap", "paragraph-background", "rgba(128,128,128,0.14)",
                              "style", PANGO_STYLE_ITALIC, NULL);
}

static void
show_lines (CsComparisonView *self, Comparing *comparing)
{
  g_autoptr (GtkSourceBuffer) source = gtk_source_buffer_new (NULL);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (source);
  GArray *runs = comparing->runs;

  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->lines), buffer);
  cs_code_style_apply (self->lines, NULL, "");
  add_tags (buffer);
  for (guint i = 0; i < runs->len; i++)
    {
      const CsDiffRun *run = &g_array_index (runs, CsDiffRun, i);
      guint head = i == 0 ? 0 : MIN (CONTEXT, run->n_lines);
      guint tail = i == runs->len - 1 ? 0 : MIN (CONTEXT, run->n_lines - head);
      guint hidden = run->n_lines - head - tail;

      if (run->kind == CS_DIFF_REMOVED)
        add_lines (buffer, comparing->before, "− ", "removed", run->old_line, run->n_lines);
      else if (run->kind == CS_DIFF_ADDED)
        add_lines (buffer, comparing->after, "+ ", "added", run->new_line, run->n_lines);
      else
        {
          add_lines (buffer, comparing->after, "  ", "same", run->new_line, head);
          add_gap (buffer, hidden);
          add_lines (buffer, comparing->after, "  ", "same", run->new_line + head + hidden, tail);
        }
    }
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsComparisonView *self = CS_COMPARISON_VIEW (source);
  Comparing *comparing = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  show_changes (self, comparing->changes);
  show_lines (self, comparing);
  gtk_stack_set_visible_child_name (self->stack, "result");
}

static void
cs_comparison_view_dispose (GObject *object)
{
  CsComparisonView *self = CS_COMPARISON_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (cs_comparison_view_parent_class)->dispose (object);
}

static void
cs_comparison_view_class_init (CsComparisonViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_comparison_view_dispose;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-comparison-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsComparisonView, stack);
  gtk_widget_class_bind_template_child (widget_class, CsComparisonView, changes);
  gtk_widget_class_bind_template_child (widget_class, CsComparisonView, summary);
  gtk_widget_class_bind_template_child (widget_class, CsComparisonView, lines);
}

static void
cs_comparison_view_init (CsComparisonView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_comparison_view_show:
 * @self: a view
 * @before: a version
 * @after: another, later one
 *
 * Compares the two in a worker thread and shows what differs.
 */
void
cs_comparison_view_show (CsComparisonView *self, CsRunbook *before, CsRunbook *after)
{
  g_autoptr (GTask) task = NULL;
  Comparing *comparing = g_new0 (Comparing, 1);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  comparing->before = g_object_ref (before);
  comparing->after = g_object_ref (after);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  task = g_task_new (self, self->cancellable, compared_cb, NULL);
  g_task_set_source_tag (task, cs_comparison_view_show);
  g_task_set_task_data (task, comparing, (GDestroyNotify) comparing_free);
  g_task_run_in_thread (task, compare_thread);
}
