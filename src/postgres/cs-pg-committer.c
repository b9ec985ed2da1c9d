/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings appends into a team's journal, as many as wait in one transaction. */

#include "cs-pg-committer.h"

#include "cs-error.h"
#include "cs-pg-blobs.h"

#include <string.h>

#define MAX_TRIES 100

struct _CsPgCommitter
{
  CsPgLink *link;
  char *blobs;
  CsDigest *digest;
  GString *scratch;
};

/** cs_pg_committer_new: (transfer full): @blobs are on this computer; @link outlives it. */
CsPgCommitter *
cs_pg_committer_new (CsPgLink *link, const char *blobs)
{
  CsPgCommitter *self = g_new0 (CsPgCommitter, 1);

  self->link = link;
  self->blobs = g_strdup (blobs);
  self->digest = cs_digest_new ();
  self->scratch = g_string_new (NULL);
  return self;
}

/** cs_pg_committer_free: */
void
cs_pg_committer_free (CsPgCommitter *self)
{
  if (self == NULL)
    return;
  cs_digest_free (self->digest);
  g_string_free (self->scratch, TRUE);
  g_free (self->blobs);
  g_free (self);
}

static CsPgConnection *
get_connection (CsPgCommitter *self)
{
  return cs_pg_link_get_connection (self->link);
}

/* What a record names is in the journal before the record is. */
static gboolean
send_blobs (CsPgCommitter *self, CsPgAppend *append, GError **error)
{
  CsAppend *order = cs_pg_append_get_order (append);
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);

      for (guint j = 0; j < entry->blobs->len; j++)
        if (!cs_pg_blobs_send (get_connection (self), self->blobs,
                               g_ptr_array_index (entry->blobs, j), &local_error))
          {
            if (cs_pg_connection_is_lost (get_connection (self)))
              {
                g_propagate_error (error, g_steal_pointer (&local_error));
                return FALSE;
              }
            append->error = g_steal_pointer (&local_error);
            return TRUE;
          }
    }
  return TRUE;
}

/* The streams of a transaction are locked in one order for all. (transfer full) (nullable) */
static char *
write_streams (GPtrArray *batch)
{
  const char *first = cs_pg_append_get_order (g_ptr_array_index (batch, 0))->stream;
  g_autoptr (GString) array = g_string_new ("{");
  gboolean several = FALSE;

  for (guint i = 0; i < batch->len; i++)
    {
      const char *stream = cs_pg_append_get_order (g_ptr_array_index (batch, i))->stream;

      several |= strcmp (stream, first) != 0;
      g_string_append (array, i > 0 ? ",\"" : "\"");
      for (const char *p = stream; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (array, '\\');
          g_string_append_c (array, *p);
        }
      g_string_append_c (array, '"');
    }
  g_string_append_c (array, '}');
  return several ? g_string_free (g_steal_pointer (&array), FALSE) : NULL;
}

/* Reads the answer to one statement in the pipeline. FALSE if it is none (refusal says why). */
static gboolean
read_answer (CsPgConnection *connection, PGresult **answer, GError **refusal)
{
  g_autoptr (PGresult) result = cs_pg_connection_get_result (connection);
  ExecStatusType status = PQresultStatus (result);
  gboolean ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;

  if (!ok && refusal != NULL && *refusal == NULL)
    cs_pg_connection_fail (connection, result, refusal);
  if (ok && answer != NULL)
    *answer = g_steal_pointer (&result);
  if (result != NULL || ok)
    PQclear (cs_pg_connection_get_result (connection)); /* its end */
  return ok;
}

static gboolean
read_sync (CsPgConnection *connection, GError **refusal)
{
  while (!cs_pg_connection_is_lost (connection))
    {
      g_autoptr (PGresult) result = cs_pg_connection_get_result (connection);

      if (PQresultStatus (result) == PGRES_PIPELINE_SYNC)
        return TRUE;
      if (PQresultStatus (result) == PGRES_FATAL_ERROR && refusal != NULL && *refusal == NULL)
        cs_pg_connection_fail (connection, result, refusal);
    }
  return FALSE;
}

static gboolean
send_batch (CsPgConnection *connection, GPtrArray *batch, const char *streams)
{
  PGconn *pg = connection->pg;
  gboolean ok = PQenterPipelineMode (pg) == 1;

  if (ok && streams != NULL)
    ok = PQsendQueryPrepared (pg, cs_pg_connection_name (CS_PG_LOCK), 1, &streams, NULL, NULL,
                              0) == 1;
  for (guint i = 0; ok && i < batch->len; i++)
    ok = cs_pg_append_send (g_ptr_array_index (batch, i), connection);
  ok = ok && PQpipelineSync (pg) == 1;
  if (connection->durability != NULL)
    ok = ok && cs_pg_connection_send_flush (connection) && PQpipelineSync (pg) == 1;
  return ok;
}

/* FALSE if the server refused it (refusal says why), or the connection is lost. */
static gboolean
read_batch (CsPgConnection *connection, GPtrArray *batch, gboolean locked, GError **refusal)
{
  gboolean ok = !locked || read_answer (connection, NULL, refusal);

  for (guint i = 0; i < batch->len; i++)
    {
      CsPgAppend *append = g_ptr_array_index (batch, i);

      for (guint j = 0; !cs_pg_connection_is_lost (connection) && j < append->places->len; j++)
        {
          g_autoptr (PGresult) row = NULL;

          if (read_answer (connection, &row, refusal))
            cs_pg_append_take_row (append, j, row);
          else
            ok = FALSE;
        }
    }
  return read_sync (connection, refusal) && ok && *refusal == NULL;
}

/* Sends appends as one transaction: a pipeline commits where it is synchronised, or does nothing
 * (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html). What makes it durable follows in a
 * transaction of its own, so that nobody waits for the disk with the streams locked. */
static gboolean
transact (CsPgCommitter *self, GPtrArray *batch, GError **refusal)
{
  CsPgConnection *connection = get_connection (self);
  g_autofree char *streams = write_streams (batch);
  g_autoptr (GError) unflushed = NULL;
  gboolean ok = send_batch (connection, batch, streams) &&
                read_batch (connection, batch, streams != NULL, refusal);
  gboolean durable = connection->durability == NULL;

  if (!durable && !cs_pg_connection_is_lost (connection))
    durable = read_answer (connection, NULL, &unflushed) && read_sync (connection, &unflushed);
  /* Without an answer to that, it is not known what became of the rest. */
  if (cs_pg_connection_is_lost (connection) || (ok && !durable))
    {
      cs_pg_link_drop (self->link, unflushed);
      return FALSE;
    }
  PQexitPipelineMode (connection->pg);
  for (guint i = 0; i < batch->len; i++)
    {
      CsPgAppend *append = g_ptr_array_index (batch, i);

      append->sent = FALSE;
      if (ok)
        cs_pg_append_complete (append, self->digest, self->scratch);
    }
  return ok;
}

/* One try with all that are open. FALSE if the server refused it, or is lost. */
static gboolean
try_appends (CsPgCommitter *self, CsPgAppend **appends, guint n_appends, GError **refusal)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();

  for (guint i = 0; i < n_appends; i++)
    {
      CsPgAppend *append = appends[i];
      GCancellable *cancellable = g_task_get_cancellable (append->task);

      if (!cs_pg_append_is_open (append) ||
          g_cancellable_set_error_if_cancelled (cancellable, &append->error))
        continue;
      if (!send_blobs (self, append, refusal))
        return FALSE;
      if (cs_pg_append_is_open (append))
        g_ptr_array_add (batch, append);
    }
  return batch->len == 0 || transact (self, batch, refusal);
}

static gboolean
any_open (CsPgAppend **appends, guint n_appends)
{
  for (guint i = 0; i < n_appends; i++)
    if (cs_pg_append_is_open (appends[i]))
      return TRUE;
  return FALSE;
}

static void
fail_open (CsPgAppend **appends, guint n_appends, const GError *error)
{
  for (guint i = 0; i < n_appends; i++)
    if (cs_pg_append_is_open (appends[i]))
      appends[i]->error = g_error_copy (error);
}

/* What was sent over a connection that is lost is there, durably, or it was never sent. */
static gboolean
ask_again (CsPgCommitter *self, CsPgAppend **appends, guint n_appends)
{
  gboolean ok = cs_pg_link_ensure (self->link, NULL);

  for (guint i = 0; ok && i < n_appends; i++)
    if (appends[i]->sent)
      ok = cs_pg_append_settle (appends[i], get_connection (self), NULL);
  ok = ok && cs_pg_connection_flush (get_connection (self), CS_PG_FLUSH, NULL);
  for (guint i = 0; ok && i < n_appends; i++)
    if (appends[i]->sent)
      cs_pg_append_complete (appends[i], self->digest, self->scratch);
  return ok;
}

/* The connection broke before the answer came: what became of what was sent is asked for as soon as
 * there is a connection again. FALSE if the program ends before that. */
static gboolean
settle (CsPgCommitter *self, CsStoreWriter *writer, CsPgAppend **appends, guint n_appends)
{
  g_autoptr (GError) refusal = NULL;
  gboolean ok;

  cs_pg_link_set_lost_error (self->link, &refusal);
  do
    {
      ok = ask_again (self, appends, n_appends);
      if (!ok && get_connection (self) != NULL)
        cs_pg_link_drop (self->link, NULL);
    }
  while (!ok && cs_store_writer_refuse (writer, cs_pg_link_get_pause (self->link), refusal));
  for (guint i = 0; !ok && i < n_appends; i++)
    if (appends[i]->sent && cs_pg_append_is_open (appends[i]))
      g_set_error (&appends[i]->error, CS_ERROR, CS_ERROR_UNREACHABLE,
                   "The connection to the journal “%s” was lost before it answered: look whether "
                   "this was recorded before you do it again",
                   cs_pg_link_get_name (self->link));
  return ok;
}

/**
 * cs_pg_committer_run:
 * @writer: whose queue is answered while the connection is lost
 * @appends: (array length=n_appends): each has its records or its error afterwards
 *
 * Writes all at once, and if the server refuses that, each by itself.
 */
void
cs_pg_committer_run (CsPgCommitter *self,
                     CsStoreWriter *writer,
                     CsPgAppend **appends,
                     guint n_appends)
{
  guint tries = 0;

  while (any_open (appends, n_appends) && tries < MAX_TRIES)
    {
      g_autoptr (GError) error = NULL;

      if (!cs_pg_link_ensure (self->link, &error))
        {
          fail_open (appends, n_appends, error);
          return;
        }
      if (try_appends (self, appends, n_appends, &error))
        continue;
      tries++;
      if (get_connection (self) == NULL || cs_pg_connection_is_lost (get_connection (self)))
        {
          if (get_connection (self) != NULL)
            cs_pg_link_drop (self->link, error);
          if (!settle (self, writer, appends, n_appends))
            break;
        }
      else if (n_appends > 1)
        {
          for (guint i = 0; i < n_appends; i++)
            cs_pg_committer_run (self, writer, &appends[i], 1);
          return;
        }
      else if (!g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT))
        {
          fail_open (appends, n_appends, error);
          return;
        }
    }
  for (guint i = 0; i < n_appends; i++)
    if (cs_pg_append_is_open (appends[i]))
      g_set_error (&appends[i]->error, CS_ERROR, CS_ERROR_BUSY,
                   "Others have written to the same place all the time. Try again");
}
