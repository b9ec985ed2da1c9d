/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be remembered beside a step: words, and a file or a picture from the clipboard. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-note-dialog.h"

#include "cs-note.h"

#include <glib/gi18n.h>

#define TEXT_HEIGHT 110 /* pixels: about four lines */

struct _CsNoteDialog
{
  AdwMessageDialog parent_instance;

  GtkTextView *text;
  AdwActionRow *attachment;
  GtkWidget *paste;
  GtkWidget *choose; /* a file; or to be rid of what is attached */

  GtkWidget *window; /* owned: tells errors, also when the page that asked is gone */
  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  char *file; /* name of what is attached; NULL: nothing is */
  GBytes *bytes;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsNoteDialog, cs_note_dialog, ADW_TYPE_MESSAGE_DIALOG)

static char *
dup_text (CsNoteDialog *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

/* Other programs name their formats by media types; what can be read of them, GTK knows. */
static gboolean
clipboard_has (CsNoteDialog *self, GType type)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  g_autoptr (GdkContentFormats) formats = gdk_content_formats_union_deserialize_gtypes (
    gdk_content_formats_ref (gdk_clipboard_get_formats (clipboard)));

  return gdk_content_formats_contain_gtype (formats, type);
}

static void
set_face (GtkWidget *button, const char *icon, const char *label)
{
  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
update_cb (CsNoteDialog *self)
{
  g_autofree char *text = dup_text (self);
  g_autofree char *size =
    self->bytes != NULL ? g_format_size (g_bytes_get_size (self->bytes)) : NULL;
  /* Translators: the name of a file, and its size */
  g_autofree char *words =
    size != NULL ? g_strdup_printf (_("%s (%s)"), self->file, size) : g_strdup (_("None"));
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_action_row_set_subtitle (self->attachment, escaped);
  gtk_widget_set_visible (self->paste,
                          self->bytes == NULL && clipboard_has (self, GDK_TYPE_TEXTURE));
  if (self->bytes != NULL)
    set_face (self->choose, "edit-clear-symbolic", _("Remove the Attachment"));
  else
    set_face (self->choose, "mail-attachment-symbolic", _("Attach a File…"));
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "note",
                                           *text != '\0' || self->bytes != NULL);
}

/* name and bytes: (transfer full). */
static void
attach (CsNoteDialog *self, char *name, GBytes *bytes)
{
  g_free (self->file);
  self->file = name;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = bytes;
  update_cb (self);
}

/* Errors stand where the attachment would. */
static void
tell (CsNoteDialog *self, const GError *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_action_row_set_subtitle (self->attachment, escaped);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsNoteDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);

  if (bytes != NULL)
    attach (self, g_file_get_basename (G_FILE (source)), bytes);
  else
    tell (self, error);
}

/* What is too large is not even read. */
static void
measured_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsNoteDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (info != NULL && g_file_info_get_size (info) > CS_NOTE_MAX_FILE)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _("“%s” is larger than %d MiB: put it elsewhere, and note where"),
                 g_file_info_get_display_name (info), CS_NOTE_MAX_FILE / (1024 * 1024));
  if (error != NULL)
    tell (self, error);
  else
    g_file_load_bytes_async (G_FILE (source), self->cancellable, loaded_cb, g_object_ref (self));
}

static void
chosen_cb (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  g_autoptr (CsNoteDialog) self = user_data;
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
  if (file != NULL)
    g_file_query_info_async (file,
                             G_FILE_ATTRIBUTE_STANDARD_SIZE
                             "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME,
                             G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable,
                             measured_cb, g_object_ref (self));
}

static void
choose_file (CsNoteDialog *self)
{
  GtkFileChooserNative *chooser =
    gtk_file_chooser_native_new (_("Attach a File"), GTK_WINDOW (self),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _("Attach"), _("Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (chosen_cb), g_object_ref (self));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
choose_cb (CsNoteDialog *self)
{
  if (self->bytes != NULL)
    attach (self, NULL, NULL);
  else
    choose_file (self);
}

static void
compress_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (task_data),
                         (GDestroyNotify) g_bytes_unref);
}

static void
compressed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (bytes != NULL)
    attach (CS_NOTE_DIALOG (source), g_strdup (_("Screenshot.png")), bytes);
  else
    tell (CS_NOTE_DIALOG (source), error);
}

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsNoteDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  GdkTexture *texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);

  if (texture == NULL)
    {
      tell (self, error);
      return;
    }
  task = g_task_new (self, self->cancellable, compressed_cb, NULL);
  g_task_set_source_tag (task, pasted_cb);
  g_task_set_task_data (task, texture, g_object_unref);
  g_task_run_in_thread (task, compress_thread);
}

static void
paste_cb (CsNoteDialog *self)
{
  gdk_clipboard_read_texture_async (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                                    self->cancellable, pasted_cb, g_object_ref (self));
}

/* Ctrl+V takes a picture, too; text goes into the text. */
static void
paste_clipboard_cb (CsNoteDialog *self)
{
  if (clipboard_has (self, G_TYPE_STRING) || !clipboard_has (self, GDK_TYPE_TEXTURE))
    return;
  g_signal_stop_emission_by_name (self->text, "paste-clipboard");
  paste_cb (self);
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) window = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_note_finish (CS_DEPLOYMENT (source), result, &error) && window != NULL)
    gtk_widget_activate_action (window, "win.toast", "s", error->message);
}

static void
note_cb (CsNoteDialog *self)
{
  g_autofree char *text = dup_text (self);

  cs_deployment_note_async (self->deployment, cs_workspace_get_actor (self->workspace), self->step,
                            text, self->file, self->bytes, NULL, noted_cb,
                            g_steal_pointer (&self->window));
}

static void
cs_note_dialog_dispose (GObject *object)
{
  CsNoteDialog *self = CS_NOTE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->window);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->step);

  G_OBJECT_CLASS (cs_note_dialog_parent_class)->dispose (object);
}

static void
cs_note_dialog_finalize (GObject *object)
{
  CsNoteDialog *self = CS_NOTE_DIALOG (object);

  g_free (self->file);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (cs_note_dialog_parent_class)->finalize (object);
}

static void
cs_note_dialog_class_init (CsNoteDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_note_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_note_dialog_finalize;
}

static GtkWidget *
add_button (CsNoteDialog *self, const char *icon, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  set_face (button, icon, label);
  adw_action_row_add_suffix (self->attachment, button);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
make_text (CsNoteDialog *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->text = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_wrap_mode (self->text, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (self->text, FALSE);
  gtk_text_view_set_top_margin (self->text, 10);
  gtk_text_view_set_bottom_margin (self->text, 10);
  gtk_text_view_set_left_margin (self->text, 12);
  gtk_text_view_set_right_margin (self->text, 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Note"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->text));
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), TEXT_HEIGHT);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_widget_set_overflow (scrolled, GTK_OVERFLOW_HIDDEN);
  return scrolled;
}

static GtkWidget *
make_attachment (CsNoteDialog *self)
{
  GtkWidget *list = gtk_list_box_new ();

  self->attachment = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->attachment), _("Attachment"));
  adw_action_row_set_subtitle_lines (self->attachment, 0);
  self->paste = add_button (self, "edit-paste-symbolic", _("Paste the Picture"),
                            G_CALLBACK (paste_cb));
  self->choose = add_button (self, "mail-attachment-symbolic", _("Attach a File…"),
                             G_CALLBACK (choose_cb));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (self->attachment));
  return list;
}

static void
cs_note_dialog_init (CsNoteDialog *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->cancellable = g_cancellable_new ();
  gtk_box_append (GTK_BOX (box), make_text (self));
  gtk_box_append (GTK_BOX (box), make_attachment (self));
  adw_message_dialog_set_extra_child (dialog, box);
  adw_message_dialog_add_responses (dialog, "cancel", _("Cancel"), "note", _("Add Note"), NULL);
  adw_message_dialog_set_close_response (dialog, "cancel");
  adw_message_dialog_set_response_appearance (dialog, "note", ADW_RESPONSE_SUGGESTED);

  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed",
                           G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->text, "paste-clipboard", G_CALLBACK (paste_clipboard_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_widget_get_clipboard (GTK_WIDGET (self)), "changed",
                           G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "response::note", G_CALLBACK (note_cb), NULL);
}

/**
 * cs_note_dialog_present: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: a deployment that is not closed
 * @step: one of its steps
 * @text: (nullable): what stands there at first
 *
 * Asks for a note, and records it beside the step.
 */
void
cs_note_dialog_present (GtkWidget *origin,
                        CsWorkspace *workspace,
                        CsDeployment *deployment,
                        CsStepState *step,
                        const char *text)
{
  GtkRoot *root = gtk_widget_get_root (origin);
  g_autofree char *heading =
    g_strdup_printf (_("Note at “%s”"), cs_step_get_title (cs_step_state_get_step (step)));
  CsNoteDialog *self = g_object_new (CS_TYPE_NOTE_DIALOG, "transient-for", root, "modal", TRUE,
                                     "heading", heading, NULL);

  self->window = root != NULL ? g_object_ref (GTK_WIDGET (root)) : NULL;
  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->step = g_object_ref (step);
  if (text != NULL)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
  update_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
  gtk_window_present (GTK_WINDOW (self));
}
