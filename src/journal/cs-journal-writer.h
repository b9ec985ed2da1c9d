/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread that writes to journal.db. */

#pragma once

#include "cs-announcer.h"
#include "cs-database.h"
#include "cs-journal-reader.h"

G_BEGIN_DECLS

typedef struct _CsJournalWriter CsJournalWriter;

CsJournalWriter *cs_journal_writer_start (CsDatabase *database,
                                          const char *blobs,
                                          CsAnnouncer *announcer,
                                          GError **error);
void cs_journal_writer_push (CsJournalWriter *self, GTask *task);
void cs_journal_writer_push_query (CsJournalWriter *self,
                                   GTask *task,
                                   CsJournalReader *reader,
                                   const CsQuery *query);
void cs_journal_writer_stop (CsJournalWriter *self);

G_END_DECLS
