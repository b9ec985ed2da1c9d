/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a run in the spool, and how they are written. */

#include "cs-run-files.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-signature.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (const char *name, GError **error)
{
  int saved = errno;

  g_set_error (error, CS_ERROR, saved == EEXIST ? CS_ERROR_EXISTS : CS_ERROR_STORAGE,
               "The file %s of a run can't be written: %s", name, g_strerror (saved));
  return FALSE;
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/**
 * cs_run_files_write:
 * @directory: descriptor of the run's directory
 * @name: of the file
 * @exclusive: whether it is an error that it is there; then it gets its name with all of its
 *   content, so that nobody ever finds a part of it
 *
 * Writes a file that nobody else may read. It is not yet on disk.
 *
 * Returns: whether it is written; else %CS_ERROR_STORAGE
 */
gboolean
cs_run_files_write (int directory,
                    const char *name,
                    const void *data,
                    gsize length,
                    gboolean exclusive,
                    GError **error)
{
  g_autofree char *unique = exclusive ? g_uuid_string_random () : NULL;
  g_autofree char *draft = exclusive ? g_strconcat (name, ".", unique, NULL) : g_strdup (name);
  int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (exclusive ? O_EXCL : O_TRUNC);
  int fd = openat (directory, draft, flags, 0600);
  gboolean good = fd >= 0 && write_all (fd, data, length) &&
                  (!exclusive || linkat (directory, draft, directory, name, 0) == 0);

  if (!good)
    fail (name, error);
  if (fd >= 0 && exclusive)
    unlinkat (directory, draft, 0);
  if (fd >= 0)
    close (fd);
  return good;
}

/**
 * cs_run_files_replace:
 *
 * Writes a file so that whoever looks finds it whole or not at all. It is on disk
 * when the descriptor was synchronised; a machine that loses power before that may come back with a
 * part of it, or none.
 *
 * Returns: a descriptor of it, to be given to fdatasync() and close(); -1 with %CS_ERROR_STORAGE
 */
int
cs_run_files_replace (int directory,
                      const char *name,
                      const void *data,
                      gsize length,
                      GError **error)
{
  g_autofree char *draft = g_strconcat (name, ".new", NULL);
  int fd = openat (directory, draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd >= 0 && write_all (fd, data, length) &&
      renameat (directory, draft, directory, name) == 0)
    return fd;
  fail (name, error);
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * cs_run_files_read:
 * @limit: bytes; what is longer is not read
 *
 * Returns: (transfer full) (nullable): the text; %NULL if it is not there, or holds a NUL byte
 */
char *
cs_run_files_read (int directory, const char *name, gsize limit)
{
  int fd = openat (directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  g_autofree char *text = NULL;
  struct stat info;
  gsize length = 0;
  gssize n;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && (gsize) info.st_size <= limit)
    {
      text = g_malloc ((gsize) info.st_size + 1);
      while (length < (gsize) info.st_size &&
             (n = read (fd, text + length, (gsize) info.st_size - length)) > 0)
        length += (gsize) n;
      text[length] = '\0';
    }
  close (fd);
  return text != NULL && strlen (text) == length ? g_steal_pointer (&text) : NULL;
}

/** cs_run_files_dup_boot: (transfer full): what names the time since the machine was started. */
char *
cs_run_files_dup_boot (void)
{
  char *boot = NULL;

  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
    return g_strdup ("-");
  return g_strstrip (boot);
}

/**
 * cs_run_files_get_since:
 * @pid: of a process
 *
 * Returns: when it was started, in clock ticks since the boot; 0 if there is none. With the boot it
 *   names a process for good, which its id alone does not.
 */
guint64
cs_run_files_get_since (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  const char *end;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (end = strrchr (text, ')')) == NULL)
    return 0;
  words = g_strsplit (end + 1, " ", 23);
  /* A process that has ended and was not collected yet runs nothing. */
  if (g_strv_length (words) < 22 || g_str_equal (words[1], "Z") || g_str_equal (words[1], "X"))
    return 0;
  return g_ascii_strtoull (words[20], NULL, 10);
}

/**
 * cs_bytes_to_json:
 * @data: any bytes
 * @length: how many; -1 up to a NUL
 *
 * Returns: (transfer full): a string for UTF-8, else `{"base64": …}`
 */
JsonNode *
cs_bytes_to_json (const char *data, gssize length)
{
  gsize size = length < 0 ? strlen (data) : (gsize) length;
  JsonNode *node = json_node_alloc ();
  g_autofree char *base64 = NULL;

  if (g_utf8_validate_len (data, size, NULL))
    {
      g_autofree char *text = g_strndup (data, size);

      return json_node_init_string (node, text);
    }
  base64 = g_base64_encode ((const guchar *) data, size);
  json_node_init_object (node, json_object_new ());
  json_object_unref (json_node_get_object (node));
  json_object_set_string_member (json_node_get_object (node), "base64", base64);
  return node;
}

/**
 * cs_bytes_from_json:
 * @node: (nullable): what cs_bytes_to_json() gives
 *
 * Returns: (transfer full) (nullable): the bytes; %NULL if it is neither, or holds a NUL byte
 */
char *
cs_bytes_from_json (JsonNode *node)
{
  JsonObject *object;
  const char *base64;
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const char *data;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  base64 = cs_json_get_string (object, "base64");
  if (json_object_get_size (object) != 1 || base64 == NULL ||
      (bytes = cs_signature_decode_base64 (base64)) == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (size > 0 && memchr (data, '\0', size) != NULL)
    return NULL;
  return g_strndup (size > 0 ? data : "", size);
}
