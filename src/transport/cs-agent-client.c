/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP to one agent: its certificate, our token, signed requests, and when to ask again. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-client-private.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-keyring.h"

#include <string.h>

/** CONNECTIONS: to one agent at the same time; each run that is followed holds one */
#define CONNECTIONS 64
/** SILENCE: seconds without a byte after which a connection counts as dead; agents say something
 * every 15 */
#define SILENCE 45
/** IDLE: seconds for which a connection is kept warm */
#define IDLE 600

/**
 * cs_agent_answer_free:
 * @self: (transfer full): an answer
 */
void
cs_agent_answer_free (CsAgentAnswer *self)
{
  g_clear_pointer (&self->json, json_node_unref);
  g_clear_object (&self->stream);
  g_free (self->problem);
  g_free (self);
}

static char *
fingerprint_certificate (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree char *text = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  g_checksum_update (sum, der->data, der->len);
  g_checksum_get_digest (sum, digest, &length);
  text = g_base64_encode (digest, length);
  text[strcspn (text, "=")] = '\0';
  return g_strconcat ("SHA256:", text, NULL);
}

/* The authorities that this computer trusts are not asked where a certificate is pinned, so this is
 * called for every connection. */
static gboolean
accept_cb (SoupMessage *message,
           GTlsCertificate *certificate,
           GTlsCertificateFlags errors,
           gpointer user_data)
{
  CsAgentClient *self = user_data;
  g_autofree char *shown = fingerprint_certificate (certificate);
  gboolean right = g_strcmp0 (shown, self->fingerprint) == 0 || g_strcmp0 (shown, self->next) == 0;

  g_free (self->shown);
  self->shown = g_steal_pointer (&shown);
  return right;
}

/**
 * cs_agent_client_watch_certificate:
 * @self: a client
 * @message: about to be sent
 *
 * Sees to it that @message goes only to who shows the pinned certificate.
 */
void
cs_agent_client_watch_certificate (CsAgentClient *self, SoupMessage *message)
{
  if (self->pinned)
    g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_cb), self);
}

/**
 * cs_agent_client_note_identity:
 * @self: a client
 * @message: an answer has begun to come
 * @health: (nullable): what the agent says of itself
 *
 * Takes from the connection, or on plain HTTP from the agent's word, for whom requests are signed.
 */
void
cs_agent_client_note_identity (CsAgentClient *self, SoupMessage *message, JsonObject *health)
{
  GTlsCertificate *certificate = soup_message_get_tls_peer_certificate (message);
  const char *id = cs_json_get_string (health, "id");

  g_free (self->identity);
  if (certificate != NULL)
    self->identity = fingerprint_certificate (certificate);
  else
    self->identity = id != NULL ? g_strconcat ("agent:", id, NULL) : NULL;
}

static GError *
describe_certificate (CsAgentClient *self)
{
  if (!self->pinned)
    return g_error_new (CS_ERROR, CS_ERROR_AUTH,
                        "No authority that this computer trusts has signed the certificate of %s. "
                        "Compare its fingerprint with what “countersign-agent init” printed there, "
                        "and give it when the target is added (--fingerprint SHA256:…).",
                        self->address);
  return g_error_new (CS_ERROR, CS_ERROR_AUTH,
                      "%s shows the certificate %s, but %s was agreed upon. Someone may be in "
                      "between, so nothing was sent. Ask who runs the server; if its certificate "
                      "was replaced, give the target the new fingerprint: edit it on the Servers "
                      "page, or with “countersignctl target change NAME --fingerprint SHA256:…”.",
                      self->address, self->shown != NULL ? self->shown : "(unknown)",
                      self->fingerprint);
}

/**
 * cs_agent_client_describe_failure:
 * @self: a client
 * @error: (transfer full): of libsoup
 * @sent: whether a request may have arrived
 *
 * Returns: (transfer full): the error as this room has it
 */
GError *
cs_agent_client_describe_failure (CsAgentClient *self, GError *error, gboolean sent)
{
  g_autoptr (GError) cause = error;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&cause);
  if (cause->domain == G_TLS_ERROR && cause->code == G_TLS_ERROR_BAD_CERTIFICATE && !sent)
    return describe_certificate (self);
  if (sent)
    return g_error_new (CS_ERROR, CS_ERROR_WAITING, "The connection to %s was lost: %s",
                        self->address, cause->message);
  return g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE, "%s can't be reached: %s", self->address,
                      cause->message);
}

typedef struct
{
  const char *problem;
  CsError code;
  const char *advice;
} Meaning;

/* What callers branch on, and what to do where the agent's own words do not say it. */
static const Meaning meanings[] = {
  { "token-missing", CS_ERROR_AUTH, "Enter its token again." },
  { "token-refused", CS_ERROR_AUTH, "Enter its token again." },
  { "scope", CS_ERROR_AUTH, "Enter a token that may run commands." },
  { "signature-missing", CS_ERROR_AUTH, NULL },
  { "signature-refused", CS_ERROR_AUTH,
    "Have your public key added to its allowed_signers, or choose another key." },
  { "delegation-refused", CS_ERROR_AUTH, NULL },
  { "stale", CS_ERROR_AUTH, "Set the clocks right." },
  { "wrong-agent", CS_ERROR_AUTH, NULL },
  { "not-approved", CS_ERROR_REFUSED, NULL },
  { "not-allowed-variable", CS_ERROR_REFUSED, NULL },
  { "not-yours", CS_ERROR_REFUSED, NULL },
  { "no-terminal", CS_ERROR_CONFLICT, NULL },
  { "wrong-environment", CS_ERROR_REFUSED, NULL },
  { "head-behind", CS_ERROR_CORRUPT, NULL },
  { "no-such-run", CS_ERROR_NOT_FOUND, NULL },
  { "no-such-head", CS_ERROR_NOT_FOUND, NULL },
  { "cwd-missing", CS_ERROR_NOT_FOUND, NULL },
  { "run-exists", CS_ERROR_CONFLICT, NULL },
  { "run-active", CS_ERROR_CONFLICT, NULL },
  { "run-void", CS_ERROR_CONFLICT, NULL },
  { "invalid", CS_ERROR_INVALID, NULL },
  { "value-refused", CS_ERROR_INVALID, NULL },
  { "too-large", CS_ERROR_INVALID, NULL },
  { "rate-limited", CS_ERROR_BUSY, "Wait, then try again." },
  { "queue-full", CS_ERROR_BUSY, "Wait, then try again." },
  { "too-many-connections", CS_ERROR_BUSY, "Wait, then try again." },
  { "stopping", CS_ERROR_BUSY, "Wait, then try again." },
  { "storage", CS_ERROR_STORAGE, NULL },
};

static const Meaning *
find_meaning (const char *problem)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_strcmp0 (problem, meanings[i].problem) == 0)
      return &meanings[i];
  return NULL;
}

/* Why each sign-off that was sent did not count; empty for those that did. */
static char *
list_reasons (JsonObject *problem)
{
  JsonArray *reasons = cs_json_get_array (problem, "reasons");
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; reasons != NULL && i < json_array_get_length (reasons); i++)
    {
      JsonNode *node = json_array_get_element (reasons, i);
      const char *reason = json_node_get_value_type (node) == G_TYPE_STRING
                             ? json_node_get_string (node)
                             : NULL;

      if (reason != NULL && *reason != '\0')
        g_string_append_printf (words, "%s%s",
                                words->len > 0 ? "; " : " Sign-offs that don't count: ", reason);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/**
 * cs_agent_client_describe:
 * @self: a client
 * @answer: one that says no
 *
 * Returns: (transfer full): what it means, with the agent's own words
 */
GError *
cs_agent_client_describe (CsAgentClient *self, const CsAgentAnswer *answer)
{
  const Meaning *meaning = find_meaning (answer->problem);
  JsonObject *object = answer->json != NULL && JSON_NODE_HOLDS_OBJECT (answer->json)
                         ? json_node_get_object (answer->json)
                         : NULL;
  const char *words = cs_json_get_string (object, "detail");
  g_autofree char *reasons = list_reasons (object);
  g_autoptr (GString) sentence = NULL;
  const char *advice = meaning != NULL ? meaning->advice : NULL;

  if (words == NULL)
    words = cs_json_get_string (object, "title");
  if (words == NULL)
    return g_error_new (CS_ERROR, CS_ERROR_PROTOCOL,
                        "%s answered with status %u and nothing that an agent says: is it "
                        "countersign-agent?",
                        self->address, answer->status);
  sentence = g_string_new (words);
  if ((*reasons != '\0' || advice != NULL) && !g_str_has_suffix (words, "."))
    g_string_append_c (sentence, '.');
  g_string_append (sentence, reasons);
  if (advice != NULL)
    g_string_append_printf (sentence, " %s", advice);
  return g_error_new (CS_ERROR, meaning != NULL ? meaning->code : CS_ERROR_PROTOCOL, "%s: %s",
                      self->address, sentence->str);
}

/**
 * cs_agent_client_new:
 * @address: of the agent, for people
 * @url: scheme, host and port
 * @fingerprint: (nullable): of its certificate; %NULL if an authority has signed that
 * @next: (nullable): of another one that it may show as well
 * @token: what the agent knows us by
 *
 * Returns: (transfer full): a client in the thread-default main context
 */
CsAgentClient *
cs_agent_client_new (const char *address,
                     const char *url,
                     const char *fingerprint,
                     const char *next,
                     const char *token)
{
  CsAgentClient *self = g_new0 (CsAgentClient, 1);

  self->address = g_strdup (address);
  self->url = g_strdup (url);
  self->fingerprint = g_strdup (fingerprint);
  self->next = g_strdup (next);
  self->pinned = fingerprint != NULL;
  self->authorization = g_strconcat ("Bearer ", token, NULL);
  self->soup = soup_session_new_with_options (
    "max-conns", CONNECTIONS, "max-conns-per-host", CONNECTIONS, "timeout", SILENCE,
    "idle-timeout", IDLE, "user-agent", "countersign", NULL);
  /* Neither a proxy nor what a browser would add has a place between us and the agent. */
  soup_session_set_proxy_resolver (self->soup, NULL);
  if (self->pinned)
    soup_session_set_tls_database (self->soup, NULL);
  return self;
}

/**
 * cs_agent_client_free:
 * @self: (transfer full): a client
 */
void
cs_agent_client_free (CsAgentClient *self)
{
  soup_session_abort (self->soup);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->signer, cs_agent_signer_unref);
  cs_secret_free (self->authorization);
  g_free (self->address);
  g_free (self->url);
  g_free (self->fingerprint);
  g_free (self->next);
  g_free (self->identity);
  g_free (self->shown);
  g_free (self);
}

/**
 * cs_agent_client_set_signer:
 * @self: a client
 * @signer: who signs from now on
 */
void
cs_agent_client_set_signer (CsAgentClient *self, CsAgentSigner *signer)
{
  CsAgentSigner *before = self->signer;

  self->signer = signer != NULL ? cs_agent_signer_ref (signer) : NULL;
  g_clear_pointer (&before, cs_agent_signer_unref);
}

/**
 * cs_agent_client_abort:
 * @self: a client
 */
void
cs_agent_client_abort (CsAgentClient *self)
{
  soup_session_abort (self->soup);
}

/* The certificate that it will show is known from now on, for as long as this client lives; others
 * are told by the record. */
static void
note_next (CsAgentClient *self, JsonObject *health)
{
  JsonArray *all = cs_json_get_array (health, "certificates");

  for (guint i = 0; self->pinned && all != NULL && i < json_array_get_length (all); i++)
    {
      JsonNode *node = json_array_get_element (all, i);
      JsonObject *each = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (g_strcmp0 (cs_json_get_string (each, "state"), "next") != 0)
        continue;
      g_free (self->next);
      self->next = g_strdup (cs_json_get_string (each, "fingerprint"));
    }
}

static void
greeted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsAgentClient *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);
  JsonObject *health;
  const char *time;
  gint64 at = 0;

  if (answer == NULL)
    {
      /* Nothing happens by asking how it is, whether the question arrived or not. */
      if (g_error_matches (error, CS_ERROR, CS_ERROR_WAITING))
        error->code = CS_ERROR_UNREACHABLE;
      g_task_return_error (task, error);
      return;
    }
  health = answer->json != NULL && JSON_NODE_HOLDS_OBJECT (answer->json)
             ? json_node_get_object (answer->json)
             : NULL;
  if (answer->status != 200 || cs_json_get_int (health, "api", 0) != 1 ||
      cs_json_get_string (health, "id") == NULL)
    {
      g_task_return_error (task, cs_agent_client_describe (self, answer));
      return;
    }
  note_next (self, health);
  time = cs_json_get_string (health, "time");
  if (time != NULL && cs_clock_parse (time, &at, NULL))
    self->clock_offset = at - cs_clock_now ();
  g_task_return_pointer (task, json_node_ref (answer->json), (GDestroyNotify) json_node_unref);
}

/**
 * cs_agent_client_greet_async:
 * @self: a client
 *
 * Asks the agent how it is and who it is, and sets our clock by its.
 */
void
cs_agent_client_greet_async (CsAgentClient *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_agent_client_greet_async);
  g_task_set_task_data (task, self, NULL);
  cs_agent_client_send_async (self, "GET", "/v1/health", NULL, CS_AGENT_NONE, 0, cancellable,
                              greeted_cb, task);
}

/**
 * cs_agent_client_greet_finish:
 *
 * Returns: (transfer full): what it says of itself; %NULL with %CS_ERROR_UNREACHABLE,
 *   %CS_ERROR_AUTH (certificate, token), %CS_ERROR_PROTOCOL (it is no agent)
 */
JsonNode *
cs_agent_client_greet_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
