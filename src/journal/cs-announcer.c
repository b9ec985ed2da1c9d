/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells the store's main context about records that became durable in another thread. */

#include "cs-announcer.h"

struct _CsAnnouncer
{
  gatomicrefcount references;

  GMainContext *context;
  GThread *owner; /* (nullable): may flush while nobody runs the context */
  GWeakRef store;

  GMutex lock;
  GQueue records; /* CsRecord, in the order of their seq */
};

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
  return self;
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

/* One at a time and unlocked: a handler may append and so come here again. */
static void
emit_all (CsAnnouncer *self)
{
  g_autoptr (CsStore) store = g_weak_ref_get (&self->store);
  CsRecord *record;

  while ((record = pop (self)) != NULL)
    {
      if (store != NULL)
        g_signal_emit_by_name (store, "appended", record);
      g_object_unref (record);
    }
}

static gboolean
emit_cb (gpointer user_data)
{
  emit_all (user_data);
  return G_SOURCE_REMOVE;
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

/** cs_announcer_wake: has the store's context emit what is queued. */
void
cs_announcer_wake (CsAnnouncer *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, emit_cb, cs_announcer_ref (self),
                         (GDestroyNotify) cs_announcer_unref);
  g_source_attach (source, self->context);
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

  return store != NULL &&
         g_signal_has_handler_pending (store, g_signal_lookup ("appended", CS_TYPE_STORE), 0, TRUE);
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
