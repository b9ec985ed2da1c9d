/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings appends into a team's journal, as many as wait in one transaction. */

#include "cs-pg-committer.h"

#include "cs-error.h"
#include "cs-pg-blobs.h"

#define MAX_TRIES 100

struct _CsPgCommitter
{
  CsPgLink *link;
  char *blobs;
  CsDigest *digest;
  GString *scratch;
  GHashTable *heads; /* stream → CsPgHead, as old as the connection at most */
  guint generation;  /* of that connection */
  guint round;       /* counts tries */
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
  self->heads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
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
  g_hash_table_unref (self->heads);
  g_free (self->blobs);
  g_free (self);
}

static CsPgConnection *
get_connection (CsPgCommitter *self)
{
  return cs_pg_link_get_connection (self->link);
}

/* What is remembered of the streams is as old as the connection. */
static gboolean
ensure_connection (CsPgCommitter *self, GError **error)
{
  if (!cs_pg_link_ensure (self->link, error))
    return FALSE;
  if (cs_pg_link_get_generation (self->link) != self->generation)
    g_hash_table_remove_all (self->heads);
  self->generation = cs_pg_link_get_generation (self->link);
  return TRUE;
}

static CsPgHead *
find_head (CsPgCommitter *self, const char *stream, GError **error)
{
  CsPgHead *head = g_hash_table_lookup (self->heads, stream);
  g_autoptr (PGresult) rows = NULL;

  if (head != NULL)
    return head;
  rows = cs_pg_connection_run (get_connection (self), CS_PG_HEAD, &stream, error);
  if (rows == NULL)
    return NULL;
  head = g_new0 (CsPgHead, 1);
  if (PQntuples (rows) > 0)
    head->next = cs_pg_get_int (rows, 0, 0) + 1;
  g_strlcpy (head->hash, PQntuples (rows) > 0 ? PQgetvalue (rows, 0, 1) : CS_RECORD_NO_PREVIOUS,
             sizeof head->hash);
  g_hash_table_insert (self->heads, g_strdup (stream), head);
  return head;
}

/* A head that is remembered may be old; one that was just read is not. What does not fit to a head
 * that others of this round were planned upon waits for the next round. */
static gboolean
plan (CsPgCommitter *self, CsPgAppend *append, GError **error)
{
  CsAppend *order = g_task_get_task_data (append->task);
  gboolean remembered = g_hash_table_contains (self->heads, order->stream);
  CsPgHead *head = find_head (self, order->stream, error);

  if (head == NULL)
    return FALSE;
  if (cs_pg_append_plan (append, head, self->digest, self->scratch))
    head->round = self->round;
  else if (remembered && head->round != self->round)
    {
      g_hash_table_remove (self->heads, order->stream);
      return plan (self, append, error);
    }
  else if (!remembered)
    g_set_error (&append->error, CS_ERROR, CS_ERROR_CONFLICT,
                 "Someone else was first in “%s”: its next record is %" G_GINT64_FORMAT
                 ", not %" G_GINT64_FORMAT,
                 order->stream, head->next, order->expected_n);
  return TRUE;
}

/* What a record names is in the journal before the record is. */
static gboolean
send_blobs (CsPgCommitter *self, CsPgAppend *append, GError **error)
{
  CsAppend *order = g_task_get_task_data (append->task);
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

/* Reads the answers to a pipeline. FALSE if the server refused it (refusal says why) or the
 * connection is lost. */
static gboolean
read_answers (CsPgCommitter *self, CsPgAppend **appends, guint n_appends, GError **refusal)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < n_appends; i++)
    {
      guint n = appends[i]->planned ? cs_pg_append_n_statements (appends[i]) : 0;

      for (guint j = 0; j < n; j++)
        {
          g_autoptr (PGresult) result = cs_pg_connection_get_result (get_connection (self));
          ExecStatusType status = PQresultStatus (result);

          if (result == NULL || cs_pg_connection_is_lost (get_connection (self)))
            return FALSE;
          if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
            cs_pg_append_take_result (appends[i], j, result);
          else if (ok)
            ok = cs_pg_connection_fail (get_connection (self), result, refusal);
          PQclear (cs_pg_connection_get_result (get_connection (self))); /* its end */
        }
    }
  while (TRUE)
    {
      g_autoptr (PGresult) result = cs_pg_connection_get_result (get_connection (self));

      if (cs_pg_connection_is_lost (get_connection (self)))
        return FALSE;
      if (PQresultStatus (result) == PGRES_PIPELINE_SYNC)
        return ok;
      if (result != NULL && ok)
        ok = cs_pg_connection_fail (get_connection (self), result, refusal);
    }
}

/* Sends appends as one transaction: a pipeline commits where it is synchronised, or does nothing
 * (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html). */
static gboolean
transact (CsPgCommitter *self, CsPgAppend **appends, guint n_appends, GError **refusal)
{
  PGconn *pg = get_connection (self)->pg;
  gboolean ok = PQenterPipelineMode (pg) == 1;

  for (guint i = 0; ok && i < n_appends; i++)
    if (appends[i]->planned)
      ok = cs_pg_append_send (appends[i], get_connection (self));
  ok = ok && PQpipelineSync (pg) == 1 && read_answers (self, appends, n_appends, refusal);
  if (cs_pg_connection_is_lost (get_connection (self)))
    return FALSE;
  PQexitPipelineMode (pg);
  for (guint i = 0; i < n_appends; i++)
    {
      if (ok && appends[i]->planned)
        cs_pg_append_take_result (appends[i], 0, NULL);
      appends[i]->sent = FALSE;
    }
  return ok;
}

/* One try with all that are open. FALSE if the server refused it, or is lost. */
static gboolean
try_appends (CsPgCommitter *self, CsPgAppend **appends, guint n_appends, GError **refusal)
{
  gboolean any = FALSE;

  self->round++;
  for (guint i = 0; i < n_appends; i++)
    {
      CsPgAppend *append = appends[i];
      GCancellable *cancellable = g_task_get_cancellable (append->task);

      append->planned = FALSE;
      if (!cs_pg_append_is_open (append) ||
          g_cancellable_set_error_if_cancelled (cancellable, &append->error))
        continue;
      if (!send_blobs (self, append, refusal) ||
          (cs_pg_append_is_open (append) && !plan (self, append, refusal)))
        return FALSE;
      any |= append->planned;
    }
  if (!any || transact (self, appends, n_appends, refusal))
    return TRUE;
  g_hash_table_remove_all (self->heads);
  return FALSE;
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

/* The connection broke before the answer came: what became of what was sent is asked for as soon as
 * there is a connection again. FALSE if the program ends before that. */
static gboolean
settle (CsPgCommitter *self, CsStoreWriter *writer, CsPgAppend **appends, guint n_appends)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;
  gboolean ok;

  cs_pg_connection_fail (get_connection (self), NULL, &error);
  cs_pg_link_drop (self->link, error);
  cs_pg_link_set_lost_error (self->link, &refusal);
  do
    {
      ok = ensure_connection (self, NULL);
      for (guint i = 0; ok && i < n_appends; i++)
        if (appends[i]->sent)
          ok = cs_pg_append_settle (appends[i], get_connection (self), NULL);
      if (!ok && get_connection (self) != NULL && cs_pg_connection_is_lost (get_connection (self)))
        cs_pg_link_drop (self->link, error);
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
 * Writes all at once, and if the server refuses that, each by itself. Whoever was not first tries
 * again at the new end of the stream, unless the caller expected the old one.
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

      if (!ensure_connection (self, &error))
        {
          fail_open (appends, n_appends, error);
          return;
        }
      if (try_appends (self, appends, n_appends, &error))
        continue;
      tries++;
      if (cs_pg_connection_is_lost (get_connection (self)))
        {
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
