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
  char *stream;
  gint64 first_n;
  char *first_previous;
  gint64 last_n;
  GString *last_hash;
} Link;

/* The columns of a record, valid until the next row. */
typedef struct
{
  gint64 seq;
  const char *stream;
  gint64 n;
  gint64 at;
  const char *actor;
  const char *kind;
  const char *body; /* without a NUL at its end */
  gsize body_length;
  const char *previous;
  const char *hash;
  gboolean sound; /* each column holds text or a number where it must */
} Row;

struct _CsChainCheck
{
  CsDatabase *database;
  CsDigest *digest;
  GString *scratch;
  GHashTable *links; /* stream → Link, which owns it */
  Link *link;        /* (nullable): of the record before */
  GPtrArray *findings;
  GHashTable *references;     /* digest → CsBlobReference, which owns it */
  CsBlobReference *reference; /* (nullable): the one that was named last */
  gint64 n_records;
  CsIndexSums sums;
  gboolean unsound; /* a record is damaged, or could not be read */

  sqlite3_stmt *blobs; /* the journal's list of blobs, on its way through the range */
  gboolean on_blob;    /* it stands at a row */
  GString *listed;     /* what it has for the record at hand: digests, a blank after each */
};

static void
link_free (Link *link)
{
  g_free (link->stream);
  g_free (link->first_previous);
  g_string_free (link->last_hash, TRUE);
  g_free (link);
}

/** cs_blob_reference_new: (transfer full): @stream and @n of the record, or %NULL and -1. */
CsBlobReference *
cs_blob_reference_new (const char *digest, const char *stream, gint64 n)
{
  CsBlobReference *self = g_new0 (CsBlobReference, 1);

  self->digest = g_strdup (digest);
  self->stream = g_strdup (stream);
  self->n = n;
  return self;
}

/** cs_blob_reference_free: */
void
cs_blob_reference_free (CsBlobReference *self)
{
  g_free (self->stream);
  g_free (self->digest);
  g_free (self);
}

/**
 * cs_chain_check_new:
 * @database: used by the thread that calls _run alone
 * @seed: of the sums
 * @indexed_to: up to which seq records are in the derived indexes
 *
 * Returns: (transfer full): a check that has seen nothing yet
 */
CsChainCheck *
cs_chain_check_new (CsDatabase *database, guint64 seed, gint64 indexed_to)
{
  CsChainCheck *self = g_new0 (CsChainCheck, 1);

  self->database = database;
  self->sums.seed = seed;
  self->sums.indexed_to = indexed_to;
  self->digest = cs_digest_new ();
  self->scratch = g_string_new (NULL);
  self->links = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) link_free);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_finding_free);
  self->references = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                            (GDestroyNotify) cs_blob_reference_free);
  self->listed = g_string_new (NULL);
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
  g_hash_table_unref (self->references);
  g_string_free (self->listed, TRUE);
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

/* Records of one stream mostly follow each other. */
static Link *
find_link (CsChainCheck *self, const char *stream)
{
  if (self->link == NULL || !g_str_equal (self->link->stream, stream))
    self->link = g_hash_table_lookup (self->links, stream);
  return self->link;
}

static void
follow (CsChainCheck *self, const char *stream, gint64 n, const char *previous, const char *hash)
{
  Link *link = find_link (self, stream);

  if (link == NULL)
    {
      link = g_new0 (Link, 1);
      link->stream = g_strdup (stream);
      link->first_n = n;
      link->first_previous = g_strdup (previous);
      link->last_hash = g_string_new (hash);
      g_hash_table_insert (self->links, link->stream, link);
      self->link = link;
    }
  else
    {
      check_link (self, stream, n, previous, link->last_n, link->last_hash->str);
      g_string_assign (link->last_hash, hash);
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

/* Records come in their order, so the first one that names a blob is the first one here. One blob
 * is often named by several in a row. */
static void
add_reference (CsChainCheck *self, const char *digest, const char *stream, gint64 n)
{
  CsBlobReference *known = self->reference;

  if (known == NULL || !g_str_equal (known->digest, digest))
    known = g_hash_table_lookup (self->references, digest);
  if (known == NULL || (known->stream == NULL && stream != NULL))
    {
      known = cs_blob_reference_new (digest, stream, n);
      g_hash_table_replace (self->references, known->digest, known);
    }
  self->reference = known;
}

static gboolean
next_blob (CsChainCheck *self, GError **error)
{
  int code = sqlite3_step (self->blobs);

  self->on_blob = code == SQLITE_ROW;
  return code == SQLITE_ROW || code == SQLITE_DONE ||
         cs_database_fail (self->database, "Reading", error);
}

static void
add_stray (CsChainCheck *self, const char *digest)
{
  add_reference (self, digest, NULL, -1);
  g_ptr_array_add (self->findings, cs_finding_new (NULL, -1, digest,
                                                   "The blob %s in “%s” is named by no record",
                                                   digest, self->database->path));
}

/* Goes on in the list of blobs to the end of what it has for a record. */
static gboolean
list_blobs (CsChainCheck *self, gint64 seq, const char *stream, gint64 n, GError **error)
{
  gboolean ok = TRUE;

  g_string_truncate (self->listed, 0);
  while (ok && self->on_blob && sqlite3_column_int64 (self->blobs, 0) <= seq)
    {
      const char *digest = (const char *) sqlite3_column_text (self->blobs, 1);

      if (digest != NULL && sqlite3_column_int64 (self->blobs, 0) == seq)
        {
          add_reference (self, digest, stream, n);
          g_string_append (self->listed, digest);
          g_string_append_c (self->listed, ' ');
        }
      else if (digest != NULL)
        add_stray (self, digest);
      ok = next_blob (self, error);
    }
  return ok;
}

static void
check_blob (CsChainCheck *self, const Row *row, const char *named)
{
  char digest[CS_DIGEST_LENGTH + 1];

  memcpy (digest, named, CS_DIGEST_LENGTH);
  digest[CS_DIGEST_LENGTH] = '\0';
  if (strstr (self->listed->str, digest) != NULL)
    return;
  add_reference (self, digest, row->stream, row->n);
  g_ptr_array_add (self->findings, cs_finding_new (row->stream, row->n, digest,
                                                   "Record %" G_GINT64_FORMAT
                                                   " of “%s” names the blob %s, but the journal's "
                                                   "list of blobs no longer has it",
                                                   row->n, row->stream, digest));
}

/* No hash covers the list of blobs; one covers the body that names them. The files of blobs that
 * bodies name are asked for whatever became of the list. */
static void
check_blobs (CsChainCheck *self, const Row *row)
{
  const char *rest = row->body;
  const char *end = row->body + row->body_length;
  const char *named;

  while ((named = cs_blob_names_next (row->body, &rest, end)) != NULL)
    check_blob (self, row, named);
}

static gint64
read_number (sqlite3_stmt *row, int column, gboolean *sound)
{
  if (sqlite3_column_type (row, column) != SQLITE_INTEGER)
    *sound = FALSE;
  return sqlite3_column_int64 (row, column);
}

/* A name or a hash. A NUL within it would hide what is behind it. */
static const char *
read_text (sqlite3_stmt *row, int column, gboolean *sound)
{
  gboolean is_text = sqlite3_column_type (row, column) == SQLITE_TEXT;
  const char *text = (const char *) sqlite3_column_text (row, column);

  if (!is_text || text == NULL || strlen (text) != (gsize) sqlite3_column_bytes (row, column))
    *sound = FALSE;
  return text != NULL ? text : "?";
}

/* The body is looked at where it lies, without a copy. */
static void
read_row (sqlite3_stmt *columns, Row *row)
{
  const char *body;

  row->sound = TRUE;
  row->seq = read_number (columns, 0, &row->sound);
  row->stream = read_text (columns, 1, &row->sound);
  row->n = read_number (columns, 2, &row->sound);
  row->at = read_number (columns, 3, &row->sound);
  row->actor = read_text (columns, 4, &row->sound);
  row->kind = read_text (columns, 5, &row->sound);
  if (sqlite3_column_type (columns, 6) != SQLITE_TEXT)
    row->sound = FALSE;
  body = sqlite3_column_blob (columns, 6); /* NULL for an empty one */
  row->body = body != NULL ? body : "";
  row->body_length = (gsize) sqlite3_column_bytes (columns, 6);
  row->previous = read_text (columns, 7, &row->sound);
  row->hash = read_text (columns, 8, &row->sound);
}

static void
add_unsound (CsChainCheck *self, const Row *row, const char *actual)
{
  g_autofree char *name = g_utf8_make_valid (row->stream, -1);

  self->unsound = TRUE;
  g_ptr_array_add (self->findings,
                   actual == NULL
                     ? cs_finding_new (name, row->n, NULL,
                                       "Record %" G_GINT64_FORMAT
                                       " of “%s” is damaged: it holds values of the wrong type",
                                       row->n, name)
                     : cs_finding_new (name, row->n, NULL,
                                       "Record %" G_GINT64_FORMAT
                                       " of “%s” was changed: its hash is %s, but its content "
                                       "gives %s",
                                       row->n, name, row->hash, actual));
}

static void
check_record (CsChainCheck *self, const Row *row)
{
  char actual[CS_DIGEST_LENGTH + 1];
  const char *fault;

  if (!row->sound)
    {
      add_unsound (self, row, NULL);
      return;
    }
  cs_index_sums_add (&self->sums, row->seq, row->stream, row->n, row->at, row->actor, row->kind);
  cs_record_hash (self->digest, self->scratch, row->stream, row->n, row->at, row->actor, row->kind,
                  row->body, row->body_length, row->previous, actual);
  fault = check_body (row->body, row->body_length);
  if (!g_str_equal (actual, row->hash))
    add_unsound (self, row, actual);
  else if (fault != NULL)
    g_ptr_array_add (self->findings,
                     cs_finding_new (row->stream, row->n, NULL,
                                     "The body of record %" G_GINT64_FORMAT " of “%s” %s", row->n,
                                     row->stream, fault));
  else
    check_blobs (self, row);
  follow (self, row->stream, row->n, row->previous, row->hash);
}

/* Records are numbered through the whole journal without a gap, so a removed one shows even where
 * it was the last of its stream. */
static void
check_seq (CsChainCheck *self, gint64 seq, gint64 expected)
{
  if (seq != expected)
    g_ptr_array_add (self->findings,
                     cs_finding_new (NULL, -1, NULL,
                                     "The journal has no record number %" G_GINT64_FORMAT
                                     " to %" G_GINT64_FORMAT ": they were removed",
                                     expected, seq - 1));
}

static gboolean
begin_scan (CsChainCheck *self, sqlite3_stmt *records, gint64 first, gint64 last, GError **error)
{
  self->blobs = cs_database_get (self->database, CS_STATEMENT_BLOBS, error);
  if (records == NULL || self->blobs == NULL)
    return FALSE;
  sqlite3_bind_int64 (records, 1, first);
  sqlite3_bind_int64 (records, 2, last);
  sqlite3_bind_int64 (self->blobs, 1, first);
  sqlite3_bind_int64 (self->blobs, 2, last);
  return next_blob (self, error);
}

/* @expected: (inout): the seq of the next record */
static gboolean
scan (CsChainCheck *self,
      gint64 first,
      gint64 last,
      gint64 *expected,
      CsChainProgress progress,
      gpointer progress_data,
      GCancellable *cancellable,
      GError **error)
{
  sqlite3_stmt *records = cs_database_get (self->database, CS_STATEMENT_SCAN, error);
  gboolean ok = begin_scan (self, records, first, last, error);
  int code = SQLITE_DONE;

  while (ok && (code = sqlite3_step (records)) == SQLITE_ROW)
    {
      Row row;

      read_row (records, &row);
      check_seq (self, row.seq, *expected);
      ok = list_blobs (self, row.seq, row.stream, row.n, error);
      check_record (self, &row);
      *expected = row.seq + 1;
      if (++self->n_records % PROGRESS_STEP != 0)
        continue;
      progress (PROGRESS_STEP, progress_data);
      ok = ok && !g_cancellable_set_error_if_cancelled (cancellable, error);
    }
  if (ok && code != SQLITE_DONE)
    ok = cs_database_fail (self->database, "Reading", error);
  ok = ok && list_blobs (self, last, NULL, -1, error);
  sqlite3_reset (records);
  sqlite3_reset (self->blobs);
  return ok;
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
  gint64 expected = first;

  if (!scan (self, first, last, &expected, progress, progress_data, cancellable, &local_error) &&
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (local_error == NULL)
    return TRUE;
  if (!g_error_matches (local_error, CS_ERROR, CS_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  self->unsound = TRUE;
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
                  before != NULL ? before->last_hash->str : CS_RECORD_NO_PREVIOUS);
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
  g_hash_table_iter_init (&iter, earlier->references);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      CsBlobReference *reference = value;

      if (reference->stream == NULL && g_hash_table_contains (self->references, key))
        continue;
      g_hash_table_iter_steal (&iter);
      g_hash_table_replace (self->references, reference->digest, reference);
    }
  self->n_records += earlier->n_records;
  self->unsound |= earlier->unsound;
  cs_index_sums_join (&self->sums, &earlier->sums);
}

/** cs_chain_check_get_findings: (transfer none) (element-type CsFinding): in no order. */
GPtrArray *
cs_chain_check_get_findings (CsChainCheck *self)
{
  return self->findings;
}

/** cs_chain_check_get_references: (transfer none) (element-type utf8 CsBlobReference): by digest.
 */
GHashTable *
cs_chain_check_get_references (CsChainCheck *self)
{
  return self->references;
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

/**
 * cs_chain_check_get_index_sums:
 *
 * Returns: (transfer none) (nullable): what the indexes must hold; %NULL if a record is damaged,
 * which is then the finding, and no measure for an index
 */
const CsIndexSums *
cs_chain_check_get_index_sums (CsChainCheck *self)
{
  return self->unsound ? NULL : &self->sums;
}
