/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One append on its way into a team's journal. */

#include "cs-pg-append.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-record-hash.h"
#include "cs-store.h"

#include <string.h>

/* What an entry is to become. */
typedef struct
{
  gint64 seq; /* 0 until it is written */
  gint64 n;
  gint64 at;
  char previous[CS_DIGEST_LENGTH + 1];
  char hash[CS_DIGEST_LENGTH + 1];
} Plan;

/** cs_pg_append_new: (transfer full): @task (transfer full) has a CsAppend as its data. */
CsPgAppend *
cs_pg_append_new (GTask *task)
{
  CsPgAppend *self = g_new0 (CsPgAppend, 1);

  self->task = task;
  self->plans = g_array_new (FALSE, TRUE, sizeof (Plan));
  return self;
}

/** cs_pg_append_free: */
void
cs_pg_append_free (CsPgAppend *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->task);
  g_array_unref (self->plans);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/** cs_pg_append_answer: gives the caller its records, or its error. */
void
cs_pg_append_answer (CsPgAppend *self)
{
  if (self->records != NULL)
    g_task_return_pointer (self->task, g_steal_pointer (&self->records),
                           (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (self->task, g_steal_pointer (&self->error));
  g_clear_object (&self->task);
}

/** cs_pg_append_is_open: whether it is neither written nor refused. */
gboolean
cs_pg_append_is_open (CsPgAppend *self)
{
  return self->records == NULL && self->error == NULL;
}

static CsAppend *
get_order (CsPgAppend *self)
{
  return g_task_get_task_data (self->task);
}

/**
 * cs_pg_append_plan:
 * @head: (inout): where the stream ends; moved on as if this were written
 *
 * Decides n, time and hash of each entry.
 *
 * Returns: %FALSE if the caller expected the stream to end elsewhere
 */
gboolean
cs_pg_append_plan (CsPgAppend *self, CsPgHead *head, CsDigest *digest, GString *scratch)
{
  CsAppend *order = get_order (self);
  gint64 at = cs_clock_now ();

  if (order->expected_n != CS_STORE_ANY && order->expected_n != head->next)
    return FALSE;
  g_array_set_size (self->plans, 0);
  self->planned = TRUE;
  for (guint i = 0; i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);
      Plan plan = { .n = head->next++, .at = at };

      memcpy (plan.previous, head->hash, sizeof plan.previous);
      cs_record_hash (digest, scratch, order->stream, plan.n, at, order->actor, entry->kind,
                      entry->body, strlen (entry->body), plan.previous, plan.hash);
      memcpy (head->hash, plan.hash, sizeof plan.hash);
      g_array_append_val (self->plans, plan);
    }
  return TRUE;
}

/** cs_pg_append_n_statements: how many results a pipeline gives for it. */
guint
cs_pg_append_n_statements (CsPgAppend *self)
{
  CsAppend *order = get_order (self);
  guint n = order->entries->len;

  for (guint i = 0; i < order->entries->len; i++)
    n += ((CsAppendEntry *) g_ptr_array_index (order->entries, i))->blobs->len;
  return n;
}

/** cs_pg_append_send: puts its statements into the open pipeline; records first. */
gboolean
cs_pg_append_send (CsPgAppend *self, CsPgConnection *connection)
{
  CsAppend *order = get_order (self);
  gboolean ok = TRUE;

  self->sent = TRUE;
  for (guint i = 0; ok && i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);
      Plan *plan = &g_array_index (self->plans, Plan, i);
      g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, plan->n);
      g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, plan->at);
      const char *values[] = { order->stream, n, at,
                               order->actor, entry->kind, entry->body,
                               plan->previous, plan->hash };

      ok = PQsendQueryPrepared (connection->pg, cs_pg_connection_name (CS_PG_INSERT_RECORD),
                                G_N_ELEMENTS (values), values, NULL, NULL, 0) == 1;
    }
  for (guint i = 0; ok && i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);
      g_autofree char *n =
        g_strdup_printf ("%" G_GINT64_FORMAT, g_array_index (self->plans, Plan, i).n);

      for (guint j = 0; ok && j < entry->blobs->len; j++)
        {
          const char *values[] = { order->stream, n, g_ptr_array_index (entry->blobs, j) };

          ok = PQsendQueryPrepared (connection->pg, cs_pg_connection_name (CS_PG_INSERT_BLOB_NAME),
                                    G_N_ELEMENTS (values), values, NULL, NULL, 0) == 1;
        }
    }
  return ok;
}

/* From what is stored, so that the record is what a reader will get. */
static void
make_records (CsPgAppend *self)
{
  CsAppend *order = get_order (self);

  self->records = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);
      Plan *plan = &g_array_index (self->plans, Plan, i);

      g_ptr_array_add (self->records,
                       cs_record_new_from_text (plan->seq, order->stream, plan->n, plan->at,
                                                order->actor, entry->kind, entry->body,
                                                strlen (entry->body), plan->previous, plan->hash));
    }
}

/**
 * cs_pg_append_take_result:
 * @statement: which of its statements
 * @result: what the server answered to it; %NULL once all of the pipeline is committed
 */
void
cs_pg_append_take_result (CsPgAppend *self, guint statement, PGresult *result)
{
  if (result == NULL)
    {
      self->sent = FALSE;
      make_records (self);
    }
  else if (statement < self->plans->len && PQntuples (result) == 1)
    g_array_index (self->plans, Plan, statement).seq = cs_pg_get_int (result, 0, 0);
}

/**
 * cs_pg_append_settle:
 *
 * After a connection was lost with no answer: asks by stream, n and hash whether the records are
 * there. The caller has made sure that the old session has ended. If they are not, the append is as
 * if it had never been sent.
 *
 * Returns: whether it could be asked
 */
gboolean
cs_pg_append_settle (CsPgAppend *self, CsPgConnection *connection, GError **error)
{
  CsAppend *order = get_order (self);
  gboolean there = TRUE;

  for (guint i = 0; there && i < self->plans->len; i++)
    {
      Plan *plan = &g_array_index (self->plans, Plan, i);
      g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, plan->n);
      const char *values[] = { order->stream, n };
      g_autoptr (PGresult) rows =
        cs_pg_connection_run (connection, CS_PG_FIND_RECORD, values, error);

      if (rows == NULL)
        return FALSE;
      there = PQntuples (rows) == 1 && strcmp (PQgetvalue (rows, 0, 1), plan->hash) == 0;
      if (there)
        plan->seq = cs_pg_get_int (rows, 0, 0);
    }
  self->sent = FALSE;
  if (there)
    make_records (self);
  return TRUE;
}
