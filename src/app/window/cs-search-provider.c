/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deployments in the search of the desktop's shell, which asks on the session bus: interface
 * org.gnome.Shell.SearchProvider2. While a window is open its workspace answers; else one is opened
 * for the question and closed again a while after the last one. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-search-provider.h"

#include "cs-deployment-row.h"

#include <glib/gi18n.h>

#define MAX_RESULTS 50
#define IDLE_SECONDS 10

static const char interface_xml[] =
  "<node>"
  "<interface name='org.gnome.Shell.SearchProvider2'>"
  "<method name='GetInitialResultSet'>"
  "<arg type='as' name='terms' direction='in'/>"
  "<arg type='as' name='results' direction='out'/>"
  "</method>"
  "<method name='GetSubsearchResultSet'>"
  "<arg type='as' name='previous_results' direction='in'/>"
  "<arg type='as' name='terms' direction='in'/>"
  "<arg type='as' name='results' direction='out'/>"
  "</method>"
  "<method name='GetResultMetas'>"
  "<arg type='as' name='identifiers' direction='in'/>"
  "<arg type='aa{sv}' name='metas' direction='out'/>"
  "</method>"
  "<method name='ActivateResult'>"
  "<arg type='s' name='identifier' direction='in'/>"
  "<arg type='as' name='terms' direction='in'/>"
  "<arg type='u' name='timestamp' direction='in'/>"
  "</method>"
  "<method name='LaunchSearch'>"
  "<arg type='as' name='terms' direction='in'/>"
  "<arg type='u' name='timestamp' direction='in'/>"
  "</method>"
  "</interface>"
  "</node>";

struct _CsSearchProvider
{
  GObject parent_instance;

  GApplication *application; /* not owned: it owns this */
  char *data_directory;
  GDBusConnection *connection;
  guint registration;
  CsWorkspace *workspace; /* the window's, or one's own */
  gboolean is_own;
  gboolean is_opening;
  GQueue waiting; /* of GDBusMethodInvocation, until the workspace is open */
  guint idle_source;
};

G_DEFINE_FINAL_TYPE (CsSearchProvider, cs_search_provider, G_TYPE_OBJECT)

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GApplication) application = user_data;

  cs_workspace_close_finish (CS_WORKSPACE (source), result, NULL);
  g_application_release (application);
}

static void
drop_workspace (CsSearchProvider *self)
{
  g_autoptr (CsWorkspace) workspace = g_steal_pointer (&self->workspace);

  g_clear_handle_id (&self->idle_source, g_source_remove);
  if (workspace == NULL || !self->is_own)
    return;
  self->is_own = FALSE;
  cs_workspace_close_async (workspace, closed_cb, g_object_ref (self->application));
}

static gboolean
idle_cb (gpointer user_data)
{
  CsSearchProvider *self = user_data;

  self->idle_source = 0;
  drop_workspace (self);
  return G_SOURCE_REMOVE;
}

static void
restart_idle (CsSearchProvider *self)
{
  g_clear_handle_id (&self->idle_source, g_source_remove);
  if (self->is_own)
    self->idle_source = g_timeout_add_seconds (IDLE_SECONDS, idle_cb, self);
}

/* What is compared: without case and without the differences of how letters are written. */
static char *
fold (const char *text)
{
  g_autofree char *normal = text != NULL ? g_utf8_normalize (text, -1, G_NORMALIZE_ALL) : NULL;

  return g_utf8_casefold (normal != NULL ? normal : "", -1);
}

static gboolean
answers (CsDeployment *deployment, char **terms)
{
  g_autofree char *words =
    g_strjoin ("\n", cs_deployment_get_title (deployment),
               cs_deployment_get_environment (deployment),
               cs_deployment_get_operator (deployment), cs_deployment_get_id (deployment), NULL);
  g_autofree char *text = fold (words);

  for (char **term = terms; *term != NULL; term++)
    {
      g_autofree char *folded = fold (*term);

      if (strstr (text, folded) == NULL)
        return FALSE;
    }
  return *terms != NULL;
}

/* What is still under way comes first, and the newest before the older. */
static GVariant *
find (CsSearchProvider *self, char **terms)
{
  GListModel *deployments = cs_workspace_get_deployments (self->workspace);
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  g_autoptr (GPtrArray) over = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      if (answers (deployment, terms))
        g_ptr_array_add (cs_deployment_get_closed_at (deployment) == 0 ? open : over,
                         (gpointer) cs_deployment_get_id (deployment));
    }
  g_ptr_array_extend (open, over, NULL, NULL);
  return g_variant_new ("(@as)", g_variant_new_strv ((const char *const *) open->pdata,
                                                     MIN (open->len, MAX_RESULTS)));
}

static void
add_meta (CsSearchProvider *self, GVariantBuilder *metas, const char *id)
{
  CsDeployment *deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  g_autofree char *place = NULL;
  g_autofree char *description = NULL;

  if (deployment == NULL)
    return;
  place = cs_deployment_row_describe (deployment);
  description = g_strdup_printf ("%s · %s", cs_deployment_get_environment (deployment), place);
  g_variant_builder_open (metas, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (metas, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (metas, "{sv}", "name",
                         g_variant_new_string (cs_deployment_get_title (deployment)));
  g_variant_builder_add (metas, "{sv}", "description", g_variant_new_string (description));
  g_variant_builder_add (metas, "{sv}", "gicon", g_variant_new_string (APPLICATION_ID));
  g_variant_builder_close (metas);
}

static GVariant *
describe (CsSearchProvider *self, char **ids)
{
  GVariantBuilder metas;

  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (char **id = ids; *id != NULL; id++)
    add_meta (self, &metas, *id);
  return g_variant_new ("(aa{sv})", &metas);
}

/* The question whose workspace is there. A later question about an earlier answer is answered
 * anew: that costs less than to be wrong. */
static void
answer (CsSearchProvider *self, GDBusMethodInvocation *invocation)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  gboolean again = g_str_equal (g_dbus_method_invocation_get_method_name (invocation),
                                "GetSubsearchResultSet");
  g_autoptr (GVariant) words = g_variant_get_child_value (parameters, again ? 1 : 0);
  g_autofree char **strings = (char **) g_variant_get_strv (words, NULL);
  gboolean metas =
    g_str_equal (g_dbus_method_invocation_get_method_name (invocation), "GetResultMetas");

  g_dbus_method_invocation_return_value (invocation, metas ? describe (self, strings)
                                                           : find (self, strings));
  restart_idle (self);
}

static void
answer_waiting (CsSearchProvider *self, const GError *error)
{
  GDBusMethodInvocation *invocation;

  while ((invocation = g_queue_pop_head (&self->waiting)) != NULL)
    {
      if (self->workspace != NULL)
        answer (self, invocation);
      else
        g_dbus_method_invocation_return_gerror (invocation, error);
    }
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSearchProvider) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsWorkspace) workspace = cs_workspace_open_finish (result, &error);

  self->is_opening = FALSE;
  if (workspace == NULL)
    g_application_release (self->application);
  else if (self->workspace != NULL) /* a window was quicker */
    cs_workspace_close_async (workspace, closed_cb, g_object_ref (self->application));
  else
    {
      self->workspace = g_steal_pointer (&workspace);
      self->is_own = TRUE;
    }
  answer_waiting (self, error);
}

static void
ask (CsSearchProvider *self, GDBusMethodInvocation *invocation)
{
  if (self->workspace != NULL)
    {
      answer (self, invocation);
      return;
    }
  g_queue_push_tail (&self->waiting, invocation);
  if (self->is_opening)
    return;
  self->is_opening = TRUE;
  g_application_hold (self->application);
  cs_workspace_open_async (self->data_directory, NULL, opened_cb, g_object_ref (self));
}

static void
call_cb (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  CsSearchProvider *self = user_data;

  if (g_str_equal (method, "ActivateResult"))
    {
      const char *id;

      g_variant_get (parameters, "(&s^a&su)", &id, NULL, NULL);
      g_action_group_activate_action (G_ACTION_GROUP (self->application), "show-deployment",
                                      g_variant_new_string (id));
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (g_str_equal (method, "LaunchSearch"))
    {
      g_autofree const char **terms = NULL;
      g_autofree char *text = NULL;

      g_variant_get (parameters, "(^a&su)", &terms, NULL);
      text = g_strjoinv (" ", (char **) terms);
      g_action_group_activate_action (G_ACTION_GROUP (self->application), "search",
                                      g_variant_new_string (text));
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      ask (self, invocation);
    }
}

static void
cs_search_provider_finalize (GObject *object)
{
  CsSearchProvider *self = CS_SEARCH_PROVIDER (object);

  cs_search_provider_unexport (self);
  drop_workspace (self);
  g_free (self->data_directory);

  G_OBJECT_CLASS (cs_search_provider_parent_class)->finalize (object);
}

static void
cs_search_provider_class_init (CsSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_search_provider_finalize;
}

static void
cs_search_provider_init (CsSearchProvider *self)
{
  g_queue_init (&self->waiting);
}

/**
 * cs_search_provider_new:
 * @application: whose actions `show-deployment` (s: id) and `search` (s: words) show what is
 *   chosen; it owns the provider
 * @data_directory: (nullable): where the workspace is; %NULL: the default one
 *
 * Returns: (transfer full): a provider that is not on the bus yet
 */
CsSearchProvider *
cs_search_provider_new (GApplication *application, const char *data_directory)
{
  CsSearchProvider *self = g_object_new (CS_TYPE_SEARCH_PROVIDER, NULL);

  self->application = application;
  self->data_directory = g_strdup (data_directory);
  return self;
}

/**
 * cs_search_provider_export:
 * @connection: the session bus
 * @path: the object's path
 * @error: return location
 *
 * Answers on @connection from now on.
 *
 * Returns: whether it does
 */
gboolean
cs_search_provider_export (CsSearchProvider *self,
                           GDBusConnection *connection,
                           const char *path,
                           GError **error)
{
  static const GDBusInterfaceVTable functions = { .method_call = call_cb };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, error);

  if (node == NULL)
    return FALSE;
  self->registration = g_dbus_connection_register_object (connection, path, node->interfaces[0],
                                                          &functions, self, NULL, error);
  if (self->registration == 0)
    return FALSE;
  self->connection = g_object_ref (connection);
  return TRUE;
}

/**
 * cs_search_provider_unexport:
 *
 * Answers no more.
 */
void
cs_search_provider_unexport (CsSearchProvider *self)
{
  if (self->registration != 0)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  self->registration = 0;
  g_clear_object (&self->connection);
}

/**
 * cs_search_provider_set_workspace:
 * @workspace: (nullable): the window's, which answers from now on; %NULL: there is none any more
 *
 * Closes the provider's own workspace, if it has one.
 */
void
cs_search_provider_set_workspace (CsSearchProvider *self, CsWorkspace *workspace)
{
  if (workspace == self->workspace)
    return;
  drop_workspace (self);
  self->is_own = FALSE;
  if (workspace != NULL)
    self->workspace = g_object_ref (workspace);
  if (self->workspace != NULL)
    answer_waiting (self, NULL);
}
