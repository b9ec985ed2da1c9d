/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer's connection, kept: lost and found again, and never two of them at once. */

#include "cs-pg-link.h"

#include "cs-error.h"
#include "cs-pg-schema.h"

#include <string.h>

#define PATIENCE (10 * G_TIME_SPAN_SECOND)
#define RETRY_FIRST (250 * G_TIME_SPAN_MILLISECOND)
#define RETRY_MOST (5 * G_TIME_SPAN_SECOND)

struct _CsPgLink
{
  CsPgServer *server;
  CsPgFollower *follower;
  CsPgConnection *connection; /* (nullable) */
  guint generation;
  gint64 claim; /* the key of an advisory lock that our session holds */
  char *workspace;

  CsPgStateFunc state;
  gpointer state_data;
  gboolean lost; /* and the faces know */
  gint64 retry_at;
  gint64 retry_after;
};

/**
 * cs_pg_link_new:
 * @follower: begins with the first connection; outlives it
 * @workspace: (nullable): the id of the one workspace that counts
 *
 * Returns: (transfer full): not connected yet
 */
CsPgLink *
cs_pg_link_new (CsPgServer *server, CsPgFollower *follower, const char *workspace)
{
  CsPgLink *self = g_new0 (CsPgLink, 1);

  self->server = cs_pg_server_ref (server);
  self->follower = follower;
  self->workspace = g_strdup (workspace);
  self->claim = (gint64) (((guint64) g_random_int () << 30) ^ g_random_int ());
  self->retry_after = RETRY_FIRST;
  return self;
}

/** cs_pg_link_free: */
void
cs_pg_link_free (CsPgLink *self)
{
  if (self == NULL)
    return;
  cs_pg_connection_close (self->connection);
  cs_pg_server_unref (self->server);
  g_free (self->workspace);
  g_free (self);
}

/** cs_pg_link_set_state_func: who is told from now on. */
void
cs_pg_link_set_state_func (CsPgLink *self, CsPgStateFunc state, gpointer user_data)
{
  self->state = state;
  self->state_data = user_data;
}

/**
 * cs_pg_link_drop:
 * @error: (nullable): why
 *
 * Gives the connection up. The next try comes later each time.
 */
void
cs_pg_link_drop (CsPgLink *self, const GError *error)
{
  g_autoptr (GError) unknown = NULL;

  g_clear_pointer (&self->connection, cs_pg_connection_close);
  self->retry_at = g_get_monotonic_time () + self->retry_after;
  self->retry_after = MIN (self->retry_after * 2, RETRY_MOST);
  if (error == NULL)
    g_set_error (&unknown, CS_ERROR, CS_ERROR_UNREACHABLE,
                 "The connection to the journal “%s” is lost",
                 cs_pg_server_get_name (self->server));
  if (!self->lost && self->state != NULL)
    self->state (error != NULL ? error : unknown, self->state_data);
  self->lost = TRUE;
  cs_pg_server_set_lost (self->server, TRUE);
}

/* Our session is the only one with our claim. What an earlier one had sent is decided once the
 * server has given the claim to this one: that session has ended then. */
static gboolean
claim (CsPgLink *self, CsPgConnection *connection, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, self->claim);
  const char *values[] = { key };
  g_autoptr (PGresult) ended = cs_pg_connection_run (connection, CS_PG_END_BACKEND, values, error);
  g_autoptr (PGresult) claimed = NULL;

  if (ended == NULL ||
      !cs_pg_connection_execute (connection, "SET statement_timeout = '5s'", error))
    return FALSE;
  claimed = cs_pg_connection_run (connection, CS_PG_CLAIM, values, error);
  return claimed != NULL &&
         cs_pg_connection_execute (connection, "SET statement_timeout = 0; LISTEN " CS_PG_CHANNEL,
                                   error);
}

static gboolean
check_workspace (CsPgLink *self, CsPgConnection *connection, GError **error)
{
  g_autofree char *workspace = cs_pg_schema_check (connection, error);

  if (workspace == NULL)
    return FALSE;
  if (self->workspace == NULL)
    self->workspace = g_steal_pointer (&workspace);
  else if (strcmp (self->workspace, workspace) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT,
                   "“%s” holds another workspace now. Nothing is written to it; ask who runs the "
                   "server",
                   cs_pg_server_get_name (self->server));
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_up (CsPgLink *self, CsPgConnection *connection, GError **error)
{
  return check_workspace (self, connection, error) && claim (self, connection, error) &&
         cs_pg_connection_defer_flush (connection, error) &&
         cs_pg_connection_prepare (connection, CS_PG_LOCK, error) &&
         cs_pg_connection_prepare (connection, CS_PG_APPEND, error) &&
         cs_pg_follower_begin (self->follower, connection, error);
}

/** cs_pg_link_set_lost_error: what an act is answered with meanwhile; returns %FALSE. */
gboolean
cs_pg_link_set_lost_error (CsPgLink *self, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE,
               "The connection to the journal “%s” is lost. Nothing was recorded; try again "
               "when it is back",
               cs_pg_server_get_name (self->server));
  return FALSE;
}

/**
 * cs_pg_link_ensure:
 *
 * Connects, unless there is a connection, or it was tried a moment ago.
 *
 * Returns: whether there is a connection; else %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH,
 * %CS_ERROR_NOT_FOUND, %CS_ERROR_TOO_NEW or %CS_ERROR_REFUSED
 */
gboolean
cs_pg_link_ensure (CsPgLink *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CsPgConnection) connection = NULL;

  if (self->connection != NULL)
    return TRUE;
  if (g_get_monotonic_time () < self->retry_at)
    return cs_pg_link_set_lost_error (self, error);
  connection = cs_pg_connection_open (self->server, &local_error);
  if (connection != NULL)
    connection->patience = PATIENCE;
  if (connection == NULL || !set_up (self, connection, &local_error))
    {
      cs_pg_link_drop (self, local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  self->connection = g_steal_pointer (&connection);
  self->generation++;
  self->retry_after = RETRY_FIRST;
  if (self->lost && self->state != NULL)
    self->state (NULL, self->state_data);
  self->lost = FALSE;
  cs_pg_server_set_lost (self->server, FALSE);
  return TRUE;
}

/** cs_pg_link_get_connection: (nullable) (transfer none): what there is. */
CsPgConnection *
cs_pg_link_get_connection (CsPgLink *self)
{
  return self->connection;
}

/** cs_pg_link_get_generation: how many connections there were. */
guint
cs_pg_link_get_generation (CsPgLink *self)
{
  return self->generation;
}

/** cs_pg_link_get_pause: microseconds until the next try is worth it; at least a moment. */
gint64
cs_pg_link_get_pause (CsPgLink *self)
{
  return MAX (self->retry_at - g_get_monotonic_time (), G_TIME_SPAN_MILLISECOND);
}

/** cs_pg_link_get_name: how sentences call the server. */
const char *
cs_pg_link_get_name (CsPgLink *self)
{
  return cs_pg_server_get_name (self->server);
}

/** cs_pg_link_get_workspace: (nullable): the id of the workspace, once there was a connection. */
const char *
cs_pg_link_get_workspace (CsPgLink *self)
{
  return self->workspace;
}
