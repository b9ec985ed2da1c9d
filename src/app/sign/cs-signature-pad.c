/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where someone signs by hand: with a pen, a finger, a pointer, the keyboard, or from a file. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-signature-pad.h"

#include "cs-signature-paper.h"

#include <glib/gi18n.h>

struct _CsSignaturePad
{
  AdwBin parent_instance;

  CsSignaturePaper *paper;
  GtkWidget *undo;
  GtkWidget *clear;
  GtkLabel *problem;

  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsSignaturePad, cs_signature_pad, ADW_TYPE_BIN)

static void
show_problem (CsSignaturePad *self, const char *words)
{
  gtk_label_set_label (self->problem, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), words != NULL);
}

static void
changed_cb (CsSignaturePad *self)
{
  gboolean has = cs_signature_paper_get_handwriting (self->paper) != NULL;

  gtk_widget_set_sensitive (self->undo, has);
  gtk_widget_set_sensitive (self->clear, has);
  show_problem (self, NULL);
}

static void
undo_cb (CsSignaturePad *self)
{
  cs_signature_paper_undo (self->paper);
}

static void
clear_cb (CsSignaturePad *self)
{
  cs_signature_paper_set_handwriting (self->paper, NULL);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSignaturePad) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  CsHandwriting *handwriting =
    bytes != NULL ? cs_handwriting_new_from_bytes (bytes, &error) : NULL;

  if (handwriting != NULL)
    cs_signature_paper_set_handwriting (self->paper, handwriting);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static void
sized_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSignaturePad) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (info != NULL && g_file_info_get_size (info) <= CS_HANDWRITING_MAX_SIZE)
    g_file_load_bytes_async (G_FILE (source), self->cancellable, loaded_cb, g_object_ref (self));
  else if (info != NULL)
    show_problem (self, _("The file is too large for a handwriting: 1 MiB is the most"));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsSignaturePad *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE,
                               G_PRIORITY_DEFAULT, self->cancellable, sized_cb,
                               g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
open_cb (CsSignaturePad *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _("A Picture of Your Signature"), GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_OPEN, _("Open"),
    _("Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Pictures (PNG) and strokes (SVG)"));
  gtk_file_filter_add_suffix (filter, "png");
  gtk_file_filter_add_suffix (filter, "svg");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
cs_signature_pad_dispose (GObject *object)
{
  CsSignaturePad *self = CS_SIGNATURE_PAD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (cs_signature_pad_parent_class)->dispose (object);
}

static void
cs_signature_pad_class_init (CsSignaturePadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_signature_pad_dispose;
  g_type_ensure (CS_TYPE_SIGNATURE_PAPER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/sign/cs-signature-pad.ui");
  gtk_widget_class_bind_template_child (widget_class, CsSignaturePad, paper);
  gtk_widget_class_bind_template_child (widget_class, CsSignaturePad, undo);
  gtk_widget_class_bind_template_child (widget_class, CsSignaturePad, clear);
  gtk_widget_class_bind_template_child (widget_class, CsSignaturePad, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, undo_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
}

static void
cs_signature_pad_init (CsSignaturePad *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** cs_signature_pad_dup_bytes: (skip): (transfer full) (nullable): its file; %NULL: it is empty. */
GBytes *
cs_signature_pad_dup_bytes (CsSignaturePad *self)
{
  CsHandwriting *handwriting;

  g_return_val_if_fail (CS_IS_SIGNATURE_PAD (self), NULL);

  handwriting = cs_signature_paper_get_handwriting (self->paper);
  return handwriting != NULL ? cs_handwriting_to_bytes (handwriting) : NULL;
}
