/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agents as witnesses: asked when a deployment is taken up, and shown how it ended. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-error.h"
#include "cs-guarded-session.h"

/** SHOW_TIMEOUT: seconds that a closed deployment waits at most for its agents to hear of it */
#define SHOW_TIMEOUT 10

/* A head is on disk here before it is shown, so what is read now must hold it. */
static void
compare (GTask *task, const CsWitnessedHead *head, GPtrArray *records)
{
  g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, head->n);

  if (records->len > 0 && g_str_equal (cs_record_get_hash (records->pdata[0]), head->hash))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (
      task, CS_ERROR, CS_ERROR_CORRUPT,
      "The agent was shown another history of this deployment: on %s %s showed it record %s with "
      "the digest %s, and here %s. Nothing was run. See what “countersignctl audit verify” says, "
      "and compare with a colleague's copy",
      head->at, head->by, n, head->hash,
      records->len > 0 ? "that record is another one" : "the record ends before it");
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    compare (task, g_object_get_data (G_OBJECT (task), "head"), records);
  else
    g_task_return_error (task, error);
}

static void
heard_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeployment *self = g_task_get_source_object (task);
  GError *error = NULL;
  CsWitnessedHead *head = cs_session_head_finish (result, &error);

  if (head == NULL && error == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (head == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_object_set_data_full (G_OBJECT (task), "head", head, (GDestroyNotify) cs_witnessed_head_free);
  cs_store_read_async (self->store, self->stream, head->n, g_task_get_cancellable (task), read_cb,
                       g_object_ref (task));
}

/* Asks the target at the other end of a session what it was shown of this deployment before, and
 * compares. finish: TRUE also where nothing is known; CORRUPT if that is not what is here. */
void
cs_deployment_hear_witness_async (CsDeployment *self,
                                  CsSession *session,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_deployment_hear_witness_async);
  cs_session_head_async (session, self->stream, 0, NULL, cancellable, heard_cb,
                         g_object_ref (task));
}

gboolean
cs_deployment_hear_witness_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The agents that are being shown the head; the task returns with the last of them. */
typedef struct
{
  gint64 n;
  char *hash;
  guint pending;
  GCancellable *aborting;
  GSource *timeout;
} Showing;

static void
showing_free (gpointer data)
{
  Showing *showing = data;

  g_source_destroy (showing->timeout);
  g_source_unref (showing->timeout);
  g_object_unref (showing->aborting);
  g_free (showing->hash);
  g_free (showing);
}

/* Who could not be told is told nothing wrong: the deployment is closed all the same, and the
 * witness knows what it was shown with the last command. */
static void
settle (GTask *task, GError *error)
{
  Showing *showing = g_task_get_task_data (task);

  if (error != NULL)
    g_message ("An agent was not shown how the deployment ended: %s", error->message);
  g_clear_error (&error);
  if (--showing->pending == 0)
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
shown_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (CsWitnessedHead) head = cs_session_head_finish (result, &error);

  settle (user_data, error);
}

static void
show (GTask *task, CsSession *session)
{
  CsDeployment *self = g_task_get_source_object (task);
  Showing *showing = g_task_get_task_data (task);

  cs_session_head_async (session, self->stream, showing->n, showing->hash, showing->aborting,
                         shown_cb, task);
}

/* The session lives as long as what it was opened for. */
static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (CsSession) session = cs_guarded_session_open_finish (result, &error);

  if (session == NULL)
    {
      settle (task, error);
      return;
    }
  show (task, session);
}

static gboolean
timed_out_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static Showing *
showing_new (CsDeployment *self)
{
  Showing *showing = g_new0 (Showing, 1);

  showing->n = self->n_records - 1;
  showing->hash = g_strdup (self->head);
  showing->pending = 1;
  showing->aborting = g_cancellable_new ();
  showing->timeout = g_timeout_source_new_seconds (SHOW_TIMEOUT);
  g_source_set_callback (showing->timeout, timed_out_cb, showing->aborting, NULL);
  g_source_attach (showing->timeout, g_main_context_get_thread_default ());
  return showing;
}

/* Shows the head to each agent of the deployment. finish: always TRUE; what can't be reached in
 * some seconds is let go. */
void
cs_deployment_show_witnesses_async (CsDeployment *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Showing *showing = showing_new (self);
  GHashTableIter iter;
  CsSite *site;

  g_task_set_source_tag (task, cs_deployment_show_witnesses_async);
  g_task_set_task_data (task, showing, showing_free);
  g_hash_table_iter_init (&iter, self->sites);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &site))
    {
      if (site->target == NULL || cs_target_get_kind (site->target) != CS_TARGET_AGENT)
        continue;
      showing->pending++;
      if (site->session != NULL)
        show (g_object_ref (task), site->session);
      else
        cs_guarded_session_open_async (self->breakers, site->target, self->state_directory,
                                       showing->aborting, opened_cb, g_object_ref (task));
    }
  settle (task, NULL);
}

gboolean
cs_deployment_show_witnesses_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
