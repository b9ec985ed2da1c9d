/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured, where, and how often. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-probe.h"

#include "cs-error.h"
#include "cs-json.h"

#include <stdio.h>
#include <string.h>

/** DEFAULT_INTERVAL, DEFAULT_TIMEOUT: seconds */
#define DEFAULT_INTERVAL 15
#define DEFAULT_TIMEOUT 10
/** MAX_INTERVAL: seconds */
#define MAX_INTERVAL ((gint64) 86400)

static const char *const kinds[] = { "http", "prometheus", "command" };

/**
 * cs_probe_kind_to_string:
 * @kind: a kind
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_probe_kind_to_string (CsProbeKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kinds), NULL);
  return kinds[kind];
}

/**
 * cs_probe_kind_from_string:
 * @word: (nullable): a word
 * @kind: (out): what it means
 *
 * Returns: FALSE if it means none
 */
gboolean
cs_probe_kind_from_string (const char *word, CsProbeKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i], word) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * cs_probe_new:
 * @kind: its kind
 * @id: (nullable): what it is called in records
 * @name: what people call it
 *
 * Returns: (transfer full): a probe that measures every 15 seconds and waits for 10
 */
CsProbe *
cs_probe_new (CsProbeKind kind, const char *id, const char *name)
{
  CsProbe *self = g_new0 (CsProbe, 1);

  self->kind = kind;
  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->interval = DEFAULT_INTERVAL * G_USEC_PER_SEC;
  self->timeout = DEFAULT_TIMEOUT * G_USEC_PER_SEC;
  self->status_from = 200;
  self->status_to = 299;
  return self;
}

/* The strings in the order of the record, with the names they have there. */
typedef struct
{
  const char *name;
  gsize offset;
} Text;

#define TEXT(member)                          \
  {                                           \
#member, G_STRUCT_OFFSET(CsProbe, member) \
  }

static const Text texts[] = {
  TEXT (id),
  TEXT (name),
  TEXT (unit),
  TEXT (secret),
  TEXT (url),
  TEXT (header),
  TEXT (contains),
  TEXT (pointer),
  TEXT (query),
  TEXT (target),
  TEXT (script),
};

static char **
get_text (const CsProbe *self, guint i)
{
  return G_STRUCT_MEMBER_P ((gpointer) self, texts[i].offset);
}

/**
 * cs_probe_copy:
 * @self: a probe
 *
 * Returns: (transfer full): the same
 */
CsProbe *
cs_probe_copy (const CsProbe *self)
{
  CsProbe *copy = g_memdup2 (self, sizeof *self);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *get_text (copy, i) = g_strdup (*get_text (self, i));
  return copy;
}

/**
 * cs_probe_free:
 * @self: (nullable): a probe
 */
void
cs_probe_free (CsProbe *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*get_text (self, i));
  g_free (self);
}

static gboolean
fail (const CsProbe *self, const char *problem, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Probe “%s”: %s.", self->name, problem);
  return FALSE;
}

static gboolean
is_empty (const char *text)
{
  return text == NULL || *text == '\0';
}

static gboolean
check_url (const CsProbe *self, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (is_empty (self->url))
    return fail (self, "it needs a URL", error);
  uri = g_uri_parse (self->url, G_URI_FLAGS_HAS_PASSWORD, NULL);
  scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  if (uri == NULL || is_empty (g_uri_get_host (uri)) ||
      (strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0))
    return fail (self, "its URL is to begin with http:// or https:// and to name a host", error);
  /* It would stand in the record for ever. */
  if (g_uri_get_password (uri) != NULL)
    return fail (self, "its URL holds a password; keep it in the keyring and name it as secret",
                 error);
  return TRUE;
}

static gboolean
check_http (const CsProbe *self, GError **error)
{
  if (!check_url (self, error))
    return FALSE;
  if (self->status_from < 100 || self->status_to > 599 || self->status_from > self->status_to)
    return fail (self, "its status is to be from 100 to 599, the lower one first", error);
  if (self->header != NULL && strchr (self->header, ':') == NULL)
    return fail (self, "its header is to be written as “Name: text”", error);
  if (!is_empty (self->pointer) && *self->pointer != '/')
    return fail (self, "its JSON pointer is to begin with “/”, as in /data/0/count", error);
  return TRUE;
}

/**
 * cs_probe_set_status:
 * @self: a probe that asks a URL
 * @text: a status, or from which to which: "200-299"
 * @error: INVALID
 *
 * Returns: whether it was understood
 */
gboolean
cs_probe_set_status (CsProbe *self, const char *text, GError **error)
{
  guint from, until;
  char rest;

  if (sscanf (text, "%3u-%3u%c", &from, &until, &rest) != 2)
    {
      if (sscanf (text, "%3u%c", &from, &rest) != 1)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” is no status: write 200 or 200-299", text);
          return FALSE;
        }
      until = from;
    }
  self->status_from = from;
  self->status_to = until;
  return TRUE;
}

/**
 * cs_probe_check:
 * @self: a probe
 * @error: INVALID: what is wrong with it
 *
 * Returns: whether it can be measured
 */
gboolean
cs_probe_check (const CsProbe *self, GError **error)
{
  if (is_empty (self->name))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A probe needs a name.");
      return FALSE;
    }
  if (self->interval < G_USEC_PER_SEC || self->interval > MAX_INTERVAL * G_USEC_PER_SEC)
    return fail (self, "it can measure every second to every 24 hours", error);
  if (self->timeout <= 0 || self->timeout > self->interval)
    return fail (self, "it can't wait longer than from one measurement to the next", error);
  switch (self->kind)
    {
    case CS_PROBE_HTTP:
      return check_http (self, error);
    case CS_PROBE_PROMETHEUS:
      if (!check_url (self, error))
        return FALSE;
      return !is_empty (self->query) || fail (self, "it needs a PromQL query", error);
    case CS_PROBE_COMMAND:
      if (is_empty (self->target))
        return fail (self, "it needs a target", error);
      return !is_empty (self->script) || fail (self, "it needs a command", error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

/**
 * cs_probe_to_json:
 * @self: a probe
 *
 * Returns: (transfer full): what a record keeps of it
 */
JsonNode *
cs_probe_to_json (const CsProbe *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  json_object_set_string_member (object, "kind", cs_probe_kind_to_string (self->kind));
  json_object_set_int_member (object, "interval", self->interval / G_USEC_PER_SEC);
  json_object_set_double_member (object, "timeout", (double) self->timeout / G_USEC_PER_SEC);
  if (self->kind == CS_PROBE_HTTP)
    {
      json_object_set_int_member (object, "status-from", self->status_from);
      json_object_set_int_member (object, "status-to", self->status_to);
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!is_empty (*get_text (self, i)))
      json_object_set_string_member (object, texts[i].name, *get_text (self, i));
  return node;
}

/**
 * cs_probe_from_json:
 * @object: what cs_probe_to_json() gave, or a person wrote
 * @error: INVALID
 *
 * Returns: (transfer full) (nullable): the probe
 */
CsProbe *
cs_probe_from_json (JsonObject *object, GError **error)
{
  const char *name = cs_json_get_string (object, "name");
  g_autoptr (CsProbe) self = cs_probe_new (CS_PROBE_HTTP, NULL, NULL);
  double seconds;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *get_text (self, i) = g_strdup (cs_json_get_string (object, texts[i].name));
  if (!cs_probe_kind_from_string (cs_json_get_string (object, "kind"), &self->kind))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Probe “%s”: its kind is to be http, prometheus or command.",
                   name != NULL ? name : "");
      return NULL;
    }
  self->interval =
    CLAMP (cs_json_get_int (object, "interval", DEFAULT_INTERVAL), 0, MAX_INTERVAL + 1) *
    G_USEC_PER_SEC;
  seconds = json_object_get_double_member_with_default (
    object, "timeout", MIN ((double) DEFAULT_TIMEOUT, (double) self->interval / G_USEC_PER_SEC));
  self->timeout = (gint64) (CLAMP (seconds, 0, (double) MAX_INTERVAL + 1) * G_USEC_PER_SEC);
  self->status_from = (guint) CLAMP (cs_json_get_int (object, "status-from", 200), 0, 1000);
  self->status_to = (guint) CLAMP (cs_json_get_int (object, "status-to", 299), 0, 1000);
  if (!cs_probe_check (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cs_probe_has_value:
 * @self: a probe
 *
 * Returns: whether each measurement is to give a value, so that one without is EMPTY
 */
gboolean
cs_probe_has_value (const CsProbe *self)
{
  return self->kind == CS_PROBE_PROMETHEUS || !is_empty (self->pointer) ||
         (self->kind == CS_PROBE_COMMAND && self->unit != NULL);
}

/**
 * cs_probe_get_place:
 * @self: a probe
 *
 * Returns: where it measures: a URL, or the name of a target
 */
const char *
cs_probe_get_place (const CsProbe *self)
{
  return self->kind == CS_PROBE_COMMAND ? self->target : self->url;
}
