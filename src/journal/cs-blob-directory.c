/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blobs as files: `ab/abcdef…`, each named by the SHA-256 of its bytes. */

#include "cs-blob-directory.h"

#include "cs-digest.h"
#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define STALE_SECONDS (24 * 60 * 60)
#define CHUNK (256 * 1024)

static gboolean
fail (const char *what, const char *path, int code, GError **error)
{
  g_set_error (error, CS_ERROR, code == ENOENT ? CS_ERROR_NOT_FOUND : CS_ERROR_STORAGE,
               "%s “%s” failed: %s", what, path, g_strerror (code));
  return FALSE;
}

static char *
get_path (const char *directory, const char *digest)
{
  char shelf[3] = { digest[0], digest[1], '\0' };

  return g_build_filename (directory, shelf, digest, NULL);
}

static gboolean
sync_directory (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int code = 0;

  if (fd < 0)
    return fail ("Opening the directory", path, errno, error);
  if (fsync (fd) != 0)
    code = errno;
  close (fd);
  return code == 0 || fail ("Syncing the directory", path, code, error);
}

static gboolean
make_directory (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);

  if (g_mkdir (path, 0700) == 0)
    return sync_directory (parent, error);
  return errno == EEXIST || fail ("Making the directory", path, errno, error);
}

/* A program that died while it wrote left its temporary file; a day later nobody writes it. */
static void
remove_stale (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      GStatBuf info;

      if (g_str_has_prefix (name, CS_BLOB_TEMPORARY_PREFIX) && g_lstat (path, &info) == 0 &&
          now - info.st_mtime > STALE_SECONDS)
        g_unlink (path);
    }
}

/**
 * cs_blob_directory_prepare:
 * @directory: where the blobs are, or will be; its parent exists
 *
 * Makes the directory (mode 0700) if it is missing, and removes temporary files that are older than
 * a day.
 *
 * Returns: whether it is there; else %CS_ERROR_STORAGE
 */
gboolean
cs_blob_directory_prepare (const char *directory, GError **error)
{
  if (!make_directory (directory, error))
    return FALSE;
  remove_stale (directory);
  return TRUE;
}

/**
 * cs_blob_directory_adopt:
 * @temporary: a file in @directory whose bytes are on disk
 * @digest: their SHA-256
 *
 * Gives a written file its name, durably.
 *
 * Returns: whether it has it; else %CS_ERROR_STORAGE
 */
gboolean
cs_blob_directory_adopt (const char *directory,
                         const char *temporary,
                         const char *digest,
                         GError **error)
{
  g_autofree char *path = get_path (directory, digest);
  g_autofree char *shelf = g_path_get_dirname (path);

  if (!make_directory (shelf, error))
    return FALSE;
  if (g_rename (temporary, path) != 0)
    return fail ("Storing the blob", path, errno, error);
  return sync_directory (shelf, error);
}

/**
 * cs_blob_directory_has:
 *
 * Returns: whether a blob of this name is stored; its bytes are not looked at
 */
gboolean
cs_blob_directory_has (const char *directory, const char *digest)
{
  g_autofree char *path = NULL;

  if (!cs_digest_is_valid (digest))
    return FALSE;
  path = get_path (directory, digest);
  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static int
open_blob (const char *directory, const char *digest, GError **error)
{
  g_autofree char *path = NULL;
  int fd;

  if (!cs_digest_is_valid (digest))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is not the name of a blob", digest);
      return -1;
    }
  path = get_path (directory, digest);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "The blob %s is not stored here", digest);
  else if (fd < 0)
    fail ("Opening the blob", path, errno, error);
  return fd;
}

static gboolean
compare_digest (const char *digest, CsDigest *running, GError **error)
{
  g_autofree char *actual = cs_digest_finish (running);

  if (g_str_equal (actual, digest))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
               "The blob %s was changed: its bytes now have the digest %s", digest, actual);
  return FALSE;
}

/**
 * cs_blob_directory_check:
 *
 * Reads a blob from end to end, in bounded memory.
 *
 * Returns: whether it has its digest; else %CS_ERROR_CORRUPT, %CS_ERROR_NOT_FOUND,
 * %CS_ERROR_STORAGE (it can't be read) or %G_IO_ERROR_CANCELLED
 */
gboolean
cs_blob_directory_check (const char *directory,
                         const char *digest,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (CsDigest) running = cs_digest_new ();
  g_autofree char *buffer = g_malloc (CHUNK);
  int fd = open_blob (directory, digest, error);
  gssize length;

  if (fd < 0)
    return FALSE;
  while ((length = read (fd, buffer, CHUNK)) != 0)
    {
      if (length < 0 && errno == EINTR)
        continue;
      if (length < 0)
        {
          fail ("Reading the blob", digest, errno, error);
          close (fd);
          return FALSE;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          close (fd);
          return FALSE;
        }
      cs_digest_update (running, buffer, (gsize) length);
    }
  close (fd);
  return compare_digest (digest, running, error);
}

/**
 * cs_blob_directory_map:
 *
 * Maps a blob into memory, after its bytes were compared with its name. Stored blobs are never
 * written to again (a new one is renamed over), so the mapping stays as it was checked.
 *
 * Returns: (transfer full): its bytes; %NULL with %CS_ERROR_NOT_FOUND, %CS_ERROR_CORRUPT,
 * %CS_ERROR_STORAGE
 */
GBytes *
cs_blob_directory_map (const char *directory, const char *digest, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (CsDigest) running = NULL;
  int fd = open_blob (directory, digest, error);

  if (fd < 0)
    return NULL;
  mapped = g_mapped_file_new_from_fd (fd, FALSE, &local_error);
  close (fd);
  if (mapped == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "The blob %s can't be read: %s", digest,
                   local_error->message);
      return NULL;
    }
  running = cs_digest_new ();
  cs_digest_update (running, g_mapped_file_get_contents (mapped),
                    g_mapped_file_get_length (mapped));
  if (!compare_digest (digest, running, error))
    return NULL;
  return g_mapped_file_get_bytes (mapped);
}

static gboolean
list_shelf (const char *directory, const char *shelf, GPtrArray *digests, GError **error)
{
  g_autofree char *path = g_build_filename (directory, shelf, NULL);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &local_error);
  const char *name;

  if (dir == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s", local_error->message);
      return FALSE;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (cs_digest_is_valid (name) && strncmp (name, shelf, 2) == 0)
      g_ptr_array_add (digests, g_strdup (name));
  return TRUE;
}

/**
 * cs_blob_directory_list:
 *
 * Returns: (transfer full) (element-type utf8): the names of all stored blobs, in no order; %NULL
 * with %CS_ERROR_STORAGE
 */
GPtrArray *
cs_blob_directory_list (const char *directory, GError **error)
{
  g_autoptr (GPtrArray) digests = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &local_error);
  const char *name;

  if (dir == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s", local_error->message);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (strlen (name) == 2 && strspn (name, "0123456789abcdef") == 2 &&
        !list_shelf (directory, name, digests, error))
      return NULL;
  return g_steal_pointer (&digests);
}
