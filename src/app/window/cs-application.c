/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application: one instance per data directory, its options and its actions. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-application.h"

#include "cs-digest.h"
#include "cs-window.h"

#include <glib/gi18n.h>

#define RESOURCE_BASE "/io/github/countersign/Countersign"

struct _CsApplication
{
  AdwApplication parent_instance;

  char *data_directory; /* NULL: the default one */
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
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
  g_list_free (windows);
}

static const GActionEntry actions[] = {
  { "about", about_cb },
  { "quit", quit_cb },
};

static void
set_accels (CsApplication *self, const char *action, const char *first, const char *second)
{
  const char *accels[] = { first, second, NULL };

  gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, accels);
}

static CsWindow *
ensure_window (CsApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *l = windows; l != NULL; l = l->next)
    {
      if (CS_IS_WINDOW (l->data))
        return l->data;
    }

  return cs_window_new (GTK_APPLICATION (self), self->data_directory);
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
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                       NULL);
}
