/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proves that the journal is whole, with progress, and says what came out. */

#define G_LOG_DOMAIN "cs-verify-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-audit.h"
#include "cs-verify-dialog.h"

/* A journal that is broken all over has one finding a record; the first ones tell the story. */
#define MAX_FINDINGS 200

struct _CsVerifyDialog
{
  AdwWindow parent_instance;

  GCancellable *cancellable;

  GtkStack *stack;
  GtkProgressBar *progress;
  AdwStatusPage *result;
  GtkListBox *findings;
  GtkWidget *close_button;
};

G_DEFINE_FINAL_TYPE (CsVerifyDialog, cs_verify_dialog, ADW_TYPE_WINDOW)

static void
show_result (CsVerifyDialog *self,
             const char *icon,
             const char *style,
             const char *title,
             const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->result, icon);
  adw_status_page_set_title (self->result, title);
  adw_status_page_set_description (self->result, escaped);
  gtk_widget_add_css_class (GTK_WIDGET (self->result), style);
  gtk_stack_set_visible_child_name (self->stack, "done");
  gtk_widget_grab_focus (self->close_button);
}

static void
add_row (CsVerifyDialog *self,
         const char *icon_name,
         const char *style,
         const char *message,
         const char *place)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (icon_name);
  g_autofree char *title = g_markup_escape_text (message, -1);
  g_autofree char *subtitle = g_markup_escape_text (place, -1);

  gtk_widget_add_css_class (icon, style);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_append (self->findings, row);
  gtk_widget_set_visible (GTK_WIDGET (self->findings), TRUE);
}

static void
add_finding (CsVerifyDialog *self, CsFinding *finding)
{
  g_autofree char *place = NULL;

  if (finding->stream != NULL && finding->n >= 0)
    /* Translators: a record's number in its stream, and the stream */
    place = g_strdup_printf (_("Record %lld of %s"), (long long) finding->n, finding->stream);
  else if (finding->stream != NULL)
    place = g_strdup (finding->stream);
  else if (finding->blob != NULL)
    place = g_strdup_printf (_("Stored data %s"), finding->blob);
  add_row (self, "dialog-error-symbolic", "error", finding->message, place != NULL ? place : "");
}

/* Whom nobody could ask has not said that anything is wrong. */
static void
add_notes (CsVerifyDialog *self, GPtrArray *notes)
{
  for (guint i = 0; i < MIN (notes->len, MAX_FINDINGS); i++)
    add_row (self, "dialog-warning-symbolic", "warning", g_ptr_array_index (notes, i), "");
}

static void
show_clean (CsVerifyDialog *self, CsVerification *verification)
{
  gint64 n_records = cs_verification_get_n_records (verification);
  gint64 n_blobs = cs_verification_get_n_blobs (verification);
  g_autofree char *records = NULL;
  g_autofree char *blobs = NULL;
  g_autofree char *description = NULL;

  records = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%lld record", "%lld records", n_records), (long long) n_records);
  blobs = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%lld stored output or document",
                 "%lld stored outputs and documents", n_blobs),
    (long long) n_blobs);
  /* Translators: "12 records", "3 stored outputs and documents" */
  description = g_strdup_printf (_("%s and %s are exactly as they were written, and every "
                                   "signature is good."),
                                 records, blobs);
  show_result (self, "security-high-symbolic", "good", _("Nothing Was Changed"), description);
}

static void
show_findings (CsVerifyDialog *self, GPtrArray *findings)
{
  g_autofree char *title = NULL;

  title = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u Thing Is Wrong", "%u Things Are Wrong",
                                        findings->len),
                           findings->len);
  for (guint i = 0; i < MIN (findings->len, MAX_FINDINGS); i++)
    add_finding (self, g_ptr_array_index (findings, i));
  show_result (self, "security-low-symbolic", "bad", title,
               _("The journal is not as it was written. Keep this computer as it is, compare with "
                 "a backup, and find out who could write to the data directory."));
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsVerifyDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsVerification) verification = cs_audit_verify_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (verification == NULL)
    show_result (self, "dialog-warning-symbolic", "open", _("Not Verified"), error->message);
  else if (cs_verification_is_clean (verification))
    show_clean (self, verification);
  else
    show_findings (self, cs_verification_get_findings (verification));
  if (verification != NULL)
    add_notes (self, cs_verification_get_notes (verification));
}

static void
progress_cb (gint64 done, gint64 total, gpointer user_data)
{
  CsVerifyDialog *self = user_data;
  g_autofree char *text = NULL;

  /* A cancelled verification may still report once after the window has gone. */
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  text = g_strdup_printf (_("%lld of %lld"), (long long) done, (long long) total);
  gtk_progress_bar_set_fraction (self->progress, total > 0 ? (double) done / total : 0);
  gtk_progress_bar_set_text (self->progress, text);
}

static void
cs_verify_dialog_dispose (GObject *object)
{
  CsVerifyDialog *self = CS_VERIFY_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (cs_verify_dialog_parent_class)->dispose (object);
}

static void
cs_verify_dialog_finalize (GObject *object)
{
  g_clear_object (&CS_VERIFY_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (cs_verify_dialog_parent_class)->finalize (object);
}

static gboolean
cs_verify_dialog_close_request (GtkWindow *window)
{
  g_cancellable_cancel (CS_VERIFY_DIALOG (window)->cancellable);
  return GTK_WINDOW_CLASS (cs_verify_dialog_parent_class)->close_request (window);
}

static void
cs_verify_dialog_class_init (CsVerifyDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_verify_dialog_dispose;
  object_class->finalize = cs_verify_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = cs_verify_dialog_close_request;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/history/cs-verify-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsVerifyDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, CsVerifyDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, CsVerifyDialog, result);
  gtk_widget_class_bind_template_child (widget_class, CsVerifyDialog, findings);
  gtk_widget_class_bind_template_child (widget_class, CsVerifyDialog, close_button);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_verify_dialog_init (CsVerifyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/**
 * cs_verify_dialog_present:
 * @parent: a widget in the window to open over
 * @workspace: whose journal is to be proved
 *
 * Opens the dialog and begins; closing it cancels.
 */
void
cs_verify_dialog_present (GtkWidget *parent, CsWorkspace *workspace)
{
  CsVerifyDialog *self = g_object_new (CS_TYPE_VERIFY_DIALOG, "transient-for",
                                       gtk_widget_get_root (parent), NULL);

  /* The callback holds a reference, so progress always finds the dialog. */
  cs_audit_verify_async (workspace, progress_cb, self, self->cancellable, verified_cb,
                         g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
}
