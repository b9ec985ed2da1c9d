/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many strings at once are found where looking for each of them finds it. */

#include "cs-multi-match.h"

#include <glib.h>
#include <string.h>

#define ROUNDS 3000
#define MAX_STRINGS 12
#define MAX_LENGTH 9
#define TEXT 160

typedef struct
{
  char strings[MAX_STRINGS][MAX_LENGTH + 1];
  guint n;
  gboolean fold;
} Set;

/* Few letters, so that strings overlap, contain and begin each other. */
static void
fill_random (char *text, gsize length, const char *letters)
{
  for (gsize i = 0; i < length; i++)
    text[i] = letters[g_test_rand_int_range (0, (int) strlen (letters))];
  text[length] = '\0';
}

static CsMultiMatch *
make (Set *set)
{
  CsMultiMatch *match;

  set->n = (guint) g_test_rand_int_range (1, MAX_STRINGS + 1);
  set->fold = g_test_rand_bit ();
  match = cs_multi_match_new (set->fold);
  for (guint i = 0; i < set->n; i++)
    {
      fill_random (set->strings[i], (gsize) g_test_rand_int_range (1, MAX_LENGTH + 1),
                   set->fold ? "ab\1_" : "abA1");
      cs_multi_match_add (match, set->strings[i], strlen (set->strings[i]), i);
    }
  cs_multi_match_compile (match);
  return match;
}

static gboolean
is_same (const Set *set, char in_string, char in_text)
{
  if (!set->fold)
    return in_string == in_text;
  if (in_string == CS_MULTI_MATCH_DIGIT)
    return g_ascii_isdigit (in_text);
  return g_ascii_tolower (in_string) == g_ascii_tolower (in_text);
}

/* Whether the last @length bytes before @end are the first ones of a string. */
static gboolean
stands (const Set *set, guint i, const char *text, gsize end, gsize length)
{
  if (length > end)
    return FALSE;
  for (gsize k = 0; k < length; k++)
    if (!is_same (set, set->strings[i][k], text[end - length + k]))
      return FALSE;
  return TRUE;
}

/* How long the longest beginning of a string is that ends at @end. */
static gsize
measure_depth (const Set *set, const char *text, gsize end)
{
  gsize depth = 0;

  for (guint i = 0; i < set->n; i++)
    for (gsize length = 1; length <= strlen (set->strings[i]); length++)
      if (length > depth && stands (set, i, text, end, length))
        depth = length;
  return depth;
}

/* The lengths of the strings that end at @end, as bits. */
static guint
find_naive (const Set *set, const char *text, gsize end)
{
  guint lengths = 0;

  for (guint i = 0; i < set->n; i++)
    if (stands (set, i, text, end, strlen (set->strings[i])))
      lengths |= 1u << strlen (set->strings[i]);
  return lengths;
}

static guint
find_here (const CsMultiMatch *match, guint state)
{
  guint lengths = 0;
  gsize length;
  guint id;

  while (cs_multi_match_get_match (match, &state, &id, &length))
    lengths |= 1u << length;
  return lengths;
}

/* Reads a piece of the text and holds all that is found in it to what there is. */
static guint
read_piece (
  const CsMultiMatch *match,
  const Set *set,
  guint state,
  const char *text,
  gsize from,
  gsize to)
{
  gsize checked = from;

  while (from < to)
    {
      gsize taken;

      state = cs_multi_match_find (match, state, text + from, to - from, &taken);
      g_assert_cmpuint (taken, >, 0);
      g_assert_cmpuint (taken, <=, to - from);
      from += taken;
      while (++checked < from)
        g_assert_cmpuint (find_naive (set, text, checked), ==, 0);
      g_assert_cmpuint (find_here (match, state), ==, find_naive (set, text, from));
    }
  g_assert_cmpuint (cs_multi_match_get_depth (match, state), ==, measure_depth (set, text, to));
  return state;
}

static void
test_random (void)
{
  guint found = 0;

  for (guint round = 0; round < ROUNDS; round++)
    {
      Set set = { 0 };
      g_autoptr (CsMultiMatch) match = make (&set);
      char text[TEXT + 1];
      gsize at = 0;
      guint state = 0;

      fill_random (text, TEXT, g_test_rand_bit () ? "aAbB1_" : "aAbB1_xyz.,7 \1");
      while (at < TEXT)
        {
          gsize end = MIN (TEXT, at + (gsize) g_test_rand_int_range (1, 40));

          state = read_piece (match, &set, state, text, at, end);
          found += find_here (match, state) != 0;
          at = end;
        }
    }
  g_assert_cmpuint (found, >, ROUNDS / 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/multi-match/random", test_random);
  return g_test_run ();
}
