/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search found in the history, as a file for a spreadsheet. */

#pragma once

#include "cs-store.h"

G_BEGIN_DECLS

/* n: records that are written already */
typedef void (*CsHistoryExportProgress) (gint64 n, gpointer user_data);

void cs_history_export_async (CsStore *store,
                              const CsQuery *query,
                              GFile *file,
                              CsHistoryExportProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gint64 cs_history_export_finish (GAsyncResult *result, GError **error);

G_END_DECLS
