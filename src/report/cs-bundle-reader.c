/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of files that CsBundleWriter wrote, held to its sums. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-bundle-reader.h"

#include "cs-bundle-writer.h"
#include "cs-digest.h"
#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1024 * 1024)
#define MAX_DEPTH 2

struct _CsBundleReader
{
  char *directory;
  int fd;
  GPtrArray *names;    /* of the files that are there, sorted */
  GHashTable *digests; /* of these, by name */
  GHashTable *values;  /* the same digests; borrowed */
  guint n_listed;
};

/** cs_evidence_fault_add: adds to @faults what is wrong with @file. */
void
cs_evidence_fault_add (GPtrArray *faults, const char *file, const char *format, ...)
{
  CsEvidenceFault *fault = g_new0 (CsEvidenceFault, 1);
  va_list arguments;

  fault->file = g_utf8_make_valid (file, -1);
  va_start (arguments, format);
  fault->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (faults, fault);
}

/** cs_evidence_fault_free: */
void
cs_evidence_fault_free (CsEvidenceFault *self)
{
  g_free (self->file);
  g_free (self->message);
  g_free (self);
}

/**
 * cs_bundle_reader_open:
 * @directory: where it lies
 *
 * Returns: (transfer full): a reader that has looked at nothing yet; %NULL with %CS_ERROR_NOT_FOUND
 *   if there is no such folder
 */
CsBundleReader *
cs_bundle_reader_open (const char *directory, GError **error)
{
  CsBundleReader *self;
  int fd = open (directory, O_DIRECTORY | O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "“%s” can't be opened as a folder: %s",
                   directory, g_strerror (errno));
      return NULL;
    }
  self = g_new0 (CsBundleReader, 1);
  self->directory = g_strdup (directory);
  self->fd = fd;
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->values = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

static void list_files (CsBundleReader *self, const char *folder, guint depth, GPtrArray *faults);

static void
list_file (CsBundleReader *self, const char *name, guint depth, GPtrArray *faults)
{
  struct stat status;

  if (fstatat (self->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    cs_evidence_fault_add (faults, name, "can't be looked at: %s", g_strerror (errno));
  else if (S_ISDIR (status.st_mode) && depth < MAX_DEPTH)
    list_files (self, name, depth + 1, faults);
  else if (S_ISREG (status.st_mode))
    g_ptr_array_add (self->names, g_strdup (name));
  else
    cs_evidence_fault_add (faults, name, "is not a file that belongs here");
}

static void
list_files (CsBundleReader *self, const char *folder, guint depth, GPtrArray *faults)
{
  g_autofree char *path = g_build_filename (self->directory, folder, NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  if (directory == NULL)
    {
      cs_evidence_fault_add (faults, folder, "can't be opened");
      return;
    }
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *inside =
        *folder != '\0' ? g_strconcat (folder, "/", name, NULL) : g_strdup (name);

      list_file (self, inside, depth, faults);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* NULL if it can't be read, with errno, or if it was cancelled. */
static char *
compute_digest (CsBundleReader *self, const char *name, GCancellable *cancellable)
{
  g_autofree char *piece = g_malloc (PIECE);
  g_autoptr (CsDigest) digest = cs_digest_new ();
  int fd = openat (self->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  gssize got = -1;
  int number;

  if (fd < 0)
    return NULL;
  while (!g_cancellable_is_cancelled (cancellable) &&
         ((got = read (fd, piece, PIECE)) > 0 || (got < 0 && errno == EINTR)))
    if (got > 0)
      cs_digest_update (digest, piece, (gsize) got);
  number = errno;
  close (fd);
  errno = number;
  return got == 0 ? cs_digest_finish (digest) : NULL;
}

static gboolean
compute_digests (CsBundleReader *self,
                 GPtrArray *faults,
                 GCancellable *cancellable,
                 GError **error)
{
  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = self->names->pdata[i];
      char *digest = compute_digest (self, name, cancellable);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          g_free (digest);
          return FALSE;
        }
      if (digest == NULL)
        {
          cs_evidence_fault_add (faults, name, "can't be read: %s", g_strerror (errno));
          continue;
        }
      g_hash_table_replace (self->digests, g_strdup (name), digest);
      if (!g_str_equal (name, CS_BUNDLE_SUMS) && !g_str_equal (name, CS_BUNDLE_HEADS))
        g_hash_table_add (self->values, digest);
    }
  return TRUE;
}

/* One line as sha256sum writes it: digest, two spaces, name. */
static void
check_line (CsBundleReader *self, const char *line, GHashTable *listed, GPtrArray *faults)
{
  g_autofree char *digest = g_strndup (line, CS_DIGEST_LENGTH);
  const char *name;
  const char *own;

  if (!cs_digest_is_valid (digest) || strncmp (line + CS_DIGEST_LENGTH, "  ", 2) != 0)
    {
      cs_evidence_fault_add (faults, CS_BUNDLE_SUMS, "a line is not a sum and a name");
      return;
    }
  name = line + CS_DIGEST_LENGTH + 2;
  own = g_hash_table_lookup (self->digests, name);
  if (!g_hash_table_add (listed, g_strdup (name)))
    cs_evidence_fault_add (faults, CS_BUNDLE_SUMS, "lists a file twice");
  else if (own == NULL)
    cs_evidence_fault_add (faults, name, "is missing");
  else if (!g_str_equal (own, digest))
    cs_evidence_fault_add (faults, name, "does not have its sum: it was changed");
  if (g_str_has_prefix (name, "blobs/") && !g_str_equal (name + strlen ("blobs/"), digest))
    cs_evidence_fault_add (faults, name, "does not have the digest that it is named by");
}

static void
check_sums (CsBundleReader *self, GPtrArray *faults)
{
  g_autoptr (GHashTable) listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = cs_bundle_reader_dup_text (self, CS_BUNDLE_SUMS);
  g_auto (GStrv) lines = NULL;

  if (text == NULL)
    {
      cs_evidence_fault_add (faults, CS_BUNDLE_SUMS, "is missing or can't be read");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL && (**line != '\0' || line[1] != NULL); line++)
    check_line (self, *line, listed, faults);
  self->n_listed = g_hash_table_size (listed);
  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = self->names->pdata[i];

      if (!g_str_equal (name, CS_BUNDLE_SUMS) && !g_str_equal (name, CS_BUNDLE_HEADS) &&
          !g_hash_table_contains (listed, name))
        cs_evidence_fault_add (faults, name, "is not listed in " CS_BUNDLE_SUMS);
    }
}

/**
 * cs_bundle_reader_check:
 * @faults: (element-type CsEvidenceFault): what is wrong is added to it
 *
 * Hashes every file, and holds it to the list of sums: none is other, missing, or there without
 * being listed. Links are no files. Waits on the disk.
 *
 * Returns: %FALSE if it was cancelled
 */
gboolean
cs_bundle_reader_check (CsBundleReader *self,
                        GPtrArray *faults,
                        GCancellable *cancellable,
                        GError **error)
{
  list_files (self, "", 1, faults);
  g_ptr_array_sort (self->names, compare_names);
  if (!compute_digests (self, faults, cancellable, error))
    return FALSE;
  check_sums (self, faults);
  return TRUE;
}

/**
 * cs_bundle_reader_load:
 *
 * Returns: (transfer full) (nullable): the bytes of a file, mapped; %NULL if there is none
 */
GBytes *
cs_bundle_reader_load (CsBundleReader *self, const char *name)
{
  int fd = openat (self->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  g_autoptr (GMappedFile) file = NULL;

  if (fd < 0)
    return NULL;
  file = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  close (fd);
  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

/**
 * cs_bundle_reader_dup_text:
 *
 * Returns: (transfer full) (nullable): a file's text, with U+FFFD for what is no UTF-8
 */
char *
cs_bundle_reader_dup_text (CsBundleReader *self, const char *name)
{
  g_autoptr (GBytes) bytes = cs_bundle_reader_load (self, name);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (bytes == NULL)
    return NULL;
  return size > 0 ? g_utf8_make_valid (text, (gssize) size) : g_strdup ("");
}

/** cs_bundle_reader_get_digest: (nullable): of a file that is there. */
const char *
cs_bundle_reader_get_digest (CsBundleReader *self, const char *name)
{
  return g_hash_table_lookup (self->digests, name);
}

/** cs_bundle_reader_has_digest: whether some file has this digest. */
gboolean
cs_bundle_reader_has_digest (CsBundleReader *self, const char *digest)
{
  return g_hash_table_contains (self->values, digest);
}

/** cs_bundle_reader_list: (transfer container): the names that begin so, sorted. */
GPtrArray *
cs_bundle_reader_list (CsBundleReader *self, const char *prefix)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < self->names->len; i++)
    if (g_str_has_prefix (self->names->pdata[i], prefix))
      g_ptr_array_add (names, self->names->pdata[i]);
  return names;
}

/** cs_bundle_reader_get_n_listed: how many files the list of sums names. */
guint
cs_bundle_reader_get_n_listed (CsBundleReader *self)
{
  return self->n_listed;
}

/** cs_bundle_reader_free: */
void
cs_bundle_reader_free (CsBundleReader *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_free (self->directory);
  g_ptr_array_unref (self->names);
  g_hash_table_unref (self->digests);
  g_hash_table_unref (self->values);
  g_free (self);
}
