/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts run on one target for one deployment: the interface, and which class stands behind it. */

#include "cs-session.h"

#include "cs-agent-session.h"
#include "cs-error.h"
#include "cs-shell-session.h"

G_DEFINE_INTERFACE (CsSession, cs_session, G_TYPE_OBJECT)

static void
cs_session_default_init (CsSessionInterface *iface)
{
}

/**
 * cs_session_open_async:
 * @target: where to
 * @state_directory: a directory of this program (mode 0700) for sockets, known_hosts and the spool
 *   of this computer; made if missing
 *
 * Opens a session. Runs of one session may overlap; each is on its own. A fleet has none; its
 * members have (%CS_ERROR_INVALID).
 */
void
cs_session_open_async (CsTarget *target,
                       const char *state_directory,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (CS_IS_TARGET (target));
  g_return_if_fail (state_directory != NULL);
  if (cs_target_get_kind (target) == CS_TARGET_AGENT)
    cs_agent_session_open_async (target, cancellable, callback, user_data);
  else if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    g_task_report_new_error (NULL, callback, user_data, cs_session_open_async, CS_ERROR,
                             CS_ERROR_INVALID,
                             "“%s” is a fleet: there is a connection to each member, not to all",
                             cs_target_get_name (target));
  else
    cs_shell_session_open_async (target, state_directory, cancellable, callback, user_data);
}

/**
 * cs_session_open_finish:
 *
 * Returns: (transfer full): the session; or %NULL with %CS_ERROR_UNREACHABLE (ssh's own words),
 *   %CS_ERROR_AUTH (host key unknown or changed, or no key accepted; what to do is said),
 *   %CS_ERROR_STORAGE
 */
CsSession *
cs_session_open_finish (GAsyncResult *result, GError **error)
{
  /* Each kind's task gives a session; which kind it was is no matter any more. */
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_session_run_async:
 * @self: a session
 * @run: what to run; its id must be new to the target
 * @cancellable: (nullable): cancelling is cs_session_stop()
 *
 * Runs a script; see the header for what is an outcome and what an error.
 */
void
cs_session_run_async (CsSession *self,
                      CsRun *run,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (CS_IS_SESSION (self));
  g_return_if_fail (CS_IS_RUN (run));
  CS_SESSION_GET_IFACE (self)->run_async (self, run, cancellable, callback, user_data);
}

/**
 * cs_session_run_finish:
 * @self: a session
 *
 * Returns: (transfer full): how the script ended; or %NULL with %CS_ERROR_UNREACHABLE,
 *   %CS_ERROR_CONFLICT, %CS_ERROR_NOT_FOUND (its working directory), %CS_ERROR_INVALID (nothing was
 *   run), %CS_ERROR_STORAGE, or %CS_ERROR_WAITING (it may have run: recover it)
 */
CsOutcome *
cs_session_run_finish (CsSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_SESSION (self), NULL);
  return CS_SESSION_GET_IFACE (self)->run_finish (self, result, error);
}

/**
 * cs_session_recover_async:
 * @self: a session, not necessarily the one that sent the run
 * @run: a new #CsRun with the id in question; its script is not used
 * @cancellable: (nullable): cancelling gives up following; the script goes on
 *
 * Asks the target for a run that was sent before and follows it to its end.
 */
void
cs_session_recover_async (CsSession *self,
                          CsRun *run,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (CS_IS_SESSION (self));
  g_return_if_fail (CS_IS_RUN (run));
  CS_SESSION_GET_IFACE (self)->recover_async (self, run, cancellable, callback, user_data);
}

/**
 * cs_session_recover_finish:
 * @self: a session
 *
 * Returns: (transfer full): how the script ended; or %NULL with %CS_ERROR_NOT_FOUND (it never
 *   started and never will under this id), %CS_ERROR_WAITING (the target can't say),
 *   %CS_ERROR_UNREACHABLE, %CS_ERROR_STORAGE
 */
CsOutcome *
cs_session_recover_finish (CsSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_SESSION (self), NULL);
  return CS_SESSION_GET_IFACE (self)->recover_finish (self, result, error);
}

/**
 * cs_session_forget_async:
 * @self: a session
 * @id: of a run whose outcome is recorded
 *
 * Removes what the target keeps of a run.
 */
void
cs_session_forget_async (CsSession *self,
                         const char *id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (CS_IS_SESSION (self));
  g_return_if_fail (id != NULL);
  CS_SESSION_GET_IFACE (self)->forget_async (self, id, cancellable, callback, user_data);
}

/**
 * cs_session_forget_finish:
 * @self: a session
 *
 * Returns: whether nothing is kept any more
 */
gboolean
cs_session_forget_finish (CsSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_SESSION (self), FALSE);
  return CS_SESSION_GET_IFACE (self)->forget_finish (self, result, error);
}

/**
 * cs_session_stop:
 * @self: a session
 * @id: of a run that was started, by this session or another
 *
 * Sends TERM to the run's process group, and KILL after 5 s to what is left of it.
 */
void
cs_session_stop (CsSession *self, const char *id)
{
  g_return_if_fail (CS_IS_SESSION (self));
  g_return_if_fail (id != NULL);
  CS_SESSION_GET_IFACE (self)->stop (self, id);
}

/**
 * cs_session_get_place:
 * @self: a session
 *
 * Names where the target keeps its runs: another home, another machine behind the same name, or one
 * that was set up anew is another place, which knows nothing of the runs of the first.
 *
 * Returns: (transfer none): the name, opaque, without white space
 */
const char *
cs_session_get_place (CsSession *self)
{
  g_return_val_if_fail (CS_IS_SESSION (self), NULL);
  return CS_SESSION_GET_IFACE (self)->get_place (self);
}

/**
 * cs_session_head_async:
 * @self: a session
 * @stream: of a journal
 * @n: number of its last record; not looked at without @hash
 * @hash: (nullable): its digest, to be shown; %NULL to ask
 *
 * Asks a witness what it was shown of a stream, or shows it the stream's head.
 */
void
cs_session_head_async (CsSession *self,
                       const char *stream,
                       gint64 n,
                       const char *hash,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CS_IS_SESSION (self));
  g_return_if_fail (stream != NULL);
  if (CS_SESSION_GET_IFACE (self)->head_async != NULL)
    {
      CS_SESSION_GET_IFACE (self)->head_async (self, stream, n, hash, cancellable, callback,
                                               user_data);
      return;
    }
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_session_head_async);
  g_task_return_pointer (task, NULL, NULL);
}

/**
 * cs_session_head_finish:
 *
 * Returns: (transfer full) (nullable): the head that the witness knows now; %NULL if it knows none,
 *   or with %CS_ERROR_CORRUPT if it was shown another history, or as cs_session_forget_finish()
 */
CsWitnessedHead *
cs_session_head_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_session_close_async:
 * @self: a session
 *
 * Ends the connection. Runs that are under way go on at the target and end here with
 * %CS_ERROR_WAITING.
 */
void
cs_session_close_async (CsSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CS_IS_SESSION (self));
  CS_SESSION_GET_IFACE (self)->close_async (self, callback, user_data);
}

/**
 * cs_session_close_finish:
 * @self: a session
 *
 * Returns: %TRUE
 */
gboolean
cs_session_close_finish (CsSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CS_IS_SESSION (self), FALSE);
  return CS_SESSION_GET_IFACE (self)->close_finish (self, result, error);
}
