/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal in a directory: SQLite for the records, files for the blobs. */

#include "cs-sqlite-store.h"

#include "cs-append.h"
#include "cs-blob-directory.h"
#include "cs-error.h"
#include "cs-journal-reader.h"
#include "cs-journal-transfer.h"
#include "cs-journal-verifier.h"
#include "cs-journal-writer.h"

#include <errno.h>
#include <glib/gstdio.h>

struct _CsSqliteStore
{
  GObject parent_instance;

  char *directory;
  char *path;
  char *blobs;
  CsAnnouncer *announcer;

  GMutex lock; /* guards the two threads against a close from elsewhere */
  CsJournalWriter *writer;
  CsJournalReader *reader;
};

static void store_iface_init (CsStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsSqliteStore,
                               cs_sqlite_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STORE, store_iface_init))

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
return_closed (CsSqliteStore *self, GTask *task)
{
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "The journal in “%s” is closed",
                           self->directory);
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

  cs_announcer_flush (CS_SQLITE_STORE (source)->announcer);
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
  CsSqliteStore *self = CS_SQLITE_STORE (store);
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
    cs_journal_writer_push (self->writer, g_steal_pointer (&task));
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
  CsSqliteStore *self = CS_SQLITE_STORE (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, read_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL)
    return_closed (self, task);
  else
    cs_journal_reader_read (self->reader, g_steal_pointer (&task), stream, from);
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
  CsSqliteStore *self = CS_SQLITE_STORE (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, query_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL || self->writer == NULL)
    return_closed (self, task);
  else if (cs_journal_reader_needs_index (query))
    cs_journal_writer_push_query (self->writer, g_steal_pointer (&task), self->reader, query);
  else
    cs_journal_reader_query (self->reader, g_steal_pointer (&task), query);
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
  CsSqliteStore *self = CS_SQLITE_STORE (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, list_heads_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL)
    return_closed (self, task);
  else
    cs_journal_reader_list_heads (self->reader, g_steal_pointer (&task), prefix);
}

static GPtrArray *
list_heads_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, list_heads_async, error);
}

static void
put_blob_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CsSqliteStore *self = source;
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
  CsSqliteStore *self = source;
  GError *error = NULL;
  GBytes *bytes = cs_blob_directory_map (self->blobs, task_data, &error);

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
  return cs_blob_writer_new (CS_SQLITE_STORE (store)->blobs, error);
}

static gboolean
verify (CsStore *store,
        CsVerification *verification,
        CsStoreProgress progress,
        gpointer progress_data,
        GCancellable *cancellable,
        GError **error)
{
  CsSqliteStore *self = CS_SQLITE_STORE (store);

  return cs_journal_verify (self->path, self->blobs, verification, progress, progress_data,
                            cancellable, error);
}

static GPtrArray *
scan (CsStore *store, gint64 after, guint limit, GError **error)
{
  return cs_journal_scan (CS_SQLITE_STORE (store)->path, after, limit, error);
}

static gboolean
import (CsStore *store, GPtrArray *records, GError **error)
{
  CsSqliteStore *self = CS_SQLITE_STORE (store);

  return cs_journal_import (self->path, self->blobs, records, error);
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
  iface->verify = verify;
  iface->scan = scan;
  iface->import = import;
}

static void
cs_sqlite_store_finalize (GObject *object)
{
  CsSqliteStore *self = CS_SQLITE_STORE (object);

  cs_sqlite_store_close (self);
  g_clear_pointer (&self->announcer, cs_announcer_unref);
  g_mutex_clear (&self->lock);
  g_free (self->directory);
  g_free (self->path);
  g_free (self->blobs);
  G_OBJECT_CLASS (cs_sqlite_store_parent_class)->finalize (object);
}

static void
cs_sqlite_store_class_init (CsSqliteStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_sqlite_store_finalize;
}

static void
cs_sqlite_store_init (CsSqliteStore *self)
{
  g_mutex_init (&self->lock);
}

static gboolean
make_directory (const char *directory, GError **error)
{
  if (g_mkdir_with_parents (directory, 0700) == 0 && g_file_test (directory, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
               "The directory “%s” can't be made: %s. Choose another one, or check its permissions",
               directory, g_strerror (errno != 0 ? errno : ENOTDIR));
  return FALSE;
}

static CsSqliteStore *
store_open (const char *directory, GMainContext *context, GThread *owner, GError **error)
{
  g_autoptr (CsSqliteStore) self = g_object_new (CS_TYPE_SQLITE_STORE, NULL);
  g_autoptr (CsDatabase) writing = NULL;
  g_autoptr (CsDatabase) reading = NULL;

  self->directory = g_canonicalize_filename (directory, NULL);
  self->path = g_build_filename (self->directory, "journal.db", NULL);
  self->blobs = g_build_filename (self->directory, "blobs", NULL);
  self->announcer = cs_announcer_new (CS_STORE (self), context, owner);
  if (!make_directory (self->directory, error))
    return NULL;
  writing = cs_database_open (self->path, error);
  if (writing == NULL || !cs_blob_directory_prepare (self->blobs, error))
    return NULL;
  reading = cs_database_open (self->path, error);
  if (reading == NULL)
    return NULL;
  self->writer =
    cs_journal_writer_start (g_steal_pointer (&writing), self->blobs, self->announcer, error);
  if (self->writer == NULL)
    return NULL;
  self->reader = cs_journal_reader_start (g_steal_pointer (&reading));
  return g_steal_pointer (&self);
}

static void
open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  CsSqliteStore *self = store_open (task_data, g_task_get_context (task), NULL, &error);

  if (self != NULL)
    g_task_return_pointer (task, self, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_sqlite_store_open_async:
 * @directory: where the journal is, or will be; made with mode 0700 if it is missing
 *
 * Opens a journal. CsStore::appended will be emitted in the main context of this call.
 */
void
cs_sqlite_store_open_async (const char *directory,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (directory != NULL);

  g_task_set_source_tag (task, cs_sqlite_store_open_async);
  g_task_set_task_data (task, g_strdup (directory), g_free);
  g_task_run_in_thread (task, open_thread);
}

/**
 * cs_sqlite_store_open_finish:
 *
 * Returns: (transfer full): the store; %NULL with %CS_ERROR_TOO_NEW, %CS_ERROR_CORRUPT if it is not
 * a journal, %CS_ERROR_STORAGE if it can't be written, %CS_ERROR_BUSY
 */
CsSqliteStore *
cs_sqlite_store_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_sqlite_store_open_sync: cs_sqlite_store_open_async() for callers that may wait. */
CsSqliteStore *
cs_sqlite_store_open_sync (const char *directory, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_return_val_if_fail (directory != NULL, NULL);

  return store_open (directory, context, g_thread_self (), error);
}

/** cs_sqlite_store_get_directory: where the journal is, as an absolute path. */
const char *
cs_sqlite_store_get_directory (CsSqliteStore *self)
{
  g_return_val_if_fail (CS_IS_SQLITE_STORE (self), NULL);
  return self->directory;
}

/**
 * cs_sqlite_store_close:
 *
 * Waits until what was asked for is done, and closes the journal. Later calls fail.
 */
void
cs_sqlite_store_close (CsSqliteStore *self)
{
  CsJournalWriter *writer;
  CsJournalReader *reader;

  g_return_if_fail (CS_IS_SQLITE_STORE (self));

  g_mutex_lock (&self->lock);
  writer = g_steal_pointer (&self->writer);
  reader = g_steal_pointer (&self->reader);
  g_mutex_unlock (&self->lock);
  /* The writer hands queries on to the reader. */
  if (writer != NULL)
    cs_journal_writer_stop (writer);
  if (reader != NULL)
    cs_journal_reader_stop (reader);
}
