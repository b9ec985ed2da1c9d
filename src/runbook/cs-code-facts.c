/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What code says beside its commands: bounds, alternatives, gates. */

#include "cs-code-facts.h"

#include "cs-conditions.h"
#include "cs-decision-words.h"
#include "cs-thresholds.h"
#include "cs-word-folding.h"

#include <string.h>

/* Longer lines are data. */
#define MAX_LINE 300

typedef struct
{
  CsBlock *block;
  CsClassified *classified;
  GPtrArray *facts;
  guint opener; /* the line of the compound command at hand, 0: none, a function or a loop */
} Finder;

static CsFact *
add (Finder *self, CsFactKind kind, guint line, const char *text, const char *source)
{
  CsFact *fact = cs_fact_new (kind, line, text);

  cs_fact_set_string (fact, "source", source);
  g_ptr_array_add (self->facts, fact);
  return fact;
}

/* Only such words can begin what names an alternative: "OR", "Option A", "Variante 1"… */
static gboolean
may_name_alternative (const char *words)
{
  return (guchar) *words >= 0x80 || strchr ("oOvVmMaA", *words) != NULL;
}

static void
take_comment (Finder *self, guint line, const char *words)
{
  gsize length = strlen (words);
  CsConditionKind kind =
    may_name_alternative (words) ? cs_condition_of_comment (words, length) : CS_CONDITION_NONE;
  g_autofree char *lower = NULL;

  if (kind == CS_CONDITION_OR || kind == CS_CONDITION_OPTION)
    add (self, CS_FACT_ALTERNATIVE, line, words, "comment");
  lower = cs_lower_words (words, -1);
  if (cs_decision_is_gate (lower))
    add (self, CS_FACT_DECISION, line, words, "comment");
}

/* Where a command ends the script as failed; NULL if it does not. */
static const char *
find_failing_exit (const char *start, const char *end)
{
  for (const char *p = start; (p = memmem (p, (gsize) (end - p), "exit ", 5)) != NULL; p += 5)
    {
      if ((p == start || strchr (" \t;&|{(", p[-1]) != NULL) && p + 5 < end &&
          g_ascii_isdigit (p[5]) && p[5] != '0')
        return p;
    }
  return NULL;
}

/* What a function or a loop does on its way is no gate of the runbook. */
static gboolean
is_function_or_loop (const char *start, const char *end)
{
  const char *newline = memchr (start, '\n', (gsize) (end - start));
  const char *stop = newline != NULL ? newline : end;

  return memmem (start, (gsize) (stop - start), "()", 2) != NULL ||
         g_str_has_prefix (start, "function ") || g_str_has_prefix (start, "for ") ||
         g_str_has_prefix (start, "while ") || g_str_has_prefix (start, "until ");
}

/* "exit 1": the author stops here where something is as it must not be. */
static void
take_exit (Finder *self, const CsShellLine *line, guint number)
{
  const char *start = self->classified->raw + line->start;
  const char *end = self->classified->raw + line->body;
  const char *newline = memchr (start, '\n', (gsize) (end - start));
  g_autofree char *text = NULL;

  if (!line->nested)
    self->opener = is_function_or_loop (start, end) ? 0 : number;
  if (find_failing_exit (start, end) == NULL || self->opener == 0)
    return;
  end = newline != NULL ? newline : end;
  text = g_strndup (start, (gsize) (end - start));
  add (self, CS_FACT_DECISION, self->opener, g_strstrip (text), "script");
  self->opener = 0;
}

static const char *
read_variable (const char *p, char **name)
{
  const char *start;

  p += *p == '"' ? 1 : 0;
  if (*p != '$')
    return NULL;
  p += p[1] == '{' ? 2 : 1;
  start = p;
  while (g_ascii_isalnum (*p) || *p == '_')
    p++;
  if (p == start || g_ascii_isdigit (*start))
    return NULL;
  *name = g_strndup (start, (gsize) (p - start));
  p += *p == '}' ? 1 : 0;
  p += *p == '"' ? 1 : 0;
  return p + strspn (p, " ");
}

static const char *
read_operator (const char *p, const char **op)
{
  static const struct
  {
    const char *word;
    const char *op;
  } OPERATORS[] = {
    { "-gt ", ">" }, { "-ge ", ">=" }, { "-lt ", "<" }, { "-le ", "<=" }, { "-eq ", "==" },
    { "== ", "==" }, { "= ", "==" },   { ">= ", ">=" }, { "<= ", "<=" },  { "> ", ">" },
    { "< ", "<" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (OPERATORS); i++)
    {
      if (g_str_has_prefix (p, OPERATORS[i].word))
        {
          *op = OPERATORS[i].op;
          p += strlen (OPERATORS[i].word);
          return p + strspn (p, " \"'");
        }
    }
  return NULL;
}

/* `[ "$ERRORS" -gt 10 ]`: what the script takes for an alarm; `= 200` for how it should be. */
static void
take_test (Finder *self, const char *text, guint line)
{
  for (const char *p = strchr (text, '$'); p != NULL; p = strchr (p + 1, '$'))
    {
      g_autofree char *name = NULL;
      const char *op = NULL, *number = read_variable (p, &name);
      char *end;
      double value;
      CsFact *fact;

      number = number != NULL ? read_operator (number, &op) : NULL;
      if (number == NULL || !g_ascii_isdigit (*number))
        continue;
      value = g_ascii_strtod (number, &end);
      if (g_ascii_isalnum (*end) || *end == '.')
        continue;
      fact = add (self, CS_FACT_THRESHOLD, line, text, "script");
      cs_fact_set_string (fact, "severity", strcmp (op, "==") == 0 ? "target" : "warning");
      cs_fact_set_string (fact, "metric", name);
      cs_fact_set_string (fact, "op", op);
      cs_fact_set_number (fact, "value", value);
      cs_fact_set_string (fact, "unit", "count");
      return;
    }
}

static void
take_command (Finder *self, const CsShellLine *line, guint number)
{
  const char *start = self->classified->raw + line->start;
  const char *end = self->classified->raw + line->body;
  const char *newline = memchr (start, '\n', (gsize) (end - start));
  g_autofree char *text = NULL;

  take_exit (self, line, number);
  end = newline != NULL ? newline : end;
  if (end - start > MAX_LINE || !(g_str_has_prefix (start, "if ") ||
                                  g_str_has_prefix (start, "elif ") || *start == '[' ||
                                  g_str_has_prefix (start, "test ")))
    return;
  text = g_strndup (start, (gsize) (end - start));
  take_test (self, text, number);
}

static void
take_script (Finder *self)
{
  CsClassified *classified = self->classified;

  for (guint i = 0; i < classified->commands->len; i++)
    {
      const CsShellLine *line = &g_array_index (classified->commands, CsShellLine, i);
      const char *start = classified->raw + line->start, *end = classified->raw + line->end;
      guint number = classified->first_line + line->first;

      if (line->kind == CS_SHELL_COMMAND)
        take_command (self, line, number);
      else if (line->kind == CS_SHELL_COMMENT && end - start <= MAX_LINE)
        {
          g_autofree char *words = g_strndup (start, (gsize) (end - start));

          take_comment (self, number, words + strspn (words, "# \t"));
        }
    }
}

/* "// Target: >80%" in a file that is shown. */
static void
take_file_comments (Finder *self)
{
  static const char *const WORDS[] = { "target", "expected", "should", "ziel", "erwartet", "soll" };
  guint number = self->classified->first_line;

  for (const char *p = self->classified->raw; *p != '\0'; number++)
    {
      const char *end = strchrnul (p, '\n');
      const char *words = p + strspn (p, " \t");

      if (end - p <= MAX_LINE && end - words > 3 &&
          (memcmp (words, "//", 2) == 0 || *words == '#' || memcmp (words, "--", 2) == 0))
        {
          g_autofree char *text = g_strndup (words, (gsize) (end - words));
          const char *plain = text + strspn (text, "/#- ");

          for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
            {
              if (g_ascii_strncasecmp (plain, WORDS[i], strlen (WORDS[i])) == 0)
                cs_thresholds_find_from (plain, number, "target", "comment", self->facts);
            }
        }
      p = *end == '\n' ? end + 1 : end;
    }
}

/* What the output should be is a bound where it says a number. */
static void
take_expectations (Finder *self)
{
  gboolean comment = self->block->kind == CS_BLOCK_COMMAND;

  for (guint i = 0; i < self->block->marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (self->block->marks, i);

      if (mark->kind != CS_MARK_EXPECTATION)
        continue;
      if (comment)
        cs_thresholds_find_expected (mark->text, mark->line, self->facts);
      else
        cs_thresholds_find_from (mark->text, mark->line, "target", "output", self->facts);
    }
}

/**
 * cs_code_facts_find:
 * @block: a block with its marks
 * @classified: what it was found to be
 * @facts: (element-type CsFact): takes what is found
 *
 * Finds bounds, alternatives and gates in comments, tests and expected output. What a here-document
 * writes somewhere says nothing of this runbook.
 */
void
cs_code_facts_find (CsBlock *block, CsClassified *classified, GPtrArray *facts)
{
  Finder self = { block, classified, facts, 0 };

  if (block->kind == CS_BLOCK_COMMAND && classified->commands != NULL)
    take_script (&self);
  else if (block->kind == CS_BLOCK_FILE)
    take_file_comments (&self);
  if (block->kind == CS_BLOCK_COMMAND || block->kind == CS_BLOCK_EXPECTED)
    take_expectations (&self);
}
