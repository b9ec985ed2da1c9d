/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent remembers of journals: the last head of each stream that it was shown. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-witness.h"

#include "cs-agent-worker.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-keyring.h"

/** TIMEOUT: seconds in which an agent must have answered */
#define TIMEOUT 15

/* Everything but the worker's own turns happens in the caller's thread. */
typedef struct
{
  CsTarget *target;
  char *address;
  char **streams;
  guint next;
  GPtrArray *heads; /* CsWitnessedHead */
  CsAgentWorker *worker;
  CsAgentClient *client; /* of the worker */
  GCancellable *aborting;
  gulong chained;
} Asking;

/** cs_witnessed_head_free: frees a head. */
void
cs_witnessed_head_free (CsWitnessedHead *self)
{
  g_free (self->stream);
  g_free (self->hash);
  g_free (self->at);
  g_free (self->by);
  g_free (self);
}

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_clear_pointer (&asking->worker, cs_agent_worker_free);
  g_clear_object (&asking->target);
  g_clear_object (&asking->aborting);
  g_ptr_array_unref (asking->heads);
  g_strfreev (asking->streams);
  g_free (asking->address);
  g_free (asking);
}

static void ask_next (GTask *task);

/**
 * cs_witnessed_head_parse:
 * @stream: of a journal
 * @node: (nullable): what an agent has answered
 *
 * Returns: (transfer full) (nullable): the head; %NULL if that is none
 */
CsWitnessedHead *
cs_witnessed_head_parse (const char *stream, JsonNode *node)
{
  JsonObject *object =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *hash = cs_json_get_string (object, "hash");
  const char *at = cs_json_get_string (object, "at");
  const char *by = cs_json_get_string (object, "by");
  gint64 n = object != NULL ? cs_json_get_int (object, "n", -1) : -1;
  CsWitnessedHead *head;

  if (n < 0 || hash == NULL)
    return NULL;
  head = g_new0 (CsWitnessedHead, 1);
  head->stream = g_strdup (stream);
  head->n = n;
  head->hash = g_strdup (hash);
  head->at = g_strdup (at != NULL ? at : "");
  head->by = g_strdup (by != NULL ? by : "");
  return head;
}

static gboolean
take_head (Asking *asking, const char *stream, JsonNode *node)
{
  CsWitnessedHead *head = cs_witnessed_head_parse (stream, node);

  if (head != NULL)
    g_ptr_array_add (asking->heads, head);
  return head != NULL;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  const char *stream = asking->streams[asking->next];
  GError *error = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else if (g_strcmp0 (answer->problem, "no-such-head") != 0 &&
           (answer->status != 200 || !take_head (asking, stream, answer->json)))
    g_task_return_error (task, cs_agent_client_describe (asking->client, answer));
  else
    {
      asking->next++;
      ask_next (task);
    }
}

static void
ask_next (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  g_autofree char *path = NULL;

  if (asking->streams[asking->next] == NULL)
    {
      g_task_return_pointer (task, g_ptr_array_ref (asking->heads),
                             (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  path = g_strconcat ("/v1/heads/", asking->streams[asking->next], NULL);
  cs_agent_client_send_async (asking->client, "GET", path, NULL, CS_AGENT_NONE, 0,
                              asking->aborting, answered_cb, g_object_ref (task));
}

static void
work (CsAgentClient *client, gpointer data)
{
  ((Asking *) g_task_get_task_data (data))->client = client;
  ask_next (data);
}

static gboolean
timed_out_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* In the caller's thread again. */
static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *asking = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GPtrArray *heads = g_task_propagate_pointer (G_TASK (result), &error);

  g_source_destroy (g_task_get_task_data (task));
  g_cancellable_disconnect (g_task_get_cancellable (task), asking->chained);
  if (heads != NULL)
    g_task_return_pointer (task, heads, (GDestroyNotify) g_ptr_array_unref);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_UNREACHABLE,
                             "%s can't be reached: it did not answer within %d s", asking->address,
                             TIMEOUT);
}

static void
token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) asked = user_data;
  Asking *asking = g_task_get_task_data (asked);
  GError *error = NULL;
  g_autoptr (CsSecret) token =
    cs_agent_access_lookup_token_finish (CS_AGENT_ACCESS (source), result, &error);
  const char *next;
  const char *pin = cs_agent_access_get_pin (
    CS_AGENT_ACCESS (source), cs_target_get_fingerprint (asking->target), &next);

  if (token == NULL)
    {
      g_task_return_error (asked, error);
      return;
    }
  asking->worker = cs_agent_worker_new (asking->address, cs_target_get_url (asking->target),
                                        pin, next, token);
  cs_agent_worker_invoke (asking->worker, work, g_object_ref (asked), g_object_unref);
}

static void
abort_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* It is asked in the worker's thread, which knows nothing of the caller's cancellable. */
static Asking *
asking_new (CsTarget *target, const char *const *streams, GTask *task)
{
  Asking *asking = g_new0 (Asking, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *timeout = g_timeout_source_new_seconds (TIMEOUT);

  asking->target = g_object_ref (target);
  asking->address = cs_target_dup_address (target);
  asking->streams = g_strdupv ((char **) streams);
  asking->heads = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_witnessed_head_free);
  asking->aborting = g_cancellable_new ();
  if (cancellable != NULL)
    asking->chained = g_cancellable_connect (
      cancellable, G_CALLBACK (abort_cb), g_object_ref (asking->aborting), g_object_unref);
  g_source_set_callback (timeout, timed_out_cb, g_object_ref (asking->aborting), g_object_unref);
  g_source_attach (timeout, g_task_get_context (task));
  g_task_set_task_data (task, timeout, (GDestroyNotify) g_source_unref);
  return asking;
}

/**
 * cs_witness_ask_async:
 * @target: an agent
 * @streams: names of streams
 * @cancellable: (nullable): ends it
 *
 * Asks the agent for the last head of each stream that it was shown, with the token alone.
 */
void
cs_witness_ask_async (CsTarget *target,
                      const char *const *streams,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) asked = NULL;
  CsAgentAccess *access = cs_target_get_access (target);

  g_task_set_source_tag (task, cs_witness_ask_async);
  if (cs_target_get_kind (target) != CS_TARGET_AGENT || access == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                               "Nothing here knows the token of the agent “%s”",
                               cs_target_get_name (target));
      return;
    }
  asked = g_task_new (NULL, NULL, asked_cb, g_object_ref (task));
  g_task_set_source_tag (asked, work);
  g_task_set_task_data (asked, asking_new (target, streams, task), asking_free);
  cs_agent_access_lookup_token_async (access, cs_target_get_name (target), cancellable, token_cb,
                                      g_object_ref (asked));
}

/**
 * cs_witness_ask_finish:
 *
 * Returns: (transfer full) (element-type CsWitnessedHead): what it remembers, in the order of the
 *   streams; %NULL with %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH or what else the agent answered
 */
GPtrArray *
cs_witness_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
