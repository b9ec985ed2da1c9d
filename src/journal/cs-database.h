/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to journal.db, for one thread at a time. */

#pragma once

#include "cs-record.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * CsStatement: the statements that a connection prepares, each once
 */
typedef enum
{
  CS_STATEMENT_BEGIN,
  CS_STATEMENT_COMMIT,
  CS_STATEMENT_ROLLBACK,
  CS_STATEMENT_SAVEPOINT,
  CS_STATEMENT_RELEASE,
  CS_STATEMENT_ROLLBACK_TO,
  CS_STATEMENT_DATA_VERSION,
  CS_STATEMENT_LAST_SEQ,
  CS_STATEMENT_HEAD,
  CS_STATEMENT_INSERT_RECORD,
  CS_STATEMENT_INSERT_WORDS,
  CS_STATEMENT_INSERT_BLOB,
  CS_STATEMENT_INSERT_INDEX,
  CS_STATEMENT_INDEXED_TO,
  CS_STATEMENT_INDEX_GAPS,
  CS_STATEMENT_READ_AFTER_SEQ,
  CS_STATEMENT_READ_STREAM,
  CS_STATEMENT_QUERY,
  CS_STATEMENT_QUERY_ACTOR,
  CS_STATEMENT_QUERY_KIND,
  CS_STATEMENT_QUERY_AREA,
  CS_STATEMENT_QUERY_TIME,
  CS_STATEMENT_QUERY_STREAMS,
  CS_STATEMENT_QUERY_WORDS,
  CS_STATEMENT_LIST_WORDS,
  CS_STATEMENT_NEXT_WORD,
  CS_STATEMENT_LIST_HEADS,
  CS_STATEMENT_SCAN,
  CS_STATEMENT_BLOBS,
  CS_STATEMENT_INDEX_STREAM,
  CS_STATEMENT_INDEX_AT,
  CS_STATEMENT_INDEX_ACTOR,
  CS_STATEMENT_INDEX_KIND,
  CS_STATEMENT_INDEX_AREA,
  CS_STATEMENT_INDEX_ROWS,
  CS_STATEMENT_PAGE_SIZE,
  CS_STATEMENT_N_PAGES,
  CS_STATEMENT_QUICK_CHECK,
  CS_STATEMENT_STRAY_BLOBS,
  CS_N_STATEMENTS,
} CsStatement;

typedef struct
{
  sqlite3 *db;
  char *path;
  sqlite3_stmt *statements[CS_N_STATEMENTS];
} CsDatabase;

CsDatabase *cs_database_open (const char *path, GError **error);
void cs_database_close (CsDatabase *self);

sqlite3_stmt *cs_database_get (CsDatabase *self, CsStatement statement, GError **error);
gboolean cs_database_run (CsDatabase *self, CsStatement statement, GError **error);
gboolean cs_database_fail (CsDatabase *self, const char *what, GError **error);
CsRecord *cs_database_read_record (CsDatabase *self, sqlite3_stmt *row, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDatabase, cs_database_close)

G_END_DECLS
