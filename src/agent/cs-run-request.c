/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a request for a run, read strictly. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-run-request.h"

#include "cs-digest.h"
#include "cs-envelope.h"
#include "cs-json.h"
#include "cs-run-files.h"
#include "cs-shell-start.h"

#include <string.h>

#define DEFAULT_TIMEOUT 900
#define MAX_TIMEOUT 604800
#define MAX_ENVELOPES 64
#define MAX_STREAM 200
#define MAX_TYPE 64

/** cs_run_request_free: frees a request; secrets are wiped first. */
void
cs_run_request_free (CsRunRequest *self)
{
  GHashTableIter iter;
  gpointer value;

  if (self == NULL)
    return;
  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    explicit_bzero (value, strlen (value));
  g_hash_table_unref (self->values);
  g_hash_table_unref (self->variables);
  g_hash_table_unref (self->secrets);
  g_ptr_array_unref (self->envelopes);
  g_free (self->script);
  g_free (self->cwd);
  g_free (self->shell);
  g_free (self->terminal);
  g_free (self->environment);
  g_free (self->deployment);
  g_free (self->stream);
  g_free (self->head_hash);
  g_free (self);
}

static gboolean
fail (CsProblem **problem, const char *member, const char *words)
{
  *problem = cs_problem_new (CS_PROBLEM_INVALID, "“%s” %s", member, words);
  return FALSE;
}

/**
 * cs_body_parse:
 * @node: (out): owns the result
 *
 * Returns: (transfer none) (nullable): the object that the body is; %NULL with a problem
 */
JsonObject *
cs_body_parse (GBytes *body, JsonNode **node, CsProblem **problem)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (body, &size);

  *node = cs_json_parse (text != NULL ? text : "", (gssize) size, &error);
  if (*node == NULL)
    *problem = cs_problem_new (CS_PROBLEM_INVALID, "The body can't be read: %s", error->message);
  else if (!JSON_NODE_HOLDS_OBJECT (*node))
    *problem = cs_problem_new (CS_PROBLEM_INVALID, "The body is not a JSON object");
  else
    return json_node_get_object (*node);
  return NULL;
}

/**
 * cs_body_check_members:
 * @known: (array zero-terminated=1): what may stand there
 *
 * Returns: whether nothing else does; else a problem
 */
gboolean
cs_body_check_members (JsonObject *object, const char *const *known, CsProblem **problem)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      return fail (problem, l->data, "is not known here");
  return TRUE;
}

static gboolean
read_text (JsonObject *object, const char *member, char **text, CsProblem **problem)
{
  if (!json_object_has_member (object, member))
    return TRUE;
  *text = g_strdup (cs_json_get_string (object, member));
  return *text != NULL || fail (problem, member, "is not a string");
}

static gboolean
read_bytes (JsonObject *object, const char *member, char **bytes, CsProblem **problem)
{
  if (!json_object_has_member (object, member))
    return TRUE;
  *bytes = cs_bytes_from_json (json_object_get_member (object, member));
  return *bytes != NULL || fail (problem, member, "is neither text nor {\"base64\": …}");
}

typedef enum
{
  TABLE_VALUES,    /* text by any name */
  TABLE_VARIABLES, /* bytes or null, by the name of a variable */
  TABLE_SECRETS,   /* bytes by the name of a variable */
} TableKind;

static gboolean
read_table (JsonObject *body,
            const char *member,
            TableKind kind,
            GHashTable *table,
            CsProblem **problem)
{
  JsonObject *object = cs_json_get_object (body, member);
  g_autoptr (GList) names = NULL;

  if (!json_object_has_member (body, member))
    return TRUE;
  if (object == NULL)
    return fail (problem, member, "is not an object");
  names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (object, l->data);
      g_autofree char *value = NULL;

      if (kind == TABLE_VALUES ? *(char *) l->data == '\0' : !cs_shell_start_is_name (l->data))
        return fail (problem, l->data, "can't be a name here");
      if (kind != TABLE_VARIABLES || !JSON_NODE_HOLDS_NULL (node))
        {
          value = kind == TABLE_VALUES ? g_strdup (cs_json_get_string (object, l->data))
                                       : cs_bytes_from_json (node);
          if (value == NULL)
            return fail (problem, l->data, "has no value that it could have");
        }
      g_hash_table_replace (table, g_strdup (l->data), g_steal_pointer (&value));
    }
  return TRUE;
}

static gboolean
read_envelopes (CsRunRequest *self, JsonObject *body, CsProblem **problem)
{
  JsonArray *array = cs_json_get_array (body, "envelopes");

  if (!json_object_has_member (body, "envelopes"))
    return TRUE;
  if (array == NULL || json_array_get_length (array) > MAX_ENVELOPES)
    return fail (problem, "envelopes", "is not a list of at most 64 envelopes");
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (GError) error = NULL;
      CsEnvelope *envelope =
        cs_envelope_new_from_json (json_array_get_element (array, i), &error);

      if (envelope == NULL)
        return fail (problem, "envelopes", error->message);
      g_ptr_array_add (self->envelopes, envelope);
    }
  return TRUE;
}

/**
 * cs_stream_is_valid:
 * @stream: what should be the name of a stream
 *
 * Returns: whether it is one: parts of letters, digits and `._:-`, joined by slashes
 */
gboolean
cs_stream_is_valid (const char *stream)
{
  g_auto (GStrv) parts = g_strsplit (stream, "/", -1);

  if (*stream == '\0' || strlen (stream) > MAX_STREAM)
    return FALSE;
  for (char **part = parts; *part != NULL; part++)
    {
      if (**part == '\0' || g_str_equal (*part, ".") || g_str_equal (*part, ".."))
        return FALSE;
      for (const char *c = *part; *c != '\0'; c++)
        if (!g_ascii_isalnum (*c) && strchr ("._:-", *c) == NULL)
          return FALSE;
    }
  return TRUE;
}

/**
 * cs_head_parse:
 * @object: has `n` and `hash`
 *
 * Returns: whether they are what a head has; else a problem
 */
gboolean
cs_head_parse (JsonObject *object, gint64 *n, char **hash, CsProblem **problem)
{
  const char *text = cs_json_get_string (object, "hash");

  *n = cs_json_get_int (object, "n", -1);
  if (*n < 0)
    return fail (problem, "n", "is not the number of a record");
  if (!cs_digest_is_valid (text))
    return fail (problem, "hash", "is not a digest");
  *hash = g_strdup (text);
  return TRUE;
}

static gboolean
read_head (CsRunRequest *self, JsonObject *body, CsProblem **problem)
{
  static const char *const known[] = { "stream", "n", "hash", NULL };
  JsonObject *head = cs_json_get_object (body, "head");
  const char *stream = cs_json_get_string (head, "stream");

  if (!json_object_has_member (body, "head"))
    return TRUE;
  if (head == NULL || stream == NULL || !cs_stream_is_valid (stream))
    return fail (problem, "head", "does not name a stream");
  self->stream = g_strdup (stream);
  return cs_body_check_members (head, known, problem) &&
         cs_head_parse (head, &self->head_n, &self->head_hash, problem);
}

/* Names of terminfo(5), and nothing that a path or a shell could be made of. */
static gboolean
is_type (const char *type)
{
  if (*type == '\0' || *type == '.' || strlen (type) > MAX_TYPE)
    return FALSE;
  for (const char *c = type; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._+-", *c) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
read_terminal (CsRunRequest *self, JsonObject *body, CsProblem **problem)
{
  static const char *const known[] = { "type", "columns", "rows", NULL };
  JsonObject *terminal = cs_json_get_object (body, "terminal");

  if (!json_object_has_member (body, "terminal"))
    return TRUE;
  self->terminal = g_strdup (cs_json_get_string (terminal, "type"));
  self->columns = cs_json_get_int (terminal, "columns", 0);
  self->rows = cs_json_get_int (terminal, "rows", 0);
  if (self->terminal == NULL || !is_type (self->terminal))
    return fail (problem, "terminal", "does not say of which type it is");
  if (self->columns < 1 || self->columns > CS_TERMINAL_SIZE_MAX || self->rows < 1 ||
      self->rows > CS_TERMINAL_SIZE_MAX)
    return fail (problem, "terminal", "does not say how many columns and rows it has");
  return cs_body_check_members (terminal, known, problem);
}

static gboolean
read_rest (CsRunRequest *self, JsonObject *body, CsProblem **problem)
{
  self->timeout = json_object_has_member (body, "timeout") ? cs_json_get_int (body, "timeout", -1)
                                                           : DEFAULT_TIMEOUT;
  if (self->timeout < 0 || self->timeout > MAX_TIMEOUT)
    return fail (problem, "timeout", "is not a number of seconds from 0 to 604800");
  if (self->shell == NULL)
    self->shell = g_strdup ("bash");
  if (!g_str_equal (self->shell, "bash") && !g_str_equal (self->shell, "sh"))
    return fail (problem, "shell", "is neither bash nor sh");
  if (self->script == NULL)
    return fail (problem, "script", "is missing");
  return TRUE;
}

/**
 * cs_run_request_parse:
 * @body: JSON
 * @problem: (out): what is wrong with it
 *
 * Reads a request in which every member is known, and none stands twice.
 *
 * Returns: (transfer full) (nullable): the request; %NULL with a problem
 */
CsRunRequest *
cs_run_request_parse (GBytes *body, CsProblem **problem)
{
  static const char *const known[] = {
    "script",  "values",      "variables",  "secrets",   "cwd",  "shell",
    "timeout", "environment", "deployment", "envelopes", "head", "terminal", NULL,
  };
  g_autoptr (CsRunRequest) self = g_new0 (CsRunRequest, 1);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->envelopes = g_ptr_array_new_with_free_func (g_object_unref);
  object = cs_body_parse (body, &node, problem);
  if (object != NULL && cs_body_check_members (object, known, problem) &&
      read_bytes (object, "script", &self->script, problem) &&
      read_bytes (object, "cwd", &self->cwd, problem) &&
      read_text (object, "shell", &self->shell, problem) &&
      read_text (object, "environment", &self->environment, problem) &&
      read_text (object, "deployment", &self->deployment, problem) &&
      read_table (object, "values", TABLE_VALUES, self->values, problem) &&
      read_table (object, "variables", TABLE_VARIABLES, self->variables, problem) &&
      read_table (object, "secrets", TABLE_SECRETS, self->secrets, problem) &&
      read_envelopes (self, object, problem) && read_head (self, object, problem) &&
      read_terminal (self, object, problem) &&
      read_rest (self, object, problem))
    return g_steal_pointer (&self);
  return NULL;
}
