/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The source of a runbook, with what was recognised in it marked in the margin. */

#define G_LOG_DOMAIN "cs-runbook-source"

#include "config.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "cs-code-style.h"
#include "cs-portions.h"
#include "cs-runbook-source.h"
#include "cs-source-marks.h"

/* Where in the view a line comes to rest that was gone to. */
#define SCROLL_ALIGNMENT 0.2
/* Bytes of text that go into the buffer at a time. */
#define PORTION 4096
/* Bytes of one line that are shown: to lay out a line of a megabyte takes seconds. */
#define LONGEST_LINE 4000
/* The tag of what says that a line was cut. */
#define CUT "cut"

struct _CsRunbookSource
{
  AdwBin parent_instance;

  CsReading *reading;
  GCancellable *cancellable; /* of the filling under way */
  gboolean filled;
  guint wanted; /* line to go to when it is filled; 0: stay */

  GtkSourceView *view;
};

G_DEFINE_FINAL_TYPE (CsRunbookSource, cs_runbook_source, ADW_TYPE_BIN)

/* What is put into a buffer in portions: first the text, then its colours, then the marks. */
typedef struct
{
  GtkTextBuffer *buffer;
  CsReading *reading;
  char *text;
  const char *rest; /* NULL: all is in */
  guint mark;
} Filling;

static void
filling_free (Filling *self)
{
  g_object_unref (self->buffer);
  g_object_unref (self->reading);
  g_free (self->text);
  g_free (self);
}

static void
insert (Filling *self, const char *text, gsize length, const char *tag)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_insert_with_tags_by_name (self->buffer, &end, text, (int) length, tag, NULL);
}

/* Shows the beginning of a line, and how much of it is not shown. */
static void
insert_cut_line (Filling *self, const char *line, gsize length)
{
  const char *cut = line + LONGEST_LINE;
  glong hidden;
  g_autofree char *words = NULL;

  while (cut > line && (*cut & 0xc0) == 0x80)
    cut--;
  hidden = g_utf8_strlen (cut, line + length - cut);
  words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "… %ld more character is not shown",
                                        "… %ld more characters are not shown", hidden),
                           hidden);
  insert (self, line, (gsize) (cut - line), NULL);
  insert (self, words, strlen (words), CUT);
}

/* Whole lines, so that no character and no line end is torn. */
static void
insert_some (Filling *self)
{
  const char *from = self->rest;
  const char *to = from;

  while (to - from < PORTION)
    {
      const char *end = strchrnul (to, '\n');

      if (end - to > LONGEST_LINE)
        {
          insert (self, from, (gsize) (to - from), NULL);
          insert_cut_line (self, to, (gsize) (end - to));
          from = end;
        }
      to = *end == '\0' ? end : end + 1;
      if (*end == '\0')
        break;
    }
  insert (self, from, (gsize) (to - from), NULL);
  self->rest = *to == '\0' ? NULL : to;
}

static gboolean
fill_some (gpointer data)
{
  Filling *self = data;
  GPtrArray *findings = cs_reading_get_findings (self->reading);

  if (self->rest != NULL)
    {
      insert_some (self);
      if (self->rest == NULL)
        cs_code_style_set_language (GTK_SOURCE_BUFFER (self->buffer), "countersign-runbook");
      return TRUE;
    }
  if (self->mark < findings->len)
    self->mark = cs_source_marks_add (self->buffer, findings, self->mark);
  return self->mark < findings->len;
}

static void
go_to_line (CsRunbookSource *self, guint line)
{
  GtkTextView *view = GTK_TEXT_VIEW (self->view);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_line (buffer, &iter, line > 0 ? (int) line - 1 : 0);
  gtk_text_buffer_place_cursor (buffer, &iter);
  gtk_text_view_scroll_to_mark (view, gtk_text_buffer_get_insert (buffer), 0, TRUE, 0,
                                SCROLL_ALIGNMENT);
}

static void
filled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookSource) self = user_data;

  if (!cs_portions_run_finish (result, NULL))
    return;
  self->filled = TRUE;
  if (self->wanted > 0)
    go_to_line (self, self->wanted);
}

static void
explain (CsRunbookSource *self, const GtkTextIter *iter)
{
  if (self->reading != NULL)
    cs_source_marks_explain (self->view, cs_reading_get_findings (self->reading),
                             (guint) gtk_text_iter_get_line (iter) + 1, TRUE);
}

static void
mark_activated_cb (CsRunbookSource *self, GtkTextIter *iter)
{
  explain (self, iter);
}

static void
get_cursor (CsRunbookSource *self, GtkTextIter *iter)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));

  gtk_text_buffer_get_iter_at_mark (buffer, iter, gtk_text_buffer_get_insert (buffer));
}

static void
cs_runbook_source_dispose (GObject *object)
{
  CsRunbookSource *self = CS_RUNBOOK_SOURCE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->reading);
  G_OBJECT_CLASS (cs_runbook_source_parent_class)->dispose (object);
}

static void
cs_runbook_source_class_init (CsRunbookSourceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_runbook_source_dispose;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-runbook-source.ui");
  gtk_widget_class_bind_template_child (widget_class, CsRunbookSource, view);
  gtk_widget_class_bind_template_callback (widget_class, mark_activated_cb);
}

static void
cs_runbook_source_init (CsRunbookSource *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cs_source_marks_set_up (self->view);
}

/**
 * cs_runbook_source_show: (skip)
 * @self: a view of a source
 * @reading: of a runbook
 *
 * Shows its text, from the top, in a buffer of its own: the marks and colours of the last runbook
 * go with the old one. A large text comes in portions.
 */
void
cs_runbook_source_show (CsRunbookSource *self, CsReading *reading)
{
  g_autoptr (GtkSourceBuffer) buffer = gtk_source_buffer_new (NULL);
  Filling *filling;

  g_return_if_fail (CS_IS_RUNBOOK_SOURCE (self));
  g_return_if_fail (CS_IS_READING (reading));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->filled = FALSE;
  self->wanted = 1;
  g_set_object (&self->reading, reading);
  gtk_text_buffer_set_enable_undo (GTK_TEXT_BUFFER (buffer), FALSE);
  gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (buffer), CUT, "style", PANGO_STYLE_ITALIC,
                              "paragraph-background", "rgba(128,128,128,0.14)", NULL);
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->view), GTK_TEXT_BUFFER (buffer));

  filling = g_new0 (Filling, 1);
  filling->buffer = g_object_ref (GTK_TEXT_BUFFER (buffer));
  filling->reading = g_object_ref (reading);
  filling->text = g_strchomp (g_strdup (cs_runbook_get_text (cs_reading_get_runbook (reading))));
  filling->rest = filling->text;
  cs_portions_run_async (fill_some, filling, (GDestroyNotify) filling_free, self->cancellable,
                         filled_cb, g_object_ref (self));
}

/** cs_runbook_source_get_line: (skip): the line of the cursor, from 1. */
guint
cs_runbook_source_get_line (CsRunbookSource *self)
{
  GtkTextIter iter;

  g_return_val_if_fail (CS_IS_RUNBOOK_SOURCE (self), 1);

  get_cursor (self, &iter);
  return (guint) gtk_text_iter_get_line (&iter) + 1;
}

/**
 * cs_runbook_source_go_to_line: (skip)
 * @self: a view of a source
 * @line: a line, from 1
 *
 * Puts the cursor there, and the line where it can be seen; if the text is still on its way in, as
 * soon as it is there.
 */
void
cs_runbook_source_go_to_line (CsRunbookSource *self, guint line)
{
  g_return_if_fail (CS_IS_RUNBOOK_SOURCE (self));

  if (self->filled)
    go_to_line (self, line);
  else
    self->wanted = line;
}

/** cs_runbook_source_explain: (skip): says what stands in the line of the cursor. */
void
cs_runbook_source_explain (CsRunbookSource *self)
{
  GtkTextIter iter;

  g_return_if_fail (CS_IS_RUNBOOK_SOURCE (self));

  get_cursor (self, &iter);
  explain (self, &iter);
}

/** cs_runbook_source_close_popovers: (skip): buttons in a popover leave it open. */
void
cs_runbook_source_close_popovers (CsRunbookSource *self)
{
  GtkWidget *child;

  g_return_if_fail (CS_IS_RUNBOOK_SOURCE (self));

  for (child = gtk_widget_get_first_child (GTK_WIDGET (self->view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_POPOVER (child))
        gtk_popover_popdown (GTK_POPOVER (child));
    }
}
