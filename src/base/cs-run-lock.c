/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says that a living program follows a run; the kernel takes it back when that program dies. */

#include "cs-run-lock.h"

#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct _CsRunLock
{
  char *path;
  int fd;
};

static char *
lock_path (const char *state_directory, const char *run_id)
{
  g_autofree char *name = g_strconcat (run_id, ".lock", NULL);

  return g_build_filename (state_directory, "following", name, NULL);
}

/* Between open() and flock() the holder may remove the file; a lock on a removed file locks
 * nobody out, so only a lock on the file that the path names now counts. */
static gboolean
is_current (int fd, const char *path)
{
  struct stat by_fd, by_path;

  return fstat (fd, &by_fd) == 0 && stat (path, &by_path) == 0 && by_fd.st_ino == by_path.st_ino &&
         by_fd.st_dev == by_path.st_dev;
}

/**
 * cs_run_lock_take:
 * @state_directory: the workspace's
 * @run_id: the UUID of the run
 *
 * Takes the right to follow a run, until the lock is freed or this program ends, however it ends.
 * Touches the disk for microseconds.
 *
 * Returns: (transfer full): the lock; %NULL with %CS_ERROR_BUSY if another program (or another part
 *   of this one) holds it, %CS_ERROR_STORAGE if the directory can't be written
 */
CsRunLock *
cs_run_lock_take (const char *state_directory, const char *run_id, GError **error)
{
  g_autofree char *path = lock_path (state_directory, run_id);
  g_autofree char *directory = g_path_get_dirname (path);
  CsRunLock *self;
  int fd;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "Can't make the directory %s: %s", directory,
                   g_strerror (errno));
      return NULL;
    }
  do
    {
      fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (fd < 0)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "Can't open %s: %s", path,
                       g_strerror (errno));
          return NULL;
        }
      if (flock (fd, LOCK_EX | LOCK_NB) != 0)
        {
          close (fd);
          g_set_error (error, CS_ERROR, CS_ERROR_BUSY,
                       "Another program is following this command; wait for it to end");
          return NULL;
        }
      if (is_current (fd, path))
        break;
      close (fd);
    }
  while (TRUE);

  self = g_new0 (CsRunLock, 1);
  self->path = g_steal_pointer (&path);
  self->fd = fd;
  return self;
}

/**
 * cs_run_lock_is_held:
 *
 * Returns: whether some living program follows the run
 */
gboolean
cs_run_lock_is_held (const char *state_directory, const char *run_id)
{
  g_autofree char *path = lock_path (state_directory, run_id);
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  gboolean held;

  if (fd < 0)
    return FALSE;
  held = flock (fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close (fd);
  return held;
}

/** cs_run_lock_free: gives the right back. */
void
cs_run_lock_free (CsRunLock *self)
{
  if (self == NULL)
    return;
  g_unlink (self->path);
  close (self->fd);
  g_free (self->path);
  g_free (self);
}
