/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a session with an agent: its token, its greeting, and who signs. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-session-private.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-keyring.h"

/** DELEGATION: seconds for which a key in memory signs for the person, where the agent allows it */
#define DELEGATION (8 * 60 * 60)
/** OPEN_TIMEOUT: seconds in which an agent must say how it is */
#define OPEN_TIMEOUT 15

/** GREETINGS: agents that are greeted at once. Each handshake is to be over soon, for an agent
 * gives it but seconds; a hundred that share a processor would all be late. */
#define GREETINGS 16

/* A session on its way: token, greeting, signer. */
typedef struct
{
  CsAgentSession *session;
  GCancellable *aborting;
  GSource *timeout;
  GSource *cancel;
  gboolean timed_out;
} Opening;

static void begin_greeting (GTask *task);

/* Sessions are opened from more than one thread. */
static GMutex turns;
static guint n_greeting;
static GQueue waiting = G_QUEUE_INIT; /* GTask, owned */

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  drop_source (&opening->timeout);
  drop_source (&opening->cancel);
  g_clear_object (&opening->session);
  g_clear_object (&opening->aborting);
  g_free (opening);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsAgentSigner) signer =
    cs_agent_access_get_signer_finish (CS_AGENT_ACCESS (source), result, &error);

  if (signer != NULL)
    g_task_return_pointer (task, g_object_ref (opening->session), g_object_unref);
  else
    g_task_return_error (task, error);
}

/* How long a key in memory may sign, as the agent says. */
static guint
read_delegation (JsonObject *health)
{
  JsonObject *policy = cs_json_get_object (health, "policy");

  return (guint) CLAMP (cs_json_get_int (policy, "max_delegation", DELEGATION), 0, DELEGATION);
}

static gboolean
turn_cb (gpointer user_data)
{
  begin_greeting (user_data);
  return G_SOURCE_REMOVE;
}

/* The next one greets in its own main context. */
static void
pass_turn (void)
{
  g_autoptr (GSource) source = NULL;
  GTask *next;

  g_mutex_lock (&turns);
  next = g_queue_pop_head (&waiting);
  if (next == NULL)
    n_greeting--;
  g_mutex_unlock (&turns);
  if (next == NULL)
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, turn_cb, next, g_object_unref);
  g_source_attach (source, g_task_get_context (next));
}

static gboolean
take_turn (GTask *task)
{
  gboolean mine;

  g_mutex_lock (&turns);
  mine = n_greeting < GREETINGS;
  if (mine)
    n_greeting++;
  else
    g_queue_push_tail (&waiting, g_object_ref (task));
  g_mutex_unlock (&turns);
  return mine;
}

static void
greeted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsAgentSession *self = opening->session;
  GError *error = NULL;
  g_autoptr (JsonNode) health = g_task_propagate_pointer (G_TASK (result), &error);
  JsonObject *object;

  pass_turn ();
  drop_source (&opening->timeout);
  if (health == NULL && opening->timed_out)
    {
      g_clear_error (&error);
      error = g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE,
                           "%s can't be reached: it did not answer within %d s", self->address,
                           OPEN_TIMEOUT);
    }
  if (health == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  object = json_node_get_object (health);
  cs_agent_access_tell_certificates (self->access, cs_target_get_name (self->target),
                                     cs_target_get_fingerprint (self->target), object);
  self->place = g_strconcat ("agent:", cs_json_get_string (object, "id"), NULL);
  self->delegation = read_delegation (object);
  cs_agent_access_get_signer_async (self->access, cs_target_get_identity (self->target),
                                    self->delegation, g_task_get_cancellable (task), ready_cb,
                                    g_object_ref (task));
}

static void
greet_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) back = user_data;
  GError *error = NULL;
  JsonNode *health = cs_agent_client_greet_finish (result, &error);

  if (health != NULL)
    g_task_return_pointer (back, health, (GDestroyNotify) json_node_unref);
  else
    g_task_return_error (back, error);
}

static void
greet (CsAgentClient *client, gpointer data)
{
  cs_agent_client_greet_async (client, g_task_get_task_data (data), greet_done_cb,
                               g_object_ref (data));
}

static gboolean
timed_out_cb (gpointer user_data)
{
  Opening *opening = user_data;

  opening->timed_out = TRUE;
  g_cancellable_cancel (opening->aborting);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Opening *opening = user_data;

  g_cancellable_cancel (opening->aborting);
  return G_SOURCE_REMOVE;
}

static void
begin_greeting (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  CsAgentSession *self = opening->session;
  GTask *back;

  opening->timeout = g_timeout_source_new_seconds (OPEN_TIMEOUT);
  g_source_set_callback (opening->timeout, timed_out_cb, opening, NULL);
  g_source_attach (opening->timeout, self->context);
  back = g_task_new (NULL, NULL, greeted_cb, g_object_ref (task));
  g_task_set_source_tag (back, greet);
  g_task_set_task_data (back, g_object_ref (opening->aborting), g_object_unref);
  cs_agent_worker_invoke (self->worker, greet, back, g_object_unref);
}

static void
token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsAgentSession *self = opening->session;
  GError *error = NULL;
  g_autoptr (CsSecret) token =
    cs_agent_access_lookup_token_finish (CS_AGENT_ACCESS (source), result, &error);
  const char *next;
  const char *pin =
    cs_agent_access_get_pin (self->access, cs_target_get_fingerprint (self->target), &next);

  if (token == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->worker = cs_agent_worker_new (self->address, cs_target_get_url (self->target),
                                      pin, next, token);
  if (take_turn (task))
    begin_greeting (task);
}

/**
 * cs_agent_session_open_async:
 * @target: an agent
 *
 * Asks for the token, greets the agent, and has the person's key sign for a while.
 */
void
cs_agent_session_open_async (CsTarget *target,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);
  CsAgentAccess *access = cs_target_get_access (target);

  g_task_set_source_tag (task, cs_agent_session_open_async);
  g_task_set_task_data (task, opening, opening_free);
  if (access == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                               "Nothing here knows the token of the agent “%s”",
                               cs_target_get_name (target));
      return;
    }
  opening->aborting = g_cancellable_new ();
  opening->session = g_object_new (CS_TYPE_AGENT_SESSION, NULL);
  opening->session->target = g_object_ref (target);
  opening->session->access = g_object_ref (access);
  opening->session->address = cs_target_dup_address (target);
  if (cancellable != NULL)
    {
      opening->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (opening->cancel, G_SOURCE_FUNC (cancelled_cb), opening, NULL);
      g_source_attach (opening->cancel, opening->session->context);
    }
  cs_agent_access_lookup_token_async (access, cs_target_get_name (target), cancellable, token_cb,
                                      g_object_ref (task));
}

/**
 * cs_agent_session_open_finish:
 *
 * Returns: (transfer full): the session; errors as cs_session_open_finish()
 */
CsSession *
cs_agent_session_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
