/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the scripts of probes on targets, over connections that are kept. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-command-probe.h"

#include "cs-error.h"
#include "cs-guarded-session.h"

struct _CsCommandProbe
{
  GObject parent_instance;

  CsTargets *targets;
  CsBreakers *breakers;
  char *state_directory;
  GHashTable *sessions; /* name of the target → Connection */
  guint n_closing;
};

/* One target's connection, and who waits for it while it is made. */
typedef struct
{
  char *name;
  CsSession *session; /* NULL while it is opened */
  GPtrArray *waiting; /* of GTask (transfer full) */
} Connection;

typedef struct
{
  CsProbe *probe;
  CsRun *run;
  GString *output;
  CsOutcome *outcome;
} Running;

G_DEFINE_FINAL_TYPE (CsCommandProbe, cs_command_probe, G_TYPE_OBJECT)

static void
connection_free (Connection *self)
{
  g_free (self->name);
  g_clear_object (&self->session);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

static void
running_free (Running *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  g_clear_object (&self->outcome);
  cs_probe_free (self->probe);
  g_string_free (self->output, TRUE);
  g_free (self);
}

static void
cs_command_probe_dispose (GObject *object)
{
  CsCommandProbe *self = CS_COMMAND_PROBE (object);

  g_hash_table_remove_all (self->sessions);
  g_clear_object (&self->targets);
  g_clear_object (&self->breakers);

  G_OBJECT_CLASS (cs_command_probe_parent_class)->dispose (object);
}

static void
cs_command_probe_finalize (GObject *object)
{
  CsCommandProbe *self = CS_COMMAND_PROBE (object);

  g_hash_table_unref (self->sessions);
  g_free (self->state_directory);

  G_OBJECT_CLASS (cs_command_probe_parent_class)->finalize (object);
}

static void
cs_command_probe_class_init (CsCommandProbeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_command_probe_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_command_probe_finalize;
}

static void
cs_command_probe_init (CsCommandProbe *self)
{
  self->sessions =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) connection_free);
}

/**
 * cs_command_probe_new:
 * @targets: (nullable): where targets are looked up
 * @breakers: (nullable): theirs
 * @state_directory: of this program, for connections
 *
 * Returns: (transfer full): without any connection yet
 */
CsCommandProbe *
cs_command_probe_new (CsTargets *targets, CsBreakers *breakers, const char *state_directory)
{
  CsCommandProbe *self = g_object_new (CS_TYPE_COMMAND_PROBE, NULL);

  g_set_object (&self->targets, targets);
  g_set_object (&self->breakers, breakers);
  self->state_directory = g_strdup (state_directory);
  return self;
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_session_forget_finish (CS_SESSION (source), result, &error))
    g_debug ("What the target keeps of a probe stays there: %s", error->message);
}

static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, Running *running)
{
  g_string_append_len (running->output, g_bytes_get_data (bytes, NULL),
                       (gssize) g_bytes_get_size (bytes));
  if (running->output->len > 2 * CS_COMMAND_PROBE_OUTPUT)
    g_string_erase (running->output, 0, (gssize) (running->output->len - CS_COMMAND_PROBE_OUTPUT));
}

/* A connection that broke is made anew by the next measurement. */
static void
drop_connection (CsCommandProbe *self, const char *name, CsSession *session)
{
  Connection *connection = g_hash_table_lookup (self->sessions, name);

  if (connection != NULL && connection->session == session)
    g_hash_table_remove (self->sessions, name);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsCommandProbe *self = g_task_get_source_object (task);
  Running *running = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  running->outcome = cs_session_run_finish (CS_SESSION (source), result, &error);
  if (running->outcome == NULL)
    {
      drop_connection (self, running->probe->target, CS_SESSION (source));
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  cs_session_forget_async (CS_SESSION (source), cs_run_get_id (running->run), NULL, forgotten_cb,
                           NULL);
  if (cs_outcome_get_kind (running->outcome) == CS_OUTCOME_TIMED_OUT ||
      cs_outcome_get_kind (running->outcome) == CS_OUTCOME_STOPPED)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "it took too long");
  else
    g_task_return_boolean (task, TRUE);
}

static void
run (GTask *task, CsSession *session)
{
  Running *running = g_task_get_task_data (task);
  g_autofree char *id = g_uuid_string_random ();

  running->run = cs_run_new (id, running->probe->script, NULL, NULL);
  cs_run_set_timeout (running->run, (guint) MAX (1, running->probe->timeout / G_USEC_PER_SEC));
  g_signal_connect (running->run, "output", G_CALLBACK (output_cb), running);
  cs_session_run_async (session, running->run, g_task_get_cancellable (task), ran_cb, task);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) opening = user_data;
  CsCommandProbe *self = g_task_get_source_object (opening);
  const char *name = g_task_get_task_data (opening);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSession) session = cs_guarded_session_open_finish (result, &error);
  Connection *connection = g_hash_table_lookup (self->sessions, name);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&connection->waiting);

  connection->waiting = g_ptr_array_new ();
  if (session == NULL)
    g_hash_table_remove (self->sessions, name);
  else
    connection->session = g_object_ref (session);
  for (guint i = 0; i < waiting->len; i++)
    {
      g_autoptr (GTask) task = waiting->pdata[i];

      if (session != NULL)
        run (g_steal_pointer (&task), session);
      else
        g_task_return_error (task, g_error_copy (error));
    }
  g_task_return_boolean (opening, TRUE);
}

static void
open_connection (CsCommandProbe *self, CsTarget *target, GTask *first)
{
  Connection *connection = g_new0 (Connection, 1);
  GTask *opening = g_task_new (self, NULL, NULL, NULL);

  connection->name = g_strdup (cs_target_get_name (target));
  connection->waiting = g_ptr_array_new ();
  g_ptr_array_add (connection->waiting, first);
  g_hash_table_insert (self->sessions, connection->name, connection);
  g_task_set_source_tag (opening, open_connection);
  g_task_set_task_data (opening, g_strdup (connection->name), g_free);
  cs_guarded_session_open_async (self->breakers, target, self->state_directory, NULL, opened_cb,
                                 opening);
}

/**
 * cs_command_probe_run_async:
 * @self: the runner
 * @probe: of the kind COMMAND; copied
 * @cancellable: (nullable): stops the script
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Runs the probe's script on its target, in the login's home. Nothing of it is kept there.
 */
void
cs_command_probe_run_async (CsCommandProbe *self,
                            const CsProbe *probe,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Running *running = g_new0 (Running, 1);
  Connection *connection;
  CsTarget *target;

  g_return_if_fail (CS_IS_COMMAND_PROBE (self));
  g_return_if_fail (probe != NULL && probe->kind == CS_PROBE_COMMAND);

  running->probe = cs_probe_copy (probe);
  running->output = g_string_new (NULL);
  g_task_set_source_tag (task, cs_command_probe_run_async);
  g_task_set_task_data (task, running, (GDestroyNotify) running_free);
  connection = g_hash_table_lookup (self->sessions, probe->target);
  if (connection != NULL)
    {
      if (connection->session != NULL)
        run (g_steal_pointer (&task), connection->session);
      else
        g_ptr_array_add (connection->waiting, g_steal_pointer (&task));
      return;
    }
  target = self->targets != NULL ? cs_targets_lookup (self->targets, probe->target) : NULL;
  if (target == NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "there is no target “%s”",
                             probe->target);
  else if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                             "“%s” is a fleet; name one of its members", probe->target);
  else
    open_connection (self, target, g_steal_pointer (&task));
}

/**
 * cs_command_probe_run_finish:
 * @self: the runner
 * @result: of the call
 * @status: (out): the exit status
 * @output: (out) (transfer full): the end of what was printed, as valid UTF-8
 * @error: why nothing is known
 *
 * Returns: whether the script ended
 */
gboolean
cs_command_probe_run_finish (
  CsCommandProbe *self,
  GAsyncResult *result,
  int *status,
  char **output,
  GError **error)
{
  Running *running;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  running = g_task_get_task_data (G_TASK (result));
  *status = cs_outcome_get_status (running->outcome);
  *output = g_utf8_make_valid (running->output->str, (gssize) running->output->len);
  return TRUE;
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsCommandProbe *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!cs_session_close_finish (CS_SESSION (source), result, &error))
    g_debug ("A connection did not close well: %s", error->message);
  if (--self->n_closing == 0)
    g_task_return_boolean (task, TRUE);
}

/**
 * cs_command_probe_close_async:
 * @self: the runner
 * @callback: called when all connections are closed
 * @user_data: for @callback
 *
 * To be called before a program ends, when nothing is measured any more.
 */
void
cs_command_probe_close_async (CsCommandProbe *self,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GHashTableIter iter;
  Connection *connection;

  g_return_if_fail (CS_IS_COMMAND_PROBE (self));

  g_task_set_source_tag (task, cs_command_probe_close_async);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &connection))
    if (connection->session != NULL)
      {
        self->n_closing++;
        cs_session_close_async (connection->session, closed_cb, g_object_ref (task));
        g_hash_table_iter_remove (&iter);
      }
  if (self->n_closing == 0)
    g_task_return_boolean (task, TRUE);
}

/** cs_command_probe_close_finish: TRUE when there is no connection any more. */
gboolean
cs_command_probe_close_finish (CsCommandProbe *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
