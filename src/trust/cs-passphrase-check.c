/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a passphrase opens a key. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-passphrase-check.h"

#include "cs-child.h"
#include "cs-error.h"

#include <string.h>

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);

  if (child == NULL)
    g_task_return_error (task, error);
  else if (child->status == 0)
    g_task_return_int (task, CS_PASSPHRASE_RIGHT);
  else if (strstr (child->err, "incorrect passphrase") != NULL)
    g_task_return_int (task, CS_PASSPHRASE_WRONG);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "ssh-keygen says: %s",
                             g_strstrip (child->err));
}

/**
 * cs_passphrase_check_async:
 * @path: a private key file
 * @passphrase: is in no argument list and no environment
 *
 * Tries a passphrase.
 */
void
cs_passphrase_check_async (const char *path,
                           const char *passphrase,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const char *argv[] = { "ssh-keygen", "-y", "-f", path, NULL };
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  CsAskpass *askpass;
  GError *error = NULL;

  g_task_set_source_tag (task, cs_passphrase_check_async);
  askpass = cs_askpass_new_with_passphrase (passphrase, &error);
  if (askpass == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, askpass, g_object_unref);
  cs_askpass_apply (askpass, launcher, 0);
  cs_child_run_async (argv, launcher, NULL, NULL, read_cb, g_steal_pointer (&task));
}

/**
 * cs_passphrase_check_finish:
 *
 * Returns: the verdict; %CS_PASSPHRASE_UNKNOWN with an error
 */
CsPassphraseVerdict
cs_passphrase_check_finish (GAsyncResult *result, GError **error)
{
  gssize verdict;

  g_return_val_if_fail (g_task_is_valid (result, NULL), CS_PASSPHRASE_UNKNOWN);

  verdict = g_task_propagate_int (G_TASK (result), error);
  return verdict > 0 ? (CsPassphraseVerdict) verdict : CS_PASSPHRASE_UNKNOWN;
}
