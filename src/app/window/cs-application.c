/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application: one instance per data directory, its options and its actions. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-application.h"

#include "cs-digest.h"
#include "cs-search-provider.h"
#include "cs-window.h"

#include <glib/gi18n.h>

#define RESOURCE_BASE "/io/github/countersign/Countersign"

struct _CsApplication
{
  AdwApplication parent_instance;

  char *data_directory; /* NULL: the default one */
  CsSearchProvider *search_provider;
};

G_DEFINE_FINAL_TYPE (CsApplication, cs_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Keep everything in this directory"),
    N_("DIR") },
  { "sample", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Try the sample on this computer"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[RUNBOOK…]") },
  { NULL }
};

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (user_data);

  adw_show_about_window (parent,
                         "application-name", _("Countersign"),
                         "application-icon", APPLICATION_ID,
                         "version", VERSION,
                         "developer-name", _("The Countersign contributors"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("Signed, recorded deployments from ordinary runbooks."),
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
set_accels (CsApplication *self, const char *action, const char *first, const char *second)
{
  const char *accels[] = { first, second, NULL };

  gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, accels);
}

static CsWindow *
find_window (CsApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *l = windows; l != NULL; l = l->next)
    {
      if (CS_IS_WINDOW (l->data))
        return l->data;
    }

  return NULL;
}

static CsWindow *
ensure_window (CsApplication *self)
{
  CsWindow *window = find_window (self);

  return window != NULL ? window : cs_window_new (GTK_APPLICATION (self), self->data_directory);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *window = find_window (user_data);

  if (window != NULL)
    cs_window_quit (window);
}

/* Asked for in a notification that said what goes on. */
static void
stop_and_quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsWindow *window = find_window (user_data);

  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
}

static void
present_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (ensure_window (user_data)));
}

/* What is to be shown as soon as the window knows the workspace. */
typedef struct
{
  const char *action;
  char *text;
} Asked;

static void
asked_free (gpointer data, GClosure *closure)
{
  Asked *asked = data;

  g_free (asked->text);
  g_free (asked);
}

static void
show_asked_cb (CsWindow *window, GParamSpec *pspec, gpointer user_data)
{
  Asked *asked = user_data;

  g_action_group_activate_action (G_ACTION_GROUP (window), asked->action,
                                  g_variant_new_string (asked->text));
  g_signal_handlers_disconnect_by_data (window, asked);
}

static void
show (CsApplication *self, const char *action, GVariant *parameter)
{
  CsWindow *window = ensure_window (self);

  gtk_window_present (GTK_WINDOW (window));
  if (cs_window_get_workspace (window) != NULL)
    {
      g_action_group_activate_action (G_ACTION_GROUP (window), action, parameter);
    }
  else
    {
      Asked *asked = g_new0 (Asked, 1);

      asked->action = action;
      asked->text = g_variant_dup_string (parameter, NULL);
      g_signal_connect_data (window, "notify::workspace", G_CALLBACK (show_asked_cb), asked,
                             asked_free, 0);
    }
}

static void
show_deployment_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show (user_data, "show-deployment", parameter);
}

static void
show_watch_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show (user_data, "show-watch", parameter);
}

static void
hold_rollback_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show (user_data, "hold-rollback", parameter);
}

static void
search_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show (user_data, "search-history", parameter);
}

/* "show-deployment" (an id) and "search" (words) are for the desktop: notifications and the search
 * of the shell. */
static const GActionEntry actions[] = {
  { "about", about_cb },
  { "quit", quit_cb },
  { "stop-and-quit", stop_and_quit_cb },
  { "present", present_cb },
  { "show-deployment", show_deployment_cb, "s" },
  { "show-watch", show_watch_cb, "s" },
  { "hold-rollback", hold_rollback_cb, "s" },
  { "search", search_cb, "s" },
};

static void
lend_workspace_cb (CsWindow *window, GParamSpec *pspec, CsApplication *self)
{
  cs_search_provider_set_workspace (self->search_provider, cs_window_get_workspace (window));
}

static void
cs_application_window_added (GtkApplication *application, GtkWindow *window)
{
  GTK_APPLICATION_CLASS (cs_application_parent_class)->window_added (application, window);

  if (CS_IS_WINDOW (window))
    g_signal_connect_object (window, "notify::workspace", G_CALLBACK (lend_workspace_cb),
                             application, 0);
}

static void
cs_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  if (CS_IS_WINDOW (window))
    cs_search_provider_set_workspace (CS_APPLICATION (application)->search_provider, NULL);

  GTK_APPLICATION_CLASS (cs_application_parent_class)->window_removed (application, window);
}

static gboolean
cs_application_dbus_register (GApplication *application,
                              GDBusConnection *connection,
                              const char *path,
                              GError **error)
{
  CsApplication *self = CS_APPLICATION (application);
  g_autofree char *provider_path = g_strconcat (path, "/SearchProvider", NULL);

  self->search_provider = cs_search_provider_new (application, self->data_directory);
  return cs_search_provider_export (self->search_provider, connection, provider_path, error) &&
         G_APPLICATION_CLASS (cs_application_parent_class)
           ->dbus_register (application, connection, path, error);
}

static void
cs_application_dbus_unregister (GApplication *application,
                                GDBusConnection *connection,
                                const char *path)
{
  CsApplication *self = CS_APPLICATION (application);

  if (self->search_provider != NULL)
    cs_search_provider_unexport (self->search_provider);

  G_APPLICATION_CLASS (cs_application_parent_class)
    ->dbus_unregister (application, connection, path);
}

static void
cs_application_startup (GApplication *application)
{
  CsApplication *self = CS_APPLICATION (application);

  G_APPLICATION_CLASS (cs_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (self, "app.quit", "<Control>q", NULL);
  set_accels (self, "window.close", "<Control>w", NULL);
  set_accels (self, "win.show-help-overlay", "<Control>question", "F1");
  set_accels (self, "win.preferences", "<Control>comma", NULL);
  set_accels (self, "win.open-runbook", "<Control>o", NULL);
  set_accels (self, "win.back", "<Alt>Left", NULL);
  set_accels (self, "win.next", "<Control>Return", NULL);
  set_accels (self, "win.roll-back", "<Control><Shift>z", NULL);
  set_accels (self, "win.show-page::deployments", "<Control>1", NULL);
  set_accels (self, "win.show-page::rollouts", "<Control>2", NULL);
  set_accels (self, "win.show-page::runbooks", "<Control>3", NULL);
  set_accels (self, "win.show-page::history", "<Control>4", NULL);
  set_accels (self, "win.show-page::servers", "<Control>5", NULL);
}

static void
cs_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (ensure_window (CS_APPLICATION (application))));
}

/* As a file manager asks over the bus. */
static void
cs_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  CsWindow *window = ensure_window (CS_APPLICATION (application));

  for (int i = 0; i < n_files; i++)
    cs_window_open_file (window, files[i]);
  gtk_window_present (GTK_WINDOW (window));
}

/* A data directory of its own gets an application of its own; a second copy on the same directory
 * hands its arguments to the first, which presents its window. The id must stand before the
 * application registers. */
static void
choose_data_directory (CsApplication *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autofree char *absolute = g_file_get_path (file);
  g_autofree char *digest = NULL;
  g_autofree char *id = NULL;

  if (absolute == NULL)
    return;

  digest = cs_digest_of_data (absolute, strlen (absolute));
  digest[16] = '\0';
  id = g_strdup_printf ("%s.d%s", APPLICATION_ID, digest);
  g_application_set_application_id (G_APPLICATION (self), id);
  g_free (self->data_directory);
  self->data_directory = g_steal_pointer (&absolute);
}

static int
cs_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  CsApplication *self = CS_APPLICATION (application);
  const char *directory = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("countersign %s\n", VERSION);
      return 0;
    }

  if (g_variant_dict_lookup (dict, "data-dir", "^&ay", &directory))
    choose_data_directory (self, directory);

  return -1;
}

static int
cs_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  CsApplication *self = CS_APPLICATION (application);
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  CsWindow *window = ensure_window (self);
  g_autofree const char **paths = NULL;

  if (g_variant_dict_contains (dict, "sample"))
    g_action_group_activate_action (G_ACTION_GROUP (window), "try-sample", NULL);

  if (g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&ay", &paths))
    {
      for (guint i = 0; paths[i] != NULL; i++)
        {
          g_autoptr (GFile) file =
            g_application_command_line_create_file_for_arg (command_line, paths[i]);

          cs_window_open_file (window, file);
        }
    }

  gtk_window_present (GTK_WINDOW (window));
  return 0;
}

static void
cs_application_finalize (GObject *object)
{
  CsApplication *self = CS_APPLICATION (object);

  g_clear_object (&self->search_provider);
  g_free (self->data_directory);

  G_OBJECT_CLASS (cs_application_parent_class)->finalize (object);
}

static void
cs_application_class_init (CsApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = cs_application_finalize;

  application_class->startup = cs_application_startup;
  application_class->activate = cs_application_activate;
  application_class->handle_local_options = cs_application_handle_local_options;
  application_class->command_line = cs_application_command_line;
  application_class->open = cs_application_open;
  application_class->dbus_register = cs_application_dbus_register;
  application_class->dbus_unregister = cs_application_dbus_unregister;

  GTK_APPLICATION_CLASS (klass)->window_added = cs_application_window_added;
  GTK_APPLICATION_CLASS (klass)->window_removed = cs_application_window_removed;
}

static void
cs_application_init (CsApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("Signed, recorded deployments from runbooks."));
}

/**
 * cs_application_new:
 *
 * Makes the application.
 *
 * Returns: (transfer full): a new #CsApplication
 */
CsApplication *
cs_application_new (void)
{
  return g_object_new (CS_TYPE_APPLICATION,
                       "application-id", APPLICATION_ID,
                       "resource-base-path", RESOURCE_BASE,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       NULL);
}
