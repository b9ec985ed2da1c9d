/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk for SQLite that forgets what was not synced when the power is cut. */

/* A file system of SQLite (https://sqlite.org/vfs.html) in front of the usual one. What programs
 * see is kept in memory; a file holds just what was synced. Locks and shared memory are the usual
 * ones. */

#include "unsafe-disk.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTOR 512

typedef struct
{
  gint64 offset; /* -1: the file was truncated */
  gint64 size;   /* of @bytes, or of the file */
  char *bytes;
} Write;

/* A file by its path, whoever has it open. */
typedef struct
{
  char *path;
  GByteArray *seen;
  GPtrArray *writes; /* Write, not synced yet */
} Image;

typedef struct
{
  sqlite3_file base;
  Image *image;
  sqlite3_file *usual; /* behind this struct */
} File;

/* Also what the usual file system does may come back here. */
static GRecMutex lock;
static sqlite3_vfs *usual_vfs;
static sqlite3_vfs unsafe_vfs;
static sqlite3_io_methods methods;
static GHashTable *images;
static guint n_writes;
static guint cut_before;
static UnsafeDiskLoss how;
static gboolean is_cut;

static void
write_free (Write *write)
{
  g_free (write->bytes);
  g_free (write);
}

static void
image_free (Image *image)
{
  g_free (image->path);
  g_byte_array_unref (image->seen);
  g_ptr_array_unref (image->writes);
  g_free (image);
}

static Image *
find_image (const char *path)
{
  Image *image = g_hash_table_lookup (images, path);
  g_autofree char *content = NULL;
  gsize length = 0;

  if (image != NULL)
    return image;
  image = g_new0 (Image, 1);
  image->path = g_strdup (path);
  image->seen = g_byte_array_new ();
  image->writes = g_ptr_array_new_with_free_func ((GDestroyNotify) write_free);
  if (g_file_get_contents (path, &content, &length, NULL))
    g_byte_array_append (image->seen, (const guint8 *) content, (guint) length);
  g_hash_table_insert (images, image->path, image);
  return image;
}

static void
apply (GByteArray *content, const Write *write, gint64 from, gint64 length)
{
  guint end = (guint) (write->offset + from + length);

  if (content->len < end)
    {
      guint before = content->len;

      g_byte_array_set_size (content, end);
      memset (content->data + before, 0, end - before);
    }
  memcpy (content->data + write->offset + from, write->bytes + from, (gsize) length);
}

static void
apply_torn (GByteArray *content, const Write *write)
{
  for (gint64 from = 0; from < write->size; from += SECTOR)
    if (g_test_rand_bit ())
      apply (content, write, from, MIN (SECTOR, write->size - from));
}

/* Brings the file to what the disk holds: all writes, or what is left of them. */
static void
settle (Image *image, gboolean all)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autofree char *before = NULL;
  gsize length = 0;

  if (image->writes->len == 0 || !g_file_get_contents (image->path, &before, &length, NULL))
    return;
  g_byte_array_append (content, (const guint8 *) before, (guint) length);
  for (guint i = 0; i < image->writes->len; i++)
    {
      const Write *write = g_ptr_array_index (image->writes, i);

      if (!all && (how == UNSAFE_DISK_LOSES_ALL ||
                   (how == UNSAFE_DISK_LOSES_SOME && g_test_rand_bit ())))
        continue;
      if (write->offset < 0)
        g_byte_array_set_size (content, (guint) MIN (write->size, content->len));
      else if (!all && how == UNSAFE_DISK_TEARS)
        apply_torn (content, write);
      else
        apply (content, write, 0, write->size);
    }
  g_ptr_array_set_size (image->writes, 0);
  g_assert_true (g_file_set_contents_full (image->path, (const char *) content->data,
                                           (gssize) content->len, G_FILE_SET_CONTENTS_NONE, 0600,
                                           NULL));
}

/* Counts what reaches the disk. FALSE once there is no power. */
static gboolean
count_write (void)
{
  GHashTableIter iter;
  Image *image;

  if (is_cut || ++n_writes != cut_before)
    return !is_cut;
  is_cut = TRUE;
  g_hash_table_iter_init (&iter, images);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &image))
    settle (image, FALSE);
  return FALSE;
}

static void
add_write (Image *image, gint64 offset, const void *bytes, gint64 size)
{
  Write *write = g_new0 (Write, 1);

  write->offset = offset;
  write->size = size;
  write->bytes = bytes != NULL ? g_memdup2 (bytes, (gsize) size) : NULL;
  g_ptr_array_add (image->writes, write);
  if (offset < 0)
    g_byte_array_set_size (image->seen, (guint) size);
  else
    apply (image->seen, write, 0, size);
}

static int
close_file (sqlite3_file *file)
{
  File *self = (File *) file;

  return self->usual->pMethods->xClose (self->usual);
}

static int
read_file (sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
  GByteArray *seen = ((File *) file)->image->seen;
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);
  gint64 there = CLAMP ((gint64) seen->len - offset, 0, size);

  if (is_cut)
    return SQLITE_IOERR_READ;
  if (there > 0)
    memcpy (bytes, seen->data + offset, (gsize) there);
  memset ((char *) bytes + there, 0, (gsize) (size - there));
  return there == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
write_file (sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);

  if (!count_write ())
    return SQLITE_IOERR_WRITE;
  add_write (((File *) file)->image, offset, bytes, size);
  return SQLITE_OK;
}

static int
truncate_file (sqlite3_file *file, sqlite3_int64 size)
{
  Image *image = ((File *) file)->image;
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);

  if (!count_write ())
    return SQLITE_IOERR_TRUNCATE;
  if (size < image->seen->len)
    add_write (image, -1, NULL, size);
  return SQLITE_OK;
}

static int
sync_file (sqlite3_file *file, int flags)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);

  if (!count_write ())
    return SQLITE_IOERR_FSYNC;
  settle (((File *) file)->image, TRUE);
  return SQLITE_OK;
}

static int
measure_file (sqlite3_file *file, sqlite3_int64 *size)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);

  *size = ((File *) file)->image->seen->len;
  return is_cut ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int
lock_file (sqlite3_file *file, int level)
{
  File *self = (File *) file;

  return is_cut ? SQLITE_IOERR_LOCK : self->usual->pMethods->xLock (self->usual, level);
}

static int
unlock_file (sqlite3_file *file, int level)
{
  File *self = (File *) file;

  return self->usual->pMethods->xUnlock (self->usual, level);
}

static int
check_reserved_lock (sqlite3_file *file, int *answer)
{
  File *self = (File *) file;

  return self->usual->pMethods->xCheckReservedLock (self->usual, answer);
}

/* Hints about sizes would write to the file itself. */
static int
control_file (sqlite3_file *file, int what, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
get_sector_size (sqlite3_file *file)
{
  return SECTOR;
}

/* Nothing is promised: writes may be torn, and come in any order. */
static int
get_characteristics (sqlite3_file *file)
{
  return 0;
}

static int
map_memory (sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
  File *self = (File *) file;

  return self->usual->pMethods->xShmMap (self->usual, page, size, extend, memory);
}

static int
lock_memory (sqlite3_file *file, int offset, int n, int flags)
{
  File *self = (File *) file;

  return self->usual->pMethods->xShmLock (self->usual, offset, n, flags);
}

static void
order_memory (sqlite3_file *file)
{
  File *self = (File *) file;

  self->usual->pMethods->xShmBarrier (self->usual);
}

static int
unmap_memory (sqlite3_file *file, int remove)
{
  File *self = (File *) file;

  return self->usual->pMethods->xShmUnmap (self->usual, remove);
}

static int
open_file (sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_out)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);
  File *self = (File *) file;
  int code;

  self->usual = (sqlite3_file *) (self + 1);
  if (path == NULL)
    {
      /* Temporary, and gone with the power in any case: the usual file, and nothing around it. */
      return usual_vfs->xOpen (usual_vfs, path, file, flags, flags_out);
    }
  if (is_cut)
    return SQLITE_CANTOPEN;
  code = usual_vfs->xOpen (usual_vfs, path, self->usual, flags, flags_out);
  if (code != SQLITE_OK)
    return code;
  self->image = find_image (path);
  self->base.pMethods = &methods;
  return SQLITE_OK;
}

static int
delete_file (sqlite3_vfs *vfs, const char *path, int sync)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);
  Image *image = g_hash_table_lookup (images, path);

  if (!count_write ())
    return SQLITE_IOERR_DELETE;
  if (image != NULL)
    {
      g_byte_array_set_size (image->seen, 0);
      g_ptr_array_set_size (image->writes, 0);
    }
  return usual_vfs->xDelete (usual_vfs, path, sync);
}

/* To SQLite, a file without content is not there. */
static int
ask_file (sqlite3_vfs *vfs, const char *path, int what, int *answer)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&lock);
  Image *image = g_hash_table_lookup (images, path);

  if (image == NULL || what != SQLITE_ACCESS_EXISTS)
    return usual_vfs->xAccess (usual_vfs, path, what, answer);
  *answer = image->seen->len > 0;
  return SQLITE_OK;
}

/* Also what others sync is synced, by the name that the file has. */
int fsync (int fd);
int unlink (const char *path);
int rename (const char *from, const char *to);

int
fsync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);
  Image *image;

  g_rec_mutex_lock (&lock);
  image = path != NULL && images != NULL ? g_hash_table_lookup (images, path) : NULL;
  if (image != NULL && count_write ())
    settle (image, TRUE);
  g_rec_mutex_unlock (&lock);
  return (int) syscall (SYS_fsync, fd);
}

/* A program without power cleans up nothing. */
int
unlink (const char *path)
{
  if (!is_cut)
    return (int) syscall (SYS_unlink, path);
  errno = EIO;
  return -1;
}

int
rename (const char *from, const char *to)
{
  if (!is_cut)
    return (int) syscall (SYS_rename, from, to);
  errno = EIO;
  return -1;
}

void
unsafe_disk_insert (guint cut, UnsafeDiskLoss loss)
{
  usual_vfs = sqlite3_vfs_find (NULL);
  images = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) image_free);
  n_writes = 0;
  cut_before = cut;
  how = loss;
  is_cut = FALSE;
  methods = (sqlite3_io_methods){
    2,
    close_file,
    read_file,
    write_file,
    truncate_file,
    sync_file,
    measure_file,
    lock_file,
    unlock_file,
    check_reserved_lock,
    control_file,
    get_sector_size,
    get_characteristics,
    map_memory,
    lock_memory,
    order_memory,
    unmap_memory,
    NULL,
    NULL,
  };
  unsafe_vfs = *usual_vfs;
  unsafe_vfs.pNext = NULL;
  unsafe_vfs.zName = "unsafe-disk";
  unsafe_vfs.szOsFile = (int) sizeof (File) + usual_vfs->szOsFile;
  unsafe_vfs.xOpen = open_file;
  unsafe_vfs.xDelete = delete_file;
  unsafe_vfs.xAccess = ask_file;
  g_assert_cmpint (sqlite3_vfs_register (&unsafe_vfs, 1), ==, SQLITE_OK);
}

gboolean
unsafe_disk_remove (void)
{
  GHashTableIter iter;
  Image *image;
  gboolean was_cut;

  g_assert_cmpint (sqlite3_vfs_unregister (&unsafe_vfs), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_vfs_register (usual_vfs, 1), ==, SQLITE_OK);
  /* Without a cut, all reaches the disk some time. */
  g_hash_table_iter_init (&iter, images);
  while (!is_cut && g_hash_table_iter_next (&iter, NULL, (gpointer *) &image))
    settle (image, TRUE);
  g_clear_pointer (&images, g_hash_table_unref);
  was_cut = is_cut;
  is_cut = FALSE;
  return was_cut;
}
