/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The token of an agent goes into the keyring, never into a record. */

#define G_LOG_DOMAIN "cs-token-keeping"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-token-keeping.h"

/* The problem of the keyring that was told last. */
#define TOLD "cs-token-keeping-told"

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsKeyring *keyring = CS_KEYRING (source);
  const char *problem = cs_keyring_get_problem (keyring);
  GError *error = NULL;

  if (!cs_keyring_store_finish (keyring, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_strcmp0 (problem, g_object_get_data (source, TOLD)) == 0)
    problem = NULL;
  else
    g_object_set_data_full (source, TOLD, g_strdup (problem), g_free);
  g_task_set_task_data (task, g_strdup (problem), g_free);
  g_task_return_boolean (task, TRUE);
}

/**
 * cs_token_keeping_store_async:
 * @workspace: whose keyring it is
 * @target: name of the agent
 * @token: its token; copied
 */
void
cs_token_keeping_store_async (CsWorkspace *workspace,
                              const char *target,
                              const char *token,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (workspace, cancellable, callback, user_data);
  g_autofree char *label = g_strdup_printf (_("Countersign: token of the agent %s"), target);

  g_task_set_source_tag (task, cs_token_keeping_store_async);
  cs_keyring_store_async (cs_workspace_get_keyring (workspace), CS_KEYRING_TOKEN, target, label,
                          token, cancellable, stored_cb, task);
}

/**
 * cs_token_keeping_store_finish:
 * @problem: (out) (transfer full) (nullable): what to tell the person although it is kept
 *
 * Returns: %TRUE if it is kept, at least until this program ends; %FALSE with
 *   %G_IO_ERROR_CANCELLED
 */
gboolean
cs_token_keeping_store_finish (GAsyncResult *result, char **problem, GError **error)
{
  *problem = g_strdup (g_task_get_task_data (G_TASK (result)));
  return g_task_propagate_boolean (G_TASK (result), error);
}
