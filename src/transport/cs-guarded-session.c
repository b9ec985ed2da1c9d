/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session behind its target's breaker: what it sends is let through, and how it went is noted. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-guarded-session.h"

#include "cs-error.h"

struct _CsGuardedSession
{
  GObject parent_instance;

  CsSession *inner;
  CsBreakers *breakers;
  char *name;
  gboolean trying;    /* let through in any case */
  gboolean closing;   /* what ends now ends because of us */
  GPtrArray *waiting; /* GTask, unowned: runs that wait for their turn */
};

static void cs_guarded_session_iface_init (CsSessionInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsGuardedSession,
                               cs_guarded_session,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_SESSION,
                                                      cs_guarded_session_iface_init))

typedef enum
{
  SAYS_NOTHING,
  SAYS_ANSWERED,
  SAYS_FAILED,
} Verdict;

/**
 * Passage:
 *
 * One request behind the breaker: its result waits here until what it says of the target is
 * recorded.
 */
typedef struct
{
  CsBreakers *breakers;
  char *name;
  gboolean trying;
  CsRun *run;   /* that waits for its turn; NULL */
  gint64 turn;  /* monotonic microseconds */
  GSource *due; /* when its turn comes, or nobody wants it any more */
  GSource *cancel;
  GObject *result; /* #CsOutcome or #CsSession */
  GError *error;
} Passage;

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
passage_free (gpointer data)
{
  Passage *self = data;

  drop_source (&self->due);
  drop_source (&self->cancel);
  g_clear_object (&self->run);
  g_clear_object (&self->breakers);
  g_clear_object (&self->result);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self);
}

static GTask *
new_passage (gpointer source,
             CsBreakers *breakers,
             const char *name,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);
  Passage *passage = g_new0 (Passage, 1);

  passage->breakers = g_object_ref (breakers);
  passage->name = g_strdup (name);
  /* A cancelled run still has an outcome. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, passage, passage_free);
  return task;
}

static void
deliver (GTask *task)
{
  Passage *passage = g_task_get_task_data (task);

  if (passage->error != NULL)
    g_task_return_error (task, g_steal_pointer (&passage->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&passage->result), g_object_unref);
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_breakers_note_finish (CS_BREAKERS (source), result, &error))
    g_warning ("How a target answered could not be recorded: %s", error->message);
  deliver (task);
}

/* A command that ran and failed is no failure of its target. Neither are keys that are not accepted
 * and what goes wrong on this side. */
static Verdict
judge (const GError *error)
{
  if (error == NULL || g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT) ||
      g_error_matches (error, CS_ERROR, CS_ERROR_NOT_FOUND))
    return SAYS_ANSWERED;
  if (g_error_matches (error, CS_ERROR, CS_ERROR_UNREACHABLE) ||
      g_error_matches (error, CS_ERROR, CS_ERROR_PROTOCOL) ||
      g_error_matches (error, CS_ERROR, CS_ERROR_WAITING))
    return SAYS_FAILED;
  return SAYS_NOTHING;
}

/* Takes the task, the result and the error. */
static void
conclude (GTask *task, gpointer result, GError *error, Verdict verdict)
{
  Passage *passage = g_task_get_task_data (task);
  CsBreaker *breaker = cs_breakers_lookup (passage->breakers, passage->name);

  passage->result = result;
  passage->error = error;
  if (breaker == NULL || verdict == SAYS_NOTHING ||
      (verdict == SAYS_ANSWERED && !cs_breaker_wants_answers (breaker)))
    {
      if (breaker != NULL)
        cs_breaker_leave (breaker);
      deliver (task);
      g_object_unref (task);
    }
  else if (verdict == SAYS_ANSWERED)
    cs_breakers_note_answer_async (passage->breakers, passage->name, noted_cb, task);
  else
    cs_breakers_note_failure_async (passage->breakers, passage->name, error->message, noted_cb,
                                    task);
}

static gboolean
enter (CsBreakers *breakers, const char *name, GError **error)
{
  CsBreaker *breaker = cs_breakers_lookup (breakers, name);

  return breaker == NULL || cs_breaker_enter (breaker, error);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsGuardedSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  CsOutcome *outcome = cs_session_run_finish (CS_SESSION (source), result, &error);

  conclude (task, outcome, error, self->closing ? SAYS_NOTHING : judge (error));
}

/* Takes the task. */
static void
run (GTask *task, CsRun *run)
{
  CsGuardedSession *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (self->trying || enter (self->breakers, self->name, &error))
    {
      cs_session_run_async (self->inner, run, g_task_get_cancellable (task), ran_cb, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Its turn has come, or it is not wanted any more: then nothing was sent. */
static void
end_waiting (GTask *task, GError *error)
{
  CsGuardedSession *self = g_task_get_source_object (task);
  Passage *passage = g_task_get_task_data (task);
  g_autoptr (CsRun) waited = g_steal_pointer (&passage->run);
  CsBreaker *breaker = cs_breakers_lookup (self->breakers, self->name);

  drop_source (&passage->due);
  drop_source (&passage->cancel);
  g_ptr_array_remove (self->waiting, task);
  if (error == NULL)
    {
      run (task, waited);
      return;
    }
  if (breaker != NULL)
    cs_throttle_give_back (cs_breaker_get_throttle (breaker), passage->turn);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static GError *
describe_cancelled (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                              "Waiting for the target was cancelled");
}

static gboolean
due_cb (gpointer user_data)
{
  end_waiting (user_data, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  end_waiting (user_data, describe_cancelled ());
  return G_SOURCE_REMOVE;
}

static void
attach (GSource **slot, GSource *source, GSourceFunc callback, GTask *task)
{
  *slot = source;
  g_source_set_callback (source, callback, task, NULL);
  g_source_attach (source, g_task_get_context (task));
}

/* As many as the target is to get in a minute are on their way, so this one waits; in order. */
static void
wait_for_turn (GTask *task, CsRun *waiting)
{
  CsGuardedSession *self = g_task_get_source_object (task);
  Passage *passage = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *due = g_timeout_source_new (0);

  passage->run = g_object_ref (waiting);
  g_ptr_array_add (self->waiting, task);
  g_source_set_ready_time (due, passage->turn);
  attach (&passage->due, due, due_cb, task);
  if (cancellable != NULL)
    attach (&passage->cancel, g_cancellable_source_new (cancellable),
            G_SOURCE_FUNC (cancelled_cb), task);
}

static void
run_async (CsSession *session,
           CsRun *asked,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  CsGuardedSession *self = CS_GUARDED_SESSION (session);
  GTask *task = new_passage (self, self->breakers, self->name, cancellable, callback, user_data);
  Passage *passage = g_task_get_task_data (task);
  CsBreaker *breaker = cs_breakers_lookup (self->breakers, self->name);
  gint64 now = g_get_monotonic_time ();

  g_task_set_source_tag (task, cs_session_run_async);
  passage->turn = now;
  if (breaker != NULL && cs_breaker_get_state (breaker) != CS_BREAKER_OPEN)
    passage->turn = cs_throttle_take (cs_breaker_get_throttle (breaker), now);
  if (passage->turn > now)
    wait_for_turn (task, asked);
  else
    run (task, asked);
}

static CsOutcome *
outcome_finish (CsSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Here WAITING is an answer: the target says that it can't say. */
static void
recovered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsGuardedSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  CsOutcome *outcome = cs_session_recover_finish (CS_SESSION (source), result, &error);
  Verdict verdict = judge (error);

  if (g_error_matches (error, CS_ERROR, CS_ERROR_WAITING))
    verdict = SAYS_ANSWERED;
  conclude (task, outcome, error, self->closing ? SAYS_NOTHING : verdict);
}

static void
recover_async (CsSession *session,
               CsRun *run,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  CsGuardedSession *self = CS_GUARDED_SESSION (session);
  GTask *task = new_passage (self, self->breakers, self->name, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_session_recover_async);
  cs_session_recover_async (self->inner, run, cancellable, recovered_cb, task);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_session_forget_finish (CS_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
forget_async (CsSession *session,
              const char *id,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_session_forget_async);
  cs_session_forget_async (CS_GUARDED_SESSION (session)->inner, id, cancellable, forgotten_cb,
                           task);
}

static gboolean
boolean_finish (CsSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stop (CsSession *session, const char *id)
{
  CsGuardedSession *self = CS_GUARDED_SESSION (session);

  for (guint i = 0; i < self->waiting->len; i++)
    {
      Passage *passage = g_task_get_task_data (self->waiting->pdata[i]);

      if (g_str_equal (cs_run_get_id (passage->run), id))
        {
          end_waiting (self->waiting->pdata[i], describe_cancelled ());
          return;
        }
    }
  cs_session_stop (CS_GUARDED_SESSION (session)->inner, id);
}

static const char *
get_place (CsSession *session)
{
  return cs_session_get_place (CS_GUARDED_SESSION (session)->inner);
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

static void
close_async (CsSession *session, GAsyncReadyCallback callback, gpointer user_data)
{
  CsGuardedSession *self = CS_GUARDED_SESSION (session);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_session_close_async);
  self->closing = TRUE;
  while (self->waiting->len > 0)
    end_waiting (self->waiting->pdata[0],
                 g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE,
                              "The session on %s was closed before the command was sent",
                              self->name));
  cs_session_close_async (self->inner, closed_cb, task);
}

/* A witness is asked beside what is done; how that went says nothing new of the target. */
static void
head_async (CsSession *session,
            const char *stream,
            gint64 n,
            const char *hash,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  CsGuardedSession *self = CS_GUARDED_SESSION (session);

  cs_session_head_async (self->inner, stream, n, hash, cancellable, callback, user_data);
}

static void
cs_guarded_session_iface_init (CsSessionInterface *iface)
{
  iface->run_async = run_async;
  iface->run_finish = outcome_finish;
  iface->recover_async = recover_async;
  iface->recover_finish = outcome_finish;
  iface->forget_async = forget_async;
  iface->forget_finish = boolean_finish;
  iface->stop = stop;
  iface->get_place = get_place;
  iface->head_async = head_async;
  iface->close_async = close_async;
  iface->close_finish = boolean_finish;
}

static void
cs_guarded_session_finalize (GObject *object)
{
  CsGuardedSession *self = CS_GUARDED_SESSION (object);

  g_clear_object (&self->inner);
  g_clear_object (&self->breakers);
  g_ptr_array_unref (self->waiting);
  g_free (self->name);
  G_OBJECT_CLASS (cs_guarded_session_parent_class)->finalize (object);
}

static void
cs_guarded_session_class_init (CsGuardedSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_guarded_session_finalize;
}

static void
cs_guarded_session_init (CsGuardedSession *self)
{
  self->waiting = g_ptr_array_new ();
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Passage *passage = g_task_get_task_data (task);
  GError *error = NULL;
  CsSession *inner = cs_session_open_finish (result, &error);
  CsGuardedSession *self = NULL;

  if (inner != NULL)
    {
      self = g_object_new (CS_TYPE_GUARDED_SESSION, NULL);
      self->inner = inner;
      self->breakers = g_object_ref (passage->breakers);
      self->name = g_strdup (passage->name);
      self->trying = passage->trying;
    }
  conclude (task, self, error, judge (error));
}

static void
opened_bare_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CsSession *session = cs_session_open_finish (result, &error);

  if (session != NULL)
    g_task_return_pointer (task, session, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* This computer always answers, so it needs no breaker. */
static gboolean
is_guarded (CsBreakers *breakers, CsTarget *target)
{
  return breakers != NULL && cs_target_get_kind (target) != CS_TARGET_LOCAL &&
         cs_breakers_lookup (breakers, cs_target_get_name (target)) != NULL;
}

static void
open_session (CsBreakers *breakers,
              CsTarget *target,
              const char *state_directory,
              gboolean trying,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  const char *name = cs_target_get_name (target);
  GError *error = NULL;
  GTask *task;

  if (!is_guarded (breakers, target))
    {
      task = g_task_new (NULL, cancellable, callback, user_data);
      g_task_set_source_tag (task, open_session);
      cs_session_open_async (target, state_directory, cancellable, opened_bare_cb, task);
      return;
    }
  task = new_passage (NULL, breakers, name, cancellable, callback, user_data);
  g_task_set_source_tag (task, open_session);
  ((Passage *) g_task_get_task_data (task))->trying = trying;
  cs_throttle_set_rate (cs_breaker_get_throttle (cs_breakers_lookup (breakers, name)),
                        cs_target_get_rate (target));
  if (trying || enter (breakers, name, &error))
    {
      cs_session_open_async (target, state_directory, cancellable, opened_cb, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/**
 * cs_guarded_session_open_async:
 * @breakers: (nullable): of all targets
 * @target: where to
 * @state_directory: see cs_session_open_async()
 *
 * Opens a session behind the breaker of its target, if it has one.
 */
void
cs_guarded_session_open_async (CsBreakers *breakers,
                               CsTarget *target,
                               const char *state_directory,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (CS_IS_TARGET (target));
  open_session (breakers, target, state_directory, FALSE, cancellable, callback, user_data);
}

/**
 * cs_guarded_session_try_async:
 * @breakers: (nullable): of all targets
 * @target: where to
 * @state_directory: see cs_session_open_async()
 *
 * As cs_guarded_session_open_async() for someone who wants to try now: the breaker lets them
 * through in any case, and takes note of how it went.
 */
void
cs_guarded_session_try_async (CsBreakers *breakers,
                              CsTarget *target,
                              const char *state_directory,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (CS_IS_TARGET (target));
  open_session (breakers, target, state_directory, TRUE, cancellable, callback, user_data);
}

/**
 * cs_guarded_session_open_finish:
 *
 * Returns: (transfer full): the session; errors as cs_session_open_finish(), and
 *   %CS_ERROR_UNREACHABLE at once while the breaker is open
 */
CsSession *
cs_guarded_session_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
