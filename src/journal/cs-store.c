/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal: append-only streams of records, and blobs named by their digest. */

#include "cs-store.h"

G_DEFINE_INTERFACE (CsStore, cs_store, G_TYPE_OBJECT)

static void
cs_store_default_init (CsStoreInterface *iface)
{
  /**
   * CsStore::appended:
   * @record: a record that is durable now
   *
   * Emitted once for each record that this or another program appends, in the order of their seq,
   * in the main context in which the store was opened. The detail is the stream.
   */
  g_signal_new ("appended", CS_TYPE_STORE, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 1, CS_TYPE_RECORD);
}

/** cs_stream_head_free: */
void
cs_stream_head_free (CsStreamHead *self)
{
  if (self == NULL)
    return;
  g_free (self->stream);
  g_free (self->hash);
  g_free (self);
}

/* A private main context in which one call of this thread runs to its end. */
typedef struct
{
  GMainContext *context;
  GAsyncResult *result;
} Wait;

static void
wait_begin (Wait *wait)
{
  wait->context = g_main_context_new ();
  wait->result = NULL;
  g_main_context_push_thread_default (wait->context);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
}

static void
wait_run (Wait *wait)
{
  while (wait->result == NULL)
    g_main_context_iteration (wait->context, TRUE);
  g_main_context_pop_thread_default (wait->context);
}

static void
wait_end (Wait *wait)
{
  g_object_unref (wait->result);
  g_main_context_unref (wait->context);
}

/**
 * cs_store_append_async:
 * @stream: e.g. `people`; made by its first record
 * @expected_n: what n the first draft must get, or %CS_STORE_ANY
 * @actor: who acts
 * @drafts: (element-type CsDraft): at least one; read before this returns
 *
 * Appends records to a stream, all or none, durably.
 */
void
cs_store_append_async (CsStore *self,
                       const char *stream,
                       gint64 expected_n,
                       const char *actor,
                       GPtrArray *drafts,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (CS_IS_STORE (self));

  CS_STORE_GET_IFACE (self)->append_async (self, stream, expected_n, actor, drafts, cancellable,
                                           callback, user_data);
}

/**
 * cs_store_append_finish:
 *
 * Returns: (transfer full) (element-type CsRecord): the records in the order of the drafts; %NULL
 * with %CS_ERROR_CONFLICT if the stream's next n is not @expected_n, %CS_ERROR_NOT_FOUND if a blob
 * is not stored, %CS_ERROR_INVALID for a draft that can't be written, %CS_ERROR_STORAGE,
 * %CS_ERROR_BUSY, or %G_IO_ERROR_CANCELLED if it was cancelled before it was written
 */
GPtrArray *
cs_store_append_finish (CsStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->append_finish (self, result, error);
}

/** cs_store_append_sync: cs_store_append_async() for callers that may wait. */
GPtrArray *
cs_store_append_sync (CsStore *self,
                      const char *stream,
                      gint64 expected_n,
                      const char *actor,
                      GPtrArray *drafts,
                      GError **error)
{
  Wait wait;
  GPtrArray *answer;

  wait_begin (&wait);
  cs_store_append_async (self, stream, expected_n, actor, drafts, NULL, wait_cb, &wait);
  wait_run (&wait);
  answer = cs_store_append_finish (self, wait.result, error);
  wait_end (&wait);
  return answer;
}

/**
 * cs_store_read_async:
 * @stream: a stream; one that does not exist has no records
 * @from: the first n
 *
 * Reads a stream from a place on.
 */
void
cs_store_read_async (CsStore *self,
                     const char *stream,
                     gint64 from,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (CS_IS_STORE (self));

  CS_STORE_GET_IFACE (self)->read_async (self, stream, from, cancellable, callback, user_data);
}

/**
 * cs_store_read_finish:
 *
 * Returns: (transfer full) (element-type CsRecord): oldest first; %NULL with %CS_ERROR_CORRUPT,
 * %CS_ERROR_STORAGE or %CS_ERROR_BUSY
 */
GPtrArray *
cs_store_read_finish (CsStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->read_finish (self, result, error);
}

/** cs_store_read_sync: cs_store_read_async() for callers that may wait. */
GPtrArray *
cs_store_read_sync (CsStore *self, const char *stream, gint64 from, GError **error)
{
  Wait wait;
  GPtrArray *answer;

  wait_begin (&wait);
  cs_store_read_async (self, stream, from, NULL, wait_cb, &wait);
  wait_run (&wait);
  answer = cs_store_read_finish (self, wait.result, error);
  wait_end (&wait);
  return answer;
}

/**
 * cs_store_query_async:
 * @query: what to look for
 *
 * Looks for records in all streams.
 */
void
cs_store_query_async (CsStore *self,
                      const CsQuery *query,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (CS_IS_STORE (self));

  CS_STORE_GET_IFACE (self)->query_async (self, query, cancellable, callback, user_data);
}

/**
 * cs_store_query_finish:
 *
 * Returns: (transfer full) (element-type CsRecord): newest first; %NULL with %CS_ERROR_CORRUPT,
 * %CS_ERROR_STORAGE or %CS_ERROR_BUSY
 */
GPtrArray *
cs_store_query_finish (CsStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->query_finish (self, result, error);
}

/** cs_store_query_sync: cs_store_query_async() for callers that may wait. */
GPtrArray *
cs_store_query_sync (CsStore *self, const CsQuery *query, GError **error)
{
  Wait wait;
  GPtrArray *answer;

  wait_begin (&wait);
  cs_store_query_async (self, query, NULL, wait_cb, &wait);
  wait_run (&wait);
  answer = cs_store_query_finish (self, wait.result, error);
  wait_end (&wait);
  return answer;
}

/**
 * cs_store_list_heads_async:
 * @prefix: how the streams begin; "" for all
 *
 * Lists the newest record of each stream.
 */
void
cs_store_list_heads_async (CsStore *self,
                           const char *prefix,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (CS_IS_STORE (self));

  CS_STORE_GET_IFACE (self)->list_heads_async (self, prefix, cancellable, callback, user_data);
}

/**
 * cs_store_list_heads_finish:
 *
 * Returns: (transfer full) (element-type CsStreamHead): newest act first; %NULL with
 * %CS_ERROR_CORRUPT, %CS_ERROR_STORAGE or %CS_ERROR_BUSY
 */
GPtrArray *
cs_store_list_heads_finish (CsStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->list_heads_finish (self, result, error);
}

/** cs_store_list_heads_sync: cs_store_list_heads_async() for callers that may wait. */
GPtrArray *
cs_store_list_heads_sync (CsStore *self, const char *prefix, GError **error)
{
  Wait wait;
  GPtrArray *answer;

  wait_begin (&wait);
  cs_store_list_heads_async (self, prefix, NULL, wait_cb, &wait);
  wait_run (&wait);
  answer = cs_store_list_heads_finish (self, wait.result, error);
  wait_end (&wait);
  return answer;
}

/**
 * cs_store_put_blob_async:
 * @bytes: what to store
 *
 * Stores bytes under their SHA-256. Storing the same again is no error.
 */
void
cs_store_put_blob_async (CsStore *self,
                         GBytes *bytes,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (CS_IS_STORE (self));

  CS_STORE_GET_IFACE (self)->put_blob_async (self, bytes, cancellable, callback, user_data);
}

/**
 * cs_store_put_blob_finish:
 *
 * Returns: (transfer full): the digest, once the bytes are durable; %NULL with %CS_ERROR_STORAGE
 */
char *
cs_store_put_blob_finish (CsStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->put_blob_finish (self, result, error);
}

/** cs_store_put_blob_sync: cs_store_put_blob_async() for callers that may wait. */
char *
cs_store_put_blob_sync (CsStore *self, GBytes *bytes, GError **error)
{
  Wait wait;
  char *answer;

  wait_begin (&wait);
  cs_store_put_blob_async (self, bytes, NULL, wait_cb, &wait);
  wait_run (&wait);
  answer = cs_store_put_blob_finish (self, wait.result, error);
  wait_end (&wait);
  return answer;
}

/**
 * cs_store_get_blob_async:
 * @digest: a blob's name
 *
 * Reads a blob and compares it with its name.
 */
void
cs_store_get_blob_async (CsStore *self,
                         const char *digest,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (CS_IS_STORE (self));

  CS_STORE_GET_IFACE (self)->get_blob_async (self, digest, cancellable, callback, user_data);
}

/**
 * cs_store_get_blob_finish:
 *
 * Returns: (transfer full): its bytes, mapped; %NULL with %CS_ERROR_NOT_FOUND, %CS_ERROR_CORRUPT,
 * %CS_ERROR_STORAGE, or %CS_ERROR_INVALID if @digest is no digest
 */
GBytes *
cs_store_get_blob_finish (CsStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->get_blob_finish (self, result, error);
}

/** cs_store_get_blob_sync: cs_store_get_blob_async() for callers that may wait. */
GBytes *
cs_store_get_blob_sync (CsStore *self, const char *digest, GError **error)
{
  Wait wait;
  GBytes *answer;

  wait_begin (&wait);
  cs_store_get_blob_async (self, digest, NULL, wait_cb, &wait);
  wait_run (&wait);
  answer = cs_store_get_blob_finish (self, wait.result, error);
  wait_end (&wait);
  return answer;
}

/**
 * cs_store_open_blob:
 *
 * Begins a blob of unknown size.
 *
 * Returns: (transfer full): a writer; %NULL with %CS_ERROR_STORAGE
 */
CsBlobWriter *
cs_store_open_blob (CsStore *self, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->open_blob (self, error);
}

/**
 * cs_store_verify:
 * @verification: what is filled in
 * @progress: told about every step; called in this thread or threads of the store's
 *
 * Checks the whole store in this thread; cs_verification_run_async() is the door to it.
 *
 * Returns: whether the check came to its end, whatever it found; else %CS_ERROR_STORAGE,
 * %CS_ERROR_BUSY or %G_IO_ERROR_CANCELLED
 */
gboolean
cs_store_verify (CsStore *self,
                 CsVerification *verification,
                 CsStoreProgress progress,
                 gpointer progress_data,
                 GCancellable *cancellable,
                 GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), FALSE);

  return CS_STORE_GET_IFACE (self)->verify (self, verification, progress, progress_data,
                                            cancellable, error);
}

/**
 * cs_store_scan:
 * @after: a seq; 0 for the beginning
 * @limit: at most so many
 *
 * Reads all streams in the order of seq. Waits.
 *
 * Returns: (transfer full) (element-type CsRecord): oldest first; empty at the end; %NULL with
 * %CS_ERROR_CORRUPT, %CS_ERROR_STORAGE, %CS_ERROR_UNREACHABLE or %CS_ERROR_BUSY
 */
GPtrArray *
cs_store_scan (CsStore *self, gint64 after, guint limit, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), NULL);

  return CS_STORE_GET_IFACE (self)->scan (self, after, limit, error);
}

/**
 * cs_store_import:
 * @records: (element-type CsRecord): of another store; each follows its stream
 *
 * Takes records over with their n, time, actor and hash; they get seqs of their own, in this order.
 * Waits.
 *
 * Returns: whether all are durable here; else none is, with %CS_ERROR_CONFLICT, %CS_ERROR_NOT_FOUND
 * if a blob that one names is not stored, %CS_ERROR_STORAGE, %CS_ERROR_UNREACHABLE or
 * %CS_ERROR_BUSY
 */
gboolean
cs_store_import (CsStore *self, GPtrArray *records, GError **error)
{
  g_return_val_if_fail (CS_IS_STORE (self), FALSE);

  return CS_STORE_GET_IFACE (self)->import (self, records, error);
}
