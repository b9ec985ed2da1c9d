/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the word at hand looks like: from where it begins to where a walk has come. */

#include "cs-shell-words.h"

#include <string.h>

/**
 * cs_shell_word_is:
 * @start: where the word begins
 *
 * Returns: whether it is written like @word, without quotes
 */
gboolean
cs_shell_word_is (CsShellWalk *walk, gsize start, const char *word)
{
  gsize length = strlen (word);

  return walk->pos - start == length && memcmp (walk->text + start, word, length) == 0;
}

/**
 * cs_shell_word_is_one_of:
 * @words: (array zero-terminated=1): words
 */
gboolean
cs_shell_word_is_one_of (CsShellWalk *walk, gsize start, const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (cs_shell_word_is (walk, start, words[i]))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_shell_word_is_assignment:
 *
 * Returns: whether the word sets a variable: NAME=…, NAME+=…, NAME[…
 */
gboolean
cs_shell_word_is_assignment (CsShellWalk *walk, gsize start)
{
  gsize i = start;

  while (i < walk->pos && (g_ascii_isalnum (walk->text[i]) || walk->text[i] == '_'))
    i++;
  if (i == start || i >= walk->pos || g_ascii_isdigit (walk->text[start]))
    return FALSE;
  return walk->text[i] == '=' || walk->text[i] == '[' ||
         (walk->text[i] == '+' && i + 1 < walk->pos && walk->text[i + 1] == '=');
}

/**
 * cs_shell_word_leading_slot:
 *
 * Asked before the walk enters the word. Quotes around a value change nothing about what the
 * program gets.
 *
 * Returns: (transfer none) (nullable): the value whose first byte the word will begin with
 */
const CsShellSlot *
cs_shell_word_leading_slot (CsShellWalk *walk)
{
  gsize at = walk->pos;
  guint next = walk->next;

  while (at < walk->end)
    {
      const CsShellSlot *slot =
        next < walk->slots->len ? &g_array_index (walk->slots, CsShellSlot, next) : NULL;
      gsize dollar = walk->text[at] == '$' && at + 1 < walk->end ? 1 : 0;

      if (slot != NULL && slot->start == at && *slot->value != '\0')
        return slot;
      if (slot != NULL && slot->start == at)
        {
          at = slot->end;
          next++;
        }
      else if (strchr ("\"'", walk->text[at + dollar]) != NULL)
        at += dollar + 1;
      else
        return NULL;
    }
  return NULL;
}

/**
 * cs_shell_word_is_variable:
 *
 * Returns: whether the word is nothing but a variable, in quotes or not
 */
gboolean
cs_shell_word_is_variable (CsShellWalk *walk, gsize from)
{
  gsize to = walk->pos;

  while (from < to && walk->text[from] == '"')
    from++;
  while (to > from && walk->text[to - 1] == '"')
    to--;
  if (to - from < 2 || walk->text[from] != '$' || walk->text[from + 1] == '(')
    return FALSE;
  from += walk->text[from + 1] == '{' ? 2 : 1;
  while (from < to && (g_ascii_isalnum (walk->text[from]) ||
                       strchr ("_@*[]", walk->text[from]) != NULL))
    from++;
  return from == to || (walk->text[from] == '}' && from + 1 == to);
}

/**
 * cs_shell_word_begins_with_variable:
 *
 * Returns: whether the word begins with what a variable holds, or a command prints
 */
gboolean
cs_shell_word_begins_with_variable (CsShellWalk *walk, gsize from)
{
  while (from < walk->pos && walk->text[from] == '"')
    from++;
  return from < walk->pos && walk->text[from] == '$';
}

/**
 * cs_shell_word_assigns_leading_value:
 * @at: behind the name of a word that sets a variable
 * @first_use: the first value in the word
 *
 * Returns: whether what the variable gets may begin with a value: not "tag-<VALUE>"
 */
gboolean
cs_shell_word_assigns_leading_value (CsShellWalk *walk, gsize at, guint first_use)
{
  while (at < walk->pos && strchr ("+=\"'", walk->text[at]) != NULL)
    at++;
  if (at < walk->pos && strchr ("$`(", walk->text[at]) != NULL)
    return TRUE;
  return first_use < walk->uses->len &&
         g_array_index (walk->uses, CsShellUse, first_use).slot->start <= at;
}

/**
 * cs_shell_word_is_in_index:
 *
 * Returns: whether the walk stands in NAME[…, where an array is assigned to: that is reckoned with
 */
gboolean
cs_shell_word_is_in_index (CsShellWalk *walk, gsize start)
{
  gsize i = start;

  while (i < walk->pos && (g_ascii_isalnum (walk->text[i]) || walk->text[i] == '_'))
    i++;
  return i < walk->pos && walk->text[i] == '[' &&
         memchr (walk->text + i, ']', walk->pos - i) == NULL;
}
