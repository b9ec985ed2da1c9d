/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread of a program that writes to a journal. */

#pragma once

#include "cs-store-reader.h"

G_BEGIN_DECLS

/** CS_STORE_WRITER_MAX_GROUP: how many appends may be written at once */
#define CS_STORE_WRITER_MAX_GROUP 64

typedef struct _CsStoreWriter CsStoreWriter;

/**
 * CsWriterBackEnd: what a kind of store brings; all of it is called in the writer's thread
 * @thread: what the thread is called
 * @append: (transfer full): takes up to %CS_STORE_WRITER_MAX_GROUP tasks with CsAppend as their
 * data; each returns a GPtrArray of CsRecord, or an error
 * @index: takes a portion of what is not in the index into it, also what other programs have
 * written; @complete: (out): whether nothing is left
 * @rest: called while nobody asks; how long it has nothing else to do, in microseconds
 * @get_fd: (nullable): what to wake up for besides; -1 if there is nothing
 * @end: (nullable): called before the thread ends
 * @free: frees the back end
 */
typedef struct
{
  const char *thread;
  void (*append) (gpointer back_end, CsStoreWriter *writer, GTask **tasks, guint n_tasks);
  gboolean (*index) (gpointer back_end, gboolean *complete, GError **error);
  gint64 (*rest) (gpointer back_end);
  int (*get_fd) (gpointer back_end);
  void (*end) (gpointer back_end);
  void (*free) (gpointer back_end);
} CsWriterBackEnd;

CsStoreWriter *cs_store_writer_start (const CsWriterBackEnd *kind, gpointer back_end);
void cs_store_writer_push (CsStoreWriter *self, GTask *task);
void cs_store_writer_push_query (CsStoreWriter *self,
                                 GTask *task,
                                 CsStoreReader *reader,
                                 const CsQuery *query);
gboolean cs_store_writer_refuse (CsStoreWriter *self, gint64 usec, const GError *error);
void cs_store_writer_stop (CsStoreWriter *self);

G_END_DECLS
