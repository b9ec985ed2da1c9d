/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread of this program that writes to a team's journal and follows what others write. */

#include "cs-pg-writer.h"

#include "cs-error.h"
#include "cs-pg-append.h"
#include "cs-pg-blobs.h"
#include "cs-pg-follower.h"
#include "cs-pg-index.h"
#include "cs-pg-link.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX_GROUP 64
#define MAX_TRIES 100

#define MS G_TIME_SPAN_MILLISECOND

/* A colleague who was not told looks by himself: a program may die before it tells. */
#define LOOK_INTERVAL (500 * MS)
#define TELL_INTERVAL (50 * MS)

/* The index waits for a pause, and an append does not wait for all of it. */
#define PAUSE (50 * MS)
#define INDEX_PORTION 256

/* Owned by its thread once that runs; the store only pushes orders and asks it to stop. */
struct _CsPgWriter
{
  GThread *thread;
  GAsyncQueue *queue; /* Order */
  int wake;           /* an eventfd that tells of the queue */

  CsPgLink *link;
  CsPgConnection *connection; /* (nullable): the link's, while there is one */
  char *blobs;
  CsAnnouncer *announcer;
  GWeakRef *store;

  CsDigest *digest;
  GString *scratch;
  GHashTable *heads; /* stream → CsPgHead */
  CsPgFollower *follower;

  guint round; /* counts tries */
  gint64 looked_at;
  gint64 told_at;
  gint64 acted_at;
  gboolean must_look;
  gboolean owes_telling;
  gboolean owes_index;
  gboolean stopping;
  gboolean detached; /* nobody joins the thread */
};

/* What the store asks for: an append, or a query that needs the index, or (without a task) to stop.
 */
typedef struct
{
  GTask *task;
  CsPgReader *reader; /* who answers the query */
  CsQuery *query;
} Order;

static void
order_free (Order *order)
{
  g_clear_object (&order->task);
  cs_query_free (order->query);
  g_free (order);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Order, order_free)

/* Only who listens is told; to read what nobody wants to know would cost all others, too. */
static gboolean
is_listened_to (gpointer user_data)
{
  CsPgWriter *self = user_data;
  g_autoptr (CsStore) store = g_weak_ref_get (self->store);

  return store != NULL &&
         g_signal_has_handler_pending (store, g_signal_lookup ("appended", CS_TYPE_STORE), 0, TRUE);
}

/* What is remembered of the streams is as old as the connection. */
static gboolean
ensure_connection (CsPgWriter *self, GError **error)
{
  guint before = cs_pg_link_get_generation (self->link);

  if (!cs_pg_link_ensure (self->link, error))
    return FALSE;
  self->connection = cs_pg_link_get_connection (self->link);
  if (cs_pg_link_get_generation (self->link) != before)
    {
      self->must_look = TRUE;
      self->owes_index = TRUE;
    }
  return TRUE;
}

static void
drop_connection (CsPgWriter *self, const GError *error)
{
  cs_pg_link_drop (self->link, error);
  self->connection = NULL;
  g_hash_table_remove_all (self->heads);
}

static CsPgHead *
find_head (CsPgWriter *self, const char *stream, GError **error)
{
  CsPgHead *head = g_hash_table_lookup (self->heads, stream);
  g_autoptr (PGresult) rows = NULL;

  if (head != NULL)
    return head;
  rows = cs_pg_connection_run (self->connection, CS_PG_HEAD, &stream, error);
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
plan (CsPgWriter *self, CsPgAppend *append, GError **error)
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
send_blobs (CsPgWriter *self, CsPgAppend *append, GError **error)
{
  CsAppend *order = g_task_get_task_data (append->task);
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);

      for (guint j = 0; j < entry->blobs->len; j++)
        if (!cs_pg_blobs_send (self->connection, self->blobs, g_ptr_array_index (entry->blobs, j),
                               &local_error))
          {
            if (cs_pg_connection_is_lost (self->connection))
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
read_answers (CsPgWriter *self, CsPgAppend **appends, guint n_appends, GError **refusal)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < n_appends; i++)
    {
      guint n = appends[i]->planned ? cs_pg_append_n_statements (appends[i]) : 0;

      for (guint j = 0; j < n; j++)
        {
          g_autoptr (PGresult) result = cs_pg_connection_get_result (self->connection);
          ExecStatusType status = PQresultStatus (result);

          if (result == NULL || cs_pg_connection_is_lost (self->connection))
            return FALSE;
          if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
            cs_pg_append_take_result (appends[i], j, result);
          else if (ok)
            ok = cs_pg_connection_fail (self->connection, result, refusal);
          PQclear (cs_pg_connection_get_result (self->connection)); /* its end */
        }
    }
  while (TRUE)
    {
      g_autoptr (PGresult) result = cs_pg_connection_get_result (self->connection);

      if (cs_pg_connection_is_lost (self->connection))
        return FALSE;
      if (PQresultStatus (result) == PGRES_PIPELINE_SYNC)
        return ok;
      if (result != NULL && ok)
        ok = cs_pg_connection_fail (self->connection, result, refusal);
    }
}

/* Sends appends as one transaction: a pipeline commits where it is synchronised, or does nothing
 * (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html). */
static gboolean
transact (CsPgWriter *self, CsPgAppend **appends, guint n_appends, GError **refusal)
{
  PGconn *pg = self->connection->pg;
  gboolean ok = PQenterPipelineMode (pg) == 1;

  for (guint i = 0; ok && i < n_appends; i++)
    if (appends[i]->planned)
      ok = cs_pg_append_send (appends[i], self->connection);
  ok = ok && PQpipelineSync (pg) == 1 && read_answers (self, appends, n_appends, refusal);
  if (cs_pg_connection_is_lost (self->connection))
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
try_appends (CsPgWriter *self, CsPgAppend **appends, guint n_appends, GError **refusal)
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

static void
drain (CsPgWriter *self)
{
  guint64 count;

  if (read (self->wake, &count, sizeof count) < 0 && errno != EAGAIN)
    g_warning ("Reading an eventfd failed: %s", g_strerror (errno));
}

/* Waits for an order, for what the server tells, or for a time. */
static void
wait_for (CsPgWriter *self, gint64 usec)
{
  struct pollfd fds[2] = { { .fd = self->wake, .events = POLLIN } };
  nfds_t n = 1;

  if (self->connection != NULL)
    fds[n++] = (struct pollfd){ .fd = PQsocket (self->connection->pg), .events = POLLIN };
  poll (fds, n, (int) (MAX (usec, 0) / 1000 + 1));
  if (fds[0].revents != 0)
    drain (self);
}

/* While nothing can be written, orders are answered with that. */
static void
refuse_orders (CsPgWriter *self)
{
  Order *next;

  while (!self->stopping && (next = g_async_queue_try_pop (self->queue)) != NULL)
    {
      g_autoptr (Order) order = next;

      if (order->task == NULL)
        self->stopping = TRUE;
      else
        g_task_return_new_error (order->task, CS_ERROR, CS_ERROR_UNREACHABLE,
                                 "The connection to the journal “%s” is lost. Nothing was "
                                 "recorded; try again when it is back",
                                 cs_pg_link_get_name (self->link));
    }
}

/* The connection broke before the answer came: what became of what was sent is asked for as soon as
 * there is a connection again. FALSE if the program ends before that. */
static gboolean
settle (CsPgWriter *self, CsPgAppend **appends, guint n_appends)
{
  g_autoptr (GError) error = NULL;

  cs_pg_connection_fail (self->connection, NULL, &error);
  drop_connection (self, error);
  while (!self->stopping)
    {
      gboolean ok = ensure_connection (self, NULL);

      for (guint i = 0; ok && i < n_appends; i++)
        if (appends[i]->sent)
          ok = cs_pg_append_settle (appends[i], self->connection, NULL);
      if (ok)
        return TRUE;
      if (self->connection != NULL && cs_pg_connection_is_lost (self->connection))
        drop_connection (self, error);
      refuse_orders (self);
      if (!self->stopping)
        wait_for (self, cs_pg_link_get_pause (self->link));
    }
  for (guint i = 0; i < n_appends; i++)
    if (appends[i]->sent && cs_pg_append_is_open (appends[i]))
      g_set_error (&appends[i]->error, CS_ERROR, CS_ERROR_UNREACHABLE,
                   "The connection to the journal “%s” was lost before it answered: look whether "
                   "this was recorded before you do it again",
                   cs_pg_link_get_name (self->link));
  return FALSE;
}

/* All at once, and if the server refuses that, each by itself; whoever was not first tries again at
 * the new end of the stream, unless the caller expected the old one. */
static void
run_appends (CsPgWriter *self, CsPgAppend **appends, guint n_appends)
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
      if (cs_pg_connection_is_lost (self->connection))
        {
          if (!settle (self, appends, n_appends))
            break;
        }
      else if (n_appends > 1)
        {
          for (guint i = 0; i < n_appends; i++)
            run_appends (self, &appends[i], 1);
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

static void
look (CsPgWriter *self, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;

  self->must_look = FALSE;
  self->looked_at = g_get_monotonic_time ();
  if (!cs_pg_follower_collect (self->follower, self->connection, is_listened_to, self, records,
                               &error))
    {
      if (cs_pg_connection_is_lost (self->connection))
        drop_connection (self, error);
      else
        g_warning ("%s", error->message);
    }
  else if (records->len > 0)
    self->owes_index = TRUE;
}

/* Own records are announced before their append is answered, and after all of their stream that
 * comes before them. */
static void
announce (CsPgWriter *self, CsPgAppend **appends, guint n_appends)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean listened = is_listened_to (self);
  gboolean gap = FALSE;

  for (guint i = 0; listened && i < n_appends && !gap; i++)
    if (appends[i]->records != NULL)
      {
        gap = !cs_pg_follower_take (self->follower, appends[i]->records);
        for (guint j = 0; !gap && j < appends[i]->records->len; j++)
          g_ptr_array_add (records, g_object_ref (g_ptr_array_index (appends[i]->records, j)));
      }
  if (gap && self->connection != NULL)
    look (self, records);
  cs_announcer_add (self->announcer, records);
  if (records->len > 0)
    cs_announcer_wake (self->announcer);
}

static void
run_group (CsPgWriter *self, GPtrArray *group)
{
  CsPgAppend **appends = (CsPgAppend **) group->pdata;

  run_appends (self, appends, group->len);
  announce (self, appends, group->len);
  for (guint i = 0; i < group->len; i++)
    {
      if (appends[i]->records != NULL)
        self->owes_telling = self->owes_index = TRUE;
      cs_pg_append_answer (appends[i]);
    }
  self->acted_at = g_get_monotonic_time ();
}

static gboolean
index_portion (CsPgWriter *self, gboolean *complete, GError **error)
{
  return cs_pg_index_advance (self->connection, INDEX_PORTION,
                              cs_pg_follower_get_settled (self->follower), complete, error);
}

/* What others have written is asked for, too. */
static void
forward_query (CsPgWriter *self, Order *order)
{
  GError *error = NULL;
  gboolean complete = FALSE;
  gboolean ok = ensure_connection (self, &error);

  while (ok && !complete)
    ok = !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (order->task), &error) &&
         index_portion (self, &complete, &error);
  if (ok)
    cs_pg_reader_query (order->reader, g_steal_pointer (&order->task), order->query);
  else
    g_task_return_error (order->task, error);
  if (self->connection != NULL && cs_pg_connection_is_lost (self->connection))
    drop_connection (self, NULL);
}

/* Takes up to MAX_GROUP appends that wait; the first other order ends the group and is run after
 * it. */
static void
run_orders (CsPgWriter *self, Order *first)
{
  g_autoptr (GPtrArray) group = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_pg_append_free);
  Order *order = first;

  while (order != NULL && order->task != NULL && order->query == NULL)
    {
      g_ptr_array_add (group, cs_pg_append_new (g_steal_pointer (&order->task)));
      order_free (order);
      order = group->len < MAX_GROUP ? g_async_queue_try_pop (self->queue) : NULL;
    }
  if (group->len > 0)
    run_group (self, group);
  if (order == NULL)
    return;
  if (order->task == NULL)
    self->stopping = TRUE;
  else
    forward_query (self, order);
  order_free (order);
}

static void
tell_others (CsPgWriter *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) told = cs_pg_connection_run (self->connection, CS_PG_NOTIFY, NULL, &error);

  self->owes_telling = FALSE;
  self->told_at = g_get_monotonic_time ();
  if (told == NULL && cs_pg_connection_is_lost (self->connection))
    drop_connection (self, error);
}

static void
take_notifications (CsPgWriter *self)
{
  PGnotify *notification;

  if (PQconsumeInput (self->connection->pg) != 1)
    {
      g_autoptr (GError) error = NULL;

      cs_pg_connection_fail (self->connection, NULL, &error);
      drop_connection (self, error);
      return;
    }
  while ((notification = PQnotifies (self->connection->pg)) != NULL)
    {
      self->must_look = TRUE;
      PQfreemem (notification);
    }
}

/* What is done while nobody waits. Returns how long there is nothing else to do, in microseconds.
 */
static gint64
rest (CsPgWriter *self)
{
  gint64 now = g_get_monotonic_time ();

  if (!ensure_connection (self, NULL))
    return cs_pg_link_get_pause (self->link);
  take_notifications (self);
  if (self->connection != NULL && self->owes_telling && now - self->told_at >= TELL_INTERVAL)
    tell_others (self);
  if (self->connection != NULL && ((self->must_look && now - self->looked_at >= TELL_INTERVAL) ||
                                   now - self->looked_at >= LOOK_INTERVAL))
    {
      g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

      look (self, records);
      cs_announcer_add (self->announcer, records);
      if (records->len > 0)
        cs_announcer_wake (self->announcer);
    }
  if (self->connection != NULL && self->owes_index && now - self->acted_at >= PAUSE)
    {
      gboolean complete = TRUE;

      /* When that fails a query that follows will say so: the records themselves are safe. */
      index_portion (self, &complete, NULL);
      self->owes_index = !complete;
      return 0;
    }
  if (self->owes_telling || self->must_look)
    return TELL_INTERVAL;
  return self->owes_index ? PAUSE : LOOK_INTERVAL;
}

static void
writer_free (CsPgWriter *self)
{
  g_async_queue_unref (self->queue);
  close (self->wake);
  cs_pg_link_free (self->link);
  cs_announcer_unref (self->announcer);
  cs_digest_free (self->digest);
  g_string_free (self->scratch, TRUE);
  g_hash_table_unref (self->heads);
  cs_pg_follower_free (self->follower);
  g_free (self->blobs);
  g_free (self);
}

static gpointer
writer_thread (gpointer user_data)
{
  CsPgWriter *self = user_data;

  while (!self->stopping)
    {
      Order *order = g_async_queue_try_pop (self->queue);

      if (order != NULL)
        run_orders (self, order);
      else
        {
          gint64 usec = rest (self);

          if (g_async_queue_length (self->queue) <= 0 && usec > 0)
            wait_for (self, usec);
        }
    }
  if (self->connection != NULL && self->owes_telling)
    tell_others (self);
  if (self->detached)
    writer_free (self);
  return NULL;
}

static void
push (CsPgWriter *self, Order *order)
{
  guint64 one = 1;

  g_async_queue_push (self->queue, order);
  if (write (self->wake, &one, sizeof one) < 0 && errno != EAGAIN)
    g_warning ("Writing to an eventfd failed: %s", g_strerror (errno));
}

/**
 * cs_pg_writer_start:
 * @blobs: the directory of blobs on this computer
 * @store: (transfer none): who emits; outlives the writer
 * @state: (nullable): told in the writer's thread when the connection is lost or back
 * @workspace: (out) (transfer full): the workspace's id
 *
 * Connects, and starts the thread.
 *
 * Returns: (transfer full): the writer; %NULL with %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH,
 * %CS_ERROR_NOT_FOUND if there is no workspace, %CS_ERROR_TOO_NEW or %CS_ERROR_REFUSED
 */
CsPgWriter *
cs_pg_writer_start (CsPgServer *server,
                    const char *blobs,
                    CsAnnouncer *announcer,
                    GWeakRef *store,
                    CsPgStateFunc state,
                    gpointer user_data,
                    char **workspace,
                    GError **error)
{
  CsPgWriter *self = g_new0 (CsPgWriter, 1);

  self->queue = g_async_queue_new_full ((GDestroyNotify) order_free);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->blobs = g_strdup (blobs);
  self->announcer = cs_announcer_ref (announcer);
  self->store = store;
  self->digest = cs_digest_new ();
  self->scratch = g_string_new (NULL);
  self->heads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->follower = cs_pg_follower_new ();
  self->link = cs_pg_link_new (server, self->follower);
  if (!ensure_connection (self, error))
    {
      writer_free (self);
      return NULL;
    }
  *workspace = g_strdup (cs_pg_link_get_workspace (self->link));
  cs_pg_link_set_state_func (self->link, state, user_data);
  self->thread = g_thread_new ("team-writer", writer_thread, self);
  return self;
}

/** cs_pg_writer_push: @task (transfer full) has a CsAppend, and returns a GPtrArray of CsRecord. */
void
cs_pg_writer_push (CsPgWriter *self, GTask *task)
{
  Order *order = g_new0 (Order, 1);

  order->task = task;
  push (self, order);
}

/** cs_pg_writer_push_query: @task (transfer full) goes to @reader once the index is complete. */
void
cs_pg_writer_push_query (CsPgWriter *self, GTask *task, CsPgReader *reader, const CsQuery *query)
{
  Order *order = g_new0 (Order, 1);

  order->task = task;
  order->reader = reader;
  order->query = cs_query_copy (query);
  push (self, order);
}

/**
 * cs_pg_writer_stop:
 *
 * Lets the writer finish what is queued, and frees it. It may come from the writer's own thread.
 */
void
cs_pg_writer_stop (CsPgWriter *self)
{
  gboolean own = self->thread == g_thread_self ();

  if (own)
    {
      self->detached = TRUE;
      g_thread_unref (self->thread);
    }
  push (self, g_new0 (Order, 1));
  if (!own)
    {
      g_thread_join (self->thread);
      writer_free (self);
    }
}
