/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What switches a feature in a file on a target, whatever the file is: the base of such
 * providers. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-file-provider.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-target-file.h"

typedef struct
{
  CsTargetShell *shell;
  CsFollowUps *follow_ups;
  char *path;
} CsFileProviderPrivate;

static void cs_file_provider_provider_init (CsFlagProviderInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (
  CsFileProvider,
  cs_file_provider,
  G_TYPE_OBJECT,
  G_ADD_PRIVATE (CsFileProvider)
    G_IMPLEMENT_INTERFACE (CS_TYPE_FLAG_PROVIDER, cs_file_provider_provider_init))

static CsFileProviderPrivate *
get_private (gpointer self)
{
  return cs_file_provider_get_instance_private (CS_FILE_PROVIDER (self));
}

static void
reloaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_follow_ups_finish (CS_FOLLOW_UPS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_target_shell_close_finish (CS_TARGET_SHELL (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
cs_file_provider_close_async (CsFlagProvider *provider,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (provider, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_file_provider_close_async);
  cs_target_shell_close_async (get_private (provider)->shell, closed_cb, task);
}

static void
cs_file_provider_provider_init (CsFlagProviderInterface *iface)
{
  iface->close_async = cs_file_provider_close_async;
}

static void
cs_file_provider_finalize (GObject *object)
{
  CsFileProviderPrivate *private = get_private (object);

  g_clear_object (&private->shell);
  g_clear_object (&private->follow_ups);
  g_free (private->path);

  G_OBJECT_CLASS (cs_file_provider_parent_class)->finalize (object);
}

static void
cs_file_provider_class_init (CsFileProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_file_provider_finalize;
}

static void
cs_file_provider_init (CsFileProvider *self)
{
}

/**
 * cs_file_provider_set_up:
 * @self: a provider that is new
 * @settings: see #CsFileProvider
 * @targets: where the target is looked up
 * @breakers: (nullable): theirs
 * @state_directory: of this program, for connections
 *
 * Returns: whether they name a file; else %CS_ERROR_INVALID
 */
gboolean
cs_file_provider_set_up (CsFileProvider *self,
                         JsonObject *settings,
                         CsTargets *targets,
                         CsBreakers *breakers,
                         const char *state_directory,
                         GError **error)
{
  CsFileProviderPrivate *private = get_private (self);
  const char *target = cs_json_get_string (settings, "target");
  const char *path = cs_json_get_string (settings, "path");

  g_return_val_if_fail (private->shell == NULL, FALSE);

  if (target == NULL || path == NULL || !g_path_is_absolute (path))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A file needs a target and its whole path there, beginning with /");
      return FALSE;
    }
  private->path = g_strdup (path);
  private->shell = cs_target_shell_new (targets, breakers, state_directory, target);
  private->follow_ups = cs_follow_ups_new (private->shell, settings, path);
  return TRUE;
}

/** cs_file_provider_get_shell: (transfer none): of the target. */
CsTargetShell *
cs_file_provider_get_shell (CsFileProvider *self)
{
  return get_private (self)->shell;
}

/** cs_file_provider_get_follow_ups: (transfer none): what follows once it is written. */
CsFollowUps *
cs_file_provider_get_follow_ups (CsFileProvider *self)
{
  return get_private (self)->follow_ups;
}

/** cs_file_provider_get_path: (transfer none): of the file on the target. */
const char *
cs_file_provider_get_path (CsFileProvider *self)
{
  return get_private (self)->path;
}

/**
 * cs_file_provider_written_cb:
 * @source: as callbacks get it
 * @result: of cs_target_file_edit_async() or cs_target_file_replace_async()
 * @user_data: (transfer full): the task
 */
void
cs_file_provider_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsFileProviderPrivate *private = get_private (g_task_get_source_object (task));
  GError *error = NULL;

  if (cs_target_file_write_finish (result, &error))
    cs_follow_ups_reload_async (private->follow_ups, NULL, reloaded_cb, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}
