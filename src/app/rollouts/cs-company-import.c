/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new version of the list of companies: read, shown how it differs, recorded. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-import.h"

#include "cs-company-reader.h"
#include "cs-error.h"
#include "cs-reason-dialog.h"
#include "cs-target-shell.h"

#include <glib/gi18n.h>
#include <string.h>

/** Import: on its way; counted references */
typedef struct
{
  GtkWindow *parent;
  CsRolloutList *rollouts;
  char *source;
  CsCompanySource kind;
  GBytes *bytes;
  CsTargetShell *shell; /* NULL: from a file */
  CsCompanyList *before;
  CsCompanyList *list;
  CsCompanyDifference difference;
} Import;

static void
import_clear (gpointer data)
{
  Import *import = data;

  g_clear_object (&import->parent);
  g_clear_object (&import->rollouts);
  g_clear_object (&import->shell);
  g_free (import->source);
  g_clear_pointer (&import->bytes, g_bytes_unref);
  g_clear_pointer (&import->before, cs_company_list_unref);
  g_clear_pointer (&import->list, cs_company_list_unref);
}

static void
import_unref (Import *import)
{
  g_rc_box_release_full (import, import_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Import, import_unref)

static void
tell (Import *import, const char *words)
{
  gtk_widget_activate_action (GTK_WIDGET (import->parent), "win.toast", "s", words);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Import) import = user_data;
  g_autoptr (GError) error = NULL;
  CsCompanyVersion *version =
    cs_companies_import_finish (CS_COMPANIES (source), result, &error);
  g_autofree char *words = NULL;

  if (version == NULL)
    {
      tell (import, error->message);
      return;
    }
  words = g_strdup_printf (ngettext ("%u company imported", "%u companies imported",
                                     cs_company_version_get_count (version)),
                           cs_company_version_get_count (version));
  tell (import, words);
}

static void
answered_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Import *import = user_data;
  CsWorkspace *workspace = cs_rollout_list_get_workspace (import->rollouts);

  if (g_str_equal (response, "import"))
    cs_companies_import_async (cs_rollout_list_get_companies (import->rollouts),
                               cs_workspace_get_actor (workspace), import->list, import->source,
                               NULL, imported_cb, g_rc_box_acquire (import));
}

static void
dialog_closed (gpointer data, GClosure *closure)
{
  import_unref (data);
}

static void
ask (Import *import)
{
  guint n = cs_company_list_get_n (import->list);
  g_autofree char *heading =
    g_strdup_printf (ngettext ("Import %u Company?", "Import %u Companies?", n), n);
  g_autofree char *body =
    g_strdup_printf (_("Compared with the list now: %u new, %u gone, %u changed. Who has a "
                       "feature keeps it until its flag is switched the next time."),
                     import->difference.n_added, import->difference.n_removed,
                     import->difference.n_changed);
  GtkWidget *dialog = adw_message_dialog_new (import->parent, heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "import",
                                    _("Import"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "import",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "import");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (answered_cb), g_rc_box_acquire (import),
                         dialog_closed, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;

  import->list = cs_company_reader_read (import->bytes, import->kind, &error);
  if (import->list == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  import->difference = cs_company_list_compare (import->list, import->before);
  g_task_return_boolean (task, TRUE);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Import) import = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    ask (import);
  else
    tell (import, error->message);
}

/* Large lists take their time, and the window goes on; the task has the import to itself. */
static void
begin_reading (Import *import)
{
  CsCompanyList *before = cs_rollout_list_get_company_list (import->rollouts);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, read_cb, g_rc_box_acquire (import));

  if (before != NULL)
    import->before = cs_company_list_ref (before);
  g_task_set_source_tag (task, begin_reading);
  g_task_set_task_data (task, import, NULL);
  g_task_run_in_thread (task, read_in_thread);
}

static Import *
import_new (GtkWindow *parent, CsRolloutList *rollouts, CsCompanySource kind)
{
  Import *import = g_rc_box_new0 (Import);

  import->parent = g_object_ref (parent);
  import->rollouts = g_object_ref (rollouts);
  import->kind = kind;
  return import;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Import) import = user_data;
  g_autoptr (GError) error = NULL;

  import->bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  if (import->bytes != NULL)
    begin_reading (import);
  else
    tell (import, error->message);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  Import *import = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *name = g_file_get_basename (file);

      import->source = g_utf8_make_valid (name, -1);
      g_file_load_bytes_async (file, NULL, loaded_cb, g_rc_box_acquire (import));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

/** cs_company_import_file: (skip): of CSV or JSON. */
void
cs_company_import_file (GtkWindow *parent, CsRolloutList *rollouts)
{
  g_autoptr (GtkFileFilter) lists = gtk_file_filter_new ();
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _("Import Companies"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, _("Import"), _("Cancel"));

  gtk_file_filter_set_name (lists, _("Lists (CSV, JSON)"));
  gtk_file_filter_add_suffix (lists, "csv");
  gtk_file_filter_add_suffix (lists, "json");
  gtk_file_filter_add_suffix (lists, "txt");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), lists);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (chosen_cb),
                         import_new (parent, rollouts, CS_COMPANY_FILE), dialog_closed, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
shell_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  cs_target_shell_close_finish (CS_TARGET_SHELL (source), result, NULL);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Import) import = user_data;
  g_autoptr (GError) error = NULL;
  int status = 0;
  g_autofree char *output =
    cs_target_shell_run_finish (CS_TARGET_SHELL (source), result, &status, &error);
  g_autofree char *words = NULL;

  cs_target_shell_close_async (import->shell, shell_closed_cb, NULL);
  if (output == NULL)
    words = g_strdup (error->message);
  else if (status != 0)
    {
      g_autofree char *told = g_utf8_make_valid (output, (gssize) MIN (strlen (output), 300));

      words = g_strdup_printf (_("The command ended with status %d: %s"), status,
                               g_strstrip (told));
    }
  if (words != NULL)
    {
      tell (import, words);
      return;
    }
  import->bytes = g_bytes_new (output, strlen (output));
  begin_reading (import);
}

static void
command_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Import *import = user_data;
  CsWorkspace *workspace = cs_rollout_list_get_workspace (import->rollouts);
  CsTargets *targets = cs_workspace_get_targets (workspace);
  g_autoptr (CsTarget) target =
    g_list_model_get_item (G_LIST_MODEL (targets), cs_reason_dialog_get_choice (dialog));
  g_autofree char *state = cs_workspace_dup_state_directory (workspace);
  const char *const none[] = { NULL };

  if (!g_str_equal (response, "confirm") || target == NULL)
    return;
  import->source = g_strdup_printf ("a command on %s", cs_target_get_name (target));
  import->shell = cs_target_shell_new (targets, cs_workspace_get_breakers (workspace), state,
                                       cs_target_get_name (target));
  cs_target_shell_run_async (import->shell, cs_reason_dialog_get_text (dialog), none, NULL, NULL,
                             ran_cb, g_rc_box_acquire (import));
}

/** cs_company_import_command: (skip): what a command on a server prints. */
void
cs_company_import_command (GtkWindow *parent, CsRolloutList *rollouts)
{
  CsTargets *targets = cs_workspace_get_targets (cs_rollout_list_get_workspace (rollouts));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (targets));
  CsReasonDialog *dialog;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (G_LIST_MODEL (targets), i);

      gtk_string_list_append (names, cs_target_get_name (target));
    }
  dialog = cs_reason_dialog_new (
    parent, _("Import from a Command"),
    n > 0 ? _("It runs on the server and prints CSV, JSON, or a table as psql and mysql do, with "
              "columns like id, name and size.")
          : _("There is no server that it could run on. Add one under Servers."),
    _("Command"), _("Run"), FALSE);
  if (n > 0)
    cs_reason_dialog_set_choices (dialog, _("Server"), names);
  g_signal_connect_data (dialog, "response", G_CALLBACK (command_cb),
                         import_new (parent, rollouts, CS_COMPANY_COMMAND), dialog_closed, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
