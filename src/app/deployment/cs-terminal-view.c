/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command that asks: its terminal, in which a person types. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-terminal-view.h"

#include "cs-output-filter.h"
#include "cs-terminal-colors.h"

#include <glib/gi18n.h>

/* How much of the end a screen reader is told, in bytes. */
#define SPOKEN_TAIL 400

struct _CsTerminalView
{
  AdwBin parent_instance;

  VteTerminal *terminal;
  GtkLabel *hint;
  GtkWidget *type;

  CsOutputFilter *filter;
  CsRun *run;
  GString *tail; /* the end of what was shown, for assistive technology */
  gboolean ended;
  GtkEventController *keys; /* of the window, while keys go to the terminal; else NULL */
  guint columns;            /* as the run was told last */
  guint rows;
};

G_DEFINE_FINAL_TYPE (CsTerminalView, cs_terminal_view, ADW_TYPE_BIN)

/* GTK's terminal widget says nothing to assistive technology, so its end is said here. */
static void
speak (CsTerminalView *self, const char *data, gsize length)
{
  g_autofree char *valid = NULL;

  for (gsize i = 0; i < length; i++)
    if ((guchar) data[i] >= 0x20 || data[i] == '\n')
      g_string_append_c (self->tail, data[i]);
  if (self->tail->len > SPOKEN_TAIL)
    g_string_erase (self->tail, 0, (gssize) (self->tail->len - SPOKEN_TAIL));
  valid = g_utf8_make_valid (self->tail->str, (gssize) self->tail->len);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->terminal),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, valid, -1);
}

static void
output_cb (CsTerminalView *self, GBytes *bytes, gint64 offset)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GString) safe = g_string_sized_new (length);

  cs_output_filter_feed (self->filter, data, length, safe);
  vte_terminal_feed (self->terminal, safe->str, (gssize) safe->len);
  speak (self, safe->str, safe->len);
}

static void
commit_cb (CsTerminalView *self, const char *text, guint size)
{
  if (!self->ended && self->run != NULL)
    cs_run_send_input (self->run, text, size);
}

static void
update_hint (CsTerminalView *self)
{
  const char *words = _("Keys go to the window. Click into the terminal to type there.");

  if (self->ended)
    words = _("The command has ended; what it showed is in the record.");
  else if (self->keys != NULL)
    words = _("Keys go to the command, and so does Esc. Ctrl+Shift+Esc leaves the terminal.");
  gtk_label_set_text (self->hint, words);
  gtk_widget_set_visible (self->type, !self->ended && self->keys == NULL);
}

static const char *
find_action (guint key, GdkModifierType state)
{
  if ((state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != (GDK_CONTROL_MASK | GDK_SHIFT_MASK))
    return NULL;
  switch (gdk_keyval_to_lower (key))
    {
    case GDK_KEY_c:
      return "terminal.copy";
    case GDK_KEY_v:
      return "terminal.paste";
    case GDK_KEY_Escape:
      return "terminal.leave";
    default:
      return NULL;
    }
}

static gboolean
key_cb (CsTerminalView *self, guint key, guint code, GdkModifierType state)
{
  const char *action = find_action (key, state);
  g_autoptr (GtkEventController) keys = g_object_ref (self->keys); /* may be left by this key */

  if (action != NULL)
    return gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
  return gtk_event_controller_key_forward (GTK_EVENT_CONTROLLER_KEY (keys),
                                           GTK_WIDGET (self->terminal));
}

static void
take_keys (CsTerminalView *self)
{
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (self->keys, "key-pressed", G_CALLBACK (key_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), self->keys);
}

static void
give_keys_back (CsTerminalView *self)
{
  GtkEventController *keys = g_steal_pointer (&self->keys);

  gtk_widget_remove_controller (gtk_event_controller_get_widget (keys), keys);
}

/* What the window does with Ctrl+W and the like belongs to the command while a person types. The
 * window's shortcuts come before the widget with the focus, and the newest controller before them.
 */
static void
set_typing (CsTerminalView *self, gboolean typing)
{
  if (typing == (self->keys != NULL))
    return;
  if (typing)
    take_keys (self);
  else
    give_keys_back (self);
  update_hint (self);
}

static void
entered_cb (CsTerminalView *self)
{
  set_typing (self, !self->ended);
}

static void
left_cb (CsTerminalView *self)
{
  set_typing (self, FALSE);
}

static void
type_cb (CsTerminalView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->terminal));
}

static void
copy_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  vte_terminal_copy_clipboard_format (CS_TERMINAL_VIEW (widget)->terminal, VTE_FORMAT_TEXT);
}

static void
paste_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsTerminalView *self = CS_TERMINAL_VIEW (widget);

  if (!self->ended)
    vte_terminal_paste_clipboard (self->terminal);
  gtk_widget_grab_focus (GTK_WIDGET (self->terminal));
}

static void
leave_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsTerminalView *self = CS_TERMINAL_VIEW (widget);

  if (self->keys == NULL)
    return;
  set_typing (self, FALSE);
  gtk_widget_grab_focus (self->type);
}

/* The terminal knows how many characters fit when it has its place. */
static void
cs_terminal_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  CsTerminalView *self = CS_TERMINAL_VIEW (widget);
  guint columns, rows;

  GTK_WIDGET_CLASS (cs_terminal_view_parent_class)->size_allocate (widget, width, height, baseline);

  columns = (guint) vte_terminal_get_column_count (self->terminal);
  rows = (guint) vte_terminal_get_row_count (self->terminal);
  if (self->run == NULL || self->ended || (columns == self->columns && rows == self->rows))
    return;
  self->columns = columns;
  self->rows = rows;
  cs_run_resize (self->run, columns, rows);
}

static void
cs_terminal_view_dispose (GObject *object)
{
  CsTerminalView *self = CS_TERMINAL_VIEW (object);

  set_typing (self, FALSE);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (cs_terminal_view_parent_class)->dispose (object);
}

static void
cs_terminal_view_finalize (GObject *object)
{
  CsTerminalView *self = CS_TERMINAL_VIEW (object);

  cs_output_filter_free (self->filter);
  g_string_free (self->tail, TRUE);
  G_OBJECT_CLASS (cs_terminal_view_parent_class)->finalize (object);
}

static void
cs_terminal_view_class_init (CsTerminalViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_terminal_view_dispose;
  object_class->finalize = cs_terminal_view_finalize;
  widget_class->size_allocate = cs_terminal_view_size_allocate;

  g_type_ensure (VTE_TYPE_TERMINAL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-terminal-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsTerminalView, terminal);
  gtk_widget_class_bind_template_child (widget_class, CsTerminalView, hint);
  gtk_widget_class_bind_template_child (widget_class, CsTerminalView, type);
  gtk_widget_class_bind_template_callback (widget_class, commit_cb);
  gtk_widget_class_bind_template_callback (widget_class, type_cb);
  gtk_widget_class_install_action (widget_class, "terminal.copy", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "terminal.paste", NULL, paste_cb);
  gtk_widget_class_install_action (widget_class, "terminal.leave", NULL, leave_cb);
}

static void
cs_terminal_view_init (CsTerminalView *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->filter = cs_output_filter_new_for_terminal ();
  self->tail = g_string_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  vte_terminal_set_size (self->terminal, CS_TERMINAL_VIEW_COLUMNS, CS_TERMINAL_VIEW_ROWS);
  cs_terminal_colors_follow (self->terminal);
  g_signal_connect_object (focus, "enter", G_CALLBACK (entered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->terminal), focus);
  update_hint (self);
}

static void
focus_when_mapped_cb (CsTerminalView *self)
{
  if (!self->ended)
    gtk_widget_grab_focus (GTK_WIDGET (self->terminal));
}

/**
 * cs_terminal_view_new: (skip)
 * @run: a run in a terminal that has just begun
 *
 * Returns: (transfer floating): a new #CsTerminalView, in which a person can type as soon as it is
 *   seen
 */
GtkWidget *
cs_terminal_view_new (CsRun *run)
{
  CsTerminalView *self = g_object_new (CS_TYPE_TERMINAL_VIEW, NULL);

  g_return_val_if_fail (CS_IS_RUN (run), NULL);

  self->run = g_object_ref (run);
  g_signal_connect_object (run, "output", G_CALLBACK (output_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "map", G_CALLBACK (focus_when_mapped_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * cs_terminal_view_get_run: (skip)
 * @self: a #CsTerminalView
 *
 * Returns: (transfer none): what runs, or ran, in it
 */
CsRun *
cs_terminal_view_get_run (CsTerminalView *self)
{
  g_return_val_if_fail (CS_IS_TERMINAL_VIEW (self), NULL);

  return self->run;
}

/**
 * cs_terminal_view_end: (skip)
 * @self: a #CsTerminalView
 *
 * Says that the command has ended. What it showed stays.
 */
void
cs_terminal_view_end (CsTerminalView *self)
{
  g_return_if_fail (CS_IS_TERMINAL_VIEW (self));

  if (self->ended)
    return;
  self->ended = TRUE;
  vte_terminal_set_input_enabled (self->terminal, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "terminal.paste", FALSE);
  /* A program that was ended may have left the terminal without a cursor, or on its second page. */
  vte_terminal_feed (self->terminal, "\033[?1049l\033[?25l\033[0m", -1);
  set_typing (self, FALSE);
  update_hint (self);
}
