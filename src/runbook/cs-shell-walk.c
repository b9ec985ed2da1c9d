/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes and expansions of a shell script, and what is put into them. POSIX.1-2017, XCU chapter 2,
 * and what bash adds to it. Where the two read a text differently, nothing is put in. */

#include "cs-shell-walk.h"

#include "cs-error.h"
#include "cs-shell-flows.h"
#include "cs-shell-quoting.h"

#include <string.h>

#define MAX_DEPTH 100

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

static const CsShellSlot *
next_slot (CsShellWalk *self)
{
  return self->next < self->slots->len
           ? &g_array_index (self->slots, CsShellSlot, self->next)
           : NULL;
}

static guint
line_at (CsShellWalk *self, gsize at)
{
  gboolean forward = at >= self->counted;
  gsize from = forward ? self->counted : 0;
  guint line = forward ? self->counted_line : self->line;

  for (gsize i = from; i < at; i++)
    line += self->text[i] == '\n';
  if (forward)
    {
      self->counted = at;
      self->counted_line = line;
    }
  return line;
}

gboolean
cs_shell_walk_fail (CsShellWalk *self, gsize at, const char *reason)
{
  if (*self->error == NULL)
    g_set_error (self->error, CS_ERROR, CS_ERROR_INVALID,
                 "The values can't be put into the command: in its line %u, %s",
                 line_at (self, at), reason);
  return FALSE;
}

gboolean
cs_shell_walk_fail_slot (CsShellWalk *self, const CsShellSlot *slot, const char *reason)
{
  if (*self->error == NULL)
    g_set_error (self->error, CS_ERROR, CS_ERROR_INVALID,
                 "The value of %s can't be put into line %u of the command: %s",
                 slot->text, line_at (self, slot->start), reason);
  return FALSE;
}

gboolean
cs_shell_walk_at_slot (CsShellWalk *self)
{
  const CsShellSlot *slot = next_slot (self);

  return slot != NULL && slot->start == self->pos;
}

char
cs_shell_walk_peek (CsShellWalk *self, gsize offset)
{
  const CsShellSlot *slot = next_slot (self);

  if (self->pos + offset >= self->end || (slot != NULL && slot->start <= self->pos + offset))
    return '\0';
  return self->text[self->pos + offset];
}

/* What is part of the language can't be part of a slot. */
gboolean
cs_shell_walk_advance (CsShellWalk *self, gsize n)
{
  const CsShellSlot *slot = next_slot (self);

  if (slot != NULL && slot->start < self->pos + n)
    return cs_shell_walk_fail_slot (self, slot, "it stands inside a sign of the shell");
  self->pos = MIN (self->pos + n, self->end);
  return TRUE;
}

void
cs_shell_walk_flush (CsShellWalk *self)
{
  g_string_append_len (self->out, self->text + self->copied, (gssize) (self->pos - self->copied));
  self->copied = self->pos;
}

void
cs_shell_walk_read (CsShellWalk *self, guint reading, gsize from)
{
  cs_shell_flows_read (self->flows, reading, line_at (self, self->pos), self->text + from,
                       self->pos - from);
}

/* Only of the variable that a word begins with. */
void
cs_shell_walk_read_first (CsShellWalk *self, guint reading, gsize from)
{
  gsize end;

  while (from < self->pos && self->text[from] == '"')
    from++;
  for (end = from + 1; end < self->pos && (is_name (self->text[end]) ||
                                           strchr ("{@*", self->text[end]) != NULL);)
    end++;
  cs_shell_flows_read (self->flows, reading, line_at (self, self->pos), self->text + from,
                       end - from);
}

guint
cs_shell_walk_get_line (CsShellWalk *self)
{
  return line_at (self, self->pos);
}

gboolean
cs_shell_walk_need_plain (CsShellWalk *self, guint first_use, const char *reason)
{
  for (guint i = first_use; i < self->uses->len; i++)
    {
      const CsShellUse *use = &g_array_index (self->uses, CsShellUse, i);

      if (cs_shell_is_plain (use->slot->value))
        continue;
      if (*self->error == NULL)
        g_set_error (self->error, CS_ERROR, CS_ERROR_INVALID,
                     "The value of %s can't be put into line %u of the command: %s, so that it may "
                     "hold only letters, digits and _ - . / : @ %% + , ^ there",
                     use->slot->text, use->line, reason);
      return FALSE;
    }
  return TRUE;
}

/* <<- takes tabs away from the beginning of lines, of quotes inside $(…) as well. */
static gboolean
is_stripped (CsShellWalk *self, const CsShellSlot *slot)
{
  return self->stripped > 0 && (*slot->value == '\t' || strchr (slot->value, '\n') != NULL);
}

/* Leaves the slot behind; what is written for it comes from the caller. */
static const CsShellSlot *
enter_slot (CsShellWalk *self)
{
  const CsShellSlot *slot = next_slot (self);
  CsShellUse use = { slot, line_at (self, slot->start) };

  if (self->arithmetic > 0 && !cs_shell_is_number (slot->value))
    {
      cs_shell_walk_fail_slot (
        self, slot, "it is reckoned with there, so that it must be a whole number");
      return NULL;
    }
  if (is_stripped (self, slot))
    {
      cs_shell_walk_fail_slot (
        self, slot, "it stands inside <<-, which may take away tabs; write << instead");
      return NULL;
    }
  g_array_append_val (self->uses, use);
  if (self->parameter > 0 &&
      !cs_shell_walk_need_plain (self, self->uses->len - 1, "it stands inside ${…}"))
    return NULL;
  cs_shell_walk_flush (self);
  self->pos = self->copied = slot->end;
  self->next++;
  return slot;
}

gboolean
cs_shell_walk_word_slot (CsShellWalk *self)
{
  const CsShellSlot *slot = enter_slot (self);

  if (slot != NULL)
    cs_shell_quote_word (self->out, slot->value, self->bodies > 0);
  return slot != NULL;
}

/* In a here-document. */
gboolean
cs_shell_walk_document_slot (CsShellWalk *self, const CsShellDocument *document, gboolean only_tabs)
{
  gboolean after_variable = self->variable_end == self->pos;
  guint stripped = self->stripped;
  const CsShellSlot *slot;

  if (document->quoted && self->bodies > 0 && strchr (next_slot (self)->value, '\\') != NULL)
    return cs_shell_walk_fail_slot (self, next_slot (self),
                                    "a backslash would be lost in a here-document inside another");
  if (!document->quoted)
    self->stripped = 0; /* no line of it will begin with a tab */
  slot = enter_slot (self);
  self->stripped = stripped;
  if (slot == NULL)
    return FALSE;
  if (document->quoted)
    g_string_append (self->out, slot->value);
  else
    {
      if (after_variable)
        g_string_append (self->out, CS_SHELL_NOTHING);
      cs_shell_quote_document (self->out, slot->value, document->delimiter, document->strip_tabs,
                               only_tabs);
    }
  return TRUE;
}

/* In text that is read once more for expansions, `$name` must not grow into the value. */
static const CsShellSlot *
enter_expanded_slot (CsShellWalk *self)
{
  gboolean after_variable = self->variable_end == self->pos;
  const CsShellSlot *slot = enter_slot (self);

  if (slot != NULL && after_variable)
    g_string_append (self->out, CS_SHELL_NOTHING);
  return slot;
}

/* A backslash, and what it takes along. */
gboolean
cs_shell_walk_escape (CsShellWalk *self)
{
  gsize at = self->pos;
  char before = at > 0 ? self->text[at - 1] : '\0';
  gboolean in_variable = self->variable_end == at;
  char after;

  if (at + 1 < self->end && cs_shell_walk_peek (self, 1) == '\0')
    return cs_shell_walk_fail_slot (self, next_slot (self), "a backslash stands right before it");
  if (cs_shell_walk_peek (self, 1) != '\n')
    return cs_shell_walk_advance (self, 2);
  after = at + 2 < self->end ? self->text[at + 2] : '\0';
  if (before == '$' || (in_variable && is_name (after)) ||
      (before != '\0' && strchr ("<>&|;(", before) != NULL && after != '\0' &&
       strchr ("<>&|;()\\", after) != NULL))
    return cs_shell_walk_fail (self, at, "a sign of the shell is cut in two by the line's end");
  if (!cs_shell_walk_advance (self, 2))
    return FALSE;
  if (in_variable)
    self->variable_end = self->pos;
  return TRUE;
}

gboolean
cs_shell_walk_comment (CsShellWalk *self)
{
  while (self->pos < self->end && (cs_shell_walk_at_slot (self) || self->text[self->pos] != '\n'))
    {
      const CsShellSlot *slot;

      if (!cs_shell_walk_at_slot (self))
        {
          self->pos++;
          continue;
        }
      slot = enter_slot (self);
      if (slot == NULL)
        return FALSE;
      cs_shell_quote_comment (self->out, slot->value);
    }
  return TRUE;
}

gboolean
cs_shell_walk_single (CsShellWalk *self)
{
  gsize opening = self->pos;
  const char *close;

  if (!cs_shell_walk_advance (self, 1))
    return FALSE;
  close = memchr (self->text + self->pos, '\'', self->end - self->pos);
  if (close == NULL)
    return cs_shell_walk_fail (self, opening, "a single quote is never closed");
  while (next_slot (self) != NULL && next_slot (self)->start < (gsize) (close - self->text))
    {
      const CsShellSlot *slot;

      self->pos = next_slot (self)->start;
      slot = enter_slot (self);
      if (slot == NULL)
        return FALSE;
      cs_shell_quote_single (self->out, slot->value, self->bodies > 0);
    }
  self->pos = MAX (self->pos, (gsize) (close - self->text));
  return cs_shell_walk_advance (self, 1);
}

static gboolean
walk_ansi (CsShellWalk *self)
{
  gsize opening = self->pos;

  if (!cs_shell_walk_advance (self, 2))
    return FALSE;
  while (self->pos < self->end)
    {
      if (cs_shell_walk_at_slot (self))
        {
          const CsShellSlot *slot = enter_slot (self);

          if (slot == NULL)
            return FALSE;
          cs_shell_quote_ansi (self->out, slot->value);
        }
      else if (self->text[self->pos] == '\'')
        return cs_shell_walk_advance (self, 1);
      else if (!(self->text[self->pos] == '\\' ? cs_shell_walk_escape (self)
                                               : cs_shell_walk_advance (self, 1)))
        return FALSE;
    }
  return cs_shell_walk_fail (self, opening, "a quote ($') is never closed");
}

/* Each quote and bracket is entered so, and left by taking one off the depth. */
gboolean
cs_shell_walk_enter (CsShellWalk *self)
{
  return ++self->depth <= MAX_DEPTH ||
         cs_shell_walk_fail (self, self->pos, "quotes and brackets are nested too deep");
}

gboolean
cs_shell_walk_double (CsShellWalk *self)
{
  gsize opening = self->pos;
  gboolean good = cs_shell_walk_enter (self) && cs_shell_walk_advance (self, 1);

  while (good && self->pos < self->end)
    {
      char c = self->text[self->pos];

      if (cs_shell_walk_at_slot (self))
        {
          const CsShellSlot *slot = enter_expanded_slot (self);

          if (slot != NULL)
            cs_shell_quote_double (self->out, slot->value);
          good = slot != NULL;
        }
      else if (c == '"')
        {
          self->depth--;
          return cs_shell_walk_advance (self, 1);
        }
      else if (c == '\\')
        good = cs_shell_walk_escape (self);
      else if (c == '$')
        good = cs_shell_walk_dollar (self, TRUE);
      else if (c == '`')
        good = cs_shell_walk_backquote (self, TRUE, self->parameter > 0 || self->arithmetic > 0);
      else
        good = cs_shell_walk_advance (self, 1);
    }
  self->depth--;
  return good && cs_shell_walk_fail (self, opening, "a double quote is never closed");
}

/* $name: a placeholder's text in it is a part of the name. */
static gboolean
walk_name (CsShellWalk *self)
{
  gsize end = self->pos;

  while (end < self->end && is_name (self->text[end]))
    end++;
  while (next_slot (self) != NULL && next_slot (self)->start < end)
    {
      if (next_slot (self)->end > end)
        return cs_shell_walk_fail_slot (self, next_slot (self),
                                        "it begins inside the name of a variable");
      self->next++;
    }
  self->pos = end;
  return TRUE;
}

/* How ${name… goes on: whether a default follows, in which a single quote is no quote where the
 * whole stands in double quotes. */
static gboolean
walk_parameter_name (CsShellWalk *self, gboolean *is_default)
{
  gsize colon;

  if (self->pos + 1 < self->end && strchr ("#!", self->text[self->pos]) != NULL &&
      (is_name (self->text[self->pos + 1])))
    self->pos++;
  if (self->pos < self->end && strchr ("@*#?$!-", self->text[self->pos]) != NULL)
    self->pos++;
  else if (cs_shell_walk_at_slot (self) && !is_name (self->text[self->pos]))
    return cs_shell_walk_fail_slot (self, next_slot (self), "it would be the name of a variable");
  else if (!walk_name (self))
    return FALSE;
  colon = cs_shell_walk_peek (self, 0) == ':' ? 1 : 0;
  *is_default = cs_shell_walk_peek (self, colon) != '\0' &&
                strchr ("-=+?", cs_shell_walk_peek (self, colon)) != NULL;
  return TRUE;
}

static gboolean
walk_parameter_part (CsShellWalk *self, gboolean quoted, gboolean is_default)
{
  char c = self->text[self->pos];

  if (cs_shell_walk_at_slot (self))
    {
      gboolean after_variable = self->variable_end == self->pos;
      const CsShellSlot *slot = next_slot (self);

      if (after_variable)
        return cs_shell_walk_fail_slot (self, slot,
                                        "it stands right behind a variable inside ${…}");
      slot = enter_slot (self);
      if (slot != NULL)
        g_string_append (self->out, slot->value);
      return slot != NULL;
    }
  if (c == '\\')
    return cs_shell_walk_escape (self);
  if (c == '\'' && !quoted)
    return cs_shell_walk_single (self);
  if (c == '\'' && !is_default)
    return cs_shell_walk_fail (self, self->pos, "shells differ about a single quote in \"${…}\"");
  if (c == '"')
    return cs_shell_walk_double (self);
  if (c == '$' && quoted && cs_shell_walk_peek (self, 1) == '\'')
    return cs_shell_walk_fail (self, self->pos, "shells read $' in \"${…}\" differently");
  if (c == '$')
    return cs_shell_walk_dollar (self, quoted);
  if (c == '`')
    return cs_shell_walk_backquote (self, quoted, TRUE);
  return cs_shell_walk_advance (self, 1);
}

/* ${a[i]}, ${a:i}: reckoned with; ${!name}, ${name@P}: read once more. */
static void
read_parameter (CsShellWalk *self, gsize opening)
{
  gsize name = opening + 2;

  if (name < self->pos && self->text[name] == '!')
    {
      cs_shell_walk_read (self, CS_SHELL_READING_NUMBER, name);
      return;
    }
  while (name < self->pos && is_name (self->text[name]))
    name++;
  if (name < self->pos && self->text[name] == '@')
    cs_shell_walk_read (self, CS_SHELL_READING_NUMBER, opening);
  else if (name + 1 < self->pos &&
           (self->text[name] == '[' ||
            (self->text[name] == ':' && strchr ("-=+?", self->text[name + 1]) == NULL)))
    cs_shell_walk_read (self, CS_SHELL_READING_NUMBER, name);
}

static gboolean
walk_parameter (CsShellWalk *self, gboolean quoted)
{
  gsize opening = self->pos;
  gboolean is_default = FALSE;
  gboolean good = cs_shell_walk_enter (self) && cs_shell_walk_advance (self, 2) &&
                  walk_parameter_name (self, &is_default);

  self->parameter++;
  while (good && self->pos < self->end && cs_shell_walk_peek (self, 0) != '}')
    good = walk_parameter_part (self, quoted, is_default);
  self->depth--;
  self->parameter--;
  if (good && self->pos >= self->end)
    return cs_shell_walk_fail (self, opening, "${ is never closed");
  read_parameter (self, opening);
  return good && cs_shell_walk_advance (self, 1);
}

gboolean
cs_shell_walk_arithmetic (CsShellWalk *self, gsize opening)
{
  gsize at = self->pos;
  guint parentheses = 2;
  gboolean good = cs_shell_walk_enter (self) && cs_shell_walk_advance (self, opening);

  self->arithmetic++;
  while (good && parentheses > 0 && self->pos < self->end)
    {
      char c = cs_shell_walk_peek (self, 0);

      if (cs_shell_walk_at_slot (self))
        {
          const CsShellSlot *slot = enter_slot (self);

          good = slot != NULL;
          if (good)
            g_string_append_printf (self->out, " %s ", slot->value);
        }
      else if (c == '\\')
        good = cs_shell_walk_escape (self);
      else if (c == '"')
        good = cs_shell_walk_double (self);
      else if (c == '\'')
        good = cs_shell_walk_fail (self, self->pos, "a single quote stands inside ((…))");
      else if (c == '$')
        good = cs_shell_walk_dollar (self, TRUE);
      else if (c == '`')
        good = cs_shell_walk_backquote (self, TRUE, TRUE);
      else
        {
          parentheses += c == '(' ? 1 : 0;
          parentheses -= c == ')' ? 1 : 0;
          if (c == ')' && parentheses == 1 && cs_shell_walk_peek (self, 1) != ')')
            good = cs_shell_walk_fail (self, at, "(( is not closed by )); write ( ( for commands");
          good = good && cs_shell_walk_advance (self, 1);
        }
    }
  self->depth--;
  self->arithmetic--;
  cs_shell_walk_read (self, CS_SHELL_READING_NUMBER, at);
  return good && (parentheses == 0 || cs_shell_walk_fail (self, at, "(( is never closed"));
}

/* $(…): commands of their own; here-documents begin and end inside. */
static gboolean
walk_substitution (CsShellWalk *self)
{
  return cs_shell_walk_advance (self, 2) &&
         cs_shell_walk_commands (self, CS_SHELL_CLOSING_PARENTHESIS);
}

gboolean
cs_shell_walk_dollar (CsShellWalk *self, gboolean quoted)
{
  const CsShellSlot *slot = next_slot (self);
  char c = cs_shell_walk_peek (self, 1);

  if (slot != NULL && slot->start == self->pos + 1 && !is_name (self->text[slot->start]))
    return cs_shell_walk_fail_slot (self, slot, "a “$” stands right before it");
  if (c == '(' && cs_shell_walk_peek (self, 2) == '(')
    return cs_shell_walk_arithmetic (self, 3);
  if (c == '(')
    return walk_substitution (self);
  if (c == '{')
    return walk_parameter (self, quoted);
  if (c == '[')
    return cs_shell_walk_fail (self, self->pos, "shells differ about $[…]: write $((…))");
  if (c == '\'' && !quoted)
    return walk_ansi (self);
  if (!cs_shell_walk_advance (self, 1))
    return FALSE;
  if (c == '"' && !quoted)
    return cs_shell_walk_double (self);
  if (self->pos < self->end && is_name (self->text[self->pos]))
    {
      if (!walk_name (self))
        return FALSE;
    }
  else if (c == '\0' || strchr ("@*#?$!-", c) == NULL)
    return TRUE;
  else if (!cs_shell_walk_advance (self, 1))
    return FALSE;
  self->variable_end = self->pos;
  return TRUE;
}

static gsize
find_backquote (CsShellWalk *self)
{
  for (gsize i = self->pos + 1; i < self->end; i++)
    {
      if (self->text[i] == '\\')
        i++;
      else if (self->text[i] == '`')
        return i;
    }
  return self->end;
}

/* What the shell reads between backquotes, after it has taken away one level of backslashes. */
static char *
unescape (CsShellWalk *self, gsize from, gsize to, gboolean quoted, gsize *length)
{
  GString *script = g_string_sized_new (to - from);

  for (gsize i = from; i < to; i++)
    {
      if (self->text[i] == '\\' && i + 1 < to &&
          strchr (quoted ? "$`\\\"" : "$`\\", self->text[i + 1]) != NULL)
        i++;
      g_string_append_c (script, self->text[i]);
    }
  *length = script->len;
  return g_string_free (script, FALSE);
}

static gboolean
walk_inner_script (CsShellWalk *self, gsize close, gboolean quoted)
{
  gsize length;
  g_autofree char *script = unescape (self, self->pos + 1, close, quoted, &length);
  g_autoptr (GString) out = g_string_new (NULL);
  CsShellWalk inner = *self;
  guint n = 0;

  inner.text = script;
  inner.pos = inner.copied = 0;
  inner.end = length;
  inner.out = out;
  inner.next = 0;
  inner.line = inner.counted_line = line_at (self, self->pos);
  inner.counted = 0;
  inner.variable_end = G_MAXSIZE;
  inner.slots = self->find (script, length, self->find_data);
  g_ptr_array_add (self->kept, inner.slots);
  while (self->next < self->slots->len && next_slot (self)->end <= close)
    {
      self->next++;
      n++;
    }
  if (n != inner.slots->len)
    return cs_shell_walk_fail (self, self->pos, "backquotes change a placeholder: write $(…)");
  if (!cs_shell_walk_commands (&inner, CS_SHELL_END_OF_TEXT))
    return FALSE;
  cs_shell_walk_flush (&inner);
  self->pos++;
  cs_shell_walk_flush (self);
  cs_shell_quote_backquoted (self->out, out->str, out->len, quoted);
  self->pos = self->copied = close;
  return cs_shell_walk_advance (self, 1);
}

/* quoted: in double quotes, where \" is one more escape; ambiguous: where shells don't agree. */
gboolean
cs_shell_walk_backquote (CsShellWalk *self, gboolean quoted, gboolean ambiguous)
{
  gsize close = find_backquote (self);
  const CsShellSlot *slot = next_slot (self);

  if (close >= self->end)
    return cs_shell_walk_fail (self, self->pos, "a backquote is never closed");
  if (slot == NULL || slot->start > close)
    {
      gsize opening = self->pos;

      if (!cs_shell_walk_advance (self, close + 1 - opening))
        return FALSE;
      cs_shell_walk_read (self, CS_SHELL_READING_CODE, opening); /* what they do is not known */
      return TRUE;
    }
  if (ambiguous && memmem (self->text + self->pos, close - self->pos, "\\\"", 2) != NULL)
    return cs_shell_walk_fail (self, self->pos, "shells read \\\" in these backquotes differently");
  return walk_inner_script (self, close, quoted);
}
