/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLite reports, as the one error domain says it. */

#include "cs-sqlite-error.h"

#include "cs-error.h"

/** cs_sqlite_error_is_corruption: whether a result code says that the file's content is damaged. */
gboolean
cs_sqlite_error_is_corruption (int code)
{
  int primary = code & 0xff;

  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_FORMAT;
}

/**
 * cs_sqlite_error_set:
 * @db: (nullable): the connection whose last call failed
 * @path: the database file
 * @what: what was tried, as the beginning of a sentence, e.g. `Reading`
 *
 * Puts the last failure of a connection into words.
 *
 * Returns: %FALSE, for the caller to return
 */
gboolean
cs_sqlite_error_set (GError **error, sqlite3 *db, const char *path, const char *what)
{
  int code = db != NULL ? sqlite3_extended_errcode (db) : SQLITE_NOMEM;
  const char *message = db != NULL ? sqlite3_errmsg (db) : "out of memory";

  switch (code & 0xff)
    {
    case SQLITE_FULL:
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
                   "%s “%s” failed: the disk is full. Free some space, then try again", what, path);
      break;
    case SQLITE_READONLY:
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
                   "%s “%s” failed: it can't be written to. Check the permissions and the disk",
                   what, path);
      break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOLFS:
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
                   "%s “%s” failed: %s (%d). Check the disk, its free space and the permissions",
                   what, path, message, code);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, CS_ERROR, CS_ERROR_BUSY,
                   "%s “%s” failed: another program has held it for too long. Try again", what,
                   path);
      break;
    case SQLITE_NOTADB:
      g_set_error (
        error, CS_ERROR, CS_ERROR_CORRUPT,
        "“%s” is not a Countersign journal. Choose another directory, or restore the file "
        "from a backup",
        path);
      break;
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
      g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
                   "“%s” is damaged: %s (%d). Keep a copy, then restore it from a backup", path,
                   message, code);
      break;
    default:
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "%s “%s” failed: %s (%d)", what, path, message,
                   code);
    }
  return FALSE;
}
