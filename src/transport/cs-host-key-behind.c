/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host keys of a server that is reached through another host: only ssh itself gets there. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-host-key-behind.h"

#include "cs-child.h"
#include "cs-error.h"
#include "cs-ssh-config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* As ssh prefers them; a server shows one key a connection. */
static const char *const algorithms[] = {
  "-oHostKeyAlgorithms=ssh-ed25519",
  "-oHostKeyAlgorithms=ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521",
  "-oHostKeyAlgorithms=rsa-sha2-512,rsa-sha2-256",
};

/**
 * Look:
 *
 * What belongs to one cs_host_key_behind_async(): one connection after the other, each with a file
 * of its own in which ssh leaves the key that it was shown.
 */
typedef struct
{
  CsTarget *target;
  char *directory;
  char *file;
  guint next;
  GString *keys;
  char *said; /* of the first connection */
} Look;

static void connect_next (GTask *task);

static void
look_free (gpointer data)
{
  Look *look = data;

  if (look->file != NULL)
    g_unlink (look->file);
  if (look->directory != NULL)
    g_rmdir (look->directory);
  g_object_unref (look->target);
  g_free (look->directory);
  g_free (look->file);
  g_string_free (look->keys, TRUE);
  g_free (look->said);
  g_free (look);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *look = g_task_get_task_data (task);
  g_autofree char *text = NULL;

  if (g_file_load_contents_finish (G_FILE (source), result, &text, NULL, NULL, NULL))
    g_string_append (look->keys, text);
  g_unlink (look->file);
  connect_next (task);
}

/* It was not to log in, so its status says nothing; what it was shown does. */
static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);
  g_autoptr (GFile) file = g_file_new_for_path (look->file);

  if (child == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (look->said == NULL)
    look->said = g_strdup (g_strstrip (child->err));
  g_file_load_contents_async (file, g_task_get_cancellable (task), read_cb, g_object_ref (task));
}

/* The key of the server itself is taken as it comes, into a file that is looked at once. Hosts on
 * the way there are checked by an ssh of their own, with what the person's configuration says. */
static GPtrArray *
build_arguments (Look *look)
{
  static const char *const options[] = {
    "-T",
    "-oBatchMode=yes",
    "-oStrictHostKeyChecking=no",
    "-oGlobalKnownHostsFile=/dev/null",
    "-oHashKnownHosts=no",
    "-oCheckHostIP=no",
    "-oUpdateHostKeys=no",
    "-oPreferredAuthentications=none",
    "-oControlMaster=no",
    "-oControlPath=none",
    "-oClearAllForwardings=yes",
    "-oRemoteCommand=none",
    "-oPermitLocalCommand=no",
    "-oLogLevel=ERROR",
    "-oConnectTimeout=10",
  };
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (argv, g_strdup ("ssh"));
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    g_ptr_array_add (argv, g_strdup (options[i]));
  g_ptr_array_add (argv, g_strdup (algorithms[look->next]));
  g_ptr_array_add (argv, g_strdup_printf ("-oUserKnownHostsFile=\"%s\"", look->file));
  cs_ssh_config_add_target (argv, look->target);
  g_ptr_array_add (argv, g_strdup ("--"));
  g_ptr_array_add (argv, g_strdup (cs_target_get_host (look->target)));
  g_ptr_array_add (argv, g_strdup ("exit"));
  g_ptr_array_add (argv, NULL);
  return argv;
}

/* Not with the first kind of key, and so not with the others, unless it just has none of that. */
static gboolean
can_not_be_reached (Look *look)
{
  return look->next > 0 && look->keys->len == 0 &&
         strstr (look->said, "no matching host key") == NULL;
}

static void
connect_next (GTask *task)
{
  Look *look = g_task_get_task_data (task);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GPtrArray) argv = NULL;

  if (look->next == G_N_ELEMENTS (algorithms) || can_not_be_reached (look))
    {
      if (look->keys->len > 0)
        g_task_return_pointer (task, g_strdup (look->keys->str), g_free);
      else
        g_task_return_new_error (task, CS_ERROR, CS_ERROR_UNREACHABLE,
                                 "ssh gets to no host key: %s", look->said);
      return;
    }
  argv = build_arguments (look);
  look->next++;
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  /* What a host on the way might ask is answered with no. */
  g_subprocess_launcher_setenv (launcher, "SSH_ASKPASS", "/bin/false", TRUE);
  g_subprocess_launcher_setenv (launcher, "SSH_ASKPASS_REQUIRE", "force", TRUE);
  cs_child_run_async ((const char *const *) argv->pdata, launcher, NULL,
                      g_task_get_cancellable (task), connected_cb, g_object_ref (task));
}

/**
 * cs_host_key_behind_async:
 * @target: an ssh target, whose way leads over a ProxyJump or ProxyCommand
 * @state_directory: where a private file can be made for a moment
 *
 * Connects as far as the server shows its key, once for each kind of key.
 */
void
cs_host_key_behind_async (CsTarget *target,
                          const char *state_directory,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Look *look = g_new0 (Look, 1);

  g_task_set_source_tag (task, cs_host_key_behind_async);
  g_task_set_task_data (task, look, look_free);
  look->target = g_object_ref (target);
  look->keys = g_string_new (NULL);
  look->directory = g_build_filename (state_directory, "scan-XXXXXX", NULL);
  if (g_mkdir_with_parents (state_directory, 0700) != 0 ||
      g_mkdtemp_full (look->directory, 0700) == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_STORAGE, "%s can't be written: %s",
                               state_directory, g_strerror (errno));
      g_clear_pointer (&look->directory, g_free);
      return;
    }
  look->file = g_build_filename (look->directory, "keys", NULL);
  connect_next (task);
}

/**
 * cs_host_key_behind_finish:
 *
 * Returns: (transfer full): lines as known_hosts has them, one for each key; %NULL with
 *   %CS_ERROR_UNREACHABLE or %CS_ERROR_STORAGE
 */
char *
cs_host_key_behind_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
