/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blobs on their way to a team's journal and back. */

#include "cs-pg-blobs.h"

#include "cs-blob-directory.h"
#include "cs-blob-writer.h"
#include "cs-error.h"

#include <string.h>

/** PART_SIZE: bytes of a row; a value of PostgreSQL can't be larger than 1 GiB */
#define PART_SIZE (1024 * 1024)

/* -1 if it is not there, -2 with an error */
static gint64
read_size (CsPgConnection *connection, const char *digest, GError **error)
{
  g_autoptr (PGresult) rows = cs_pg_connection_run (connection, CS_PG_HAS_BLOB, &digest, error);

  if (rows == NULL)
    return -2;
  return PQntuples (rows) > 0 ? cs_pg_get_int (rows, 0, 0) : -1;
}

static gboolean
send_parts (CsPgConnection *connection, const char *digest, GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *length = g_strdup_printf ("%" G_GSIZE_FORMAT, size);
  const char *row[] = { digest, length };
  g_autoptr (PGresult) done = NULL;

  for (gsize at = 0; at < size; at += PART_SIZE)
    {
      g_autofree char *part = g_strdup_printf ("%" G_GSIZE_FORMAT, at / PART_SIZE);
      const char *values[] = { digest, part, data + at };
      int lengths[] = { 0, 0, (int) MIN (PART_SIZE, size - at) };
      int formats[] = { 0, 0, 1 };
      g_autoptr (PGresult) sent = cs_pg_connection_run_binary (connection, CS_PG_INSERT_PART,
                                                               values, lengths, formats, 0, error);

      if (sent == NULL)
        return FALSE;
    }
  done = cs_pg_connection_run (connection, CS_PG_INSERT_BLOB, row, error);
  return done != NULL;
}

/**
 * cs_pg_blobs_send:
 * @directory: where the blob is as a file
 *
 * Stores a blob in the team's journal, unless it is there.
 *
 * Returns: whether it is there, durably; else %CS_ERROR_NOT_FOUND if it is neither there nor here,
 * %CS_ERROR_CORRUPT, %CS_ERROR_UNREACHABLE
 */
gboolean
cs_pg_blobs_send (CsPgConnection *connection,
                  const char *directory,
                  const char *digest,
                  GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gint64 size = read_size (connection, digest, error);

  if (size != -1)
    return size >= 0;
  bytes = cs_blob_directory_map (directory, digest, error);
  if (bytes == NULL || !cs_pg_connection_execute (connection, "BEGIN", error))
    return FALSE;
  if (send_parts (connection, digest, bytes, error) &&
      cs_pg_connection_execute (connection, "COMMIT", error))
    return TRUE;
  cs_pg_connection_execute (connection, "ROLLBACK", NULL);
  return FALSE;
}

static gboolean
fetch_part (CsPgConnection *connection,
            const char *digest,
            gint64 part,
            CsBlobWriter *writer,
            GError **error)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, part);
  const char *values[] = { digest, number };
  g_autoptr (PGresult) rows =
    cs_pg_connection_run_binary (connection, CS_PG_READ_PART, values, NULL, NULL, 1, error);

  if (rows == NULL)
    return FALSE;
  if (PQntuples (rows) == 1)
    return cs_blob_writer_write (writer, PQgetvalue (rows, 0, 0), (gsize) PQgetlength (rows, 0, 0),
                                 error);
  g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT, "Part %s of the blob %s is missing in “%s”",
               number, digest, cs_pg_server_get_name (connection->server));
  return FALSE;
}

/**
 * cs_pg_blobs_fetch:
 * @directory: where the blob goes, as a file
 *
 * Copies a blob from the team's journal. What does not have its digest is not kept.
 *
 * Returns: whether it is here; else %CS_ERROR_NOT_FOUND, %CS_ERROR_CORRUPT, %CS_ERROR_UNREACHABLE,
 * %CS_ERROR_STORAGE
 */
gboolean
cs_pg_blobs_fetch (CsPgConnection *connection,
                   const char *directory,
                   const char *digest,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (CsBlobWriter) writer = NULL;
  g_autofree char *got = NULL;
  gint64 size = read_size (connection, digest, error);

  if (size == -1)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no blob %s", digest);
  if (size < 0)
    return FALSE;
  writer = cs_blob_writer_new (directory, error);
  if (writer == NULL)
    return FALSE;
  while (cs_blob_writer_get_size (writer) < size)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !fetch_part (connection, digest, cs_blob_writer_get_size (writer) / PART_SIZE, writer,
                     error))
      return FALSE;
  got = cs_blob_writer_finish (writer, error);
  if (got == NULL || strcmp (got, digest) == 0)
    return got != NULL;
  g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
               "The blob %s in “%s” no longer has its digest. Verify the journal", digest,
               cs_pg_server_get_name (connection->server));
  return FALSE;
}
