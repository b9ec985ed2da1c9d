/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose keys counted at some moment, as ssh-keygen reads it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-signers-window.h"

#include "cs-time-words.h"

#include <glib/gi18n.h>
#include <string.h>

/** NOW: of the list “When” */
#define NOW 0

struct _CsSignersWindow
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwComboRow *when;
  GtkWidget *day_row;
  GtkMenuButton *day;
  GtkCalendar *calendar;
  AdwEntryRow *time;
  GtkStack *stack;
  GtkTextView *text;

  CsPeople *people;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsSignersWindow, cs_signers_window, ADW_TYPE_WINDOW)

/* The chosen moment in local time; FALSE: what is typed is no time. */
static gboolean
get_moment (CsSignersWindow *self, gint64 *at)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);
  g_autofree char *date = g_date_time_format (day, "%Y-%m-%d");
  g_autofree char *typed =
    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->time))));
  g_autofree char *text = g_strdup_printf ("%sT%s", date, typed);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (text, zone);

  *at = moment != NULL ? g_date_time_to_unix (moment) * G_USEC_PER_SEC + G_USEC_PER_SEC - 1 : 0;
  return moment != NULL;
}

static void
show_signers (CsSignersWindow *self, gint64 at)
{
  g_autofree char *signers = cs_people_dup_allowed_signers_at (self->people, at);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), signers, -1);
  gtk_stack_set_visible_child_name (self->stack, *signers != '\0' ? "text" : "nobody");
}

static void
update_cb (CsSignersWindow *self)
{
  gboolean now = adw_combo_row_get_selected (self->when) == NOW;
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);
  g_autofree char *date =
    cs_time_words_date (g_date_time_to_unix (day) * G_USEC_PER_SEC);
  gint64 at = G_MAXINT64;

  if (self->people == NULL)
    return;
  gtk_widget_set_visible (self->day_row, !now);
  gtk_widget_set_visible (GTK_WIDGET (self->time), !now);
  gtk_menu_button_set_label (self->day, date);
  gtk_widget_remove_css_class (GTK_WIDGET (self->time), "error");
  if (now || get_moment (self, &at))
    show_signers (self, at);
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->time), "error");
}

static char *
dup_text (CsSignersWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
copy_cb (CsSignersWindow *self)
{
  g_autofree char *text = dup_text (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied")));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSignersWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *escaped = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Saved")));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  escaped = g_markup_escape_text (error->message, -1);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
file_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsSignersWindow *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      char *text = dup_text (self);
      g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                           G_FILE_CREATE_REPLACE_DESTINATION, self->cancellable,
                                           saved_cb, g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
save_cb (CsSignersWindow *self)
{
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_("Save Whose Keys Count"), GTK_WINDOW (self),
                                 GTK_FILE_CHOOSER_ACTION_SAVE, _("Save"), _("Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "allowed_signers");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (file_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;

  gtk_window_close (GTK_WINDOW (user_data));
  return GDK_EVENT_STOP;
}

static void
cs_signers_window_dispose (GObject *object)
{
  CsSignersWindow *self = CS_SIGNERS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->people);

  G_OBJECT_CLASS (cs_signers_window_parent_class)->dispose (object);
}

static void
cs_signers_window_class_init (CsSignersWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_signers_window_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/preferences/cs-signers-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, when);
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, day_row);
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, day);
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, calendar);
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, time);
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, CsSignersWindow, text);
  gtk_widget_class_bind_template_callback (widget_class, update_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
cs_signers_window_init (CsSignersWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_signers_window_present: (skip)
 * @parent: the window before which it stands
 * @workspace: whose people
 *
 * Shows whose keys count now, or counted at a moment that is chosen.
 */
void
cs_signers_window_present (GtkWindow *parent, CsWorkspace *workspace)
{
  CsSignersWindow *self = g_object_new (CS_TYPE_SIGNERS_WINDOW, "transient-for", parent, NULL);

  self->people = g_object_ref (cs_workspace_get_people (workspace));
  g_signal_connect_object (self->people, "items-changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}
