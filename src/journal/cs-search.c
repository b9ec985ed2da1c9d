/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person types into a search field, as an FTS5 expression. */

#include "cs-search.h"

#include <string.h>

#define MAX_WORDS 32
/* Words of the index that are named, where few begin as a word that was typed. */
#define MAX_TERMS 16

static gboolean
has_word_character (const char *word)
{
  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

static void
append_quoted (GString *match, const char *word)
{
  g_string_append_c (match, '"');
  for (const char *p = word; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (match, '"');
      g_string_append_c (match, *p);
    }
  g_string_append_c (match, '"');
}

/* What the index makes one word of, spelled as it does. */
static char *
fold (const char *word)
{
  for (const char *p = word; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p))
      return NULL;
  return g_ascii_strdown (word, -1);
}

/* The first word of the index that is @from or comes after it. */
static char *
find_term (CsDatabase *database, const char *from)
{
  sqlite3_stmt *statement = cs_database_get (database, CS_STATEMENT_NEXT_WORD, NULL);
  char *term = NULL;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, from, -1, SQLITE_STATIC);
  if (sqlite3_step (statement) == SQLITE_ROW)
    term = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_reset (statement);
  return term;
}

/* For the beginning of a word, FTS5 collects all records of all words that begin so before it gives
 * the first one; for whole words it gives one record after the other. So where few words of the
 * index begin as @word, they are named. */
static gboolean
append_terms (CsDatabase *database, GString *match, const char *word)
{
  g_autoptr (GString) named = g_string_new ("(");
  g_autofree char *beginning = fold (word);
  g_autofree char *from = g_strdup (beginning);
  guint n = 0;

  if (beginning == NULL || !cs_database_run (database, CS_STATEMENT_LIST_WORDS, NULL))
    return FALSE;
  for (;;)
    {
      g_autofree char *term = find_term (database, from);

      if (term == NULL || !g_str_has_prefix (term, beginning))
        break;
      if (n++ == MAX_TERMS)
        return FALSE;
      g_string_append (named, n > 1 ? " OR " : "");
      append_quoted (named, term);
      g_free (from);
      from = g_strconcat (term, "\x01", NULL);
    }
  g_string_append_c (named, ')');
  if (n > 0)
    g_string_append_len (match, named->str, (gssize) named->len);
  return n > 0;
}

/**
 * cs_search_to_match:
 * @database: whose index is searched
 * @words: any text
 *
 * Makes an FTS5 expression in which each word of @words stands for every word that begins so, and
 * all must occur (https://sqlite.org/fts5.html#full_text_query_syntax). Nothing that is typed acts
 * as an operator. What holds no letter or digit is left out, and so are words beyond the 32nd.
 *
 * Returns: (transfer full) (nullable): the expression; %NULL if there is no word to look for
 */
char *
cs_search_to_match (CsDatabase *database, const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words, -1);
  g_auto (GStrv) parts = g_strsplit_set (valid, " \t\r\n\v\f", -1);
  g_autoptr (GString) match = g_string_new (NULL);
  guint n = 0;

  for (char **part = parts; *part != NULL && n < MAX_WORDS; part++)
    {
      if (!has_word_character (*part))
        continue;
      g_string_append (match, n++ > 0 ? " AND " : "");
      if (append_terms (database, match, *part))
        continue;
      append_quoted (match, *part);
      g_string_append_c (match, '*');
    }
  return n > 0 ? g_string_free (g_steal_pointer (&match), FALSE) : NULL;
}
