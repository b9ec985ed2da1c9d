/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A blob on its way into the store, of any size, in bounded memory. */

#include "cs-blob-writer.h"

#include "cs-blob-directory.h"
#include "cs-digest.h"
#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

struct _CsBlobWriter
{
  GObject parent_instance;

  char *directory;
  char *path; /* the temporary file; NULL once it has its name or is removed */
  int fd;
  CsDigest *digest;
  gint64 size;
};

G_DEFINE_FINAL_TYPE (CsBlobWriter, cs_blob_writer, G_TYPE_OBJECT)

static gboolean
fail (CsBlobWriter *self, const char *what, int code, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s in “%s” failed: %s", what, self->directory,
               g_strerror (code));
  return FALSE;
}

static void
discard (CsBlobWriter *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  if (self->path != NULL)
    g_unlink (self->path);
  g_clear_pointer (&self->path, g_free);
}

static void
cs_blob_writer_finalize (GObject *object)
{
  CsBlobWriter *self = CS_BLOB_WRITER (object);

  discard (self);
  g_clear_pointer (&self->digest, cs_digest_free);
  g_free (self->directory);
  G_OBJECT_CLASS (cs_blob_writer_parent_class)->finalize (object);
}

static void
cs_blob_writer_class_init (CsBlobWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_blob_writer_finalize;
}

static void
cs_blob_writer_init (CsBlobWriter *self)
{
  self->fd = -1;
  self->digest = cs_digest_new ();
}

/**
 * cs_blob_writer_new:
 * @directory: the store's directory of blobs, which exists
 *
 * Begins a blob as a temporary file of mode 0600 beside the finished ones.
 *
 * Returns: (transfer full): a writer; %NULL with %CS_ERROR_STORAGE
 */
CsBlobWriter *
cs_blob_writer_new (const char *directory, GError **error)
{
  g_autoptr (CsBlobWriter) self = g_object_new (CS_TYPE_BLOB_WRITER, NULL);
  g_autofree char *path = NULL;

  g_return_val_if_fail (directory != NULL, NULL);

  self->directory = g_strdup (directory);
  path = g_build_filename (directory, CS_BLOB_TEMPORARY_PREFIX "XXXXXX", NULL);
  self->fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      fail (self, "Making a file", errno, error);
      return NULL;
    }
  self->path = g_steal_pointer (&path);
  return g_steal_pointer (&self);
}

/**
 * cs_blob_writer_write:
 * @data: (array length=length): the next bytes
 * @length: how many
 *
 * Adds bytes to the blob. After an error the blob is lost and every later call fails.
 *
 * Returns: whether they were written; else %CS_ERROR_STORAGE
 */
gboolean
cs_blob_writer_write (CsBlobWriter *self, const void *data, gsize length, GError **error)
{
  const char *rest = data;
  gsize left = length;

  g_return_val_if_fail (CS_IS_BLOB_WRITER (self), FALSE);

  if (self->fd < 0)
    return fail (self, "Writing a blob", EBADF, error);
  while (left > 0)
    {
      gssize written = write (self->fd, rest, left);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          int code = errno;

          discard (self);
          return fail (self, "Writing a blob", code, error);
        }
      rest += written;
      left -= (gsize) written;
    }
  cs_digest_update (self->digest, data, length);
  self->size += (gint64) length;
  return TRUE;
}

/** cs_blob_writer_get_size: bytes written so far. */
gint64
cs_blob_writer_get_size (CsBlobWriter *self)
{
  g_return_val_if_fail (CS_IS_BLOB_WRITER (self), 0);
  return self->size;
}

/**
 * cs_blob_writer_finish:
 *
 * Makes the blob durable under its digest: the file is synced, renamed, and so are the directories
 * that lead to it. A blob that is stored already is replaced by the same bytes.
 *
 * Returns: (transfer full): the blob's digest; %NULL with %CS_ERROR_STORAGE, and then nothing is
 * kept
 */
char *
cs_blob_writer_finish (CsBlobWriter *self, GError **error)
{
  g_autofree char *digest = NULL;

  g_return_val_if_fail (CS_IS_BLOB_WRITER (self), NULL);

  if (self->fd < 0)
    {
      fail (self, "Finishing a blob", EBADF, error);
      return NULL;
    }
  if (fsync (self->fd) != 0)
    {
      int code = errno;

      discard (self);
      fail (self, "Syncing a blob", code, error);
      return NULL;
    }
  close (self->fd);
  self->fd = -1;
  digest = cs_digest_finish (self->digest);
  if (!cs_blob_directory_adopt (self->directory, self->path, digest, error))
    {
      discard (self);
      return NULL;
    }
  g_clear_pointer (&self->path, g_free);
  return g_steal_pointer (&digest);
}
