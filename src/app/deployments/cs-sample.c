/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample: a small service on this computer and the runbook that deploys it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-sample.h"

#include "cs-child.h"
#include "cs-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define RUNBOOK_NAME "greeting-service-1.1.md"
#define TARGET_NAME "this-computer"
#define ENVIRONMENT "staging"

/* The task's data is the runbook, once it is read. */

static char *
find_file (const char *name)
{
  const char *data = g_getenv ("COUNTERSIGN_DATA");

  return g_build_filename (data != NULL ? data : PKGDATADIR, "samples", name, NULL);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CsDeployment *deployment = cs_workspace_start_finish (CS_WORKSPACE (source), result, &error);

  if (deployment != NULL)
    g_task_return_pointer (task, deployment, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsWorkspace *workspace = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (CsLibraryEntry) entry = cs_library_add_finish (CS_LIBRARY (source), result, &error);

  if (entry == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_workspace_start_async (workspace, g_task_get_task_data (task), RUNBOOK_NAME, ENVIRONMENT,
                            cs_targets_lookup (cs_workspace_get_targets (workspace), TARGET_NAME),
                            _("Trying the sample"), g_task_get_cancellable (task), started_cb,
                            g_object_ref (task));
}

/* The library knows which file the sample is, so that its next version is one of the same. */
static void
start (GTask *task)
{
  CsWorkspace *workspace = g_task_get_source_object (task);
  g_autofree char *path = find_file (RUNBOOK_NAME);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  cs_library_add_file_async (cs_workspace_get_library (workspace),
                             cs_workspace_get_actor (workspace), g_task_get_task_data (task), file,
                             g_task_get_cancellable (task), kept_cb, g_object_ref (task));
}

static void
target_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsTargets *targets = CS_TARGETS (source);
  GError *error = NULL;

  if (cs_targets_add_finish (targets, result, &error))
    start (task);
  else
    g_task_return_error (task, error);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsWorkspace *workspace = g_task_get_source_object (task);
  CsTargets *targets = cs_workspace_get_targets (workspace);
  CsTarget *known = cs_targets_lookup (targets, TARGET_NAME);
  g_autoptr (CsChildResult) child = NULL;
  g_autoptr (CsTarget) target = NULL;
  GError *error = NULL;

  child = cs_child_run_finish (result, &error);
  if (child == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (child->status != 0)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                               _("The sample can’t be laid out: %s"), g_strchomp (child->err));
      return;
    }
  if (known != NULL)
    {
      start (task);
      return;
    }

  target = cs_target_new_local (TARGET_NAME, ENVIRONMENT, &error);
  if (target == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_targets_add_async (targets, cs_workspace_get_actor (workspace), target,
                        g_task_get_cancellable (task), target_added_cb, g_object_ref (task));
}

/* A sample that is under way goes on; laying it out again would pull the rug from under it. */
static CsDeployment *
find_open (CsWorkspace *workspace, CsRunbook *runbook)
{
  GListModel *deployments = cs_workspace_get_deployments (workspace);

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);
      CsRunbook *other = cs_deployment_get_runbook (deployment);

      if (cs_deployment_get_closed_at (deployment) == 0 &&
          g_str_equal (cs_runbook_get_digest (other), cs_runbook_get_digest (runbook)))
        return g_steal_pointer (&deployment);
    }

  return NULL;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *script = find_file ("prepare-sample.sh");
  g_autofree char *directory =
    g_build_filename (g_get_user_data_dir (), "countersign-sample", "greeting", NULL);
  const char *argv[] = { "sh", script, directory, NULL };
  CsRunbook *runbook;
  CsDeployment *open;
  GError *error = NULL;

  runbook = cs_runbook_load_finish (result, &error);
  if (runbook == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, runbook, g_object_unref);

  open = find_open (g_task_get_source_object (task), runbook);
  if (open != NULL)
    g_task_return_pointer (task, open, g_object_unref);
  else
    cs_child_run_async (argv, NULL, NULL, g_task_get_cancellable (task), prepared_cb,
                        g_object_ref (task));
}

/**
 * cs_sample_start_async: (skip)
 * @workspace: the workspace
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when the sample is laid out
 * @user_data: for @callback
 *
 * Lays out the sample service in the person's data directory, adds this computer as a target, and
 * opens a deployment of the sample runbook. One that is open already is given back instead.
 */
void
cs_sample_start_async (CsWorkspace *workspace,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (workspace, cancellable, callback, user_data);
  g_autofree char *path = find_file (RUNBOOK_NAME);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_task_set_source_tag (task, cs_sample_start_async);
  cs_runbook_load_async (file, cancellable, loaded_cb, task);
}

/**
 * cs_sample_start_finish: (skip)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the deployment; %NULL if the sample is not installed
 *   (%CS_ERROR_NOT_FOUND) or could not be laid out
 */
CsDeployment *
cs_sample_start_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
