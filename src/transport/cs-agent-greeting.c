/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent says of itself, for people who look at it. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-greeting.h"

#include "cs-agent-access.h"
#include "cs-agent-client.h"
#include "cs-clock.h"
#include "cs-error.h"
#include "cs-json.h"

typedef struct
{
  CsTarget *target;
  CsAgentClient *client;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *self = data;

  g_clear_pointer (&self->client, cs_agent_client_free);
  g_object_unref (self->target);
  g_free (self);
}

/**
 * cs_agent_greeting_free:
 * @self: (transfer full): what an agent said
 */
void
cs_agent_greeting_free (CsAgentGreeting *self)
{
  g_free (self->version);
  g_free (self->host);
  g_free (self->user);
  g_free (self->environment);
  g_free (self->certificate);
  g_free (self->next);
  g_free (self);
}

static gint64
read_time (JsonObject *object, const char *member)
{
  const char *text = cs_json_get_string (object, member);
  gint64 at = 0;

  return text != NULL && cs_clock_parse (text, &at, NULL) ? at : 0;
}

static guint
read_count (JsonObject *object, const char *member)
{
  return (guint) CLAMP (cs_json_get_int (object, member, 0), 0, G_MAXINT);
}

static void
read_certificate (CsAgentGreeting *self, JsonObject *object)
{
  const char *state = cs_json_get_string (object, "state");
  const char *fingerprint = cs_json_get_string (object, "fingerprint");

  if (g_strcmp0 (state, "current") == 0 && self->certificate == NULL)
    {
      self->certificate = g_strdup (fingerprint);
      self->expires = read_time (object, "expires");
    }
  else if (g_strcmp0 (state, "next") == 0 && self->next == NULL)
    {
      self->next = g_strdup (fingerprint);
      self->next_from = read_time (object, "from");
    }
}

static CsAgentGreeting *
read_health (JsonObject *health)
{
  CsAgentGreeting *self = g_new0 (CsAgentGreeting, 1);
  JsonObject *runs = cs_json_get_object (health, "runs");
  JsonObject *policy = cs_json_get_object (health, "policy");
  JsonArray *certificates = cs_json_get_array (health, "certificates");
  guint n = certificates != NULL ? json_array_get_length (certificates) : 0;

  self->version = g_strdup (cs_json_get_string (health, "version"));
  self->host = g_strdup (cs_json_get_string (health, "host"));
  self->user = g_strdup (cs_json_get_string (health, "user"));
  self->uptime = MAX (0, cs_json_get_int (health, "uptime", 0));
  self->running = read_count (runs, "running");
  self->queued = read_count (runs, "queued");
  self->limit = read_count (runs, "limit");
  self->environment = g_strdup (cs_json_get_string (policy, "environment"));
  self->require_approvals = cs_json_get_boolean (policy, "require_approvals");
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (certificates, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        read_certificate (self, json_node_get_object (node));
    }
  return self;
}

static void
greeted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonNode) health = cs_agent_client_greet_finish (result, &error);

  if (health == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_agent_access_tell_certificates (
    cs_target_get_access (self->target), cs_target_get_name (self->target),
    cs_target_get_fingerprint (self->target), json_node_get_object (health));
  g_task_return_pointer (task, read_health (json_node_get_object (health)),
                         (GDestroyNotify) cs_agent_greeting_free);
}

static void
token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsSecret) token =
    cs_agent_access_lookup_token_finish (CS_AGENT_ACCESS (source), result, &error);
  g_autofree char *address = cs_target_dup_address (self->target);
  const char *next;
  const char *pin = cs_agent_access_get_pin (CS_AGENT_ACCESS (source),
                                             cs_target_get_fingerprint (self->target), &next);

  if (token == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->client = cs_agent_client_new (address, cs_target_get_url (self->target),
                                      pin, next, token);
  cs_agent_client_greet_async (self->client, g_task_get_cancellable (task), greeted_cb,
                               g_object_ref (task));
}

/**
 * cs_agent_greeting_load_async:
 * @target: an agent, with its access
 *
 * Asks an agent how it is (`GET /v1/health`): nothing is signed, and nothing changes there.
 */
void
cs_agent_greeting_load_async (CsTarget *target,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  CsAgentAccess *access = cs_target_get_access (target);
  Loading *self = g_new0 (Loading, 1);

  self->target = g_object_ref (target);
  g_task_set_source_tag (task, cs_agent_greeting_load_async);
  g_task_set_task_data (task, self, loading_free);
  if (access == NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                             "Nothing here knows the token of the agent “%s”",
                             cs_target_get_name (target));
  else
    cs_agent_access_lookup_token_async (access, cs_target_get_name (target), cancellable, token_cb,
                                        g_object_ref (task));
}

/**
 * cs_agent_greeting_load_finish:
 *
 * Returns: (transfer full): what it says of itself; %NULL with %CS_ERROR_UNREACHABLE,
 *   %CS_ERROR_AUTH (certificate, token), %CS_ERROR_PROTOCOL (it is no agent)
 */
CsAgentGreeting *
cs_agent_greeting_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
