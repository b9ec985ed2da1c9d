/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bytes a line holds, and where: asked of every line, before anything is looked for in it. */

#include "cs-byte-search.h"

#define BOTH_CASES(upper, lower) \
  [upper] = CS_BYTES_UPPER | CS_BYTES_LETTER (lower), [lower] = CS_BYTES_LETTER (lower)

static const CsBytes CLASSES[256] = {
  BOTH_CASES ('A', 'a'),
  BOTH_CASES ('B', 'b'),
  BOTH_CASES ('C', 'c'),
  BOTH_CASES ('D', 'd'),
  BOTH_CASES ('E', 'e'),
  BOTH_CASES ('F', 'f'),
  BOTH_CASES ('G', 'g'),
  BOTH_CASES ('H', 'h'),
  BOTH_CASES ('I', 'i'),
  BOTH_CASES ('J', 'j'),
  BOTH_CASES ('K', 'k'),
  BOTH_CASES ('L', 'l'),
  BOTH_CASES ('M', 'm'),
  BOTH_CASES ('N', 'n'),
  BOTH_CASES ('O', 'o'),
  BOTH_CASES ('P', 'p'),
  BOTH_CASES ('Q', 'q'),
  BOTH_CASES ('R', 'r'),
  BOTH_CASES ('S', 's'),
  BOTH_CASES ('T', 't'),
  BOTH_CASES ('U', 'u'),
  BOTH_CASES ('V', 'v'),
  BOTH_CASES ('W', 'w'),
  BOTH_CASES ('X', 'x'),
  BOTH_CASES ('Y', 'y'),
  BOTH_CASES ('Z', 'z'),
  ['0' ... '9'] = CS_BYTES_DIGIT,
  [0x80 ... 0xff] = CS_BYTES_HIGH | CS_BYTES_LETTERS,
  [':'] = CS_BYTES_COLON,
  ['*'] = CS_BYTES_EMPHASIS,
  ['_'] = CS_BYTES_EMPHASIS | CS_BYTES_UNDERSCORE,
  ['<'] = CS_BYTES_LESS,
  ['>'] = CS_BYTES_GREATER,
  ['%'] = CS_BYTES_PERCENT,
  ['='] = CS_BYTES_EQUALS,
  ['-'] = CS_BYTES_DASH,
  ['('] = CS_BYTES_ROUND,
  ['['] = CS_BYTES_SQUARE,
  ['{'] = CS_BYTES_CURLY,
  ['"'] = CS_BYTES_QUOTE,
  ['\''] = CS_BYTES_QUOTE,
  ['`'] = CS_BYTES_QUOTE,
  ['$'] = CS_BYTES_DOLLAR,
  ['|'] = CS_BYTES_BAR,
  ['/'] = CS_BYTES_SLASH,
  ['#'] = CS_BYTES_HASH,
  ['@'] = CS_BYTES_AT,
  ['.'] = CS_BYTES_DOT,
  ['\\'] = CS_BYTES_BACKSLASH,
};

/**
 * cs_bytes_of:
 * @text: (array length=length): a line
 *
 * Returns: which of the bytes that readers look for the line holds
 */
CsBytes
cs_bytes_of (const char *text, gsize length)
{
  const guchar *p = (const guchar *) text, *end = p + length;
  CsBytes found = 0;

  for (; end - p >= 4; p += 4)
    found |= CLASSES[p[0]] | CLASSES[p[1]] | CLASSES[p[2]] | CLASSES[p[3]];
  for (; p < end; p++)
    found |= CLASSES[*p];
  return found;
}

/**
 * cs_bytes_cut:
 * @text: (array length=length): UTF-8
 * @most: how many bytes are wanted
 *
 * What is copied for each of many places must not be as long as the document.
 *
 * Returns: @length, or where the last character ends that lies within @most bytes
 */
gsize
cs_bytes_cut (const char *text, gsize length, gsize most)
{
  if (length <= most)
    return length;
  while (most > 0 && ((guchar) text[most] & 0xc0) == 0x80)
    most--;
  return most;
}
