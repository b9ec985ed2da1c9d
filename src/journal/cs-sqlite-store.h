/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal in a directory: SQLite for the records, files for the blobs. */

#pragma once

#include "cs-queued-store.h"

G_BEGIN_DECLS

#define CS_TYPE_SQLITE_STORE (cs_sqlite_store_get_type ())
G_DECLARE_FINAL_TYPE (CsSqliteStore, cs_sqlite_store, CS, SQLITE_STORE, CsQueuedStore)

/* Opens `journal.db` and `blobs/` in directory, which is made (mode 0700) if missing. TOO_NEW if a
 * newer version wrote it, STORAGE if it can't be written, CORRUPT if it is not a journal. */
void cs_sqlite_store_open_async (const char *directory,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
CsSqliteStore *cs_sqlite_store_open_finish (GAsyncResult *result, GError **error);
CsSqliteStore *cs_sqlite_store_open_sync (const char *directory, GError **error);

const char *cs_sqlite_store_get_directory (CsSqliteStore *self);

/* Waits for the writer, checkpoints, and closes; later calls fail. Also done when finalized. */
void cs_sqlite_store_close (CsSqliteStore *self);

G_END_DECLS
