/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short scripts on one target, over a connection that is kept, and what they print. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-target-shell.h"

#include "cs-error.h"
#include "cs-guarded-session.h"

struct _CsTargetShell
{
  GObject parent_instance;

  CsTargets *targets;
  CsBreakers *breakers;
  char *state_directory;
  char *target;
  CsSession *session;
};

typedef struct
{
  char *script;
  char **variables;
  char *cwd;
  CsRun *run;
  GString *output;
  int status;
} Running;

G_DEFINE_FINAL_TYPE (CsTargetShell, cs_target_shell, G_TYPE_OBJECT)

static void
running_free (Running *running)
{
  if (running->run != NULL)
    g_signal_handlers_disconnect_by_data (running->run, running);
  g_clear_object (&running->run);
  g_string_free (running->output, TRUE);
  g_strfreev (running->variables);
  g_free (running->script);
  g_free (running->cwd);
  g_free (running);
}

static void
cs_target_shell_dispose (GObject *object)
{
  CsTargetShell *self = CS_TARGET_SHELL (object);

  g_clear_object (&self->session);
  g_clear_object (&self->targets);
  g_clear_object (&self->breakers);

  G_OBJECT_CLASS (cs_target_shell_parent_class)->dispose (object);
}

static void
cs_target_shell_finalize (GObject *object)
{
  CsTargetShell *self = CS_TARGET_SHELL (object);

  g_free (self->state_directory);
  g_free (self->target);

  G_OBJECT_CLASS (cs_target_shell_parent_class)->finalize (object);
}

static void
cs_target_shell_class_init (CsTargetShellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_target_shell_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_target_shell_finalize;
}

static void
cs_target_shell_init (CsTargetShell *self)
{
}

/**
 * cs_target_shell_new:
 * @targets: where the target is looked up
 * @breakers: (nullable): theirs
 * @state_directory: of this program, for connections
 * @target: its name
 *
 * Returns: (transfer full): without a connection yet
 */
CsTargetShell *
cs_target_shell_new (CsTargets *targets,
                     CsBreakers *breakers,
                     const char *state_directory,
                     const char *target)
{
  CsTargetShell *self = g_object_new (CS_TYPE_TARGET_SHELL, NULL);

  g_set_object (&self->targets, targets);
  g_set_object (&self->breakers, breakers);
  self->state_directory = g_strdup (state_directory);
  self->target = g_strdup (target);
  return self;
}

const char *
cs_target_shell_get_target (CsTargetShell *self)
{
  g_return_val_if_fail (CS_IS_TARGET_SHELL (self), NULL);
  return self->target;
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_session_forget_finish (CS_SESSION (source), result, &error))
    g_debug ("What the target keeps of a script stays there: %s", error->message);
}

static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, Running *running)
{
  if (running->output->len <= CS_TARGET_SHELL_OUTPUT)
    g_string_append_len (running->output, g_bytes_get_data (bytes, NULL),
                         (gssize) g_bytes_get_size (bytes));
}

static gboolean
check_outcome (CsTargetShell *self, Running *running, CsOutcome *outcome, GError **error)
{
  if (cs_outcome_get_kind (outcome) != CS_OUTCOME_EXITED)
    g_set_error (error, CS_ERROR, CS_ERROR_WAITING,
                 "What was run on %s did not end by itself (%s); look there before you go on",
                 self->target, cs_outcome_kind_to_string (cs_outcome_get_kind (outcome)));
  else if (cs_outcome_get_output_size (outcome) != (gint64) running->output->len)
    g_set_error (error, CS_ERROR, CS_ERROR_PROTOCOL,
                 "What was run on %s printed %" G_GINT64_FORMAT
                 " bytes; that is more than is looked at",
                 self->target, cs_outcome_get_output_size (outcome));
  else
    return TRUE;
  return FALSE;
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsTargetShell *self = g_task_get_source_object (task);
  Running *running = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsOutcome) outcome = cs_session_run_finish (CS_SESSION (source), result, &error);

  if (outcome == NULL)
    {
      /* A connection that broke is made anew by the next script. */
      if (self->session == CS_SESSION (source))
        g_clear_object (&self->session);
      g_task_return_error (task, error);
      return;
    }
  cs_session_forget_async (CS_SESSION (source), cs_run_get_id (running->run), NULL, forgotten_cb,
                           NULL);
  running->status = cs_outcome_get_status (outcome);
  if (check_outcome (self, running, outcome, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
run (GTask *task)
{
  CsTargetShell *self = g_task_get_source_object (task);
  Running *running = g_task_get_task_data (task);
  g_autofree char *id = g_uuid_string_random ();

  running->run = cs_run_new (id, running->script, running->cwd, NULL);
  for (char **variable = running->variables; *variable != NULL; variable += 2)
    cs_run_set_variable (running->run, variable[0], variable[1]);
  cs_run_set_timeout (running->run, CS_TARGET_SHELL_TIMEOUT);
  g_signal_connect (running->run, "output", G_CALLBACK (output_cb), running);
  cs_session_run_async (self->session, running->run, g_task_get_cancellable (task), ran_cb, task);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsTargetShell *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (CsSession) session = cs_guarded_session_open_finish (result, &error);

  if (session == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_set_object (&self->session, session);
  run (g_steal_pointer (&task));
}

/**
 * cs_target_shell_run_async:
 * @self: the shell
 * @script: for sh; nothing of it is kept there
 * @variables: (array zero-terminated=1): names and values in turn
 * @cwd: (nullable): where it begins; %NULL: the login's home
 * @cancellable: (nullable): stops the script
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Runs a script, with standard error in what it prints. It may take %CS_TARGET_SHELL_TIMEOUT.
 */
void
cs_target_shell_run_async (CsTargetShell *self,
                           const char *script,
                           const char *const *variables,
                           const char *cwd,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Running *running = g_new0 (Running, 1);
  CsTarget *target;

  g_return_if_fail (CS_IS_TARGET_SHELL (self) && script != NULL && variables != NULL);

  running->script = g_strdup (script);
  running->variables = g_strdupv ((char **) variables);
  running->cwd = g_strdup (cwd);
  running->output = g_string_new (NULL);
  g_task_set_source_tag (task, cs_target_shell_run_async);
  g_task_set_task_data (task, running, (GDestroyNotify) running_free);
  if (self->session != NULL)
    {
      run (g_steal_pointer (&task));
      return;
    }
  target = cs_targets_lookup (self->targets, self->target);
  if (target == NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no target “%s”",
                             self->target);
  else if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                             "“%s” is a fleet; name one of its members", self->target);
  else
    cs_guarded_session_open_async (self->breakers, target, self->state_directory, cancellable,
                                   opened_cb, g_steal_pointer (&task));
}

/**
 * cs_target_shell_run_finish:
 * @self: the shell
 * @result: of the call
 * @status: (out): the exit status
 * @error: why it is not known what the script did
 *
 * Returns: (transfer full): what it printed, whatever bytes these are, with a NUL behind them
 */
char *
cs_target_shell_run_finish (CsTargetShell *self, GAsyncResult *result, int *status, GError **error)
{
  Running *running;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  running = g_task_get_task_data (G_TASK (result));
  *status = running->status;
  return g_strndup (running->output->str, running->output->len);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_session_close_finish (CS_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * cs_target_shell_close_async:
 * @self: the shell
 * @callback: called when there is no connection any more
 * @user_data: for @callback
 *
 * To be called before a program ends.
 */
void
cs_target_shell_close_async (CsTargetShell *self,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (CsSession) session = g_steal_pointer (&self->session);

  g_task_set_source_tag (task, cs_target_shell_close_async);
  if (session != NULL)
    cs_session_close_async (session, closed_cb, g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

/** cs_target_shell_close_finish: TRUE when there is no connection any more. */
gboolean
cs_target_shell_close_finish (CsTargetShell *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
