/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An SSH key that a person can sign with: what it is, and loading one from a file. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-key.h"

#include "cs-child.h"
#include "cs-error.h"
#include "cs-key-private.h"

#include <string.h>

#define FILE_LIMIT (64 * 1024)

struct _CsKey
{
  GObject parent_instance;

  CsKeyOrigin origin;
  char *path;
  char *public_line;
  const char *algorithm;
  char *fingerprint;
  char *comment;
};

G_DEFINE_TYPE (CsKey, cs_key, G_TYPE_OBJECT)

/* What can make SSH signatures. OpenSSH refuses DSA; certificates name other people's rules. */
static const struct
{
  const char *type;
  const char *algorithm;
} algorithms[] = {
  { "ssh-ed25519", "ed25519" },
  { "ssh-rsa", "rsa" },
  { "ecdsa-sha2-nistp256", "ecdsa" },
  { "ecdsa-sha2-nistp384", "ecdsa" },
  { "ecdsa-sha2-nistp521", "ecdsa" },
  { "sk-ssh-ed25519@openssh.com", "ed25519-sk" },
  { "sk-ecdsa-sha2-nistp256@openssh.com", "ecdsa-sk" },
};

static void
cs_key_finalize (GObject *object)
{
  CsKey *self = CS_KEY (object);

  g_free (self->path);
  g_free (self->public_line);
  g_free (self->fingerprint);
  g_free (self->comment);

  G_OBJECT_CLASS (cs_key_parent_class)->finalize (object);
}

static void
cs_key_class_init (CsKeyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_key_finalize;
}

static void
cs_key_init (CsKey *self)
{
}

static const char *
find_algorithm (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_str_equal (algorithms[i].type, type))
      return algorithms[i].algorithm;
  return NULL;
}

/* RFC 4253, 6.6: the blob begins with its own type, as a counted string. */
static gboolean
blob_has_type (const guchar *blob, gsize size, const char *type)
{
  gsize length = strlen (type);

  return size > 4 + length && blob[0] == 0 && blob[1] == 0 && blob[2] == 0 && blob[3] == length &&
         memcmp (blob + 4, type, length) == 0;
}

static char *
compute_fingerprint (const guchar *blob, gsize size)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = NULL;
  guint8 raw[32];
  gsize length = sizeof raw;

  g_checksum_update (checksum, blob, (gssize) size);
  g_checksum_get_digest (checksum, raw, &length);
  text = g_base64_encode (raw, length);
  g_strdelimit (text, "=", '\0');
  return g_strconcat ("SHA256:", text, NULL);
}

/**
 * cs_key_parse_public:
 * @line: a public key as in a `.pub` file: type, base64, comment
 * @public_line: (out) (optional): type and base64, one space between
 * @fingerprint: (out) (optional): `SHA256:…`
 * @comment: (out) (optional): what follows, maybe empty
 *
 * Reads a public key.
 *
 * Returns: (nullable): the algorithm; %NULL if this is no key that can make signatures
 */
const char *
cs_key_parse_public (const char *line, char **public_line, char **fingerprint, char **comment)
{
  g_autofree char *copy = g_strstrip (g_strdup (line));
  g_auto (GStrv) words = g_strsplit (copy, " ", 3);
  const char *algorithm = words[0] != NULL ? find_algorithm (words[0]) : NULL;
  g_autofree guchar *blob = NULL;
  g_autofree char *again = NULL;
  gsize size;

  if (algorithm == NULL || words[1] == NULL || strpbrk (copy, "\r\n") != NULL)
    return NULL;
  blob = g_base64_decode (words[1], &size);
  again = g_base64_encode (blob, size);
  if (!g_str_equal (again, words[1]) || !blob_has_type (blob, size, words[0]))
    return NULL;
  if (public_line != NULL)
    *public_line = g_strconcat (words[0], " ", words[1], NULL);
  if (fingerprint != NULL)
    *fingerprint = compute_fingerprint (blob, size);
  if (comment != NULL)
    *comment = words[2] != NULL ? g_utf8_make_valid (words[2], -1) : g_strdup ("");
  return algorithm;
}

CsKey *
cs_key_new (CsKeyOrigin origin, const char *path, const char *line)
{
  g_autoptr (CsKey) self = g_object_new (CS_TYPE_KEY, NULL);

  self->algorithm =
    cs_key_parse_public (line, &self->public_line, &self->fingerprint, &self->comment);
  if (self->algorithm == NULL)
    return NULL;
  self->origin = origin;
  self->path = g_strdup (path);
  return g_steal_pointer (&self);
}

/**
 * cs_key_new_public:
 * @line: a public key as in a `.pub` file
 *
 * Returns: (transfer full): a key with which nothing can be signed here; %NULL with
 *   %CS_ERROR_INVALID
 */
CsKey *
cs_key_new_public (const char *line, GError **error)
{
  CsKey *self = cs_key_new (CS_KEY_PUBLIC, NULL, line);

  if (self == NULL)
    g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                         "This is no public SSH key that can sign: paste one line, like "
                         "“ssh-ed25519 AAAA…”");
  return self;
}

/**
 * cs_key_is_hardware:
 * @public_line: as cs_key_get_public_line()
 *
 * Returns: whether the key is held by a security key (FIDO), which has to be touched for each
 *   signature
 */
gboolean
cs_key_is_hardware (const char *public_line)
{
  return g_str_has_prefix (public_line, "sk-");
}

/** cs_key_get_origin: where the key is held. */
CsKeyOrigin
cs_key_get_origin (CsKey *self)
{
  g_return_val_if_fail (CS_IS_KEY (self), CS_KEY_FILE);

  return self->origin;
}

/**
 * cs_key_get_path:
 *
 * What `ssh-keygen -f` gets: the private half, or the public half of an agent's key.
 */
const char *
cs_key_get_path (CsKey *self)
{
  g_return_val_if_fail (CS_IS_KEY (self), NULL);

  return self->path;
}

/** cs_key_get_public_line: type and base64, without comment. */
const char *
cs_key_get_public_line (CsKey *self)
{
  g_return_val_if_fail (CS_IS_KEY (self), NULL);

  return self->public_line;
}

/** cs_key_get_algorithm: `ed25519`, `rsa`, `ecdsa`, `ed25519-sk` or `ecdsa-sk`. */
const char *
cs_key_get_algorithm (CsKey *self)
{
  g_return_val_if_fail (CS_IS_KEY (self), NULL);

  return self->algorithm;
}

/** cs_key_get_fingerprint: `SHA256:` and the base64 of the digest, as ssh-keygen prints it. */
const char *
cs_key_get_fingerprint (CsKey *self)
{
  g_return_val_if_fail (CS_IS_KEY (self), NULL);

  return self->fingerprint;
}

/** cs_key_get_comment: what stands behind the key, valid UTF-8, maybe empty. */
const char *
cs_key_get_comment (CsKey *self)
{
  g_return_val_if_fail (CS_IS_KEY (self), NULL);

  return self->comment;
}

/* Blocks: only for worker threads. */
char *
cs_key_read_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) in = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = g_malloc (FILE_LIMIT + 1);
  gsize size = 0;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s is not a file with a key in it", path);
      return NULL;
    }
  in = g_file_read (file, NULL, &local_error);
  if (in == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (in), text, FILE_LIMIT, &size, NULL, &local_error))
    {
      gboolean missing = g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

      g_set_error (error, CS_ERROR, missing ? CS_ERROR_NOT_FOUND : CS_ERROR_INVALID,
                   missing ? "There is no key file %s: %s" : "The key file %s can't be read: %s",
                   path, local_error->message);
      return NULL;
    }
  text[size] = '\0';
  return g_steal_pointer (&text);
}

/* The private half counts only if it is one; so does the handle of a hardware key. */
gboolean
cs_key_is_private_file (const char *path)
{
  g_autofree char *text = cs_key_read_file (path, NULL);

  return text != NULL && g_str_has_prefix (text, "-----BEGIN ");
}

static CsKey *
load_public_half (const char *path, GError **error)
{
  g_autofree char *text = cs_key_read_file (path, error);
  g_autofree char *private_path = NULL;
  gboolean is_file;
  CsKey *key;

  if (text == NULL)
    return NULL;
  private_path = g_strndup (path, strlen (path) - strlen (".pub"));
  is_file = cs_key_is_private_file (private_path);
  key = cs_key_new (is_file ? CS_KEY_FILE : CS_KEY_AGENT, is_file ? private_path : path, text);
  if (key == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "%s holds no public key that can sign (Ed25519, ECDSA, RSA or a hardware key)",
                 path);
  return key;
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *path = task_data;
  GError *error = NULL;
  g_autofree char *public_path = NULL;
  CsKey *key;

  if (g_str_has_suffix (path, ".pub"))
    public_path = g_strdup (path);
  else
    {
      g_autofree char *text = cs_key_read_file (path, &error);

      if (text != NULL && !g_str_has_prefix (text, "-----BEGIN "))
        g_set_error (&error, CS_ERROR, CS_ERROR_INVALID, "%s is not a private SSH key", path);
      if (text != NULL)
        explicit_bzero (text, strlen (text));
      public_path = g_strconcat (path, ".pub", NULL);
    }
  if (error == NULL && !g_file_test (public_path, G_FILE_TEST_EXISTS) &&
      !g_str_has_suffix (path, ".pub"))
    g_set_error (&error, CS_ERROR, CS_ERROR_INVALID,
                 "The public half %s is missing; make it with: ssh-keygen -y -f %s > %s",
                 public_path, path, public_path);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  key = load_public_half (public_path, &error);
  if (key != NULL)
    g_task_return_pointer (task, key, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_key_load_async:
 * @path: a private key file with its public half beside it, or a public half (`….pub`)
 *
 * Loads a key. A public half without its private half is taken for a key of the SSH agent.
 */
void
cs_key_load_async (const char *path,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (path != NULL);

  g_task_set_source_tag (task, cs_key_load_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * cs_key_load_finish:
 *
 * Returns: (transfer full): the key; %NULL with %CS_ERROR_NOT_FOUND or %CS_ERROR_INVALID
 */
CsKey *
cs_key_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
