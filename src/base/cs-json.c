/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON that can be hashed: written in canonical form (RFC 8785). */

#include "cs-json.h"

#include "cs-error.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 200
#define MAX_EXACT_INT G_GINT64_CONSTANT (9007199254740991)

static gboolean write_node (GString *out, JsonNode *node, guint depth, GError **error);

/* One of the characters that can't stand in a string as they are. */
static void
append_escape (GString *out, char c)
{
  static const char plain[] = "\"\\\b\f\n\r\t";
  static const char letters[] = "\"\\bfnrt";
  const char *found = strchr (plain, c);

  if (found == NULL)
    {
      g_string_append_printf (out, "\\u%04x", (guint) (guchar) c);
      return;
    }
  g_string_append_c (out, '\\');
  g_string_append_c (out, letters[found - plain]);
}

/**
 * cs_json_append_string:
 * @out: JSON text so far
 * @text: valid UTF-8
 *
 * Appends @text as a JSON string, quoted and escaped as RFC 8785 writes it.
 */
void
cs_json_append_string (GString *out, const char *text)
{
  const char *p = text;

  g_string_append_c (out, '"');
  for (;;)
    {
      const char *begin = p;

      while ((guchar) *p >= 0x20 && *p != '"' && *p != '\\')
        p++;
      g_string_append_len (out, begin, p - begin);
      if (*p == '\0')
        break;
      append_escape (out, *p++);
    }
  g_string_append_c (out, '"');
}

static gboolean
write_string (GString *out, const char *text, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A JSON string is not valid UTF-8");
      return FALSE;
    }
  cs_json_append_string (out, text);
  return TRUE;
}

/* ECMA-262 Number::toString: the fewest digits that read back as the same number, and its own rules
 * for where the point goes. */
static gboolean
write_double (GString *out, double value, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char digits[32];
  int n_digits = 0;
  int exponent, point;
  const char *e;

  if (!isfinite (value))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "JSON has no number for NaN and infinity");
      return FALSE;
    }
  if (value == 0)
    {
      g_string_append_c (out, '0');
      return TRUE;
    }
  if (value < 0)
    {
      g_string_append_c (out, '-');
      value = -value;
    }
  for (int precision = 0; precision < 17; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", precision);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  e = strchr (text, 'e');
  exponent = (int) g_ascii_strtoll (e + 1, NULL, 10);
  for (const char *p = text; p < e; p++)
    if (g_ascii_isdigit (*p))
      digits[n_digits++] = *p;
  while (n_digits > 1 && digits[n_digits - 1] == '0')
    n_digits--;

  point = exponent + 1;
  if (n_digits <= point && point <= 21)
    {
      g_string_append_len (out, digits, n_digits);
      for (int i = n_digits; i < point; i++)
        g_string_append_c (out, '0');
    }
  else if (0 < point && point <= 21)
    {
      g_string_append_len (out, digits, point);
      g_string_append_c (out, '.');
      g_string_append_len (out, digits + point, n_digits - point);
    }
  else if (-6 < point && point <= 0)
    {
      g_string_append (out, "0.");
      for (int i = point; i < 0; i++)
        g_string_append_c (out, '0');
      g_string_append_len (out, digits, n_digits);
    }
  else
    {
      g_string_append_c (out, digits[0]);
      if (n_digits > 1)
        {
          g_string_append_c (out, '.');
          g_string_append_len (out, digits + 1, n_digits - 1);
        }
      g_string_append_printf (out, "e%+d", exponent);
    }
  return TRUE;
}

static gboolean
write_value (GString *out, JsonNode *node, GError **error)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    return write_string (out, json_node_get_string (node), error);
  if (type == G_TYPE_BOOLEAN)
    {
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      return TRUE;
    }
  if (type == G_TYPE_INT64)
    {
      gint64 value = json_node_get_int (node);

      if (value > MAX_EXACT_INT || value < -MAX_EXACT_INT)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "The number %" G_GINT64_FORMAT
                       " is larger than JSON can keep exactly (2⁵³ − 1)",
                       value);
          return FALSE;
        }
      g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
      return TRUE;
    }
  return write_double (out, json_node_get_double (node), error);
}

/* RFC 8785 sorts members by UTF-16 code units; that differs from UTF-8 byte order only between
 * U+E000…U+FFFF and the planes above. */
static int
compare_utf16 (gconstpointer a, gconstpointer b)
{
  const guchar *p = a;
  const guchar *q = b;
  gboolean p_high, q_high;

  while (*p != '\0' && *p == *q)
    {
      p++;
      q++;
    }
  p_high = *p >= 0xf0;
  q_high = *q >= 0xf0;
  if (p_high != q_high && (p_high ? *q : *p) >= 0xee)
    return p_high ? -1 : 1;
  return (int) *p - (int) *q;
}

static gboolean
write_object (GString *out, JsonObject *object, guint depth, GError **error)
{
  g_autoptr (GList) members = g_list_sort (json_object_get_members (object), compare_utf16);

  g_string_append_c (out, '{');
  for (GList *l = members; l != NULL; l = l->next)
    {
      if (l != members)
        g_string_append_c (out, ',');
      if (!write_string (out, l->data, error))
        return FALSE;
      g_string_append_c (out, ':');
      if (!write_node (out, json_object_get_member (object, l->data), depth + 1, error))
        return FALSE;
    }
  g_string_append_c (out, '}');
  return TRUE;
}

static gboolean
write_array (GString *out, JsonArray *array, guint depth, GError **error)
{
  guint length = json_array_get_length (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < length; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      if (!write_node (out, json_array_get_element (array, i), depth + 1, error))
        return FALSE;
    }
  g_string_append_c (out, ']');
  return TRUE;
}

static gboolean
write_node (GString *out, JsonNode *node, guint depth, GError **error)
{
  if (depth > MAX_DEPTH)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "JSON nested deeper than %d levels",
                   MAX_DEPTH);
      return FALSE;
    }
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return write_object (out, json_node_get_object (node), depth, error);
    case JSON_NODE_ARRAY:
      return write_array (out, json_node_get_array (node), depth, error);
    case JSON_NODE_VALUE:
      return write_value (out, node, error);
    case JSON_NODE_NULL:
    default:
      g_string_append (out, "null");
      return TRUE;
    }
}

/**
 * cs_json_to_canonical:
 * @node: any JSON
 *
 * Writes JSON in the one form that RFC 8785 (JCS) gives it: no white space, members sorted by
 * UTF-16 code units, shortest numbers. Equal values give equal bytes.
 *
 * Returns: (transfer full) (nullable): UTF-8 text; %NULL with %CS_ERROR_INVALID for what has no
 * such form (numbers beyond 2⁵³ − 1, NaN, invalid UTF-8, nesting beyond 200 levels)
 */
char *
cs_json_to_canonical (JsonNode *node, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_return_val_if_fail (node != NULL, NULL);

  if (!write_node (out, node, 0, error))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static JsonNode *
get_value (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

/** cs_json_get_string: the member's text; %NULL if it is missing or no string. */
const char *
cs_json_get_string (JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : NULL;
}

/** cs_json_get_int: the member's number; @fallback if it is missing or no whole number. */
gint64
cs_json_get_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonNode *node = get_value (object, member, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : fallback;
}

/** cs_json_get_boolean: whether the member is there and true. */
gboolean
cs_json_get_boolean (JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

/** cs_json_get_object: (transfer none): the member's object; %NULL if it is missing or none. */
JsonObject *
cs_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/** cs_json_get_array: (transfer none): the member's array; %NULL if it is missing or none. */
JsonArray *
cs_json_get_array (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}
