/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What code says beside its commands: bounds, alternatives, gates. */

#include "cs-code-facts.h"

#include "cs-byte-search.h"
#include "cs-conditions.h"
#include "cs-decision-words.h"
#include "cs-headings.h"
#include "cs-thresholds.h"
#include "cs-word-folding.h"
#include "cs-word-sieve.h"

#include <string.h>

/* Longer lines are data. */
#define MAX_LINE 300

typedef struct
{
  CsBlock *block;
  CsClassified *classified;
  GPtrArray *facts;
  guint opener;             /* line of the compound command at hand; 0: none, a function, a loop */
  const char *opening;      /* its text */
  guint next;               /* the first line below the expectation that was looked at last */
  const CsShellLine *above; /* the last command above it; NULL: none */
} Finder;

static CsFact *
add (Finder *self, CsFactKind kind, guint line, const char *text, const char *source)
{
  CsFact *fact = cs_fact_new (kind, line, text);

  cs_fact_set_literal (fact, "source", source);
  g_ptr_array_add (self->facts, fact);
  return fact;
}

static void
take_comment (Finder *self, guint line, const char *words)
{
  gsize length = strlen (words);
  CsConditionKind kind = cs_heading_may_be_option (words, length)
                           ? cs_condition_of_comment (words, length)
                           : CS_CONDITION_NONE;
  g_autofree char *lower = NULL;

  if (kind == CS_CONDITION_OR || kind == CS_CONDITION_OPTION)
    add (self, CS_FACT_ALTERNATIVE, line, words, "comment");
  if (!cs_decision_may_be_gate (cs_source_get_line_bytes (self->classified->source, line)))
    return;
  lower = cs_lower_words (words, -1);
  if (cs_decision_is_gate (lower))
    add (self, CS_FACT_DECISION, line, words, "comment");
}

/* Where a command ends the script as failed; NULL if it does not. */
static const char *
find_failing_exit (const char *start, const char *end)
{
  for (const char *p = start; (p = cs_bytes_find (p, (gsize) (end - p), "exit ", 5)) != NULL;
       p += 5)
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

  return cs_bytes_hold (start, (gsize) (stop - start), "()") ||
         cs_bytes_begin (start, "function ") || cs_bytes_begin (start, "for ") ||
         cs_bytes_begin (start, "while ") || cs_bytes_begin (start, "until ");
}

/* "exit 1": the author stops here where something is as it must not be; told by the line that
 * asks, or by itself. */
static void
take_exit (Finder *self, const CsShellLine *line, guint number)
{
  const char *start = self->classified->raw + line->start;
  const char *end = self->classified->raw + line->body;
  g_autofree char *text = NULL;

  if (!line->nested)
    {
      self->opener = is_function_or_loop (start, end) ? 0 : number;
      self->opening = start;
    }
  if (find_failing_exit (start, end) == NULL || self->opener == 0)
    return;
  text = g_strndup (self->opening, strcspn (self->opening, "\n"));
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
      cs_fact_set_literal (fact, "severity", strcmp (op, "==") == 0 ? "target" : "warning");
      cs_fact_set_string (fact, "metric", name);
      cs_fact_set_literal (fact, "op", op);
      cs_fact_set_number (fact, "value", value);
      cs_fact_set_literal (fact, "unit", "count");
      return;
    }
}

static void
take_command_test (Finder *self, const char *start, const char *end, guint number)
{
  const char *newline = memchr (start, '\n', (gsize) (end - start));
  g_autofree char *text = NULL;

  end = newline != NULL ? newline : end;
  if (end - start > MAX_LINE || !(cs_bytes_begin (start, "if ") ||
                                  cs_bytes_begin (start, "elif ") || *start == '[' ||
                                  cs_bytes_begin (start, "test ")))
    return;
  text = g_strndup (start, (gsize) (end - start));
  take_test (self, text, number);
}

/* "#!/bin/bash", "#!/usr/bin/env -S bash -e" */
static gboolean
begins_shell_script (const char *text)
{
  g_autofree char *line = g_strndup (text, strcspn (text, "\n"));
  g_auto (GStrv) words = g_strsplit_set (line, " /", -1);

  if (!cs_bytes_begin (line, "#!"))
    return FALSE;
  for (char **word = words; *word != NULL; word++)
    {
      if (strcmp (*word, "sh") == 0 || strcmp (*word, "bash") == 0 || strcmp (*word, "dash") == 0 ||
          strcmp (*word, "ksh") == 0 || strcmp (*word, "zsh") == 0)
        return TRUE;
    }
  return FALSE;
}

/* What a script that is written to a file here takes for an alarm: whoever runs it later hears of
 * it by this runbook. Of what else is written somewhere, nothing is said. */
static void
take_written_script (Finder *self, const CsShellLine *line, guint number)
{
  const char *body = self->classified->raw + line->body;
  const char *end = self->classified->raw + line->end;
  g_autofree char *script = NULL;
  g_autoptr (GArray) lines = NULL;

  if (end - body < 4 || memcmp (body, "\n#!", 3) != 0)
    return;
  for (const char *p = self->classified->raw + line->start; p <= body; p++)
    number += *p == '\n' ? 1 : 0;
  script = g_strndup (body + 1, (gsize) (end - body - 1));
  if (!begins_shell_script (script))
    return;
  lines = cs_shell_scan (script, FALSE);
  for (guint i = 0; i < lines->len; i++)
    {
      const CsShellLine *at = &g_array_index (lines, CsShellLine, i);

      if (at->kind == CS_SHELL_COMMAND)
        take_command_test (self, script + at->start, script + at->body, number + at->first);
    }
}

static void
take_command (Finder *self, const CsShellLine *line, guint number)
{
  take_exit (self, line, number);
  take_command_test (self, self->classified->raw + line->start, self->classified->raw + line->body,
                     number);
  take_written_script (self, line, number);
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

/* Whether what stands above a line reads how something is set: what that should be is no bound on
 * anything that is measured. */
static gboolean
reads_setting (Finder *self, guint line)
{
  static const char *const WORDS[] = { "config(", "config:get", "config get", "config --get",
                                       "CONFIG GET", "getenv", "printenv", "get-config",
                                       "settings get", "environ[", "environ.get", "sysctl ",
                                       "SHOW VARIABLES", "show variables", "process.env" };
  static CsWordSieve readers = CS_WORD_SIEVE (WORDS);
  const CsShellLine *above;
  const char *text;
  gsize length;

  for (; self->next < self->classified->commands->len; self->next++)
    {
      const CsShellLine *at = &g_array_index (self->classified->commands, CsShellLine, self->next);

      if (self->classified->first_line + at->first >= line)
        break;
      if (at->kind == CS_SHELL_COMMAND || at->kind == CS_SHELL_REPL)
        self->above = at;
    }
  above = self->above;
  if (above == NULL || above->end - above->start > MAX_LINE)
    return FALSE;
  text = self->classified->raw + above->start;
  length = above->end - above->start;
  return cs_word_sieve_holds_in (&readers, text, length, cs_bytes_of (text, length));
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
        cs_thresholds_find_expected (mark->text, mark->line,
                                     !reads_setting (self, mark->line), self->facts);
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
 * writes somewhere says nothing of this runbook, unless it is a shell script.
 */
void
cs_code_facts_find (CsBlock *block, CsClassified *classified, GPtrArray *facts)
{
  Finder self = { block, classified, facts, 0, NULL, 0, NULL };

  if (block->kind == CS_BLOCK_COMMAND && classified->commands != NULL)
    take_script (&self);
  else if (block->kind == CS_BLOCK_FILE)
    take_file_comments (&self);
  if (block->kind == CS_BLOCK_COMMAND || block->kind == CS_BLOCK_EXPECTED)
    take_expectations (&self);
}
