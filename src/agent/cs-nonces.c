/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was used once and must not be used again, also after a restart. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-nonces.h"

#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/** SLACK: lines of nonces that have lapsed, beyond which the file is written anew */
#define SLACK 4096

/* A line is "\nNONCE UNTIL\n", written in one call before the nonce counts as taken; what was
 * written before it in part, on a full disk say, can't swallow it. It outlives the program without
 * being forced to disk; a machine that lost power runs nothing any more that could be asked for
 * twice, and runs are claimed on disk by themselves. Of a last line that is not whole, the nonce
 * counts as taken for as long as any could be. */
struct _CsNonces
{
  GMutex mutex;
  char *path;
  int fd;
  guint lines;
  GHashTable *taken; /* nonce → gint64 until */
};

static gboolean
fail (CsNonces *self, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be written: %s", self->path,
               g_strerror (errno));
  return FALSE;
}

static void
remember (CsNonces *self, const char *nonce, gint64 until)
{
  gint64 *value = g_new (gint64, 1);

  *value = until;
  g_hash_table_replace (self->taken, g_strdup (nonce), value);
}

/* Reads the lines; what lost power may have left zeros, which end no text here. */
static void
load (CsNonces *self, char *text, gsize length, gint64 now)
{
  gboolean whole = length == 0 || text[length - 1] == '\n';
  g_auto (GStrv) lines = NULL;
  char **last = NULL;

  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0')
      text[i] = '\n';
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0')
      last = line;
  for (char **line = lines; *line != NULL; line++)
    {
      gboolean cut = !whole && line == last;
      char *space = strchr (*line, ' ');
      gint64 until = space != NULL ? g_ascii_strtoll (space + 1, NULL, 10) : 0;

      if (**line == '\0' || (space == NULL && !cut))
        continue;
      if (space != NULL)
        *space = '\0';
      remember (self, *line, cut ? MAX (until, now + CS_NONCES_LONGEST) : until);
    }
}

static gboolean
is_over_cb (gpointer key, gpointer value, gpointer user_data)
{
  return *(gint64 *) value < *(gint64 *) user_data;
}

/* Leaves out what has lapsed. */
static gboolean
rewrite (CsNonces *self, gint64 now, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer nonce, until;

  g_hash_table_foreach_remove (self->taken, is_over_cb, &now);
  g_hash_table_iter_init (&iter, self->taken);
  while (g_hash_table_iter_next (&iter, &nonce, &until))
    g_string_append_printf (text, "%s %" G_GINT64_FORMAT "\n", (char *) nonce, *(gint64 *) until);
  if (!g_file_set_contents_full (self->path, text->str, (gssize) text->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return FALSE;
  if (self->fd >= 0)
    close (self->fd);
  self->fd = open (self->path, O_WRONLY | O_APPEND | O_CLOEXEC);
  self->lines = g_hash_table_size (self->taken);
  return self->fd >= 0 || fail (self, error);
}

/**
 * cs_nonces_open:
 * @path: of the file; it is made if it is not there
 * @now: UTC microseconds
 *
 * Returns: (transfer full): what was taken; %NULL with %CS_ERROR_STORAGE
 */
CsNonces *
cs_nonces_open (const char *path, gint64 now, GError **error)
{
  g_autoptr (CsNonces) self = g_new0 (CsNonces, 1);
  g_autofree char *text = NULL;
  gsize length = 0;

  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->fd = -1;
  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (g_file_get_contents (path, &text, &length, NULL))
    load (self, text, length, now);
  return rewrite (self, now, error) ? g_steal_pointer (&self) : NULL;
}

/** cs_nonces_close: closes the file. */
void
cs_nonces_close (CsNonces *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->taken);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/**
 * cs_nonces_take:
 * @nonce: letters, digits and dashes
 * @until: when a request with it would be refused for its time anyway
 * @now: UTC microseconds
 *
 * Returns: whether it was free; else %CS_ERROR_EXISTS, or %CS_ERROR_STORAGE if that can't be
 *   written down
 */
gboolean
cs_nonces_take (CsNonces *self, const char *nonce, gint64 until, gint64 now, GError **error)
{
  g_autofree char *line = g_strdup_printf ("\n%s %" G_GINT64_FORMAT "\n", nonce, until);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (g_hash_table_contains (self->taken, nonce))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_EXISTS, "The nonce was used before");
      return FALSE;
    }
  if (write (self->fd, line, strlen (line)) != (gssize) strlen (line))
    return fail (self, error);
  remember (self, nonce, until);
  if (++self->lines > 2 * g_hash_table_size (self->taken) + SLACK ||
      self->lines > 16 * SLACK)
    return rewrite (self, now, error);
  return TRUE;
}
