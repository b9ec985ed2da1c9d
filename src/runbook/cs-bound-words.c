/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds said in words: "over 95 °C", "unter 80 %", "plus de 5 %". */

#include "cs-bound-words.h"

#include "cs-word-folding.h"

#include <string.h>

/* Words with a number behind them, in lower case, parted by "|". */
static const struct
{
  const char *op;
  const char *words;
} ROWS[] = {
  { ">=", "at least|no less than|mindestens|wenigstens|au moins|al menos|por lo menos|pelo menos|"
          "no mínimo|almeno|ten minste|minstens|co najmniej|не менее|至少|不低于" },
  { "<=", "at most|no more than|höchstens|maximal|au plus|au maximum|como máximo|no máximo|"
          "al massimo|hoogstens|ten hoogste|co najwyżej|не более|不超过|至多" },
  { ">", "over|above|more than|greater than|higher than|exceeds|exceed|exceeding|über|mehr als|"
         "größer als|höher als|plus de|supérieur à|supérieure à|supérieurs à|au-dessus de|"
         "dépasse|más de|mayor que|mayor a|superior a|por encima de|supera|supera el|mais de|"
         "maior que|acima de|più di|superiore a|superiore al|oltre|oltre il|meer dan|hoger dan|"
         "boven|boven de|powyżej|więcej niż|выше|более|больше|超过|大于|高于" },
  { "<", "under|below|less than|lower than|fewer than|unter|weniger als|kleiner als|niedriger als|"
         "moins de|inférieur à|inférieure à|en dessous de|menos de|menor que|menor a|inferior a|"
         "por debajo de|abaixo de|meno di|inferiore a|inferiore al|sotto|sotto il|minder dan|"
         "lager dan|onder|onder de|poniżej|mniej niż|ниже|менее|меньше|低于|小于|少于" },
};

typedef struct
{
  const char *text; /* does not end with a NUL */
  gsize length;
  const char *op;
} Word;

/* The words by the byte that they end with; of #Word, NULL where there are none. */
static GArray *const *
words_by_end (void)
{
  static gsize ready = 0;
  static GArray *words[256];

  if (g_once_init_enter (&ready))
    {
      for (guint i = 0; i < G_N_ELEMENTS (ROWS); i++)
        {
          for (const char *p = ROWS[i].words; *p != '\0';)
            {
              Word word = { p, strcspn (p, "|"), ROWS[i].op };
              GArray **bucket = &words[(guchar) p[word.length - 1]];

              if (*bucket == NULL)
                *bucket = g_array_new (FALSE, FALSE, sizeof (Word));
              g_array_append_val (*bucket, word);
              p += word.length + (p[word.length] == '|' ? 1 : 0);
            }
        }
      g_once_init_leave (&ready, 1);
    }
  return words;
}

/* The longest of the words that end where a number's begin; 0 if none does. */
static gsize
length_before (const char *text, const char *end, const char **op)
{
  GArray *words = words_by_end ()[(guchar) end[-1]];
  gsize longest = 0;

  for (guint i = 0; words != NULL && i < words->len; i++)
    {
      const Word *word = &g_array_index (words, Word, i);

      if (word->length > longest && (gsize) (end - text) >= word->length &&
          memcmp (end - word->length, word->text, word->length) == 0 &&
          cs_is_word_at (text, end - word->length, word->length, FALSE, TRUE))
        {
          longest = word->length;
          *op = word->op;
        }
    }
  return longest;
}

/**
 * cs_bound_words_find:
 * @text: a line's words
 * @op: (out) (transfer none): "<", "<=", ">" or ">="
 * @start: (out): where in @text the words begin
 * @number: (out): where the number begins
 *
 * Finds the first words of a line that say what a number must be, or must not be.
 *
 * Returns: whether there are any
 */
gboolean
cs_bound_words_find (const char *text, const char **op, const char **start, const char **number)
{
  const char *digit = strpbrk (text, "0123456789");
  g_autofree char *lower = digit != NULL ? cs_lower_words (text, -1) : NULL;

  if (lower == NULL || strlen (lower) != strlen (text))
    return FALSE;
  while (digit != NULL)
    {
      const char *end = lower + (digit - text);
      gsize length;

      while (end > lower && end[-1] == ' ')
        end--;
      length = end > lower ? length_before (lower, end, op) : 0;
      *number = digit;
      *start = text + (end - lower) - length;
      if (length > 0)
        return TRUE;
      digit = strpbrk (digit + strspn (digit, "0123456789.,"), "0123456789");
    }
  return FALSE;
}
