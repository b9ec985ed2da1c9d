/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that go from one journal to another as they are. */

#include "cs-pg-transfer.h"

#include "cs-blob-names.h"
#include "cs-json.h"
#include "cs-pg-blobs.h"

#include <string.h>

/**
 * cs_pg_scan:
 *
 * Returns: (transfer full) (element-type CsRecord): up to @limit records with a seq behind @after,
 * in order; %NULL with an error
 */
GPtrArray *
cs_pg_scan (CsPgServer *server, gint64 after, guint limit, GError **error)
{
  g_autoptr (CsPgConnection) connection = cs_pg_connection_open (server, error);
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, after);
  g_autofree char *most = g_strdup_printf ("%u", limit);
  const char *values[] = { from, most };
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (PGresult) rows = NULL;

  if (connection == NULL)
    return NULL;
  rows = cs_pg_connection_run (connection, CS_PG_READ_PORTION, values, error);
  if (rows == NULL)
    return NULL;
  for (int i = 0; i < PQntuples (rows); i++)
    {
      CsRecord *record = cs_pg_read_record (connection, rows, i, error);

      if (record == NULL)
        return NULL;
      g_ptr_array_add (records, record);
    }
  return g_steal_pointer (&records);
}

static gboolean
send_blobs (CsPgConnection *connection, const char *blobs, CsRecord *record, GError **error)
{
  g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), error);
  g_autoptr (GPtrArray) names = NULL;

  if (body == NULL)
    return FALSE;
  names = cs_blob_names_find (body, strlen (body));
  for (guint i = 0; i < names->len; i++)
    if (!cs_pg_blobs_send (connection, blobs, g_ptr_array_index (names, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
insert_blob_names (CsPgConnection *connection,
                   CsRecord *record,
                   const char *n,
                   const char *body,
                   GError **error)
{
  g_autoptr (GPtrArray) names = cs_blob_names_find (body, strlen (body));

  for (guint i = 0; i < names->len; i++)
    {
      const char *values[] = { cs_record_get_stream (record), n, g_ptr_array_index (names, i) };
      g_autoptr (PGresult) done =
        cs_pg_connection_run (connection, CS_PG_INSERT_BLOB_NAME, values, error);

      if (done == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert (CsPgConnection *connection, CsRecord *record, GError **error)
{
  g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), error);
  g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, cs_record_get_n (record));
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, cs_record_get_at (record));
  const char *values[] = { cs_record_get_stream (record),
                           n,
                           at,
                           cs_record_get_actor (record),
                           cs_record_get_kind (record),
                           body,
                           cs_record_get_previous (record),
                           cs_record_get_hash (record) };
  g_autoptr (PGresult) done = NULL;

  if (body == NULL)
    return FALSE;
  done = cs_pg_connection_run (connection, CS_PG_INSERT_RECORD, values, error);
  return done != NULL && insert_blob_names (connection, record, n, body, error);
}

/**
 * cs_pg_import:
 * @blobs: the directory on this computer that has the blobs that the records name
 * @records: (element-type CsRecord): each follows its stream
 *
 * Takes over records as they are, in one transaction, over a connection of its own.
 *
 * Returns: whether all are durable; else none is
 */
gboolean
cs_pg_import (CsPgServer *server, const char *blobs, GPtrArray *records, GError **error)
{
  g_autoptr (CsPgConnection) connection = cs_pg_connection_open (server, error);
  gboolean ok = connection != NULL;

  for (guint i = 0; ok && i < records->len; i++)
    ok = send_blobs (connection, blobs, g_ptr_array_index (records, i), error);
  ok = ok && cs_pg_connection_execute (connection, "BEGIN", error);
  for (guint i = 0; ok && i < records->len; i++)
    ok = insert (connection, g_ptr_array_index (records, i), error);
  return ok && cs_pg_connection_execute (connection, "COMMIT", error);
}
