/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag in a file of flagd (https://flagd.dev/schema/v0/flags.json): read, and put into it. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flagd-file.h"

#include "cs-company-list.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

/** Span: a part of the text */
typedef struct
{
  const char *from;
  const char *until;
} Span;

/** Place: where a member of an object is, or would be */
typedef struct
{
  Span value;       /* from NULL: it is not there */
  const char *last; /* behind the last member; NULL: there is none */
  const char *open; /* behind the opening brace */
  Span indent;      /* white space before the first member */
} Place;

/* What follows walks through text that was read as JSON before, so it is JSON. */

static const char *
skip_space (const char *p)
{
  return p + strspn (p, " \t\r\n");
}

static const char *
skip_string (const char *p)
{
  for (p++; *p != '"'; p++)
    if (*p == '\\')
      p++;
  return p + 1;
}

static const char *
skip_value (const char *p)
{
  guint depth = 0;

  do
    {
      if (*p == '"')
        {
          p = skip_string (p);
          continue;
        }
      if (*p == '{' || *p == '[')
        depth++;
      else if (*p == '}' || *p == ']')
        depth--;
      else if (depth == 0)
        return p + strcspn (p, ",}] \t\r\n");
      p++;
    }
  while (depth > 0);
  return p;
}

static gboolean
is_key (const char *from, const char *until, const char *key)
{
  g_autoptr (JsonNode) node = cs_json_parse (from, until - from, NULL);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         g_strcmp0 (json_node_get_string (node), key) == 0;
}

/* object: at its opening brace. */
static Place
find_member (const char *object, const char *key)
{
  Place place = { { NULL, NULL }, NULL, object + 1, { object + 1, skip_space (object + 1) } };
  const char *p = place.indent.until;

  while (*p != '}')
    {
      const char *name = p;
      const char *name_end = skip_string (p);
      const char *value = skip_space (skip_space (name_end) + 1);

      place.last = skip_value (value);
      if (is_key (name, name_end, key))
        {
          place.value.from = value;
          place.value.until = place.last;
        }
      p = skip_space (place.last);
      if (*p == ',')
        p = skip_space (p + 1);
    }
  return place;
}

static JsonObject *
get_flags (JsonNode *root)
{
  return JSON_NODE_HOLDS_OBJECT (root)
           ? cs_json_get_object (json_node_get_object (root), "flags")
           : NULL;
}

/* The text, with a NUL behind it, and what it says. */
static JsonNode *
parse (GBytes *content, char **text, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (content, &length);
  g_autoptr (JsonNode) root = NULL;

  *text = g_strndup (data, length);
  root = cs_json_parse (*text, (gssize) length, error);
  if (root != NULL && get_flags (root) != NULL)
    return g_steal_pointer (&root);
  if (root != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "It is no file of flagd: it has no object “flags”");
  return NULL;
}

/* The one element of an object with one member, as an array. */
static JsonArray *
get_operands (JsonNode *node, const char *operator)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  return object != NULL && json_object_get_size (object) == 1
           ? cs_json_get_array (object, operator)
           : NULL;
}

static gboolean
is_string (JsonArray *array, guint index, const char *text)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
         strcmp (json_node_get_string (node), text) == 0;
}

static gboolean
is_variable (JsonNode *node, const char *context)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  return object != NULL && json_object_get_size (object) == 1 &&
         g_strcmp0 (cs_json_get_string (object, "var"), context) == 0;
}

/* The list in {"if": [{"in": [{"var": CONTEXT}, [ID…]]}, "on", "off"]}; NULL: another rule. */
static JsonArray *
get_list (JsonNode *targeting, const char *context)
{
  JsonArray *branches = targeting != NULL ? get_operands (targeting, "if") : NULL;
  JsonArray *in = NULL;

  if (branches != NULL && json_array_get_length (branches) == 3 &&
      is_string (branches, 1, "on") && is_string (branches, 2, "off"))
    in = get_operands (json_array_get_element (branches, 0), "in");
  if (in == NULL || json_array_get_length (in) != 2 ||
      !is_variable (json_array_get_element (in, 0), context) ||
      !JSON_NODE_HOLDS_ARRAY (json_array_get_element (in, 1)))
    return NULL;
  return json_array_get_array_element (in, 1);
}

static CsFlagState *
read_list (JsonArray *list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING ||
          !cs_company_id_check (json_node_get_string (node), NULL))
        return cs_flag_state_new_unclear ("a list that holds something else than ids");
      g_strv_builder_add (builder, json_node_get_string (node));
    }
  ids = g_strv_builder_end (builder);
  return cs_flag_state_new (FALSE, (const char *const *) ids);
}

/**
 * cs_flagd_file_read:
 * @content: of the file
 * @key: of the flag
 * @context: what the id of a company is called when the flag is asked for
 *
 * Returns: (transfer full): for whom it is on; %NULL with %CS_ERROR_INVALID
 */
CsFlagState *
cs_flagd_file_read (GBytes *content, const char *key, const char *context, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = parse (content, &text, error);
  JsonObject *flag;
  JsonArray *list;

  if (root == NULL)
    return NULL;
  flag = cs_json_get_object (get_flags (root), key);
  if (flag == NULL || g_strcmp0 (cs_json_get_string (flag, "state"), "DISABLED") == 0)
    return cs_flag_state_new_nobody ();
  list = get_list (json_object_get_member (flag, "targeting"), context);
  return list != NULL ? read_list (list)
                      : cs_flag_state_new_unclear ("a rule that Countersign did not write");
}

static char *
make_targeting (const char *context, CsFlagState *state)
{
  g_auto (GStrv) ids = cs_flag_state_dup_sorted (state);
  GString *text = g_string_new ("{ \"if\": [ { \"in\": [ { \"var\": ");

  cs_json_append_string (text, context);
  g_string_append (text, " }, [");
  for (char **id = ids; *id != NULL; id++)
    {
      g_string_append (text, id == ids ? " " : ", ");
      cs_json_append_string (text, *id);
    }
  g_string_append (text, " ] ] }, \"on\", \"off\" ] }");
  return g_string_free (text, FALSE);
}

static char *
make_flag (const char *targeting)
{
  return g_strconcat ("{ \"state\": \"ENABLED\", \"variants\": { \"on\": true, \"off\": false }, "
                      "\"defaultVariant\": \"off\", \"targeting\": ",
                      targeting, " }", NULL);
}

/* The text with a member's value replaced, or the member added; what is around it stays. */
static char *
set_member (const char *text, const Place *place, const char *key, const char *value)
{
  GString *out = g_string_new (NULL);
  const char *at = place->last != NULL ? place->last : place->open;

  if (place->value.from != NULL)
    {
      g_string_append_len (out, text, place->value.from - text);
      g_string_append (out, value);
      g_string_append (out, place->value.until);
      return g_string_free (out, FALSE);
    }
  g_string_append_len (out, text, at - text);
  if (place->last != NULL)
    {
      g_string_append_c (out, ',');
      g_string_append_len (out, place->indent.from, place->indent.until - place->indent.from);
    }
  cs_json_append_string (out, key);
  g_string_append (out, ": ");
  g_string_append (out, value);
  g_string_append (out, at);
  return g_string_free (out, FALSE);
}

static gboolean
check_variants (JsonObject *flag, const char *key, GError **error)
{
  JsonObject *variants = cs_json_get_object (flag, "variants");

  if (variants != NULL && json_object_has_member (variants, "on") &&
      json_object_has_member (variants, "off") && cs_json_get_boolean (variants, "on") &&
      !cs_json_get_boolean (variants, "off"))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "The flag “%s” is to have the variants “on”: true and “off”: false", key);
  return FALSE;
}

static const char *
find_flags (const char *text)
{
  return find_member (skip_space (text), "flags").value.from;
}

/* One member of the flag, wherever it is by now. */
static void
set_in_flag (char **text, const char *key, const char *member, const char *value)
{
  Place flag = find_member (find_flags (*text), key);
  Place place = find_member (flag.value.from, member);
  char *changed = set_member (*text, &place, member, value);

  g_free (*text);
  *text = changed;
}

/**
 * cs_flagd_file_write:
 * @content: of the file
 * @key: of the flag
 * @context: what the id of a company is called
 * @state: for whom it is to be on, as a list
 *
 * Returns: (transfer full): the file with it; %NULL with %CS_ERROR_INVALID
 */
GBytes *
cs_flagd_file_write (GBytes *content,
                     const char *key,
                     const char *context,
                     CsFlagState *state,
                     GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = parse (content, &text, error);
  g_autofree char *targeting = make_targeting (context, state);
  g_autoptr (CsFlagState) before = NULL;
  JsonObject *flag;

  if (root == NULL)
    return NULL;
  before = cs_flagd_file_read (content, key, context, NULL);
  flag = cs_json_get_object (get_flags (root), key);
  if (flag == NULL)
    {
      Place place = find_member (find_flags (text), key);
      g_autofree char *value = make_flag (targeting);
      char *changed = set_member (text, &place, key, value);

      g_free (text);
      text = changed;
    }
  else
    {
      gboolean enabled = g_strcmp0 (cs_json_get_string (flag, "state"), "ENABLED") == 0;

      if (!check_variants (flag, key, error))
        return NULL;
      if (!enabled || !cs_flag_state_equal (before, state))
        set_in_flag (&text, key, "targeting", targeting);
      if (!enabled)
        set_in_flag (&text, key, "state", "\"ENABLED\"");
    }
  return g_bytes_new (text, strlen (text));
}
