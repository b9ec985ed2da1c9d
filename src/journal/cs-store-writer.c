/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread of a program that writes to a journal. */

#include "cs-store-writer.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Who works through a list appends again as soon as the last append is answered, and to wake a
 * thread takes about as long as that. So the writer looks out for a moment before it sleeps. */
#define ATTENTIVE_USEC 60

/* Owned by its thread once that runs; the store only pushes orders and asks it to stop. */
struct _CsStoreWriter
{
  GThread *thread;
  GAsyncQueue *queue; /* Order */
  int wake;           /* an eventfd that tells of the queue, for a writer that sleeps */
  int sleeping;       /* (atomic): or about to */
  const CsWriterBackEnd *kind;
  gpointer back_end;
  gboolean stopping;
  gboolean detached; /* nobody joins the thread */
};

/* What the store asks for: an append, or a query that needs the index, or (without a task) to stop.
 */
typedef struct
{
  GTask *task;           /* of an append, CsAppend is its data */
  CsStoreReader *reader; /* who answers the query */
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

static void
drain (CsStoreWriter *self)
{
  guint64 count;

  if (read (self->wake, &count, sizeof count) < 0 && errno != EAGAIN)
    g_warning ("Reading an eventfd failed: %s", g_strerror (errno));
}

/* Waits for an order, for what the back end waits for, or for a time. An order comes before the
 * look into the queue, or whoever brings it sees that this sleeps. */
static void
wait_for (CsStoreWriter *self, gint64 usec)
{
  struct pollfd fds[2] = { { .fd = self->wake, .events = POLLIN } };
  int other = self->kind->get_fd != NULL ? self->kind->get_fd (self->back_end) : -1;

  fds[1] = (struct pollfd){ .fd = other, .events = POLLIN };
  g_atomic_int_set (&self->sleeping, TRUE);
  if (g_async_queue_length (self->queue) <= 0)
    poll (fds, other >= 0 ? 2 : 1, (int) (MAX (usec, 0) / 1000 + 1));
  g_atomic_int_set (&self->sleeping, FALSE);
  if (fds[0].revents != 0)
    drain (self);
}

static void
look_out (CsStoreWriter *self)
{
  gint64 until = g_get_monotonic_time () + ATTENTIVE_USEC;

  while (g_async_queue_length (self->queue) <= 0 && g_get_monotonic_time () < until)
    sched_yield ();
}

/* Whatever other programs have written is asked for, too. */
static void
forward_query (CsStoreWriter *self, Order *order)
{
  GCancellable *cancellable = g_task_get_cancellable (order->task);
  GError *error = NULL;
  gboolean complete = FALSE;
  gboolean ok = TRUE;

  while (ok && !complete)
    ok = !g_cancellable_set_error_if_cancelled (cancellable, &error) &&
         self->kind->index (self->back_end, &complete, &error);
  if (ok)
    cs_store_reader_query (order->reader, g_steal_pointer (&order->task), order->query);
  else
    g_task_return_error (order->task, error);
}

/* Takes the appends that wait, at most a group of them; the first other order ends the group and is
 * run after it. */
static void
run_orders (CsStoreWriter *self, Order *first)
{
  GTask *tasks[CS_STORE_WRITER_MAX_GROUP];
  guint n_tasks = 0;
  Order *order = first;

  while (order != NULL && order->task != NULL && order->query == NULL)
    {
      tasks[n_tasks++] = g_steal_pointer (&order->task);
      order_free (order);
      order = n_tasks < G_N_ELEMENTS (tasks) ? g_async_queue_try_pop (self->queue) : NULL;
    }
  if (n_tasks > 0)
    self->kind->append (self->back_end, self, tasks, n_tasks);
  if (order == NULL)
    return;
  if (order->task == NULL)
    self->stopping = TRUE;
  else
    forward_query (self, order);
  order_free (order);
}

static void
writer_free (CsStoreWriter *self)
{
  g_async_queue_unref (self->queue);
  close (self->wake);
  self->kind->free (self->back_end);
  g_free (self);
}

static gpointer
writer_thread (gpointer user_data)
{
  CsStoreWriter *self = user_data;

  while (!self->stopping)
    {
      Order *order = g_async_queue_try_pop (self->queue);

      if (order != NULL)
        {
          run_orders (self, order);
          look_out (self);
        }
      else
        {
          gint64 usec = self->kind->rest (self->back_end);

          if (usec > 0)
            wait_for (self, usec);
        }
    }
  if (self->kind->end != NULL)
    self->kind->end (self->back_end);
  if (self->detached)
    writer_free (self);
  return NULL;
}

static void
push (CsStoreWriter *self, GTask *task, CsStoreReader *reader, const CsQuery *query)
{
  Order *order = g_new0 (Order, 1);
  guint64 one = 1;

  order->task = task;
  order->reader = reader;
  order->query = query != NULL ? cs_query_copy (query) : NULL;
  g_async_queue_push (self->queue, order);
  if (g_atomic_int_get (&self->sleeping) && write (self->wake, &one, sizeof one) < 0 &&
      errno != EAGAIN)
    g_warning ("Writing to an eventfd failed: %s", g_strerror (errno));
}

/**
 * cs_store_writer_start:
 * @kind: what the back end can do
 * @back_end: (transfer full): what is written to
 *
 * Returns: (transfer full): the writer
 */
CsStoreWriter *
cs_store_writer_start (const CsWriterBackEnd *kind, gpointer back_end)
{
  CsStoreWriter *self = g_new0 (CsStoreWriter, 1);

  self->queue = g_async_queue_new_full ((GDestroyNotify) order_free);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->kind = kind;
  self->back_end = back_end;
  self->thread = g_thread_new (kind->thread, writer_thread, self);
  return self;
}

/**
 * cs_store_writer_push:
 * @task: (transfer full): its data is a CsAppend; it returns a GPtrArray of CsRecord
 *
 * Queues an append.
 */
void
cs_store_writer_push (CsStoreWriter *self, GTask *task)
{
  push (self, task, NULL, NULL);
}

/**
 * cs_store_writer_push_query:
 * @task: (transfer full): it returns a GPtrArray of CsRecord
 * @reader: must be stopped after this writer
 *
 * Has @reader answer a query once all that was appended before is in the index.
 */
void
cs_store_writer_push_query (CsStoreWriter *self,
                            GTask *task,
                            CsStoreReader *reader,
                            const CsQuery *query)
{
  push (self, task, reader, query);
}

/**
 * cs_store_writer_refuse:
 * @usec: how long to wait then, at most until the next order comes
 * @error: why nothing can be done now
 *
 * For a back end that is in the middle of an append and can't go on: answers the appends that are
 * queued with @error, leaves queries to the reader, and waits.
 *
 * Returns: %FALSE if the writer is to stop
 */
gboolean
cs_store_writer_refuse (CsStoreWriter *self, gint64 usec, const GError *error)
{
  Order *next;

  while (!self->stopping && (next = g_async_queue_try_pop (self->queue)) != NULL)
    {
      g_autoptr (Order) order = next;

      if (order->task == NULL)
        self->stopping = TRUE;
      else if (order->query != NULL)
        cs_store_reader_query (order->reader, g_steal_pointer (&order->task), order->query);
      else
        g_task_return_error (order->task, g_error_copy (error));
    }
  if (!self->stopping)
    wait_for (self, usec);
  return !self->stopping;
}

/**
 * cs_store_writer_stop:
 *
 * Lets the writer finish what is queued, and frees it with its back end. It may come from the
 * writer's own thread, when the last reference to the store was a task's: then the thread goes on
 * to its end by itself.
 */
void
cs_store_writer_stop (CsStoreWriter *self)
{
  gboolean own = self->thread == g_thread_self ();

  if (own)
    {
      self->detached = TRUE;
      g_thread_unref (self->thread);
    }
  push (self, NULL, NULL, NULL);
  if (!own)
    {
      g_thread_join (self->thread);
      writer_free (self);
    }
}
