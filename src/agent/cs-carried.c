/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of a deployment have left behind here: directories and variables. */

/* Where commands are approved, a caller must not choose the directory and the variables that they
 * find: `rm -r "$OLD"` is another command with another OLD. Only what a run of the same deployment
 * has left may be given to the next one. A line is "DIGEST TIME\n"; values themselves are not kept
 * beyond their run. A line that gets lost with the power makes the agent refuse, never allow. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-carried.h"

#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-run-files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/** KEEP: microseconds for which it is remembered, counted from when it was first left */
#define KEEP ((gint64) 90 * 86400 * G_USEC_PER_SEC)

struct _CsCarried
{
  GMutex mutex;
  char *path;
  int fd;
  GHashTable *facts; /* digests */
};

/* Each part with its length before it, so that no two facts are written alike. */
static char *
digest_fact (const char *deployment, const char *name, const char *value)
{
  g_autofree char *text =
    g_strdup_printf ("%zu:%s%zu:%s%c%s", strlen (deployment), deployment, strlen (name), name,
                     value != NULL ? '=' : '-', value != NULL ? value : "");

  return cs_digest_of_data (text, strlen (text));
}

/* What is kept is written anew, without what is too old. */
static gboolean
load (CsCarried *self, gint64 now, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) kept = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;

  if (g_file_get_contents (self->path, &text, NULL, NULL))
    lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; line != NULL && *line != NULL; line++)
    {
      char *space = strchr (*line, ' ');
      g_autofree char *digest = space != NULL ? g_strndup (*line, space - *line) : NULL;

      if (!cs_digest_is_valid (digest) || now - g_ascii_strtoll (space, NULL, 10) > KEEP)
        continue;
      g_string_append_printf (kept, "%s\n", *line);
      g_hash_table_add (self->facts, g_steal_pointer (&digest));
    }
  if (!g_file_set_contents_full (self->path, kept->str, (gssize) kept->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return FALSE;
  self->fd = open (self->path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (self->fd < 0)
    g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be written: %s", self->path,
                 g_strerror (errno));
  return self->fd >= 0;
}

/**
 * cs_carried_open:
 * @path: of the file; it is made if it is not there
 * @now: UTC microseconds
 *
 * Returns: (transfer full): what was left behind before; %NULL with %CS_ERROR_STORAGE
 */
CsCarried *
cs_carried_open (const char *path, gint64 now, GError **error)
{
  CsCarried *self = g_new0 (CsCarried, 1);

  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->fd = -1;
  self->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (load (self, now, error))
    return self;
  cs_carried_close (self);
  return NULL;
}

/** cs_carried_close: closes the file. */
void
cs_carried_close (CsCarried *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->facts);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

static void
add (CsCarried *self, const char *deployment, const char *name, const char *value, gint64 now)
{
  g_autofree char *digest = digest_fact (deployment, name, value);
  g_autofree char *line = g_strdup_printf ("\n%s %" G_GINT64_FORMAT "\n", digest, now);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (!g_hash_table_add (self->facts, g_steal_pointer (&digest)))
    return;
  /* In memory it counts all the same, until the agent is started again. */
  if (write (self->fd, line, strlen (line)) != (gssize) strlen (line))
    g_warning ("%s can't be written: %s", self->path, g_strerror (errno));
}

/**
 * cs_carried_note:
 * @run: one that has finished, as the interface shows it
 * @now: UTC microseconds
 *
 * Remembers what the run has left behind, if it was for a deployment.
 */
void
cs_carried_note (CsCarried *self, JsonObject *run, gint64 now)
{
  const char *deployment = cs_json_get_string (run, "deployment");
  JsonObject *environment = cs_json_get_object (run, "environment");
  g_autofree char *cwd = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (deployment == NULL)
    return;
  if (json_object_has_member (run, "cwd"))
    cwd = cs_bytes_from_json (json_object_get_member (run, "cwd"));
  if (cwd != NULL)
    add (self, deployment, CS_CARRIED_CWD, cwd, now);
  if (environment == NULL)
    return;
  json_object_iter_init (&iter, environment);
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_autofree char *value = cs_bytes_from_json (node);

      if (value != NULL || JSON_NODE_HOLDS_NULL (node))
        add (self, deployment, name, value, now);
    }
}

/**
 * cs_carried_has:
 * @name: of a variable, or %CS_CARRIED_CWD
 * @value: (nullable): %NULL where it is not set
 *
 * Returns: whether a run of @deployment has left exactly that
 */
gboolean
cs_carried_has (CsCarried *self, const char *deployment, const char *name, const char *value)
{
  g_autofree char *digest = digest_fact (deployment, name, value);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_hash_table_contains (self->facts, digest);
}
