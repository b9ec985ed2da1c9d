/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a workspace in this program: connections and journal closed, nothing left behind. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-workspace.h"

#include "cs-membership.h"

typedef struct
{
  GPtrArray *deployments; /* still to be disconnected */
} Closing;

static void
closing_free (Closing *self)
{
  g_ptr_array_unref (self->deployments);
  g_free (self);
}

static void
close_store_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  cs_membership_close (cs_workspace_get_store (source));
  g_task_return_boolean (task, TRUE);
}

static void disconnect_next (GTask *task);

static void
disconnected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_disconnect_finish (CS_DEPLOYMENT (source), result, &error))
    g_debug ("A connection did not close cleanly: %s", error->message);
  disconnect_next (user_data);
}

static void
disconnect_next (GTask *task)
{
  Closing *closing = g_task_get_task_data (task);
  g_autoptr (CsDeployment) deployment = NULL;

  if (closing->deployments->len == 0)
    {
      g_task_run_in_thread (task, close_store_thread);
      g_object_unref (task);
      return;
    }
  deployment = g_ptr_array_steal_index (closing->deployments, closing->deployments->len - 1);
  cs_deployment_disconnect_async (deployment, disconnected_cb, task);
}

/**
 * cs_workspace_close_async:
 *
 * Lets the targets tidy up, closes the connections to them, and closes the journal. Commands that
 * run go on on their targets; they are found as interrupted when the workspace is opened again.
 * To be called once, before a program ends; later calls on the workspace fail.
 */
void
cs_workspace_close_async (CsWorkspace *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GListModel *deployments = cs_workspace_get_deployments (self);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Closing *closing = g_new0 (Closing, 1);

  closing->deployments = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    g_ptr_array_add (closing->deployments, g_list_model_get_item (deployments, i));
  g_task_set_source_tag (task, cs_workspace_close_async);
  g_task_set_task_data (task, closing, (GDestroyNotify) closing_free);
  disconnect_next (task);
}

/** cs_workspace_close_finish: %TRUE when all is closed. */
gboolean
cs_workspace_close_finish (CsWorkspace *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
