/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersign-demo-service: serves the release that ROOT/current points to, until told to end. */

#include "cs-demo-service.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <unistd.h>

#define DRAIN_SECONDS 10

static gboolean
terminate_cb (gpointer service)
{
  cs_demo_service_drain (service);
  return G_SOURCE_CONTINUE;
}

static gboolean
give_up_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* A client may be as slow as it likes; the drain is not. */
static gboolean
limit_drain_cb (gpointer loop)
{
  g_timeout_add_seconds (DRAIN_SECONDS, give_up_cb, loop);
  return G_SOURCE_CONTINUE;
}

static CsDemoRelease *
load_current (const char *root, GError **error)
{
  g_autofree char *link = g_build_filename (root, "current", NULL);
  g_autofree char *directory = realpath (link, NULL);

  if (directory == NULL)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   "%s leads to no release; point it to one with ln -s releases/VERSION current",
                   link);
      return NULL;
    }
  return cs_demo_release_load (directory, error);
}

/* Written when the service answers, so whoever waits for the file finds it answering. */
static gboolean
write_run_file (const char *path, guint number, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = g_strdup_printf ("%u\n", number);

  g_mkdir_with_parents (directory, 0755);
  return g_file_set_contents (path, text, -1, error);
}

static void
serve (CsDemoService *service)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_signal_connect_swapped (service, "drained", G_CALLBACK (g_main_loop_quit), loop);
  g_unix_signal_add (SIGTERM, limit_drain_cb, loop);
  g_unix_signal_add (SIGTERM, terminate_cb, service);
  g_unix_signal_add (SIGINT, terminate_cb, service);
  g_main_loop_run (loop);
  g_signal_handlers_disconnect_by_data (service, loop);
}

static gboolean
start (const char *root, GError **error)
{
  g_autofree char *pid_path = g_build_filename (root, "run", "greeting.pid", NULL);
  g_autofree char *port_path = g_build_filename (root, "run", "greeting.port", NULL);
  g_autoptr (CsDemoService) service = NULL;
  CsDemoRelease *release = load_current (root, error);
  g_autofree char *version = NULL;
  guint16 port;

  if (release == NULL)
    return FALSE;
  version = g_strdup (cs_demo_release_get_version (release));
  service = cs_demo_service_new (release);
  if (!cs_demo_service_listen (service, error))
    return FALSE;
  port = cs_demo_service_get_port (service);
  if (!write_run_file (port_path, port, error) ||
      !write_run_file (pid_path, (guint) getpid (), error))
    return FALSE;
  g_print ("greeting %s listens on http://127.0.0.1:%u\n", version, port);
  serve (service);
  g_print ("greeting %s has ended\n", version);
  unlink (pid_path);
  unlink (port_path);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autofree char *root = NULL;
  const GOptionEntry entries[] = {
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &root,
      "Directory that holds current, releases and run (default: where it is started)", "DIR" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- a small service to deploy");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("countersign-demo-service: %s\n", error->message);
      return 2;
    }
  if (!start (root != NULL ? root : ".", &error))
    {
      g_printerr ("countersign-demo-service: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
