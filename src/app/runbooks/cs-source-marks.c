/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks in the margin of a runbook's source: what was recognised there, and why. */

#define G_LOG_DOMAIN "cs-source-marks"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-finding-popover.h"
#include "cs-finding.h"
#include "cs-source-marks.h"

/* The names of mark categories are icons. Where a line has several, the last one here is seen. None
 * may be missing: GtkSourceView never ends drawing a mark of a category that it does not know. */
static const char *const icons[] = {
  "go-next-symbolic",
  "view-list-bullet-symbolic",
  "view-list-symbolic",
  "view-dual-symbolic",
  "security-medium-symbolic",
  "contact-new-symbolic",
  "preferences-other-symbolic",
  "alarm-symbolic",
  "view-continuous-symbolic",
  "document-open-recent-symbolic",
  "x-office-calendar-symbolic",
  "utilities-system-monitor-symbolic",
  "edit-undo-symbolic",
  "action-unavailable-symbolic",
  "text-x-generic-symbolic",
  "format-text-plaintext-symbolic",
  "object-select-symbolic",
  "utilities-terminal-symbolic",
  "checkbox-symbolic",
  "checkbox-checked-symbolic",
  "document-edit-symbolic",
  "dialog-question-symbolic",
  "insert-text-symbolic",
  "network-server-symbolic",
  "input-keyboard-symbolic",
  "media-playlist-repeat-symbolic",
  "user-trash-symbolic",
  "dialog-password-symbolic",
  "edit-clear-symbolic",
  "dialog-information-symbolic",
  "dialog-warning-symbolic",
  "dialog-error-symbolic",
};

static char *
query_tooltip_cb (GtkSourceMarkAttributes *attributes, GtkSourceMark *mark, gpointer user_data)
{
  return g_strdup (g_object_get_data (G_OBJECT (mark), "cs-tooltip"));
}

static guint
rank (const char *icon)
{
  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    {
      if (g_str_equal (icons[i], icon))
        return i;
    }
  return 0;
}

/* A button of the popover still needs its parents when it acts, which is after the closing. */
static gboolean
unparent_cb (gpointer data)
{
  if (gtk_widget_get_parent (data) != NULL)
    gtk_widget_unparent (data);
  return G_SOURCE_REMOVE;
}

/* A popover that goes takes the keyboard with it, if that is not taken back at once. */
static void
take_focus_back (GtkWidget *popover)
{
  GtkRoot *root = gtk_widget_get_root (popover);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || focus == popover || gtk_widget_is_ancestor (focus, popover))
    gtk_widget_grab_focus (gtk_widget_get_parent (popover));
}

static void
popover_closed_cb (GtkPopover *popover)
{
  take_focus_back (GTK_WIDGET (popover));
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent_cb, g_object_ref (popover), g_object_unref);
}

/**
 * cs_source_marks_set_up:
 * @view: a source view
 *
 * Makes the marks known to the view.
 */
void
cs_source_marks_set_up (GtkSourceView *view)
{
  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    {
      g_autoptr (GtkSourceMarkAttributes) attributes = gtk_source_mark_attributes_new ();

      gtk_source_mark_attributes_set_icon_name (attributes, icons[i]);
      g_signal_connect (attributes, "query-tooltip-text", G_CALLBACK (query_tooltip_cb), NULL);
      gtk_source_view_set_mark_attributes (view, icons[i], attributes, (int) i);
    }
}

/**
 * cs_source_marks_add:
 * @buffer: the buffer of a view that was set up
 * @findings: (element-type CsFinding): what was recognised, by line
 * @first: index of the first finding of a line
 *
 * Marks this line: with one mark for all that stands there, as GTK would draw several over each
 * other.
 *
 * Returns: the index of the first finding of the next line
 */
guint
cs_source_marks_add (GtkTextBuffer *buffer, GPtrArray *findings, guint first)
{
  g_autoptr (GString) tooltip = g_string_new (NULL);
  guint line = cs_finding_get_line (g_ptr_array_index (findings, first));
  const char *icon = icons[0];
  GtkSourceMark *mark;
  GtkTextIter iter;
  guint i;

  for (i = first; i < findings->len; i++)
    {
      CsFinding *finding = g_ptr_array_index (findings, i);

      if (cs_finding_get_line (finding) != line)
        break;
      if (rank (cs_finding_get_icon (finding)) >= rank (icon))
        icon = icons[rank (cs_finding_get_icon (finding))];
      /* Translators: what a line was taken for, and why */
      g_string_append_printf (tooltip, _("%s: %s"), cs_finding_get_title (finding),
                              cs_finding_get_why (finding));
      g_string_append_c (tooltip, '\n');
    }
  g_string_truncate (tooltip, tooltip->len - 1);
  gtk_text_buffer_get_iter_at_line (buffer, &iter, (int) line - 1);
  mark = gtk_source_buffer_create_source_mark (GTK_SOURCE_BUFFER (buffer), NULL, icon, &iter);
  g_object_set_data_full (G_OBJECT (mark), "cs-tooltip", g_strdup (tooltip->str), g_free);
  return i;
}

/**
 * cs_source_marks_explain:
 * @view: the view
 * @findings: (element-type CsFinding): what was recognised
 * @line: a line, from 1
 * @can_overrule: whether to offer that
 *
 * Opens a popover that says what stands in a line.
 *
 * Returns: whether anything does
 */
gboolean
cs_source_marks_explain (GtkSourceView *view,
                         GPtrArray *findings,
                         guint line,
                         gboolean can_overrule)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  g_autoptr (GPtrArray) here = g_ptr_array_new ();
  GtkWidget *popover;
  GtkTextIter iter;
  GdkRectangle place;

  for (guint i = 0; i < findings->len; i++)
    {
      if (cs_finding_get_line (g_ptr_array_index (findings, i)) == line)
        g_ptr_array_add (here, g_ptr_array_index (findings, i));
    }
  if (here->len == 0)
    return FALSE;
  gtk_text_buffer_get_iter_at_line (buffer, &iter, (int) line - 1);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (view), &iter, &place);
  gtk_text_view_buffer_to_window_coords (GTK_TEXT_VIEW (view), GTK_TEXT_WINDOW_WIDGET, place.x,
                                         place.y, &place.x, &place.y);
  place.width = MAX (place.width, 1);
  popover = cs_finding_popover_new (here, can_overrule);
  gtk_widget_set_parent (popover, GTK_WIDGET (view));
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &place);
  g_signal_connect (popover, "closed", G_CALLBACK (popover_closed_cb), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
  return TRUE;
}
