/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a deployment leaves behind, as files for others. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-export.h"

#include "cs-evidence-export.h"
#include "cs-history-csv.h"
#include "cs-sheet.h"
#include "cs-watch.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* One export, from the question where to until it is told how it went. */
typedef struct
{
  GtkWidget *origin; /* weak: the page may be gone before the file is there */
  CsWorkspace *workspace;
  CsDeployment *deployment;
  GFile *file;
  char *digest; /* of the blob that is saved; NULL elsewhere */
  GBytes *text; /* what is saved, if that is known beforehand; NULL elsewhere */
  GCancellable *cancellable;
  AdwMessageDialog *dialog; /* weak: of the evidence: how far it is */
  GtkProgressBar *bar;      /* in the dialog */
} Export;

typedef void (*BeginFunc) (Export *self);

static void
export_free (Export *self)
{
  g_clear_weak_pointer (&self->origin);
  g_clear_weak_pointer (&self->dialog);
  g_object_unref (self->workspace);
  g_object_unref (self->deployment);
  g_clear_object (&self->file);
  g_free (self->digest);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_object_unref (self->cancellable);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

static GtkWindow *
get_window (Export *self)
{
  return self->origin != NULL ? GTK_WINDOW (gtk_widget_get_root (self->origin)) : NULL;
}

static void
tell (Export *self, const char *words)
{
  if (self->origin != NULL)
    gtk_widget_activate_action (self->origin, "win.toast", "s", words);
}

static void
tell_end (Export *self, const GError *error)
{
  g_autofree char *path = g_file_get_parse_name (self->file);
  g_autofree char *words = g_strdup_printf (_("Saved in %s"), path);

  if (error == NULL)
    tell (self, words);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell (self, error->message);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) self = user_data;
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  tell_end (self, error);
}

static void
save (Export *self, GBytes *bytes)
{
  g_file_replace_contents_bytes_async (self->file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       self->cancellable, saved_cb, self);
}

static void
blob_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);

  if (bytes == NULL)
    tell_end (self, error);
  else
    save (g_steal_pointer (&self), bytes);
}

static void
begin_text (Export *self)
{
  save (self, self->text);
}

static void
begin_file (Export *self)
{
  cs_store_get_blob_async (cs_workspace_get_store (self->workspace), self->digest,
                           self->cancellable, blob_cb, self);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);
  g_autoptr (GBytes) bytes = NULL;
  GString *text;

  if (records == NULL)
    {
      tell_end (self, error);
      return;
    }
  text = g_string_new (NULL);
  cs_history_csv_append_header (text);
  for (guint i = 0; i < records->len; i++)
    cs_history_csv_append_record (text, records->pdata[i]);
  bytes = g_string_free_to_bytes (text);
  save (g_steal_pointer (&self), bytes);
}

static void
begin_csv (Export *self)
{
  cs_store_read_async (cs_workspace_get_store (self->workspace),
                       cs_deployment_get_stream (self->deployment), 0, self->cancellable, read_cb,
                       self);
}

static void
render_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GBytes *bytes = cs_sheet_render (task_data, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
rendered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (bytes == NULL)
    tell_end (self, error);
  else
    save (g_steal_pointer (&self), bytes);
}

static void
watched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) watched = cs_store_read_finish (CS_STORE (source), result, &error);
  g_autoptr (CsSheet) sheet = NULL;
  g_autoptr (GTask) task = NULL;
  GCancellable *cancellable = self->cancellable;

  if (watched == NULL)
    {
      tell_end (self, error);
      return;
    }
  sheet = cs_sheet_new (self->deployment);
  cs_sheet_add_watch (sheet, watched);
  task = g_task_new (NULL, cancellable, rendered_cb, g_steal_pointer (&self));
  g_task_set_source_tag (task, watched_cb);
  g_task_set_task_data (task, g_steal_pointer (&sheet), (GDestroyNotify) cs_sheet_free);
  g_task_run_in_thread (task, render_thread);
}

static void
begin_sheet (Export *self)
{
  g_autofree char *stream =
    g_strconcat (CS_WATCH_STREAM_PREFIX, cs_deployment_get_stream (self->deployment), NULL);

  cs_store_read_async (cs_workspace_get_store (self->workspace), stream, 0, self->cancellable,
                       watched_cb, self);
}

static void
progress_cb (guint done, guint total, gpointer user_data)
{
  Export *self = user_data;

  if (self->dialog != NULL)
    gtk_progress_bar_set_fraction (self->bar, (double) done / MAX (total, 1));
}

/* Whoever keeps this number elsewhere can show later that nothing was cut off. */
static void
show_digest (Export *self, const char *digest)
{
  g_autofree char *path = g_file_get_parse_name (self->file);
  g_autofree char *body = g_strdup_printf (
    _("It is in %s; its README says how anyone verifies it without Countersign. Keep this number "
      "somewhere else: with it even records cut off later are found."),
    path);
  GtkWidget *dialog;
  GtkWidget *label = gtk_label_new (digest);

  if (get_window (self) == NULL)
    return;
  dialog = adw_message_dialog_new (get_window (self), _("The Evidence Is Complete"), body);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_widget_add_css_class (label, "monospace");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), label);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = cs_evidence_export_finish (result, &error);

  if (self->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (self->dialog));
  if (digest != NULL)
    show_digest (self, digest);
  else
    tell_end (self, error);
}

static void
begin_evidence (Export *self)
{
  g_autofree char *path = g_file_get_path (self->file);
  GtkWidget *bar = gtk_progress_bar_new ();
  GtkWidget *dialog;

  if (path == NULL || get_window (self) == NULL)
    {
      tell (self, _("Evidence can only be written to a folder of this computer"));
      export_free (self);
      return;
    }
  dialog = adw_message_dialog_new (get_window (self), _("Writing the Evidence…"), NULL);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), bar);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"));
  g_signal_connect_object (dialog, "response::cancel", G_CALLBACK (g_cancellable_cancel),
                           self->cancellable, G_CONNECT_SWAPPED);
  self->bar = GTK_PROGRESS_BAR (bar);
  g_set_weak_pointer (&self->dialog, ADW_MESSAGE_DIALOG (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
  cs_evidence_export_async (self->workspace, self->deployment, path, progress_cb, self,
                            self->cancellable, exported_cb, self);
}

/* Under this the question where to has what is then begun. */
#define BEGIN "begin"

static void
chosen_cb (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  g_autoptr (Export) self = user_data;
  BeginFunc begin = (BeginFunc) g_object_get_data (G_OBJECT (chooser), BEGIN);

  if (response == GTK_RESPONSE_ACCEPT)
    self->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
  if (self->file != NULL)
    begin (g_steal_pointer (&self));
}

static Export *
export_new (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  Export *self = g_new0 (Export, 1);

  g_set_weak_pointer (&self->origin, origin);
  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->cancellable = g_cancellable_new ();
  return self;
}

static void
ask (Export *self, const char *title, const char *proposal, BeginFunc begin)
{
  g_autofree char *name = g_strdup (proposal);
  GtkFileChooserNative *chooser;

  chooser = gtk_file_chooser_native_new (title, get_window (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                         _("Save"), _("Cancel"));
  g_strdelimit (name, "/\\:", '-');
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_object_set_data (G_OBJECT (chooser), BEGIN, (gpointer) begin);
  g_signal_connect (chooser, "response", G_CALLBACK (chosen_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* Called after the deployment. */
static void
ask_for (Export *self, const char *title, const char *ending, BeginFunc begin)
{
  g_autofree char *name =
    g_strdup_printf ("%s %.8s%s", cs_deployment_get_title (self->deployment),
                     cs_deployment_get_id (self->deployment), ending);

  ask (self, title, name, begin);
}

/** cs_export_evidence: (skip): a folder that proves the deployment to others. */
void
cs_export_evidence (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  ask_for (export_new (origin, workspace, deployment), _("Export the Evidence as a Folder"), "",
           begin_evidence);
}

/** cs_export_sheet: (skip): the sheet to print and file. */
void
cs_export_sheet (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  ask_for (export_new (origin, workspace, deployment), _("Export the Sheet"), ".pdf", begin_sheet);
}

/** cs_export_csv: (skip): the records for a spreadsheet. */
void
cs_export_csv (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  ask_for (export_new (origin, workspace, deployment), _("Export the Records"), ".csv", begin_csv);
}

/**
 * cs_export_file: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: the deployment
 * @name: what it was called when it was attached
 * @digest: its blob
 *
 * A file that was attached to a step, as it was.
 */
void
cs_export_file (GtkWidget *origin,
                CsWorkspace *workspace,
                CsDeployment *deployment,
                const char *name,
                const char *digest)
{
  Export *self = export_new (origin, workspace, deployment);

  self->digest = g_strdup (digest);
  ask (self, _("Save the Attachment"), name, begin_file);
}

/** cs_export_text: (skip): the incident report, as Markdown. */
void
cs_export_text (GtkWidget *origin,
                CsWorkspace *workspace,
                CsDeployment *deployment,
                const char *text)
{
  Export *self = export_new (origin, workspace, deployment);

  self->text = g_bytes_new (text, strlen (text));
  ask_for (self, _("Save the Report"), ".md", begin_text);
}
