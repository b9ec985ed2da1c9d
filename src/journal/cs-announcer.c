/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells the store's main context about records that became durable in another thread. */

#include "cs-announcer.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What GTask does to answer from another thread, a source of its own for each answer, wakes the
 * other thread while the lock that it wants is held: it goes to sleep once more. So there is one
 * source for all answers, and one wake-up for all that became durable together. */
struct _CsAnnouncer
{
  gatomicrefcount references;

  GMainContext *context;
  GThread *owner; /* (nullable): may flush while nobody runs the context */
  GWeakRef store;
  int wake; /* an eventfd */

  GMutex lock;
  GSource *source; /* of the eventfd, with a reference to this; NULL once it is closed */
  GQueue records;  /* CsRecord, in the order of their seq */
  GQueue answers;  /* Answer */
};

typedef struct
{
  GTask *task;
  GPtrArray *records;
  GError *error;
} Answer;

static gboolean awake_cb (int fd, GIOCondition condition, gpointer user_data);

/**
 * cs_announcer_new:
 * @context: where ::appended of @store is emitted
 * @owner: (nullable): a thread that may emit it, too, while no thread runs @context
 *
 * Returns: (transfer full): the announcer, which does not keep @store alive
 */
CsAnnouncer *
cs_announcer_new (CsStore *store, GMainContext *context, GThread *owner)
{
  CsAnnouncer *self = g_new0 (CsAnnouncer, 1);

  g_atomic_ref_count_init (&self->references);
  self->context = g_main_context_ref (context);
  self->owner = owner;
  g_weak_ref_init (&self->store, store);
  g_mutex_init (&self->lock);
  g_queue_init (&self->records);
  g_queue_init (&self->answers);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->source = g_unix_fd_source_new (self->wake, G_IO_IN);
  /* Whoever waits in a callback for another answer gets it. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, G_SOURCE_FUNC (awake_cb), cs_announcer_ref (self),
                         (GDestroyNotify) cs_announcer_unref);
  g_source_attach (self->source, context);
  return self;
}

static void
answer_give (Answer *answer)
{
  if (answer->records != NULL)
    g_task_return_pointer (answer->task, answer->records, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (answer->task, answer->error);
  g_object_unref (answer->task);
  g_free (answer);
}

static Answer *
pop_answer (CsAnnouncer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_queue_pop_head (&self->answers);
}

/**
 * cs_announcer_close:
 *
 * Gives the answers that wait, and wakes the context no more. To be called when nothing writes any
 * more; an answer that comes nevertheless is given by itself.
 */
void
cs_announcer_close (CsAnnouncer *self)
{
  GSource *source;
  Answer *answer;

  g_mutex_lock (&self->lock);
  source = g_steal_pointer (&self->source);
  g_mutex_unlock (&self->lock);
  while ((answer = pop_answer (self)) != NULL)
    answer_give (answer);
  if (source != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
}

/** cs_announcer_ref: */
CsAnnouncer *
cs_announcer_ref (CsAnnouncer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/** cs_announcer_unref: */
void
cs_announcer_unref (CsAnnouncer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_queue_clear_full (&self->records, g_object_unref);
  close (self->wake);
  g_mutex_clear (&self->lock);
  g_weak_ref_clear (&self->store);
  g_main_context_unref (self->context);
  g_free (self);
}

static CsRecord *
pop (CsAnnouncer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_queue_pop_head (&self->records);
}

/* Whoever follows one stream alone names it: a stream that nobody named has no quark. */
static void
emit (CsStore *store, CsRecord *record)
{
  g_signal_emit (store, g_signal_lookup ("appended", CS_TYPE_STORE),
                 g_quark_try_string (cs_record_get_stream (record)), record);
}

/* One at a time and unlocked: a handler may append and so come here again. */
static void
emit_all (CsAnnouncer *self)
{
  g_autoptr (CsStore) store = g_weak_ref_get (&self->store);
  CsRecord *record;

  while ((record = pop (self)) != NULL)
    {
      if (store != NULL)
        emit (store, record);
      g_object_unref (record);
    }
}

static gboolean
awake_cb (int fd, GIOCondition condition, gpointer user_data)
{
  CsAnnouncer *self = user_data;
  guint64 count;
  Answer *answer;

  if (read (fd, &count, sizeof count) < 0 && errno != EAGAIN)
    g_warning ("Reading an eventfd failed: %s", g_strerror (errno));
  emit_all (self);
  while ((answer = pop_answer (self)) != NULL)
    answer_give (answer);
  return G_SOURCE_CONTINUE;
}

/**
 * cs_announcer_add:
 * @records: (element-type CsRecord): in the order of their seq, and after all that were added
 * before
 *
 * Queues ::appended for each record. For the writer's thread, which follows with _wake() or with an
 * answer in the store's context, where cs_announcer_flush() comes first.
 */
void
cs_announcer_add (CsAnnouncer *self, GPtrArray *records)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = 0; i < records->len; i++)
    g_queue_push_tail (&self->records, g_object_ref (g_ptr_array_index (records, i)));
}

/**
 * cs_announcer_answer:
 * @task: (transfer full): an append
 * @records: (transfer full) (nullable) (element-type CsRecord): what it wrote
 * @error: (transfer full) (nullable): why it did not
 *
 * Answers an append. An answer in the store's context waits for cs_announcer_wake().
 */
void
cs_announcer_answer (CsAnnouncer *self, GTask *task, GPtrArray *records, GError *error)
{
  Answer *answer = g_new (Answer, 1);
  gboolean waits;

  *answer = (Answer){ task, records, error };
  g_mutex_lock (&self->lock);
  waits = self->source != NULL && g_task_get_context (task) == self->context;
  if (waits)
    g_queue_push_tail (&self->answers, answer);
  g_mutex_unlock (&self->lock);
  if (!waits)
    answer_give (answer);
}

/** cs_announcer_wake: has the store's context emit what is queued, and give the answers. */
void
cs_announcer_wake (CsAnnouncer *self)
{
  guint64 one = 1;

  if (write (self->wake, &one, sizeof one) < 0 && errno != EAGAIN)
    g_warning ("Writing to an eventfd failed: %s", g_strerror (errno));
}

/** cs_announcer_get_context: (transfer none): where ::appended is emitted. */
GMainContext *
cs_announcer_get_context (CsAnnouncer *self)
{
  return self->context;
}

/** cs_announcer_is_heard: whether anybody listens to ::appended; in any thread. */
gboolean
cs_announcer_is_heard (CsAnnouncer *self)
{
  g_autoptr (CsStore) store = g_weak_ref_get (&self->store);

  guint signal = g_signal_lookup ("appended", CS_TYPE_STORE);

  return store != NULL &&
         g_signal_handler_find (store, G_SIGNAL_MATCH_ID, signal, 0, NULL, NULL, NULL) != 0;
}

/**
 * cs_announcer_flush:
 *
 * Emits what waits, if this thread may: it runs the store's main context, or it opened the store
 * and nobody runs that context. So a record is announced before its append finishes, even when the
 * append was waited for.
 */
void
cs_announcer_flush (CsAnnouncer *self)
{
  if (g_main_context_is_owner (self->context))
    emit_all (self);
  else if (self->owner == g_thread_self () && g_main_context_acquire (self->context))
    {
      emit_all (self);
      g_main_context_release (self->context);
    }
}
