/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that reads from a journal beside the writer, one request after the other. */

#pragma once

#include "cs-query.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CS_READ_STREAM,
  CS_READ_QUERY,
  CS_READ_HEADS,
} CsReadKind;

/**
 * CsReadRequest:
 * @kind: what is asked for
 * @text: the stream, or how streams begin
 * @from: the first n of the stream
 * @query: (nullable): what to look for; its words hold more than blanks
 */
typedef struct
{
  CsReadKind kind;
  char *text;
  gint64 from;
  CsQuery *query;
} CsReadRequest;

/**
 * CsReaderBackEnd: what a kind of store brings; all of it is called in the reader's thread
 * @thread: what the thread is called
 * @answer: a GPtrArray of CsRecord or CsStreamHead (transfer full); %NULL with an error
 * @rest: (nullable): called while nobody asks; how long it has nothing else to do, in microseconds
 * @free: frees the back end
 */
typedef struct
{
  const char *thread;
  GPtrArray *(*answer) (gpointer back_end,
                        const CsReadRequest *request,
                        GCancellable *cancellable,
                        GError **error);
  gint64 (*rest) (gpointer back_end);
  void (*free) (gpointer back_end);
} CsReaderBackEnd;

typedef struct _CsStoreReader CsStoreReader;

CsStoreReader *cs_store_reader_start (const CsReaderBackEnd *kind, gpointer back_end);
void cs_store_reader_read (CsStoreReader *self, GTask *task, const char *stream, gint64 from);
void cs_store_reader_query (CsStoreReader *self, GTask *task, const CsQuery *query);
void cs_store_reader_list_heads (CsStoreReader *self, GTask *task, const char *prefix);
void cs_store_reader_stop (CsStoreReader *self);

G_END_DECLS
