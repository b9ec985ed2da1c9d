/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes to journal.db. */

#pragma once

#include "cs-announcer.h"
#include "cs-database.h"
#include "cs-store-writer.h"

G_BEGIN_DECLS

CsStoreWriter *cs_journal_writer_start (CsDatabase *database,
                                        const char *blobs,
                                        CsAnnouncer *announcer,
                                        GError **error);

G_END_DECLS
