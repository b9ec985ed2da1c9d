/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proof of a signature: what was signed, by whom, and how anyone can verify it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-proof-window.h"

#include "cs-envelope.h"
#include "cs-handwriting-view.h"
#include "cs-proof-files.h"
#include "cs-ruling-sheet.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsProofWindow
{
  AdwWindow parent_instance;

  CsHandwritingView *handwriting;
  AdwActionRow *verified;
  GtkImage *mark;
  AdwActionRow *signer;
  AdwActionRow *key;
  AdwActionRow *date;
  GtkTextView *text;
  GtkWidget *save;
  GtkLabel *command;
  GtkLabel *saved;

  GtkWidget *ways_back;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsEnvelope *envelope; /* NULL: not read yet, or none */
  CsSignoffState *signoff;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsProofWindow, cs_proof_window, ADW_TYPE_WINDOW)

static void
set_subtitle (AdwActionRow *row, const char *words)
{
  g_autofree char *escaped = g_markup_escape_text (words != NULL ? words : "", -1);

  adw_action_row_set_subtitle (row, escaped);
}

static void
set_verified (CsProofWindow *self, const char *icon, const char *css_class, const char *title)
{
  const char *classes[] = { css_class, NULL };

  gtk_image_set_from_icon_name (self->mark, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->mark), classes);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->verified), title);
}

static void
update_verified_cb (CsProofWindow *self)
{
  const char *problem = cs_signoff_state_get_problem (self->signoff);

  cs_handwriting_view_set_bytes (self->handwriting,
                                 cs_signoff_state_get_handwriting (self->signoff));
  switch (cs_signoff_state_get_verified (self->signoff))
    {
    case CS_VERIFIED_GOOD:
      set_verified (self, "security-high-symbolic", "success", _("Verified"));
      set_subtitle (self->verified,
                    _("The signature is by this key, over exactly what is recorded."));
      break;
    case CS_VERIFIED_BAD:
      set_verified (self, "security-low-symbolic", "error", _("Not Verified"));
      set_subtitle (self->verified, problem);
      break;
    case CS_VERIFIED_UNKNOWN:
    default:
      set_verified (self, "content-loading-symbolic", "dim-label", _("Being Verified…"));
      set_subtitle (self->verified, NULL);
    }
}

/* The payload for reading, with the signature as it would go to ssh-keygen. */
static char *
format_envelope (CsProofWindow *self, GBytes *bytes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonParser) payload_parser = json_parser_new ();
  CsEnvelope *envelope;
  g_autoptr (GString) text = NULL;
  g_autofree char *pretty = NULL;
  GBytes *payload;

  if (!json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                                   (gssize) g_bytes_get_size (bytes), error))
    return NULL;

  envelope = cs_envelope_new_from_json (json_parser_get_root (parser), error);
  if (envelope == NULL)
    return NULL;
  g_clear_object (&self->envelope);
  self->envelope = envelope;

  payload = cs_envelope_get_payload (envelope);
  if (!json_parser_load_from_data (payload_parser, g_bytes_get_data (payload, NULL),
                                   (gssize) g_bytes_get_size (payload), error))
    return NULL;

  pretty = json_to_string (json_parser_get_root (payload_parser), TRUE);
  text = g_string_new (pretty);
  for (guint i = 0; i < cs_envelope_get_n_signatures (envelope); i++)
    g_string_append_printf (text, "\n\n%s", cs_envelope_get_signature (envelope, i));

  return g_strchomp (g_string_free (g_steal_pointer (&text), FALSE));
}

static void
envelope_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsProofWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  g_autofree char *text = bytes != NULL ? format_envelope (self, bytes, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text),
                            text != NULL ? text : error->message, -1);
  gtk_widget_set_sensitive (self->save, self->envelope != NULL &&
                                          cs_envelope_get_n_signatures (self->envelope) > 0);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsProofWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_parse_name (G_FILE (source));
  g_autofree char *words = g_strdup_printf (_("The files are in %s"), path);
  gboolean done = cs_proof_files_save_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_label (self->saved, done ? words : error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->saved), TRUE);
}

static void
folder_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsProofWindow *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *signers =
        cs_people_dup_allowed_signers (cs_workspace_get_people (self->workspace));

      cs_proof_files_save_async (folder, self->envelope, signers, self->cancellable, saved_cb,
                                 g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
save_cb (CsProofWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _("A Folder for the Three Files"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
    _("Save"), _("Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (folder_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
withdraw_cb (CsProofWindow *self)
{
  cs_ruling_sheet_withdraw (GTK_WINDOW (self), self->workspace, self->deployment, self->signoff);
}

static void
overrule_cb (CsProofWindow *self)
{
  cs_ruling_sheet_overrule (GTK_WINDOW (self), self->workspace, self->deployment, self->signoff);
}

static void
update_ways_back_cb (CsProofWindow *self)
{
  gtk_widget_set_visible (self->ways_back,
                          cs_signoff_state_get_status (self->signoff) == CS_STATUS_FAILED &&
                            !cs_signoff_state_get_approve (self->signoff));
}

static void
cs_proof_window_dispose (GObject *object)
{
  CsProofWindow *self = CS_PROOF_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->signoff);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->envelope);

  G_OBJECT_CLASS (cs_proof_window_parent_class)->dispose (object);
}

static void
cs_proof_window_class_init (CsProofWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_proof_window_dispose;

  g_type_ensure (CS_TYPE_HANDWRITING_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/sign/cs-proof-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, handwriting);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, verified);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, mark);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, signer);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, key);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, date);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, text);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, save);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, command);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, saved);
  gtk_widget_class_bind_template_child (widget_class, CsProofWindow, ways_back);
  gtk_widget_class_bind_template_callback (widget_class, withdraw_cb);
  gtk_widget_class_bind_template_callback (widget_class, overrule_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
cs_proof_window_init (CsProofWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_signature (CsProofWindow *self)
{
  CsSignoffState *signoff = self->signoff;
  g_autofree char *signer = g_strdup_printf ("%s <%s>, %s",
                                             cs_signoff_state_get_signer_name (signoff),
                                             cs_signoff_state_get_signer (signoff),
                                             cs_signoff_state_get_role (signoff));
  g_autofree char *date = cs_time_words_date (cs_signoff_state_get_at (signoff));
  g_autofree char *time = cs_time_words_time (cs_signoff_state_get_at (signoff));
  g_autofree char *when = g_strdup_printf ("%s, %s", date, time);

  set_subtitle (self->signer, signer);
  set_subtitle (self->key, cs_signoff_state_get_fingerprint (signoff));
  set_subtitle (self->date, when);
  update_verified_cb (self);
}

/**
 * cs_proof_window_present: (skip)
 * @origin: who asked; the window stands before its window
 * @workspace: the workspace
 * @deployment: the deployment
 * @signoff: a line that is signed
 *
 * Shows the proof.
 */
void
cs_proof_window_present (GtkWidget *origin,
                         CsWorkspace *workspace,
                         CsDeployment *deployment,
                         CsSignoffState *signoff)
{
  CsProofWindow *self =
    g_object_new (CS_TYPE_PROOF_WINDOW, "transient-for", gtk_widget_get_root (origin), NULL);
  g_autofree char *command = NULL;

  self->signoff = g_object_ref (signoff);
  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  command = cs_proof_files_dup_command (cs_signoff_state_get_signer (signoff),
                                        cs_signoff_state_get_at (signoff));
  gtk_label_set_label (self->command, command);
  show_signature (self);
  g_signal_connect_object (signoff, "notify::verified", G_CALLBACK (update_verified_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_ways_back_cb), self,
                           G_CONNECT_SWAPPED);
  update_ways_back_cb (self);
  cs_store_get_blob_async (cs_workspace_get_store (workspace),
                           cs_signoff_state_get_envelope (signoff), self->cancellable, envelope_cb,
                           g_object_ref (self));

  gtk_window_present (GTK_WINDOW (self));
}
