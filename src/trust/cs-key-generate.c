/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a key pair with ssh-keygen. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-child.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-key-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* ssh-keygen asks for a new passphrase twice. */
#define ANSWERS_OF_A_NEW_KEY 2

typedef struct
{
  char *keys_directory;
  char *comment;
  char *new_directory;
  char *new_path;
  CsAskpass *askpass;
  guint answers_before;
} Making;

static void
making_free (Making *making)
{
  if (making->new_directory != NULL)
    {
      g_autofree char *new_public = g_strconcat (making->new_path, ".pub", NULL);

      g_unlink (making->new_path);
      g_unlink (new_public);
      g_rmdir (making->new_directory);
    }
  g_free (making->keys_directory);
  g_free (making->comment);
  g_free (making->new_directory);
  g_free (making->new_path);
  g_clear_object (&making->askpass);
  g_free (making);
}

/* The name comes from the key, so no two keys ever want the same one. */
static CsKey *
move_to_place (Making *making, GError **error)
{
  g_autofree char *new_public = g_strconcat (making->new_path, ".pub", NULL);
  g_autofree char *line = cs_key_read_file (new_public, error);
  g_autofree char *digest = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  g_autofree char *public_path = NULL;

  if (line == NULL)
    return NULL;
  digest = cs_digest_of_data (line, strlen (line));
  name = g_strdup_printf ("id_ed25519_%.12s", digest);
  path = g_build_filename (making->keys_directory, name, NULL);
  public_path = g_strconcat (path, ".pub", NULL);
  if (g_rename (making->new_path, path) != 0 || g_rename (new_public, public_path) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "The new key can't be kept in %s: %s",
                   making->keys_directory, g_strerror (errno));
      return NULL;
    }
  return cs_key_new (CS_KEY_FILE, path, line);
}

static void
keep_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  CsKey *key = move_to_place (task_data, &error);

  if (key != NULL)
    g_task_return_pointer (task, key, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Making *making = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);

  if (child == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* ssh-keygen takes a refused question for an empty passphrase: then the key must not be kept. */
  if (making->askpass != NULL &&
      cs_askpass_get_n_answers (making->askpass) < making->answers_before + ANSWERS_OF_A_NEW_KEY)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                             "No passphrase was given, so no key was made");
  else if (child->status != 0)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "ssh-keygen made no key: %s",
                             g_strstrip (child->err));
  else
    g_task_run_in_thread (task, keep_thread);
}

static void
start_keygen (GTask *task)
{
  Making *making = g_task_get_task_data (task);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  const char *argv[] = {
    "ssh-keygen", "-q", "-t", "ed25519", "-C", making->comment, "-f", making->new_path,
    NULL, NULL, NULL
  };

  if (making->askpass != NULL)
    {
      making->answers_before = cs_askpass_get_n_answers (making->askpass);
      cs_askpass_apply (making->askpass, launcher, 0);
    }
  else
    {
      argv[8] = "-N";
      argv[9] = "";
    }
  cs_child_run_async (argv, launcher, NULL, g_task_get_cancellable (task), made_cb,
                      g_object_ref (task));
}

static void
prepare_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Making *making = task_data;
  g_autofree char *directory = g_build_filename (making->keys_directory, ".new-XXXXXX", NULL);

  if (g_mkdir_with_parents (making->keys_directory, 0700) != 0 ||
      g_mkdtemp_full (directory, 0700) == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_STORAGE, "Keys can't be kept in %s: %s",
                               making->keys_directory, g_strerror (errno));
      return;
    }
  making->new_directory = g_steal_pointer (&directory);
  making->new_path = g_build_filename (making->new_directory, "key", NULL);
  g_task_return_boolean (task, TRUE);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    start_keygen (task);
  else
    g_task_return_error (task, error);
}

/**
 * cs_key_generate_async:
 * @keys_directory: where the key is to lie; made (mode 0700) if missing
 * @comment: e.g. the person's e-mail address; one line
 * @askpass: (nullable): gives the passphrase, which may be empty; %NULL makes a key without one
 *
 * Makes an Ed25519 key pair.
 */
void
cs_key_generate_async (const char *keys_directory,
                       const char *comment,
                       CsAskpass *askpass,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) prepare = NULL;
  Making *making;

  g_return_if_fail (keys_directory != NULL && comment != NULL);

  g_task_set_source_tag (task, cs_key_generate_async);
  if (strpbrk (comment, "\r\n") != NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID, "A key's comment is one line");
      return;
    }
  making = g_new0 (Making, 1);
  making->keys_directory = g_strdup (keys_directory);
  making->comment = g_strdup (comment);
  making->askpass = askpass != NULL ? g_object_ref (askpass) : NULL;
  g_task_set_task_data (task, making, (GDestroyNotify) making_free);

  prepare = g_task_new (NULL, cancellable, prepared_cb, g_object_ref (task));
  g_task_set_source_tag (prepare, cs_key_generate_async);
  g_task_set_task_data (prepare, making, NULL);
  g_task_run_in_thread (prepare, prepare_thread);
}

/**
 * cs_key_generate_finish:
 *
 * Returns: (transfer full): the new key; %NULL with %CS_ERROR_AUTH if no passphrase was given,
 *   %CS_ERROR_STORAGE if the directory can't be written
 */
CsKey *
cs_key_generate_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
