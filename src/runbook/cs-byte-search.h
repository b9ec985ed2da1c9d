/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bytes a line holds, and where: asked of every line, before anything is looked for in it. */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * CsBytes:
 *
 * Bytes without which a line can't hold what a reader looks for; ored together. The lowest 26 bits
 * stand for the letters in either case. A character beyond ASCII counts as each of them: folded, it
 * may become any ("ß" and "ss").
 */
typedef guint64 CsBytes;

#define CS_BYTES_LETTER(c) (G_GUINT64_CONSTANT (1) << ((c) - 'a'))
#define CS_BYTES_LETTERS ((G_GUINT64_CONSTANT (1) << 26) - 1)
#define CS_BYTES_CLASS(n) (G_GUINT64_CONSTANT (1) << (26 + (n)))
#define CS_BYTES_HIGH CS_BYTES_CLASS (0) /* beyond ASCII */
#define CS_BYTES_UPPER CS_BYTES_CLASS (1)
#define CS_BYTES_DIGIT CS_BYTES_CLASS (2)
#define CS_BYTES_COLON CS_BYTES_CLASS (3)
#define CS_BYTES_EMPHASIS CS_BYTES_CLASS (4) /* * and _ */
#define CS_BYTES_LESS CS_BYTES_CLASS (5)
#define CS_BYTES_GREATER CS_BYTES_CLASS (6)
#define CS_BYTES_PERCENT CS_BYTES_CLASS (7)
#define CS_BYTES_EQUALS CS_BYTES_CLASS (8)
#define CS_BYTES_DASH CS_BYTES_CLASS (9)
#define CS_BYTES_ROUND CS_BYTES_CLASS (10) /* an opening bracket; so are the next two */
#define CS_BYTES_SQUARE CS_BYTES_CLASS (11)
#define CS_BYTES_CURLY CS_BYTES_CLASS (12)
#define CS_BYTES_QUOTE CS_BYTES_CLASS (13) /* ", ' and ` */
#define CS_BYTES_DOLLAR CS_BYTES_CLASS (14)
#define CS_BYTES_BAR CS_BYTES_CLASS (15)
#define CS_BYTES_SLASH CS_BYTES_CLASS (16)
#define CS_BYTES_UNDERSCORE CS_BYTES_CLASS (17)
#define CS_BYTES_HASH CS_BYTES_CLASS (18)
#define CS_BYTES_AT CS_BYTES_CLASS (19)
#define CS_BYTES_DOT CS_BYTES_CLASS (20)
#define CS_BYTES_BACKSLASH CS_BYTES_CLASS (21)

/** cs_bytes_spell: the letters of a word that is known when the program is built */
#define cs_bytes_spell(literal) cs_bytes_of_letters ("" literal, sizeof literal - 1)

static inline CsBytes
cs_bytes_of_letters (const char *letters, gsize n)
{
  CsBytes bytes = 0;

#pragma GCC unroll 16
  for (gsize i = 0; i < n; i++)
    bytes |= CS_BYTES_LETTER (letters[i]);
  return bytes;
}

CsBytes cs_bytes_of (const char *text, gsize length);
gsize cs_bytes_cut (const char *text, gsize length, gsize most);

/** cs_bytes_has: whether all of the bytes that are needed are among those of a line */
static inline gboolean
cs_bytes_has (CsBytes bytes, CsBytes needed)
{
  return (needed & ~bytes) == 0;
}

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
