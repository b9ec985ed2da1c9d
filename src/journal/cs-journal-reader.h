/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that reads from journal.db beside the writer. */

#pragma once

#include "cs-database.h"
#include "cs-query.h"

G_BEGIN_DECLS

typedef struct _CsJournalReader CsJournalReader;

CsJournalReader *cs_journal_reader_start (CsDatabase *database);
void cs_journal_reader_read (CsJournalReader *self, GTask *task, const char *stream, gint64 from);
void cs_journal_reader_query (CsJournalReader *self, GTask *task, const CsQuery *query);
gboolean cs_journal_reader_needs_index (const CsQuery *query);
void cs_journal_reader_list_heads (CsJournalReader *self, GTask *task, const char *prefix);
void cs_journal_reader_stop (CsJournalReader *self);

G_END_DECLS
