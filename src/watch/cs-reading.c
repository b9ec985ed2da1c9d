/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer says about what a probe asked. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-reading.h"

#include "cs-json.h"
#include "cs-unit.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static char *
say (CsSample *sample, CsSampleState state, char *words)
{
  sample->state = state;
  return words;
}

/* One token of an RFC 6901 pointer, unescaped. */
static char *
take_token (const char **rest)
{
  gsize length = strcspn (*rest, "/");
  g_autoptr (GString) token = g_string_new_len (*rest, (gssize) length);

  *rest += length;
  if (**rest == '/')
    (*rest)++;
  else
    *rest = NULL;
  g_string_replace (token, "~1", "/", 0);
  g_string_replace (token, "~0", "~", 0);
  return g_string_free (g_steal_pointer (&token), FALSE);
}

static JsonNode *
get_child (JsonNode *node, const char *token)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_member (json_node_get_object (node), token);
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      guint64 position;

      if (g_ascii_string_to_unsigned (token, 10, 0, G_MAXUINT, &position, NULL) &&
          position < json_array_get_length (array))
        return json_array_get_element (array, (guint) position);
    }
  return NULL;
}

static JsonNode *
follow_pointer (JsonNode *node, const char *pointer)
{
  const char *rest = *pointer == '/' ? pointer + 1 : NULL;

  while (node != NULL && rest != NULL)
    {
      g_autofree char *token = take_token (&rest);

      node = get_child (node, token);
    }
  return node;
}

/* The number in a text: the whole of it, with or without a unit, which is then converted. */
static gboolean
parse_number (const char *text, const char *unit, double *number)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *end = NULL;
  double n = g_ascii_strtod (stripped, &end);

  if (end == stripped)
    return FALSE;
  while (g_ascii_isspace (*end))
    end++;
  if (*end != '\0' && !cs_unit_is_known (end))
    return FALSE;
  return cs_unit_convert (n, end, unit, number);
}

static gboolean
get_number (JsonNode *node, const char *unit, double *number)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return parse_number (json_node_get_string (node), unit, number);
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    *number = json_node_get_boolean (node) ? 1 : 0;
  else
    *number = json_node_get_double (node);
  return TRUE;
}

static JsonNode *
parse_body (const CsFetch *fetch)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (fetch->too_long || !json_parser_load_from_data (parser, (const char *) fetch->body->data,
                                                      fetch->body->len, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL ? json_node_ref (root) : NULL;
}

static char *
read_pointer (const CsProbe *probe, const CsFetch *fetch, CsSample *sample)
{
  g_autoptr (JsonNode) root = parse_body (fetch);
  JsonNode *node;

  if (root == NULL)
    return say (sample, CS_SAMPLE_BAD, g_strdup ("the answer is no JSON"));
  node = follow_pointer (root, probe->pointer);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return say (sample, CS_SAMPLE_EMPTY, g_strdup_printf ("the answer has no %s", probe->pointer));
  if (!get_number (node, probe->unit, &sample->value) || !isfinite (sample->value))
    return say (sample, CS_SAMPLE_EMPTY, g_strdup_printf ("%s is no number", probe->pointer));
  return say (sample, CS_SAMPLE_GOOD, g_strdup_printf ("%g", sample->value));
}

static gboolean
has_header (const CsProbe *probe, const CsFetch *fetch)
{
  g_auto (GStrv) parts = g_strsplit (probe->header, ":", 2);
  const char *value = soup_message_headers_get_list (fetch->headers, g_strstrip (parts[0]));

  return value != NULL && strstr (value, g_strstrip (parts[1])) != NULL;
}

/**
 * cs_reading_read_http:
 * @probe: of the kind HTTP
 * @fetch: what came back
 * @sample: (inout): its state and value are set
 *
 * Returns: (transfer full): what was found, in a few words
 */
char *
cs_reading_read_http (const CsProbe *probe, const CsFetch *fetch, CsSample *sample)
{
  if (fetch->status < probe->status_from || fetch->status > probe->status_to)
    return say (
      sample, CS_SAMPLE_BAD,
      g_strdup_printf ("HTTP %u %s", fetch->status, fetch->reason != NULL ? fetch->reason : ""));
  if (probe->header != NULL && !has_header (probe, fetch))
    return say (sample, CS_SAMPLE_BAD, g_strdup_printf ("no header “%s”", probe->header));
  if (probe->contains != NULL && *probe->contains != '\0' &&
      memmem (fetch->body->data, fetch->body->len, probe->contains, strlen (probe->contains)) ==
        NULL)
    return say (sample, CS_SAMPLE_BAD, g_strdup_printf ("the answer lacks “%s”", probe->contains));
  if (probe->pointer != NULL && *probe->pointer != '\0')
    return read_pointer (probe, fetch, sample);
  return say (sample, CS_SAMPLE_GOOD, g_strdup_printf ("HTTP %u", fetch->status));
}

/**
 * cs_reading_read_http_failure:
 * @failure: why there is no answer
 * @sample: (inout): its state is set
 *
 * A service that refuses, breaks off or shows a wrong certificate is at fault. When a name is not
 * found or there is no network, it may well be this computer that is.
 *
 * Returns: (transfer full): what was found, in a few words
 */
char *
cs_reading_read_http_failure (const GError *failure, CsSample *sample)
{
  gboolean here = failure->domain == G_RESOLVER_ERROR ||
                  g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
                  g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES) ||
                  g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);

  return say (sample, here ? CS_SAMPLE_ERROR : CS_SAMPLE_BAD, g_strdup (failure->message));
}

/**
 * cs_reading_dup_query_url:
 * @probe: of the kind PROMETHEUS
 *
 * Returns: (transfer full): where its query is asked:
 *   https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
 */
char *
cs_reading_dup_query_url (const CsProbe *probe)
{
  g_autofree char *query = g_uri_escape_string (probe->query, NULL, FALSE);
  gsize length = strlen (probe->url);

  while (length > 0 && probe->url[length - 1] == '/')
    length--;
  return g_strdup_printf ("%.*s/api/v1/query?query=%s", (int) length, probe->url, query);
}

/* The number of a result: [time, "number"]. */
static char *
read_pair (const CsProbe *probe, JsonArray *pair, CsSample *sample)
{
  const char *text;

  if (pair == NULL || json_array_get_length (pair) != 2)
    return say (sample, CS_SAMPLE_ERROR,
                g_strdup ("Prometheus answered something else than a number"));
  text = json_array_get_string_element (pair, 1);
  sample->value = text != NULL ? g_ascii_strtod (text, NULL) : NAN;
  if (!isfinite (sample->value))
    return say (sample, CS_SAMPLE_EMPTY, g_strdup_printf ("the query gives %s", text));
  return say (sample, CS_SAMPLE_GOOD, g_strdup_printf ("%g", sample->value));
}

static char *
read_vector (const CsProbe *probe, JsonArray *vector, CsSample *sample)
{
  guint n = vector != NULL ? json_array_get_length (vector) : 0;
  JsonNode *first;

  if (n == 0)
    return say (sample, CS_SAMPLE_EMPTY, g_strdup ("the query finds no series"));
  if (n > 1)
    return say (
      sample, CS_SAMPLE_ERROR,
      g_strdup_printf ("the query gives %u series; aggregate it to one, with sum() say", n));
  first = json_array_get_element (vector, 0);
  return read_pair (probe,
                    JSON_NODE_HOLDS_OBJECT (first)
                      ? cs_json_get_array (json_node_get_object (first), "value")
                      : NULL,
                    sample);
}

/**
 * cs_reading_read_prometheus:
 * @probe: of the kind PROMETHEUS
 * @fetch: what came back
 * @sample: (inout): its state and value are set
 *
 * No series, and a number that is none (`NaN`, `+Inf`: what a rate without traffic gives), are
 * nothing to measure. A server that fails says nothing about what it watches.
 *
 * Returns: (transfer full): what was found, in a few words
 */
char *
cs_reading_read_prometheus (const CsProbe *probe, const CsFetch *fetch, CsSample *sample)
{
  g_autoptr (JsonNode) root = parse_body (fetch);
  JsonObject *answer =
    root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonObject *data = answer != NULL ? cs_json_get_object (answer, "data") : NULL;
  const char *type = data != NULL ? cs_json_get_string (data, "resultType") : NULL;
  const char *problem = answer != NULL ? cs_json_get_string (answer, "error") : NULL;

  if (problem != NULL)
    return say (sample, CS_SAMPLE_ERROR, g_strdup_printf ("Prometheus: %s", problem));
  if (fetch->status != 200 || type == NULL)
    return say (sample, CS_SAMPLE_ERROR,
                g_strdup_printf ("HTTP %u, and no answer of Prometheus", fetch->status));
  if (strcmp (type, "vector") == 0)
    return read_vector (probe, cs_json_get_array (data, "result"), sample);
  if (strcmp (type, "scalar") == 0)
    return read_pair (probe, cs_json_get_array (data, "result"), sample);
  return say (sample, CS_SAMPLE_ERROR,
              g_strdup_printf ("the query gives a %s, not one number", type));
}

/* The last line that is not empty. */
static char *
dup_last_line (const char *output)
{
  g_autofree char *stripped = g_strchomp (g_strdup (output));
  const char *line = strrchr (stripped, '\n');

  return g_strdup (line != NULL ? line + 1 : stripped);
}

/**
 * cs_reading_read_output:
 * @probe: of the kind COMMAND
 * @status: its exit status
 * @output: what it printed
 * @sample: (inout): its state and value are set
 *
 * The value is the number in the last line of the output, if that line is nothing else.
 *
 * Returns: (transfer full): what was found, in a few words
 */
char *
cs_reading_read_output (const CsProbe *probe, int status, const char *output, CsSample *sample)
{
  g_autofree char *line = dup_last_line (output);
  double number;

  if (status != 0)
    return say (sample, CS_SAMPLE_BAD, g_strdup_printf ("exit status %d", status));
  if (parse_number (line, probe->unit, &number) && isfinite (number))
    {
      sample->value = number;
      return say (sample, CS_SAMPLE_GOOD, g_strdup_printf ("%g", number));
    }
  if (cs_probe_has_value (probe))
    return say (sample, CS_SAMPLE_EMPTY, g_strdup ("its last line is no number"));
  return say (sample, CS_SAMPLE_GOOD, g_strdup ("exit status 0"));
}
