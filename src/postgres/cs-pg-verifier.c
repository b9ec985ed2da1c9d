/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks every record and every blob of a team's journal. */

/* The server is not trusted: whoever runs it can switch its triggers off and change rows. Records
 * are read in the order of their streams, each is hashed again and followed to the next; what a
 * body names must be listed and stored, and stored parts must make up their digest. That the tail
 * of a stream was cut, the rows alone can't tell: witnesses and copies that know its head do. */

#include "cs-pg-verifier.h"

#include "cs-blob-names.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-pg-connection.h"
#include "cs-record-hash.h"
#include "cs-verification-private.h"

#include <string.h>

#define PORTION "2000"

typedef struct
{
  CsPgConnection *connection;
  CsVerification *verification;
  CsStoreProgress progress;
  gpointer progress_data;
  GCancellable *cancellable;

  CsDigest *digest;
  GString *scratch;
  GHashTable *named; /* digests of blobs that records name → CsFinding without a message */
  gint64 done;
  gint64 total;
  gint64 n_records;
  gint64 n_streams;

  char *stream; /* of the record before; "" at first */
  gint64 n;
  char hash[CS_DIGEST_LENGTH + 1];
  gint64 newest; /* seq */
} Verifier;

static void
advance (Verifier *self)
{
  self->done++;
  if (self->done % 512 == 0)
    self->progress (self->done, MAX (self->done, self->total), self->progress_data);
}

static void
find_fault (Verifier *self, CsFinding *finding)
{
  cs_verification_add_finding (self->verification, finding);
}

static void
check_link (Verifier *self, const char *stream, gint64 n, const char *previous)
{
  gboolean follows = strcmp (stream, self->stream) == 0;

  if (!follows)
    {
      self->n_streams++;
      g_free (self->stream);
      self->stream = g_strdup (stream);
      self->n = -1;
      g_strlcpy (self->hash, CS_RECORD_NO_PREVIOUS, sizeof self->hash);
    }
  if (n != self->n + 1)
    find_fault (self,
                cs_finding_new (stream, n, NULL,
                                follows ? "Record %" G_GINT64_FORMAT
                                          " of “%s” does not follow the one before it: what should "
                                          "be between them is missing"
                                        : "Record %" G_GINT64_FORMAT
                                          " is the first of “%s”: what should be before it is "
                                          "missing",
                                n, stream));
  else if (strcmp (previous, self->hash) != 0)
    find_fault (self, cs_finding_new (stream, n, NULL,
                                      "Record %" G_GINT64_FORMAT
                                      " of “%s” does not name the record before it",
                                      n, stream));
}

/* No hash covers the list of blobs; one covers the body that names them. */
static gboolean
check_names (Verifier *self, const char *stream, const char *n, GPtrArray *names, GError **error)
{
  const char *values[] = { stream, n };
  g_autoptr (PGresult) rows = NULL;

  if (names->len == 0)
    return TRUE;
  rows = cs_pg_connection_run (self->connection, CS_PG_SCAN_NAMES, values, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      const char *digest = g_ptr_array_index (names, i);
      gboolean listed = FALSE;

      for (int j = 0; j < PQntuples (rows) && !listed; j++)
        listed = strcmp (PQgetvalue (rows, j, 0), digest) == 0;
      if (!listed)
        find_fault (self, cs_finding_new (stream, g_ascii_strtoll (n, NULL, 10), digest,
                                          "Record %s of “%s” names the blob %s, which the journal "
                                          "does not list for it",
                                          n, stream, digest));
      if (!g_hash_table_contains (self->named, digest))
        g_hash_table_insert (self->named, g_strdup (digest),
                             cs_finding_new (stream, g_ascii_strtoll (n, NULL, 10), digest, " "));
    }
  return TRUE;
}

static gboolean
check_record (Verifier *self, PGresult *rows, int row, GError **error)
{
  const char *stream = PQgetvalue (rows, row, 1);
  gint64 n = cs_pg_get_int (rows, row, 2);
  const char *body = PQgetvalue (rows, row, 6);
  gsize length = (gsize) PQgetlength (rows, row, 6);
  const char *previous = PQgetvalue (rows, row, 7);
  const char *stored = PQgetvalue (rows, row, 8);
  g_autoptr (GPtrArray) names = cs_blob_names_find (body, length);
  char hash[CS_DIGEST_LENGTH + 1];

  cs_record_hash (self->digest, self->scratch, stream, n, cs_pg_get_int (rows, row, 3),
                  PQgetvalue (rows, row, 4), PQgetvalue (rows, row, 5), body, length, previous,
                  hash);
  if (strcmp (hash, stored) != 0)
    find_fault (self, cs_finding_new (stream, n, NULL,
                                      "Record %" G_GINT64_FORMAT
                                      " of “%s” was changed: it no longer has its hash",
                                      n, stream));
  check_link (self, stream, n, previous);
  self->n = n;
  g_strlcpy (self->hash, stored, sizeof self->hash);
  self->newest = MAX (self->newest, cs_pg_get_int (rows, row, 0));
  self->n_records++;
  advance (self);
  return names == NULL || check_names (self, stream, PQgetvalue (rows, row, 2), names, error);
}

static gboolean
check_records (Verifier *self, GError **error)
{
  int n_rows;

  do
    {
      g_autofree char *after = g_strdup_printf ("%" G_GINT64_FORMAT, self->n);
      const char *values[] = { self->stream, after, PORTION };
      g_autoptr (PGresult) rows = NULL;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      rows = cs_pg_connection_run (self->connection, CS_PG_SCAN, values, error);
      if (rows == NULL)
        return FALSE;
      n_rows = PQntuples (rows);
      for (int i = 0; i < n_rows; i++)
        if (!check_record (self, rows, i, error))
          return FALSE;
    }
  while (n_rows > 0);
  return TRUE;
}

static gboolean
check_blob (Verifier *self, const char *digest, gint64 size, GError **error)
{
  CsFinding *named = g_hash_table_lookup (self->named, digest);
  char hash[CS_DIGEST_LENGTH + 1];
  gint64 got = 0;

  for (gint64 part = 0; got < size; part++)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, part);
      const char *values[] = { digest, number };
      g_autoptr (PGresult) rows = NULL;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      rows = cs_pg_connection_run_binary (self->connection, CS_PG_READ_PART, values, NULL, NULL, 1,
                                          error);
      if (rows == NULL)
        return FALSE;
      if (PQntuples (rows) == 0)
        break;
      cs_digest_update (self->digest, PQgetvalue (rows, 0, 0), (gsize) PQgetlength (rows, 0, 0));
      got += PQgetlength (rows, 0, 0);
    }
  cs_digest_write (self->digest, hash);
  if (strcmp (hash, digest) != 0)
    find_fault (self,
                cs_finding_new (named != NULL ? named->stream : NULL, named != NULL ? named->n : -1,
                                digest, "The blob %s no longer has its digest", digest));
  g_hash_table_remove (self->named, digest);
  advance (self);
  return TRUE;
}

static gboolean
check_blobs (Verifier *self, gint64 *n_blobs, GError **error)
{
  g_autofree char *after = g_strdup ("");
  GHashTableIter iter;
  gpointer digest, value;
  int n_rows;

  do
    {
      const char *values[] = { after, PORTION };
      g_autoptr (PGresult) rows =
        cs_pg_connection_run (self->connection, CS_PG_SCAN_BLOBS, values, error);

      if (rows == NULL)
        return FALSE;
      n_rows = PQntuples (rows);
      for (int i = 0; i < n_rows; i++)
        if (!check_blob (self, PQgetvalue (rows, i, 0), cs_pg_get_int (rows, i, 1), error))
          return FALSE;
      *n_blobs += n_rows;
      if (n_rows > 0)
        {
          g_free (after);
          after = g_strdup (PQgetvalue (rows, n_rows - 1, 0));
        }
    }
  while (n_rows > 0);
  g_hash_table_iter_init (&iter, self->named);
  while (g_hash_table_iter_next (&iter, &digest, &value))
    {
      CsFinding *named = value;

      find_fault (self, cs_finding_new (named->stream, named->n, digest, "The blob %s is missing",
                                        (const char *) digest));
    }
  return TRUE;
}

/* What records are found by must say what they say, else a search would hide them. */
static gboolean
check_index (Verifier *self, GError **error)
{
  g_autoptr (PGresult) mark =
    cs_pg_connection_run (self->connection, CS_PG_INDEXED_TO, NULL, error);
  const char *values[1];
  g_autoptr (PGresult) rows = NULL;

  if (mark == NULL)
    return FALSE;
  values[0] = PQgetvalue (mark, 0, 0);
  rows = cs_pg_connection_run (self->connection, CS_PG_INDEX_FAULTS, values, error);
  if (rows == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (rows); i++)
    if (PQgetisnull (rows, i, 0))
      find_fault (self, cs_finding_new (NULL, -1, NULL,
                                        "The index by which records are found names a record that "
                                        "is not there"));
    else
      find_fault (self, cs_finding_new (PQgetvalue (rows, i, 0), cs_pg_get_int (rows, i, 1), NULL,
                                        "The index by which records are found does not say what "
                                        "record %s of “%s” says",
                                        PQgetvalue (rows, i, 1), PQgetvalue (rows, i, 0)));
  return TRUE;
}

static gboolean
count (Verifier *self, GError **error)
{
  g_autoptr (PGresult) rows = cs_pg_connection_run (self->connection, CS_PG_COUNT, NULL, error);

  if (rows == NULL)
    return FALSE;
  self->total = cs_pg_get_int (rows, 0, 0) + cs_pg_get_int (rows, 0, 1);
  return TRUE;
}

/**
 * cs_pg_verify:
 * @verification: what is filled in
 * @progress: called in this thread
 *
 * Checks a team's journal over a connection of its own, in one snapshot: what is appended meanwhile
 * is left for the next time.
 *
 * Returns: whether the check came to its end, whatever it found; else %CS_ERROR_UNREACHABLE,
 * %CS_ERROR_AUTH or %G_IO_ERROR_CANCELLED
 */
gboolean
cs_pg_verify (CsPgServer *server,
              CsVerification *verification,
              CsStoreProgress progress,
              gpointer progress_data,
              GCancellable *cancellable,
              GError **error)
{
  Verifier self = { .verification = verification,
                    .progress = progress,
                    .progress_data = progress_data,
                    .cancellable = cancellable,
                    .n = -1 };
  gint64 n_blobs = 0;
  gboolean ok;

  self.connection = cs_pg_connection_open (server, error);
  if (self.connection == NULL)
    return FALSE;
  self.digest = cs_digest_new ();
  self.scratch = g_string_new (NULL);
  self.named =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cs_finding_free);
  self.stream = g_strdup ("");
  ok = cs_pg_connection_execute (self.connection,
                                 "SET idle_in_transaction_session_timeout = 0;"
                                 "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                                 error) &&
       count (&self, error) && check_records (&self, error) &&
       check_blobs (&self, &n_blobs, error) && check_index (&self, error);
  cs_verification_set_counts (verification, self.n_records, self.n_streams, n_blobs);
  progress (self.done, MAX (self.done, self.total), progress_data);
  cs_digest_free (self.digest);
  g_string_free (self.scratch, TRUE);
  g_hash_table_unref (self.named);
  g_free (self.stream);
  cs_pg_connection_close (self.connection);
  return ok;
}
