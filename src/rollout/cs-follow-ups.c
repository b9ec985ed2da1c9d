/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to be run on a target so that a file that was written takes effect, and to see it. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-follow-ups.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

/** TOLD: bytes of a failed command's output that are told */
#define TOLD 300

struct _CsFollowUps
{
  GObject parent_instance;

  CsTargetShell *shell;
  char *directory;
  char **reload;
  char *readback;
};

G_DEFINE_FINAL_TYPE (CsFollowUps, cs_follow_ups, G_TYPE_OBJECT)

static void
cs_follow_ups_finalize (GObject *object)
{
  CsFollowUps *self = CS_FOLLOW_UPS (object);

  g_clear_object (&self->shell);
  g_free (self->directory);
  g_strfreev (self->reload);
  g_free (self->readback);

  G_OBJECT_CLASS (cs_follow_ups_parent_class)->finalize (object);
}

static void
cs_follow_ups_class_init (CsFollowUpsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_follow_ups_finalize;
}

static void
cs_follow_ups_init (CsFollowUps *self)
{
}

/**
 * cs_follow_ups_new:
 * @shell: of the target
 * @settings: see above
 * @path: of the file that is written
 *
 * Returns: (transfer full): what is to follow
 */
CsFollowUps *
cs_follow_ups_new (CsTargetShell *shell, JsonObject *settings, const char *path)
{
  CsFollowUps *self = g_object_new (CS_TYPE_FOLLOW_UPS, NULL);
  const char *directory = cs_json_get_string (settings, "directory");
  JsonArray *reload = cs_json_get_array (settings, "reload");
  g_autoptr (GStrvBuilder) commands = g_strv_builder_new ();

  for (guint i = 0; reload != NULL && i < json_array_get_length (reload); i++)
    g_strv_builder_add (commands, json_array_get_string_element (reload, i));
  self->shell = g_object_ref (shell);
  self->directory = directory != NULL ? g_strdup (directory) : g_path_get_dirname (path);
  self->reload = g_strv_builder_end (commands);
  self->readback = g_strdup (cs_json_get_string (settings, "readback"));
  return self;
}

static void run_next (GTask *task);

/* What a command printed, if it ended well. */
static char *
finish_command (CsFollowUps *self,
                GObject *source,
                GAsyncResult *result,
                const char *command,
                GError **error)
{
  int status = 0;
  g_autofree char *output =
    cs_target_shell_run_finish (CS_TARGET_SHELL (source), result, &status, error);
  g_autofree char *told = NULL;

  if (output == NULL || status == 0)
    return g_steal_pointer (&output);
  told = g_utf8_make_valid (output, (gssize) MIN (strlen (output), TOLD));
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "“%s” on %s ended with status %d: %s", command,
               cs_target_shell_get_target (self->shell), status, g_strstrip (told));
  return NULL;
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsFollowUps *self = g_task_get_source_object (task);
  guint *next = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *output = finish_command (self, source, result, self->reload[*next], &error);

  if (output == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  ++*next;
  run_next (g_steal_pointer (&task));
}

static void
run_next (GTask *task)
{
  CsFollowUps *self = g_task_get_source_object (task);
  guint *next = g_task_get_task_data (task);
  const char *const none[] = { NULL };

  if (self->reload[*next] != NULL)
    {
      cs_target_shell_run_async (self->shell, self->reload[*next], none, self->directory,
                                 g_task_get_cancellable (task), ran_cb, task);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/**
 * cs_follow_ups_reload_async:
 * @self: what is to follow
 * @cancellable: (nullable): of the commands
 * @callback: called when all have ended, or one failed
 * @user_data: for @callback
 */
void
cs_follow_ups_reload_async (CsFollowUps *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_follow_ups_reload_async);
  g_task_set_task_data (task, g_new0 (guint, 1), g_free);
  run_next (task);
}

/** cs_follow_ups_finish: %TRUE if all commands ended well. */
gboolean
cs_follow_ups_finish (CsFollowUps *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cs_follow_ups_can_read_back: whether a command says what the application sees. */
gboolean
cs_follow_ups_can_read_back (CsFollowUps *self)
{
  g_return_val_if_fail (CS_IS_FOLLOW_UPS (self), FALSE);
  return self->readback != NULL;
}

static void
read_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsFollowUps *self = g_task_get_source_object (task);
  GError *error = NULL;
  char *output = finish_command (self, source, result, self->readback, &error);

  if (output != NULL)
    g_task_return_pointer (task, output, g_free);
  else
    g_task_return_error (task, error);
}

/**
 * cs_follow_ups_read_back_async:
 * @self: what is to follow; cs_follow_ups_can_read_back()
 * @cancellable: (nullable): of the command
 * @callback: called when it has ended
 * @user_data: for @callback
 */
void
cs_follow_ups_read_back_async (CsFollowUps *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const char *const none[] = { NULL };

  g_task_set_source_tag (task, cs_follow_ups_read_back_async);
  cs_target_shell_run_async (self->shell, self->readback, none, self->directory, cancellable,
                             read_back_cb, task);
}

/** cs_follow_ups_read_back_finish: (transfer full): what it printed; %CS_ERROR_FAILED. */
char *
cs_follow_ups_read_back_finish (CsFollowUps *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
