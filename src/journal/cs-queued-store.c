/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all kinds of journals share: a thread that writes, one that reads, files of blobs. */

#include "cs-queued-store.h"

#include "cs-append.h"
#include "cs-blob-directory.h"
#include "cs-error.h"

#include <errno.h>
#include <glib/gstdio.h>

typedef struct
{
  char *name;
  char *blobs;
  CsAnnouncer *announcer;

  GMutex lock; /* guards the two threads against a close from elsewhere */
  CsStoreWriter *writer;
  CsStoreReader *reader;
} CsQueuedStorePrivate;

static void store_iface_init (CsStoreInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (CsQueuedStore,
                                  cs_queued_store,
                                  G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (CsQueuedStore)
                                    G_IMPLEMENT_INTERFACE (CS_TYPE_STORE, store_iface_init))

static CsQueuedStorePrivate *
get_private (gpointer store)
{
  return cs_queued_store_get_instance_private (CS_QUEUED_STORE (store));
}

static GTask *
task_new (CsStore *store,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data,
          gpointer tag)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

static void
return_closed (CsQueuedStorePrivate *self, GTask *task)
{
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "The journal “%s” is closed",
                           self->name);
}

static gpointer
finish (CsStore *store, GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == tag, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Whom an append answers. */
typedef struct
{
  GAsyncReadyCallback callback;
  gpointer user_data;
} Answer;

/* Records are announced before the append that wrote them finishes. */
static void
answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Answer *answer = user_data;

  cs_announcer_flush (get_private (source)->announcer);
  if (answer->callback != NULL)
    answer->callback (source, result, answer->user_data);
}

static void
append_async (CsStore *store,
              const char *stream,
              gint64 expected_n,
              const char *actor,
              GPtrArray *drafts,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  CsQueuedStorePrivate *self = get_private (store);
  Answer *answer = g_new (Answer, 1);
  g_autoptr (GTask) task = task_new (store, cancellable, answer_cb, answer, append_async);
  g_autoptr (GMutexLocker) locker = NULL;
  GError *error = NULL;
  CsAppend *order = cs_append_new (stream, expected_n, actor, drafts, &error);

  answer->callback = callback;
  answer->user_data = user_data;
  /* What was committed is reported as done, even if the cancellation came a moment later. */
  g_task_set_check_cancellable (task, FALSE);
  if (order == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, order, (GDestroyNotify) cs_append_free);
  locker = g_mutex_locker_new (&self->lock);
  if (self->writer == NULL)
    return_closed (self, task);
  else
    cs_store_writer_push (self->writer, g_steal_pointer (&task));
}

static GPtrArray *
append_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, append_async, error);
}

static void
read_async (CsStore *store,
            const char *stream,
            gint64 from,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  CsQueuedStorePrivate *self = get_private (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, read_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL)
    return_closed (self, task);
  else
    cs_store_reader_read (self->reader, g_steal_pointer (&task), stream, from);
}

static GPtrArray *
read_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, read_async, error);
}

static void
query_async (CsStore *store,
             const CsQuery *query,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  CsQueuedStorePrivate *self = get_private (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, query_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL || self->writer == NULL)
    return_closed (self, task);
  else if (cs_query_needs_index (query))
    cs_store_writer_push_query (self->writer, g_steal_pointer (&task), self->reader, query);
  else
    cs_store_reader_query (self->reader, g_steal_pointer (&task), query);
}

static GPtrArray *
query_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, query_async, error);
}

static void
list_heads_async (CsStore *store,
                  const char *prefix,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  CsQueuedStorePrivate *self = get_private (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, list_heads_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL)
    return_closed (self, task);
  else
    cs_store_reader_list_heads (self->reader, g_steal_pointer (&task), prefix);
}

static GPtrArray *
list_heads_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, list_heads_async, error);
}

static void
put_blob_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CsQueuedStorePrivate *self = get_private (source);
  g_autoptr (CsBlobWriter) writer = NULL;
  GError *error = NULL;
  char *digest = NULL;
  gsize length;
  const void *data = g_bytes_get_data (task_data, &length);

  writer = cs_blob_writer_new (self->blobs, &error);
  if (writer != NULL && cs_blob_writer_write (writer, data, length, &error))
    digest = cs_blob_writer_finish (writer, &error);
  if (digest != NULL)
    g_task_return_pointer (task, digest, g_free);
  else
    g_task_return_error (task, error);
}

static void
put_blob_async (CsStore *store,
                GBytes *bytes,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, put_blob_async);

  g_task_set_task_data (task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, put_blob_thread);
}

static char *
put_blob_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, put_blob_async, error);
}

static void
get_blob_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GBytes *bytes =
    CS_QUEUED_STORE_GET_CLASS (source)->get_blob (source, task_data, cancellable, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
get_blob_async (CsStore *store,
                const char *digest,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, get_blob_async);

  g_task_set_task_data (task, g_strdup (digest != NULL ? digest : ""), g_free);
  g_task_run_in_thread (task, get_blob_thread);
}

static GBytes *
get_blob_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, get_blob_async, error);
}

static CsBlobWriter *
open_blob (CsStore *store, GError **error)
{
  return cs_blob_writer_new (get_private (store)->blobs, error);
}

static void
store_iface_init (CsStoreInterface *iface)
{
  iface->append_async = append_async;
  iface->append_finish = append_finish;
  iface->read_async = read_async;
  iface->read_finish = read_finish;
  iface->query_async = query_async;
  iface->query_finish = query_finish;
  iface->list_heads_async = list_heads_async;
  iface->list_heads_finish = list_heads_finish;
  iface->put_blob_async = put_blob_async;
  iface->put_blob_finish = put_blob_finish;
  iface->get_blob_async = get_blob_async;
  iface->get_blob_finish = get_blob_finish;
  iface->open_blob = open_blob;
}

static GBytes *
map_blob (CsQueuedStore *store, const char *digest, GCancellable *cancellable, GError **error)
{
  return cs_blob_directory_map (get_private (store)->blobs, digest, error);
}

static void
cs_queued_store_finalize (GObject *object)
{
  CsQueuedStorePrivate *self = get_private (object);

  cs_queued_store_close (CS_QUEUED_STORE (object));
  g_clear_pointer (&self->announcer, cs_announcer_unref);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self->blobs);
  G_OBJECT_CLASS (cs_queued_store_parent_class)->finalize (object);
}

static void
cs_queued_store_class_init (CsQueuedStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_queued_store_finalize;
  klass->get_blob = map_blob;
}

static void
cs_queued_store_init (CsQueuedStore *store)
{
  g_mutex_init (&get_private (store)->lock);
}

/**
 * cs_queued_store_prepare:
 * @name: how sentences call the journal
 * @directory: where `blobs/` is; made with mode 0700 if it is missing
 * @context: where CsStore::appended is emitted
 * @owner: (nullable): a thread that may emit it, too, while no thread runs @context
 *
 * For a kind of store that opens: what its threads will need.
 *
 * Returns: whether the directory can be used; else %CS_ERROR_STORAGE
 */
gboolean
cs_queued_store_prepare (CsQueuedStore *store,
                         const char *name,
                         const char *directory,
                         GMainContext *context,
                         GThread *owner,
                         GError **error)
{
  CsQueuedStorePrivate *self = get_private (store);

  self->name = g_strdup (name);
  self->blobs = g_build_filename (directory, "blobs", NULL);
  self->announcer = cs_announcer_new (CS_STORE (store), context, owner);
  if (g_mkdir_with_parents (directory, 0700) == 0 && g_file_test (directory, G_FILE_TEST_IS_DIR))
    return cs_blob_directory_prepare (self->blobs, error);
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
               "The directory “%s” can't be made: %s. Choose another one, or check its permissions",
               directory, g_strerror (errno != 0 ? errno : ENOTDIR));
  return FALSE;
}

/** cs_queued_store_start: opens the doors; @writer and @reader (transfer full) do the work. */
void
cs_queued_store_start (CsQueuedStore *store, CsStoreWriter *writer, CsStoreReader *reader)
{
  CsQueuedStorePrivate *self = get_private (store);

  self->writer = writer;
  self->reader = reader;
}

/** cs_queued_store_get_announcer: (transfer none): who emits CsStore::appended. */
CsAnnouncer *
cs_queued_store_get_announcer (CsQueuedStore *store)
{
  return get_private (store)->announcer;
}

/** cs_queued_store_get_blobs: the directory of the blobs on this computer. */
const char *
cs_queued_store_get_blobs (CsQueuedStore *store)
{
  return get_private (store)->blobs;
}

/**
 * cs_queued_store_close:
 *
 * Waits until what was asked for is done, and closes the journal. Later calls fail.
 */
void
cs_queued_store_close (CsQueuedStore *store)
{
  CsQueuedStorePrivate *self = get_private (store);
  CsStoreWriter *writer;
  CsStoreReader *reader;

  g_mutex_lock (&self->lock);
  writer = g_steal_pointer (&self->writer);
  reader = g_steal_pointer (&self->reader);
  g_mutex_unlock (&self->lock);
  /* The writer hands queries on to the reader. */
  if (writer != NULL)
    cs_store_writer_stop (writer);
  if (reader != NULL)
    cs_store_reader_stop (reader);
  if (self->announcer != NULL)
    cs_announcer_close (self->announcer);
}
