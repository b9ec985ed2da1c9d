/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that tests start: to their end, or as servers that never outlive the test. */

#include "cs-test-process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/**
 * cs_test_run:
 * @argv: a program and its arguments
 *
 * Returns: (transfer full): what it wrote to its standard output
 */
char *
cs_test_run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *err = NULL;
  char *out = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
                &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s failed: %s", argv[0], err);
  return out;
}

/* After fork: only what may be called there. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/**
 * cs_test_spawn:
 * @directory: (nullable): where it starts
 * @argv: a program and its arguments
 * @envp: (nullable): its environment; %NULL for the test's own
 *
 * To be called in a thread that lives as long as the test: the kernel looks at the thread.
 *
 * Returns: its process, for cs_test_kill()
 */
GPid
cs_test_spawn (const char *directory, const char *const *argv, const char *const *envp)
{
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_spawn_async (directory, (char **) argv, (char **) envp,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                 die_with_parent, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/**
 * cs_test_kill:
 * @pid: (inout): from cs_test_spawn()
 */
void
cs_test_kill (GPid *pid)
{
  if (*pid == 0)
    return;
  kill (*pid, SIGKILL);
  waitpid (*pid, NULL, 0);
  g_spawn_close_pid (*pid);
  *pid = 0;
}

/**
 * cs_test_collect_children:
 * @pid: a process
 * @pids: (element-type GPid): where its children are added, as /proc has them
 */
void
cs_test_collect_children (GPid pid, GArray *pids)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", pid, pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  words = g_strsplit (g_strstrip (text), " ", -1);
  for (char **word = words; *word != NULL && **word != '\0'; word++)
    {
      GPid child = atoi (*word);

      g_array_append_val (pids, child);
    }
}

/**
 * cs_test_find_port:
 *
 * Returns: a port that was free just now
 */
guint16
cs_test_find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_address (listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &bound, &error);
  g_assert_no_error (error);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/**
 * cs_test_make_key:
 * @path: of the private half
 */
void
cs_test_make_key (const char *path)
{
  const char *argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                         "-C", "test", "-f", path, NULL };

  g_unlink (path);
  g_free (cs_test_run (argv));
}
