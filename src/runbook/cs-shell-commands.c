/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of a shell script: words, operators, and the parentheses that are none (patterns of
 * case, arrays). */

#include "cs-shell-flows.h"
#include "cs-shell-level.h"
#include "cs-shell-words.h"

#include <string.h>

static gboolean walk_level (CsShellWalk *walk, CsShellEnd end, CsShellLevel *outer);
static gboolean walk_list (CsShellWalk *self);

static gboolean
walk_word_slot (CsShellWalk *walk, gsize start, gboolean assignable)
{
  guint first = walk->uses->len;
  gboolean index = assignable && cs_shell_word_is_in_index (walk, start);

  return cs_shell_walk_word_slot (walk) &&
         (!index || cs_shell_walk_need_plain (walk, first, "an index is reckoned with"));
}

/* A parenthesis in or behind a word: an array, a pattern; FALSE: neither. */
static gboolean
opens_list (CsShellWalk *walk, gsize start)
{
  char before = walk->pos > start ? walk->text[walk->pos - 1] : '\0';

  if (before == '=')
    return TRUE;
  return before != '\0' && strchr ("?*+@!", before) != NULL &&
         !(before == '!' && walk->pos == start + 1);
}

/* Sets *good to FALSE where something is wrong; returns whether the word goes on. */
static gboolean
walk_word_part (CsShellWalk *walk, gsize start, gboolean assignable, gboolean *good)
{
  char c = walk->text[walk->pos];
  gsize from = walk->pos;

  if (cs_shell_walk_at_slot (walk))
    *good = walk_word_slot (walk, start, assignable);
  else if (c == '\\')
    *good = cs_shell_walk_escape (walk);
  else if (c == '\'')
    *good = cs_shell_walk_single (walk);
  else if (c == '"')
    *good = cs_shell_walk_double (walk);
  else if (c == '$')
    {
      char next = cs_shell_walk_peek (walk, 1);

      *good = cs_shell_walk_dollar (walk, FALSE);
      if (strchr ("('\"", next) == NULL)
        g_string_append_len (walk->bare, walk->text + from, (gssize) (walk->pos - from));
    }
  else if (c == '`')
    *good = cs_shell_walk_backquote (walk, FALSE, walk->parameter > 0);
  else if (c == '(' && opens_list (walk, start))
    *good = walk_list (walk);
  else if (strchr (" \t\n;&|<>()", c) != NULL)
    return FALSE;
  else
    *good = cs_shell_walk_advance (walk, 1);
  return *good;
}

/* From ( to ): words, without commands. */
static gboolean
walk_list (CsShellWalk *self)
{
  gsize opening = self->pos;
  gboolean good = cs_shell_walk_enter (self) && cs_shell_walk_advance (self, 1);

  while (good && self->pos < self->end)
    {
      gsize start = self->pos;
      char c = self->text[self->pos];
      char before = self->text[self->pos - 1];

      if (!cs_shell_walk_at_slot (self) && c == ')')
        {
          self->depth--;
          return cs_shell_walk_advance (self, 1);
        }
      if (!cs_shell_walk_at_slot (self) && c == '(')
        good = walk_list (self);
      else if (!cs_shell_walk_at_slot (self) && c == '#' && strchr (" \t\n", before) != NULL)
        good = cs_shell_walk_comment (self);
      else if (!cs_shell_walk_at_slot (self) && strchr (" \t\n;&|<>", c) != NULL)
        good = cs_shell_walk_advance (self, 1);
      else
        while (self->pos < self->end && walk_word_part (self, start, TRUE, &good))
          ;
    }
  self->depth--;
  return good && cs_shell_walk_fail (self, opening, "a parenthesis is never closed");
}

/* A command that is nothing but a value would be whatever the value says. */
static gboolean
check_command (CsShellLevel *self, gsize start, guint first_use)
{
  CsShellWalk *walk = self->walk;
  const CsShellSlot *slot;
  gsize from = start;
  gsize to = walk->pos;

  if (walk->uses->len == first_use)
    return TRUE;
  slot = g_array_index (walk->uses, CsShellUse, first_use).slot;
  while (from < to && strchr ("\"'", walk->text[from]) != NULL)
    from++;
  while (to > from && strchr ("\"'", walk->text[to - 1]) != NULL)
    to--;
  if (slot->start != from || slot->end != to)
    return TRUE;
  return cs_shell_walk_fail (walk, start, "a value stands where the command's name has to be");
}

/* A value must not become an option of the command (`rm -rf`, `git --upload-pack=…`). */
static gboolean
check_operand (CsShellLevel *self, const CsShellSlot *leading)
{
  if (leading == NULL || *leading->value != '-' || self->operands)
    return TRUE;
  return cs_shell_walk_fail_slot (self->walk, leading,
                                  "it begins with a dash, so that the program would take it for an "
                                  "option; write -- before it, or a value without the dash");
}

/* Takes down which variables a word sets, and what becomes of those that it uses. */
static void
follow_word (CsShellLevel *self, gsize start, guint first_use, gboolean command, gsize bare)
{
  CsShellWalk *walk = self->walk;
  const char *text = walk->text + start;
  gsize length = walk->pos - start;
  gsize name = 0;

  if (cs_shell_word_is_assignment (walk, start))
    {
      while (g_ascii_isalnum (text[name]) || text[name] == '_')
        name++;
      cs_shell_flows_bind (walk->flows, text, name, walk->uses, first_use,
                           text[name] == '[' ||
                             cs_shell_word_assigns_leading_value (walk, start + name, first_use),
                           text, length);
      if (text[name] == '[' || memmem (text, length, "([", 2) != NULL)
        cs_shell_walk_read (walk, CS_SHELL_READING_NUMBER, start + name);
      return;
    }
  if (self->loop_length > 0)
    cs_shell_flows_bind (walk->flows, walk->text + self->loop, self->loop_length, walk->uses,
                         first_use, TRUE, text, length);
  else if (!command)
    cs_shell_flows_bind_argument (walk->flows, walk->uses, first_use, text, length);
  if (command && cs_shell_word_is_variable (walk, start))
    cs_shell_walk_read (walk, CS_SHELL_READING_COMMAND, start);
  if (self->condition)
    return;
  if (walk->bare->len > bare)
    cs_shell_flows_read (walk->flows, CS_SHELL_READING_WORDS,
                         cs_shell_walk_get_line (walk), walk->bare->str + bare,
                         walk->bare->len - bare);
  if (!command && !self->operands && self->loop_length == 0 &&
      cs_shell_word_begins_with_variable (walk, start))
    cs_shell_walk_read_first (walk, CS_SHELL_READING_OPERAND, start);
}

static gboolean
walk_word (CsShellLevel *self)
{
  CsShellWalk *walk = self->walk;
  gsize start = walk->pos;
  guint first_use = walk->uses->len;
  gboolean command = self->command && !self->redirect;
  const CsShellSlot *leading = cs_shell_word_leading_slot (walk);
  gboolean good = TRUE, naming = self->naming;
  gsize bare = walk->bare->len;

  if (strchr ("<>", walk->text[start]) != NULL && !cs_shell_walk_at_slot (walk))
    good = cs_shell_walk_advance (walk, 2) && walk_level (walk, CS_SHELL_CLOSING_PARENTHESIS, NULL);
  while (good && walk->pos < walk->end && walk_word_part (walk, start, command, &good))
    ;
  if (!good)
    return FALSE;
  self->after_pipe = FALSE;
  self->after_for = FALSE;
  self->naming = FALSE;
  if (self->redirect)
    {
      self->redirect = FALSE;
      cs_shell_reader_see_target (&self->reader, walk->text + start, walk->pos - start);
      g_string_truncate (walk->bare, bare);
      return TRUE;
    }
  if (cs_shell_level_take_case_word (self, start, &good) ||
      (command && cs_shell_level_take_keyword (self, start, &good)))
    {
      g_string_truncate (walk->bare, bare);
      return good;
    }
  if (naming)
    {
      self->loop = start;
      self->loop_length = walk->pos - start;
      return TRUE;
    }
  follow_word (self, start, first_use, command, bare);
  g_string_truncate (walk->bare, bare);
  if (cs_shell_word_is (walk, start, "]]"))
    self->condition = FALSE;
  cs_shell_reader_see_word (&self->reader, walk->text + start, walk->pos - start);
  self->operands = !command && (self->operands || cs_shell_word_is (walk, start, "--"));
  if (!command && !check_operand (self, leading))
    return FALSE;
  if (!command || cs_shell_word_is_assignment (walk, start))
    return TRUE;
  self->condition = cs_shell_word_is (walk, start, "[[");
  self->command = FALSE;
  if (cs_shell_word_is (walk, start, "set"))
    cs_shell_flows_see_function (walk->flows);
  return check_command (self, start, first_use);
}

static gboolean
walk_parenthesis (CsShellLevel *self)
{
  CsShellWalk *walk = self->walk;

  if (cs_shell_level_in_case (self, CS_SHELL_CASE_PATTERN))
    return cs_shell_walk_advance (walk, 1);
  if (cs_shell_walk_peek (walk, 1) == '(' && (self->command || self->after_for))
    {
      self->after_for = self->command = FALSE;
      return cs_shell_walk_arithmetic (walk, 2);
    }
  if (cs_shell_walk_peek (walk, 1) == ')')
    {
      cs_shell_flows_see_function (walk->flows);
      self->command = TRUE; /* name () { … } */
      return cs_shell_walk_advance (walk, 2);
    }
  self->command = FALSE;
  if (!cs_shell_walk_advance (walk, 1) || !walk_level (walk, CS_SHELL_CLOSING_PARENTHESIS, self))
    return FALSE;
  self->own_documents = MIN (self->own_documents, self->documents->len);
  return TRUE;
}

static gboolean
walk_closing_parenthesis (CsShellLevel *self)
{
  if (cs_shell_level_in_case (self, CS_SHELL_CASE_PATTERN))
    {
      cs_shell_level_set_case (self, CS_SHELL_CASE_BODY);
      self->command = TRUE;
    }
  else if (self->end == CS_SHELL_CLOSING_PARENTHESIS && self->cases->len == 0)
    self->done = TRUE;
  else
    return cs_shell_walk_fail (self->walk, self->walk->pos, "a ) has no (");
  return cs_shell_walk_advance (self->walk, 1);
}

/* ; & | and what begins with them. */
static gboolean
walk_operator (CsShellLevel *self)
{
  CsShellWalk *walk = self->walk;
  char c = cs_shell_walk_peek (walk, 0);
  char next = cs_shell_walk_peek (walk, 1);

  if (c == '&' && next == '>')
    {
      walk->pos++;
      return cs_shell_level_walk_redirection (self);
    }
  if (self->condition || cs_shell_level_in_case (self, CS_SHELL_CASE_PATTERN))
    return cs_shell_walk_advance (walk, 1);
  self->command = TRUE;
  self->loop_length = 0;
  if (c == '|' && next != '|')
    {
      self->reader.input = TRUE;
      self->after_pipe = TRUE;
      return cs_shell_walk_advance (walk, next == '&' ? 2 : 1);
    }
  if (!cs_shell_level_end_pipeline (self))
    return FALSE;
  if (c == ';' && (next == ';' || next == '&'))
    {
      if (cs_shell_level_in_case (self, CS_SHELL_CASE_BODY))
        cs_shell_level_set_case (self, CS_SHELL_CASE_PATTERN);
      return cs_shell_walk_advance (walk, cs_shell_walk_peek (walk, 2) == '&' ? 3 : 2);
    }
  return cs_shell_walk_advance (walk, next == c && c != ';' ? 2 : 1);
}

static gboolean
walk_newline (CsShellLevel *self)
{
  if (!cs_shell_walk_advance (self->walk, 1) || !cs_shell_level_read_documents (self))
    return FALSE;
  if (self->after_pipe || self->condition)
    return TRUE;
  self->loop_length = 0;
  self->command = TRUE;
  return cs_shell_level_end_pipeline (self);
}

static gboolean
walk_next (CsShellLevel *self)
{
  CsShellWalk *walk = self->walk;
  char c = walk->text[walk->pos];
  char before = walk->pos > 0 ? walk->text[walk->pos - 1] : '\n';

  if (cs_shell_walk_at_slot (walk))
    return walk_word (self);
  if (c == ' ' || c == '\t')
    return cs_shell_walk_advance (walk, 1);
  if (c == '\\' && cs_shell_walk_peek (walk, 1) == '\n')
    return cs_shell_walk_escape (walk);
  if (c == '\n')
    return walk_newline (self);
  if (c == '#' && strchr (" \t\n;&|()<>", before) != NULL)
    return cs_shell_walk_comment (walk);
  if (strchr (";&|", c) != NULL)
    return walk_operator (self);
  if (c == '(')
    return walk_parenthesis (self);
  if (c == ')')
    return walk_closing_parenthesis (self);
  if ((c == '<' || c == '>') && cs_shell_walk_peek (walk, 1) != '(')
    return cs_shell_level_walk_redirection (self);
  return walk_word (self);
}

/* outer: for ( … ), whose here-documents may begin behind it. */
static gboolean
walk_level (CsShellWalk *walk, CsShellEnd end, CsShellLevel *outer)
{
  CsShellLevel self = { .walk = walk, .end = end, .command = TRUE };
  gsize opening = walk->pos;
  gboolean good = cs_shell_walk_enter (walk);

  self.cases = g_array_new (FALSE, FALSE, sizeof (CsShellCaseState));
  self.compounds = g_array_new (FALSE, FALSE, sizeof (CsShellPipeline));
  self.documents = outer != NULL ? g_ptr_array_ref (outer->documents)
                                 : g_ptr_array_new_with_free_func (cs_shell_level_free_document);
  self.pipeline = (CsShellPipeline){ walk->uses->len, walk->pos };
  self.own_documents = self.documents->len;
  while (good && !self.done && walk->pos < walk->end)
    good = walk_next (&self);
  walk->depth--;
  good = good && cs_shell_level_end_pipeline (&self);
  if (good && end == CS_SHELL_CLOSING_PARENTHESIS && !self.done)
    good = cs_shell_walk_fail (walk, opening, "a parenthesis is never closed");
  if (good && outer == NULL && self.documents->len > 0)
    good = cs_shell_walk_fail (walk, opening, "a here-document has no lines");
  if (good && self.cases->len > 0)
    good = cs_shell_walk_fail (walk, opening, "a case has no esac");
  g_array_unref (self.cases);
  g_array_unref (self.compounds);
  g_ptr_array_unref (self.documents);
  return good;
}

gboolean
cs_shell_walk_commands (CsShellWalk *self, CsShellEnd end)
{
  return walk_level (self, end, NULL);
}
