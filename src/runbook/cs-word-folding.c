/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words made comparable: neither case nor accents count. */

#include "cs-word-folding.h"

#include <string.h>

/* From here on, bytes begin characters of scripts that have no spaces between words: Chinese,
 * Japanese, Korean. */
#define UNSPACED 0xe3

/* In one go, because it is asked for several times a line; %NULL if not all of it is ASCII. */
static char *
lower_ascii (const char *text, gsize length)
{
  char *lower = g_malloc (length + 1);
  guchar high = 0;

  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar) text[i];

      high |= c;
      lower[i] = (char) (c | ((guchar) (c - 'A') < 26 ? 0x20 : 0));
    }
  lower[length] = '\0';
  if (high < 0x80)
    return lower;
  g_free (lower);
  return NULL;
}

/* Accents, once they are characters of their own. Those of Japanese are none: "か" is not "が". */
static void
drop_accents (char *text)
{
  char *out = text;

  for (const char *p = text; *p != '\0';)
    {
      const char *next = g_utf8_next_char (p);
      gunichar c = g_utf8_get_char (p);

      for (; p < next; p++)
        {
          if (c < 0x300 || c > 0x36f)
            *out++ = *p;
        }
    }
  *out = '\0';
}

/**
 * cs_fold_words:
 * @text: words
 *
 * Folds case, as Unicode has it ("ß" becomes "ss"), and takes accents off, because people leave
 * them out: "Aprobación", "APROBACION" and "aprobación" are one. Text and table are folded alike,
 * so that two words that differ in an accent alone are one as well.
 *
 * Returns: (transfer full): the words, in Unicode's normal form C
 */
char *
cs_fold_words (const char *text)
{
  g_autofree char *folded = NULL;
  g_autofree char *parted = NULL;
  char *joined = lower_ascii (text, strlen (text));

  if (joined != NULL)
    return joined;
  folded = g_utf8_casefold (text, -1);
  parted = g_utf8_normalize (folded, -1, G_NORMALIZE_NFD);
  if (parted == NULL)
    return g_steal_pointer (&folded);
  drop_accents (parted);
  joined = g_utf8_normalize (parted, -1, G_NORMALIZE_NFC);
  return joined != NULL ? joined : g_steal_pointer (&parted);
}

/**
 * cs_lower_words:
 * @text: words
 * @length: bytes of them; -1 if they end with a NUL
 *
 * What g_utf8_strdown() gives, whatever the locale, and at once for ASCII, which most lines are: it
 * is asked for several times a line.
 *
 * Returns: (transfer full): the words in lower case, accents kept
 */
char *
cs_lower_words (const char *text, gssize length)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  char *lower = lower_ascii (text, n);

  return lower != NULL ? lower : g_utf8_strdown (text, (gssize) n);
}

/**
 * cs_is_word_at:
 * @text: folded words
 * @at: where in them the word was found
 * @length: of the word, in bytes
 * @open_start: whether letters may stand before it
 * @open_end: whether letters may follow it
 *
 * Returns: whether it is a word there, and not a part of another
 */
gboolean
cs_is_word_at (const char *text,
               const char *at,
               gsize length,
               gboolean open_start,
               gboolean open_end)
{
  const char *before = at > text ? g_utf8_find_prev_char (text, at) : NULL;
  const char *end = at + length;

  if ((guchar) *at >= UNSPACED)
    return TRUE;
  if (!open_start && before != NULL && (guchar) *before < UNSPACED &&
      g_unichar_isalnum (g_utf8_get_char (before)))
    return FALSE;
  return open_end || *end == '\0' || (guchar) *end >= UNSPACED ||
         !g_unichar_isalnum (g_utf8_get_char (end));
}
