/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds a flag: where it is switched, and its stages. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-flag-dialog.h"

#include "cs-environment-row.h"
#include "cs-error.h"
#include "cs-flag-suggestions.h"
#include "cs-json.h"
#include "cs-stage-line.h"

#include <glib/gi18n.h>

/* In the order of the rows that are chosen from. */
typedef enum
{
  DOTENV,
  FLAGD,
  UNLEASH,
  N_KINDS,
} Kind;

static const char *const kinds[N_KINDS] = { "dotenv", "flagd", "unleash" };

struct _CsFlagDialog
{
  AdwWindow parent_instance;

  CsRolloutList *rollouts;
  GCancellable *cancellable;
  gboolean adding;

  AdwEntryRow *key_row;
  AdwEntryRow *description_row;
  AdwEntryRow *owner_row;
  CsEnvironmentRow *environment_row;
  AdwComboRow *kind_row;
  AdwComboRow *target_row;
  AdwEntryRow *path_row;
  AdwEntryRow *companies_row;
  AdwEntryRow *everyone_row;
  AdwEntryRow *reload_row;
  AdwEntryRow *readback_row;
  AdwEntryRow *url_row;
  AdwEntryRow *unleash_row;
  AdwEntryRow *secret_row;
  AdwEntryRow *context_row;
  GtkTextView *stages;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (CsFlagDialog, cs_flag_dialog, ADW_TYPE_WINDOW)

static Kind
get_kind (CsFlagDialog *self)
{
  return (Kind) adw_combo_row_get_selected (self->kind_row);
}

static const char *
get_target (CsFlagDialog *self)
{
  GtkStringObject *chosen = adw_combo_row_get_selected_item (self->target_row);

  return chosen != NULL ? gtk_string_object_get_string (chosen) : NULL;
}

static void
set_member (JsonObject *object, const char *member, AdwEntryRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  if (*text != '\0')
    json_object_set_string_member (object, member, text);
}

static JsonObject *
build_provider (CsFlagDialog *self)
{
  JsonObject *provider = json_object_new ();
  Kind kind = get_kind (self);
  const char *target = get_target (self);
  g_autofree char *reload =
    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reload_row))));

  json_object_set_string_member (provider, "kind", kinds[kind]);
  if (kind == UNLEASH)
    {
      set_member (provider, "url", self->url_row);
      set_member (provider, "environment", self->unleash_row);
      set_member (provider, "secret", self->secret_row);
      set_member (provider, "context", self->context_row);
      return provider;
    }
  if (target != NULL)
    json_object_set_string_member (provider, "target", target);
  set_member (provider, "path", self->path_row);
  if (*reload != '\0')
    {
      JsonArray *commands = json_array_new ();

      json_array_add_string_element (commands, reload);
      json_object_set_array_member (provider, "reload", commands);
    }
  if (kind == FLAGD)
    {
      set_member (provider, "context", self->context_row);
      return provider;
    }
  set_member (provider, "companies", self->companies_row);
  set_member (provider, "everyone", self->everyone_row);
  set_member (provider, "readback", self->readback_row);
  return provider;
}

static JsonArray *
build_stages (CsFlagDialog *self, GError **error)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->stages);
  g_autoptr (JsonArray) stages = json_array_new ();
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      JsonObject *stage;
      CsStage *checked;

      if (*g_strstrip (lines[i]) == '\0')
        continue;
      stage = cs_stage_line_parse (lines[i], error);
      if (stage == NULL)
        return NULL;
      json_array_add_object_element (stages, stage);
      checked = cs_stage_new_from_json (stage, error);
      if (checked == NULL)
        return NULL;
      cs_stage_free (checked);
    }
  return g_steal_pointer (&stages);
}

/* What was filled in, if a flag can be made of it. */
static JsonObject *
build (CsFlagDialog *self, GError **error)
{
  CsRolloutSite *site = cs_rollout_list_get_site (self->rollouts);
  g_autoptr (JsonObject) definition = json_object_new ();
  const char *environment = cs_environment_row_get (self->environment_row);
  const char *key = gtk_editable_get_text (GTK_EDITABLE (self->key_row));
  JsonObject *settings = build_provider (self);
  g_autoptr (CsFlagProvider) provider = NULL;
  JsonArray *stages;

  json_object_set_object_member (definition, "provider", settings);
  json_object_set_string_member (definition, "key", key);
  set_member (definition, "description", self->description_row);
  set_member (definition, "owner", self->owner_row);
  if (environment != NULL)
    json_object_set_string_member (definition, "environment", environment);
  if (!cs_flag_key_check (key, error))
    return NULL;
  provider = cs_rollout_site_make_provider (
    site, key, environment != NULL ? environment : "production", settings, error);
  stages = provider != NULL ? build_stages (self, error) : NULL;
  if (stages == NULL)
    return NULL;
  json_object_set_array_member (definition, "stages", stages);
  return g_steal_pointer (&definition);
}

static void
show_problem (CsFlagDialog *self, const char *words)
{
  gtk_label_set_text (self->problem, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), words != NULL);
}

/* Nobody is told that what they are still typing is wrong. */
static gboolean
tells_more (CsFlagDialog *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->key_row)) != '\0' &&
         gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->stages)) > 0;
}

static void
changed_cb (CsFlagDialog *self)
{
  Kind kind = get_kind (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) definition = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->target_row), kind != UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->path_row), kind != UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->reload_row), kind != UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->companies_row), kind == DOTENV);
  gtk_widget_set_visible (GTK_WIDGET (self->everyone_row), kind == DOTENV);
  gtk_widget_set_visible (GTK_WIDGET (self->readback_row), kind == DOTENV);
  gtk_widget_set_visible (GTK_WIDGET (self->url_row), kind == UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->unleash_row), kind == UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->secret_row), kind == UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->context_row), kind != DOTENV);
  /* The first notifications come while the template is being built. */
  if (self->rollouts == NULL)
    return;
  definition = build (self, &error);
  show_problem (self, definition == NULL && tells_more (self) ? error->message : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "flag-dialog.add",
                                 definition != NULL && !self->adding);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFlagDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  self->adding = FALSE;
  if (cs_flag_add_finish (result, &error))
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "flag-dialog.add", TRUE);
  show_problem (self, error->message);
}

static void
add_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsFlagDialog *self = CS_FLAG_DIALOG (widget);
  CsWorkspace *workspace = cs_rollout_list_get_workspace (self->rollouts);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) definition = build (self, &error);

  if (definition == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  self->adding = TRUE;
  gtk_widget_action_set_enabled (widget, "flag-dialog.add", FALSE);
  cs_flag_add_async (cs_workspace_get_store (workspace), cs_workspace_get_actor (workspace),
                     definition, self->cancellable, added_cb, g_object_ref (self));
}

static void
set_text (AdwEntryRow *row, const char *text)
{
  if (text != NULL)
    gtk_editable_set_text (GTK_EDITABLE (row), text);
}

static void
fill (CsFlagDialog *self, JsonObject *definition)
{
  JsonObject *provider = cs_json_get_object (definition, "provider");
  JsonArray *stages = cs_json_get_array (definition, "stages");
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; stages != NULL && i < json_array_get_length (stages); i++)
    {
      g_autofree char *line = cs_stage_line_write (json_array_get_object_element (stages, i));

      g_string_append_printf (lines, "%s\n", line);
    }
  adw_combo_row_set_selected (self->kind_row, DOTENV);
  set_text (self->key_row, cs_json_get_string (definition, "key"));
  set_text (self->description_row, cs_json_get_string (definition, "description"));
  set_text (self->companies_row, cs_json_get_string (provider, "companies"));
  set_text (self->everyone_row, cs_json_get_string (provider, "everyone"));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->stages), lines->str, -1);
}

static void
runbook_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFlagDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_load_finish (result, &error);
  g_autoptr (JsonObject) definition =
    runbook != NULL ? cs_flag_suggestions_find (runbook, &error) : NULL;

  if (definition != NULL)
    fill (self, definition);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static void
runbook_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsFlagDialog *self = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      cs_runbook_load_async (file, self->cancellable, runbook_loaded_cb, g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
runbook_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkFileFilter) runbooks = gtk_file_filter_new ();
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_("Open a Runbook"), GTK_WINDOW (widget),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _("Open"), _("Cancel"));

  gtk_file_filter_set_name (runbooks, _("Runbooks (Markdown)"));
  gtk_file_filter_add_suffix (runbooks, "md");
  gtk_file_filter_add_suffix (runbooks, "markdown");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), runbooks);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (runbook_chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
cs_flag_dialog_dispose (GObject *object)
{
  CsFlagDialog *self = CS_FLAG_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->rollouts);
  G_OBJECT_CLASS (cs_flag_dialog_parent_class)->dispose (object);
}

static void
cs_flag_dialog_finalize (GObject *object)
{
  g_object_unref (CS_FLAG_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (cs_flag_dialog_parent_class)->finalize (object);
}

static void
cs_flag_dialog_class_init (CsFlagDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_flag_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_flag_dialog_finalize;

  g_type_ensure (CS_TYPE_ENVIRONMENT_ROW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-flag-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, description_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, owner_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, environment_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, kind_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, target_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, path_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, companies_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, everyone_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, reload_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, readback_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, unleash_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, secret_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, context_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, stages);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_install_action (widget_class, "flag-dialog.add", NULL, add_cb);
  gtk_widget_class_install_action (widget_class, "flag-dialog.runbook", NULL, runbook_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_flag_dialog_init (CsFlagDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->stages), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  cs_environment_row_set (self->environment_row, "production");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "flag-dialog.add", FALSE);
}

/** cs_flag_dialog_present: (skip): the flag that is added appears in the list. */
void
cs_flag_dialog_present (GtkWindow *parent, CsRolloutList *rollouts)
{
  CsFlagDialog *self = g_object_new (CS_TYPE_FLAG_DIALOG, "transient-for", parent, NULL);
  GListModel *targets =
    G_LIST_MODEL (cs_workspace_get_targets (cs_rollout_list_get_workspace (rollouts)));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (targets, i);

      if (cs_target_get_kind (target) != CS_TARGET_FLEET)
        gtk_string_list_append (names, cs_target_get_name (target));
    }
  adw_combo_row_set_model (self->target_row, G_LIST_MODEL (names));
  self->rollouts = g_object_ref (rollouts);
  changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}
