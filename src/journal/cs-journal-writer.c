/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes to journal.db. */

#include "cs-journal-writer.h"

#include "cs-append.h"
#include "cs-blob-directory.h"
#include "cs-clock.h"
#include "cs-error.h"
#include "cs-journal-index.h"
#include "cs-json.h"
#include "cs-log-room.h"
#include "cs-record-hash.h"

#define POLL_USEC (250 * 1000)

/* The index waits for a pause, but not for ever; and an append does not wait for all of it. */
#define PAUSE_USEC (20 * 1000)
#define INDEX_PORTION 128
#define INDEX_DEBT 2048

#define HASH_SIZE (CS_DIGEST_LENGTH + 1)

typedef struct
{
  CsDatabase *database;
  CsLogRoom *room;
  char *blobs;
  CsAnnouncer *announcer;
  CsDigest *digest;
  GString *scratch;
  CsRecord *last;   /* (nullable): the record that this thread wrote last */
  gint64 announced; /* the last seq that was announced */
  gint64 data_version;
  gint64 debt;           /* records that are not in the index, as far as is known */
  gint64 acted_at;       /* monotonic: when there was something to do */
  gboolean checkpointed; /* since the last append */
} CsJournalWriter;

/* One append within a transaction. */
typedef struct
{
  GTask *task;
  GPtrArray *records; /* NULL if it failed */
  GError *error;
} Job;

/* Mostly the newest record of all is the one that was written last, and the next one follows it. */
static gboolean
read_head (CsJournalWriter *self,
           const char *stream,
           gint64 last_seq,
           gint64 *next,
           char *previous,
           GError **error)
{
  sqlite3_stmt *statement;
  int code;

  if (self->last != NULL && cs_record_get_seq (self->last) == last_seq &&
      g_str_equal (cs_record_get_stream (self->last), stream))
    {
      *next = cs_record_get_n (self->last) + 1;
      g_strlcpy (previous, cs_record_get_hash (self->last), HASH_SIZE);
      return TRUE;
    }
  statement = cs_database_get (self->database, CS_STATEMENT_HEAD, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, stream, -1, SQLITE_STATIC);
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW && sqlite3_column_type (statement, 1) == SQLITE_TEXT)
    {
      *next = sqlite3_column_int64 (statement, 0) + 1;
      g_strlcpy (previous, (const char *) sqlite3_column_text (statement, 1), HASH_SIZE);
    }
  else if (code == SQLITE_ROW)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
                   "The last record of %s is damaged: verify the history", stream);
      code = SQLITE_CORRUPT;
    }
  else if (code == SQLITE_DONE)
    {
      *next = 0;
      g_strlcpy (previous, CS_RECORD_NO_PREVIOUS, HASH_SIZE);
    }
  else
    cs_database_fail (self->database, "Reading", error);
  sqlite3_reset (statement);
  return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean
read_number (CsJournalWriter *self, CsStatement which, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = cs_database_get (self->database, which, error);
  gboolean ok = statement != NULL && sqlite3_step (statement) == SQLITE_ROW;

  if (ok)
    *number = sqlite3_column_int64 (statement, 0);
  else if (statement != NULL)
    cs_database_fail (self->database, "Reading", error);
  sqlite3_reset (statement);
  return ok;
}

static gboolean
step_done (CsJournalWriter *self, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_DONE)
    cs_database_fail (self->database, "Writing to", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

static gboolean
insert_record (CsJournalWriter *self, CsRecord *record, const char *body, GError **error)
{
  sqlite3_stmt *statement = cs_database_get (self->database, CS_STATEMENT_INSERT_RECORD, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, cs_record_get_seq (record));
  sqlite3_bind_text (statement, 2, cs_record_get_stream (record), -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 3, cs_record_get_n (record));
  sqlite3_bind_int64 (statement, 4, cs_record_get_at (record));
  sqlite3_bind_text (statement, 5, cs_record_get_actor (record), -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 6, cs_record_get_kind (record), -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 7, body, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 8, cs_record_get_previous (record), -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 9, cs_record_get_hash (record), -1, SQLITE_STATIC);
  return step_done (self, statement, error);
}

static gboolean
insert_blobs (CsJournalWriter *self, gint64 seq, GPtrArray *digests, GError **error)
{
  for (guint i = 0; i < digests->len; i++)
    {
      const char *digest = g_ptr_array_index (digests, i);
      sqlite3_stmt *statement;

      if (!cs_blob_directory_has (self->blobs, digest))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                       "The blob %s is not stored, so no record can name it", digest);
          return FALSE;
        }
      statement = cs_database_get (self->database, CS_STATEMENT_INSERT_BLOB, error);
      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, seq);
      sqlite3_bind_text (statement, 2, digest, -1, SQLITE_STATIC);
      if (!step_done (self, statement, error))
        return FALSE;
    }
  return TRUE;
}

/* Appends within the open transaction. */
static GPtrArray *
append (CsJournalWriter *self, CsAppend *order, gint64 last_seq, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  char previous[HASH_SIZE];
  gint64 at = cs_clock_now ();
  gint64 next = 0;

  if (!read_head (self, order->stream, last_seq, &next, previous, error))
    return NULL;
  if (order->expected_n != CS_STORE_ANY && order->expected_n != next)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT,
                   "Someone else was first in “%s”: its next record is %" G_GINT64_FORMAT
                   ", not %" G_GINT64_FORMAT,
                   order->stream, next, order->expected_n);
      return NULL;
    }
  for (guint i = 0; i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);
      gsize length = strlen (entry->body);
      char hash[HASH_SIZE];
      CsRecord *record;

      cs_record_hash (self->digest, self->scratch, order->stream, next, at, order->actor,
                      entry->kind, entry->body, length, previous, hash);
      /* From what is stored, so that the record is what a reader will get. */
      record = cs_record_new_from_text (++last_seq, order->stream, next++, at, order->actor,
                                        entry->kind, entry->body, length, previous, hash);
      g_ptr_array_add (records, record);
      if (!insert_record (self, record, entry->body, error) ||
          !insert_blobs (self, last_seq, entry->blobs, error))
        return NULL;
      memcpy (previous, hash, HASH_SIZE);
    }
  g_set_object (&self->last, g_ptr_array_index (records, records->len - 1));
  return g_steal_pointer (&records);
}

/* What other programs have appended since the last announcement. It is durable already, whatever
 * becomes of the transaction that is open here. A damaged record is left to verification to name.
 */
static gboolean
collect_foreign (CsJournalWriter *self, GPtrArray *records, GError **error)
{
  sqlite3_stmt *statement = cs_database_get (self->database, CS_STATEMENT_READ_AFTER_SEQ, error);
  int code;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->announced);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      g_autoptr (GError) local_error = NULL;
      CsRecord *record = cs_database_read_record (self->database, statement, &local_error);

      self->announced = sqlite3_column_int64 (statement, 0);
      if (record != NULL)
        g_ptr_array_add (records, record);
      else
        g_warning ("%s", local_error->message);
    }
  if (code != SQLITE_DONE)
    cs_database_fail (self->database, "Reading", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

/* Runs an append that has the transaction for itself. */
static gboolean
run_only_job (CsJournalWriter *self, Job *job, gint64 *last_seq)
{
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (job->task), &job->error))
    return FALSE;
  job->records = append (self, g_task_get_task_data (job->task), *last_seq, &job->error);
  if (job->records == NULL)
    return FALSE;
  *last_seq += job->records->len;
  return TRUE;
}

/* Runs one append in its savepoint. FALSE if the transaction itself is gone. */
static gboolean
run_job (CsJournalWriter *self, Job *job, gint64 *last_seq)
{
  GCancellable *cancellable = g_task_get_cancellable (job->task);

  if (g_cancellable_set_error_if_cancelled (cancellable, &job->error))
    return TRUE;
  if (!cs_database_run (self->database, CS_STATEMENT_SAVEPOINT, &job->error))
    return FALSE;
  job->records = append (self, g_task_get_task_data (job->task), *last_seq, &job->error);
  if (job->records != NULL)
    {
      *last_seq += job->records->len;
      return cs_database_run (self->database, CS_STATEMENT_RELEASE, &job->error);
    }
  /* A full disk rolls the whole transaction back by itself. */
  if (sqlite3_get_autocommit (self->database->db))
    return FALSE;
  return cs_database_run (self->database, CS_STATEMENT_ROLLBACK_TO, NULL) &&
         cs_database_run (self->database, CS_STATEMENT_RELEASE, NULL);
}

static gboolean
run_transaction (CsJournalWriter *self,
                 Job *jobs,
                 guint n_jobs,
                 GPtrArray *announce,
                 GError **error)
{
  gint64 last_seq = 0;

  if (!cs_database_run (self->database, CS_STATEMENT_BEGIN, error) ||
      !read_number (self, CS_STATEMENT_LAST_SEQ, &last_seq, error) ||
      (last_seq > self->announced && !collect_foreign (self, announce, error)))
    return FALSE;
  cs_log_room_make (self->room);
  for (guint i = 0; i < n_jobs; i++)
    if (!(n_jobs == 1 ? run_only_job : run_job) (self, &jobs[i], &last_seq))
      {
        if (jobs[i].error != NULL)
          g_propagate_error (error, g_error_copy (jobs[i].error));
        return FALSE;
      }
  if (!cs_database_run (self->database, CS_STATEMENT_COMMIT, error))
    return FALSE;
  for (guint i = 0; i < n_jobs; i++)
    for (guint j = 0; jobs[i].records != NULL && j < jobs[i].records->len; j++)
      g_ptr_array_add (announce, g_object_ref (g_ptr_array_index (jobs[i].records, j)));
  self->debt += last_seq - self->announced;
  self->announced = last_seq;
  self->checkpointed = FALSE;
  return TRUE;
}

/* Takes back what the transaction had done for a job, when it did not come to its end. */
static void
fail_job (Job *job, const GError *error)
{
  if (job->error == NULL)
    job->error = error != NULL
                   ? g_error_copy (error)
                   : g_error_new (CS_ERROR, CS_ERROR_STORAGE, "The transaction was lost");
  g_clear_pointer (&job->records, g_ptr_array_unref);
}

/* One commit for all that wait: the disk is synced once, each append stays all or nothing. */
static void
run_group (CsJournalWriter *self, Job *jobs, guint n_jobs)
{
  g_autoptr (GPtrArray) announce = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  if (!run_transaction (self, jobs, n_jobs, announce, &error))
    {
      if (!sqlite3_get_autocommit (self->database->db))
        cs_database_run (self->database, CS_STATEMENT_ROLLBACK, NULL);
      g_clear_object (&self->last);
      for (guint i = 0; i < n_jobs; i++)
        fail_job (&jobs[i], error);
    }
  cs_announcer_add (self->announcer, announce);
  for (guint i = 0; i < n_jobs; i++)
    cs_announcer_answer (self->announcer, jobs[i].task, jobs[i].records, jobs[i].error);
  cs_announcer_wake (self->announcer);
}

/* The data version changes only when another connection has written. */
static void
poll_foreign (CsJournalWriter *self)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 version = 0;

  if (!read_number (self, CS_STATEMENT_DATA_VERSION, &version, NULL) ||
      version == self->data_version)
    return;
  if (collect_foreign (self, records, NULL))
    self->data_version = version;
  self->debt += records->len;
  cs_announcer_add (self->announcer, records);
  if (records->len > 0)
    cs_announcer_wake (self->announcer);
}

/* In an idle moment, records move from the write-ahead log into the database, where verification
 * sees damage; a damaged log just ends early. Others who read are not waited for. */
static void
checkpoint (CsJournalWriter *self)
{
  if (self->checkpointed)
    return;
  sqlite3_wal_checkpoint_v2 (self->database->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  self->checkpointed = TRUE;
}

/* Takes a portion of what is owed into the index. When that fails, an append that follows will say
 * so, or a query: the records themselves are safe. */
static gboolean
index_portion (CsJournalWriter *self, GError **error)
{
  gboolean complete = FALSE;

  if (!cs_journal_index_advance (self->database, INDEX_PORTION, &complete, error))
    return FALSE;
  self->debt = complete ? 0 : MAX (self->debt - INDEX_PORTION, 1);
  self->checkpointed = FALSE;
  return TRUE;
}

static gboolean
index_for_query (gpointer back_end, gboolean *complete, GError **error)
{
  CsJournalWriter *self = back_end;

  if (!index_portion (self, error))
    return FALSE;
  *complete = self->debt == 0;
  self->acted_at = g_get_monotonic_time ();
  return TRUE;
}

/* What is done once there was nothing else to do for a while. */
static gint64
rest (gpointer back_end)
{
  CsJournalWriter *self = back_end;
  gint64 now = g_get_monotonic_time ();
  gint64 due = self->acted_at + (self->debt > 0 ? PAUSE_USEC : POLL_USEC);

  if (now < due)
    return due - now;
  poll_foreign (self);
  if (self->debt == 0)
    checkpoint (self);
  else if (!index_portion (self, NULL))
    self->debt = 0;
  self->acted_at = g_get_monotonic_time ();
  return self->debt > 0 ? PAUSE_USEC : POLL_USEC;
}

static void
append_group (gpointer back_end, CsStoreWriter *writer, GTask **tasks, guint n_tasks)
{
  CsJournalWriter *self = back_end;
  Job jobs[CS_STORE_WRITER_MAX_GROUP] = { 0 };

  for (guint i = 0; i < n_tasks; i++)
    jobs[i].task = tasks[i];
  run_group (self, jobs, n_tasks);
  if (self->debt > INDEX_DEBT && !index_portion (self, NULL))
    self->debt = 0;
  self->acted_at = g_get_monotonic_time ();
}

static void
writer_free (gpointer back_end)
{
  CsJournalWriter *self = back_end;

  cs_log_room_free (self->room);
  cs_database_close (self->database);
  cs_announcer_unref (self->announcer);
  cs_digest_free (self->digest);
  g_string_free (self->scratch, TRUE);
  g_clear_object (&self->last);
  g_free (self->blobs);
  g_free (self);
}

/**
 * cs_journal_writer_start:
 * @database: (transfer full): the connection to write through
 * @blobs: the directory of the blobs
 * @announcer: who is told what became durable
 *
 * Returns: (transfer full): the writer; %NULL if the journal can't be read
 */
CsStoreWriter *
cs_journal_writer_start (CsDatabase *database,
                         const char *blobs,
                         CsAnnouncer *announcer,
                         GError **error)
{
  static const CsWriterBackEnd kind = {
    .thread = "journal-writer",
    .append = append_group,
    .index = index_for_query,
    .rest = rest,
    .free = writer_free,
  };
  CsJournalWriter *self = g_new0 (CsJournalWriter, 1);

  self->database = database;
  self->room = cs_log_room_new (database);
  self->blobs = g_strdup (blobs);
  self->announcer = cs_announcer_ref (announcer);
  self->digest = cs_digest_new ();
  self->scratch = g_string_new (NULL);
  if (!read_number (self, CS_STATEMENT_DATA_VERSION, &self->data_version, error) ||
      !read_number (self, CS_STATEMENT_LAST_SEQ, &self->announced, error) ||
      !read_number (self, CS_STATEMENT_INDEXED_TO, &self->debt, error))
    {
      writer_free (self);
      return NULL;
    }
  self->debt = self->announced - self->debt;
  return cs_store_writer_start (&kind, self);
}
