/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words from outside, for labels that show a line of them. */

#include "cs-short-words.h"

#define MAX_CHARACTERS 400

/**
 * cs_short_words: (skip)
 * @words: a title or a sentence with words from outside, in UTF-8
 *
 * A label lays out all of its words, however few can be seen: a megabyte of them takes seconds.
 *
 * Returns: (transfer full): the words, and an ellipsis for what is more than a few lines of them
 */
char *
cs_short_words (const char *words)
{
  const char *end = words;

  for (guint i = 0; i < MAX_CHARACTERS && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  if (*end == '\0')
    return g_strdup (words);
  return g_strdup_printf ("%.*s…", (int) (end - words), words);
}
