/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Re-hashes a range of records and follows the chains through it. */

#include "cs-chain-check.h"

#include "cs-blob-names.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-record-hash.h"
#include "cs-sqlite-error.h"
#include "cs-verification.h"

#define PROGRESS_STEP 512

/* One stream within the range. */
typedef struct
{
  gint64 first_n;
  char *first_previous;
  gint64 last_n;
  char *last_hash;
} Link;

struct _CsChainCheck
{
  CsDatabase *database;
  CsDigest *digest;
  GString *scratch;
  GHashTable *links; /* stream → Link */
  GPtrArray *findings;
  GPtrArray *loose; /* CsLooseBlob */
  gint64 n_records;
};

static void
link_free (Link *link)
{
  g_free (link->first_previous);
  g_free (link->last_hash);
  g_free (link);
}

static void
loose_blob_free (CsLooseBlob *loose)
{
  g_free (loose->stream);
  g_free (loose->digest);
  g_free (loose);
}

/** cs_chain_check_new: (transfer full): @database is used by the thread that calls _run alone. */
CsChainCheck *
cs_chain_check_new (CsDatabase *database)
{
  CsChainCheck *self = g_new0 (CsChainCheck, 1);

  self->database = database;
  self->digest = cs_digest_new ();
  self->scratch = g_string_new (NULL);
  self->links = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) link_free);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_finding_free);
  self->loose = g_ptr_array_new_with_free_func ((GDestroyNotify) loose_blob_free);
  return self;
}

/** cs_chain_check_free: */
void
cs_chain_check_free (CsChainCheck *self)
{
  if (self == NULL)
    return;
  cs_digest_free (self->digest);
  g_string_free (self->scratch, TRUE);
  g_hash_table_unref (self->links);
  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->loose);
  g_free (self);
}

static void
check_link (CsChainCheck *self,
            const char *stream,
            gint64 n,
            const char *previous,
            gint64 before_n,
            const char *before_hash)
{
  if (n != before_n + 1)
    g_ptr_array_add (self->findings, cs_finding_new (stream, n, NULL,
                                                     "Record %" G_GINT64_FORMAT
                                                     " of “%s” follows record %" G_GINT64_FORMAT
                                                     ": what should be between them is missing",
                                                     n, stream, before_n));
  else if (!g_str_equal (previous, before_hash))
    g_ptr_array_add (self->findings, cs_finding_new (stream, n, NULL,
                                                     "Record %" G_GINT64_FORMAT
                                                     " of “%s” does not name the record before it",
                                                     n, stream));
}

static void
follow (CsChainCheck *self, const char *stream, gint64 n, const char *previous, const char *hash)
{
  Link *link = g_hash_table_lookup (self->links, stream);

  if (link == NULL)
    {
      link = g_new0 (Link, 1);
      link->first_n = n;
      link->first_previous = g_strdup (previous);
      link->last_hash = g_strdup (hash);
      g_hash_table_insert (self->links, g_strdup (stream), link);
    }
  else
    {
      check_link (self, stream, n, previous, link->last_n, link->last_hash);
      g_free (link->last_hash);
      link->last_hash = g_strdup (hash);
    }
  link->last_n = n;
}

/* A body that was hashed as it stands but is not canonical was not written by this program.
 * Canonical text that begins with a brace is an object. */
static const char *
check_body (const char *body, gsize length)
{
  if (length == 0 || body[0] != '{')
    return "is no JSON object";
  return cs_json_is_canonical (body, length) ? NULL : "is not in canonical form";
}

static void
add_loose_blob (CsChainCheck *self, const char *stream, gint64 n, const char *digest)
{
  CsLooseBlob *loose = g_new0 (CsLooseBlob, 1);

  loose->stream = g_strdup (stream);
  loose->n = n;
  loose->digest = g_strdup (digest);
  g_ptr_array_add (self->loose, loose);
  g_ptr_array_add (self->findings,
                   cs_finding_new (stream, n, digest,
                                   "Record %" G_GINT64_FORMAT " of “%s” names the blob %s, but the "
                                   "journal's list of blobs no longer has it",
                                   n, stream, digest));
}

/* No hash covers the list of blobs; one covers the body that names them. */
static gboolean
check_blobs (CsChainCheck *self,
             gint64 seq,
             const char *stream,
             gint64 n,
             const char *body,
             gsize length,
             GError **error)
{
  g_autoptr (GPtrArray) names = cs_blob_names_find (body, length);
  sqlite3_stmt *statement = NULL;

  if (names->len > 0)
    statement = cs_database_get (self->database, CS_STATEMENT_HAS_BLOB, error);
  for (guint i = 0; statement != NULL && i < names->len; i++)
    {
      const char *digest = g_ptr_array_index (names, i);
      int code;

      sqlite3_bind_int64 (statement, 1, seq);
      sqlite3_bind_text (statement, 2, digest, -1, SQLITE_STATIC);
      code = sqlite3_step (statement);
      if (code == SQLITE_DONE)
        add_loose_blob (self, stream, n, digest);
      else if (code != SQLITE_ROW)
        cs_database_fail (self->database, "Reading", error);
      sqlite3_reset (statement);
      if (code != SQLITE_DONE && code != SQLITE_ROW)
        return FALSE;
    }
  return names->len == 0 || statement != NULL;
}

/* TRUE if each column holds text or a number where it must. */
static gboolean
check_types (sqlite3_stmt *row)
{
  for (int i = 0; i < 9; i++)
    {
      gboolean number = i == 0 || i == 2 || i == 3;

      if (sqlite3_column_type (row, i) != (number ? SQLITE_INTEGER : SQLITE_TEXT))
        return FALSE;
    }
  return TRUE;
}

/* FALSE with an error where the list of blobs can't be read. */
static gboolean
check_record (CsChainCheck *self, sqlite3_stmt *row, GError **error)
{
  gboolean types = check_types (row);
  const char *stream = (const char *) sqlite3_column_text (row, 1);
  gint64 n = sqlite3_column_int64 (row, 2);
  gint64 at = sqlite3_column_int64 (row, 3);
  const char *actor = (const char *) sqlite3_column_text (row, 4);
  const char *kind = (const char *) sqlite3_column_text (row, 5);
  const char *body = (const char *) sqlite3_column_text (row, 6);
  gsize body_length = (gsize) sqlite3_column_bytes (row, 6);
  const char *previous = (const char *) sqlite3_column_text (row, 7);
  const char *hash = (const char *) sqlite3_column_text (row, 8);
  g_autofree char *actual = NULL;
  const char *fault;
  gboolean good = TRUE;

  if (!types || stream == NULL || actor == NULL || kind == NULL || body == NULL ||
      previous == NULL || hash == NULL)
    {
      g_autofree char *name = g_utf8_make_valid (stream != NULL ? stream : "?", -1);

      g_ptr_array_add (self->findings, cs_finding_new (name, n, NULL,
                                                       "Record %" G_GINT64_FORMAT
                                                       " of “%s” is damaged: it holds values "
                                                       "of the wrong type",
                                                       n, name));
      return TRUE;
    }
  actual = cs_record_hash (self->digest, self->scratch, stream, n, at, actor, kind, body,
                           body_length, previous);
  fault = check_body (body, body_length);
  if (!g_str_equal (actual, hash))
    {
      g_autofree char *name = g_utf8_make_valid (stream, -1);

      g_ptr_array_add (self->findings, cs_finding_new (name, n, NULL,
                                                       "Record %" G_GINT64_FORMAT
                                                       " of “%s” was changed: its hash is %s, but "
                                                       "its content gives %s",
                                                       n, name, hash, actual));
    }
  else if (fault != NULL)
    g_ptr_array_add (self->findings,
                     cs_finding_new (stream, n, NULL,
                                     "The body of record %" G_GINT64_FORMAT " of “%s” %s", n,
                                     stream, fault));
  else
    good = check_blobs (self, sqlite3_column_int64 (row, 0), stream, n, body, body_length, error);
  follow (self, stream, n, previous, hash);
  return good;
}

/* Records are numbered through the whole journal without a gap, so a removed one shows even where
 * it was the last of its stream. */
static void
check_seq (CsChainCheck *self, sqlite3_stmt *row, gint64 expected)
{
  gint64 seq = sqlite3_column_int64 (row, 0);

  if (seq != expected)
    g_ptr_array_add (self->findings,
                     cs_finding_new (NULL, -1, NULL,
                                     "The journal has no record number %" G_GINT64_FORMAT
                                     " to %" G_GINT64_FORMAT ": they were removed",
                                     expected, seq - 1));
}

/**
 * cs_chain_check_run:
 * @first: the first seq
 * @last: the last seq
 *
 * Reads the table itself, not an index, from @first to @last. What is wrong becomes findings, also
 * a page that SQLite can't read.
 *
 * Returns: whether it came to its end; else %CS_ERROR_STORAGE, %CS_ERROR_BUSY or
 * %G_IO_ERROR_CANCELLED
 */
gboolean
cs_chain_check_run (CsChainCheck *self,
                    gint64 first,
                    gint64 last,
                    CsChainProgress progress,
                    gpointer progress_data,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement = cs_database_get (self->database, CS_STATEMENT_SCAN, &local_error);
  gint64 expected = first;
  gboolean good = TRUE;
  int code = SQLITE_ERROR;

  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, first);
      sqlite3_bind_int64 (statement, 2, last);
      while (good && (code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          check_seq (self, statement, expected);
          good = check_record (self, statement, &local_error);
          expected = sqlite3_column_int64 (statement, 0) + 1;
          if (++self->n_records % PROGRESS_STEP != 0)
            continue;
          progress (PROGRESS_STEP, progress_data);
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            {
              sqlite3_reset (statement);
              return FALSE;
            }
        }
      if (good && code != SQLITE_DONE)
        cs_database_fail (self->database, "Reading", &local_error);
      sqlite3_reset (statement);
    }
  if (local_error == NULL)
    return TRUE;
  if (!g_error_matches (local_error, CS_ERROR, CS_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_ptr_array_add (self->findings,
                   cs_finding_new (NULL, -1, NULL,
                                   "Records from number %" G_GINT64_FORMAT " on can't be read: %s",
                                   expected, local_error->message));
  return TRUE;
}

/**
 * cs_chain_check_join:
 * @earlier: (nullable): the check of the records right before these, itself joined already; %NULL
 * if there are none
 *
 * Compares the beginnings of the streams here with their ends in @earlier, and adds what @earlier
 * knows.
 */
void
cs_chain_check_join (CsChainCheck *self, CsChainCheck *earlier)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      Link *link = value;
      Link *before = earlier != NULL ? g_hash_table_lookup (earlier->links, key) : NULL;

      check_link (self, key, link->first_n, link->first_previous,
                  before != NULL ? before->last_n : -1,
                  before != NULL ? before->last_hash : CS_RECORD_NO_PREVIOUS);
    }
  if (earlier == NULL)
    return;
  g_hash_table_iter_init (&iter, earlier->links);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_hash_table_contains (self->links, key))
      {
        g_hash_table_iter_steal (&iter);
        g_hash_table_insert (self->links, key, value);
      }
  g_ptr_array_extend_and_steal (self->findings, g_steal_pointer (&earlier->findings));
  earlier->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_finding_free);
  g_ptr_array_extend_and_steal (self->loose, g_steal_pointer (&earlier->loose));
  earlier->loose = g_ptr_array_new_with_free_func ((GDestroyNotify) loose_blob_free);
  self->n_records += earlier->n_records;
}

/** cs_chain_check_get_findings: (transfer none) (element-type CsFinding): in no order. */
GPtrArray *
cs_chain_check_get_findings (CsChainCheck *self)
{
  return self->findings;
}

/** cs_chain_check_get_loose_blobs: (transfer none) (element-type CsLooseBlob): in no order. */
GPtrArray *
cs_chain_check_get_loose_blobs (CsChainCheck *self)
{
  return self->loose;
}

/** cs_chain_check_get_n_records: how many were read. */
gint64
cs_chain_check_get_n_records (CsChainCheck *self)
{
  return self->n_records;
}

/** cs_chain_check_get_n_streams: how many streams they belong to. */
guint
cs_chain_check_get_n_streams (CsChainCheck *self)
{
  return g_hash_table_size (self->links);
}
