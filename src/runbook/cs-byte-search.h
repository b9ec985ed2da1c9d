/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bytes a line holds, and where: asked of every line, before anything is looked for in it. */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * CsBytes:
 *
 * Bytes without which a line can't hold what a reader looks for; ored together.
 */
typedef enum
{
  CS_BYTES_HIGH = 1 << 0, /* beyond ASCII */
  CS_BYTES_UPPER = 1 << 1,
  CS_BYTES_DIGIT = 1 << 2,
  CS_BYTES_COLON = 1 << 3,
  CS_BYTES_EMPHASIS = 1 << 4, /* * and _ */
  CS_BYTES_LESS = 1 << 5,
  CS_BYTES_GREATER = 1 << 6,
  CS_BYTES_PERCENT = 1 << 7,
  CS_BYTES_EQUALS = 1 << 8,
  CS_BYTES_DASH = 1 << 9,
  CS_BYTES_ROUND = 1 << 10, /* an opening bracket; so are the next two */
  CS_BYTES_SQUARE = 1 << 11,
  CS_BYTES_CURLY = 1 << 12,
  CS_BYTES_QUOTE = 1 << 13, /* ", ' and ` */
  CS_BYTES_DOLLAR = 1 << 14,
  CS_BYTES_BAR = 1 << 15,
  CS_BYTES_SLASH = 1 << 16,
} CsBytes;

CsBytes cs_bytes_of (const char *text, gsize length);

/**
 * cs_bytes_find:
 * @text: (array length=length): where to look
 * @what: (array length=n): what to look for; no more than some dozen bytes
 *
 * What memmem() does, for lines: their search for a single byte is done in hardware, and what is
 * looked for is known when the program is built.
 *
 * Returns: (nullable): the first place
 */
static inline const char *
cs_bytes_find (const char *text, gsize length, const char *what, gsize n)
{
  const char *last = text + length - n;
  gsize pivot = n > 1 && what[0] == ' ' ? 1 : 0; /* blanks are everywhere */

  for (const char *p = text; length >= n && p <= last; p++)
    {
      p = memchr (p + pivot, what[pivot], (gsize) (last - p) + 1);
      if (p == NULL)
        return NULL;
      p -= pivot;
      if (memcmp (p, what, n) == 0)
        return p;
    }
  return NULL;
}

/** cs_bytes_begin: whether a string begins with a literal; most differ in the first byte */
#define cs_bytes_begin(text, literal) \
  (*(text) == *("" literal) && strncmp ((text), literal, sizeof literal - 1) == 0)

/** cs_bytes_hold: whether a text holds a literal */
#define cs_bytes_hold(text, length, literal) \
  (cs_bytes_find ((text), (length), "" literal, sizeof literal - 1) != NULL)

G_END_DECLS
