/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole workspace from one store into another, record by record and blob by blob. */

#pragma once

#include "cs-store.h"

G_BEGIN_DECLS

/* done and total count records; called in the thread that moves. */
typedef void (*CsTransferProgress) (gint64 done, gpointer user_data);

/* Copies everything into a store that holds nothing, and compares the heads of all streams
 * afterwards. Waits. EXISTS if it holds something, CONFLICT if someone wrote meanwhile, and the
 * errors of both stores. What was copied stays when it fails; a new try wants an empty store. */
gint64 cs_transfer_run (CsStore *from,
                        CsStore *to,
                        CsTransferProgress progress,
                        gpointer progress_data,
                        GCancellable *cancellable,
                        GError **error);

/* Whether it holds nothing yet; else EXISTS. Waits. */
gboolean cs_transfer_check_empty (CsStore *to, GError **error);

G_END_DECLS
