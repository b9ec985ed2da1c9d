/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which keys a person can sign with on this computer. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-child.h"
#include "cs-digest.h"
#include "cs-key-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define AGENT_DIRECTORY "agent"

typedef struct
{
  char *keys_directory;
  char *agent_lines;
} Search;

static void
search_free (Search *search)
{
  g_free (search->keys_directory);
  g_free (search->agent_lines);
  g_free (search);
}

static CsKey *
find_key (GPtrArray *keys, const char *public_line)
{
  for (guint i = 0; i < keys->len; i++)
    if (g_str_equal (cs_key_get_public_line (g_ptr_array_index (keys, i)), public_line))
      return g_ptr_array_index (keys, i);
  return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
add_files (GPtrArray *keys, const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".pub"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *public_path = g_build_filename (directory, names->pdata[i], NULL);
      g_autofree char *private_path =
        g_strndup (public_path, strlen (public_path) - strlen (".pub"));
      g_autofree char *text = cs_key_read_file (public_path, NULL);
      g_autoptr (CsKey) key = NULL;

      if (text == NULL || !cs_key_is_private_file (private_path))
        continue;
      key = cs_key_new (CS_KEY_FILE, private_path, text);
      if (key != NULL && find_key (keys, cs_key_get_public_line (key)) == NULL)
        g_ptr_array_add (keys, g_steal_pointer (&key));
    }
}

/* ssh-keygen wants to read the public half of an agent's key from a file, so it is given one. */
static CsKey *
keep_agent_key (const char *line, const char *keys_directory)
{
  g_autofree char *directory = g_build_filename (keys_directory, AGENT_DIRECTORY, NULL);
  g_autofree char *public_line = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (cs_key_parse_public (line, &public_line, NULL, NULL) == NULL)
    return NULL;
  digest = cs_digest_of_data (public_line, strlen (public_line));
  name = g_strdup_printf ("%.16s.pub", digest);
  path = g_build_filename (directory, name, NULL);
  if (g_mkdir_with_parents (directory, 0700) != 0 ||
      !g_file_set_contents_full (path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    {
      g_warning ("The SSH agent's key can't be used: %s could not be written", path);
      return NULL;
    }
  return cs_key_new (CS_KEY_AGENT, path, line);
}

static void
search_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Search *search = task_data;
  g_autofree char *ssh_directory = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) lines = g_strsplit (search->agent_lines, "\n", -1);

  add_files (files, search->keys_directory);
  add_files (files, ssh_directory);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *public_line = NULL;
      CsKey *file, *key;

      if (cs_key_parse_public (*line, &public_line, NULL, NULL) == NULL ||
          find_key (keys, public_line) != NULL)
        continue;
      file = find_key (files, public_line);
      key = file != NULL ? cs_key_new (CS_KEY_AGENT, cs_key_get_path (file), *line)
                         : keep_agent_key (*line, search->keys_directory);
      if (key != NULL)
        g_ptr_array_add (keys, key);
    }
  for (guint i = 0; i < files->len; i++)
    if (find_key (keys, cs_key_get_public_line (files->pdata[i])) == NULL)
      g_ptr_array_add (keys, g_object_ref (files->pdata[i]));
  g_task_return_pointer (task, g_steal_pointer (&keys), (GDestroyNotify) g_ptr_array_unref);
}

/* No agent, an empty one, no ssh-add: then there are only files. */
static void
agent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (child != NULL && child->status == 0)
    {
      gsize size;
      const char *text = g_bytes_get_data (child->out, &size);

      search->agent_lines = g_strndup (text, size);
    }
  else
    search->agent_lines = g_strdup ("");
  g_task_run_in_thread (task, search_thread);
}

/**
 * cs_key_list_async:
 * @keys_directory: where Countersign keeps the keys that it made; need not exist
 *
 * Finds the keys that one can sign with: those of the agent at `SSH_AUTH_SOCK` first, then those in
 * @keys_directory and `~/.ssh` whose private half is there; each once.
 */
void
cs_key_list_async (const char *keys_directory,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  const char *argv[] = { "ssh-add", "-L", NULL };
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Search *search = g_new0 (Search, 1);

  g_return_if_fail (keys_directory != NULL);

  search->keys_directory = g_strdup (keys_directory);
  g_task_set_source_tag (task, cs_key_list_async);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  if (g_getenv ("SSH_AUTH_SOCK") != NULL)
    {
      cs_child_run_async (argv, NULL, NULL, cancellable, agent_cb, g_object_ref (task));
      return;
    }
  search->agent_lines = g_strdup ("");
  g_task_run_in_thread (task, search_thread);
}

/**
 * cs_key_list_finish:
 *
 * Returns: (transfer full) (element-type CsKey): the keys, maybe none
 */
GPtrArray *
cs_key_list_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
