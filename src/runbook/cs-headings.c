/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a heading says: its words, its number, its topic. */

#include "cs-headings.h"

#include "cs-byte-search.h"
#include "cs-word-folding.h"

#include <string.h>

#define MAX_LINK 600
/* Bytes in which a word that counts ends. */
#define MAX_COUNTER 32

/* Words that count what follows them, in lower case. */
static const struct
{
  const char *word;
  CsNumbering numbering;
} COUNTERS[] = {
  { "phase", CS_NUMBERING_PHASE },        { "stage", CS_NUMBERING_PHASE },
  { "teil", CS_NUMBERING_PHASE },         { "part", CS_NUMBERING_PHASE },
  { "fase", CS_NUMBERING_PHASE },         { "étape", CS_NUMBERING_STEP },
  { "阶段", CS_NUMBERING_PHASE },         { "step", CS_NUMBERING_STEP },
  { "rollback step", CS_NUMBERING_STEP }, { "schritt", CS_NUMBERING_STEP },
  { "paso", CS_NUMBERING_STEP },          { "passo", CS_NUMBERING_STEP },
  { "stap", CS_NUMBERING_STEP },          { "test", CS_NUMBERING_STEP },
  { "task", CS_NUMBERING_STEP },          { "aufgabe", CS_NUMBERING_STEP },
  { "issue", CS_NUMBERING_STEP },         { "problem", CS_NUMBERING_STEP },
  { "blocker", CS_NUMBERING_STEP },       { "level", CS_NUMBERING_STEP },
  { "步骤", CS_NUMBERING_STEP },          { "ステップ", CS_NUMBERING_STEP },
  { "option", CS_NUMBERING_OPTION },      { "variante", CS_NUMBERING_OPTION },
  { "method", CS_NUMBERING_OPTION },      { "methode", CS_NUMBERING_OPTION },
  { "alternative", CS_NUMBERING_OPTION }, { "opción", CS_NUMBERING_OPTION },
  { "opção", CS_NUMBERING_OPTION },       { "opzione", CS_NUMBERING_OPTION },
  { "optie", CS_NUMBERING_OPTION },       { "hour", CS_NUMBERING_TIME },
  { "hours", CS_NUMBERING_TIME },         { "day", CS_NUMBERING_TIME },
  { "days", CS_NUMBERING_TIME },          { "week", CS_NUMBERING_TIME },
  { "stunde", CS_NUMBERING_TIME },        { "tag", CS_NUMBERING_TIME },
  { "woche", CS_NUMBERING_TIME },         { "semaine", CS_NUMBERING_TIME },
  { "semana", CS_NUMBERING_TIME },        { "etape", CS_NUMBERING_STEP },
  { "etapa", CS_NUMBERING_STEP },         { "passaggio", CS_NUMBERING_STEP },
  { "krok", CS_NUMBERING_STEP },          { "шаг", CS_NUMBERING_STEP },
  { "этап", CS_NUMBERING_PHASE },         { "фаза", CS_NUMBERING_PHASE },
  { "faza", CS_NUMBERING_PHASE },         { "etap", CS_NUMBERING_PHASE },
  { "フェーズ", CS_NUMBERING_PHASE },     { "手順", CS_NUMBERING_STEP },
  { "단계", CS_NUMBERING_STEP },          { "jour", CS_NUMBERING_TIME },
};

static const struct
{
  const char *word; /* folded */
  const char *environment;
} ENVIRONMENTS[] = {
  { "production", "production" },
  { "prod", "production" },
  { "produktion", "production" },
  { "produccion", "production" },
  { "producao", "production" },
  { "produzione", "production" },
  { "productie", "production" },
  { "生产", "production" },
  { "staging", "staging" },
  { "hotfix", "hotfix" },
  { "development", "development" },
  { "dev", "development" },
  { "qa", "qa" },
  { "uat", "uat" },
};

static gboolean
is_pictogram (gunichar c)
{
  if (c == 0xfe0f || c == 0x200d || c == 0x20e3 || (c >= 0x1f3fb && c <= 0x1f3ff))
    return TRUE;
  return c >= 0x2300 && !(c >= 0x2500 && c < 0x2580) &&
         g_unichar_type (c) == G_UNICODE_OTHER_SYMBOL;
}

/* Where the words of a link end: "[words](address)". It is looked for nearby only, because a line
 * of open brackets would take quadratic time. */
static const char *
find_link (const char *p)
{
  gsize reach = strnlen (p, MAX_LINK);
  const char *link = memmem (p, reach, "](", 2);

  if (link == NULL || memchr (p, '\n', (gsize) (link - p)) != NULL)
    return NULL;
  return memchr (link, ')', reach - (gsize) (link - p)) != NULL ? link : NULL;
}

/* Whether a byte is a character that stands for itself. */
static inline gboolean
is_plain (char c)
{
  static const guint8 OTHERS[256] = {
    ['\0'] = 1, ['\\'] = 1, ['['] = 1,  ['*'] = 1,          ['`'] = 1,
    ['_'] = 1,  ['\n'] = 1, ['\t'] = 1, [0x80 ... 0xff] = 1,
  };

  return OTHERS[(guchar) c] == 0;
}

/* Copies what may be markup or a pictogram, unless it is; returns what follows it. */
static const char *
copy_mark (const char *p, const char *words, char **out)
{
  const char *next = p + 1;
  gunichar c = g_utf8_get_char (p);

  if (*p == '_' && p[1] == '_')
    return p + 2;
  while ((*next & 0xc0) == 0x80)
    next++;
  if (c == 0x20e3 && *out > words && g_ascii_isdigit ((*out)[-1]))
    *(*out)++ = '.'; /* a digit on a key is a number */
  if (c == '\n' || c == '\t')
    *(*out)++ = ' ';
  else if (is_pictogram (c) && (*out == words || (*out)[-1] == ' '))
    next += strspn (next, " "); /* not two blanks where it was */
  else if (*p != '*' && *p != '`' && !is_pictogram (c))
    *out = mempcpy (*out, p, (gsize) (next - p));
  return next;
}

/**
 * cs_heading_strip_markup:
 * @text: inline Markdown
 *
 * Returns: (transfer full): the words alone: no stars, backticks, links or pictograms
 */
char *
cs_heading_strip_markup (const char *text)
{
  /* Nothing is written that is longer than what it stands for. */
  char *words = g_malloc (strlen (text) + 1), *out = words;

  for (const char *p = text; *p != '\0';)
    {
      const char *link;

      if (is_plain (*p))
        {
          *out++ = *p++;
          continue;
        }
      if (*p == '\\' && g_ascii_ispunct (p[1]))
        {
          *out++ = p[1];
          p += 2;
          continue;
        }
      link = *p == '[' ? find_link (p) : NULL;
      if (link != NULL)
        {
          out = mempcpy (out, p + 1, (gsize) (link - p - 1));
          p = strchr (link, ')') + 1;
          continue;
        }
      p = copy_mark (p, words, &out);
    }
  *out = '\0';
  return g_strstrip (words);
}

/* "三、": the length with its separator, 0 if there is none. */
static gsize
chinese_number_length (const char *text)
{
  static const char *const DIGITS[] = {
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"
  };
  gsize n = 0, before;

  if ((guchar) *text < 0x80)
    return 0;
  do
    {
      before = n;
      for (guint i = 0; i < G_N_ELEMENTS (DIGITS); i++)
        n += g_str_has_prefix (text + n, DIGITS[i]) ? strlen (DIGITS[i]) : 0;
    }
  while (n > before);
  return n > 0 && g_str_has_prefix (text + n, "、") ? n + strlen ("、") : 0;
}

/* "2", "2.1", "1-2", "A", "IV" followed by a separator: the length of it all, else 0. */
static gsize
number_length (const char *text, gboolean after_word)
{
  gsize n = 0;

  while (g_ascii_isdigit (text[n]) ||
         (n > 0 && (text[n] == '.' || text[n] == '-') && g_ascii_isdigit (text[n + 1])))
    n++;
  if (n == 0 && g_ascii_isupper (text[0]) && !g_ascii_isalpha (text[1]))
    n = 1;
  if (n == 0)
    return chinese_number_length (text);
  if (text[n] == '\0')
    return after_word ? n : 0;
  if (g_str_has_prefix (text + n, "：") || g_str_has_prefix (text + n, "、"))
    return n + strlen ("：");
  if (strchr (".):", text[n]) != NULL && (text[n + 1] == ' ' || after_word))
    return n + 1 + strspn (text + n + 1, " ");
  if (text[n] == ' ')
    {
      gsize spaces = strspn (text + n, " ");

      if (g_str_has_prefix (text + n + spaces, "–") || g_str_has_prefix (text + n + spaces, "—"))
        return n + spaces + strlen ("–") + strspn (text + n + spaces + strlen ("–"), " ");
      if ((text[n + spaces] == '-' || text[n + spaces] == ':') && text[n + spaces + 1] == ' ')
        return n + spaces + 2;
      /* "2.1 Title" counts; "4 Critical Fixes" does not. */
      return memchr (text, '.', n) != NULL ? n + spaces : 0;
    }
  return 0;
}

/* Told by the first two letters, before anything is folded: most titles begin with no counter. */
static gboolean
may_begin_with_counter (const char *title)
{
  if ((guchar) title[0] >= 0x80)
    return TRUE;
  for (guint i = 0; title[0] != '\0' && i < G_N_ELEMENTS (COUNTERS); i++)
    {
      if (*COUNTERS[i].word == (title[0] | 0x20) &&
          ((guchar) title[1] >= 0x80 || COUNTERS[i].word[1] == (title[1] | 0x20)))
        return TRUE;
    }
  return FALSE;
}

static const char *
skip_counter (const char *title, CsNumbering *numbering)
{
  g_autofree char *lower = NULL;

  if (!may_begin_with_counter (title))
    return NULL;
  lower = cs_lower_words (title, (gssize) cs_bytes_cut (title, strlen (title), MAX_COUNTER));
  for (guint i = 0; i < G_N_ELEMENTS (COUNTERS); i++)
    {
      gsize length, n;
      const char *p;

      if (*COUNTERS[i].word != *lower)
        continue;
      length = strlen (COUNTERS[i].word);
      if (strncmp (lower, COUNTERS[i].word, length) != 0 || strlen (title) < length)
        continue;
      p = title + length;
      p += strspn (p, " #");
      n = number_length (p, TRUE);
      if (n > 0)
        {
          *numbering = COUNTERS[i].numbering;
          return p + n;
        }
      if (*p == ':' && COUNTERS[i].numbering == CS_NUMBERING_STEP)
        {
          *numbering = CS_NUMBERING_STEP;
          return p + 1;
        }
    }
  return NULL;
}

/**
 * cs_heading_take_number:
 * @words: (transfer full): the words of a heading without markup
 * @numbering: (out): how it was numbered
 *
 * Takes numbering off a title. One that is nothing but a number ("Phase 2") stays as it is.
 *
 * Returns: (transfer full): the title
 */
char *
cs_heading_take_number (char *words, CsNumbering *numbering)
{
  g_autofree char *title = words;
  const char *rest;
  gsize n, length;

  *numbering = CS_NUMBERING_NONE;
  length = strlen (title);
  while (length > 0 && title[length - 1] == ':')
    title[--length] = '\0';
  rest = skip_counter (title, numbering);
  if (rest == NULL)
    {
      n = number_length (title, FALSE);
      if (n == 0)
        return g_steal_pointer (&title);
      *numbering = CS_NUMBERING_PLAIN;
      rest = title + n;
    }
  rest += strspn (rest, " ");
  return *rest != '\0' ? g_strdup (rest) : g_steal_pointer (&title);
}

/**
 * cs_heading_clean_title:
 * @text: the words of a heading, inline Markdown
 * @numbering: (out): how it was numbered
 *
 * Takes emphasis, pictograms and numbering off a title.
 *
 * Returns: (transfer full): the title, as cs_heading_take_number() has it
 */
char *
cs_heading_clean_title (const char *text, CsNumbering *numbering)
{
  return cs_heading_take_number (cs_heading_strip_markup (text), numbering);
}

static CsTopic
match_topic (const char *folded, guint *weight)
{
  const CsHeadingWords *table = cs_heading_words_get ();
  CsTopic topic = CS_TOPIC_NONE;

  *weight = 0;
  for (const char *p = folded; *p != '\0'; p++)
    {
      gboolean inside = p > folded && g_ascii_isalnum (p[-1]) && (guchar) *p < 0x80;
      GArray *words = inside ? table->inside[(guchar) *p] : table->all[(guchar) *p];
      guint32 head;

      if (words == NULL || !cs_heading_words_may_begin (table, p))
        continue;
      head = cs_heading_word_head (p);
      for (guint i = 0; i < words->len; i++)
        {
          const CsHeadingWord *word = &g_array_index (words, CsHeadingWord, i);

          if ((head & word->mask) != word->head || word->weight <= *weight ||
              (word->first_only && p > folded) ||
              strncmp (p, word->text, word->length) != 0 ||
              (word->whole && p[word->length] != '\0') ||
              !cs_is_word_at (folded, p, word->length, word->open_start, word->open_end))
            continue;
          *weight = word->weight;
          topic = word->topic;
        }
    }
  return topic;
}

/**
 * cs_heading_get_topic:
 * @title: a title without markup
 * @weight: (out): how sure the words are; 0 if none is known
 *
 * Tells what a chapter is for. Words in brackets count only if the others say nothing.
 *
 * Returns: the topic
 */
CsTopic
cs_heading_get_topic (const char *title, guint *weight)
{
  g_autofree char *lower = cs_fold_words (title);
  char *bracket = strchr (lower, '(');
  CsTopic topic;

  if (bracket == NULL || bracket == lower)
    return match_topic (lower, weight);
  *bracket = '\0';
  topic = match_topic (lower, weight);
  *bracket = '(';
  return topic != CS_TOPIC_NONE ? topic : match_topic (lower, weight);
}

/**
 * cs_heading_may_be_option:
 * @text: (array length=length): the words of a heading, inline Markdown
 *
 * Returns: %FALSE if cs_heading_clean_title() surely doesn't find an option ("Option A", "Variante
 *   1") in them: they begin with a letter that none of its words does
 */
gboolean
cs_heading_may_be_option (const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end && strchr (" \t*`_[\\", *text) != NULL)
    text++;
  return text < end && ((guchar) *text >= 0x80 || strchr ("oOvVmMaA", *text) != NULL);
}

/**
 * cs_heading_get_environment:
 * @title: a title without markup
 *
 * Returns: (transfer none) (nullable): "production", "staging"… if the title is about one of them
 */
const char *
cs_heading_get_environment (const char *title)
{
  g_autofree char *first = NULL, *folded = NULL;

  /* Most titles begin like none of them. */
  if ((guchar) *title < 0x80 && strchr ("pshdquPSHDQU", *title) == NULL)
    return NULL;
  first = g_strndup (title, strcspn (title, " "));
  folded = cs_fold_words (first);
  for (guint i = 0; i < G_N_ELEMENTS (ENVIRONMENTS); i++)
    {
      gsize length = strlen (ENVIRONMENTS[i].word);

      if (strncmp (folded, ENVIRONMENTS[i].word, length) == 0 &&
          cs_is_word_at (folded, folded, length, FALSE, FALSE))
        return ENVIRONMENTS[i].environment;
    }
  return NULL;
}
