/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where steps run: this computer, a server over SSH, an agent, or a fleet of these. */

#include "cs-target-private.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define NAME_MAX_LENGTH 63

G_DEFINE_FINAL_TYPE (CsTarget, cs_target, G_TYPE_OBJECT)

static gboolean
is_name_char (char c, gboolean first)
{
  return g_ascii_isalnum (c) || (!first && strchr ("-_.", c) != NULL);
}

gboolean
cs_target_check_name (const char *name, GError **error)
{
  gsize length = name != NULL ? strlen (name) : 0;
  gboolean valid = length >= 1 && length <= NAME_MAX_LENGTH;

  for (gsize i = 0; valid && i < length; i++)
    valid = is_name_char (name[i], i == 0);
  if (!valid)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "“%s” can't be the name of a target: use 1 to 63 letters, digits, "
                 "“-”, “_” or “.”, beginning with a letter or digit",
                 name != NULL ? name : "");
  return valid;
}

/* Neither user nor host may be read as an option, hold white space, or leave a shell word. */
static gboolean
check_part (const char *part, const char *what, const char *allowed, GError **error)
{
  gboolean valid = part[0] != '\0' && part[0] != '-';

  for (const char *c = part; valid && *c != '\0'; c++)
    valid = g_ascii_isalnum (*c) || (guchar) *c >= 0x80 || strchr (allowed, *c) != NULL;
  if (!valid || !g_utf8_validate (part, -1, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” can't be a %s of SSH", part, what);
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_port (CsTarget *self, const char *text, GError **error)
{
  guint64 port = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is not a port: it must be a number from 1 to 65535", text);
      return FALSE;
    }
  self->port = (guint16) port;
  return TRUE;
}

/* HOST, HOST:PORT, [IPv6], [IPv6]:PORT, or a bare IPv6 address (two colons or more). */
static gboolean
parse_host (CsTarget *self, const char *text, GError **error)
{
  const char *rest = NULL;
  const char *colon;

  if (text[0] == '[')
    {
      const char *end = strchr (text, ']');

      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” is not an address: write [ADDRESS] or [ADDRESS]:PORT", text);
          return FALSE;
        }
      self->host = g_strndup (text + 1, end - text - 1);
      rest = end[1] == ':' ? end + 2 : NULL;
    }
  else if ((colon = strchr (text, ':')) != NULL && strchr (colon + 1, ':') == NULL)
    {
      self->host = g_strndup (text, colon - text);
      rest = colon + 1;
    }
  else
    self->host = g_strdup (text);

  return check_part (self->host, "host", ".-_:%", error) &&
         (rest == NULL || parse_port (self, rest, error));
}

static gboolean
parse_destination (CsTarget *self, const char *destination, GError **error)
{
  const char *at = strrchr (destination, '@');

  if (at == NULL)
    return parse_host (self, destination, error);
  self->user = g_strndup (destination, at - destination);
  return check_part (self->user, "user", ".-_@+\\", error) && parse_host (self, at + 1, error);
}

static void
cs_target_finalize (GObject *object)
{
  CsTarget *self = CS_TARGET (object);

  g_free (self->name);
  g_free (self->user);
  g_free (self->host);
  g_free (self->identity);
  g_free (self->environment);
  g_free (self->url);
  g_free (self->fingerprint);
  g_clear_object (&self->access);
  g_clear_object (&self->members);
  G_OBJECT_CLASS (cs_target_parent_class)->finalize (object);
}

static void
cs_target_class_init (CsTargetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_target_finalize;
}

static void
cs_target_init (CsTarget *self)
{
  self->batching = (CsBatching) CS_BATCHING_INIT;
}

/**
 * cs_target_kind_to_string:
 * @kind: a kind of target
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_target_kind_to_string (CsTargetKind kind)
{
  switch (kind)
    {
    case CS_TARGET_SSH:
      return "ssh";
    case CS_TARGET_FLEET:
      return "fleet";
    case CS_TARGET_AGENT:
      return "agent";
    case CS_TARGET_LOCAL:
    default:
      return "local";
    }
}

CsTarget *
cs_target_new_of_kind (CsTargetKind kind, const char *name, const char *environment, GError **error)
{
  CsTarget *self;

  if (!cs_target_check_name (name, error))
    return NULL;
  self = g_object_new (CS_TYPE_TARGET, NULL);
  self->kind = kind;
  self->name = g_strdup (name);
  self->environment = g_strdup (environment);
  return self;
}

/**
 * cs_target_new_local:
 * @name: 1-63 of letters, digits, `-` `_` `.`, beginning with a letter or digit
 * @environment: (nullable): e.g. `production`
 *
 * Returns: (transfer full): this computer as a target, or %NULL with %CS_ERROR_INVALID
 */
CsTarget *
cs_target_new_local (const char *name, const char *environment, GError **error)
{
  return cs_target_new_of_kind (CS_TARGET_LOCAL, name, environment, error);
}

/**
 * cs_target_new_ssh:
 * @name: 1-63 of letters, digits, `-` `_` `.`, beginning with a letter or digit
 * @destination: `[USER@]HOST[:PORT]`, an IPv6 address in brackets, or an alias of ssh_config
 * @identity: (nullable): path of a private key file; %NULL for what ssh_config and the agent offer
 * @environment: (nullable): e.g. `production`
 *
 * Returns: (transfer full): the server as a target, or %NULL with %CS_ERROR_INVALID
 */
CsTarget *
cs_target_new_ssh (const char *name,
                   const char *destination,
                   const char *identity,
                   const char *environment,
                   GError **error)
{
  g_autoptr (CsTarget) self = cs_target_new_of_kind (CS_TARGET_SSH, name, environment, error);

  g_return_val_if_fail (destination != NULL, NULL);

  if (self == NULL || !parse_destination (self, destination, error))
    return NULL;
  self->identity = g_strdup (identity != NULL && identity[0] != '\0' ? identity : NULL);
  return g_steal_pointer (&self);
}

static CsTarget *
read_target (JsonObject *object, GError **error)
{
  const char *kind = cs_json_get_string (object, "kind");
  const char *name = cs_json_get_string (object, "name");
  const char *environment = cs_json_get_string (object, "environment");
  const char *host = cs_json_get_string (object, "host");
  const char *user = cs_json_get_string (object, "user");
  gint64 port = cs_json_get_int (object, "port", 0);
  g_autoptr (CsTarget) self = NULL;

  if (g_strcmp0 (kind, "local") == 0)
    return cs_target_new_local (name, environment, error);
  if (g_strcmp0 (kind, "fleet") == 0)
    return cs_target_new_fleet_from_json (object, error);
  if (g_strcmp0 (kind, "agent") == 0)
    return cs_target_new_agent_from_json (object, error);
  if (g_strcmp0 (kind, "ssh") != 0 || host == NULL || port < 0 || port > 65535)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The target “%s” is of a kind that this version does not know, or incomplete",
                   name != NULL ? name : "");
      return NULL;
    }
  self = cs_target_new_of_kind (CS_TARGET_SSH, name, environment, error);
  if (self == NULL || !check_part (host, "host", ".-_:%", error))
    return NULL;
  if (user != NULL && !check_part (user, "user", ".-_@+\\", error))
    return NULL;
  self->host = g_strdup (host);
  self->user = g_strdup (user);
  self->port = (guint16) port;
  self->identity = g_strdup (cs_json_get_string (object, "identity"));
  return g_steal_pointer (&self);
}

/**
 * cs_target_new_from_json:
 * @object: what cs_target_to_json() wrote
 *
 * Returns: (transfer full): the target, or %NULL with %CS_ERROR_INVALID
 */
CsTarget *
cs_target_new_from_json (JsonObject *object, GError **error)
{
  g_autoptr (CsTarget) self = read_target (object, error);
  gint64 rate = cs_json_get_int (object, "rate", 0);

  if (self == NULL ||
      !cs_target_set_rate (self, (guint) CLAMP (rate, 0, G_MAXUINT), error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
set_string (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
}

/**
 * cs_target_to_json:
 * @self: a target
 *
 * Returns: (transfer full): an object with `name`, `kind`, and where they are known `environment`,
 *   `user`, `host`, `port`, `identity`, `url`, `fingerprint`, `rate`; for a fleet `members`,
 *   `batch`, `pause` and `stop-after`
 */
JsonNode *
cs_target_to_json (CsTarget *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  g_return_val_if_fail (CS_IS_TARGET (self), NULL);

  set_string (object, "name", self->name);
  set_string (object, "kind", cs_target_kind_to_string (self->kind));
  set_string (object, "environment", self->environment);
  set_string (object, "user", self->user);
  set_string (object, "host", self->kind != CS_TARGET_AGENT ? self->host : NULL);
  if (self->port != 0)
    json_object_set_int_member (object, "port", self->port);
  if (self->rate != 0)
    json_object_set_int_member (object, "rate", self->rate);
  set_string (object, "identity", self->identity);
  set_string (object, "url", self->url);
  set_string (object, "fingerprint", self->fingerprint);
  if (self->kind == CS_TARGET_FLEET)
    cs_target_fleet_to_json (self, object);
  json_node_take_object (node, object);
  return node;
}

/**
 * cs_target_get_name:
 * @self: a target
 *
 * Returns: its name, unique in a workspace
 */
const char *
cs_target_get_name (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->name;
}

/**
 * cs_target_get_kind:
 * @self: a target
 *
 * Returns: how it is reached
 */
CsTargetKind
cs_target_get_kind (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), CS_TARGET_LOCAL);
  return self->kind;
}

/**
 * cs_target_get_user:
 * @self: a target
 *
 * Returns: (nullable): the login; %NULL as ssh_config says
 */
const char *
cs_target_get_user (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->user;
}

/**
 * cs_target_get_host:
 * @self: a target
 *
 * Returns: (nullable): host name, address or alias; %NULL for this computer and for a fleet
 */
const char *
cs_target_get_host (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->host;
}

/**
 * cs_target_get_port:
 * @self: a target
 *
 * Returns: the port; 0 as ssh_config says
 */
guint16
cs_target_get_port (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), 0);
  return self->port;
}

/**
 * cs_target_get_identity:
 * @self: a target
 *
 * Returns: (nullable): path of the key file that is offered alone; %NULL as ssh_config says
 */
const char *
cs_target_get_identity (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->identity;
}

/**
 * cs_target_get_environment:
 * @self: a target
 *
 * Returns: (nullable): e.g. `production`
 */
const char *
cs_target_get_environment (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->environment;
}

/**
 * cs_target_set_rate:
 * @self: a target that nobody uses yet
 * @rate: commands a minute; 0 for no limit
 *
 * Limits how many commands are sent there in any 60 seconds; what comes above waits for its turn.
 *
 * Returns: whether it can be so; else %CS_ERROR_INVALID
 */
gboolean
cs_target_set_rate (CsTarget *self, guint rate, GError **error)
{
  g_return_val_if_fail (CS_IS_TARGET (self), FALSE);

  if (rate > CS_TARGET_RATE_MOST)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A limit is a number of commands a minute, from 1 to %d; 0 is none",
                   CS_TARGET_RATE_MOST);
      return FALSE;
    }
  if (rate > 0 && self->kind != CS_TARGET_SSH && self->kind != CS_TARGET_AGENT)
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "Only a server has a limit of commands a minute: this computer needs "
                           "none, and the members of a fleet have limits of their own");
      return FALSE;
    }
  self->rate = rate;
  return TRUE;
}

/**
 * cs_target_parse_rate:
 * @self: a target that nobody uses yet
 * @text: a number of commands a minute; empty for no limit
 *
 * Returns: as cs_target_set_rate()
 */
gboolean
cs_target_parse_rate (CsTarget *self, const char *text, GError **error)
{
  guint64 rate = 0;

  g_return_val_if_fail (CS_IS_TARGET (self), FALSE);

  if (text[0] != '\0' && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &rate, NULL))
    rate = G_MAXUINT;
  return cs_target_set_rate (self, (guint) rate, error);
}

/**
 * cs_target_get_rate:
 * @self: a target
 *
 * Returns: commands a minute that are sent there at most; 0: no limit
 */
guint
cs_target_get_rate (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), 0);
  return self->rate;
}

/**
 * cs_target_dup_address:
 * @self: a target
 *
 * Returns: (transfer full): for people: `deploy@web-1:2222`, `This computer`, `3 members`,
 *   `https://web-1:7443`
 */
char *
cs_target_dup_address (CsTarget *self)
{
  g_autoptr (GString) address = g_string_new (NULL);
  gboolean brackets;

  g_return_val_if_fail (CS_IS_TARGET (self), NULL);

  if (self->kind == CS_TARGET_LOCAL)
    return g_strdup ("This computer");
  if (self->kind == CS_TARGET_FLEET)
    return g_strdup_printf ("%u members",
                            g_list_model_get_n_items (G_LIST_MODEL (self->members)));
  if (self->kind == CS_TARGET_AGENT)
    return g_strdup (self->url);
  brackets = self->port != 0 && strchr (self->host, ':') != NULL;
  if (self->user != NULL)
    g_string_append_printf (address, "%s@", self->user);
  g_string_append_printf (address, brackets ? "[%s]" : "%s", self->host);
  if (self->port != 0)
    g_string_append_printf (address, ":%u", self->port);
  return g_string_free (g_steal_pointer (&address), FALSE);
}
