/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real keyring without a window, on a bus of the test's own. */

#include "cs-test-keyring.h"

#include "cs-test-process.h"

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/**
 * cs_test_keyring_start:
 * @directory: of the test's own
 */
void
cs_test_keyring_start (const char *directory)
{
  g_autofree char *command = g_strdup_printf (
    "printf %%s letmein | env XDG_DATA_HOME='%s' XDG_RUNTIME_DIR='%s' XDG_CACHE_HOME='%s' "
    "gnome-keyring-daemon --unlock --components=secrets --control-directory='%s/control' "
    ">/dev/null 2>&1",
    directory, directory, directory, directory);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  gboolean here = FALSE;
  guint watch = g_bus_watch_name (G_BUS_TYPE_SESSION, "org.freedesktop.secrets",
                                  G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb, NULL, &here, NULL);

  g_free (cs_test_run (argv));
  while (!here)
    g_main_context_iteration (NULL, TRUE);
  g_bus_unwatch_name (watch);
}
