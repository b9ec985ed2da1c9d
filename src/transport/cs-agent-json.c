/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to an agent about a run, and what comes back, as JSON. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-json.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-run-private.h"
#include "cs-shell-start.h"

#include <string.h>

/**
 * cs_agent_json_build_bytes:
 * @bytes: any but NUL
 *
 * Returns: (transfer full): a string, or where it would be none an object with `base64`
 */
JsonNode *
cs_agent_json_build_bytes (const char *bytes)
{
  JsonNode *node;
  JsonObject *object;
  g_autofree char *encoded = NULL;

  if (g_utf8_validate (bytes, -1, NULL))
    {
      node = json_node_new (JSON_NODE_VALUE);
      json_node_set_string (node, bytes);
      return node;
    }
  encoded = g_base64_encode ((const guchar *) bytes, strlen (bytes));
  object = json_object_new ();
  json_object_set_string_member (object, "base64", encoded);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}

/**
 * cs_agent_json_dup_bytes:
 * @node: (nullable): a string, or an object with `base64`
 *
 * Returns: (transfer full) (nullable): the bytes; %NULL if it is neither
 */
char *
cs_agent_json_dup_bytes (JsonNode *node)
{
  const char *encoded;
  char *bytes;
  gsize length = 0;

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  encoded = cs_json_get_string (json_node_get_object (node), "base64");
  if (encoded == NULL)
    return NULL;
  bytes = (char *) g_base64_decode (encoded, &length);
  bytes = g_realloc (bytes, length + 1);
  bytes[length] = '\0';
  return bytes;
}

static gboolean
add_variables (JsonObject *object, CsRun *run, GError **error)
{
  JsonObject *variables = json_object_new ();
  GHashTableIter iter;
  const char *name, *value;

  json_object_set_object_member (object, "variables", variables);
  g_hash_table_iter_init (&iter, cs_run_get_variables (run));
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &value))
    {
      if (!cs_shell_start_is_name (name))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” can't be the name of a shell variable", name);
          return FALSE;
        }
      if (value != NULL)
        json_object_set_member (variables, name, cs_agent_json_build_bytes (value));
      else
        json_object_set_null_member (variables, name);
    }
  return TRUE;
}

static void
add_terminal (JsonObject *object, CsRun *run)
{
  JsonObject *terminal = json_object_new ();
  guint columns = 0, rows = 0;

  cs_run_get_terminal_size (run, &columns, &rows);
  json_object_set_string_member (terminal, "type", cs_run_get_terminal_type (run));
  json_object_set_int_member (terminal, "columns", columns);
  json_object_set_int_member (terminal, "rows", rows);
  json_object_set_object_member (object, "terminal", terminal);
}

static void
add_authorisation (JsonObject *object, const CsAuthorisation *authorisation)
{
  JsonObject *head;

  json_object_set_object_member (object, "values", json_object_ref (authorisation->values));
  if (authorisation->deployment != NULL)
    json_object_set_string_member (object, "deployment", authorisation->deployment);
  if (authorisation->environment != NULL)
    json_object_set_string_member (object, "environment", authorisation->environment);
  json_object_set_array_member (object, "envelopes", json_array_ref (authorisation->envelopes));
  if (authorisation->stream == NULL || authorisation->hash == NULL)
    return;
  head = json_object_new ();
  json_object_set_string_member (head, "stream", authorisation->stream);
  json_object_set_int_member (head, "n", authorisation->n);
  json_object_set_string_member (head, "hash", authorisation->hash);
  json_object_set_object_member (object, "head", head);
}

/**
 * cs_agent_json_build_run:
 * @run: what to run
 *
 * Gives the body that starts @run. Where it is authorised, the command goes with its placeholders,
 * and the agent puts the values in.
 *
 * Returns: (transfer full): JSON; %NULL with %CS_ERROR_INVALID
 */
GBytes *
cs_agent_json_build_run (CsRun *run, GError **error)
{
  const CsAuthorisation *authorisation = cs_run_get_authorisation (run);
  const char *script =
    authorisation != NULL ? authorisation->command : cs_run_get_script (run);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  char *text;

  json_node_take_object (node, object);
  if (g_hash_table_size (cs_run_get_secrets (run)) > 0)
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "An agent keeps what it is sent, so it is sent no secrets. Run the "
                           "command over SSH, or let the server read the secret from its own "
                           "files");
      return NULL;
    }
  json_object_set_member (object, "script", cs_agent_json_build_bytes (script));
  if (!add_variables (object, run, error))
    return NULL;
  if (cs_run_get_cwd (run) != NULL)
    json_object_set_member (object, "cwd", cs_agent_json_build_bytes (cs_run_get_cwd (run)));
  json_object_set_string_member (object, "shell", cs_run_get_shell (run));
  json_object_set_int_member (object, "timeout", cs_run_get_timeout (run));
  if (cs_run_is_terminal (run))
    add_terminal (object, run);
  if (authorisation != NULL)
    add_authorisation (object, authorisation);
  text = cs_json_to_canonical (node, error);
  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

static CsOutcomeKind
parse_kind (const char *ending)
{
  for (guint kind = CS_OUTCOME_EXITED; kind <= CS_OUTCOME_STOPPED; kind++)
    if (g_strcmp0 (cs_outcome_kind_to_string (kind), ending) == 0)
      return kind;
  return CS_OUTCOME_EXITED;
}

static GHashTable *
parse_environment (JsonObject *object)
{
  GHashTable *environment;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (object == NULL)
    return NULL;
  environment = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    g_hash_table_replace (environment, g_strdup (name), cs_agent_json_dup_bytes (value));
  return environment;
}

/**
 * cs_agent_run_parse:
 * @node: (nullable): a `Run`
 *
 * Returns: (transfer full): what it says; %NULL with %CS_ERROR_PROTOCOL
 */
CsAgentRun *
cs_agent_run_parse (JsonNode *node, GError **error)
{
  JsonObject *object =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *output = cs_json_get_object (object, "output");
  const char *state = cs_json_get_string (object, "state");
  CsAgentRun *self;

  if (state == NULL || output == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_PROTOCOL,
                   "The agent does not say how the run is: does it speak a newer language?");
      return NULL;
    }
  self = g_new0 (CsAgentRun, 1);
  self->state = g_strdup (state);
  self->problem = g_strdup (cs_json_get_string (object, "problem"));
  self->kind = parse_kind (cs_json_get_string (object, "ending"));
  self->status = (int) cs_json_get_int (object, "status", -1);
  self->cwd = json_object_has_member (object, "cwd")
                ? cs_agent_json_dup_bytes (json_object_get_member (object, "cwd"))
                : NULL;
  self->environment = parse_environment (cs_json_get_object (object, "environment"));
  self->size = cs_json_get_int (output, "size", 0);
  self->kept = cs_json_get_int (output, "kept", 0);
  self->truncated = cs_json_get_boolean (output, "truncated");
  self->digest = g_strdup (cs_json_get_string (output, "digest"));
  self->text = g_strdup (cs_json_get_string (object, "text"));
  return self;
}

/**
 * cs_agent_run_free:
 * @self: (transfer full) (nullable): what an agent said
 */
void
cs_agent_run_free (CsAgentRun *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->environment, g_hash_table_unref);
  g_free (self->state);
  g_free (self->problem);
  g_free (self->cwd);
  g_free (self->digest);
  g_free (self->text);
  g_free (self);
}
