/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last head of each stream that the agent was shown: a witness against cut records. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-heads.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A line is "\nSTREAM N HASH AT BY\n"; the last one of a stream counts. What was written before it
 * in part, on a full disk say, can't swallow it; what is not whole at the end was lost with the
 * power, and does not count: the one before it does. */
struct _CsHeads
{
  GMutex mutex;
  char *path;
  int fd;
  GHashTable *heads;
};

static void
head_free (CsHead *self)
{
  g_free (self->hash);
  g_free (self->by);
  g_free (self);
}

static void
remember (CsHeads *self, const char *stream, const CsHead *head)
{
  CsHead *copy = g_new0 (CsHead, 1);

  copy->n = head->n;
  copy->hash = g_strdup (head->hash);
  copy->at = head->at;
  copy->by = g_strdup (head->by);
  g_hash_table_replace (self->heads, g_strdup (stream), copy);
}

static char *
format_line (const char *stream, const CsHead *head)
{
  return g_strdup_printf ("\n%s %" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s\n", stream, head->n,
                          head->hash, head->at, head->by);
}

static void
read_line (CsHeads *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 5);
  CsHead head;

  if (g_strv_length (words) != 5 || !cs_digest_is_valid (words[2]))
    return;
  head.n = g_ascii_strtoll (words[1], NULL, 10);
  head.hash = words[2];
  head.at = g_ascii_strtoll (words[3], NULL, 10);
  head.by = words[4];
  remember (self, words[0], &head);
}

/* Reads the lines; what lost power may have left zeros, which end no text here. */
static void
load (CsHeads *self, char *text, gsize length)
{
  g_auto (GStrv) lines = NULL;

  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0')
      text[i] = '\n';
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL && line[1] != NULL; line++)
    read_line (self, *line);
}

/* Writes each stream once. */
static gboolean
compact (CsHeads *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer stream, head;

  g_hash_table_iter_init (&iter, self->heads);
  while (g_hash_table_iter_next (&iter, &stream, &head))
    {
      g_autofree char *line = format_line (stream, head);

      g_string_append (text, line);
    }
  if (!g_file_set_contents_full (self->path, text->str, (gssize) text->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return FALSE;
  self->fd = open (self->path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (self->fd < 0)
    g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be opened: %s", self->path,
                 g_strerror (errno));
  return self->fd >= 0;
}

/**
 * cs_heads_open:
 * @path: of the file; it is made if it is not there
 *
 * Returns: (transfer full): what was shown; %NULL with %CS_ERROR_STORAGE
 */
CsHeads *
cs_heads_open (const char *path, GError **error)
{
  g_autoptr (CsHeads) self = g_new0 (CsHeads, 1);
  g_autofree char *text = NULL;
  gsize length = 0;

  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->fd = -1;
  self->heads =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) head_free);
  if (g_file_get_contents (path, &text, &length, NULL))
    load (self, text, length);
  return compact (self, error) ? g_steal_pointer (&self) : NULL;
}

/** cs_heads_close: closes the file. */
void
cs_heads_close (CsHeads *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->heads);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/**
 * cs_heads_show:
 * @stream: whose
 * @head: its head, as the caller knows it
 *
 * Returns: whether it is the known one or a later one; else %CS_ERROR_CONFLICT, or
 *   %CS_ERROR_STORAGE if it can't be written down
 */
gboolean
cs_heads_show (CsHeads *self, const char *stream, const CsHead *head, GError **error)
{
  g_autofree char *line = format_line (stream, head);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  CsHead *known = g_hash_table_lookup (self->heads, stream);

  if (known != NULL && known->n == head->n && g_str_equal (known->hash, head->hash))
    return TRUE;
  if (known != NULL && known->n >= head->n)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT,
                   "The agent was shown record %" G_GINT64_FORMAT " of %s, %s; now it is shown "
                   "record %" G_GINT64_FORMAT ", %s: someone's copy of the record was cut or "
                   "changed. Find out which before anything runs",
                   known->n, stream, known->hash, head->n, head->hash);
      return FALSE;
    }
  if (write (self->fd, line, strlen (line)) != (gssize) strlen (line))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be written: %s", self->path,
                   g_strerror (errno));
      return FALSE;
    }
  remember (self, stream, head);
  return TRUE;
}

/**
 * cs_heads_look_up:
 *
 * Returns: (transfer full) (nullable): `stream`, `n`, `hash`, `at` and `by` of what was shown last
 */
JsonObject *
cs_heads_look_up (CsHeads *self, const char *stream)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  CsHead *known = g_hash_table_lookup (self->heads, stream);
  g_autofree char *at = known != NULL ? cs_clock_format (known->at) : NULL;
  JsonObject *object;

  if (known == NULL)
    return NULL;
  object = json_object_new ();
  json_object_set_string_member (object, "stream", stream);
  json_object_set_int_member (object, "n", known->n);
  json_object_set_string_member (object, "hash", known->hash);
  json_object_set_string_member (object, "at", at);
  json_object_set_string_member (object, "by", known->by);
  return object;
}
