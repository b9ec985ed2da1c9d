/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of files with their SHA-256 sums, which is there as a whole or not at all. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-bundle-writer.h"

#include "cs-digest.h"
#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1024 * 1024)
/* What commands printed is for whoever exports it, until they give it away. */
#define FILE_MODE 0600
#define DIRECTORY_MODE 0700

struct _CsBundleWriter
{
  char *directory; /* where it will be */
  char *temporary; /* where it is until it is whole; NULL when it is */
  int fd;          /* of temporary */
  GPtrArray *names;
  GPtrArray *folders;
  GString *sums;
};

static gboolean
fail (const char *what, GError **error)
{
  int number = errno;

  g_set_error (error, CS_ERROR, number == EEXIST ? CS_ERROR_EXISTS : CS_ERROR_STORAGE,
               "“%s” can't be written: %s", what, g_strerror (number));
  return FALSE;
}

static gboolean
exists_already (const char *directory, GError **error)
{
  struct stat status;

  if (lstat (directory, &status) != 0)
    return FALSE;
  g_set_error (error, CS_ERROR, CS_ERROR_EXISTS,
               "“%s” is there already: name a folder that is not", directory);
  return TRUE;
}

/**
 * cs_bundle_writer_new:
 * @directory: the folder that is to be; nothing may be there yet, and the one above it must be
 *
 * Begins in a folder of another name beside it.
 *
 * Returns: (transfer full): the writer, or %NULL with %CS_ERROR_EXISTS or %CS_ERROR_STORAGE
 */
CsBundleWriter *
cs_bundle_writer_new (const char *directory, GError **error)
{
  g_autoptr (CsBundleWriter) self = g_new0 (CsBundleWriter, 1);

  self->fd = -1;
  self->directory = g_canonicalize_filename (directory, NULL);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->sums = g_string_new (NULL);
  if (exists_already (self->directory, error))
    return NULL;
  self->temporary = g_strconcat (self->directory, ".incomplete-XXXXXX", NULL);
  if (g_mkdtemp_full (self->temporary, DIRECTORY_MODE) == NULL)
    {
      fail (self->directory, error);
      g_clear_pointer (&self->temporary, g_free);
      return NULL;
    }
  self->fd = open (self->temporary, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  if (self->fd < 0)
    {
      fail (self->temporary, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* The folder of a name, if it has one. */
static gboolean
prepare_folder (CsBundleWriter *self, const char *name, GError **error)
{
  const char *slash = strchr (name, '/');
  g_autofree char *folder = NULL;

  if (slash == NULL)
    return TRUE;
  folder = g_strndup (name, (gsize) (slash - name));
  if (g_ptr_array_find_with_equal_func (self->folders, folder, g_str_equal, NULL))
    return TRUE;
  if (mkdirat (self->fd, folder, DIRECTORY_MODE) != 0)
    return fail (folder, error);
  g_ptr_array_add (self->folders, g_steal_pointer (&folder));
  return TRUE;
}

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0)
    {
      gssize written = write (fd, data, size);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      data += written;
      size -= (gsize) written;
    }
  return TRUE;
}

/* Piece by piece, so that it can be cancelled and a large file never lies in memory as a whole. */
static char *
write_pieces (int fd,
              const char *name,
              const char *data,
              gsize size,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (CsDigest) digest = cs_digest_new ();

  for (gsize at = 0; at < size; at += PIECE)
    {
      gsize piece = MIN (PIECE, size - at);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      cs_digest_update (digest, data + at, piece);
      if (!write_all (fd, data + at, piece))
        {
          fail (name, error);
          return NULL;
        }
    }
  if (fsync (fd) != 0)
    {
      fail (name, error);
      return NULL;
    }
  return cs_digest_finish (digest);
}

static char *
write_file (CsBundleWriter *self,
            const char *name,
            const void *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  char *digest;
  int fd = openat (self->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

  if (fd < 0)
    {
      fail (name, error);
      return NULL;
    }
  g_ptr_array_add (self->names, g_strdup (name));
  digest = write_pieces (fd, name, data, size, cancellable, error);
  if (close (fd) != 0 && digest != NULL)
    {
      g_clear_pointer (&digest, g_free);
      fail (name, error);
    }
  return digest;
}

/**
 * cs_bundle_writer_add:
 * @name: of the file, maybe in a folder: letters, digits, `.`, `-`, and at most one `/`
 * @data: (array length=size): its bytes
 *
 * Writes a file and notes its sum.
 *
 * Returns: %FALSE with %CS_ERROR_STORAGE, or if it was cancelled
 */
gboolean
cs_bundle_writer_add (CsBundleWriter *self,
                      const char *name,
                      const void *data,
                      gsize size,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autofree char *digest = NULL;

  if (!prepare_folder (self, name, error))
    return FALSE;
  digest = write_file (self, name, data, size, cancellable, error);
  if (digest == NULL)
    return FALSE;
  g_string_append_printf (self->sums, "%s  %s\n", digest, name);
  return TRUE;
}

static void
sync_folders (CsBundleWriter *self)
{
  g_autofree char *parent = g_path_get_dirname (self->directory);

  for (guint i = 0; i <= self->folders->len + 1; i++)
    {
      int fd = i < self->folders->len
                 ? openat (self->fd, self->folders->pdata[i], O_DIRECTORY | O_RDONLY | O_CLOEXEC)
                 : open (i == self->folders->len ? self->temporary : parent,
                         O_DIRECTORY | O_RDONLY | O_CLOEXEC);

      if (fd >= 0)
        {
          fsync (fd);
          close (fd);
        }
    }
}

/**
 * cs_bundle_writer_finish:
 * @heads: what %CS_BUNDLE_HEADS holds after the sum of %CS_BUNDLE_SUMS
 *
 * Writes the sums and the heads, and gives the folder its name.
 *
 * Returns: (transfer full): the SHA-256 of %CS_BUNDLE_HEADS, which covers everything; %NULL with
 *   %CS_ERROR_EXISTS if something has the name by now, or %CS_ERROR_STORAGE
 */
char *
cs_bundle_writer_finish (CsBundleWriter *self, const char *heads, GError **error)
{
  g_autofree char *sum =
    write_file (self, CS_BUNDLE_SUMS, self->sums->str, self->sums->len, NULL, error);
  g_autofree char *text = NULL;
  g_autofree char *digest = NULL;

  if (sum == NULL)
    return NULL;
  text = g_strdup_printf ("%s  " CS_BUNDLE_SUMS "\n%s", sum, heads);
  digest = write_file (self, CS_BUNDLE_HEADS, text, strlen (text), NULL, error);
  if (digest == NULL)
    return NULL;
  sync_folders (self);
  if (renameat2 (AT_FDCWD, self->temporary, AT_FDCWD, self->directory, RENAME_NOREPLACE) != 0)
    {
      fail (self->directory, error);
      return NULL;
    }
  g_clear_pointer (&self->temporary, g_free);
  return g_steal_pointer (&digest);
}

/**
 * cs_bundle_writer_free:
 *
 * Removes what was written, unless cs_bundle_writer_finish() gave it its name.
 */
void
cs_bundle_writer_free (CsBundleWriter *self)
{
  if (self == NULL)
    return;
  if (self->temporary != NULL)
    {
      for (guint i = 0; i < self->names->len; i++)
        unlinkat (self->fd, self->names->pdata[i], 0);
      for (guint i = 0; i < self->folders->len; i++)
        unlinkat (self->fd, self->folders->pdata[i], AT_REMOVEDIR);
      g_rmdir (self->temporary);
    }
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->directory);
  g_free (self->temporary);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->folders);
  g_string_free (self->sums, TRUE);
  g_free (self);
}
