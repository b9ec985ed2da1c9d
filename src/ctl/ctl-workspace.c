/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the journal is, alone or with a team: countersignctl workspace */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-membership.h"
#include "cs-pg-store.h"
#include "cs-sqlite-store.h"
#include "cs-transfer.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-terminal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* An address, and the password if the command was given one. */
typedef struct
{
  char *fd;
  char *address;
  char *password; /* (nullable) */
} Where;

static void
where_clear (Where *self)
{
  g_free (self->fd);
  g_free (self->address);
  cs_secret_free (self->password);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Where, where_clear)

static gboolean
parse (Ctl *ctl, char **arguments, gboolean *here, Where *where, GError **error)
{
  const GOptionEntry entries[] = {
    { "password-fd", 0, 0, G_OPTION_ARG_FILENAME, &where->fd, NULL, "N" },
    { here != NULL ? "here" : NULL, 0, 0, G_OPTION_ARG_NONE, here, NULL, NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;

  if (!ctl_parse (ctl, arguments, entries, here != NULL ? 0 : 1, 1, &words, error))
    return FALSE;
  where->address = g_strdup (words[0]);
  if (where->fd != NULL)
    where->password = ctl_terminal_take ("Password: ", where->fd, error);
  return where->fd == NULL || where->password != NULL;
}

/* Many databases need no password: one is asked for only when the server wants it. */
static CsPgStore *
open_team (Where *where, const char *directory, GError **error)
{
  g_autoptr (CsPgServer) server = cs_pg_server_new (where->address, where->password, error);
  g_autoptr (GError) local_error = NULL;
  CsPgStore *store;

  if (server == NULL)
    return NULL;
  store = cs_pg_store_open_sync (server, directory, NULL, &local_error);
  if (store == NULL && where->password == NULL && isatty (STDIN_FILENO) &&
      g_error_matches (local_error, CS_ERROR, CS_ERROR_AUTH))
    {
      where->password = ctl_terminal_take ("Password of the database: ", NULL, error);
      return where->password != NULL ? open_team (where, directory, error) : NULL;
    }
  if (store == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return store;
}

CtlStatus
ctl_workspace_create (Ctl *ctl, char **arguments)
{
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgServer) server = NULL;
  g_autofree char *id = NULL;

  if (parse (ctl, arguments, NULL, &where, &error))
    server = cs_pg_server_new (where.address, where.password, &error);
  if (server != NULL)
    id = cs_pg_store_create_workspace (server, &error);
  if (id == NULL)
    return ctl_fail (error);
  ctl_print (stdout, "%s\n", id);
  ctl_print (stderr, "The workspace is made. Let people in as the server's administrator:\n\n"
                     "  GRANT countersign_writer TO ada;\n\n"
                     "Then each joins with: countersignctl workspace join ADDRESS\n");
  return CTL_DONE;
}

CtlStatus
ctl_workspace_upgrade (Ctl *ctl, char **arguments)
{
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgServer) server = NULL;
  gint64 format = 0;

  if (parse (ctl, arguments, NULL, &where, &error))
    server = cs_pg_server_new (where.address, where.password, &error);
  if (server == NULL || !cs_pg_store_upgrade_workspace (server, &format, &error))
    return ctl_fail (error);
  ctl_print (stdout, "The workspace is up to date\n");
  return CTL_DONE;
}

static gboolean
keep_password (const char *directory, const char *workspace, const char *password, GError **error)
{
  g_autoptr (CsKeyring) keyring = cs_keyring_new (directory);
  g_autoptr (GAsyncResult) result = NULL;

  if (password == NULL)
    return TRUE;
  cs_keyring_store_async (keyring, CS_KEYRING_DATABASE, workspace,
                          "Countersign: password of the team's database", password, NULL,
                          ctl_ready_cb, &result);
  if (!cs_keyring_store_finish (keyring, ctl_wait (&result), error))
    return FALSE;
  if (cs_keyring_get_problem (keyring) == NULL)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_WAITING,
               "The password was not kept: %s. Start a keyring, or put the password into "
               "~/.pgpass as PostgreSQL's documentation says",
               cs_keyring_get_problem (keyring));
  return FALSE;
}

static gboolean
become_member (const char *directory, const Where *where, CsPgStore *store, GError **error)
{
  CsMembership membership = { where->address, (char *) cs_pg_store_get_workspace (store) };

  return keep_password (directory, membership.workspace, where->password, error) &&
         cs_membership_write (directory, &membership, error);
}

/* Whether the directory's own journal holds records. */
static gboolean
has_own_records (const char *directory, gboolean *has, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "journal.db", NULL);
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
                 "“%s” belongs to a team already. Give another --data-dir, or move it here with "
                 "“workspace move --here”",
                 directory);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
check_free (const char *directory, GError **error)
{
  gboolean has;

  if (!check_alone (directory, error) || !has_own_records (directory, &has, error))
    return FALSE;
  if (has)
    g_set_error (error, CS_ERROR, CS_ERROR_EXISTS,
                 "“%s” has a journal of its own, which would be out of sight. Move it to the team "
                 "with “workspace move”, or give another --data-dir",
                 directory);
  return !has;
}

CtlStatus
ctl_workspace_join (Ctl *ctl, char **arguments)
{
  g_autofree char *directory = NULL;
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgStore) store = NULL;
  gboolean ok;

  ok = parse (ctl, arguments, NULL, &where, &error);
  directory = ctl_dup_directory (ctl);
  if (ok && check_free (directory, &error))
    store = open_team (&where, directory, &error);
  if (store == NULL || !become_member (directory, &where, store, &error))
    return ctl_fail (error);
  ctl_print (stdout, "Joined workspace %s\n", cs_pg_store_get_workspace (store));
  return CTL_DONE;
}

static JsonNode *
status_to_json (const CsMembership *membership, const char *directory, GPtrArray *heads)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  gint64 records = 0;

  for (guint i = 0; i < heads->len; i++)
    records += ((CsStreamHead *) g_ptr_array_index (heads, i))->n + 1;
  ctl_set_text (object, "directory", directory);
  ctl_set_text (object, "address", membership != NULL ? membership->address : NULL);
  ctl_set_text (object, "workspace", membership != NULL ? membership->workspace : NULL);
  json_object_set_int_member (object, "streams", heads->len);
  json_object_set_int_member (object, "records", records);
  json_node_take_object (node, object);
  return node;
}

CtlStatus
ctl_workspace_status (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autofree char *directory = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsMembership) membership = NULL;
  g_autoptr (GPtrArray) heads = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *streams = NULL;
  g_autofree char *records = NULL;

  if (!ctl_parse (ctl, arguments, entries, 0, 0, &words, &error))
    return ctl_fail (error);
  directory = ctl_dup_directory (ctl);
  membership = cs_membership_read (directory, &error);
  if (error == NULL && ctl_open (ctl, &error))
    heads = cs_store_list_heads_sync (cs_workspace_get_store (ctl->workspace), "", &error);
  if (heads == NULL)
    return ctl_fail (error);
  node = status_to_json (membership, directory, heads);
  if (json)
    {
      ctl_print_json (node);
      return CTL_DONE;
    }
  streams = g_strdup_printf ("%u", heads->len);
  records = g_strdup_printf ("%" G_GINT64_FORMAT,
                             json_object_get_int_member (json_node_get_object (node), "records"));
  if (membership != NULL)
    ctl_print (stdout, "A team's journal: %s\n  workspace %s\n", membership->address,
               membership->workspace);
  else
    ctl_print (stdout, "A journal of its own: %s\n", directory);
  ctl_print (stdout, "  %s records in %s streams\n", records, streams);
  return CTL_DONE;
}

static void
moved_cb (gint64 done, gpointer user_data)
{
  fprintf (stderr, "\r%" G_GINT64_FORMAT " records", done);
}

static gboolean
transfer (CsStore *from, CsStore *to, GError **error)
{
  gboolean terminal = isatty (STDERR_FILENO);
  gint64 n = cs_transfer_run (from, to, terminal ? moved_cb : NULL, NULL, NULL, error);

  if (terminal)
    fputc ('\n', stderr);
  if (n >= 0)
    printf ("%" G_GINT64_FORMAT " records moved; every stream ends with the same hash\n", n);
  return n >= 0;
}

/* The old journal stays, under another name, until a person removes it. */
static gboolean
set_aside (const char *directory, GError **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d%H%M%S");

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *old = g_strdup_printf ("%s/journal.db%s", directory, suffixes[i]);
      g_autofree char *new = g_strdup_printf ("%s/journal-%s.db%s", directory, stamp, suffixes[i]);

      if (g_rename (old, new) != 0 && errno != ENOENT)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "“%s” can't be renamed: %s", old,
                       g_strerror (errno));
          return FALSE;
        }
      if (i == 0)
        ctl_print (stdout, "The old journal is kept as %s\n", new);
    }
  return TRUE;
}

static gboolean
move_to_team (const char *directory, Where *where, GError **error)
{
  g_autoptr (CsSqliteStore) from = NULL;
  g_autoptr (CsPgStore) to = NULL;
  gboolean ok;

  if (!check_alone (directory, error))
    return FALSE;
  from = cs_sqlite_store_open_sync (directory, error);
  if (from == NULL)
    return FALSE;
  to = open_team (where, directory, error);
  ok = to != NULL && transfer (CS_STORE (from), CS_STORE (to), error) &&
       become_member (directory, where, to, error);
  cs_sqlite_store_close (from);
  return ok && set_aside (directory, error);
}

static gboolean
move_here (const char *directory, GError **error)
{
  g_autoptr (CsKeyring) keyring = cs_keyring_new (directory);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsStore) from = NULL;
  g_autoptr (CsSqliteStore) to = NULL;
  gboolean ok;

  cs_membership_open_async (directory, keyring, NULL, ctl_ready_cb, &result);
  from = cs_membership_open_finish (ctl_wait (&result), error);
  if (from == NULL)
    return FALSE;
  if (!CS_IS_PG_STORE (from))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_EXISTS, "“%s” has a journal of its own already",
                   directory);
      cs_membership_close (from);
      return FALSE;
    }
  to = cs_sqlite_store_open_sync (directory, error);
  ok =
    to != NULL && transfer (from, CS_STORE (to), error) && cs_membership_remove (directory, error);
  cs_membership_close (from);
  return ok;
}

CtlStatus
ctl_workspace_move (Ctl *ctl, char **arguments)
{
  g_autofree char *directory = NULL;
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean here = FALSE;
  gboolean ok = parse (ctl, arguments, &here, &where, &error);

  directory = ctl_dup_directory (ctl);
  if (ok && here == (where.address != NULL))
    {
      g_set_error_literal (&error, CS_ERROR, CS_ERROR_INVALID,
                           "Give either the address of a team's database or --here");
      ok = FALSE;
    }
  if (ok && (here ? move_here (directory, &error) : move_to_team (directory, &where, &error)))
    return CTL_DONE;
  return ctl_fail (error);
}
