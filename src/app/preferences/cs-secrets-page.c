/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: the secrets that commands refer to. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-secrets-page.h"

#include "cs-secret-references.h"

#include <glib/gi18n.h>

struct _CsSecretsPage
{
  AdwPreferencesPage parent_instance;

  AdwPreferencesGroup *problem;
  AdwPreferencesGroup *group;
  GtkEditable *name;
  GtkEditable *environment;
  GtkEditable *value;
  GtkWidget *store;

  CsWorkspace *workspace;
  GPtrArray *rows; /* unowned */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsSecretsPage, cs_secrets_page, ADW_TYPE_PREFERENCES_PAGE)

static void list_secrets (CsSecretsPage *self);

static CsKeyring *
get_keyring (CsSecretsPage *self)
{
  return cs_workspace_get_keyring (self->workspace);
}

static void
tell (CsSecretsPage *self, const char *words)
{
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  if (ADW_IS_PREFERENCES_WINDOW (window))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), adw_toast_new (escaped));
}

static gboolean
is_over (CsSecretsPage *self, gboolean done, const GError *error)
{
  if (!done && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell (self, error->message);
  return self->workspace == NULL || !done;
}

/* What waits for a secret learns at once that it is there, or gone. */
static void
reload (CsSecretsPage *self)
{
  GListModel *deployments = cs_workspace_get_deployments (self->workspace);

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);
      g_autoptr (GPtrArray) names = cs_deployment_list_secret_names (deployment, NULL);

      if (names->len > 0 && cs_deployment_get_closed_at (deployment) == 0)
        cs_deployment_load_secrets_async (deployment, NULL, NULL, NULL);
    }
  list_secrets (self);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = cs_keyring_clear_finish (CS_KEYRING (source), result, &error);

  if (!is_over (self, done, error))
    reload (self);
}

/* Under this a question has the name under which the keyring has the secret. */
#define KEY "key"

static void
forget_cb (CsSecretsPage *self, const char *response, GObject *dialog)
{
  cs_keyring_clear_async (get_keyring (self), CS_KEYRING_SECRET, g_object_get_data (dialog, KEY),
                          self->cancellable, forgotten_cb, g_object_ref (self));
}

static void
ask_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsSecretsPage *self = CS_SECRETS_PAGE (widget);
  const char *key = g_variant_get_string (parameter, NULL);
  g_autofree char *environment = NULL;
  g_autofree char *name = cs_keyring_split_secret_name (key, &environment);
  g_autofree char *heading = g_strdup_printf (_("Forget %s?"), name);
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (gtk_widget_get_root (widget)), heading,
    _("Nobody can bring its value back. Commands that refer to it wait until it has one again."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "forget",
                                    _("Forget"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "forget",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), KEY, g_strdup (key), g_free);
  g_signal_connect_object (dialog, "response::forget", G_CALLBACK (forget_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_row (CsSecretsPage *self, const char *key)
{
  g_autofree char *environment = NULL;
  g_autofree char *name = cs_keyring_split_secret_name (key, &environment);
  g_autofree char *where = environment != NULL ? g_strdup_printf (_("In %s"), environment)
                                               : g_strdup (_("In all environments"));
  g_autofree char *escaped = g_markup_escape_text (where, -1);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *label = g_strdup_printf (_("Forget %s"), name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", key);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "secrets.forget");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = cs_keyring_list_finish (CS_KEYRING (source), result, &error);
  const char *problem = cs_keyring_get_problem (CS_KEYRING (source));
  g_autofree char *escaped = g_markup_escape_text (problem != NULL ? problem : "", -1);

  if (is_over (self, names != NULL, error))
    return;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < names->len; i++)
    add_row (self, names->pdata[i]);
  if (names->len == 0)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("No secret yet"));
      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  adw_preferences_group_set_description (self->problem, escaped);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

static void
list_secrets (CsSecretsPage *self)
{
  cs_keyring_list_async (get_keyring (self), CS_KEYRING_SECRET, self->cancellable, listed_cb,
                         g_object_ref (self));
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = cs_keyring_store_finish (CS_KEYRING (source), result, &error);

  if (!is_over (self, done, error))
    reload (self);
}

static void
changed_cb (CsSecretsPage *self)
{
  const char *name = gtk_editable_get_text (self->name);
  gboolean valid = cs_secret_name_is_valid (name);

  if (valid || *name == '\0')
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "error");
  gtk_widget_set_sensitive (self->store, valid && *gtk_editable_get_text (self->value) != '\0');
}

static void
store_cb (CsSecretsPage *self)
{
  const char *name = gtk_editable_get_text (self->name);
  g_autofree char *environment =
    g_strstrip (g_strdup (gtk_editable_get_text (self->environment)));
  g_autofree char *key =
    cs_keyring_dup_secret_name (*environment != '\0' ? environment : NULL, name);
  g_autofree char *label = g_strdup_printf ("Countersign: %s", name);

  if (!gtk_widget_get_sensitive (self->store))
    return;
  cs_keyring_store_async (get_keyring (self), CS_KEYRING_SECRET, key, label,
                          gtk_editable_get_text (self->value), self->cancellable, stored_cb,
                          g_object_ref (self));
  gtk_editable_set_text (self->value, "");
  gtk_editable_set_text (self->name, "");
}

static void
cs_secrets_page_dispose (GObject *object)
{
  CsSecretsPage *self = CS_SECRETS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_secrets_page_parent_class)->dispose (object);
}

static void
cs_secrets_page_finalize (GObject *object)
{
  g_ptr_array_unref (CS_SECRETS_PAGE (object)->rows);

  G_OBJECT_CLASS (cs_secrets_page_parent_class)->finalize (object);
}

static void
cs_secrets_page_class_init (CsSecretsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_secrets_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_secrets_page_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/preferences/cs-secrets-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsSecretsPage, problem);
  gtk_widget_class_bind_template_child (widget_class, CsSecretsPage, group);
  gtk_widget_class_bind_template_child (widget_class, CsSecretsPage, name);
  gtk_widget_class_bind_template_child (widget_class, CsSecretsPage, environment);
  gtk_widget_class_bind_template_child (widget_class, CsSecretsPage, value);
  gtk_widget_class_bind_template_child (widget_class, CsSecretsPage, store);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, store_cb);
  gtk_widget_class_install_action (widget_class, "secrets.forget", "s", ask_cb);
}

static void
cs_secrets_page_init (CsSecretsPage *self)
{
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** cs_secrets_page_set_workspace: (skip): shows the secrets of a workspace. */
void
cs_secrets_page_set_workspace (CsSecretsPage *self, CsWorkspace *workspace)
{
  g_return_if_fail (CS_IS_SECRETS_PAGE (self) && self->workspace == NULL);

  self->workspace = g_object_ref (workspace);
  list_secrets (self);
}
