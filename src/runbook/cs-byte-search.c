/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bytes a line holds, and where: asked of every line, before anything is looked for in it. */

#include "cs-byte-search.h"

static const guint32 CLASSES[256] = {
  ['A' ... 'Z'] = CS_BYTES_UPPER,
  ['0' ... '9'] = CS_BYTES_DIGIT,
  [0x80 ... 0xff] = CS_BYTES_HIGH,
  [':'] = CS_BYTES_COLON,
  ['*'] = CS_BYTES_EMPHASIS,
  ['_'] = CS_BYTES_EMPHASIS,
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
  guint32 found = 0;

  for (gsize i = 0; i < length; i++)
    found |= CLASSES[(guchar) text[i]];
  return (CsBytes) found;
}
