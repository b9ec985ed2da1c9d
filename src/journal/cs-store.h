/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal: append-only streams of records, and blobs named by their digest. */

#pragma once

#include "cs-blob-writer.h"
#include "cs-query.h"
#include "cs-record.h"

G_BEGIN_DECLS

#define CS_TYPE_STORE (cs_store_get_type ())
G_DECLARE_INTERFACE (CsStore, cs_store, CS, STORE, GObject)

/** CS_STORE_ANY: as expected_n: append wherever the stream ends now */
#define CS_STORE_ANY ((gint64) -1)

/**
 * CsStreamHead:
 *
 * The newest record of a stream, in short.
 */
typedef struct
{
  char *stream;
  gint64 n; /* of the newest record */
  char *hash;
  gint64 first_at;
  gint64 last_at;
} CsStreamHead;

void cs_stream_head_free (CsStreamHead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsStreamHead, cs_stream_head_free)

/* Every _async call finishes in the thread-default main context it was made in. The *_sync calls
 * wait; they are for ctl and tests, never for a main loop.
 *
 * Signal ::appended (CsRecord *record): a record is durable, written by this program or by another
 * one on the same store; emitted in the main context in which the store was opened, in seq order,
 * each record once. For this program's own appends it comes before the append finishes. */

typedef struct _CsVerification CsVerification;
typedef void (*CsStoreProgress) (gint64 done, gint64 total, gpointer user_data);

struct _CsStoreInterface
{
  GTypeInterface parent;

  void (*append_async) (CsStore *self,
                        const char *stream,
                        gint64 expected_n,
                        const char *actor,
                        GPtrArray *drafts,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  GPtrArray *(*append_finish) (CsStore *self, GAsyncResult *result, GError **error);
  void (*read_async) (CsStore *self,
                      const char *stream,
                      gint64 from,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  GPtrArray *(*read_finish) (CsStore *self, GAsyncResult *result, GError **error);
  void (*query_async) (CsStore *self,
                       const CsQuery *query,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  GPtrArray *(*query_finish) (CsStore *self, GAsyncResult *result, GError **error);
  void (*list_heads_async) (CsStore *self,
                            const char *prefix,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  GPtrArray *(*list_heads_finish) (CsStore *self, GAsyncResult *result, GError **error);
  void (*put_blob_async) (CsStore *self,
                          GBytes *bytes,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  char *(*put_blob_finish) (CsStore *self, GAsyncResult *result, GError **error);
  void (*get_blob_async) (CsStore *self,
                          const char *digest,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  GBytes *(*get_blob_finish) (CsStore *self, GAsyncResult *result, GError **error);
  CsBlobWriter *(*open_blob) (CsStore *self, GError **error);
  gboolean (*verify) (CsStore *self,
                      CsVerification *verification,
                      CsStoreProgress progress,
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GError **error);
  GPtrArray *(*scan) (CsStore *self, gint64 after, guint limit, GError **error);
  gboolean (*import) (CsStore *self, GPtrArray *records, GError **error);
};

/* GPtrArray of CsRecord, in the order of the drafts. CONFLICT if the stream's next n is not
 * expected_n; NOT_FOUND if a draft names a blob that is not stored; STORAGE, BUSY. All or none. */
void cs_store_append_async (CsStore *self,
                            const char *stream,
                            gint64 expected_n,
                            const char *actor,
                            GPtrArray *drafts,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GPtrArray *cs_store_append_finish (CsStore *self, GAsyncResult *result, GError **error);
GPtrArray *cs_store_append_sync (CsStore *self,
                                 const char *stream,
                                 gint64 expected_n,
                                 const char *actor,
                                 GPtrArray *drafts,
                                 GError **error);

/* GPtrArray of CsRecord with n ≥ from, oldest first; empty if there are none. */
void cs_store_read_async (CsStore *self,
                          const char *stream,
                          gint64 from,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
GPtrArray *cs_store_read_finish (CsStore *self, GAsyncResult *result, GError **error);
GPtrArray *cs_store_read_sync (CsStore *self, const char *stream, gint64 from, GError **error);

/* GPtrArray of CsRecord, newest first. */
void cs_store_query_async (CsStore *self,
                           const CsQuery *query,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
GPtrArray *cs_store_query_finish (CsStore *self, GAsyncResult *result, GError **error);
GPtrArray *cs_store_query_sync (CsStore *self, const CsQuery *query, GError **error);

/* GPtrArray of CsStreamHead of all streams that begin with prefix, newest act first. */
void cs_store_list_heads_async (CsStore *self,
                                const char *prefix,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GPtrArray *cs_store_list_heads_finish (CsStore *self, GAsyncResult *result, GError **error);
GPtrArray *cs_store_list_heads_sync (CsStore *self, const char *prefix, GError **error);

/* Blobs: the digest (64 hex characters) when the bytes are durable; storing the same again is no
 * error. Reading gives NOT_FOUND, or CORRUPT when the bytes no longer have their digest; large
 * ones are mapped, not copied. */
void cs_store_put_blob_async (CsStore *self,
                              GBytes *bytes,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
char *cs_store_put_blob_finish (CsStore *self, GAsyncResult *result, GError **error);
char *cs_store_put_blob_sync (CsStore *self, GBytes *bytes, GError **error);
void cs_store_get_blob_async (CsStore *self,
                              const char *digest,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
GBytes *cs_store_get_blob_finish (CsStore *self, GAsyncResult *result, GError **error);
GBytes *cs_store_get_blob_sync (CsStore *self, const char *digest, GError **error);
CsBlobWriter *cs_store_open_blob (CsStore *self, GError **error);

/* Used by CsTransfer; both wait. The records behind a seq, oldest first (GPtrArray of CsRecord);
 * and records of another store that become records of this one as they are, all or none: CONFLICT
 * if they don't follow their streams, NOT_FOUND if a blob is not stored. */
GPtrArray *cs_store_scan (CsStore *self, gint64 after, guint limit, GError **error);
gboolean cs_store_import (CsStore *self, GPtrArray *records, GError **error);

/* Used by CsVerification; waits. */
gboolean cs_store_verify (CsStore *self,
                          CsVerification *verification,
                          CsStoreProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GError **error);

G_END_DECLS
