/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to a team's journal, for one thread at a time. */

#pragma once

#include "cs-pg-server.h"
#include "cs-record.h"

#include <libpq-fe.h>

G_BEGIN_DECLS

/**
 * CsPgStatement: the statements that a connection prepares, each once
 */
typedef enum
{
  CS_PG_LOCK,
  CS_PG_APPEND,
  CS_PG_FLUSH,
  CS_PG_FLUSH_SEEN,
  CS_PG_FIND_APPEND,
  CS_PG_INSERT_RECORD,
  CS_PG_INSERT_BLOB_NAME,
  CS_PG_LAST_SEQ,
  CS_PG_SNAPSHOT,
  CS_PG_SEQS_AFTER,
  CS_PG_READ_AFTER,
  CS_PG_READ_PORTION,
  CS_PG_READ_STREAM,
  CS_PG_QUERY,
  CS_PG_QUERY_ACTOR,
  CS_PG_QUERY_KIND,
  CS_PG_QUERY_AREA,
  CS_PG_QUERY_TIME,
  CS_PG_QUERY_STREAMS,
  CS_PG_QUERY_WORDS,
  CS_PG_QUERY_RARE_WORDS,
  CS_PG_SAMPLE_WORDS,
  CS_PG_LIST_HEADS,
  CS_PG_INDEX_TURN,
  CS_PG_INDEX_TRY_TURN,
  CS_PG_INDEXED_TO,
  CS_PG_UNINDEXED,
  CS_PG_IS_INDEXED,
  CS_PG_INSERT_INDEX,
  CS_PG_MARK_INDEXED,
  CS_PG_HAS_BLOB,
  CS_PG_INSERT_PART,
  CS_PG_INSERT_BLOB,
  CS_PG_READ_PART,
  CS_PG_NOTIFY,
  CS_PG_CLAIM,
  CS_PG_END_BACKEND,
  CS_PG_SCAN,
  CS_PG_SCAN_BLOBS,
  CS_PG_SCAN_NAMES,
  CS_PG_COUNT,
  CS_PG_INDEX_FAULTS,
  CS_PG_N_STATEMENTS,
} CsPgStatement;

/** CS_PG_CHANNEL: what appends are told on */
#define CS_PG_CHANNEL "countersign_records"

/** CS_PG_BROKEN_CHAIN: SQLSTATE of a record that does not follow its stream */
#define CS_PG_BROKEN_CHAIN "CS001"

/**
 * CsPgConnection:
 * @patience: microseconds after which a server that does not answer counts as lost; 0: never
 * @follows_link: whether it counts as lost when the server counts as that (cs_pg_server_is_lost())
 * @durability: (nullable): the synchronous_commit of cs_pg_connection_flush(); %NULL if every
 * commit is durable by itself
 */
typedef struct
{
  PGconn *pg;
  CsPgServer *server;
  gint64 patience;
  gboolean follows_link;
  char *durability;
  gboolean prepared[CS_PG_N_STATEMENTS];
} CsPgConnection;

CsPgConnection *cs_pg_connection_open (CsPgServer *server, GError **error);
void cs_pg_connection_close (CsPgConnection *self);
gboolean cs_pg_connection_is_lost (CsPgConnection *self);
gboolean cs_pg_connection_watch_flushes (CsPgConnection *self, GError **error);
gboolean cs_pg_connection_defer_flush (CsPgConnection *self, GError **error);
gboolean cs_pg_connection_send_flush (CsPgConnection *self);
gboolean cs_pg_connection_flush (CsPgConnection *self, CsPgStatement how, GError **error);

gboolean cs_pg_connection_prepare (CsPgConnection *self, CsPgStatement statement, GError **error);
const char *cs_pg_connection_name (CsPgStatement statement);
PGresult *cs_pg_connection_run (CsPgConnection *self,
                                CsPgStatement statement,
                                const char *const *values,
                                GError **error);
PGresult *cs_pg_connection_run_binary (CsPgConnection *self,
                                       CsPgStatement statement,
                                       const char *const *values,
                                       const int *lengths,
                                       const int *formats,
                                       int result_format,
                                       GError **error);
PGresult *cs_pg_connection_get_result (CsPgConnection *self);
gboolean cs_pg_connection_execute (CsPgConnection *self, const char *sql, GError **error);
guint cs_pg_connection_n_values (CsPgStatement statement);
gboolean cs_pg_connection_fail (CsPgConnection *self, PGresult *result, GError **error);

CsRecord *cs_pg_read_record (CsPgConnection *self, PGresult *rows, int row, GError **error);
gint64 cs_pg_get_int (PGresult *rows, int row, int column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPgConnection, cs_pg_connection_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

G_END_DECLS
