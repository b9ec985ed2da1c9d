/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which journal a data directory belongs to: its own, or a team's. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-membership.h"

#include "cs-error.h"
#include "cs-pg-store.h"
#include "cs-sqlite-store.h"

#include <errno.h>
#include <glib/gstdio.h>

#define FILE_NAME "team.conf"
#define GROUP "team"

/** cs_membership_free: */
void
cs_membership_free (CsMembership *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->workspace);
  g_free (self);
}

/**
 * cs_membership_read:
 * @directory: a data directory
 *
 * Returns: (transfer full) (nullable): what it belongs to; %NULL without an error if it has a
 * journal of its own; else %CS_ERROR_INVALID or %CS_ERROR_STORAGE
 */
CsMembership *
cs_membership_read (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, FILE_NAME, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (CsMembership) self = g_new0 (CsMembership, 1);
  g_autoptr (GError) local_error = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &local_error))
    {
      if (!g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” can't be read: %s", path,
                     local_error->message);
      return NULL;
    }
  self->address = g_key_file_get_string (file, GROUP, "address", NULL);
  self->workspace = g_key_file_get_string (file, GROUP, "workspace", NULL);
  if (self->address != NULL && self->workspace != NULL)
    return g_steal_pointer (&self);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” does not say address and workspace. Join the workspace again", path);
  return NULL;
}

/**
 * cs_membership_write:
 * @directory: a data directory, made with mode 0700 if it is missing
 *
 * Returns: whether it is recorded, durably; else %CS_ERROR_STORAGE
 */
gboolean
cs_membership_write (const char *directory, const CsMembership *self, GError **error)
{
  g_autofree char *path = g_build_filename (directory, FILE_NAME, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize length;

  g_key_file_set_string (file, GROUP, "address", self->address);
  g_key_file_set_string (file, GROUP, "workspace", self->workspace);
  text = g_key_file_to_data (file, &length, NULL);
  g_mkdir_with_parents (directory, 0700);
  if (g_file_set_contents_full (path, text, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "“%s” can't be written: %s", path,
               local_error->message);
  return FALSE;
}

/* What was copied of the team's journal is of no use to others. */
static void
remove_copies (const char *directory)
{
  g_autoptr (GDir) files = g_dir_open (directory, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    if (g_str_has_prefix (name, "mirror-"))
      {
        g_autofree char *path = g_build_filename (directory, name, NULL);

        g_unlink (path);
      }
}

/** cs_membership_remove: from now on the directory has a journal of its own. */
gboolean
cs_membership_remove (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, FILE_NAME, NULL);

  if (g_unlink (path) == 0 || errno == ENOENT)
    {
      remove_copies (directory);
      return TRUE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "“%s” can't be removed: %s", path,
               g_strerror (errno));
  return FALSE;
}

typedef struct
{
  char *directory;
  CsKeyring *keyring;
  CsMembership *membership; /* (nullable): it has a journal of its own */
} Opening;

static void
opening_free (Opening *self)
{
  g_free (self->directory);
  g_object_unref (self->keyring);
  cs_membership_free (self->membership);
  g_free (self);
}

static void
return_store (GTask *task, gpointer store, GError *error)
{
  if (store != NULL)
    g_task_return_pointer (task, store, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
own_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gpointer store = cs_sqlite_store_open_finish (result, &error);

  return_store (task, store, error);
}

static void
team_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gpointer store = cs_pg_store_open_finish (result, &error);

  return_store (task, store, error);
}

static void
password_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;
  char *password = cs_keyring_lookup_finish (CS_KEYRING (source), result, &error);
  g_autoptr (CsPgServer) server = NULL;

  if (error == NULL)
    server = cs_pg_server_new (opening->membership->address, password, &error);
  cs_secret_free (password);
  if (server == NULL)
    g_task_return_error (task, error);
  else
    cs_pg_store_open_async (server, opening->directory, opening->membership->workspace,
                            g_task_get_cancellable (task), team_opened_cb, g_object_ref (task));
}

static void
read_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Opening *opening = task_data;
  GError *error = NULL;

  opening->membership = cs_membership_read (opening->directory, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else if (opening->membership == NULL)
    cs_sqlite_store_open_async (opening->directory, cancellable, own_opened_cb,
                                g_object_ref (task));
  else
    cs_keyring_lookup_async (opening->keyring, CS_KEYRING_DATABASE, opening->membership->workspace,
                             cancellable, password_cb, g_object_ref (task));
}

/**
 * cs_membership_open_async:
 * @directory: a data directory
 * @keyring: has the password of the team's database, if one is needed
 *
 * Opens the journal that the directory belongs to.
 */
void
cs_membership_open_async (const char *directory,
                          CsKeyring *keyring,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);
  g_autoptr (GTask) reading = NULL;

  g_return_if_fail (directory != NULL && CS_IS_KEYRING (keyring));

  opening->directory = g_strdup (directory);
  opening->keyring = g_object_ref (keyring);
  g_task_set_source_tag (task, cs_membership_open_async);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  reading = g_task_new (NULL, cancellable, read_cb, task);
  g_task_set_task_data (reading, opening, NULL);
  g_task_run_in_thread (reading, read_thread);
}

/**
 * cs_membership_open_finish:
 *
 * Returns: (transfer full): the journal; %NULL with the errors of the kind of store that it is, or
 * %CS_ERROR_CONFLICT if the database holds another workspace
 */
CsStore *
cs_membership_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_membership_close: waits until what was asked of the journal is done, and closes it. */
void
cs_membership_close (CsStore *store)
{
  cs_queued_store_close (CS_QUEUED_STORE (store));
}
