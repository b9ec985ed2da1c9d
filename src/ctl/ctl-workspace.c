/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the journal is, alone or with a team: countersignctl workspace */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-joining.h"
#include "cs-membership.h"
#include "cs-pg-store.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-terminal.h"

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

/* option: (nullable): a switch that the command has besides. */
static gboolean
parse (Ctl *ctl,
       char **arguments,
       const char *option,
       gboolean *given,
       guint least,
       Where *where,
       GError **error)
{
  const GOptionEntry entries[] = {
    { "password-fd", 0, 0, G_OPTION_ARG_FILENAME, &where->fd, NULL, "N" },
    { option, 0, 0, G_OPTION_ARG_NONE, given, NULL, NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;

  if (!ctl_parse (ctl, arguments, entries, least, 1, &words, error))
    return FALSE;
  where->address = g_strdup (words[0]);
  if (where->fd != NULL)
    where->password = ctl_terminal_take ("Password: ", where->fd, error);
  return where->fd == NULL || where->password != NULL;
}

CtlStatus
ctl_workspace_create (Ctl *ctl, char **arguments)
{
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgServer) server = NULL;
  g_autofree char *id = NULL;

  if (parse (ctl, arguments, NULL, NULL, 1, &where, &error))
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

  if (parse (ctl, arguments, NULL, NULL, 1, &where, &error))
    server = cs_pg_server_new (where.address, where.password, &error);
  if (server == NULL || !cs_pg_store_upgrade_workspace (server, &format, &error))
    return ctl_fail (error);
  ctl_print (stdout, "The workspace is up to date\n");
  return CTL_DONE;
}

static void
moved_cb (gint64 done, gpointer user_data)
{
  fprintf (stderr, "\r%" G_GINT64_FORMAT " records", done);
}

/* Many databases need no password: one is asked for only when the server wants it. */
static CsJoined *
run (Ctl *ctl, CsJoiningKind kind, gboolean set_aside, const Where *where, GError **error)
{
  g_autofree char *directory = ctl_dup_directory (ctl);
  CsJoining *joining = cs_joining_new (kind, directory, where->address, where->password);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) local_error = NULL;
  gboolean terminal = isatty (STDERR_FILENO);
  Where answered = *where;
  CsJoined *joined;

  joining->set_aside = set_aside;
  cs_joining_run_async (joining, terminal ? moved_cb : NULL, NULL, NULL, ctl_ready_cb, &result);
  joined = cs_joining_run_finish (ctl_wait (&result), &local_error);
  if (joined == NULL && where->password == NULL && where->address != NULL &&
      isatty (STDIN_FILENO) && g_error_matches (local_error, CS_ERROR, CS_ERROR_AUTH))
    {
      answered.password = ctl_terminal_take ("Password of the database: ", NULL, error);
      joined =
        answered.password != NULL ? run (ctl, kind, set_aside, &answered, error) : NULL;
      cs_secret_free (answered.password);
      return joined;
    }
  if (joined == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (terminal && joined->n_records > 0)
    fputc ('\n', stderr);
  return joined;
}

static void
print_kept (const CsJoined *joined)
{
  if (joined->kept != NULL)
    ctl_print (stdout, "The old journal is kept as %s\n", joined->kept);
}

CtlStatus
ctl_workspace_join (Ctl *ctl, char **arguments)
{
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsJoined) joined = NULL;
  gboolean set_aside = FALSE;

  if (parse (ctl, arguments, "set-aside", &set_aside, 1, &where, &error))
    joined = run (ctl, CS_JOINING_JOIN, set_aside, &where, &error);
  if (joined == NULL)
    return ctl_fail (error);
  print_kept (joined);
  ctl_print (stdout, "Joined workspace %s\n", joined->workspace);
  return CTL_DONE;
}

CtlStatus
ctl_workspace_leave (Ctl *ctl, char **arguments)
{
  const GOptionEntry entries[] = { { NULL } };
  const Where where = { NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsJoined) joined = NULL;

  if (ctl_parse (ctl, arguments, entries, 0, 0, &words, &error))
    joined = run (ctl, CS_JOINING_LEAVE, FALSE, &where, &error);
  if (joined == NULL)
    return ctl_fail (error);
  ctl_print (stdout, "Left workspace %s; its records stay with the team\n", joined->workspace);
  return CTL_DONE;
}

CtlStatus
ctl_workspace_password (Ctl *ctl, char **arguments)
{
  const char *fd = NULL;
  const GOptionEntry entries[] = {
    { "password-fd", 0, 0, G_OPTION_ARG_FILENAME, &fd, NULL, "N" },
    { NULL },
  };
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsJoined) joined = NULL;

  if (ctl_parse (ctl, arguments, entries, 0, 0, &words, &error))
    where.password = ctl_terminal_take ("Password of the database: ", fd, &error);
  if (where.password != NULL)
    joined = run (ctl, CS_JOINING_PASSWORD, FALSE, &where, &error);
  if (joined == NULL)
    return ctl_fail (error);
  ctl_print (stdout, "The password is right, and kept in the keyring\n");
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

CtlStatus
ctl_workspace_move (Ctl *ctl, char **arguments)
{
  g_auto (Where) where = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsJoined) joined = NULL;
  gboolean here = FALSE;
  gboolean ok = parse (ctl, arguments, "here", &here, 0, &where, &error);

  if (ok && here == (where.address != NULL))
    {
      g_set_error_literal (&error, CS_ERROR, CS_ERROR_INVALID,
                           "Give either the address of a team's database or --here");
      ok = FALSE;
    }
  if (ok)
    joined = run (ctl, here ? CS_JOINING_MOVE_HERE : CS_JOINING_MOVE, FALSE, &where, &error);
  if (joined == NULL)
    return ctl_fail (error);
  printf ("%" G_GINT64_FORMAT " records moved; every stream ends with the same hash\n",
          joined->n_records);
  print_kept (joined);
  return CTL_DONE;
}
