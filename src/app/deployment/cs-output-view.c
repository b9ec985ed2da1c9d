/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command printed: live while it runs, from the journal afterwards. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-output-view.h"

#include "cs-output-filter.h"
#include "cs-terminal-colors.h"

#include <glib/gi18n.h>
#include <vte/vte.h>

/* The flags of VTE's expressions are PCRE2's, whatever the width. */
#define PCRE2_CODE_UNIT_WIDTH 0
#include <pcre2.h>

/* Rows of the terminal: as many as there are lines, between these. */
#define MIN_ROWS 2
#define MAX_ROWS 14
#define SCROLLBACK_LINES 10000

/* How much of a stored output is shown, in bytes: its end, where errors stand. */
#define STORED_TAIL (256 * 1024)

/* How much of what comes is kept while the view is paused, in bytes: its end. */
#define HELD_TAIL (4 * 1024 * 1024)

/* How much of the end a screen reader is told, in bytes. */
#define SPOKEN_TAIL 400

struct _CsOutputView
{
  AdwBin parent_instance;

  VteTerminal *terminal;

  CsOutputFilter *filter;
  CsRun *run;
  gint64 offset;     /* where the next bytes of the run are expected */
  guint lines;       /* lines so far, up to MAX_ROWS */
  gboolean line_end; /* a line end that is shown when something follows: no empty last row */
  GString *tail;     /* the end of what was printed, for assistive technology */
  GString *held;     /* what came while the view is paused; NULL: it is not */
  gint64 held_from;  /* offset of its first byte */
  char *searched;    /* what the terminal looks for */
  char *digest;      /* the blob that is shown */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsOutputView, cs_output_view, ADW_TYPE_BIN)

enum
{
  SELECTION_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* GTK's terminal widget says nothing to assistive technology, so its end is said here. */
static void
update_spoken (CsOutputView *self)
{
  const char *end = self->tail->str;
  g_autofree char *valid = NULL;
  g_autofree char *plain = NULL;

  if (self->tail->len > SPOKEN_TAIL)
    end += self->tail->len - SPOKEN_TAIL;

  valid = g_utf8_make_valid (end, -1);
  plain = g_strstrip (g_steal_pointer (&valid));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->terminal),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, plain, -1);
}

static void
keep_tail (CsOutputView *self, const char *data, gsize length)
{
  gsize skip = length > 2 * SPOKEN_TAIL ? length - 2 * SPOKEN_TAIL : 0;

  for (gsize i = skip; i < length; i++)
    {
      guchar byte = (guchar) data[i];

      if (byte >= 0x20 || byte == '\n' || byte == '\t')
        g_string_append_c (self->tail, data[i]);
    }

  if (self->tail->len > 4 * SPOKEN_TAIL)
    g_string_erase (self->tail, 0, self->tail->len - 2 * SPOKEN_TAIL);
}

static void
feed (CsOutputView *self, const char *data, gsize length)
{
  g_autoptr (GString) safe = g_string_sized_new (length + 64);
  glong rows;

  if (self->line_end)
    g_string_append (safe, "\r\n");
  cs_output_filter_feed (self->filter, data, length, safe);
  self->line_end = safe->len >= 2 && g_str_has_suffix (safe->str, "\r\n");
  if (self->line_end)
    g_string_truncate (safe, safe->len - 2);

  for (gsize i = 0; i < safe->len && self->lines < MAX_ROWS; i++)
    self->lines += safe->str[i] == '\n';

  rows = CLAMP ((glong) self->lines, MIN_ROWS, MAX_ROWS);
  if (rows != vte_terminal_get_row_count (self->terminal))
    {
      vte_terminal_set_size (self->terminal, vte_terminal_get_column_count (self->terminal), rows);
      gtk_widget_queue_resize (GTK_WIDGET (self->terminal));
    }

  vte_terminal_feed (self->terminal, safe->str, safe->len);
  keep_tail (self, data, length);
  update_spoken (self);
}

static void
feed_note (CsOutputView *self, const char *note)
{
  g_autofree char *line = g_strdup_printf ("\033[3;2m%s\033[0m\n", note);

  feed (self, line, strlen (line));
}

static void
clear (CsOutputView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->digest, g_free);

  cs_output_filter_reset (self->filter);
  g_string_truncate (self->tail, 0);
  self->offset = 0;
  self->lines = 1;
  self->line_end = FALSE;
  vte_terminal_reset (self->terminal, TRUE, TRUE);
  vte_terminal_feed (self->terminal, "\033[?25l", -1); /* nobody types here: no cursor */
}

static void
show (CsOutputView *self, const char *data, gsize length, gint64 offset)
{
  if (offset > self->offset)
    {
      g_autofree char *size = g_format_size (offset - self->offset);
      g_autofree char *note =
        g_strdup_printf (_("… %s not shown here; the journal keeps them"), size);

      cs_output_filter_reset (self->filter);
      feed_note (self, note);
    }

  feed (self, data, length);
  self->offset = offset + (gint64) length;
}

static void
hold (CsOutputView *self, const char *data, gsize length, gint64 offset)
{
  gsize excess;

  if (offset != self->held_from + (gint64) self->held->len)
    {
      g_string_truncate (self->held, 0);
      self->held_from = offset;
    }
  g_string_append_len (self->held, data, (gssize) length);
  excess = self->held->len > HELD_TAIL ? self->held->len - HELD_TAIL : 0;
  g_string_erase (self->held, 0, (gssize) excess);
  self->held_from += (gint64) excess;
}

static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  CsOutputView *self = user_data;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (self->held != NULL)
    hold (self, data, length, offset);
  else
    show (self, data, length, offset);
}

static void
blob_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsOutputView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  const char *data;
  gsize length;

  if (bytes == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        feed_note (self, error->message);
      return;
    }

  data = g_bytes_get_data (bytes, &length);
  if (length > STORED_TAIL)
    {
      g_autofree char *shown = g_format_size (STORED_TAIL);
      g_autofree char *whole = g_format_size (length);
      g_autofree char *note = g_strdup_printf (_("The last %s of %s:"), shown, whole);

      feed_note (self, note);
      data += length - STORED_TAIL;
      length = STORED_TAIL;
    }

  feed (self, data, length);
}

static gboolean
copy_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  CsOutputView *self = CS_OUTPUT_VIEW (widget);

  vte_terminal_copy_clipboard_format (self->terminal, VTE_FORMAT_TEXT);
  return GDK_EVENT_STOP;
}

static void
selection_changed_cb (CsOutputView *self)
{
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
cs_output_view_dispose (GObject *object)
{
  CsOutputView *self = CS_OUTPUT_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (cs_output_view_parent_class)->dispose (object);
}

static void
cs_output_view_finalize (GObject *object)
{
  CsOutputView *self = CS_OUTPUT_VIEW (object);

  cs_output_filter_free (self->filter);
  g_string_free (self->tail, TRUE);
  if (self->held != NULL)
    g_string_free (self->held, TRUE);
  g_free (self->searched);
  g_free (self->digest);

  G_OBJECT_CLASS (cs_output_view_parent_class)->finalize (object);
}

static void
cs_output_view_class_init (CsOutputViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_output_view_dispose;
  object_class->finalize = cs_output_view_finalize;

  signals[SELECTION_CHANGED] =
    g_signal_new ("selection-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, copy_cb,
                                NULL);
}

static void
cs_output_view_init (CsOutputView *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->filter = cs_output_filter_new ();
  self->tail = g_string_new (NULL);
  self->lines = 1;

  self->terminal = VTE_TERMINAL (vte_terminal_new ());
  vte_terminal_set_input_enabled (self->terminal, FALSE);
  vte_terminal_set_scrollback_lines (self->terminal, SCROLLBACK_LINES);
  vte_terminal_set_scroll_on_output (self->terminal, TRUE);
  vte_terminal_set_audible_bell (self->terminal, FALSE);
  vte_terminal_set_cursor_blink_mode (self->terminal, VTE_CURSOR_BLINK_OFF);
  vte_terminal_set_allow_hyperlink (self->terminal, FALSE);
  vte_terminal_set_size (self->terminal, 80, MIN_ROWS);
  gtk_widget_set_hexpand (GTK_WIDGET (self->terminal), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->terminal), FALSE); /* it wants to, by itself */

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->terminal));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "output");
  adw_bin_set_child (ADW_BIN (self), scrolled);

  cs_terminal_colors_follow (self->terminal);
  g_signal_connect_object (self->terminal, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
}

/**
 * cs_output_view_new:
 * @label: what assistive technology calls the output
 *
 * Returns: (transfer floating): a new, empty view
 */
GtkWidget *
cs_output_view_new (const char *label)
{
  CsOutputView *self = g_object_new (CS_TYPE_OUTPUT_VIEW, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->terminal), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  return GTK_WIDGET (self);
}

/**
 * cs_output_view_follow:
 * @self: a #CsOutputView
 * @run: a run that has just begun
 *
 * Shows the output of @run as it comes. Following the same run again changes nothing.
 */
void
cs_output_view_follow (CsOutputView *self, CsRun *run)
{
  g_return_if_fail (CS_IS_OUTPUT_VIEW (self));
  g_return_if_fail (CS_IS_RUN (run));

  if (self->run == run)
    return;

  clear (self);
  self->run = g_object_ref (run);
  g_signal_connect_object (run, "output", G_CALLBACK (output_cb), self, 0);
}

/**
 * cs_output_view_load:
 * @self: a #CsOutputView
 * @store: where the output is kept
 * @digest: the blob's digest
 *
 * Shows the end of a stored output, unless it was followed live and stands there already.
 */
void
cs_output_view_load (CsOutputView *self, CsStore *store, const char *digest)
{
  g_return_if_fail (CS_IS_OUTPUT_VIEW (self));
  g_return_if_fail (CS_IS_STORE (store));
  g_return_if_fail (digest != NULL);

  if (self->run != NULL || g_strcmp0 (self->digest, digest) == 0)
    return;

  clear (self);
  self->digest = g_strdup (digest);
  self->cancellable = g_cancellable_new ();
  cs_store_get_blob_async (store, digest, self->cancellable, blob_cb, g_object_ref (self));
}

/**
 * cs_output_view_set_paused:
 * @self: a #CsOutputView
 * @paused: whether to hold still
 *
 * Holds the picture still, to read it; what comes is kept and shown when it goes on. Of very much
 * only the end is kept here; the journal keeps all.
 */
void
cs_output_view_set_paused (CsOutputView *self, gboolean paused)
{
  GString *held;

  g_return_if_fail (CS_IS_OUTPUT_VIEW (self));

  if (paused == (self->held != NULL))
    return;
  if (paused)
    {
      self->held = g_string_new (NULL);
      self->held_from = self->offset;
      return;
    }
  held = g_steal_pointer (&self->held);
  if (held->len > 0)
    show (self, held->str, held->len, self->held_from);
  g_string_free (held, TRUE);
}

static void
set_searched (CsOutputView *self, const char *text)
{
  g_autofree char *pattern = g_regex_escape_string (text, -1);
  VteRegex *regex = vte_regex_new_for_search (pattern, -1,
                                              PCRE2_MULTILINE | PCRE2_CASELESS | PCRE2_UTF |
                                                PCRE2_NO_UTF_CHECK,
                                              NULL);

  vte_terminal_search_set_regex (self->terminal, regex, 0);
  g_clear_pointer (&regex, vte_regex_unref);
  vte_terminal_search_set_wrap_around (self->terminal, TRUE);
  vte_terminal_unselect_all (self->terminal);
  g_free (self->searched);
  self->searched = g_strdup (text);
}

/**
 * cs_output_view_search:
 * @self: a #CsOutputView
 * @text: what to look for, whatever its case
 * @later: towards the end, not the beginning
 *
 * Selects the next place with this text, and shows it.
 *
 * Returns: whether there is one
 */
gboolean
cs_output_view_search (CsOutputView *self, const char *text, gboolean later)
{
  g_return_val_if_fail (CS_IS_OUTPUT_VIEW (self), FALSE);

  if (g_strcmp0 (text, self->searched) != 0)
    set_searched (self, text);
  return later ? vte_terminal_search_find_next (self->terminal)
               : vte_terminal_search_find_previous (self->terminal);
}

/**
 * cs_output_view_copy_all:
 * @self: a #CsOutputView
 *
 * Puts all that the view has, scrolled away or not, on the clipboard.
 */
void
cs_output_view_copy_all (CsOutputView *self)
{
  g_return_if_fail (CS_IS_OUTPUT_VIEW (self));

  vte_terminal_select_all (self->terminal);
  vte_terminal_copy_clipboard_format (self->terminal, VTE_FORMAT_TEXT);
  vte_terminal_unselect_all (self->terminal);
}

/** cs_output_view_has_selection: (skip): whether a part of it is selected. */
gboolean
cs_output_view_has_selection (CsOutputView *self)
{
  g_return_val_if_fail (CS_IS_OUTPUT_VIEW (self), FALSE);

  return vte_terminal_get_has_selection (self->terminal);
}

/**
 * cs_output_view_dup_selection: (skip)
 * @self: a #CsOutputView
 *
 * Returns: (transfer full): the part that is selected, as plain text; "" if none is
 */
char *
cs_output_view_dup_selection (CsOutputView *self)
{
  char *text;

  g_return_val_if_fail (CS_IS_OUTPUT_VIEW (self), NULL);

  text = vte_terminal_get_text_selected (self->terminal, VTE_FORMAT_TEXT);
  return text != NULL ? text : g_strdup ("");
}
