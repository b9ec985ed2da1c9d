/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts a block of commands where not all of it may be run in one go. */

#include "cs-parts.h"

#include "cs-byte-search.h"
#include "cs-conditions.h"
#include "cs-expectations.h"
#include "cs-shell-balance.h"
#include "cs-word-folding.h"

#include <string.h>

/* Shells in shells that are told apart. */
#define MAX_DEPTH 4
/* Bytes of the command that opens one that are shown. */
#define MAX_INSIDE 1000

/* What comes next behind a line: an index of the lines; their number: nothing of that kind. */
typedef struct
{
  guint command;
  guint known;  /* a command of a program that is known, and leaves nothing */
  guint leaves; /* a command that leaves what it is typed into */
} Ahead;

typedef struct
{
  const char *text;
  GArray *lines;         /* of CsShellLine */
  GArray *parts;         /* of CsPart */
  GArray *doubts;        /* of guint: commands with words that may be a condition */
  Ahead *ahead;          /* for each line; NULL: not asked for yet */
  guint paragraph;       /* the first line of the one at hand, or of the last one */
  guint paragraph_above; /* of the one before */
  CsConditionKind scope; /* of the part at hand */
  guint scope_depth;     /* of inner shells when it began */
  guint scope_end;       /* the last line of its comment */
  gboolean commands;     /* the part at hand has some */
  gboolean over;         /* its condition reaches no further */
  char *inside[MAX_DEPTH];
  char *hosts[MAX_DEPTH];
  guint program_end[MAX_DEPTH]; /* the line that a program stops reading at; 0: a shell's */
  guint depth;
  guint n_choices;
  gboolean unsound; /* there would be too many parts */
} Cutter;

static void
clear_part (gpointer data)
{
  CsPart *part = data;

  g_free (part->condition);
  g_free (part->host);
  g_free (part->inside);
}

static const CsShellLine *
line_at (Cutter *self, guint i)
{
  return &g_array_index (self->lines, CsShellLine, i);
}

static CsPart *
last_part (Cutter *self)
{
  return &g_array_index (self->parts, CsPart, self->parts->len - 1);
}

/* The words of a comment line, without its mark. */
static char *
dup_words (Cutter *self, guint i)
{
  const CsShellLine *line = line_at (self, i);
  const char *start = self->text + line->start, *end = self->text + line->end;

  while (start < end && strchr ("# \t", *start) != NULL)
    start++;
  return g_strchomp (g_strndup (start, (gsize) (end - start)));
}

static char *
join_inside (Cutter *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->depth; i++)
    g_ptr_array_add (names, self->inside[i]);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" → ", (char **) names->pdata);
}

static void
set_place (Cutter *self, CsPart *part)
{
  g_clear_pointer (&part->inside, g_free);
  g_clear_pointer (&part->host, g_free);
  if (self->depth > 0)
    part->inside = join_inside (self);
  if (self->depth == 1)
    part->host = g_strdup (self->hosts[0]);
}

/* Begins a part; one without commands gives its lines to what comes next. */
static void
begin_part (Cutter *self, guint at, const char *condition)
{
  CsPart *last = last_part (self);

  if (!self->commands)
    {
      g_free (last->condition);
      last->condition = g_strdup (condition);
      last->choice = 0;
      set_place (self, last);
    }
  else if (self->parts->len < CS_PARTS_MAX)
    {
      CsPart part = { .first = at, .condition = g_strdup (condition), .said = last->said };

      last->last = at;
      set_place (self, &part);
      g_array_append_val (self->parts, part);
    }
  else
    {
      self->unsound = TRUE;
    }
  self->commands = FALSE;
  self->over = FALSE;
}

static void
begin_scope (Cutter *self, guint at, CsConditionKind kind, const char *condition)
{
  begin_part (self, at, condition);
  last_part (self)->said = at;
  self->scope = kind;
  self->scope_depth = self->depth;
  self->scope_end = at;
}

/* Where a condition ends, unless the shell that was opened under it is still open. */
static void
end_scope (Cutter *self, guint at)
{
  if (self->scope == CS_CONDITION_NONE || self->depth > self->scope_depth)
    return;
  begin_part (self, at, NULL);
  self->scope = CS_CONDITION_NONE;
}

static gboolean
is_after_blank (Cutter *self, guint at)
{
  return at > 0 && line_at (self, at - 1)->kind == CS_SHELL_BLANK;
}

/* The first line of the paragraph that ends above a line. */
static guint
paragraph_start (Cutter *self, guint at)
{
  return MAX (is_after_blank (self, at) ? self->paragraph_above : self->paragraph,
              last_part (self)->first);
}

static void
note_paragraph (Cutter *self, guint at)
{
  if (line_at (self, at)->kind == CS_SHELL_BLANK || (at > 0 && !is_after_blank (self, at)))
    return;
  self->paragraph_above = self->paragraph;
  self->paragraph = at;
}

/* What lies ahead is asked for again and again, and looked for once. */
static void
look_ahead (Cutter *self)
{
  guint n = self->lines->len;

  self->ahead = g_new (Ahead, n + 1);
  self->ahead[n] = (Ahead){ n, n, n };
  for (guint i = n; i > 0; i--)
    {
      const CsShellLine *line = line_at (self, i - 1);

      self->ahead[i - 1] = self->ahead[i];
      if (line->kind != CS_SHELL_COMMAND)
        continue;
      self->ahead[i - 1].command = i - 1;
      if (cs_inner_shell_is_left_by (self->text, line))
        self->ahead[i - 1].leaves = i - 1;
      else if (line->known)
        self->ahead[i - 1].known = i - 1;
    }
}

/* From a line on, this one included. */
static const Ahead *
get_ahead (Cutter *self, guint at)
{
  if (self->ahead == NULL)
    look_ahead (self);
  return &self->ahead[at];
}

static gboolean
holds_commands (Cutter *self, guint from, guint to)
{
  return get_ahead (self, from)->command < to;
}

/* "OR": what stands right above is one of two, and is cut off from what comes before it. */
static void
begin_alternative (Cutter *self, guint at, const char *words)
{
  CsPart *last = last_part (self);
  guint from = paragraph_start (self, at), choice = last->choice;

  if (!self->commands || !holds_commands (self, from, at))
    {
      begin_scope (self, at, CS_CONDITION_LINE, words);
      return;
    }
  if (choice == 0)
    {
      g_autofree char *condition = g_strdup (last->condition);

      choice = ++self->n_choices;
      self->commands = holds_commands (self, last->first, from);
      begin_part (self, from, condition);
      last_part (self)->choice = choice;
      self->commands = TRUE;
    }
  begin_scope (self, at, CS_CONDITION_OR, words);
  last_part (self)->choice = choice;
}

static void
begin_option (Cutter *self, guint at, const char *words)
{
  guint choice = self->scope == CS_CONDITION_OPTION ? last_part (self)->choice : 0;

  begin_scope (self, at, CS_CONDITION_OPTION, words);
  last_part (self)->choice = choice != 0 ? choice : ++self->n_choices;
}

/* Whether a comment is the next line of the one that the condition stands in. */
static gboolean
goes_on (Cutter *self, guint at)
{
  if (self->scope == CS_CONDITION_NONE || self->commands || at != self->scope_end + 1)
    return FALSE;
  self->scope_end = at;
  return TRUE;
}

static gboolean
is_expectation (const char *words)
{
  g_autofree char *lower = cs_lower_words (words, -1);

  return cs_expectation_is_announced (lower);
}

/* A comment that is none of these ends what a condition began: it is the next thought. */
static void
take_plain_comment (Cutter *self, guint at, const char *words)
{
  gboolean fresh = is_after_blank (self, at);

  switch (self->scope)
    {
    case CS_CONDITION_GROUP:
    case CS_CONDITION_OPTION:
      if (fresh && self->commands && !is_expectation (words))
        end_scope (self, at);
      break;
    case CS_CONDITION_LINE:
    case CS_CONDITION_OR:
      if ((self->commands || fresh) && !is_expectation (words))
        end_scope (self, at);
      break;
    case CS_CONDITION_NONE:
    default:
      break;
    }
}

static void
take_comment (Cutter *self, guint at)
{
  g_autofree char *words = NULL;

  if (goes_on (self, at))
    return;
  words = dup_words (self, at);
  switch (cs_condition_of_comment (words, strlen (words)))
    {
    case CS_CONDITION_GROUP:
      begin_scope (self, at, CS_CONDITION_GROUP, words);
      break;
    case CS_CONDITION_LINE:
      begin_scope (self, at, CS_CONDITION_LINE, words);
      break;
    case CS_CONDITION_OR:
      begin_alternative (self, at, words);
      break;
    case CS_CONDITION_OPTION:
      begin_option (self, at, words);
      break;
    case CS_CONDITION_UNSURE:
      g_array_append_val (self->doubts, at);
      take_plain_comment (self, at, words);
      break;
    case CS_CONDITION_NONE:
    default:
      take_plain_comment (self, at, words);
      break;
    }
}

/* A condition behind a command: "kill -9 42  # if it still runs". */
static char *
dup_trailing_condition (Cutter *self, guint at)
{
  const CsShellLine *line = line_at (self, at);
  const char *comment =
    cs_shell_balance_find_comment (self->text + line->start, self->text + line->body);
  g_autofree char *words = NULL;
  CsConditionKind kind;

  if (comment == NULL)
    return NULL;
  words = g_strstrip (g_strndup (comment + 1, (gsize) (self->text + line->body - comment - 1)));
  kind = cs_condition_of_comment (words, strlen (words));
  if (kind == CS_CONDITION_UNSURE)
    g_array_append_val (self->doubts, at);
  return kind == CS_CONDITION_GROUP || kind == CS_CONDITION_LINE ? g_steal_pointer (&words) : NULL;
}

/* What a program reads ends with the line that leaves it, or where a shell's commands go on. */
static guint
find_program_end (Cutter *self, guint at)
{
  const Ahead *ahead = get_ahead (self, at + 1);

  return ahead->leaves < self->lines->len ? ahead->leaves : ahead->known;
}

static void
leave_inner (Cutter *self)
{
  self->depth--;
  g_clear_pointer (&self->inside[self->depth], g_free);
  g_clear_pointer (&self->hosts[self->depth], g_free);
}

static gboolean
is_typed_inside (Cutter *self, guint at, CsInnerShell opened)
{
  guint next;

  if (opened == CS_INNER_NONE || self->depth >= MAX_DEPTH)
    return FALSE;
  next = get_ahead (self, at + 1)->command;
  if (next == self->lines->len)
    return FALSE;
  if (opened != CS_INNER_PROGRAM)
    return TRUE;
  return !line_at (self, next)->known ||
         cs_inner_shell_is_left_by (self->text, line_at (self, next));
}

/* Whether a command opens what the lines below are typed into; then they are parts of their own. */
static gboolean
enter_inner (Cutter *self, guint at)
{
  const CsShellLine *line = line_at (self, at);
  CsInnerShell opened = (CsInnerShell) line->inner;
  gboolean alone = line->alone;
  g_autofree char *condition = NULL;

  if (!is_typed_inside (self, at, opened))
    return FALSE;
  condition = g_strdup (last_part (self)->condition);
  self->inside[self->depth] = g_strndup (
    self->text + line->start,
    cs_bytes_cut (self->text + line->start, line->body - line->start, MAX_INSIDE));
  self->hosts[self->depth] =
    opened == CS_INNER_HOP ? cs_inner_shell_dup_host (self->text, line) : NULL;
  self->program_end[self->depth] =
    opened == CS_INNER_PROGRAM ? find_program_end (self, at) : self->lines->len;
  self->depth++;
  g_array_index (self->lines, CsShellLine, at).opens = alone;
  self->commands |= !alone;
  begin_part (self, alone ? at : at + 1, condition);
  return TRUE;
}

/* Leaves what this line ends; returns whether the line does nothing else. */
static gboolean
leave_inner_at (Cutter *self, guint at)
{
  const CsShellLine *line = line_at (self, at);
  gboolean left = cs_inner_shell_is_left_by (self->text, line);
  g_autofree char *condition = NULL;

  if (self->depth == 0 || (!left && at < self->program_end[self->depth - 1]))
    return FALSE;
  condition = g_strdup (last_part (self)->condition);
  leave_inner (self);
  if (self->scope != CS_CONDITION_NONE && self->depth <= self->scope_depth && self->over)
    self->scope = CS_CONDITION_NONE;
  begin_part (self, left ? at + 1 : at, self->scope != CS_CONDITION_NONE ? condition : NULL);
  return left;
}

static void
take_command (Cutter *self, guint at)
{
  g_autofree char *condition = NULL;

  if (self->over)
    end_scope (self, at);
  if (leave_inner_at (self, at))
    return;
  condition = self->scope == CS_CONDITION_NONE ? dup_trailing_condition (self, at) : NULL;
  if (condition != NULL)
    {
      begin_scope (self, at, CS_CONDITION_LINE, condition);
      self->over = TRUE;
    }
  if (!enter_inner (self, at))
    self->commands = TRUE;
}

static void
take_blank (Cutter *self)
{
  if (self->scope == CS_CONDITION_LINE || (self->scope == CS_CONDITION_OR && self->commands))
    self->over = TRUE;
}

/* Parts that nothing else is chosen instead of are no choice. */
static void
drop_single_choices (GArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    {
      CsPart *part = &g_array_index (parts, CsPart, i);
      guint n = 0;

      for (guint j = 0; part->choice != 0 && j < parts->len; j++)
        n += g_array_index (parts, CsPart, j).choice == part->choice ? 1 : 0;
      part->choice = n > 1 ? part->choice : 0;
    }
}

static void
drop_last_if_empty (Cutter *self)
{
  CsPart *last = last_part (self);

  last->last = self->lines->len;
  if (self->commands || self->parts->len == 1)
    return;
  g_array_set_size (self->parts, self->parts->len - 1);
  last_part (self)->last = self->lines->len;
}

/* A part that a shell could not read by itself shows that the cuts are wrong: then the whole is
 * left to a person, with the first condition in it. */
static void
join_if_unsound (Cutter *self)
{
  g_autofree char *condition = NULL;
  CsPart whole = { .first = 0, .last = self->lines->len };
  gboolean sound = !self->unsound;

  if (self->parts->len == 1)
    return;
  for (guint i = 0; i < self->parts->len; i++)
    {
      CsPart *part = &g_array_index (self->parts, CsPart, i);

      sound &= part->inside != NULL ||
               cs_shell_balance_is_even (self->text, self->lines, part->first, part->last);
      if (condition == NULL)
        condition = g_strdup (part->condition != NULL ? part->condition : part->inside);
    }
  if (sound)
    return;
  g_array_set_size (self->parts, 0);
  whole.condition = g_steal_pointer (&condition);
  g_array_append_val (self->parts, whole);
}

static gboolean
holds_any_command (GArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      if (g_array_index (lines, CsShellLine, i).kind == CS_SHELL_COMMAND)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_parts_find:
 * @text: contents of a block of commands
 * @lines: (element-type CsShellLine): all lines of it
 * @doubts: (element-type guint): takes the lines whose words may be a condition, and may not: what
 *   stands there is run as the rest
 *
 * Cuts a block where its author leaves it to a person what to run ("# If tests fail:", "# OR"),
 * and where commands are typed into another shell than the block's own (`ssh host`). Cuts never
 * stand inside a compound command or a here-document.
 *
 * Returns: (transfer full) (element-type CsPart): in order, each with at least one command; a
 *   single one without condition and place where all may be run in one go
 */
GArray *
cs_parts_find (const char *text, GArray *lines, GArray *doubts)
{
  Cutter self = { .text = text, .lines = lines, .doubts = doubts };
  gboolean cuttable = holds_any_command (lines);
  CsPart first = { 0 };

  self.parts = g_array_new (FALSE, FALSE, sizeof (CsPart));
  g_array_set_clear_func (self.parts, clear_part);
  g_array_append_val (self.parts, first);
  for (guint i = 0; cuttable && i < lines->len; i++)
    {
      const CsShellLine *line = line_at (&self, i);

      note_paragraph (&self, i);
      if (line->kind == CS_SHELL_COMMAND && line->nested)
        self.commands = TRUE;
      else if (line->nested)
        continue;
      else if (line->kind == CS_SHELL_COMMENT)
        take_comment (&self, i);
      else if (line->kind == CS_SHELL_COMMAND)
        take_command (&self, i);
      else if (line->kind == CS_SHELL_BLANK)
        take_blank (&self);
      else if (line->kind != CS_SHELL_OUTPUT && self.depth > 0)
        self.commands = TRUE; /* for the program that they are typed into */
    }
  drop_last_if_empty (&self);
  while (self.depth > 0)
    leave_inner (&self);
  drop_single_choices (self.parts);
  join_if_unsound (&self);
  g_free (self.ahead);
  return self.parts;
}
