/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SSH signatures (OpenSSH PROTOCOL.sshsig) by `ssh-keygen -Y`. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-sshsig.h"

#include "cs-child.h"
#include "cs-error.h"

#include <string.h>

#define SIGNATURE_BEGIN "-----BEGIN SSH SIGNATURE-----"

/* Where the child finds what ssh-keygen wants to read from files. */
#define ALLOWED_FD 3
#define ALLOWED_PATH "/proc/self/fd/3"
#define SIGNATURE_FD 4
#define SIGNATURE_PATH "/proc/self/fd/4"

/* ssh-keygen prints reasons on one stream and verdicts on the other; people get the reasons, as one
 * line. */
static char *
join_words (CsChildResult *child)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (child->err, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_strstrip (*line);
      if (**line == '\0' || g_str_has_prefix (*line, "Signing data") ||
          strchr (*line, 0x1b) != NULL)
        continue;
      if (words->len > 0)
        g_string_append (words, "; ");
      g_string_append (words, *line);
    }
  if (words->len == 0)
    g_string_printf (words, "exit status %d", child->status);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
sign_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *key_path = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);
  g_autofree char *words = NULL;
  gsize size;
  const char *text;

  if (child == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  text = g_bytes_get_data (child->out, &size);
  if (child->status == 0 && size > strlen (SIGNATURE_BEGIN) &&
      g_str_has_prefix (text, SIGNATURE_BEGIN))
    {
      g_task_return_pointer (task, g_strndup (text, size), g_free);
      return;
    }
  words = join_words (child);
  g_task_return_new_error (
    task, CS_ERROR, CS_ERROR_AUTH,
    "The key %s did not sign: %s. Check its passphrase, or that the SSH agent "
    "still holds it",
    key_path, words);
}

/* Without askpass every question is answered with “no” at once, instead of one appearing in a place
 * that nobody chose. */
static void
refuse_questions (GSubprocessLauncher *launcher)
{
  if (g_subprocess_launcher_getenv (launcher, "SSH_ASKPASS_REQUIRE") != NULL)
    return;
  g_subprocess_launcher_setenv (launcher, "SSH_ASKPASS", "/bin/false", TRUE);
  g_subprocess_launcher_setenv (launcher, "SSH_ASKPASS_REQUIRE", "force", TRUE);
}

/**
 * cs_sshsig_sign_async:
 * @key_path: a private key file, or the public half of a key that the SSH agent holds
 * @namespace_: what the signature is for, e.g. %CS_SSHSIG_NAMESPACE
 * @message: the bytes to sign
 * @launcher: (nullable): carries askpass (cs_askpass_apply()) and `SSH_AUTH_SOCK`; serves one call
 *
 * Signs @message. A key that the agent holds is used through it; else the file is read and its
 * passphrase asked for by askpass.
 */
void
cs_sshsig_sign_async (const char *key_path,
                      const char *namespace_,
                      GBytes *message,
                      GSubprocessLauncher *launcher,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  const char *argv[] = { "ssh-keygen", "-Y", "sign", "-f", key_path, "-n", namespace_, NULL };
  g_autoptr (GSubprocessLauncher) own = NULL;
  GTask *task;

  g_return_if_fail (key_path != NULL && namespace_ != NULL && message != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_sshsig_sign_async);
  g_task_set_task_data (task, g_strdup (key_path), g_free);
  if (launcher == NULL)
    launcher = own = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  refuse_questions (launcher);
  cs_child_run_async (argv, launcher, message, cancellable, sign_cb, task);
}

/**
 * cs_sshsig_sign_finish:
 *
 * Returns: (transfer full): the armored signature; %NULL with %CS_ERROR_AUTH and ssh-keygen's own
 *   words if the passphrase was wrong, the agent refused or the key can't be read
 */
char *
cs_sshsig_sign_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
verify_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *principal = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);
  g_autofree char *words = NULL;

  if (child == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (child->status == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  words = join_words (child);
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH, "This is not a valid signature of %s: %s",
                           principal, words);
}

static char *
format_verify_time (gint64 at)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, "-Overify-time=%Y%m%d%H%M%SZ") : NULL;
}

static gboolean
begin_verify (const char *allowed_signers,
              const char *principal,
              const char *namespace_,
              GBytes *message,
              const char *signature,
              gint64 at,
              GTask *task,
              GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *verify_time = format_verify_time (at);
  const char *argv[] = {
    "ssh-keygen",
    "-Y",
    "verify",
    "-f",
    ALLOWED_PATH,
    "-I",
    principal,
    "-n",
    namespace_,
    "-s",
    SIGNATURE_PATH,
    verify_time,
    NULL,
  };
  int fd;

  if (*principal == '\0' || verify_time == NULL || at < 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A signature needs a signer and a time");
      return FALSE;
    }
  if ((fd = cs_child_open_memory (allowed_signers, strlen (allowed_signers), error)) < 0)
    return FALSE;
  g_subprocess_launcher_take_fd (launcher, fd, ALLOWED_FD);
  if ((fd = cs_child_open_memory (signature, strlen (signature), error)) < 0)
    return FALSE;
  g_subprocess_launcher_take_fd (launcher, fd, SIGNATURE_FD);
  refuse_questions (launcher);
  cs_child_run_async (argv, launcher, message, g_task_get_cancellable (task), verify_cb,
                      g_object_ref (task));
  return TRUE;
}

/**
 * cs_sshsig_verify_async:
 * @allowed_signers: the text of an allowed_signers file
 * @principal: whose signature it should be
 * @namespace_: what it should be for
 * @message: the bytes that should be signed
 * @signature: armored SSHSIG
 * @at: as of when the key must be valid, in UTC microseconds
 *
 * Checks a signature.
 */
void
cs_sshsig_verify_async (const char *allowed_signers,
                        const char *principal,
                        const char *namespace_,
                        GBytes *message,
                        const char *signature,
                        gint64 at,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;

  g_return_if_fail (allowed_signers != NULL && principal != NULL && namespace_ != NULL);
  g_return_if_fail (message != NULL && signature != NULL);

  g_task_set_source_tag (task, cs_sshsig_verify_async);
  g_task_set_task_data (task, g_strdup (principal), g_free);
  if (!begin_verify (allowed_signers, principal, namespace_, message, signature, at, task, &error))
    g_task_return_error (task, error);
}

/**
 * cs_sshsig_verify_finish:
 *
 * Returns: whether the signature is good; else %CS_ERROR_AUTH with ssh-keygen's own words
 */
gboolean
cs_sshsig_verify_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
