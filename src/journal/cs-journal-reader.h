/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from journal.db. */

#pragma once

#include "cs-database.h"
#include "cs-store-reader.h"

G_BEGIN_DECLS

CsStoreReader *cs_journal_reader_start (CsDatabase *database);
GPtrArray *cs_journal_answer (CsDatabase *database,
                              const CsReadRequest *request,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
