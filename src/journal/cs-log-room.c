/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the write-ahead log longer before it is written to. */

/* A commit that changes the size of a file makes the file system write its own journal, too, and so
 * takes about twice the time on the disk. Each program begins with an empty log; one that has
 * written some commits lengthens it by zeros for those that follow. SQLite takes them for what a
 * log has behind its end anyway: frames whose salt and checksum are not this log's
 * (https://sqlite.org/fileformat2.html#walformat). */

#include "cs-log-room.h"

#define PATIENCE 16 /* commits: short commands don't write more */
#define PORTION (1024 * 1024)
#define MARGIN (64 * 1024) /* more than most commits write */
#define LOG_HEADER 32
#define FRAME_HEADER 24
#define CHECKPOINT_FRAMES 1000 /* as SQLite does without a hook */

struct _CsLogRoom
{
  sqlite3 *db;
  gint64 page_size;
  gint64 used;    /* bytes of the log, as of this connection's last commit */
  gint64 length;  /* of the log, as far as is known */
  guint patience; /* commits to wait for */
};

static int
committed_cb (gpointer user_data, sqlite3 *db, const char *name, int n_frames)
{
  CsLogRoom *self = user_data;

  self->used = LOG_HEADER + n_frames * (FRAME_HEADER + self->page_size);
  if (self->patience > 0)
    self->patience--;
  if (n_frames >= CHECKPOINT_FRAMES)
    sqlite3_wal_checkpoint_v2 (db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  return SQLITE_OK;
}

/**
 * cs_log_room_new:
 * @database: whose commits are followed; outlives this
 *
 * Returns: (transfer full): who makes room in the log of @database
 */
CsLogRoom *
cs_log_room_new (CsDatabase *database)
{
  CsLogRoom *self = g_new0 (CsLogRoom, 1);
  sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_PAGE_SIZE, NULL);

  self->db = database->db;
  self->patience = PATIENCE;
  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    self->page_size = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  sqlite3_wal_hook (self->db, committed_cb, self);
  return self;
}

/* What can't be lengthened as a whole stays as it is: the disk may be full. */
static gint64
lengthen (sqlite3_file *log, gint64 length)
{
  static const char zeros[64 * 1024];

  for (gint64 more = 0; more < PORTION; more += (gint64) sizeof zeros)
    if (log->pMethods->xWrite (log, zeros, sizeof zeros, length + more) != SQLITE_OK)
      {
        log->pMethods->xTruncate (log, length);
        return length;
      }
  return length + PORTION;
}

/**
 * cs_log_room_make:
 *
 * Lengthens the log if the next commits would. Must be called within a transaction that may write,
 * so that nobody else writes to the log.
 */
void
cs_log_room_make (CsLogRoom *self)
{
  sqlite3_file *log = NULL;
  sqlite3_int64 length = 0;

  if (self->patience > 0 || self->used + MARGIN <= self->length)
    return;
  self->patience = PATIENCE;
  if (sqlite3_file_control (self->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK ||
      log == NULL || log->pMethods == NULL ||
      log->pMethods->xFileSize (log, &length) != SQLITE_OK)
    return;
  self->length = length;
  if (self->used + MARGIN > length && self->used <= length)
    self->length = lengthen (log, length);
}

/** cs_log_room_free: follows the commits no more; the log stays as long as it is. */
void
cs_log_room_free (CsLogRoom *self)
{
  if (self == NULL)
    return;
  sqlite3_wal_hook (self->db, NULL, NULL);
  g_free (self);
}
