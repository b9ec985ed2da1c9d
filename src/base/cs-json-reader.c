/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON, read strictly: what two readers could understand differently is refused. */

#include "cs-json.h"

#include "cs-error.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 200
#define MAX_EXACT_INT G_GINT64_CONSTANT (9007199254740991)

typedef struct
{
  const char *start;
  const char *p;
  const char *end;
  GString *scratch;
  GError **error;
} Reader;

static JsonNode *read_value (Reader *self, guint depth);

static gboolean
fail (Reader *self, const char *what)
{
  guint line = 1;
  const char *begin = self->start;

  for (const char *p = self->start; p < self->p; p++)
    if (*p == '\n')
      {
        line++;
        begin = p + 1;
      }
  g_set_error (self->error, CS_ERROR, CS_ERROR_INVALID, "Not valid JSON: line %u, column %ld: %s",
               line, g_utf8_strlen (begin, self->p - begin) + 1, what);
  return FALSE;
}

static void
skip_space (Reader *self)
{
  while (self->p < self->end && strchr (" \t\r\n", *self->p) != NULL && *self->p != '\0')
    self->p++;
}

static gboolean
next_is (Reader *self, char c)
{
  return self->p < self->end && *self->p == c;
}

static gboolean
take (Reader *self, char c)
{
  if (!next_is (self, c))
    return FALSE;
  self->p++;
  return TRUE;
}

static gboolean
read_hex (Reader *self, gunichar *unit)
{
  *unit = 0;
  for (int i = 0; i < 4; i++, self->p++)
    {
      if (self->p >= self->end || !g_ascii_isxdigit (*self->p))
        return fail (self, "\\u needs four hexadecimal digits");
      *unit = *unit << 4 | (gunichar) g_ascii_xdigit_value (*self->p);
    }
  return TRUE;
}

/* After "\u". NUL has no place in a C string, and half a pair of surrogates is no character. */
static gboolean
read_unicode (Reader *self)
{
  gunichar unit, low;

  if (!read_hex (self, &unit))
    return FALSE;
  if (unit == 0)
    return fail (self, "the character U+0000 is not supported");
  if (unit >= 0xd800 && unit <= 0xdfff)
    {
      if (unit > 0xdbff || !take (self, '\\') || !take (self, 'u'))
        return fail (self, "half of a surrogate pair");
      if (!read_hex (self, &low))
        return FALSE;
      if (low < 0xdc00 || low > 0xdfff)
        return fail (self, "half of a surrogate pair");
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  g_string_append_unichar (self->scratch, unit);
  return TRUE;
}

static gboolean
read_escape (Reader *self)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *letter;

  if (take (self, 'u'))
    return read_unicode (self);
  letter = self->p < self->end && *self->p != '\0' ? strchr (letters, *self->p) : NULL;
  if (letter == NULL)
    return fail (self, "unknown escape in a string");
  g_string_append_c (self->scratch, meanings[letter - letters]);
  self->p++;
  return TRUE;
}

/* Leaves the text in scratch. */
static gboolean
read_string (Reader *self)
{
  g_string_truncate (self->scratch, 0);
  if (!take (self, '"'))
    return fail (self, "a string was expected");
  while (self->p < self->end && *self->p != '"')
    {
      if ((guchar) *self->p < 0x20)
        return fail (self, "a control character in a string");
      if (!take (self, '\\'))
        g_string_append_c (self->scratch, *self->p++);
      else if (!read_escape (self))
        return FALSE;
    }
  return take (self, '"') || fail (self, "a string does not end");
}

static JsonNode *
read_member (Reader *self, JsonObject *object, guint depth)
{
  g_autofree char *name = NULL;
  JsonNode *value;

  skip_space (self);
  if (!read_string (self))
    return NULL;
  if (json_object_has_member (object, self->scratch->str))
    {
      fail (self, "the same member twice");
      return NULL;
    }
  name = g_strdup (self->scratch->str);
  skip_space (self);
  if (!take (self, ':'))
    {
      fail (self, "“:” was expected");
      return NULL;
    }
  value = read_value (self, depth + 1);
  if (value != NULL)
    json_object_set_member (object, name, value);
  return value;
}

static JsonNode *
read_object (Reader *self, guint depth)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node;

  skip_space (self);
  if (!take (self, '}'))
    {
      do
        {
          if (read_member (self, object, depth) == NULL)
            return NULL;
          skip_space (self);
        }
      while (take (self, ','));
      if (!take (self, '}'))
        {
          fail (self, "“,” or “}” was expected");
          return NULL;
        }
    }
  node = json_node_alloc ();
  return json_node_init_object (node, object);
}

static JsonNode *
read_array (Reader *self, guint depth)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonNode *node;

  skip_space (self);
  if (!take (self, ']'))
    {
      do
        {
          JsonNode *element = read_value (self, depth + 1);

          if (element == NULL)
            return NULL;
          json_array_add_element (array, element);
          skip_space (self);
        }
      while (take (self, ','));
      if (!take (self, ']'))
        {
          fail (self, "“,” or “]” was expected");
          return NULL;
        }
    }
  node = json_node_alloc ();
  return json_node_init_array (node, array);
}

static gboolean
take_digits (Reader *self)
{
  const char *begin = self->p;

  while (self->p < self->end && g_ascii_isdigit (*self->p))
    self->p++;
  return self->p > begin || fail (self, "a digit was expected");
}

/* A whole number beyond 2⁵³ − 1 is taken only as RFC 8785 writes it: those digits come back. */
static JsonNode *
read_large (Reader *self, const char *text)
{
  g_autoptr (JsonNode) node =
    json_node_init_double (json_node_alloc (), g_ascii_strtod (text, NULL));
  g_autofree char *canonical = cs_json_to_canonical (node, NULL);

  if (g_strcmp0 (canonical, text) == 0)
    return g_steal_pointer (&node);
  fail (self, "a whole number too large to be kept exactly (more than 2⁵³ − 1)");
  return NULL;
}

static JsonNode *
read_number (Reader *self)
{
  g_autofree char *text = NULL;
  const char *begin = self->p;
  gboolean whole = TRUE;
  double value;

  take (self, '-');
  if (!take (self, '0') && !take_digits (self))
    return NULL;
  if (take (self, '.'))
    {
      whole = FALSE;
      if (!take_digits (self))
        return NULL;
    }
  if (take (self, 'e') || take (self, 'E'))
    {
      whole = FALSE;
      if (!take (self, '-'))
        take (self, '+');
      if (!take_digits (self))
        return NULL;
    }
  text = g_strndup (begin, (gsize) (self->p - begin));
  value = g_ascii_strtod (text, NULL);
  if (!isfinite (value))
    {
      fail (self, "a number too large");
      return NULL;
    }
  if (!whole)
    return json_node_init_double (json_node_alloc (), value);
  if (fabs (value) > (double) MAX_EXACT_INT)
    return read_large (self, text);
  return json_node_init_int (json_node_alloc (), g_ascii_strtoll (text, NULL, 10));
}

static gboolean
take_word (Reader *self, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->p) < length || memcmp (self->p, word, length) != 0)
    return FALSE;
  self->p += length;
  return TRUE;
}

static JsonNode *
read_value (Reader *self, guint depth)
{
  if (depth > MAX_DEPTH)
    {
      g_set_error (self->error, CS_ERROR, CS_ERROR_INVALID, "JSON nested deeper than %d levels",
                   MAX_DEPTH);
      return NULL;
    }
  skip_space (self);
  if (take (self, '{'))
    return read_object (self, depth);
  if (take (self, '['))
    return read_array (self, depth);
  if (next_is (self, '"'))
    return read_string (self) ? json_node_init_string (json_node_alloc (), self->scratch->str)
                              : NULL;
  if (next_is (self, '-') || (self->p < self->end && g_ascii_isdigit (*self->p)))
    return read_number (self);
  if (take_word (self, "true"))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (take_word (self, "false"))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  if (take_word (self, "null"))
    return json_node_init_null (json_node_alloc ());
  fail (self,
        self->p < self->end ? "a value was expected" : "the text ends where a value was expected");
  return NULL;
}

/**
 * cs_json_parse:
 * @text: (array length=length): UTF-8 JSON; may be %NULL if @length is 0
 * @length: bytes; -1 if @text ends with NUL
 *
 * Reads JSON strictly, as RFC 8259 and I-JSON (RFC 7493) have it: the whole input, valid UTF-8, no
 * member twice, no whole number that can't be kept exactly, no half surrogate pair, no U+0000, at
 * most 200 levels deep. A whole number becomes an integer, one with a point or exponent a double.
 *
 * Returns: (transfer full): the value, immutable; %NULL with %CS_ERROR_INVALID naming what is wrong
 * and where
 */
JsonNode *
cs_json_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (GString) scratch = NULL;
  Reader self = { 0 };
  JsonNode *root;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  self.start = self.p = text != NULL ? text : "";
  self.end = self.p + (length < 0 ? strlen (text) : (gsize) length);
  self.error = error;
  if (!g_utf8_validate (self.p, self.end - self.p, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The JSON text is not valid UTF-8");
      return NULL;
    }
  self.scratch = scratch = g_string_new (NULL);
  root = read_value (&self, 0);
  if (root == NULL)
    return NULL;
  skip_space (&self);
  if (self.p < self.end)
    {
      fail (&self, "more text after the value");
      json_node_unref (root);
      return NULL;
    }
  json_node_seal (root);
  return root;
}
