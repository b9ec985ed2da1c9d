/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A service on the web that is asked with a token of the keyring. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-web-service.h"

#include "cs-error.h"
#include "cs-fetch.h"
#include "cs-json.h"
#include "cs-redactor.h"

#include <string.h>

/** TOLD: bytes of a refusal that are told */
#define TOLD 300

struct _CsWebService
{
  GObject parent_instance;

  SoupSession *soup;
  CsKeyring *keyring;
  char *url; /* without a slash at its end */
  char *environment;
  char *secret;
  char *scheme;
};

typedef struct
{
  SoupMessage *message;
  char *token;      /* NULL: none was sent */
  gboolean for_all; /* the token is looked up as one for all environments */
} Asking;

G_DEFINE_FINAL_TYPE (CsWebService, cs_web_service, G_TYPE_OBJECT)

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->message);
  cs_secret_free (asking->token);
  g_free (asking);
}

static void
cs_web_service_finalize (GObject *object)
{
  CsWebService *self = CS_WEB_SERVICE (object);

  g_clear_object (&self->soup);
  g_clear_object (&self->keyring);
  g_free (self->url);
  g_free (self->environment);
  g_free (self->secret);
  g_free (self->scheme);

  G_OBJECT_CLASS (cs_web_service_parent_class)->finalize (object);
}

static void
cs_web_service_class_init (CsWebServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_web_service_finalize;
}

static void
cs_web_service_init (CsWebService *self)
{
}

static gboolean
is_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_ascii_strcasecmp (host, "localhost") == 0 ||
         (address != NULL && g_inet_address_get_is_loopback (address));
}

static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' ||
      (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0))
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "“%s” is no address of a service; it is to begin with https://",
                 url != NULL ? url : "");
  else if (g_uri_get_userinfo (uri) != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "The address of %s holds a password; keep it in the keyring and name it as secret",
                 host);
  else if (strcmp (scheme, "http") == 0 && !is_this_computer (host))
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "%s is asked without encryption, so anyone on the way could change what it says; "
                 "use https",
                 host);
  else
    return TRUE;
  return FALSE;
}

/**
 * cs_web_service_new:
 * @url: where it is
 * @keyring: (nullable): where the token is
 * @environment: (nullable): for which the token is looked up first
 * @secret: (nullable): name of the token
 * @scheme: what stands before it in the header
 *
 * Returns: (transfer full): the service, which was not asked yet; %NULL with %CS_ERROR_INVALID
 */
CsWebService *
cs_web_service_new (const char *url,
                    CsKeyring *keyring,
                    const char *environment,
                    const char *secret,
                    const char *scheme,
                    GError **error)
{
  CsWebService *self;

  if (!check_url (url, error))
    return NULL;
  self = g_object_new (CS_TYPE_WEB_SERVICE, NULL);
  self->soup = soup_session_new_with_options ("timeout", CS_WEB_SERVICE_TIMEOUT, NULL);
  g_set_object (&self->keyring, keyring);
  self->url = g_strdup (url);
  while (g_str_has_suffix (self->url, "/"))
    self->url[strlen (self->url) - 1] = '\0';
  self->environment = g_strdup (environment);
  self->secret = g_strdup (secret);
  self->scheme = g_strdup (scheme);
  return self;
}

const char *
cs_web_service_get_url (CsWebService *self)
{
  g_return_val_if_fail (CS_IS_WEB_SERVICE (self), NULL);
  return self->url;
}

/* What a service says about what is wrong; never a whole page, nor the token. */
static char *
dup_told (CsFetch *fetch, const char *token)
{
  g_autoptr (CsRedactor) redactor = cs_redactor_new ();
  g_autofree char *clear = NULL;
  const char *body = (const char *) fetch->body->data;
  g_autoptr (JsonNode) node =
    fetch->body->len > 0 ? cs_json_parse (body, (gssize) fetch->body->len, NULL) : NULL;
  JsonObject *object =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *message = object != NULL ? cs_json_get_string (object, "message") : NULL;

  if (message == NULL)
    message = fetch->reason != NULL ? fetch->reason : "";
  if (token != NULL)
    cs_redactor_add_secret (redactor, token);
  clear = cs_redactor_redact (redactor, message);
  return g_utf8_make_valid (clear, (gssize) MIN (strlen (clear), TOLD));
}

static gboolean
check_status (CsWebService *self, CsFetch *fetch, const char *token, GError **error)
{
  static const struct
  {
    guint from;
    guint until;
    CsError code;
  } codes[] = {
    { 401, 401, CS_ERROR_AUTH },    { 403, 403, CS_ERROR_AUTH },
    { 404, 404, CS_ERROR_NOT_FOUND }, { 409, 409, CS_ERROR_CONFLICT },
    { 400, 499, CS_ERROR_INVALID }, { 500, 599, CS_ERROR_UNREACHABLE },
  };
  CsError code = CS_ERROR_PROTOCOL;
  g_autofree char *told = NULL;

  if (fetch->status >= 200 && fetch->status <= 299 && !fetch->too_long)
    return TRUE;
  if (fetch->too_long)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s answers with more than %d MiB",
                   self->url, (int) (CS_WEB_SERVICE_LIMIT / (1024 * 1024)));
      return FALSE;
    }
  told = dup_told (fetch, token);
  for (gsize i = G_N_ELEMENTS (codes); i > 0; i--)
    if (fetch->status >= codes[i - 1].from && fetch->status <= codes[i - 1].until)
      code = codes[i - 1].code;
  g_set_error (error, CS_ERROR, (int) code, "%s answers %u: %s", self->url, fetch->status, told);
  return FALSE;
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsWebService *self = g_task_get_source_object (task);
  Asking *asking = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsFetch) fetch = cs_fetch_finish (SOUP_SESSION (source), result, &error);

  if (fetch != NULL && check_status (self, fetch, asking->token, &error))
    g_task_return_pointer (task,
                           g_byte_array_free_to_bytes (g_steal_pointer (&fetch->body)),
                           (GDestroyNotify) g_bytes_unref);
  else if (fetch != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, error);
  else
    {
      g_task_return_new_error (task, CS_ERROR,
                               error->domain == G_TLS_ERROR ? CS_ERROR_AUTH
                                                            : CS_ERROR_UNREACHABLE,
                               "%s does not answer: %s", self->url, error->message);
      g_error_free (error);
    }
}

static void
send_message (GTask *task)
{
  CsWebService *self = g_task_get_source_object (task);
  Asking *asking = g_task_get_task_data (task);

  cs_fetch_send_async (self->soup, asking->message, CS_WEB_SERVICE_LIMIT,
                       g_task_get_cancellable (task), fetched_cb, task);
}

static void look_token_up (GTask *task);

static void
found_token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsWebService *self = g_task_get_source_object (task);
  Asking *asking = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsSecret) header = NULL;

  asking->token = cs_keyring_lookup_finish (CS_KEYRING (source), result, &error);
  if (asking->token != NULL)
    {
      header = g_strconcat (self->scheme, asking->token, NULL);
      soup_message_headers_append (soup_message_get_request_headers (asking->message),
                                   "Authorization", header);
      send_message (g_steal_pointer (&task));
    }
  else if (error == NULL && !asking->for_all)
    {
      asking->for_all = TRUE;
      look_token_up (g_steal_pointer (&task));
    }
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                             "The keyring has no secret “%s”; “countersignctl secret set %s” "
                             "keeps it there",
                             self->secret, self->secret);
}

static void
look_token_up (GTask *task)
{
  CsWebService *self = g_task_get_source_object (task);
  Asking *asking = g_task_get_task_data (task);
  g_autofree char *name =
    cs_keyring_dup_secret_name (asking->for_all ? NULL : self->environment, self->secret);

  cs_keyring_lookup_async (self->keyring, CS_KEYRING_SECRET, name, g_task_get_cancellable (task),
                           found_token_cb, task);
}

static void
set_body (SoupMessage *message, JsonObject *body)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), body);
  g_autofree char *text = json_to_string (node, FALSE);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
}

/**
 * cs_web_service_ask_async:
 * @self: a service
 * @method: of HTTP
 * @path: (nullable): behind its address; escaped
 * @body: (nullable): what goes along
 * @cancellable: (nullable): of the waiting
 * @callback: called when it has answered
 * @user_data: for @callback
 *
 * Asks once. Where it answers with a refusal (4xx), it has done nothing.
 */
void
cs_web_service_ask_async (CsWebService *self,
                          const char *method,
                          const char *path,
                          JsonObject *body,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *url = NULL;
  SoupMessage *message;
  Asking *asking;

  g_return_if_fail (CS_IS_WEB_SERVICE (self) && method != NULL);

  url = g_strconcat (self->url, path, NULL);
  message = soup_message_new (method, url);
  g_task_set_source_tag (task, cs_web_service_ask_async);
  if (message == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID, "“%s” is no URL", url);
      return;
    }
  if (body != NULL)
    set_body (message, body);
  asking = g_new0 (Asking, 1);
  asking->message = message;
  asking->for_all = self->environment == NULL;
  g_task_set_task_data (task, asking, (GDestroyNotify) asking_free);
  if (self->secret == NULL)
    send_message (g_steal_pointer (&task));
  else if (self->keyring != NULL)
    look_token_up (g_steal_pointer (&task));
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH, "There is no keyring with “%s”",
                             self->secret);
}

/** cs_web_service_ask_finish: (transfer full): what it answered. */
GBytes *
cs_web_service_ask_finish (CsWebService *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
