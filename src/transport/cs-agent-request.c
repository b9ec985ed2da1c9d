/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request to an agent: signed, sent, and sent again where that helps. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-client-private.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

/** BODY_LIMIT: bytes of an answer that is no stream */
#define BODY_LIMIT (16 * 1024 * 1024)
/** BACK_OFF: milliseconds before the second try; twice as many before the next, up to the most */
#define BACK_OFF 50
#define BACK_OFF_MOST 2000
/** UNSENT_PATIENCE: seconds at most while nothing has arrived: there is nothing to be found out */
#define UNSENT_PATIENCE 5
/** WAIT_MOST: seconds that an agent may make us wait for our turn */
#define WAIT_MOST 90

typedef struct
{
  CsAgentClient *client;
  char *method;
  char *target;
  GBytes *body;
  char *digest; /* of the body */
  CsAgentFlags flags;
  SoupMessage *message;
  GByteArray *read;
  GInputStream *stream;
  gint64 begun_at;   /* monotonic */
  gint64 give_up_at; /* monotonic */
  gint64 waited;     /* seconds that the agent made us wait */
  guint back_off;
  gboolean sent;      /* this try may have arrived */
  gboolean arrived;   /* one of all tries may have */
  gboolean unheard;   /* one may have, and its answer did not come */
  gboolean corrected; /* identity, clock or signature were put right once */
} Request;

static void try_request (GTask *task);

static void
request_free (gpointer data)
{
  Request *self = data;

  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->read, g_byte_array_unref);
  g_free (self->method);
  g_free (self->target);
  g_free (self->digest);
  g_free (self);
}

static gboolean
again_cb (gpointer user_data)
{
  GTask *task = user_data;

  if (!g_task_return_error_if_cancelled (task))
    try_request (task);
  return G_SOURCE_REMOVE;
}

static void
try_later (GTask *task, guint milliseconds)
{
  g_autoptr (GSource) source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, again_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

/* The connection broke. Asking again is safe; that it helps is likely while the agent restarts. */
static void
fail (GTask *task, GError *cause)
{
  Request *self = g_task_get_task_data (task);
  gint64 give_up_at = self->give_up_at;
  GError *error;

  self->arrived |= self->sent;
  self->unheard |= self->sent;
  if (!self->arrived)
    give_up_at = MIN (give_up_at, self->begun_at + UNSENT_PATIENCE * G_USEC_PER_SEC);
  error = cs_agent_client_describe_failure (self->client, cause, self->arrived);
  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  if (error->domain != CS_ERROR || error->code == CS_ERROR_AUTH ||
      g_get_monotonic_time () + (gint64) self->back_off * 1000 > give_up_at)
    {
      g_task_return_error (task, error);
      return;
    }
  g_debug ("%s; trying again in %u ms", error->message, self->back_off);
  g_error_free (error);
  try_later (task, self->back_off);
  self->back_off = MIN (self->back_off * 2, BACK_OFF_MOST);
}

static guint
read_retry_after (SoupMessage *message)
{
  const char *text =
    soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");

  return text != NULL ? (guint) CLAMP (g_ascii_strtoll (text, NULL, 10), 1, WAIT_MOST) : 1;
}

/* Busy agents say when to come again; each is a little late, so that not all come at once. */
static gboolean
wait_for_turn (GTask *task, const CsAgentAnswer *answer)
{
  Request *self = g_task_get_task_data (task);
  guint seconds;

  if (answer->status != 429 && answer->status != 503)
    return FALSE;
  seconds = read_retry_after (self->message);
  if (self->waited + seconds > WAIT_MOST)
    return FALSE;
  self->waited += seconds;
  self->give_up_at += (gint64) seconds * G_USEC_PER_SEC;
  g_debug ("%s asks to wait for %u s", self->client->address, seconds);
  try_later (task, seconds * 1000 + (guint) g_random_int_range (0, 200));
  return TRUE;
}

static void
greeted_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (JsonNode) health = cs_agent_client_greet_finish (result, &error);

  if (health != NULL)
    try_request (task);
  else
    g_task_return_error (task, error);
}

/* The agent knows itself by another name by now, or our clock is off, or it wants a signature where
 * it wanted none: that can be put right, once. A nonce that was seen before was ours. */
static gboolean
correct (GTask *task, const CsAgentAnswer *answer)
{
  Request *self = g_task_get_task_data (task);
  CsAgentClient *client = self->client;

  if (self->corrected || answer->problem == NULL)
    return FALSE;
  self->corrected = TRUE;
  if (g_str_equal (answer->problem, "signature-missing") && client->signer != NULL &&
      client->identity != NULL && (self->flags & CS_AGENT_SIGNED) == 0)
    {
      client->sign_reads = TRUE;
      try_request (task);
      return TRUE;
    }
  if (g_str_equal (answer->problem, "replayed"))
    {
      self->unheard = TRUE;
      try_request (task);
      return TRUE;
    }
  if (!g_str_equal (answer->problem, "wrong-agent") && !g_str_equal (answer->problem, "stale"))
    return FALSE;
  cs_agent_client_greet_async (client, g_task_get_cancellable (task), greeted_again_cb,
                               g_object_ref (task));
  return TRUE;
}

static char *
read_problem (const CsAgentAnswer *answer)
{
  JsonObject *object = answer->json != NULL && JSON_NODE_HOLDS_OBJECT (answer->json)
                         ? json_node_get_object (answer->json)
                         : NULL;
  const char *type = cs_json_get_string (object, "type");
  const char *slash = type != NULL ? strrchr (type, '/') : NULL;

  return answer->status >= 400 && slash != NULL ? g_strdup (slash + 1) : NULL;
}

/* The whole answer is there, or its stream begins. */
static void
answer (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  g_autoptr (CsAgentAnswer) found = g_new0 (CsAgentAnswer, 1);

  found->status = soup_message_get_status (self->message);
  found->again = self->unheard;
  if (self->read != NULL)
    found->json = cs_json_parse ((const char *) self->read->data, self->read->len, NULL);
  else
    found->stream = g_steal_pointer (&self->stream);
  found->problem = read_problem (found);
  if (wait_for_turn (task, found) || correct (task, found))
    return;
  if (found->status == 200 && found->json != NULL && g_str_equal (self->target, "/v1/health") &&
      JSON_NODE_HOLDS_OBJECT (found->json))
    cs_agent_client_note_identity (self->client, self->message,
                                   json_node_get_object (found->json));
  g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) cs_agent_answer_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL)
    fail (task, error);
  else if (g_bytes_get_size (bytes) == 0 || self->read->len > BODY_LIMIT)
    answer (task);
  else
    {
      g_byte_array_append (self->read, g_bytes_get_data (bytes, NULL),
                           (guint) g_bytes_get_size (bytes));
      g_input_stream_read_bytes_async (self->stream, 64 * 1024, G_PRIORITY_DEFAULT,
                                       g_task_get_cancellable (task), read_cb,
                                       g_object_ref (task));
    }
}

static gboolean
is_stream (SoupMessage *message)
{
  const char *type =
    soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);

  return soup_message_get_status (message) < 300 && g_strcmp0 (type, CS_AGENT_FRAMES) == 0;
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_object (&self->stream);
  g_clear_pointer (&self->read, g_byte_array_unref);
  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    {
      fail (task, error);
      return;
    }
  if (is_stream (self->message))
    {
      answer (task);
      return;
    }
  self->read = g_byte_array_new ();
  g_input_stream_read_bytes_async (self->stream, 64 * 1024, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), read_cb,
                                   g_object_ref (task));
}

static void
starting_cb (SoupMessage *message, gpointer user_data)
{
  Request *self = user_data;

  self->sent = TRUE;
}

/* libsoup found a connection dead that had been kept warm, and sends the same once more. */
static void
restarted_cb (SoupMessage *message, gpointer user_data)
{
  Request *self = user_data;

  self->unheard = TRUE;
}

static void
send_message (GTask *task)
{
  Request *self = g_task_get_task_data (task);

  soup_session_send_async (self->client->soup, self->message, G_PRIORITY_DEFAULT,
                           g_task_get_cancellable (task), sent_cb, g_object_ref (task));
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *signature = cs_agent_signer_sign_finish (result, &error);

  if (signature == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  soup_message_headers_replace (soup_message_get_request_headers (self->message),
                                "Countersign-Signature", signature);
  send_message (task);
}

/* RFC 3339 in UTC, by the agent's clock. */
static char *
format_time (CsAgentClient *client)
{
  return cs_clock_format (cs_clock_now () + client->clock_offset);
}

static void
sign_message (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  CsAgentClient *client = self->client;
  SoupMessageHeaders *headers = soup_message_get_request_headers (self->message);
  const char *delegation = cs_agent_signer_get_delegation (client->signer);
  g_autofree char *time = format_time (client);
  g_autofree char *nonce = g_uuid_string_random ();
  char *text = g_strdup_printf ("countersign-request-v1\n%s\n%s\n%s\n%s\n%s\n%s\n", self->method,
                                self->target, client->identity, time, nonce, self->digest);
  g_autoptr (GBytes) message = g_bytes_new_take (text, strlen (text));

  soup_message_headers_replace (headers, "Countersign-Agent", client->identity);
  soup_message_headers_replace (headers, "Countersign-Time", time);
  soup_message_headers_replace (headers, "Countersign-Nonce", nonce);
  if (delegation != NULL)
    soup_message_headers_replace (headers, "Countersign-Delegation", delegation);
  cs_agent_signer_sign_async (client->signer, message, g_task_get_cancellable (task), signed_cb,
                              g_object_ref (task));
}

static void
try_request (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  CsAgentClient *client = self->client;
  g_autofree char *url = g_strconcat (client->url, self->target, NULL);
  SoupMessageHeaders *headers;

  g_clear_object (&self->message);
  self->arrived |= self->sent;
  self->sent = FALSE;
  self->message = soup_message_new (self->method, url);
  soup_message_set_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (self->message);
  soup_message_headers_replace (headers, "Authorization", client->authorization);
  soup_message_headers_replace (
    headers, "Accept", self->flags & CS_AGENT_STREAM ? CS_AGENT_FRAMES : "application/json");
  if (self->body != NULL)
    soup_message_set_request_body_from_bytes (self->message, "application/json", self->body);
  g_signal_connect (self->message, "starting", G_CALLBACK (starting_cb), self);
  g_signal_connect (self->message, "restarted", G_CALLBACK (restarted_cb), self);
  cs_agent_client_watch_certificate (client, self->message);
  if (client->signer != NULL && client->identity != NULL &&
      (self->flags & CS_AGENT_SIGNED || client->sign_reads))
    sign_message (task);
  else
    send_message (task);
}

/**
 * cs_agent_client_send_async:
 * @self: a client
 * @method: of HTTP
 * @target: path and query
 * @body: (nullable): JSON
 * @flags: what is special about it
 * @patience: seconds for which a connection that breaks is made again
 *
 * Sends a request, and again while the agent asks to wait or the connection breaks.
 */
void
cs_agent_client_send_async (CsAgentClient *self,
                            const char *method,
                            const char *target,
                            GBytes *body,
                            CsAgentFlags flags,
                            guint patience,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->client = self;
  request->method = g_strdup (method);
  request->target = g_strdup (target);
  request->body = body != NULL ? g_bytes_ref (body) : NULL;
  request->digest = body != NULL ? cs_digest_of_bytes (body) : cs_digest_of_data ("", 0);
  request->flags = flags;
  request->back_off = BACK_OFF;
  request->begun_at = g_get_monotonic_time ();
  request->give_up_at = request->begun_at + (gint64) patience * G_USEC_PER_SEC;
  g_task_set_source_tag (task, cs_agent_client_send_async);
  g_task_set_task_data (task, request, request_free);
  try_request (task);
}

/**
 * cs_agent_client_send_finish:
 *
 * Returns: (transfer full): what the agent answered, be it yes or no; %NULL with
 *   %CS_ERROR_UNREACHABLE (it was certainly not received), %CS_ERROR_WAITING (nobody here knows),
 *   %CS_ERROR_AUTH (the certificate, or the signing key)
 */
CsAgentAnswer *
cs_agent_client_send_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
