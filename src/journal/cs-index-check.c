/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares the indexes of the journal with its records. */

/* SQLite's integrity_check looks each row up in each index, which takes longer than hashing all
 * records. Here an index is read once from one end to the other: that its entries stand in order
 * and are, as a set, what the records give says the same, and it also holds the derived rows to the
 * records themselves. Sets are compared by a sum of keyed hashes, with a key that is drawn anew for
 * each verification. */

#include "cs-index-check.h"

#include "cs-verification.h"

#include <string.h>

#define CANCEL_STEP 4096

static const struct
{
  CsStatement statement;
  const char *what; /* records are found by */
} indexes[CS_N_INDEX_KEYS] = {
  [CS_INDEX_KEY_STREAM] = { CS_STATEMENT_INDEX_STREAM, "stream" },
  [CS_INDEX_KEY_AT] = { CS_STATEMENT_INDEX_AT, "time" },
  [CS_INDEX_KEY_ACTOR] = { CS_STATEMENT_INDEX_ACTOR, "person" },
  [CS_INDEX_KEY_KIND] = { CS_STATEMENT_INDEX_KIND, "kind" },
  [CS_INDEX_KEY_AREA] = { CS_STATEMENT_INDEX_AREA, "area" },
  [CS_INDEX_KEY_ROW] = { CS_STATEMENT_INDEX_ROWS, "number" },
};

static guint64
mix (guint64 hash, guint64 word)
{
  hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  hash ^= hash >> 32;
  hash *= G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  return hash ^ hash >> 32;
}

static guint64
mix_text (guint64 hash, const char *text, gsize length)
{
  guint64 word = 0;

  for (gsize i = 0; i < length; i += sizeof word)
    {
      word = 0;
      memcpy (&word, text + i, MIN (sizeof word, length - i));
      hash = mix (hash, word);
    }
  return mix (hash, length);
}

static void
add (CsIndexSums *self, CsIndexKey key, guint64 hash, gint64 seq)
{
  self->counts[key]++;
  self->sums[key] += mix (hash ^ self->seed, (guint64) seq);
}

/* What the derived indexes hold of a record. */
typedef struct
{
  gint64 at;
  const char *actor;
  gsize actor_length;
  const char *kind;
  gsize kind_length;
  const char *area;
  gsize area_length;
} Row;

static guint64
mix_row (guint64 seed, const Row *row)
{
  guint64 hash = mix (seed, (guint64) row->at);

  hash = mix_text (hash, row->actor, row->actor_length);
  hash = mix_text (hash, row->kind, row->kind_length);
  return mix_text (hash, row->area, row->area_length);
}

/**
 * cs_index_sums_add:
 *
 * Takes a record into account. @self has its seed and indexed_to.
 */
void
cs_index_sums_add (CsIndexSums *self,
                   gint64 seq,
                   const char *stream,
                   gint64 n,
                   gint64 at,
                   const char *actor,
                   const char *kind)
{
  gsize length = strlen (stream);
  const char *slash = memchr (stream, '/', length);
  Row row = { at, actor, strlen (actor),
              kind, strlen (kind), stream,
              slash != NULL ? (gsize) (slash - stream) : length };

  add (self, CS_INDEX_KEY_STREAM, mix (mix_text (self->seed, stream, length), (guint64) n), seq);
  if (seq > self->indexed_to)
    return;
  add (self, CS_INDEX_KEY_AT, mix (self->seed, (guint64) at), seq);
  add (self, CS_INDEX_KEY_ACTOR, mix_text (self->seed, actor, row.actor_length), seq);
  add (self, CS_INDEX_KEY_KIND, mix_text (self->seed, kind, row.kind_length), seq);
  add (self, CS_INDEX_KEY_AREA, mix_text (self->seed, stream, row.area_length), seq);
  add (self, CS_INDEX_KEY_ROW, mix_row (self->seed, &row), seq);
}

/** cs_index_sums_join: adds what @other, with the same seed, has counted. */
void
cs_index_sums_join (CsIndexSums *self, const CsIndexSums *other)
{
  for (guint i = 0; i < CS_N_INDEX_KEYS; i++)
    {
      self->counts[i] += other->counts[i];
      self->sums[i] += other->sums[i];
    }
}

/* The key of an entry, kept to be compared with that of the next one. */
typedef struct
{
  GString *text;
  guint64 text_hash;
  gint64 number; /* n, or the time */
  gint64 seq;
  gboolean any;
} Entry;

/* Returns whether the entry belongs behind the one before. Most have the same text. */
static gboolean
advance (Entry *self, guint64 seed, const char *text, gsize length, gint64 number, gint64 seq)
{
  gsize known = self->text->len;
  int order = memcmp (self->text->str, text, MIN (known, length));
  gboolean ok;

  if (order == 0)
    order = known < length ? -1 : known > length;
  ok = !self->any || order < 0 ||
       (order == 0 && (self->number < number || (self->number == number && self->seq < seq)));
  if (order != 0 || !self->any)
    {
      g_string_truncate (self->text, 0);
      g_string_append_len (self->text, text, (gssize) length);
      self->text_hash = mix_text (seed, text, length);
    }
  self->any = TRUE;
  self->number = number;
  self->seq = seq;
  return ok;
}

/* As it lies there, without a copy that has a NUL at its end. */
static const char *
get_text (sqlite3_stmt *row, int column, gsize *length)
{
  const char *text = sqlite3_column_blob (row, column);

  *length = (gsize) sqlite3_column_bytes (row, column);
  return text != NULL ? text : "";
}

/* An entry has the seq, a text (but for times) and a number (in the index of streams). */
static gboolean
read_entry (CsIndexSums *found, CsIndexKey key, sqlite3_stmt *entry, gint64 seq, Entry *before)
{
  gsize length;
  const char *text = get_text (entry, 1, &length);
  gboolean ok;

  if (key == CS_INDEX_KEY_STREAM)
    {
      gint64 n = sqlite3_column_int64 (entry, 2);

      /* Unlike the other keys, a place in a stream occurs once. */
      ok = advance (before, found->seed, text, length, n, 0);
      add (found, key, mix (before->text_hash, (guint64) n), seq);
      return ok;
    }
  ok = advance (before, found->seed, text, length, 0, seq);
  add (found, key, before->text_hash, seq);
  return ok;
}

static gboolean
read_time (CsIndexSums *found, sqlite3_stmt *entry, gint64 seq, Entry *before)
{
  gint64 at = sqlite3_column_int64 (entry, 1);

  add (found, CS_INDEX_KEY_AT, mix (found->seed, (guint64) at), seq);
  return advance (before, found->seed, "", 0, at, seq);
}

static gboolean
read_row (CsIndexSums *found, sqlite3_stmt *columns, gint64 seq)
{
  Row row = { .at = sqlite3_column_int64 (columns, 1) };

  row.actor = get_text (columns, 2, &row.actor_length);
  row.kind = get_text (columns, 3, &row.kind_length);
  row.area = get_text (columns, 4, &row.area_length);
  add (found, CS_INDEX_KEY_ROW, mix_row (found->seed, &row), seq);
  return TRUE;
}

static gboolean
read_next (CsIndexSums *found, CsIndexKey key, sqlite3_stmt *row, gint64 last, Entry *before)
{
  gint64 seq = sqlite3_column_int64 (row, 0);

  /* Appended since the verification began. */
  if (seq > last)
    return TRUE;
  if (key == CS_INDEX_KEY_ROW)
    return read_row (found, row, seq);
  return key == CS_INDEX_KEY_AT ? read_time (found, row, seq, before)
                                : read_entry (found, key, row, seq, before);
}

static void
add_finding (CsDatabase *database, CsIndexKey key, const char *fault, GPtrArray *findings)
{
  g_ptr_array_add (findings, cs_finding_new (NULL, -1, NULL,
                                             "The index by which records are found by their %s in "
                                             "“%s” %s",
                                             indexes[key].what, database->path, fault));
}

static gboolean
read_index (CsDatabase *database,
            CsIndexKey key,
            gint64 last,
            CsIndexSums *found,
            GPtrArray *findings,
            GCancellable *cancellable,
            GError **error)
{
  sqlite3_stmt *rows = cs_database_get (database, indexes[key].statement, NULL);
  Entry entry = { NULL };
  guint64 n_rows = 0;
  gboolean in_order = TRUE;
  gboolean ok = TRUE;
  int code = SQLITE_DONE;

  if (rows == NULL)
    {
      add_finding (database, key, "is not there, or is another one", findings);
      return TRUE;
    }
  entry.text = g_string_new (NULL);
  while (ok && (code = sqlite3_step (rows)) == SQLITE_ROW)
    {
      in_order = read_next (found, key, rows, last, &entry) && in_order;
      ok = ++n_rows % CANCEL_STEP != 0 ||
           !g_cancellable_set_error_if_cancelled (cancellable, error);
    }
  if (ok && code != SQLITE_DONE)
    ok = cs_database_fail (database, "Reading", error);
  sqlite3_reset (rows);
  g_string_free (entry.text, TRUE);
  if (ok && !in_order)
    add_finding (database, key, "is out of order", findings);
  return ok;
}

/**
 * cs_index_check_read:
 * @last: the last seq that counts for the index of streams
 * @found: has its seed and indexed_to, and takes what the indexes hold
 * @findings: (element-type CsFinding): takes what is wrong with an index in itself
 *
 * Reads each index from one end to the other.
 *
 * Returns: whether it came to its end; else %CS_ERROR_CORRUPT, %CS_ERROR_STORAGE, %CS_ERROR_BUSY or
 * %G_IO_ERROR_CANCELLED
 */
gboolean
cs_index_check_read (CsDatabase *database,
                     gint64 last,
                     CsIndexSums *found,
                     GPtrArray *findings,
                     GCancellable *cancellable,
                     GError **error)
{
  for (CsIndexKey key = 0; key < CS_N_INDEX_KEYS; key++)
    if (!read_index (database, key, key == CS_INDEX_KEY_STREAM ? last : found->indexed_to, found,
                     findings, cancellable, error))
      return FALSE;
  return TRUE;
}

/**
 * cs_index_check_compare:
 * @expected: what the records give
 * @found: what cs_index_check_read() found
 *
 * Adds a finding for each index that does not hold what the records say.
 */
void
cs_index_check_compare (CsDatabase *database,
                        const CsIndexSums *expected,
                        const CsIndexSums *found,
                        GPtrArray *findings)
{
  for (CsIndexKey key = 0; key < CS_N_INDEX_KEYS; key++)
    if (found->counts[key] != expected->counts[key] || found->sums[key] != expected->sums[key])
      add_finding (database, key, "does not say what the records say", findings);
}
