/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts run on one target for one deployment. */

#pragma once

#include "cs-run.h"
#include "cs-target.h"
#include "cs-witness.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_SESSION (cs_session_get_type ())
G_DECLARE_INTERFACE (CsSession, cs_session, CS, SESSION, GObject)

/* A run's files (script, output, outcome) stay in a spool directory on the target, named by the
 * run's id, until the caller has recorded the outcome and calls cs_session_forget_async(). That is
 * how a run outlives the connection and this program, and why the same id never runs twice. */

struct _CsSessionInterface
{
  GTypeInterface parent;

  void (*run_async) (CsSession *self,
                     CsRun *run,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  CsOutcome *(*run_finish) (CsSession *self, GAsyncResult *result, GError **error);
  void (*recover_async) (CsSession *self,
                         CsRun *run,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
  CsOutcome *(*recover_finish) (CsSession *self, GAsyncResult *result, GError **error);
  void (*forget_async) (CsSession *self,
                        const char *id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*forget_finish) (CsSession *self, GAsyncResult *result, GError **error);
  void (*stop) (CsSession *self, const char *id);
  const char *(*get_place) (CsSession *self);
  /* NULL where nothing remembers heads. */
  void (*head_async) (CsSession *self,
                      const char *stream,
                      gint64 n,
                      const char *hash,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  void (*close_async) (CsSession *self, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*close_finish) (CsSession *self, GAsyncResult *result, GError **error);
};

/* Opens a session: for ssh one ControlMaster connection. state_directory: a directory of this
 * program (mode 0700) for sockets, known_hosts and the local spool. UNREACHABLE with ssh's own
 * words; AUTH if the host key is unknown or has changed (message says which and what to do) or no
 * key was accepted. */
void cs_session_open_async (CsTarget *target,
                            const char *state_directory,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsSession *cs_session_open_finish (GAsyncResult *result, GError **error);

/* Runs a script, in a terminal if the run has one (cs_run_set_terminal()). A script that ran and
 * failed is an outcome, not an error. Errors: UNREACHABLE
 * before it was started (it did not run and will not), CONFLICT if a run with this id exists,
 * NOT_FOUND if its working directory does not (it did not run), INVALID, STORAGE if output could
 * not be kept here or files there; and CS_ERROR_WAITING if the connection was lost while it ran:
 * its outcome is unknown until recovered. Cancelling stops the script as cs_session_stop(). */
void cs_session_run_async (CsSession *self,
                           CsRun *run,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CsOutcome *cs_session_run_finish (CsSession *self, GAsyncResult *result, GError **error);

/* Asks the target for a run that was started before: waits for it to end if it still runs, and
 * feeds all its output into the run (a new CsRun with the same id; its script is not used).
 * NOT_FOUND: the target never started it, so running it is safe; but under a new id, for this one
 * is spent: a request that is still on its way must not start it later. WAITING: it was started,
 * but the target can't say how it ended (e.g. it was rebooted), or it keeps its runs elsewhere than
 * when this one was sent, so that it can't say whether it was. */
void cs_session_recover_async (CsSession *self,
                               CsRun *run,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CsOutcome *cs_session_recover_finish (CsSession *self, GAsyncResult *result, GError **error);

/* Removes what the target keeps of a run whose outcome is recorded. */
void cs_session_forget_async (CsSession *self,
                              const char *id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_session_forget_finish (CsSession *self, GAsyncResult *result, GError **error);

/* TERM to the process group of the run, KILL after 5 s; the run then ends as STOPPED. */
void cs_session_stop (CsSession *self, const char *id);

/* Where the target keeps its runs; to be recorded with a run before it is sent, and given to
 * cs_run_set_place() when it is recovered. */
const char *cs_session_get_place (CsSession *self);

/* Asks a witness for the last head of a stream that it was shown, or shows it one (hash not NULL).
 * Gives the one that it knows now, or NULL without an error: it knows none, or the target remembers
 * no heads. CORRUPT: it was shown a later one than that, or another one. */
void cs_session_head_async (CsSession *self,
                            const char *stream,
                            gint64 n,
                            const char *hash,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsWitnessedHead *cs_session_head_finish (GAsyncResult *result, GError **error);

void cs_session_close_async (CsSession *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cs_session_close_finish (CsSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
