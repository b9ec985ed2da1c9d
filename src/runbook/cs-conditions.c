/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that leave it to a person whether commands are run. */

#include "cs-conditions.h"

#include "cs-byte-search.h"
#include "cs-condition-doubts.h"
#include "cs-expectations.h"
#include "cs-headings.h"
#include "cs-word-folding.h"
#include "cs-word-sieve.h"

#include <string.h>

/* A longer line is prose. */
#define MAX_WORDS 300

/* How a condition begins, in lower case. A blank at the end is part of it; where there is none, no
 * letter may follow. */
static const char *const BEGINNINGS[] = {
  "if ", "if:", "only if ", "only when ", "unless ", "otherwise", "else", "elif ", "in case ",
  "on failure", "on error", "optional", "optionally", "as needed", "when needed", "if needed",
  "falls ", "wenn ", "nur falls ", "nur wenn ", "nur bei ", "sonst", "ansonsten", "andernfalls",
  "anderenfalls", "im fall ", "im fehlerfall", "bei fehler", "bei fehlern", "bei bedarf", "sofern ",
  "gegebenenfalls", "ggf", "si ", "s'il ", "s’il ", "sinon", "en cas ", "au besoin",
  "seulement si ", "uniquement si ", "solo si ", "sólo si ", "en caso ", "de lo contrario", "se ",
  "caso ", "senão", "apenas se ", "somente se ", "em caso ", "altrimenti", "indien ", "jeśli ",
  "jeżeli ", "w razie ", "w przypadku ", "tylko jeśli ", "если ", "иначе", "в случае ",
  "только если ", "при необходимости", "如果", "若", "否则", "只有", "仅当", "如需", "如有",
  "必要に応じて", "필요시",
};

/* What makes a condition of a line that begins with something else, wherever it stands. */
static const char *const ASIDES[] = {
  "(if ", "(only if ", "(only when ", "(unless ", "(in case ", "(optional", "(as needed",
  "(when needed", "(where needed", "(falls ", "(wenn ", "(nur falls ", "(nur wenn ", "(nur bei ",
  "(bei bedarf", "(sofern ", "(ggf", "(si ", "(s'il ", "(en cas ", "(au besoin", "(optionnel",
  "(facultatif", "(solo si ", "(en caso ", "(opcional", "(se ", "(caso ", "(apenas se ",
  "(somente se ", "(facoltativo", "(indien ", "(jeśli ", "(jeżeli ", "(w razie ", "(opcjonalnie",
  "(если ", "(при необходимости", "(необязательно", "(如果", "（如果", "(可选", "（可选", "(如需",
  "（如需", "(必要に応じて", "（必要に応じて", "(필요시",
};

/* The same at the end of a line: "Restore from backup if needed". */
static const char *const ENDINGS[] = {
  "if needed", "if necessary", "if required", "if applicable", "if desired", "as needed",
  "when needed", "when necessary", "where needed", "bei bedarf", "falls nötig", "wenn nötig",
  "falls erforderlich", "wenn erforderlich", "falls notwendig", "si nécessaire", "si besoin",
  "au besoin", "si es necesario", "si fuera necesario", "se necessário", "se necessario",
  "indien nodig", "w razie potrzeby", "jeśli potrzeba", "при необходимости", "если нужно", "場合",
  "필요시",
};

static const char *const OR_WORDS[] = {
  "or", "oder", "ou", "ou bien", "o bien", "oppure", "alternatively", "alternativ",
  "alternative", "alternativement", "alternativamente", "или", "或者", "または",
};

static CsWordSieve beginnings = CS_WORD_SIEVE (BEGINNINGS);
static CsWordSieve asides = CS_WORD_SIEVE (ASIDES);
static CsWordSieve or_words = CS_WORD_SIEVE (OR_WORDS);

static gboolean
ends_word (const char *p)
{
  return !g_unichar_isalnum (g_utf8_get_char (p));
}

static gboolean
begins_with (const char *lower, CsWordSieve *words)
{
  const char *word;
  guint cursor = 0;

  while ((word = cs_word_sieve_next_at (words, lower, &cursor)) != NULL)
    {
      gsize length = strlen (word);
      char last = word[length - 1];

      if (last == ' ' || last == ':' || (guchar) last >= 0x80 || ends_word (lower + length))
        return TRUE;
    }
  return FALSE;
}

/* "ONLY proceed if …", "Nur ausführen, wenn …" */
static gboolean
is_only_if (const char *lower)
{
  return (cs_bytes_begin (lower, "only ") &&
          (strstr (lower, " if ") != NULL || strstr (lower, " when ") != NULL)) ||
         (cs_bytes_begin (lower, "nur ") &&
          (strstr (lower, " wenn ") != NULL || strstr (lower, " falls ") != NULL));
}

static gboolean
is_beginning (const char *lower)
{
  return begins_with (lower, &beginnings) || is_only_if (lower);
}

/* What is asked of each line about the endings, once for all lines. */
typedef struct
{
  gboolean lasts[256]; /* whether one of them ends with the byte */
  gsize sizes[G_N_ELEMENTS (ENDINGS)];
} Endings;

static const Endings *
measure_endings (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      Endings *self = g_new0 (Endings, 1);

      for (guint i = 0; i < G_N_ELEMENTS (ENDINGS); i++)
        {
          self->sizes[i] = strlen (ENDINGS[i]);
          self->lasts[(guchar) ENDINGS[i][self->sizes[i] - 1]] = TRUE;
        }
      g_once_init_leave (&ready, (gsize) self);
    }
  return (const Endings *) ready;
}

/* All asides begin with a bracket. */
static gboolean
has_aside (const char *lower)
{
  const Endings *endings = measure_endings ();
  gsize length = strlen (lower);

  if ((strchr (lower, '(') != NULL || strstr (lower, "（") != NULL) &&
      cs_word_sieve_holds (&asides, lower))
    return TRUE;
  while (length > 0 && strchr (" .:!*_)", lower[length - 1]) != NULL)
    length--;
  if (length == 0 || !endings->lasts[(guchar) lower[length - 1]])
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (ENDINGS); i++)
    {
      gsize size = endings->sizes[i];

      if (length >= size && ENDINGS[i][size - 1] == lower[length - 1] &&
          memcmp (lower + length - size, ENDINGS[i], size) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
ends_with_colon (const char *lower)
{
  gsize length = strlen (lower);

  while (length > 0 && strchr (" *_", lower[length - 1]) != NULL)
    length--;
  return (length > 0 && lower[length - 1] == ':') ||
         (length >= 3 && memcmp (lower + length - 3, "：", 3) == 0);
}

/* The words in lower case, without what counts or marks them; NULL if they are too many. */
static char *
fold (const char *words, gsize length)
{
  const char *end = words + length;

  if (length > MAX_WORDS)
    return NULL;
  while (words < end && strchr (" \t#*_->", *words) != NULL)
    words++;
  if (words < end && g_ascii_isdigit (*words))
    {
      const char *p = words;

      while (p < end && g_ascii_isdigit (*p))
        p++;
      if (p < end && (*p == '.' || *p == ')'))
        words = p + 1;
    }
  while (words < end && strchr (" \t*_", *words) != NULL)
    words++;
  return cs_lower_words (words, end - words);
}

static gboolean
is_option (const char *words, gsize length)
{
  g_autofree char *title = NULL;
  g_autofree char *clean = NULL;
  CsNumbering numbering = CS_NUMBERING_NONE;

  if (!cs_heading_may_be_option (words, length))
    return FALSE;
  title = g_strndup (words, length);
  clean = cs_heading_clean_title (g_strstrip (title), &numbering);
  return numbering == CS_NUMBERING_OPTION;
}

/* What is not clearly a condition must not make an offer of commands that are needed. */
static CsConditionKind
weigh (const char *lower, CsConditionKind kind)
{
  switch (cs_condition_doubt (lower))
    {
    case CS_CONDITION_DOUBTFUL:
      return CS_CONDITION_UNSURE;
    case CS_CONDITION_MISTAKEN:
      return CS_CONDITION_NONE;
    case CS_CONDITION_MEANT:
    default:
      return kind;
    }
}

/**
 * cs_condition_of_comment:
 * @words: a comment of a script, without its mark
 * @length: bytes of it
 *
 * Tells whether a comment leaves it to a person to run the commands under it: the author's "if" is
 * a person's, and not something that a shell decides.
 *
 * Returns: how far it reaches; %CS_CONDITION_NONE for any other comment
 */
CsConditionKind
cs_condition_of_comment (const char *words, gsize length)
{
  g_autofree char *lower = fold (words, length);

  if (lower == NULL || *lower == '\0')
    return CS_CONDITION_NONE;
  if (is_beginning (lower))
    return weigh (lower, ends_with_colon (lower) ? CS_CONDITION_GROUP : CS_CONDITION_LINE);
  if (begins_with (lower, &or_words))
    return CS_CONDITION_OR;
  if (is_option (words, length))
    return CS_CONDITION_OPTION;
  if (has_aside (lower) && !cs_expectation_is_announced (lower))
    return weigh (lower, CS_CONDITION_LINE);
  return CS_CONDITION_NONE;
}

/**
 * cs_condition_is_label:
 * @words: a line right above a block of commands
 *
 * Returns: whether it says when to run them: "If the tests fail:", "Restart (if needed):"
 */
gboolean
cs_condition_is_label (const char *words, gsize length)
{
  g_autofree char *lower = fold (words, length);

  if (lower == NULL || *lower == '\0')
    return FALSE;
  return ends_with_colon (lower) ? is_beginning (lower) || has_aside (lower)
                                 : strlen (lower) < 80 && has_aside (lower);
}

/**
 * cs_condition_is_way_back:
 * @words: a line right above a block of commands
 *
 * Returns: whether they are the way back from where they stand, and no part of the way: "Rollback
 *   plan:"
 */
gboolean
cs_condition_is_way_back (const char *words, gsize length)
{
  static const char *const WORDS[] = { "rollback plan", "rollback-plan", "rollbackplan",
                                       "fallback plan", "fallback-plan", "back-out plan",
                                       "backout plan", "rückfallplan" };
  g_autofree char *lower = fold (words, length);

  for (guint i = 0; lower != NULL && i < G_N_ELEMENTS (WORDS); i++)
    if (g_str_has_prefix (lower, WORDS[i]) && ends_with_colon (lower) &&
        strlen (lower) <= strlen (WORDS[i]) + strlen (" :**"))
      return TRUE;
  return FALSE;
}

/**
 * cs_condition_is_remark:
 * @words: the words of a heading
 *
 * Returns: whether they say that what stands under it is done only if needed: "Database rollback
 *   (if needed)". A heading that begins with "If" names a case, and is gone to when it is there.
 */
gboolean
cs_condition_is_remark (const char *words, gsize length)
{
  g_autofree char *lower = fold (words, length);

  return lower != NULL && *lower != '\0' && has_aside (lower);
}
