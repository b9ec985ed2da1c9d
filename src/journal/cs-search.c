/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person types into a search field, as an FTS5 expression. */

#include "cs-search.h"

#define MAX_WORDS 32

static gboolean
has_word_character (const char *word)
{
  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

/**
 * cs_search_to_match:
 * @words: any text
 *
 * Makes an FTS5 expression in which each word of @words is a quoted string that stands for every
 * word that begins so, and all must occur (https://sqlite.org/fts5.html#full_text_query_syntax).
 * Nothing that is typed acts as an operator. What holds no letter or digit is left out, and so are
 * words beyond the 32nd.
 *
 * Returns: (transfer full) (nullable): the expression; %NULL if there is no word to look for
 */
char *
cs_search_to_match (const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words, -1);
  g_auto (GStrv) parts = g_strsplit_set (valid, " \t\r\n\v\f", -1);
  g_autoptr (GString) match = g_string_new (NULL);
  guint n = 0;

  for (char **part = parts; *part != NULL && n < MAX_WORDS; part++)
    {
      if (!has_word_character (*part))
        continue;
      g_string_append (match, n++ > 0 ? " AND \"" : "\"");
      for (const char *p = *part; *p != '\0'; p++)
        {
          if (*p == '"')
            g_string_append_c (match, '"');
          g_string_append_c (match, *p);
        }
      g_string_append (match, "\"*");
    }
  return n > 0 ? g_string_free (g_steal_pointer (&match), FALSE) : NULL;
}
