/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks every record, every blob and the database file of a journal. */

#include "cs-journal-verifier.h"

#include "cs-blob-directory.h"
#include "cs-chain-check.h"
#include "cs-error.h"
#include "cs-verification-private.h"

#define N_THREADS 2

typedef struct
{
  const char *path;
  const char *blobs;
  CsVerification *verification;
  CsStoreProgress progress;
  gpointer progress_data;
  GCancellable *cancellable;

  GMutex lock; /* guards the rest */
  gint64 done;
  gint64 total;
  GPtrArray *references; /* CsBlobReference, each blob once */
  guint next_reference;
  GError *error; /* the first one */
} Verifier;

typedef struct
{
  Verifier *verifier;
  CsDatabase *database;
  CsChainCheck *check;
  gint64 first;
  gint64 last;
} Range;

static void
add_done (gint64 more, gpointer user_data)
{
  Verifier *self = user_data;
  gint64 done;

  g_mutex_lock (&self->lock);
  self->done += more;
  done = self->done;
  g_mutex_unlock (&self->lock);
  self->progress (done, MAX (done, self->total), self->progress_data);
}

static void
add_finding (Verifier *self, CsFinding *finding)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  cs_verification_add_finding (self->verification, finding);
}

/* Damage is what is looked for, so it is a finding; anything else ends the verification. */
static void
take_error (Verifier *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (g_error_matches (owned, CS_ERROR, CS_ERROR_CORRUPT))
    {
      add_finding (self, cs_finding_new (NULL, -1, NULL, "%s", owned->message));
      return;
    }
  g_mutex_lock (&self->lock);
  if (self->error == NULL)
    self->error = g_steal_pointer (&owned);
  g_mutex_unlock (&self->lock);
}

static gpointer
range_thread (gpointer user_data)
{
  Range *range = user_data;
  GError *error = NULL;

  if (!cs_chain_check_run (range->check, range->first, range->last, add_done, range->verifier,
                           range->verifier->cancellable, &error))
    take_error (range->verifier, error);
  return NULL;
}

static gint64
read_number (Verifier *self, CsDatabase *database, CsStatement which)
{
  GError *error = NULL;
  sqlite3_stmt *statement = cs_database_get (database, which, &error);
  gint64 number = 0;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    number = sqlite3_column_int64 (statement, 0);
  else if (statement != NULL)
    cs_database_fail (database, "Reading", &error);
  sqlite3_reset (statement);
  if (error != NULL)
    take_error (self, error);
  return number;
}

/* Runs a statement that answers with what is wrong, a row each, or with “ok”, or is interrupted. */
static void
check_file (Verifier *self, CsDatabase *database, CsStatement which, const char *fault)
{
  GError *error = NULL;
  sqlite3_stmt *statement = cs_database_get (database, which, &error);
  int code;

  if (statement == NULL)
    {
      take_error (self, error);
      return;
    }
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      const char *complaint = (const char *) sqlite3_column_text (statement, 0);

      if (g_strcmp0 (complaint, "ok") != 0)
        add_finding (self, cs_finding_new (NULL, -1, NULL, "The file “%s” is damaged: %s%s",
                                           self->path, fault, complaint));
    }
  if (code != SQLITE_DONE && code != SQLITE_INTERRUPT)
    {
      cs_database_fail (database, "Checking", &error);
      take_error (self, error);
    }
  sqlite3_reset (statement);
}

static int
interrupt_cb (gpointer user_data)
{
  return 1;
}

/* SQLite first looks at how all pages hang together, which no other check does, and then at the
 * values in all rows, as the other checks do by what they must be. So it is interrupted in the
 * rows: after more steps than pages can take (old versions count none for them, new ones one). */
static void
check_pages (Verifier *self, CsDatabase *database)
{
  gint64 n_pages = read_number (self, database, CS_STATEMENT_N_PAGES);

  sqlite3_progress_handler (database->db, (int) MIN (100000 + 16 * n_pages, G_MAXINT), interrupt_cb,
                            NULL);
  check_file (self, database, CS_STATEMENT_QUICK_CHECK, "");
  sqlite3_progress_handler (database->db, 0, NULL, NULL);
}

/* The blobs that records name, and then those that lie there besides: one that was stored for a
 * record that was never written is no fault, but a changed one is. */
static void
collect_references (Verifier *self, GHashTable *named, GPtrArray *stored)
{
  GHashTableIter iter;
  gpointer digest, reference;

  for (guint i = 0; stored != NULL && i < stored->len; i++)
    if (!g_hash_table_contains (named, g_ptr_array_index (stored, i)))
      g_ptr_array_add (self->references,
                       cs_blob_reference_new (g_ptr_array_index (stored, i), NULL, -1));
  g_hash_table_iter_init (&iter, named);
  while (g_hash_table_iter_next (&iter, &digest, &reference))
    {
      g_hash_table_iter_steal (&iter);
      g_ptr_array_add (self->references, reference);
    }
}

/* Counted while others read the records. */
static void
check_gaps (Verifier *self, CsDatabase *database)
{
  gint64 gaps = read_number (self, database, CS_STATEMENT_INDEX_GAPS);

  if (gaps != 0)
    add_finding (self, cs_finding_new (NULL, -1, NULL,
                                       "The index by which records are found in “%s” lacks "
                                       "%" G_GINT64_FORMAT " of them",
                                       self->path, gaps));
}

/* What the indexes hold is read while others read the records. */
static gboolean
read_indexes (Verifier *self, CsDatabase *database, gint64 last, CsIndexSums *held)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new ();
  GError *error = NULL;
  gboolean ok = cs_index_check_read (database, last, held, findings, self->cancellable, &error);

  for (guint i = 0; i < findings->len; i++)
    add_finding (self, g_ptr_array_index (findings, i));
  if (!ok)
    take_error (self, error);
  return ok;
}

static void
check_records (
  Verifier *self,
  CsDatabase *database,
  gint64 last,
  gint64 indexed_to,
  GPtrArray *stored)
{
  Range ranges[N_THREADS] = { 0 };
  GThread *threads[N_THREADS] = { 0 };
  CsIndexSums held = { .seed = (guint64) g_random_int () << 32 | g_random_int (),
                       .indexed_to = indexed_to };
  CsChainCheck *whole = NULL;
  GPtrArray *findings;
  gboolean indexes_read;

  for (guint i = 0; i < N_THREADS; i++)
    {
      Range *range = &ranges[i];
      GError *error = NULL;

      range->verifier = self;
      range->first = last * i / N_THREADS + 1;
      range->last = last * (i + 1) / N_THREADS;
      range->database = cs_database_open (self->path, &error);
      range->check = cs_chain_check_new (range->database, held.seed, indexed_to);
      if (range->database != NULL)
        threads[i] = g_thread_new ("verify-records", range_thread, range);
      else
        take_error (self, error);
    }
  check_gaps (self, database);
  check_pages (self, database);
  check_file (self, database, CS_STATEMENT_STRAY_BLOBS, "it lists a blob of no record, ");
  indexes_read = read_indexes (self, database, last, &held);
  for (guint i = 0; i < N_THREADS; i++)
    {
      if (threads[i] != NULL)
        g_thread_join (threads[i]);
      cs_chain_check_join (ranges[i].check, whole);
      whole = ranges[i].check;
    }
  findings = cs_chain_check_get_findings (whole);
  if (indexes_read && cs_chain_check_get_index_sums (whole) != NULL)
    cs_index_check_compare (database, cs_chain_check_get_index_sums (whole), &held, findings);
  while (findings->len > 0)
    add_finding (self, g_ptr_array_steal_index_fast (findings, findings->len - 1));
  collect_references (self, cs_chain_check_get_references (whole), stored);
  cs_verification_set_counts (self->verification, cs_chain_check_get_n_records (whole),
                              cs_chain_check_get_n_streams (whole), self->references->len);
  for (guint i = 0; i < N_THREADS; i++)
    {
      cs_chain_check_free (ranges[i].check);
      cs_database_close (ranges[i].database);
    }
}

static CsBlobReference *
next_reference (Verifier *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->error != NULL || self->next_reference >= self->references->len)
    return NULL;
  return g_ptr_array_index (self->references, self->next_reference++);
}

static gpointer
blobs_thread (gpointer user_data)
{
  Verifier *self = user_data;
  CsBlobReference *reference;

  while ((reference = next_reference (self)) != NULL)
    {
      GError *error = NULL;

      if (!cs_blob_directory_check (self->blobs, reference->digest, self->cancellable, &error))
        {
          if (error->domain == CS_ERROR)
            add_finding (self, cs_finding_new (reference->stream, reference->n, reference->digest,
                                               "%s", error->message));
          else
            take_error (self, g_steal_pointer (&error));
          g_clear_error (&error);
        }
      add_done (1, self);
    }
  return NULL;
}

static void
check_blobs (Verifier *self)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("verify-blobs", blobs_thread, self);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

/**
 * cs_journal_verify:
 * @path: the database file
 * @blobs: the directory of the blobs
 * @verification: what is filled in
 * @progress: called in several threads
 *
 * Checks a journal with connections of its own. Records that are appended meanwhile are left for
 * the next time.
 *
 * Returns: whether the check came to its end, whatever it found; else %CS_ERROR_STORAGE,
 * %CS_ERROR_BUSY or %G_IO_ERROR_CANCELLED
 */
gboolean
cs_journal_verify (const char *path,
                   const char *blobs,
                   CsVerification *verification,
                   CsStoreProgress progress,
                   gpointer progress_data,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (CsDatabase) database = NULL;
  Verifier self = { path, blobs, verification, progress, progress_data, cancellable };
  GError *local_error = NULL;

  g_mutex_init (&self.lock);
  self.references = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_blob_reference_free);
  database = cs_database_open (path, &local_error);
  if (database == NULL)
    take_error (&self, local_error);
  else
    {
      gint64 last = read_number (&self, database, CS_STATEMENT_LAST_SEQ);
      gint64 indexed_to = read_number (&self, database, CS_STATEMENT_INDEXED_TO);
      g_autoptr (GPtrArray) stored = cs_blob_directory_list (blobs, &local_error);

      if (stored == NULL)
        take_error (&self, g_steal_pointer (&local_error));
      self.total = last + (stored != NULL ? stored->len : 0);
      check_records (&self, database, last, indexed_to, stored);
      check_blobs (&self);
    }
  g_ptr_array_unref (self.references);
  g_mutex_clear (&self.lock);
  if (self.error == NULL)
    return TRUE;
  g_propagate_error (error, self.error);
  return FALSE;
}
