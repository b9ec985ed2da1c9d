/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a data directory comes to a team's journal, and leaves it. */

/* First what can fail for others' reasons: the database is reached and what is there is moved. Then
 * the password is kept, and last of all the directory says where it belongs: until then it belongs
 * where it did. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-joining.h"

#include "cs-error.h"
#include "cs-membership.h"
#include "cs-pg-store.h"
#include "cs-sqlite-store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  CsJoining *joining; /* transfer full */
  CsTransferProgress progress;
  gpointer progress_data;
  CsKeyring *keyring;
  CsStore *team;    /* (nullable): opened with what the keyring has */
  gboolean was_own; /* there is a journal to set aside */
  CsJoined *joined;
} Run;

/** cs_joining_new: (transfer full): what the words say; @address and @password may be missing. */
CsJoining *
cs_joining_new (CsJoiningKind kind,
                const char *directory,
                const char *address,
                const char *password)
{
  CsJoining *self = g_new0 (CsJoining, 1);

  self->kind = kind;
  self->directory = g_strdup (directory);
  self->address = g_strdup (address);
  self->password = g_strdup (password);
  return self;
}

/** cs_joining_free: */
void
cs_joining_free (CsJoining *self)
{
  if (self == NULL)
    return;
  g_free (self->directory);
  g_free (self->address);
  cs_secret_free (self->password);
  g_free (self);
}

/** cs_joined_free: */
void
cs_joined_free (CsJoined *self)
{
  if (self == NULL)
    return;
  g_free (self->workspace);
  g_free (self->kept);
  g_free (self);
}

static void
run_free (Run *run)
{
  cs_joining_free (run->joining);
  cs_joined_free (run->joined);
  g_clear_object (&run->keyring);
  g_clear_object (&run->team);
  g_free (run);
}

static char *
dup_journal (const char *directory, const char *stamp, const char *suffix)
{
  return g_strdup_printf ("%s/journal%s%s.db%s", directory, stamp != NULL ? "-" : "",
                          stamp != NULL ? stamp : "", suffix);
}

/* The old journal stays, under another name, until a person removes it. */
static gboolean
set_aside (Run *run, GError **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d%H%M%S");

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *old = dup_journal (run->joining->directory, NULL, suffixes[i]);
      g_autofree char *new = dup_journal (run->joining->directory, stamp, suffixes[i]);

      if (g_rename (old, new) != 0 && errno != ENOENT)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "“%s” can't be renamed: %s", old,
                       g_strerror (errno));
          return FALSE;
        }
      if (i == 0)
        run->joined->kept = g_steal_pointer (&new);
    }
  return TRUE;
}

/* (out): whether the directory's own journal holds records. */
static gboolean
has_own_records (const char *directory, gboolean *has, GError **error)
{
  g_autofree char *path = dup_journal (directory, NULL, "");
  g_autoptr (CsSqliteStore) store = NULL;
  g_autoptr (GPtrArray) records = NULL;

  *has = FALSE;
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  store = cs_sqlite_store_open_sync (directory, error);
  if (store == NULL)
    return FALSE;
  records = cs_store_scan (CS_STORE (store), 0, 1, error);
  cs_sqlite_store_close (store);
  if (records == NULL)
    return FALSE;
  *has = records->len > 0;
  return TRUE;
}

/* FALSE with an error if the directory belongs to a team, or can't say. */
static gboolean
check_alone (const char *directory, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CsMembership) membership = cs_membership_read (directory, &local_error);

  if (membership == NULL && local_error == NULL)
    return TRUE;
  if (membership != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_EXISTS,
                 "“%s” belongs to a team already. Leave it first, or move its journal here, or "
                 "choose another data directory",
                 directory);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
check_free (Run *run, GError **error)
{
  const char *directory = run->joining->directory;

  if (!check_alone (directory, error) || !has_own_records (directory, &run->was_own, error))
    return FALSE;
  if (!run->was_own || run->joining->set_aside)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_EXISTS,
               "“%s” has a journal of its own, which would be out of sight. Move it to the team, "
               "or have it set aside, or choose another data directory",
               directory);
  return FALSE;
}

static CsPgStore *
open_team (Run *run, const char *address, GError **error)
{
  const CsJoining *joining = run->joining;
  g_autoptr (CsPgServer) server = cs_pg_server_new (address, joining->password, error);
  CsPgStore *store =
    server != NULL ? cs_pg_store_open_sync (server, joining->directory, NULL, error) : NULL;

  if (store != NULL)
    run->joined->workspace = g_strdup (cs_pg_store_get_workspace (store));
  return store;
}

static gboolean
reach (Run *run, const char *address, GError **error)
{
  g_autoptr (CsPgStore) store = open_team (run, address, error);

  if (store != NULL)
    cs_pg_store_close (store);
  return store != NULL;
}

static gboolean
transfer (Run *run, CsStore *from, CsStore *to, GCancellable *cancellable, GError **error)
{
  run->joined->n_records =
    cs_transfer_run (from, to, run->progress, run->progress_data, cancellable, error);
  return run->joined->n_records >= 0;
}

static gboolean
move_to_team (Run *run, GCancellable *cancellable, GError **error)
{
  const CsJoining *joining = run->joining;
  g_autoptr (CsPgStore) to = NULL;
  g_autoptr (CsSqliteStore) from = NULL;
  gboolean ok;

  if (!check_alone (joining->directory, error))
    return FALSE;
  to = open_team (run, joining->address, error);
  if (to == NULL)
    return FALSE;
  if (joining->only_try)
    {
      ok = cs_transfer_check_empty (CS_STORE (to), error);
      cs_pg_store_close (to);
      return ok;
    }
  from = cs_sqlite_store_open_sync (joining->directory, error);
  ok = from != NULL && transfer (run, CS_STORE (from), CS_STORE (to), cancellable, error);
  if (from != NULL)
    cs_sqlite_store_close (from);
  cs_pg_store_close (to);
  run->was_own = TRUE;
  return ok;
}

static gboolean
move_here (Run *run, GCancellable *cancellable, GError **error)
{
  g_autoptr (CsSqliteStore) to = NULL;
  gboolean ok;

  if (!CS_IS_PG_STORE (run->team))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_EXISTS, "“%s” has a journal of its own already",
                   run->joining->directory);
      return FALSE;
    }
  run->joined->workspace = g_strdup (cs_pg_store_get_workspace (CS_PG_STORE (run->team)));
  to = cs_sqlite_store_open_sync (run->joining->directory, error);
  ok = to != NULL && transfer (run, run->team, CS_STORE (to), cancellable, error);
  if (to != NULL)
    cs_sqlite_store_close (to);
  return ok;
}

/* To leave, or to change the password: which workspace it is. */
static CsMembership *
read_membership (Run *run, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  CsMembership *membership = cs_membership_read (run->joining->directory, &local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (membership == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "“%s” does not belong to a team",
                 run->joining->directory);
  return membership;
}

static gboolean
leave (Run *run, GError **error)
{
  g_autoptr (CsMembership) membership = read_membership (run, error);

  if (membership == NULL)
    return FALSE;
  run->joined->workspace = g_strdup (membership->workspace);
  return TRUE;
}

static gboolean
change_password (Run *run, GError **error)
{
  g_autoptr (CsMembership) membership = read_membership (run, error);

  if (membership == NULL || !reach (run, membership->address, error))
    return FALSE;
  if (strcmp (membership->workspace, run->joined->workspace) == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT,
               "The database holds another workspace now. Ask who runs the server");
  return FALSE;
}

static void
prepare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Run *run = data;
  GError *error = NULL;
  gboolean ok = FALSE;

  switch (run->joining->kind)
    {
    case CS_JOINING_JOIN:
      ok = check_free (run, &error) && reach (run, run->joining->address, &error);
      break;
    case CS_JOINING_MOVE:
      ok = move_to_team (run, cancellable, &error);
      break;
    case CS_JOINING_MOVE_HERE:
      ok = move_here (run, cancellable, &error);
      break;
    case CS_JOINING_LEAVE:
      ok = leave (run, &error);
      break;
    case CS_JOINING_PASSWORD:
    default:
      ok = change_password (run, &error);
      break;
    }
  if (run->team != NULL)
    cs_membership_close (run->team);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
conclude_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Run *run = data;
  CsMembership membership = { run->joining->address, run->joined->workspace };
  GError *error = NULL;
  gboolean ok = TRUE;

  if (run->joining->address != NULL)
    ok = (!run->was_own || set_aside (run, &error)) &&
         cs_membership_write (run->joining->directory, &membership, &error);
  else if (run->joining->kind != CS_JOINING_PASSWORD)
    ok = cs_membership_remove (run->joining->directory, &error);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
concluded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_pointer (task, g_steal_pointer (&run->joined), (GDestroyNotify) cs_joined_free);
  else
    g_task_return_error (task, error);
}

/* Runs a part of it in a thread; the data stay those of the whole. */
static void
run_part (GTask *task, GTaskThreadFunc part, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) step =
    g_task_new (NULL, g_task_get_cancellable (task), callback, g_object_ref (task));

  g_task_set_task_data (step, g_task_get_task_data (task), NULL);
  g_task_set_check_cancellable (step, FALSE);
  g_task_run_in_thread (step, part);
}

/* Without a keyring it would be asked for at every start, and a program without a terminal could
 * not begin at all. */
static gboolean
check_kept (Run *run, GError **error)
{
  const char *problem = cs_keyring_get_problem (run->keyring);

  if (problem == NULL)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_WAITING,
               "The password was not kept: %s. Start a keyring, or put the password into "
               "~/.pgpass as PostgreSQL's documentation says",
               problem);
  return FALSE;
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_keyring_store_finish (CS_KEYRING (source), result, &error) &&
      check_kept (g_task_get_task_data (task), &error))
    run_part (task, conclude_thread, concluded_cb);
  else
    g_task_return_error (task, error);
}

/* What the keyring does not give away now is of no use to anyone who may not log in. */
static void
cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_keyring_clear_finish (CS_KEYRING (source), result, &error))
    g_warning ("The password of the team's database stays in the keyring: %s", error->message);
  run_part (task, conclude_thread, concluded_cb);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  const CsJoining *joining = run->joining;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else if (joining->only_try)
    g_task_return_pointer (task, g_steal_pointer (&run->joined), (GDestroyNotify) cs_joined_free);
  else if (joining->password != NULL)
    cs_keyring_store_async (run->keyring, CS_KEYRING_DATABASE, run->joined->workspace,
                            "Countersign: password of the team's database", joining->password,
                            NULL, stored_cb, g_object_ref (task));
  else if (joining->kind == CS_JOINING_LEAVE || joining->kind == CS_JOINING_MOVE_HERE)
    cs_keyring_clear_async (run->keyring, CS_KEYRING_DATABASE, run->joined->workspace, NULL,
                            cleared_cb, g_object_ref (task));
  else
    run_part (task, conclude_thread, concluded_cb);
}

static void
team_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  run->team = cs_membership_open_finish (result, &error);
  if (run->team != NULL)
    run_part (task, prepare_thread, prepared_cb);
  else
    g_task_return_error (task, error);
}

/**
 * cs_joining_run_async:
 * @joining: (transfer full): what is to be done
 * @progress: (nullable): told of records that are moved, in a thread of its own
 *
 * Joins a team, leaves it, or moves a journal. While it fails the directory belongs where it did;
 * what was moved already stays there, too.
 */
void
cs_joining_run_async (CsJoining *joining,
                      CsTransferProgress progress,
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  g_return_if_fail (joining != NULL);

  run->joining = joining;
  run->progress = progress;
  run->progress_data = progress_data;
  run->keyring = cs_keyring_new (joining->directory);
  run->joined = g_new0 (CsJoined, 1);
  g_task_set_source_tag (task, cs_joining_run_async);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  g_task_set_check_cancellable (task, FALSE);
  if (joining->kind == CS_JOINING_MOVE_HERE)
    cs_membership_open_async (joining->directory, run->keyring, cancellable, team_opened_cb,
                              g_object_ref (task));
  else
    run_part (task, prepare_thread, prepared_cb);
}

/**
 * cs_joining_run_finish:
 *
 * Returns: (transfer full): what was done; %NULL with %CS_ERROR_EXISTS if the directory belongs to
 * a team already, has records of its own, or the place to move to has; %CS_ERROR_NOT_FOUND,
 * %CS_ERROR_CONFLICT, %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH, %CS_ERROR_REFUSED, %CS_ERROR_INVALID,
 * %CS_ERROR_TOO_NEW, %CS_ERROR_STORAGE, or %CS_ERROR_WAITING if there is no keyring for the
 * password
 */
CsJoined *
cs_joining_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
