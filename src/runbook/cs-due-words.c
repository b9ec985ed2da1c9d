/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Within one week", "Week 1", "First 30 minutes": until when something is to be done. */

#include "cs-due-words.h"

#include "cs-durations.h"
#include "cs-word-folding.h"
#include "cs-word-sieve.h"

#include <string.h>

#define MAX_WORDS 24
#define HOUR 3600
#define DAY (24 * HOUR)

/* Beginnings of words, folded. */
static const struct
{
  const char *word;
  gint64 seconds;
} UNITS[] = {
  { "minute", 60 },       { "hour", HOUR },      { "stunde", HOUR },     { "heure", HOUR },
  { "hora", HOUR },       { "day", DAY },        { "tag", DAY },         { "jour", DAY },
  { "dia", DAY },         { "giorn", DAY },      { "week", 7 * DAY },    { "woche", 7 * DAY },
  { "semaine", 7 * DAY }, { "semana", 7 * DAY }, { "settiman", 7 * DAY }, { "month", 30 * DAY },
  { "monat", 30 * DAY },  { "mois", 30 * DAY },  { "mes", 30 * DAY },
};

static const struct
{
  const char *word;
  gint64 number;
} NUMBERS[] = {
  { "a", 1 },        { "an", 1 },      { "one", 1 },      { "first", 1 },    { "next", 1 },
  { "ein", 1 },      { "eine", 1 },    { "einem", 1 },    { "einer", 1 },    { "eines", 1 },
  { "erste", 1 },    { "ersten", 1 },  { "erster", 1 },   { "ersters", 1 },  { "nachste", 1 },
  { "nachsten", 1 }, { "un", 1 },      { "une", 1 },      { "una", 1 },      { "premier", 1 },
  { "premiere", 1 }, { "primera", 1 }, { "primeira", 1 }, { "two", 2 },      { "zwei", 2 },
  { "deux", 2 },     { "dos", 2 },     { "three", 3 },    { "drei", 3 },     { "trois", 3 },
  { "four", 4 },     { "vier", 4 },
};

static gint64
unit_of (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (UNITS); i++)
    if (g_str_has_prefix (word, UNITS[i].word) && strlen (word) <= strlen (UNITS[i].word) + 2)
      return UNITS[i].seconds;
  return 0;
}

static gint64
number_of (const char *word)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (word, 10, 1, 999, &number, NULL))
    return (gint64) number;
  for (guint i = 0; i < G_N_ELEMENTS (NUMBERS); i++)
    if (strcmp (word, NUMBERS[i].word) == 0)
      return NUMBERS[i].number;
  return 0;
}

/**
 * cs_due_words_find:
 * @words: a heading or label
 *
 * Returns: seconds after the deployment by which what stands under it is to be done: 86400 for
 *   "Within 24 Hours", 604800 for "First Week" and "Week 1"; -1 if the words do not say
 */
gint64
cs_due_words_find (const char *words)
{
  g_autofree char *folded = cs_fold_words (words);
  g_auto (GStrv) list = g_strsplit_set (folded, " \t()[]-–:,.;/", MAX_WORDS);
  g_autoptr (GPtrArray) filled = g_ptr_array_new ();
  CsDuration duration;

  if (cs_duration_find (words, &duration, NULL, NULL) && duration.most > 0)
    return duration.most;
  for (char **word = list; *word != NULL; word++)
    if (**word != '\0')
      g_ptr_array_add (filled, *word);
  for (guint i = 0; i < filled->len; i++)
    {
      gint64 unit = unit_of (filled->pdata[i]);
      gint64 before = i > 0 ? number_of (filled->pdata[i - 1]) : 0;
      gint64 behind = i + 1 < filled->len ? number_of (filled->pdata[i + 1]) : 0;

      if (unit > 0 && MAX (before, behind) > 0)
        return unit * (before > 0 ? before : behind);
    }
  return -1;
}

/**
 * cs_due_words_announce_criteria:
 * @lower: a heading or label, in lower case
 *
 * Returns: whether it announces by what success is known: "Success Criteria", "Deployment is
 *   Successful When:"
 */
gboolean
cs_due_words_announce_criteria (const char *lower)
{
  static const char *const WORDS[] = { "success criteria", "acceptance criteria",
                                       "successful when", "successful if",
                                       "erfolgskriterien", "akzeptanzkriterien",
                                       "erfolgreich, wenn", "critères de succès",
                                       "criterios de éxito", "critérios de sucesso",
                                       "criteri di successo", "критерии успеха" };
  static CsWordSieve sieve = CS_WORD_SIEVE (WORDS);

  return cs_word_sieve_holds (&sieve, lower);
}

/**
 * cs_due_words_skip_signs:
 * @words: those of an item
 *
 * Returns: (transfer none): @words without signs before them, like "✅ "
 */
const char *
cs_due_words_skip_signs (const char *words)
{
  while (*words != '\0' && (g_unichar_isspace (g_utf8_get_char (words)) ||
                            g_unichar_type (g_utf8_get_char (words)) == G_UNICODE_OTHER_SYMBOL ||
                            g_utf8_get_char (words) == 0xfe0f))
    words = g_utf8_next_char (words);
  return words;
}
