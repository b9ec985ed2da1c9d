/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds a flag, or edits one: where it is switched, and its stages. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-flag-dialog.h"

#include "cs-environment-row.h"
#include "cs-error.h"
#include "cs-flag-suggestions.h"
#include "cs-json.h"
#include "cs-runbook-button.h"
#include "cs-stage-list.h"

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
  CsFlag *flag;       /* that is edited; NULL: a new one */
  JsonObject *before; /* as it was when it began to be edited */
  GCancellable *cancellable;
  gboolean filling;
  gboolean recording;

  GtkButton *done;
  AdwPreferencesGroup *head;
  CsRunbookButton *runbook;
  AdwEntryRow *key_row;
  AdwEntryRow *description_row;
  AdwEntryRow *owner_row;
  CsEnvironmentRow *environment_row;
  AdwComboRow *kind_row;
  AdwComboRow *target_row;
  AdwEntryRow *path_row;
  AdwEntryRow *companies_row;
  AdwEntryRow *everyone_row;
  AdwEntryRow *readback_row;
  AdwEntryRow *url_row;
  AdwEntryRow *unleash_row;
  AdwEntryRow *secret_row;
  AdwEntryRow *context_row;
  GtkWidget *reload_group;
  GtkTextView *reload;
  CsStageList *stages;
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

/* Text that is empty says nothing. */
static void
set_member (JsonObject *object, const char *member, AdwEntryRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  if (*text != '\0')
    json_object_set_string_member (object, member, text);
  else
    json_object_remove_member (object, member);
}

static void
set_reload (CsFlagDialog *self, JsonObject *provider)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->reload);
  JsonArray *commands = json_array_new ();
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      json_array_add_string_element (commands, lines[i]);
  json_object_remove_member (provider, "reload");
  if (json_array_get_length (commands) > 0)
    json_object_set_array_member (provider, "reload", commands);
  else
    json_array_unref (commands);
}

static JsonObject *
copy (JsonObject *object)
{
  JsonObject *members = json_object_new ();
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (members, l->data,
                            json_node_copy (json_object_get_member (object, l->data)));
  return members;
}

/* What a flag that is edited has and this window does not ask for stays as it is. */
static JsonObject *
dup_known (CsFlagDialog *self)
{
  JsonObject *provider =
    self->before != NULL ? cs_json_get_object (self->before, "provider") : NULL;

  if (provider == NULL ||
      g_strcmp0 (cs_json_get_string (provider, "kind"), kinds[get_kind (self)]) != 0)
    return json_object_new ();
  return copy (provider);
}

static JsonObject *
build_provider (CsFlagDialog *self)
{
  JsonObject *provider = dup_known (self);
  Kind kind = get_kind (self);
  const char *target = get_target (self);

  json_object_set_string_member (provider, "kind", kinds[kind]);
  if (kind != DOTENV)
    set_member (provider, "context", self->context_row);
  if (kind == UNLEASH)
    {
      set_member (provider, "url", self->url_row);
      set_member (provider, "environment", self->unleash_row);
      set_member (provider, "secret", self->secret_row);
      return provider;
    }
  if (target != NULL)
    json_object_set_string_member (provider, "target", target);
  set_member (provider, "path", self->path_row);
  set_reload (self, provider);
  if (kind == FLAGD)
    return provider;
  set_member (provider, "companies", self->companies_row);
  set_member (provider, "everyone", self->everyone_row);
  set_member (provider, "readback", self->readback_row);
  return provider;
}

static void
set_text_member (JsonObject *object, const char *member, AdwEntryRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  json_object_set_string_member (object, member, text);
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
  JsonArray *stages = cs_stage_list_get_stages (self->stages);
  g_autoptr (CsFlagProvider) provider = NULL;

  json_object_set_object_member (definition, "provider", settings);
  json_object_set_string_member (definition, "key", key);
  set_text_member (definition, "description", self->description_row);
  set_text_member (definition, "owner", self->owner_row);
  json_object_set_string_member (definition, "environment",
                                 environment != NULL ? environment : CS_FLAG_ENVIRONMENT);
  json_object_set_array_member (definition, "stages", json_array_ref (stages));
  if (!cs_flag_key_check (key, error))
    return NULL;
  provider = cs_rollout_site_make_provider (
    site, key, cs_json_get_string (definition, "environment"), settings, error);
  if (provider == NULL)
    return NULL;
  if (json_array_get_length (stages) > 0)
    return g_steal_pointer (&definition);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s", _("A flag needs at least one stage"));
  return NULL;
}

static gboolean
is_equal (JsonNode *one, JsonNode *other)
{
  g_autofree char *a = cs_json_to_canonical (one, NULL);
  g_autofree char *b = cs_json_to_canonical (other, NULL);

  return g_strcmp0 (a, b) == 0;
}

static JsonObject *
describe (CsFlag *flag)
{
  JsonObject *object = json_object_new ();
  JsonArray *stages = json_array_new ();
  GPtrArray *all = cs_flag_get_stages (flag);
  const char *description = cs_flag_get_description (flag);
  const char *owner = cs_flag_get_owner (flag);

  for (guint i = 0; i < all->len; i++)
    json_array_add_element (stages, cs_stage_to_json (all->pdata[i]));
  json_object_set_array_member (object, "stages", stages);
  json_object_set_object_member (object, "provider",
                                 json_object_ref (cs_flag_get_provider (flag)));
  json_object_set_string_member (object, "description", description != NULL ? description : "");
  json_object_set_string_member (object, "owner", owner != NULL ? owner : "");
  json_object_set_string_member (object, "environment", cs_flag_get_environment (flag));
  return object;
}

/* What is to be another one than it was; what was signed over the rest counts on. Empty: nothing.
 * CONFLICT: somebody else changed the same meanwhile. */
static JsonObject *
find_changes (CsFlagDialog *self, JsonObject *definition, GError **error)
{
  static const char *const members[] = {
    "description", "owner", "environment", "provider", "stages",
  };
  g_autoptr (JsonObject) now = describe (self->flag);
  g_autoptr (JsonObject) changes = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      JsonNode *wanted = json_object_get_member (definition, members[i]);
      JsonNode *before = json_object_get_member (self->before, members[i]);

      if (is_equal (wanted, before))
        continue;
      json_object_set_member (changes, members[i], json_node_copy (wanted));
      if (is_equal (before, json_object_get_member (now, members[i])))
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT, "%s",
                   _("Somebody else has changed the same meanwhile. Cancel, look at it, and edit "
                     "it again."));
      return NULL;
    }
  return g_steal_pointer (&changes);
}

static void
show_problem (CsFlagDialog *self, const char *words)
{
  gtk_label_set_text (self->problem, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), words != NULL);
}

static void
show_error (CsFlagDialog *self, const GError *error)
{
  show_problem (self, error->message);
}

/* Nobody is told that what they are still typing is wrong. */
static gboolean
tells_more (CsFlagDialog *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->key_row)) != '\0' &&
         json_array_get_length (cs_stage_list_get_stages (self->stages)) > 0;
}

static void
show_rows (CsFlagDialog *self)
{
  Kind kind = get_kind (self);

  gtk_widget_set_visible (GTK_WIDGET (self->target_row), kind != UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->path_row), kind != UNLEASH);
  gtk_widget_set_visible (self->reload_group, kind != UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->companies_row), kind == DOTENV);
  gtk_widget_set_visible (GTK_WIDGET (self->everyone_row), kind == DOTENV);
  gtk_widget_set_visible (GTK_WIDGET (self->readback_row), kind == DOTENV);
  gtk_widget_set_visible (GTK_WIDGET (self->url_row), kind == UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->unleash_row), kind == UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->secret_row), kind == UNLEASH);
  gtk_widget_set_visible (GTK_WIDGET (self->context_row), kind != DOTENV);
}

static void
changed_cb (CsFlagDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) definition = NULL;
  g_autoptr (JsonObject) changes = NULL;

  show_rows (self);
  /* The first notifications come while the template is being built. */
  if (self->rollouts == NULL || self->filling)
    return;
  definition = build (self, &error);
  if (definition != NULL && self->flag != NULL)
    changes = find_changes (self, definition, &error);
  show_problem (self, error != NULL && tells_more (self) ? error->message : NULL);
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "flag-dialog.done",
    error == NULL && !self->recording &&
      (self->flag == NULL || json_object_get_size (changes) > 0));
}

static void
recorded (CsFlagDialog *self, const GError *error)
{
  self->recording = FALSE;
  if (error == NULL)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  changed_cb (self);
  show_problem (self, error->message);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFlagDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  cs_flag_add_finish (result, &error);
  recorded (self, error);
}

static void
changed_flag_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFlagDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  cs_flag_act_finish (CS_FLAG (source), result, &error);
  recorded (self, error);
}

static void
done_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsFlagDialog *self = CS_FLAG_DIALOG (widget);
  CsWorkspace *workspace = cs_rollout_list_get_workspace (self->rollouts);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) definition = build (self, &error);
  g_autoptr (JsonObject) changes = NULL;

  if (definition != NULL && self->flag != NULL)
    changes = find_changes (self, definition, &error);
  if (error != NULL)
    {
      show_error (self, error);
      return;
    }
  self->recording = TRUE;
  gtk_widget_action_set_enabled (widget, "flag-dialog.done", FALSE);
  if (self->flag == NULL)
    {
      cs_flag_add_async (cs_workspace_get_store (workspace), cs_workspace_get_actor (workspace),
                         definition, self->cancellable, added_cb, g_object_ref (self));
      return;
    }
  cs_flag_change_async (self->flag, cs_workspace_get_actor (workspace), changes, self->cancellable,
                        changed_flag_cb, g_object_ref (self));
}

static void
set_text (AdwEntryRow *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

static void
fill_reload (CsFlagDialog *self, JsonArray *commands)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; commands != NULL && i < json_array_get_length (commands); i++)
    g_string_append_printf (lines, "%s\n", json_array_get_string_element (commands, i));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->reload), lines->str, -1);
}

static void
fill_target (CsFlagDialog *self, const char *name)
{
  GListModel *names = adw_combo_row_get_model (self->target_row);

  for (guint i = 0; name != NULL && i < g_list_model_get_n_items (names); i++)
    {
      g_autoptr (GtkStringObject) one = g_list_model_get_item (names, i);

      if (g_str_equal (gtk_string_object_get_string (one), name))
        adw_combo_row_set_selected (self->target_row, i);
    }
}

/* What a runbook says; the rest stays as it is. */
static void
runbook_cb (CsFlagDialog *self, CsRunbook *runbook)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) definition = cs_flag_suggestions_find (runbook, &error);
  JsonObject *provider =
    definition != NULL ? cs_json_get_object (definition, "provider") : NULL;

  if (definition == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  self->filling = TRUE;
  adw_combo_row_set_selected (self->kind_row, DOTENV);
  set_text (self->key_row, cs_json_get_string (definition, "key"));
  set_text (self->description_row, cs_json_get_string (definition, "description"));
  set_text (self->companies_row, cs_json_get_string (provider, "companies"));
  set_text (self->everyone_row, cs_json_get_string (provider, "everyone"));
  cs_stage_list_set_stages (self->stages, cs_json_get_array (definition, "stages"));
  self->filling = FALSE;
  changed_cb (self);
}

static void
fill (CsFlagDialog *self, CsFlag *flag)
{
  JsonObject *provider = cs_flag_get_provider (flag);

  for (guint i = 0; i < N_KINDS; i++)
    if (g_strcmp0 (cs_flag_get_provider_kind (flag), kinds[i]) == 0)
      adw_combo_row_set_selected (self->kind_row, i);
  set_text (self->key_row, cs_flag_get_key (flag));
  set_text (self->description_row, cs_flag_get_description (flag));
  set_text (self->owner_row, cs_flag_get_owner (flag));
  cs_environment_row_set (self->environment_row, cs_flag_get_environment (flag));
  fill_target (self, cs_json_get_string (provider, "target"));
  set_text (self->path_row, cs_json_get_string (provider, "path"));
  set_text (self->companies_row, cs_json_get_string (provider, "companies"));
  set_text (self->everyone_row, cs_json_get_string (provider, "everyone"));
  set_text (self->readback_row, cs_json_get_string (provider, "readback"));
  set_text (self->url_row, cs_json_get_string (provider, "url"));
  set_text (self->unleash_row, cs_json_get_string (provider, "environment"));
  set_text (self->secret_row, cs_json_get_string (provider, "secret"));
  set_text (self->context_row, cs_json_get_string (provider, "context"));
  fill_reload (self, cs_json_get_array (provider, "reload"));
  cs_stage_list_set_stages (self->stages, cs_json_get_array (self->before, "stages"));
}

static void
cs_flag_dialog_dispose (GObject *object)
{
  CsFlagDialog *self = CS_FLAG_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->rollouts);
  g_clear_object (&self->flag);
  G_OBJECT_CLASS (cs_flag_dialog_parent_class)->dispose (object);
}

static void
cs_flag_dialog_finalize (GObject *object)
{
  CsFlagDialog *self = CS_FLAG_DIALOG (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->before, json_object_unref);
  G_OBJECT_CLASS (cs_flag_dialog_parent_class)->finalize (object);
}

static void
cs_flag_dialog_class_init (CsFlagDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_flag_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_flag_dialog_finalize;

  g_type_ensure (CS_TYPE_ENVIRONMENT_ROW);
  g_type_ensure (CS_TYPE_RUNBOOK_BUTTON);
  g_type_ensure (CS_TYPE_STAGE_LIST);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-flag-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, done);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, head);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, runbook);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, description_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, owner_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, environment_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, kind_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, target_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, path_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, companies_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, everyone_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, reload_group);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, reload);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, readback_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, unleash_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, secret_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, context_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, stages);
  gtk_widget_class_bind_template_child (widget_class, CsFlagDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, runbook_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_error);
  gtk_widget_class_install_action (widget_class, "flag-dialog.done", NULL, done_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_flag_dialog_init (CsFlagDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->reload), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  cs_environment_row_set (self->environment_row, CS_FLAG_ENVIRONMENT);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "flag-dialog.done", FALSE);
}

static CsFlagDialog *
new_dialog (GtkWindow *parent, CsRolloutList *rollouts)
{
  CsFlagDialog *self = g_object_new (CS_TYPE_FLAG_DIALOG, "transient-for", parent, NULL);
  CsWorkspace *workspace = cs_rollout_list_get_workspace (rollouts);
  GListModel *targets = G_LIST_MODEL (cs_workspace_get_targets (workspace));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (targets, i);

      if (cs_target_get_kind (target) != CS_TARGET_FLEET)
        gtk_string_list_append (names, cs_target_get_name (target));
    }
  adw_combo_row_set_model (self->target_row, G_LIST_MODEL (names));
  cs_runbook_button_set_workspace (self->runbook, workspace);
  self->rollouts = g_object_ref (rollouts);
  return self;
}

/** cs_flag_dialog_present: (skip): the flag that is added appears in the list. */
void
cs_flag_dialog_present (GtkWindow *parent, CsRolloutList *rollouts)
{
  CsFlagDialog *self = new_dialog (parent, rollouts);

  cs_stage_list_set_context (self->stages, cs_rollout_list_get_company_list (rollouts), NULL, NULL);
  changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}

/** cs_flag_dialog_present_for: (skip): what is changed takes effect with the next switching. */
void
cs_flag_dialog_present_for (GtkWindow *parent, CsRolloutList *rollouts, CsRolloutEntry *entry)
{
  CsFlagDialog *self = new_dialog (parent, rollouts);
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);
  CsFlag *flag = cs_rollout_get_flag (rollout);
  const CsStage *stage = cs_flag_get_stage (flag);
  g_autofree char *title = g_strdup_printf (_("Edit “%s”"), cs_flag_get_key (flag));

  self->flag = g_object_ref (flag);
  self->before = describe (flag);
  self->filling = TRUE;
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_button_set_label (self->done, _("Save"));
  adw_preferences_group_set_description (
    self->head, _("Nothing is switched by it. What was signed about the next change has to be "
                  "signed again if that is another one then."));
  gtk_widget_set_visible (GTK_WIDGET (self->runbook), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->key_row), FALSE);
  cs_stage_list_set_context (self->stages, cs_rollout_get_company_list (rollout),
                             cs_rollout_get_watch (rollout), stage != NULL ? stage->id : NULL);
  fill (self, flag);
  self->filling = FALSE;
  changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}
