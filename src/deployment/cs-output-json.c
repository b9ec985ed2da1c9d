/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a command printed the JSON that is expected, however it is laid out. */

#include "cs-output-json.h"

#include "cs-json.h"

#include <string.h>

/* Lines that are put together to one document, and how many times that is tried, at most. */
#define MAX_LINES 4096
#define MAX_ATTEMPTS 256

static gboolean holds (JsonNode *expected, JsonNode *found);

static gboolean
object_holds (JsonObject *expected, JsonObject *found)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, expected);
  while (json_object_iter_next (&iter, &name, &value))
    if (!json_object_has_member (found, name) ||
        !holds (value, json_object_get_member (found, name)))
      return FALSE;
  return TRUE;
}

static gboolean
array_holds (JsonArray *expected, JsonArray *found)
{
  if (json_array_get_length (expected) != json_array_get_length (found))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (expected); i++)
    if (!holds (json_array_get_element (expected, i), json_array_get_element (found, i)))
      return FALSE;
  return TRUE;
}

/* Members that are not spoken of may be there; elements of a list may not. */
static gboolean
holds (JsonNode *expected, JsonNode *found)
{
  if (JSON_NODE_HOLDS_OBJECT (expected))
    return JSON_NODE_HOLDS_OBJECT (found) &&
           object_holds (json_node_get_object (expected), json_node_get_object (found));
  if (JSON_NODE_HOLDS_ARRAY (expected))
    return JSON_NODE_HOLDS_ARRAY (found) &&
           array_holds (json_node_get_array (expected), json_node_get_array (found));
  return json_node_equal (expected, found);
}

static JsonNode *
parse (const char *text)
{
  return *text == '{' || *text == '[' ? cs_json_parse (text, -1, NULL) : NULL;
}

/* The document that begins in a line: alone, or with the lines below it. */
static JsonNode *
parse_from (GPtrArray *lines, guint first, guint *attempts)
{
  const char *opening = g_ptr_array_index (lines, first);
  g_autoptr (GString) text = g_string_new (opening);
  JsonNode *node = parse (opening);

  if (node != NULL || (*opening != '{' && *opening != '['))
    return node;
  for (guint i = first + 1; i < lines->len && i<first + MAX_LINES && * attempts> 0; i++)
    {
      const char *line = g_ptr_array_index (lines, i);

      g_string_append (text, line);
      if (*line != '}' && *line != ']')
        continue;
      (*attempts)--;
      node = cs_json_parse (text->str, (gssize) text->len, NULL);
      if (node != NULL)
        return node;
    }
  return NULL;
}

/**
 * cs_output_json_holds:
 * @expected: what is expected
 * @lines: (element-type utf8): the lines of an output, without spaces around
 * @line: (out): the line in which the JSON begins, from 1
 *
 * Returns: whether @expected is a JSON object or array and the output holds one that says the same,
 *   or more
 */
gboolean
cs_output_json_holds (const char *expected, GPtrArray *lines, guint *line)
{
  g_autoptr (JsonNode) wanted = parse (expected + strspn (expected, " \t"));

  guint attempts = MAX_ATTEMPTS;

  if (wanted == NULL)
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      const char *opening = g_ptr_array_index (lines, i);
      g_autoptr (JsonNode) found =
        *opening == '{' || *opening == '[' ? parse_from (lines, i, &attempts) : NULL;

      if (found == NULL || !holds (wanted, found))
        continue;
      *line = i + 1;
      return TRUE;
    }
  return FALSE;
}
