/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from journal.db. */

#include "cs-journal-reader.h"

#include "cs-json.h"
#include "cs-search.h"
#include "cs-store.h"

static GPtrArray *
collect_records (CsDatabase *database,
                 sqlite3_stmt *statement,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean ok = TRUE;
  int code = SQLITE_DONE;

  while (ok && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      CsRecord *record = cs_database_read_record (database, statement, error);

      ok = record != NULL && !g_cancellable_set_error_if_cancelled (cancellable, error);
      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  if (ok && code != SQLITE_DONE)
    ok = cs_database_fail (database, "Reading", error);
  sqlite3_reset (statement);
  return ok ? g_steal_pointer (&records) : NULL;
}

static GPtrArray *
run_read (CsDatabase *database,
          const CsReadRequest *request,
          GCancellable *cancellable,
          GError **error)
{
  sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_READ_STREAM, error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, request->text, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, request->from);
  return collect_records (database, statement, cancellable, error);
}

static char *
write_streams (char **streams)
{
  GString *json;

  if (streams == NULL)
    return NULL;
  json = g_string_new ("[");
  for (guint i = 0; streams[i] != NULL; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      cs_json_append_string (json, streams[i]);
    }
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

static const CsStatement ways[] = {
  [CS_QUERY_BY_SEQ] = CS_STATEMENT_QUERY,
  [CS_QUERY_BY_WORDS] = CS_STATEMENT_QUERY_WORDS,
  [CS_QUERY_BY_STREAMS] = CS_STATEMENT_QUERY_STREAMS,
  [CS_QUERY_BY_ACTOR] = CS_STATEMENT_QUERY_ACTOR,
  [CS_QUERY_BY_KIND] = CS_STATEMENT_QUERY_KIND,
  [CS_QUERY_BY_TIME] = CS_STATEMENT_QUERY_TIME,
  [CS_QUERY_BY_AREA] = CS_STATEMENT_QUERY_AREA,
};

static GPtrArray *
run_query (CsDatabase *database,
           const CsQuery *query,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree char *match =
    query->words != NULL ? cs_search_to_match (database, query->words) : NULL;
  g_autofree char *area = cs_query_dup_area (query);
  g_autofree char *streams = write_streams (query->streams);
  sqlite3_stmt *statement;

  /* Words were asked for, but none of them can occur in a record. */
  if (query->words != NULL && match == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  statement = cs_database_get (database, ways[cs_query_choose_way (query)], error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, query->stream_prefix, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, query->actor, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, query->kind, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 4, query->since);
  sqlite3_bind_int64 (statement, 5, query->until);
  sqlite3_bind_int64 (statement, 6, query->before);
  sqlite3_bind_int64 (statement, 7, query->limit);
  sqlite3_bind_text (statement, 8, match, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 9, area, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 10, streams, -1, SQLITE_STATIC);
  return collect_records (database, statement, cancellable, error);
}

static GPtrArray *
list_heads (CsDatabase *database, const char *prefix, GError **error)
{
  g_autoptr (GPtrArray)
    heads = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_stream_head_free);
  sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_LIST_HEADS, error);
  int code;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, prefix, -1, SQLITE_STATIC);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      const char *stream = (const char *) sqlite3_column_text (statement, 0);
      CsStreamHead *head;

      /* Of damaged records; verification is what names them. */
      if (stream == NULL)
        continue;
      head = g_new0 (CsStreamHead, 1);
      head->stream = g_strdup (stream);
      head->n = sqlite3_column_int64 (statement, 1);
      head->hash = g_strdup ((const char *) sqlite3_column_text (statement, 2));
      head->first_at = sqlite3_column_int64 (statement, 3);
      head->last_at = sqlite3_column_int64 (statement, 4);
      g_ptr_array_add (heads, head);
    }
  if (code != SQLITE_DONE)
    cs_database_fail (database, "Reading", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE ? g_steal_pointer (&heads) : NULL;
}

/**
 * cs_journal_answer:
 *
 * Returns: (transfer full): what @request asks for; %NULL with %CS_ERROR_CORRUPT, %CS_ERROR_STORAGE
 * or %CS_ERROR_BUSY
 */
GPtrArray *
cs_journal_answer (CsDatabase *database,
                   const CsReadRequest *request,
                   GCancellable *cancellable,
                   GError **error)
{
  switch (request->kind)
    {
    case CS_READ_QUERY:
      return run_query (database, request->query, cancellable, error);
    case CS_READ_HEADS:
      return list_heads (database, request->text, error);
    case CS_READ_STREAM:
    default:
      return run_read (database, request, cancellable, error);
    }
}

static GPtrArray *
answer (gpointer back_end, const CsReadRequest *request, GCancellable *cancellable, GError **error)
{
  return cs_journal_answer (back_end, request, cancellable, error);
}

static void
free_database (gpointer back_end)
{
  cs_database_close (back_end);
}

/** cs_journal_reader_start: (transfer full): reads through @database (transfer full). */
CsStoreReader *
cs_journal_reader_start (CsDatabase *database)
{
  static const CsReaderBackEnd kind = {
    .thread = "journal-reader",
    .answer = answer,
    .free = free_database,
  };

  return cs_store_reader_start (&kind, database);
}
