/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all kinds of journals share: a thread that writes, one that reads, files of blobs. */

#pragma once

#include "cs-announcer.h"
#include "cs-store-writer.h"
#include "cs-store.h"

G_BEGIN_DECLS

#define CS_TYPE_QUEUED_STORE (cs_queued_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (CsQueuedStore, cs_queued_store, CS, QUEUED_STORE, GObject)

/**
 * CsQueuedStoreClass:
 * @get_blob: reads a blob, in a thread of its own; by default from the directory
 *
 * A kind of store implements verify, scan and import of CsStore itself.
 */
struct _CsQueuedStoreClass
{
  GObjectClass parent_class;

  GBytes *(*get_blob) (CsQueuedStore *self,
                       const char *digest,
                       GCancellable *cancellable,
                       GError **error);
};

gboolean cs_queued_store_prepare (CsQueuedStore *self,
                                  const char *name,
                                  const char *directory,
                                  GMainContext *context,
                                  GThread *owner,
                                  GError **error);
void cs_queued_store_start (CsQueuedStore *self, CsStoreWriter *writer, CsStoreReader *reader);

CsAnnouncer *cs_queued_store_get_announcer (CsQueuedStore *self);
const char *cs_queued_store_get_blobs (CsQueuedStore *self);

/* Waits until what was asked for is done, and closes the journal; later calls fail. Also done when
 * finalized. */
void cs_queued_store_close (CsQueuedStore *self);

G_END_DECLS
