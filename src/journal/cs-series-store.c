/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured over time: many numbers, of which the old ones are summed up. */

#define G_LOG_DOMAIN "cs-journal"

#include "cs-series-store.h"

#include "cs-error.h"
#include "cs-migration.h"
#include "cs-sqlite-error.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>

#define BUSY_MS 5000
/** DELAY: milliseconds for which measurements are gathered before they are written together */
#define DELAY 1000
#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)
#define HOUR (60 * MINUTE)

#define NUMBER_COLUMNS(n) "n" n " INTEGER NOT NULL, least" n " REAL, most" n " REAL, sum" n " REAL"

/* A measurement is a bucket without width: so one query reads both. */
static const char *const migrations[] = {
  "CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
  "CREATE TABLE buckets ("
  " series INTEGER NOT NULL REFERENCES series (id),"
  " width INTEGER NOT NULL,"
  " at INTEGER NOT NULL,"
  " state0 INTEGER NOT NULL, state1 INTEGER NOT NULL,"
  " state2 INTEGER NOT NULL, state3 INTEGER NOT NULL,"
  " " NUMBER_COLUMNS ("0") ", " NUMBER_COLUMNS ("1") ", " NUMBER_COLUMNS (
    "2") ","
         " PRIMARY KEY (series, width, at)) STRICT, WITHOUT ROWID;",
  NULL,
};

typedef enum
{
  BEGIN,
  COMMIT,
  ROLLBACK,
  NAME,
  INSERT,
  READ,
  SUM_UP,
  FORGET,
  N_STATEMENTS,
} Statement;

#define SUM_NUMBER(n) "sum (n" n "), min (least" n "), max (most" n "), sum (sum" n ")"

static const char *const sql[N_STATEMENTS] = {
  [BEGIN] = "BEGIN IMMEDIATE",
  [COMMIT] = "COMMIT",
  [ROLLBACK] = "ROLLBACK",
  [NAME] = "INSERT OR IGNORE INTO series (name) VALUES (?1)",
  [INSERT] = "INSERT OR IGNORE INTO buckets SELECT id, 0, ?2, ?3 = 0, ?3 = 1, ?3 = 2, ?3 = 3,"
             " ?4 IS NOT NULL, ?4, ?4, ?4, ?5 IS NOT NULL, ?5, ?5, ?5,"
             " ?6 IS NOT NULL, ?6, ?6, ?6 FROM series WHERE name = ?1",
  [READ] = "SELECT at, width, state0, state1, state2, state3, n0, least0, most0, sum0,"
           " n1, least1, most1, sum1, n2, least2, most2, sum2 FROM buckets"
           " WHERE series = (SELECT id FROM series WHERE name = ?1)"
           " AND width IN (0, 60000000, 3600000000) AND at >= ?2 AND at < ?3 ORDER BY at",
  /* ?1 the narrower width, ?2 the wider, ?3 until when. A bucket is only made once all of its time
   * is past that, so none is made twice; what came late is lost. */
  [SUM_UP] =
    "INSERT OR IGNORE INTO buckets SELECT series, ?2, at / ?2 * ?2,"
    " sum (state0), sum (state1), sum (state2), sum (state3)," SUM_NUMBER ("0") "," SUM_NUMBER (
      "1") "," SUM_NUMBER ("2") " FROM buckets"
             " WHERE width = ?1 AND at < ?3 GROUP BY series, at / ?2",
  [FORGET] = "DELETE FROM buckets WHERE width = ?1 AND at < ?3",
};

typedef struct
{
  char *series;
  CsSeriesPoint point;
} Measured;

struct _CsSeriesStore
{
  GObject parent_instance;

  char *path;
  sqlite3 *db; /* the worker's */
  sqlite3_stmt *statements[N_STATEMENTS];
  GThreadPool *worker; /* one thread; takes Job */
  GArray *added;       /* of Measured, to be written */
  guint timer;
};

/* What the worker is asked for: a task to be answered, or NULL if it just writes. */
typedef struct
{
  CsSeriesStore *store;
  GArray *added;
  GTask *task;
  char *series; /* to read; NULL: sum up, or nothing */
  gint64 since; /* until: of the reading; since: now, of the summing up */
  gint64 until;
} Job;

enum
{
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsSeriesStore, cs_series_store, G_TYPE_OBJECT)

static void
measured_clear (gpointer data)
{
  g_free (((Measured *) data)->series);
}

static GArray *
new_added (void)
{
  GArray *added = g_array_new (FALSE, FALSE, sizeof (Measured));

  g_array_set_clear_func (added, measured_clear);
  return added;
}

static gboolean
step (CsSeriesStore *self, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  sqlite3_reset (statement);
  if (code == SQLITE_DONE)
    return TRUE;
  return cs_sqlite_error_set (error, self->db, self->path, "Writing");
}

static gboolean
run (CsSeriesStore *self, Statement which, GError **error)
{
  return step (self, self->statements[which], error);
}

static void
bind_number (sqlite3_stmt *statement, int position, double number)
{
  if (isfinite (number))
    sqlite3_bind_double (statement, position, number);
  else
    sqlite3_bind_null (statement, position);
}

static gboolean
insert (CsSeriesStore *self, const Measured *measured, GError **error)
{
  sqlite3_stmt *statement = self->statements[INSERT];

  sqlite3_bind_text (self->statements[NAME], 1, measured->series, -1, SQLITE_STATIC);
  if (!run (self, NAME, error))
    return FALSE;
  sqlite3_bind_text (statement, 1, measured->series, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, measured->point.at);
  sqlite3_bind_int (statement, 3, (int) measured->point.state);
  for (int i = 0; i < CS_SERIES_NUMBERS; i++)
    bind_number (statement, 4 + i, measured->point.numbers[i]);
  return run (self, INSERT, error);
}

static gboolean
write_added (CsSeriesStore *self, GArray *added, GError **error)
{
  if (added->len == 0)
    return TRUE;
  if (!run (self, BEGIN, error))
    return FALSE;
  for (guint i = 0; i < added->len; i++)
    if (!insert (self, &g_array_index (added, Measured, i), error))
      {
        run (self, ROLLBACK, NULL);
        return FALSE;
      }
  if (run (self, COMMIT, error))
    return TRUE;
  run (self, ROLLBACK, NULL);
  return FALSE;
}

static void
read_range (sqlite3_stmt *row, int column, CsSeriesRange *range)
{
  range->n = (guint) sqlite3_column_int (row, column);
  range->least = range->n > 0 ? sqlite3_column_double (row, column + 1) : NAN;
  range->most = range->n > 0 ? sqlite3_column_double (row, column + 2) : NAN;
  range->sum = range->n > 0 ? sqlite3_column_double (row, column + 3) : NAN;
}

static GArray *
read_buckets (CsSeriesStore *self, const Job *job, GError **error)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, FALSE, sizeof (CsSeriesBucket));
  sqlite3_stmt *row = self->statements[READ];
  int code;

  sqlite3_bind_text (row, 1, job->series, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (row, 2, job->since);
  sqlite3_bind_int64 (row, 3, job->until);
  while ((code = sqlite3_step (row)) == SQLITE_ROW)
    {
      CsSeriesBucket bucket = {
        sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1), { 0 }, { { 0 } }
      };

      for (int i = 0; i < CS_SERIES_STATES; i++)
        bucket.states[i] = (guint) sqlite3_column_int (row, 2 + i);
      for (int i = 0; i < CS_SERIES_NUMBERS; i++)
        read_range (row, 2 + CS_SERIES_STATES + 4 * i, &bucket.ranges[i]);
      g_array_append_val (buckets, bucket);
    }
  sqlite3_reset (row);
  if (code == SQLITE_DONE)
    return g_steal_pointer (&buckets);
  cs_sqlite_error_set (error, self->db, self->path, "Reading");
  return NULL;
}

static gboolean
sum_up (CsSeriesStore *self, gint64 narrow, gint64 wide, gint64 until, GError **error)
{
  static const Statement both[] = { SUM_UP, FORGET };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      sqlite3_stmt *statement = self->statements[both[i]];

      sqlite3_bind_int64 (statement, 1, narrow);
      if (both[i] == SUM_UP)
        sqlite3_bind_int64 (statement, 2, wide);
      sqlite3_bind_int64 (statement, 3, until / wide * wide);
      if (!run (self, both[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
compact (CsSeriesStore *self, gint64 now, GError **error)
{
  if (!run (self, BEGIN, error))
    return FALSE;
  if (sum_up (self, 0, MINUTE, now - CS_SERIES_RAW * G_USEC_PER_SEC, error) &&
      sum_up (self, MINUTE, HOUR, now - CS_SERIES_MINUTES * G_USEC_PER_SEC, error) &&
      run (self, COMMIT, error))
    return TRUE;
  run (self, ROLLBACK, NULL);
  return FALSE;
}

typedef struct
{
  CsSeriesStore *store;
  GError *error;
} Failure;

static gboolean
tell_failure_cb (gpointer user_data)
{
  Failure *failure = user_data;

  g_signal_emit (failure->store, signals[FAILED], 0, failure->error);
  g_object_unref (failure->store);
  g_error_free (failure->error);
  g_free (failure);
  return G_SOURCE_REMOVE;
}

static void
tell_failure (CsSeriesStore *self, const GError *error)
{
  Failure *failure = g_new0 (Failure, 1);

  failure->store = g_object_ref (self);
  failure->error = g_error_copy (error);
  g_main_context_invoke (NULL, tell_failure_cb, failure);
}

static void
answer (Job *job)
{
  g_autoptr (GError) error = NULL;
  GArray *buckets;

  if (job->series != NULL)
    {
      buckets = read_buckets (job->store, job, &error);
      if (buckets != NULL)
        g_task_return_pointer (job->task, buckets, (GDestroyNotify) g_array_unref);
      else
        g_task_return_error (job->task, g_steal_pointer (&error));
    }
  else if (compact (job->store, job->since, &error))
    g_task_return_boolean (job->task, TRUE);
  else
    g_task_return_error (job->task, g_steal_pointer (&error));
}

static void
work (gpointer data, gpointer user_data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;

  if (!write_added (job->store, job->added, &error))
    tell_failure (job->store, error);
  if (job->task != NULL)
    answer (job);
  g_array_unref (job->added);
  g_clear_object (&job->task);
  g_free (job->series);
  g_free (job);
}

/* The worker gets what was added before anything else, so that a reader sees it. */
static Job *
push (CsSeriesStore *self, GTask *task, const char *series, gint64 since, gint64 until)
{
  Job *job = g_new0 (Job, 1);

  g_clear_handle_id (&self->timer, g_source_remove);
  job->store = self;
  job->added = g_steal_pointer (&self->added);
  job->task = task;
  job->series = g_strdup (series);
  job->since = since;
  job->until = until;
  self->added = new_added ();
  g_thread_pool_push (self->worker, job, NULL);
  return job;
}

static gboolean
write_cb (gpointer user_data)
{
  CsSeriesStore *self = user_data;

  self->timer = 0;
  push (self, NULL, NULL, 0, 0);
  return G_SOURCE_REMOVE;
}

static void
cs_series_store_finalize (GObject *object)
{
  CsSeriesStore *self = CS_SERIES_STORE (object);

  cs_series_store_close (self);
  g_array_unref (self->added);
  g_free (self->path);

  G_OBJECT_CLASS (cs_series_store_parent_class)->finalize (object);
}

static void
cs_series_store_class_init (CsSeriesStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_series_store_finalize;

  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cs_series_store_init (CsSeriesStore *self)
{
  self->added = new_added ();
}

static gboolean
open_database (CsSeriesStore *self, GError **error)
{
  if (sqlite3_open_v2 (self->path, &self->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK)
    return cs_sqlite_error_set (error, self->db, self->path, "Opening");
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  if (g_chmod (self->path, 0600) != 0 ||
      sqlite3_exec (self->db,
                    "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
                    "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2048",
                    NULL, NULL, NULL) != SQLITE_OK)
    return cs_sqlite_error_set (error, self->db, self->path, "Opening");
  if (!cs_migration_run (self->db, self->path, migrations, error))
    return FALSE;
  for (guint i = 0; i < N_STATEMENTS; i++)
    if (sqlite3_prepare_v3 (self->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i],
                            NULL) != SQLITE_OK)
      return cs_sqlite_error_set (error, self->db, self->path, "Opening");
  return TRUE;
}

static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (CsSeriesStore) self = g_object_ref (data);
  g_autoptr (GError) error = NULL;

  if (open_database (self, &error))
    g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * cs_series_store_open_async:
 * @directory: where `series.db` is, or is made
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is open
 * @user_data: for @callback
 */
void
cs_series_store_open_async (const char *directory,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  CsSeriesStore *self = g_object_new (CS_TYPE_SERIES_STORE, NULL);

  self->path = g_build_filename (directory, "series.db", NULL);
  self->worker = g_thread_pool_new (work, NULL, 1, TRUE, NULL);
  g_task_set_source_tag (task, cs_series_store_open_async);
  g_task_set_task_data (task, self, g_object_unref);
  g_task_run_in_thread (task, open_thread);
}

/**
 * cs_series_store_open_finish:
 * @result: of the call
 * @error: STORAGE, CORRUPT, TOO_NEW
 *
 * Returns: (transfer full) (nullable): the series of the directory
 */
CsSeriesStore *
cs_series_store_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_series_store_add:
 * @self: a store
 * @series: of what, and of whom: "deployment/ID/p1"
 * @point: what was measured; copied
 */
void
cs_series_store_add (CsSeriesStore *self, const char *series, const CsSeriesPoint *point)
{
  Measured measured = { g_strdup (series), *point };

  g_return_if_fail (CS_IS_SERIES_STORE (self) && self->worker != NULL);
  g_return_if_fail (point->state < CS_SERIES_STATES);

  g_array_append_val (self->added, measured);
  if (self->timer == 0)
    self->timer = g_timeout_add (DELAY, write_cb, self);
}

/**
 * cs_series_store_read_async:
 * @self: a store
 * @series: which one
 * @since: UTC microseconds, inclusive
 * @until: likewise, exclusive
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is read
 * @user_data: for @callback
 *
 * Measurements that are old come in buckets of a minute, very old ones of an hour.
 */
void
cs_series_store_read_async (CsSeriesStore *self,
                            const char *series,
                            gint64 since,
                            gint64 until,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (CS_IS_SERIES_STORE (self) && self->worker != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_series_store_read_async);
  push (self, task, series, since, until);
}

/**
 * cs_series_store_read_finish:
 * @self: a store
 * @result: of the call
 * @error: STORAGE, CORRUPT
 *
 * Returns: (transfer full) (nullable): of #CsSeriesBucket, oldest first
 */
GArray *
cs_series_store_read_finish (CsSeriesStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_series_store_compact_async:
 * @self: a store
 * @now: UTC microseconds
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Sums up measurements of more than a day ago by the minute, and minutes of more than 30 days ago
 * by the hour. Doing it again changes nothing.
 */
void
cs_series_store_compact_async (CsSeriesStore *self,
                               gint64 now,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;

  g_return_if_fail (CS_IS_SERIES_STORE (self) && self->worker != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, cs_series_store_compact_async);
  push (self, task, NULL, now, 0);
}

/** cs_series_store_compact_finish: TRUE when it is done. STORAGE, CORRUPT. */
gboolean
cs_series_store_compact_finish (CsSeriesStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cs_series_store_close:
 * @self: a store
 *
 * Waits until everything is written.
 */
void
cs_series_store_close (CsSeriesStore *self)
{
  g_return_if_fail (CS_IS_SERIES_STORE (self));

  if (self->worker == NULL)
    return;
  if (self->db != NULL && self->statements[N_STATEMENTS - 1] != NULL)
    push (self, NULL, NULL, 0, 0);
  g_thread_pool_free (g_steal_pointer (&self->worker), FALSE, TRUE);
  for (guint i = 0; i < N_STATEMENTS; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close);
}
