/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First contact with an SSH server: its host keys, shown and accepted by a person. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-host-key.h"

#include "cs-child.h"
#include "cs-error.h"
#include "cs-host-key-behind.h"
#include "cs-ssh-config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** SCAN_TIMEOUT: seconds that a server may take to show its key */
#define SCAN_TIMEOUT "10"

struct _CsHostKey
{
  GObject parent_instance;

  CsHostKeyState state;
  char *address; /* for people */
  char *fingerprint;
  char *algorithm;
  char *line;        /* "NAME KEYTYPE BASE64" as known_hosts has it */
  char *known_hosts; /* our file */
  char *file;        /* where the key, or another one of this host, is known; or NULL */
  char *other;       /* fingerprint of that other one, or NULL */
};

G_DEFINE_FINAL_TYPE (CsHostKey, cs_host_key, G_TYPE_OBJECT)

/**
 * Scan:
 *
 * What belongs to one cs_host_key_scan_async(): the questions are asked one after the other.
 */
typedef struct
{
  CsTarget *target;
  char *state_directory;
  CsHostKey *key;
  CsSshConfig *config;
  char *name;       /* under which known_hosts has the host: HOST or [HOST]:PORT */
  char **scanned;   /* "KEYTYPE BASE64" */
  GPtrArray *files; /* known_hosts files to look into, in order */
  guint next_file;
  char *other; /* the first other key of this host: "KEYTYPE BASE64" */
} Scan;

static void look_up_next (GTask *task);

static void
scan_free (gpointer data)
{
  Scan *scan = data;

  g_clear_object (&scan->target);
  g_free (scan->state_directory);
  g_clear_object (&scan->key);
  g_clear_pointer (&scan->config, cs_ssh_config_free);
  g_free (scan->name);
  g_strfreev (scan->scanned);
  g_clear_pointer (&scan->files, g_ptr_array_unref);
  g_free (scan->other);
  g_free (scan);
}

static void
cs_host_key_finalize (GObject *object)
{
  CsHostKey *self = CS_HOST_KEY (object);

  g_free (self->address);
  g_free (self->fingerprint);
  g_free (self->algorithm);
  g_free (self->line);
  g_free (self->known_hosts);
  g_free (self->file);
  g_free (self->other);
  G_OBJECT_CLASS (cs_host_key_parent_class)->finalize (object);
}

static void
cs_host_key_class_init (CsHostKeyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_host_key_finalize;
}

static void
cs_host_key_init (CsHostKey *self)
{
}

static char *
dup_text (GBytes *bytes)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_strndup (data != NULL ? data : "", length);

  return g_utf8_make_valid (text, -1);
}

/* Of known_hosts or ssh-keyscan text: "KEYTYPE BASE64" of each line, without the names before. */
static char **
extract_keys (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();

  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) words = g_strsplit_set (g_strstrip (*line), " \t", 4);
      gboolean plain = words[0] != NULL && words[0][0] != '#' && words[0][0] != '@';

      if (plain && g_strv_length (words) >= 3)
        g_ptr_array_add (keys, g_strconcat (words[1], " ", words[2], NULL));
    }
  g_ptr_array_add (keys, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&keys), FALSE);
}

/* The one that ssh itself would choose first. */
static const char *
choose_key (char **keys)
{
  static const char *const preferred[] = { "ssh-ed25519 ", "ecdsa-", "ssh-rsa " };

  for (guint i = 0; i < G_N_ELEMENTS (preferred); i++)
    for (char **key = keys; *key != NULL; key++)
      if (g_str_has_prefix (*key, preferred[i]))
        return *key;
  return keys[0];
}

/* SHA256:… of "KEYTYPE BASE64", as ssh-keygen -l writes it: base64 without padding. */
static char *
fingerprint_key (const char *key)
{
  const char *text = strchr (key, ' ');
  gsize length = 0;
  g_autofree guchar *blob = g_base64_decode (text != NULL ? text + 1 : "", &length);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autofree char *encoded = NULL;

  g_checksum_update (checksum, blob, (gssize) length);
  g_checksum_get_digest (checksum, digest, &size);
  encoded = g_base64_encode (digest, size);
  encoded[strcspn (encoded, "=")] = '\0';
  return g_strconcat ("SHA256:", encoded, NULL);
}

/* "256 SHA256:… comment (ED25519)" */
static gboolean
parse_fingerprint (CsHostKey *self, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  const char *open = strrchr (text, '(');
  const char *end = open != NULL ? strchr (open, ')') : NULL;

  if (g_strv_length (words) < 3 || end == NULL)
    return FALSE;
  self->fingerprint = g_strdup (words[1]);
  self->algorithm = g_strndup (open + 1, end - open - 1);
  return TRUE;
}

static void
fingerprinted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Scan *scan = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);
  g_autofree char *text = child != NULL ? dup_text (child->out) : NULL;

  if (child == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (child->status != 0 || !parse_fingerprint (scan->key, text))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_PROTOCOL,
                             "%s shows a host key that ssh-keygen can't read: %s",
                             scan->key->address, g_strstrip (child->err));
  else
    g_task_return_pointer (task, g_object_ref (scan->key), g_object_unref);
}

static void
finish_scan (GTask *task, CsHostKeyState state, const char *key)
{
  Scan *scan = g_task_get_task_data (task);
  const char *const argv[] = { "ssh-keygen", "-lf", "-", NULL };
  g_autofree char *input = NULL;
  g_autoptr (GBytes) bytes = NULL;

  scan->key->state = state;
  scan->key->line = g_strconcat (scan->name, " ", key, NULL);
  input = g_strconcat (scan->key->line, "\n", NULL);
  bytes = g_bytes_new (input, strlen (input));
  cs_child_run_async (argv, NULL, bytes, g_task_get_cancellable (task), fingerprinted_cb,
                      g_object_ref (task));
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Scan *scan = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);
  g_autofree char *text = child != NULL ? dup_text (child->out) : NULL;
  g_auto (GStrv) known = text != NULL ? extract_keys (text) : NULL;
  const char *file = scan->files->pdata[scan->next_file - 1];

  if (child == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  for (char **key = known; *key != NULL; key++)
    if (g_strv_contains ((const char *const *) scan->scanned, *key))
      {
        g_free (scan->key->file);
        scan->key->file = g_strdup (file);
        finish_scan (task, CS_HOST_KEY_KNOWN, *key);
        return;
      }
  if (known[0] != NULL && scan->other == NULL)
    {
      scan->other = g_strdup (choose_key (known));
      scan->key->file = g_strdup (file);
    }
  look_up_next (task);
}

static void
look_up_next (GTask *task)
{
  Scan *scan = g_task_get_task_data (task);
  const char *argv[] = { "ssh-keygen", "-F", scan->name, "-f", NULL, NULL };

  if (scan->next_file == scan->files->len)
    {
      if (scan->other != NULL)
        scan->key->other = fingerprint_key (scan->other);
      finish_scan (task, scan->other != NULL ? CS_HOST_KEY_CHANGED : CS_HOST_KEY_NEW,
                   choose_key (scan->scanned));
      return;
    }
  argv[4] = scan->files->pdata[scan->next_file++];
  cs_child_run_async (argv, NULL, NULL, g_task_get_cancellable (task), looked_up_cb,
                      g_object_ref (task));
}

static void
take_scanned (GTask *task, const char *text, const char *said)
{
  Scan *scan = g_task_get_task_data (task);

  scan->scanned = extract_keys (text);
  if (scan->scanned[0] == NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_UNREACHABLE, "%s shows no host key: %s",
                             scan->key->address, said);
  else
    look_up_next (task);
}

static void
seen_behind_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Scan *scan = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *text = cs_host_key_behind_finish (result, &error);

  if (text != NULL)
    {
      take_scanned (task, text, "ssh can't read it");
      return;
    }
  g_prefix_error (&error, "%s is reached through another host (%s). ", scan->key->address,
                  scan->config->proxy);
  g_task_return_error (task, error);
}

static void
scanned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);
  g_autofree char *text = NULL;

  if (child == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  text = dup_text (child->out);
  take_scanned (task, text,
                child->err[0] != '\0' ? g_strstrip (child->err) : "it can't be reached");
}

static void
add_files (Scan *scan, char **files)
{
  for (char **file = files; *file != NULL; file++)
    if ((*file)[0] != '\0')
      g_ptr_array_add (scan->files, g_strdup (*file));
}

static void
configured_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Scan *scan = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *port = NULL;
  const char *argv[] = { "ssh-keyscan", "-T", SCAN_TIMEOUT, "-p", NULL, "--", NULL, NULL };
  const char *known_as;

  scan->config = cs_ssh_config_load_finish (result, &error);
  if (scan->config == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  add_files (scan, scan->config->user_known_hosts);
  g_ptr_array_add (scan->files, g_strdup (scan->key->known_hosts));
  add_files (scan, scan->config->global_known_hosts);
  known_as =
    scan->config->host_key_alias != NULL ? scan->config->host_key_alias : scan->config->hostname;
  if (scan->config->port == 22 || scan->config->host_key_alias != NULL)
    scan->name = g_strdup (known_as);
  else
    scan->name = g_strdup_printf ("[%s]:%u", known_as, scan->config->port);
  if (scan->config->proxied)
    {
      cs_host_key_behind_async (scan->target, scan->state_directory, g_task_get_cancellable (task),
                                seen_behind_cb, g_object_ref (task));
      return;
    }
  port = g_strdup_printf ("%u", scan->config->port);
  argv[4] = port;
  argv[6] = scan->config->hostname;
  cs_child_run_async (argv, NULL, NULL, g_task_get_cancellable (task), scanned_cb,
                      g_object_ref (task));
}

/**
 * cs_host_key_scan_async:
 * @target: an ssh target
 * @state_directory: where our known_hosts is
 *
 * Asks the server for its host keys and compares them with what is known.
 */
void
cs_host_key_scan_async (CsTarget *target,
                        const char *state_directory,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Scan *scan = g_new0 (Scan, 1);

  g_return_if_fail (CS_IS_TARGET (target));

  g_task_set_source_tag (task, cs_host_key_scan_async);
  g_task_set_task_data (task, scan, scan_free);
  scan->target = g_object_ref (target);
  scan->state_directory = g_strdup (state_directory);
  scan->files = g_ptr_array_new_with_free_func (g_free);
  scan->key = g_object_new (CS_TYPE_HOST_KEY, NULL);
  scan->key->address = cs_target_dup_address (target);
  scan->key->known_hosts = g_build_filename (state_directory, "known_hosts", NULL);
  if (cs_target_get_kind (target) != CS_TARGET_SSH)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID, "“%s” is not reached by SSH",
                             cs_target_get_name (target));
  else
    cs_ssh_config_load_async (target, cancellable, configured_cb, g_object_ref (task));
}

/**
 * cs_host_key_scan_finish:
 *
 * Returns: (transfer full): the key to show to a person; %NULL with %CS_ERROR_UNREACHABLE
 */
CsHostKey *
cs_host_key_scan_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_host_key_get_state:
 * @self: a host key
 *
 * Returns: whether it is known, new, or another than before
 */
CsHostKeyState
cs_host_key_get_state (CsHostKey *self)
{
  g_return_val_if_fail (CS_IS_HOST_KEY (self), CS_HOST_KEY_CHANGED);
  return self->state;
}

/**
 * cs_host_key_get_fingerprint:
 * @self: a host key
 *
 * Returns: `SHA256:…`, as `ssh-keygen -l` writes it
 */
const char *
cs_host_key_get_fingerprint (CsHostKey *self)
{
  g_return_val_if_fail (CS_IS_HOST_KEY (self), NULL);
  return self->fingerprint;
}

/**
 * cs_host_key_get_algorithm:
 * @self: a host key
 *
 * Returns: e.g. `ED25519`
 */
const char *
cs_host_key_get_algorithm (CsHostKey *self)
{
  g_return_val_if_fail (CS_IS_HOST_KEY (self), NULL);
  return self->algorithm;
}

/**
 * cs_host_key_get_file:
 * @self: a host key
 *
 * Returns: (nullable): the known_hosts file that has it, or for a changed key the one that has
 *   another; %NULL for a new key
 */
const char *
cs_host_key_get_file (CsHostKey *self)
{
  g_return_val_if_fail (CS_IS_HOST_KEY (self), NULL);
  return self->file;
}

/**
 * cs_host_key_get_known_fingerprint:
 * @self: a host key
 *
 * Returns: (nullable): of a changed key: the fingerprint of the key that is known instead
 */
const char *
cs_host_key_get_known_fingerprint (CsHostKey *self)
{
  g_return_val_if_fail (CS_IS_HOST_KEY (self), NULL);
  return self->other;
}

/**
 * cs_host_key_dup_removal:
 * @self: a host key
 *
 * Returns: (transfer full) (nullable): of a changed key: the command that takes the known one out
 *   of known_hosts, for a person who has asked and found the new one right
 */
char *
cs_host_key_dup_removal (CsHostKey *self)
{
  g_autofree char *name = NULL;
  g_autofree char *quoted = NULL;
  g_autofree char *file = NULL;

  g_return_val_if_fail (CS_IS_HOST_KEY (self), NULL);
  if (self->other == NULL)
    return NULL;
  name = g_strndup (self->line, strcspn (self->line, " "));
  quoted = g_shell_quote (name);
  file = g_shell_quote (self->file);
  return g_strdup_printf ("ssh-keygen -R %s -f %s", quoted, file);
}

static gboolean
write_all (int fd, const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno != EINTR)
        return FALSE;
      text += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

static void
sync_directory (const char *file)
{
  g_autofree char *directory = g_path_get_dirname (file);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* One write to the end of the file: programs that accept keys at once don't lose each other's. */
static void
accept_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CsHostKey *self = source;
  g_autofree char *directory = g_path_get_dirname (self->known_hosts);
  g_autofree char *line = g_strconcat (self->line, "\n", NULL);
  gboolean done = FALSE;
  int fd;

  g_mkdir_with_parents (directory, 0700);
  fd = open (self->known_hosts, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0)
    {
      done = write_all (fd, line) && fsync (fd) == 0;
      done = close (fd) == 0 && done;
    }
  if (!done)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_STORAGE, "%s can't be written: %s",
                               self->known_hosts, g_strerror (errno));
      return;
    }
  sync_directory (self->known_hosts);
  g_task_return_boolean (task, TRUE);
}

/**
 * cs_host_key_accept_async:
 * @self: a key that a person has compared and found right
 *
 * Adds it to known_hosts in the state directory, durably.
 */
void
cs_host_key_accept_async (CsHostKey *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (CS_IS_HOST_KEY (self));

  g_task_set_source_tag (task, cs_host_key_accept_async);
  if (self->state == CS_HOST_KEY_CHANGED)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_REFUSED,
                             "The host key of %s is not the one that is known, so it is not "
                             "accepted: ask who runs it, then remove the old key from known_hosts",
                             self->address);
  else if (self->state == CS_HOST_KEY_KNOWN)
    g_task_return_boolean (task, TRUE);
  else
    g_task_run_in_thread (task, accept_thread);
}

/**
 * cs_host_key_accept_finish:
 * @self: a host key
 *
 * Returns: whether it is known now; else %CS_ERROR_REFUSED for a changed key, %CS_ERROR_STORAGE
 */
gboolean
cs_host_key_accept_finish (CsHostKey *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_HOST_KEY (self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
