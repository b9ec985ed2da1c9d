/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command should print, and who can judge it. */

#include "cs-expectations.h"

#include "cs-byte-search.h"
#include "cs-languages.h"
#include "cs-word-folding.h"
#include "cs-word-sieve.h"

#include <string.h>

/* Of a block: for so many there is room from the beginning. */
#define USUAL_LINES 32

/* Words of advice, not of output; in lower case. */
static const char *const ADVICE[] = { "should", "sollte", "devrait", "devraient",
                                      "debería", "deberían", "deve ", "dovrebbe",
                                      "moet ", "应该", "应当" };

static CsWordSieve advice = CS_WORD_SIEVE (ADVICE);

static gboolean
has_advice (const char *lower)
{
  return cs_word_sieve_holds (&advice, lower);
}

/* "<50ms", "> 1MB", ">80%": a bound on a number. */
static gboolean
has_bound (const char *text)
{
  for (const char *p = text; (p = strpbrk (p, "<>")) != NULL; p++)
    {
      const char *q = p + 1;

      q += *q == '=' ? 1 : 0;
      q += strspn (q, " ");
      if (g_ascii_isdigit (*q))
        return TRUE;
    }
  return strstr (text, "≤") != NULL || strstr (text, "≥") != NULL;
}

static guint
count_words (const char *text)
{
  guint n = 0;

  for (const char *p = text; *p != '\0';)
    {
      p += strspn (p, " \t");
      n += *p != '\0' ? 1 : 0;
      p += strcspn (p, " \t");
    }
  return n;
}

static gboolean
is_code_like (const char *text)
{
  gsize length = strlen (text);

  if (cs_bytes_begin (text, "HTTP/") || strstr (text, "active (running)") != NULL)
    return TRUE;
  if (strchr ("{[*|/", *text) != NULL)
    return strstr (text, " or ") == NULL;
  if ((*text == '"' || *text == '\'' || *text == '`') && text[length - 1] == *text)
    return strchr (text + 1, *text) == text + length - 1;
  return strchr (text, '=') != NULL && strchr (text, ' ') == NULL;
}

/**
 * cs_expectation_judge:
 * @text: what is expected
 * @literal: whether the author shows output, and does not describe it
 *
 * Decides who can tell whether an expectation is met. When in doubt, a person: a program that
 * guesses would write a false record.
 *
 * Returns: (transfer none): "match", "number" or "person"
 */
const char *
cs_expectation_judge (const char *text, gboolean literal)
{
  static const char *const VAGUE[] = { "no", "all", "any", "none", "nothing",
                                       "every", "each", "some", "empty", "error",
                                       "errors", "success", "keine", "kein", "alle",
                                       "nichts", "aucun", "aucune", "ninguno", "ningún",
                                       "nenhum", "tout", "todos" };
  g_autofree char *lower = cs_lower_words (text, -1);
  g_autofree char *first = g_strndup (lower, strcspn (lower, " ,.:("));

  if (has_advice (lower))
    return "person";
  if (has_bound (text))
    return "number";
  if (literal || is_code_like (text))
    return "match";
  for (guint i = 0; i < G_N_ELEMENTS (VAGUE); i++)
    {
      if (strcmp (first, VAGUE[i]) == 0)
        return "person";
    }
  return count_words (text) <= 2 && strpbrk (text, "(…~?") == NULL && strstr (text, "...") == NULL
           ? "match"
           : "person";
}

/* What the comments are read for. */
typedef struct
{
  const char **texts; /* where each line begins; NULL behind the last one */
  GArray *lines;      /* of guint: where each stands */
  GPtrArray *marks;
  CsSource *source; /* NULL: not asked for what its lines hold */
  gboolean typed;   /* what is above was typed into another program: only a person knows of it */
} Reader;

static void
add (Reader *self, guint index, const char *text, gboolean literal)
{
  guint line = index < self->lines->len ? g_array_index (self->lines, guint, index) : 0;
  const char *judge = self->typed ? "person" : cs_expectation_judge (text, literal);

  if (*text != '\0')
    g_ptr_array_add (self->marks, cs_mark_new (CS_MARK_EXPECTATION, line, text, judge));
}

static char *
dup_rest (const char *line)
{
  return g_strchomp (g_strndup (line, strcspn (line, "\n")));
}

static const char *
skip_blanks (const char *line)
{
  while (*line == ' ' || *line == '\t')
    line++;
  return line;
}

/* The words of a comment line, of a shell or of what is typed into another program; NULL if the
 * line is none. */
static char *
comment_of (const char *line)
{
  line = skip_blanks (line);
  if (line[0] == '/' && line[1] == '/')
    return dup_rest (line + strspn (line, "/"));
  if (line[0] == '-' && line[1] == '-' && line[2] == ' ')
    return dup_rest (line + 2);
  if (*line != '#' || line[1] == '!')
    return NULL;
  return dup_rest (line + strspn (line, "#"));
}

static const char **
cut_lines (const char *text)
{
  GPtrArray *starts = g_ptr_array_sized_new (USUAL_LINES);

  g_ptr_array_add (starts, (gpointer) text);
  for (const char *p = text; (p = strchr (p, '\n')) != NULL;)
    g_ptr_array_add (starts, (gpointer) ++p);
  g_ptr_array_add (starts, NULL);
  return (const char **) g_ptr_array_free (starts, FALSE);
}

/* "Expected: 60" → "60"; "" where the output follows; NULL if the comment announces none. */
static const char *
announced (const char *comment)
{
  const char *words = comment + strspn (comment, " \t"), *colon;

  if (!cs_language_is_expected_label (words))
    return NULL;
  colon = strchr (words, ':');
  if (colon == NULL)
    colon = strstr (words, "：");
  if (colon == NULL)
    return words; /* "Should show commit hash" */
  if ((gsize) (colon - words) > 40)
    return NULL;
  colon += *colon == ':' ? 1 : strlen ("：");
  return colon + strspn (colon, " \t");
}

/**
 * cs_expectation_is_announced:
 * @lower: the words of a comment, in lower case
 *
 * Returns: whether they speak of what a command should print
 */
gboolean
cs_expectation_is_announced (const char *lower)
{
  return announced (lower) != NULL || has_advice (lower);
}

/* Comment lines that go on with what an announcement began; returns how many. A described list
 * ("…with:") is the description's, not output. */
static guint
take_following (Reader *self, guint from, gboolean indented)
{
  guint n = 0;

  for (; self->texts[from + n] != NULL; n++)
    {
      g_autofree char *comment = comment_of (self->texts[from + n]);
      const char *words;

      if (comment == NULL || *comment == '\0')
        break;
      if (indented && strspn (comment, " \t") < 3)
        break;
      words = comment + strspn (comment, " \t");
      if (announced (comment) != NULL)
        break;
      add (self, from + n, words, !indented && !cs_bytes_begin (words, "- "));
    }
  return n;
}

static CsBytes
bytes_of (Reader *self, guint index)
{
  return index < self->lines->len
           ? cs_source_get_line_bytes (self->source, g_array_index (self->lines, guint, index))
           : ~(CsBytes) 0;
}

/* A comment; returns how many of those below it go on with it. */
static guint
take_comment (Reader *self, guint index, const char *comment)
{
  const char *words = announced (comment);
  g_autofree char *lower = NULL;

  if (words != NULL && *words != '\0')
    {
      add (self, index, words, FALSE);
      return g_str_has_suffix (words, ":") ? 0 : take_following (self, index + 1, TRUE);
    }
  if (words != NULL)
    return take_following (self, index + 1, FALSE);
  if (!cs_word_sieve_may_hold (&advice, bytes_of (self, index)))
    return 0;
  lower = cs_lower_words (comment, -1);
  if (has_advice (lower))
    add (self, index, comment + strspn (comment, " \t"), FALSE);
  return 0;
}

/**
 * cs_expectations_find:
 * @text: a command block, comments included, and what is typed into other programs
 * @lines: (element-type guint): the line of the document of each line of @text
 * @source: the document
 * @marks: (element-type CsMark): takes what is found
 *
 * Finds what the comments of a block say of its output: "# Expected: …", "# Should show …", in the
 * languages known.
 */
void
cs_expectations_find (const char *text, GArray *lines, CsSource *source, GPtrArray *marks)
{
  g_autofree const char **texts = NULL;
  Reader self = { .lines = lines, .source = source, .marks = marks };

  if (strchr (text, '#') == NULL && strstr (text, "//") == NULL && strstr (text, "-- ") == NULL)
    return;
  texts = cut_lines (text);
  self.texts = texts;
  for (guint i = 0; texts[i] != NULL; i++)
    {
      const char *words = skip_blanks (texts[i]);
      g_autofree char *comment = comment_of (words);

      if (comment != NULL)
        i += take_comment (&self, i, comment);
      else if (*words != '\n' && *words != '\0')
        self.typed = cs_bytes_begin (words, ">>>");
    }
}

/* What stands below "// Expected output:" in a file, as code or comments, up to an empty line. */
static guint
take_shown (Reader *self, guint from)
{
  guint n = 0;

  for (; self->texts[from + n] != NULL; n++)
    {
      g_autofree char *comment = comment_of (self->texts[from + n]);
      g_autofree char *plain =
        comment != NULL ? g_strdup (comment) : dup_rest (self->texts[from + n]);

      g_strstrip (plain);
      if (*plain == '\0' || announced (plain) != NULL)
        break;
      add (self, from + n, plain, TRUE);
    }
  return n;
}

/**
 * cs_expectations_of_file:
 * @text: contents of a file that is shown: a script or a query
 * @lines: (element-type guint): the line of the document of each line of @text
 * @marks: (element-type CsMark): takes what is found
 *
 * Finds "// Expected output:" and "-- Expected: 70 rows". Countersign does not run such a file, so
 * a person judges.
 */
void
cs_expectations_of_file (const char *text, GArray *lines, GPtrArray *marks)
{
  g_autofree const char **texts = cut_lines (text);
  Reader self = { .texts = texts, .lines = lines, .marks = marks, .typed = TRUE };

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *comment = comment_of (texts[i]);
      const char *words = comment != NULL && strpbrk (comment, ":：") != NULL ? announced (comment)
                                                                              : NULL;

      if (words != NULL && *words != '\0')
        add (&self, i, words, FALSE);
      else if (words != NULL)
        i += take_shown (&self, i + 1);
    }
}

/**
 * cs_expectations_of_output:
 * @text: contents of a block of expected output
 * @lines: (element-type guint): the line of the document of each line of @text
 * @marks: (element-type CsMark): takes one expectation for each line that is not empty
 */
void
cs_expectations_of_output (const char *text, GArray *lines, GPtrArray *marks)
{
  g_autofree const char **texts = cut_lines (text);
  Reader self = { .texts = texts, .lines = lines, .marks = marks };

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *line = dup_rest (texts[i]);

      add (&self, i, line, TRUE);
    }
}
