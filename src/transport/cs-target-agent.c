/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kind of target that countersign-agent serves: its address, and its certificate. */

#include "cs-target-private.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-member.h"

#include <string.h>

#define FINGERPRINT_PREFIX "SHA256:"
/** FINGERPRINT_LENGTH: 32 bytes in base64 without padding */
#define FINGERPRINT_LENGTH 43

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_ascii_strcasecmp (host, "localhost") == 0 ||
         (address != NULL && g_inet_address_get_is_loopback (address));
}

static gboolean
check_url (GUri *uri, const char *url, GError **error)
{
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  const char *path = uri != NULL ? g_uri_get_path (uri) : NULL;

  if (host == NULL || host[0] == '\0' || g_uri_get_userinfo (uri) != NULL ||
      g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL ||
      (path[0] != '\0' && !g_str_equal (path, "/")) ||
      (!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http")))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is not the address of an agent: write https://HOST:PORT", url);
      return FALSE;
    }
  if (g_str_equal (scheme, "http") && !is_loopback (host))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” would send the token readable for everyone in between: use https:// "
                   "(plain http:// is for this computer alone)",
                   url);
      return FALSE;
    }
  return TRUE;
}

/* The URL is kept as scheme, host and port. */
static gboolean
take_url (CsTarget *self, const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  int port;

  if (!check_url (uri, url, error))
    return FALSE;
  self->host = g_strdup (g_uri_get_host (uri));
  port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : CS_TARGET_AGENT_PORT;
  if (strchr (self->host, ':') != NULL)
    self->url = g_strdup_printf ("%s://[%s]:%d", g_uri_get_scheme (uri), self->host, port);
  else
    self->url = g_strdup_printf ("%s://%s:%d", g_uri_get_scheme (uri), self->host, port);
  return TRUE;
}

static gboolean
check_fingerprint (const char *fingerprint, GError **error)
{
  const char *digits = fingerprint + strlen (FINGERPRINT_PREFIX);
  gboolean valid = g_str_has_prefix (fingerprint, FINGERPRINT_PREFIX) &&
                   strlen (digits) == FINGERPRINT_LENGTH;

  for (const char *c = digits; valid && *c != '\0'; c++)
    valid = g_ascii_isalnum (*c) || *c == '+' || *c == '/';
  if (!valid)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "“%s” is not the fingerprint of a certificate: it is SHA256: and 43 letters and "
                 "digits, as “countersign-agent init” prints it",
                 fingerprint);
  return valid;
}

/**
 * cs_target_new_agent:
 * @name: 1-63 of letters, digits, `-` `_` `.`, beginning with a letter or digit
 * @url: `https://HOST[:PORT]`; `http://` for this computer alone
 * @fingerprint: (nullable): `SHA256:…` of its certificate (DER); %NULL where an authority that this
 *   computer trusts has signed that
 * @identity: (nullable): path of the key, private or public half, with which requests are signed;
 *   %NULL for the only one that there is
 * @environment: (nullable): e.g. `production`
 *
 * Returns: (transfer full): the agent as a target, or %NULL with %CS_ERROR_INVALID
 */
CsTarget *
cs_target_new_agent (const char *name,
                     const char *url,
                     const char *fingerprint,
                     const char *identity,
                     const char *environment,
                     GError **error)
{
  g_autoptr (CsTarget) self = cs_target_new_of_kind (CS_TARGET_AGENT, name, environment, error);

  g_return_val_if_fail (url != NULL, NULL);

  if (self == NULL || (fingerprint != NULL && !check_fingerprint (fingerprint, error)))
    return NULL;
  self->fingerprint = g_strdup (fingerprint);
  self->identity = g_strdup (identity);
  return take_url (self, url, error) ? g_steal_pointer (&self) : NULL;
}

CsTarget *
cs_target_new_agent_from_json (JsonObject *object, GError **error)
{
  const char *name = cs_json_get_string (object, "name");
  const char *url = cs_json_get_string (object, "url");

  return cs_target_new_agent (name, url != NULL ? url : "",
                              cs_json_get_string (object, "fingerprint"),
                              cs_json_get_string (object, "identity"),
                              cs_json_get_string (object, "environment"), error);
}

/**
 * cs_target_get_url:
 * @self: a target
 *
 * Returns: (nullable): `https://HOST:PORT` of an agent; %NULL for other kinds
 */
const char *
cs_target_get_url (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->url;
}

/**
 * cs_target_get_fingerprint:
 * @self: a target
 *
 * Returns: (nullable): of the certificate that an agent must show
 */
const char *
cs_target_get_fingerprint (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->fingerprint;
}

/**
 * cs_target_set_access:
 * @self: a target
 * @access: (nullable): who knows the token and signs requests
 *
 * Says who asks where an agent is to be reached; for a fleet, also where its members are agents.
 * Nothing of it is part of records.
 */
void
cs_target_set_access (CsTarget *self, CsAgentAccess *access)
{
  g_return_if_fail (CS_IS_TARGET (self));

  g_set_object (&self->access, access);
  if (self->members == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->members)); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      if (cs_member_get_target (member) != NULL)
        cs_target_set_access (cs_member_get_target (member), access);
    }
}

/**
 * cs_target_get_access:
 * @self: a target
 *
 * Returns: (transfer none) (nullable): what cs_target_set_access() set
 */
CsAgentAccess *
cs_target_get_access (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->access;
}
