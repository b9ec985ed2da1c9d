/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks every record, every blob and the database file of a journal. */

#pragma once

#include "cs-verification.h"

G_BEGIN_DECLS

gboolean cs_journal_verify (const char *path,
                            const char *blobs,
                            CsVerification *verification,
                            CsStoreProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
