/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells whether JSON text is in canonical form (RFC 8785), mostly without building anything. */

#include "cs-json.h"

#include <string.h>

#define MAX_DEPTH 200
#define EXACT_DIGITS 15

/* What is looked at in one pass; what that can't decide makes it give up, not guess. */
typedef struct
{
  const char *p;
  const char *end;
  guint64 bits; /* that occur in strings, of eight bytes at once: the highest ones are not ASCII */
} Scanner;

#define EACH(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))

/* Whether a byte of the word may be one that ends a run of plain text: a quote, a backslash or a
 * control character. The lowest byte that is one is always seen; the ones above it in vain,
 * sometimes. */
static gboolean
may_end (guint64 word)
{
  guint64 quote = word ^ EACH ('"');
  guint64 escape = word ^ EACH ('\\');

  return ((((word - EACH (0x20)) & ~word) | ((quote - EACH (1)) & ~quote) |
           ((escape - EACH (1)) & ~escape)) &
          EACH (0x80)) != 0;
}

static gboolean
is_plain (char c)
{
  return (guchar) c >= 0x20 && c != '"' && c != '\\';
}

/* Passes plain text, eight bytes at a time while they last. */
static void
skip_plain (Scanner *self)
{
  guint64 word;

  while ((gsize) (self->end - self->p) >= sizeof word)
    {
      memcpy (&word, self->p, sizeof word);
      if (may_end (word))
        break;
      self->bits |= word;
      self->p += sizeof word;
    }
  for (; self->p < self->end && is_plain (*self->p); self->p++)
    self->bits |= (guchar) *self->p;
}

static gboolean scan_value (Scanner *self, guint depth);

static gboolean
take (Scanner *self, char c)
{
  if (self->p >= self->end || *self->p != c)
    return FALSE;
  self->p++;
  return TRUE;
}

static gboolean
take_word (Scanner *self, const char *word, gsize length)
{
  if ((gsize) (self->end - self->p) < length || memcmp (self->p, word, length) != 0)
    return FALSE;
  self->p += length;
  return TRUE;
}

/* A string; after a backslash the short escapes of RFC 8785 alone. */
static gboolean
scan_string (Scanner *self)
{
  if (!take (self, '"'))
    return FALSE;
  for (;;)
    {
      skip_plain (self);
      if (take (self, '"'))
        return TRUE;
      if (!take (self, '\\') || self->p >= self->end || *self->p == '\0' ||
          strchr ("\"\\bfnrt", *self->p++) == NULL)
        return FALSE;
    }
}

/* A whole number that is surely kept exactly. */
static gboolean
scan_number (Scanner *self)
{
  gboolean negative = take (self, '-');
  const char *begin = self->p;

  while (self->p < self->end && g_ascii_isdigit (*self->p))
    self->p++;
  if (self->p == begin || self->p - begin > EXACT_DIGITS)
    return FALSE;
  if (*begin == '0' && (negative || self->p - begin > 1))
    return FALSE;
  return self->p >= self->end || (*self->p != '.' && *self->p != 'e' && *self->p != 'E');
}

/* The name of a member in plain ASCII without escapes, whose order is that of its bytes; leaves
 * what is between the quotes. */
static gboolean
scan_name (Scanner *self, const char **name, gsize *length)
{
  if (!take (self, '"'))
    return FALSE;
  *name = self->p;
  while (self->p < self->end && is_plain (*self->p) && (guchar) *self->p < 0x80)
    self->p++;
  *length = (gsize) (self->p - *name);
  return take (self, '"');
}

static gboolean
is_before (const char *a, gsize a_length, const char *b, gsize b_length)
{
  int order = memcmp (a, b, MIN (a_length, b_length));

  return order < 0 || (order == 0 && a_length < b_length);
}

static gboolean
scan_object (Scanner *self, guint depth)
{
  const char *previous = NULL;
  gsize previous_length = 0;

  if (take (self, '}'))
    return TRUE;
  do
    {
      const char *name;
      gsize length;

      if (!scan_name (self, &name, &length) ||
          (previous != NULL && !is_before (previous, previous_length, name, length)) ||
          !take (self, ':') || !scan_value (self, depth + 1))
        return FALSE;
      previous = name;
      previous_length = length;
    }
  while (take (self, ','));
  return take (self, '}');
}

static gboolean
scan_array (Scanner *self, guint depth)
{
  if (take (self, ']'))
    return TRUE;
  do
    if (!scan_value (self, depth + 1))
      return FALSE;
  while (take (self, ','));
  return take (self, ']');
}

static gboolean
scan_value (Scanner *self, guint depth)
{
  if (depth > MAX_DEPTH || self->p >= self->end)
    return FALSE;
  switch (*self->p)
    {
    case '{':
      self->p++;
      return scan_object (self, depth);
    case '[':
      self->p++;
      return scan_array (self, depth);
    case '"':
      return scan_string (self);
    case 't':
      return take_word (self, "true", 4);
    case 'f':
      return take_word (self, "false", 5);
    case 'n':
      return take_word (self, "null", 4);
    default:
      return scan_number (self);
    }
}

/**
 * cs_json_is_canonical:
 * @text: (array length=length): any bytes
 * @length: how many
 *
 * Tells whether @text is what cs_json_to_canonical() makes of the value that it holds. Text without
 * fractions, large numbers and unusual names is decided at about the speed of reading it.
 *
 * Returns: whether it is
 */
gboolean
cs_json_is_canonical (const char *text, gsize length)
{
  Scanner scanner = { text, text + length, 0 };
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *canonical = NULL;

  g_return_val_if_fail (text != NULL || length == 0, FALSE);

  if (scan_value (&scanner, 0) && scanner.p == scanner.end)
    return (scanner.bits & EACH (0x80)) == 0 || g_utf8_validate (text, (gssize) length, NULL);
  node = cs_json_parse (text, (gssize) length, NULL);
  canonical = node != NULL ? cs_json_to_canonical (node, NULL) : NULL;
  return canonical != NULL && strlen (canonical) == length && memcmp (canonical, text, length) == 0;
}
