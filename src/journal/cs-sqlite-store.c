/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal in a directory: SQLite for the records, files for the blobs. */

#include "cs-sqlite-store.h"

#include "cs-journal-reader.h"
#include "cs-journal-transfer.h"
#include "cs-journal-verifier.h"
#include "cs-journal-writer.h"

struct _CsSqliteStore
{
  CsQueuedStore parent_instance;

  char *directory;
  char *path;
};

static void store_iface_init (CsStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsSqliteStore,
                               cs_sqlite_store,
                               CS_TYPE_QUEUED_STORE,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STORE, store_iface_init))

static gboolean
verify (CsStore *store,
        CsVerification *verification,
        CsStoreProgress progress,
        gpointer progress_data,
        GCancellable *cancellable,
        GError **error)
{
  CsSqliteStore *self = CS_SQLITE_STORE (store);

  return cs_journal_verify (self->path, cs_queued_store_get_blobs (CS_QUEUED_STORE (store)),
                            verification, progress, progress_data, cancellable, error);
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

  return cs_journal_import (self->path, cs_queued_store_get_blobs (CS_QUEUED_STORE (store)),
                            records, error);
}

static void
store_iface_init (CsStoreInterface *iface)
{
  iface->verify = verify;
  iface->scan = scan;
  iface->import = import;
}

static void
cs_sqlite_store_finalize (GObject *object)
{
  CsSqliteStore *self = CS_SQLITE_STORE (object);

  cs_sqlite_store_close (self);
  g_free (self->directory);
  g_free (self->path);
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
}

static CsSqliteStore *
store_open (const char *directory, GMainContext *context, GThread *owner, GError **error)
{
  g_autoptr (CsSqliteStore) self = g_object_new (CS_TYPE_SQLITE_STORE, NULL);
  CsQueuedStore *queued = CS_QUEUED_STORE (self);
  g_autoptr (CsDatabase) writing = NULL;
  g_autoptr (CsDatabase) reading = NULL;
  CsStoreWriter *writer;

  self->directory = g_canonicalize_filename (directory, NULL);
  self->path = g_build_filename (self->directory, "journal.db", NULL);
  if (!cs_queued_store_prepare (queued, self->directory, self->directory, context, owner, error))
    return NULL;
  writing = cs_database_open (self->path, error);
  if (writing == NULL)
    return NULL;
  reading = cs_database_open (self->path, error);
  if (reading == NULL)
    return NULL;
  writer =
    cs_journal_writer_start (g_steal_pointer (&writing), cs_queued_store_get_blobs (queued),
                             cs_queued_store_get_announcer (queued), error);
  if (writer == NULL)
    return NULL;
  cs_queued_store_start (queued, writer, cs_journal_reader_start (g_steal_pointer (&reading)));
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
  g_return_if_fail (CS_IS_SQLITE_STORE (self));

  cs_queued_store_close (CS_QUEUED_STORE (self));
}
