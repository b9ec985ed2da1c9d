/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How names sound: Kölner Phonetik, and how near two names are to each other. */

#include "cs-phonetics.h"

#include <string.h>

typedef struct
{
  char *letters; /* A to Z */
  char *code;
} Word;

struct _CsPhoneticQuery
{
  char *folded; /* the whole text, for what is found by its letters alone */
  GPtrArray *words;
};

/* Letters with marks that decomposition does not take apart. */
static const struct
{
  gunichar character;
  const char *letters;
} spelled[] = {
  { 0x00DF, "S" }, { 0x1E9E, "S" },  { 0x00C6, "A" }, { 0x00E6, "A" }, { 0x0152, "O" },
  { 0x0153, "O" }, { 0x00D8, "O" },  { 0x00F8, "O" }, { 0x0141, "L" }, { 0x0142, "L" },
  { 0x0110, "D" }, { 0x0111, "D" },  { 0x00D0, "D" }, { 0x00F0, "D" }, { 0x00DE, "T" },
  { 0x00FE, "T" }, { 0x0131, "I" },
};

/* One character as a letter from A to Z; 0 if it is none. */
static char
fold (gunichar character)
{
  gunichar base[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

  for (gsize i = 0; i < G_N_ELEMENTS (spelled); i++)
    if (spelled[i].character == character)
      return *spelled[i].letters;
  if (character > 0x7f)
    {
      if (g_unichar_fully_decompose (character, FALSE, base, G_N_ELEMENTS (base)) < 2)
        return 0;
      character = base[0];
    }
  return character < 0x80 && g_ascii_isalpha ((char) character)
           ? g_ascii_toupper ((char) character)
           : 0;
}

static gboolean
is_one_of (char letter, const char *letters)
{
  return letter != '\0' && strchr (letters, letter) != NULL;
}

/* The code of C, which depends on what stands around it most. */
static const char *
code_c (const char *letters, gsize at)
{
  char next = letters[at + 1];

  if (at == 0)
    return is_one_of (next, "AHKLOQRUX") ? "4" : "8";
  return !is_one_of (letters[at - 1], "SZ") && is_one_of (next, "AHKOQUX") ? "4" : "8";
}

static const char *
code_at (const char *letters, gsize at)
{
  char letter = letters[at];
  char next = letters[at + 1];

  if (is_one_of (letter, "AEIJOUY"))
    return "0";
  if (is_one_of (letter, "FVW"))
    return "3";
  if (is_one_of (letter, "GKQ"))
    return "4";
  if (is_one_of (letter, "SZ"))
    return "8";
  if (is_one_of (letter, "MN"))
    return "6";
  if (is_one_of (letter, "DT"))
    return is_one_of (next, "CSZ") ? "8" : "2";
  switch (letter)
    {
    case 'B':
      return "1";
    case 'P':
      return next == 'H' ? "3" : "1";
    case 'C':
      return code_c (letters, at);
    case 'L':
      return "5";
    case 'R':
      return "7";
    case 'X':
      return at > 0 && is_one_of (letters[at - 1], "CKQ") ? "8" : "48";
    default:
      return ""; /* H */
    }
}

static char *
encode (const char *letters)
{
  GString *code = g_string_new (NULL);
  char last = '\0';

  for (gsize i = 0; letters[i] != '\0'; i++)
    for (const char *digit = code_at (letters, i); *digit != '\0'; digit++)
      {
        if (*digit != last && (*digit != '0' || code->len == 0))
          g_string_append_c (code, *digit);
        last = *digit;
      }
  return g_string_free (code, FALSE);
}

/**
 * cs_phonetics_dup_code:
 * @text: a name, in UTF-8
 *
 * The Kölner Phonetik (H. J. Postel, IBM-Nachrichten 19, 1969) of the letters in the first
 * %CS_PHONETICS_LIMIT characters of @text; whatever is no letter is passed over.
 *
 * Returns: (transfer full): digits; empty if there is nothing that sounds
 */
char *
cs_phonetics_dup_code (const char *text)
{
  g_autoptr (GString) letters = g_string_new (NULL);
  guint n = 0;

  g_return_val_if_fail (text != NULL, NULL);

  for (const char *p = text; *p != '\0' && n < CS_PHONETICS_LIMIT; p = g_utf8_next_char (p), n++)
    {
      char letter = fold (g_utf8_get_char (p));

      if (letter != '\0')
        g_string_append_c (letters, letter);
    }
  return encode (letters->str);
}

static void
word_free (Word *word)
{
  g_free (word->letters);
  g_free (word->code);
  g_free (word);
}

static void
end_word (GPtrArray *words, GString *letters)
{
  Word *word;

  if (letters->len == 0)
    return;
  word = g_new (Word, 1);
  word->letters = g_strndup (letters->str, letters->len);
  word->code = encode (letters->str);
  g_ptr_array_add (words, word);
  g_string_truncate (letters, 0);
}

static GPtrArray *
split_words (const char *text)
{
  GPtrArray *words = g_ptr_array_new_with_free_func ((GDestroyNotify) word_free);
  g_autoptr (GString) letters = g_string_new (NULL);
  guint n = 0;

  for (const char *p = text; *p != '\0' && n < CS_PHONETICS_LIMIT; p = g_utf8_next_char (p), n++)
    {
      char letter = fold (g_utf8_get_char (p));

      if (letter != '\0')
        g_string_append_c (letters, letter);
      else
        end_word (words, letters);
    }
  end_word (words, letters);
  return words;
}

/* 1 - Levenshtein's distance / the longer length. */
static double
compare_letters (const char *one, const char *other)
{
  gsize n = strlen (one);
  gsize m = strlen (other);
  guint row[CS_PHONETICS_LIMIT * 2 + 1];

  if (n == 0 || m == 0)
    return n == m ? 1 : 0;
  for (gsize k = 0; k <= m; k++)
    row[k] = (guint) k;
  for (gsize i = 1; i <= n; i++)
    {
      guint corner = row[0];

      row[0] = (guint) i;
      for (gsize k = 1; k <= m; k++)
        {
          guint above = row[k];

          row[k] = MIN (MIN (above, row[k - 1]) + 1, corner + (one[i - 1] != other[k - 1]));
          corner = above;
        }
    }
  return 1.0 - (double) row[m] / (double) MAX (n, m);
}

/* Sound and letters count alike: short codes of quite different names are often near. */
static double
compare_words (const Word *one, const Word *other)
{
  if (strcmp (one->letters, other->letters) == 0)
    return 1;
  return (compare_letters (one->code, other->code) +
          compare_letters (one->letters, other->letters)) /
         2;
}

/**
 * cs_phonetic_query_new:
 * @text: what is searched for, in UTF-8; its first %CS_PHONETICS_LIMIT characters count
 *
 * Returns: (transfer full): the query, to be held to many names
 */
CsPhoneticQuery *
cs_phonetic_query_new (const char *text)
{
  CsPhoneticQuery *self = g_new0 (CsPhoneticQuery, 1);
  glong length = g_utf8_strlen (text, -1);
  g_autofree char *cut = g_utf8_substring (text, 0, MIN (CS_PHONETICS_LIMIT, length));

  g_strstrip (cut);
  self->folded = g_utf8_casefold (cut, -1);
  self->words = split_words (cut);
  return self;
}

/** cs_phonetic_query_free: frees a query. */
void
cs_phonetic_query_free (CsPhoneticQuery *self)
{
  g_free (self->folded);
  g_ptr_array_unref (self->words);
  g_free (self);
}

/**
 * cs_phonetic_query_match:
 * @self: what is searched for
 * @name: a name in UTF-8
 *
 * Each word of the query is held to the word of the name that is nearest to it, by sound and by
 * letters; a name that holds the query as it is written is as near as can be.
 *
 * Returns: from 0 to 1; from %CS_PHONETICS_THRESHOLD on it counts as found
 */
double
cs_phonetic_query_match (const CsPhoneticQuery *self, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  g_autoptr (GPtrArray) words = NULL;
  double sum = 0;

  if (strstr (folded, self->folded) != NULL)
    return 1;
  words = split_words (name);
  for (guint i = 0; i < self->words->len; i++)
    {
      double best = 0;

      for (guint k = 0; k < words->len && best < 1; k++)
        best = MAX (best, compare_words (self->words->pdata[i], words->pdata[k]));
      sum += best;
    }
  return self->words->len > 0 ? sum / self->words->len : 0;
}

/** cs_phonetics_compare: how near @name is to @text; see cs_phonetic_query_match(). */
double
cs_phonetics_compare (const char *text, const char *name)
{
  g_autoptr (CsPhoneticQuery) query = cs_phonetic_query_new (text);

  return cs_phonetic_query_match (query, name);
}
