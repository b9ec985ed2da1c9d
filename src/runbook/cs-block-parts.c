/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a block of commands the parts that are run one by one. */

#include "cs-block-parts.h"

#include "cs-block-marks.h"
#include "cs-conditions.h"
#include "cs-diagnostics.h"
#include "cs-headings.h"
#include "cs-ids.h"
#include "cs-parts.h"

#include <string.h>

/* Said in the command itself, because it is signed and run with it. */
#define EXPORT_LINE "set -a # its variables go on to the next part\n"

static gboolean
is_name_start (char c)
{
  return g_ascii_isalpha (c) || c == '_';
}

static gsize
name_length (const char *p)
{
  gsize length = 0;

  while (g_ascii_isalnum (p[length]) || p[length] == '_')
    length++;
  return length;
}

/* The variables that a text uses: $NAME, ${NAME}. */
static void
add_used_names (const char *text, GHashTable *names)
{
  for (const char *p = strchr (text, '$'); p != NULL; p = strchr (p + 1, '$'))
    {
      const char *name = p + (p[1] == '{' ? 2 : 1);

      if (is_name_start (*name))
        g_hash_table_add (names, g_strndup (name, name_length (name)));
    }
}

static gboolean
is_setter (const char *word, gsize length)
{
  static const char *const SETTERS[] = { "read", "for", "declare", "mapfile", "readarray" };

  for (guint i = 0; i < G_N_ELEMENTS (SETTERS); i++)
    {
      if (strlen (SETTERS[i]) == length && strncmp (word, SETTERS[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether a text sets one of the variables: NAME=…, `read NAME`, `for NAME`. */
static gboolean
sets_name_of (const char *text, GHashTable *names)
{
  gboolean setter = FALSE;

  for (const char *p = text; *p != '\0';)
    {
      gsize length = name_length (p);
      g_autofree char *name = NULL;

      if (length == 0 || !is_name_start (*p))
        {
          setter &= *p != '\n';
          p += MAX (length, 1);
          continue;
        }
      if (setter || p[length] == '=' || strncmp (p + length, "+=", 2) == 0)
        name = g_strndup (p, length);
      if (name != NULL && g_hash_table_contains (names, name))
        return TRUE;
      setter |= is_setter (p, length);
      p += length;
    }
  return FALSE;
}

static gboolean
is_setting (const char *start, const char *end)
{
  return (end - start > 4 && strncmp (start, "set ", 4) == 0 && strchr ("-+", start[4]) != NULL) ||
         (end - start > 6 && strncmp (start, "shopt ", 6) == 0);
}

static gboolean
is_function (const char *start, const char *end)
{
  gsize length = name_length (start);

  if (end - start > 9 && strncmp (start, "function ", 9) == 0)
    return TRUE;
  return length > 0 && end - start > (gssize) length + 1 &&
         (start[length] == '(' || (start[length] == ' ' && start[length + 1] == '(')) &&
         memchr (start, ')', (gsize) (end - start)) != NULL;
}

/* Options and functions of a shell last as long as the shell: each part begins with those that the
 * parts before it have set. */
static void
add_settings (CsClassified *classified, const CsPart *part, GString *settings)
{
  gboolean function = FALSE;

  for (guint i = part->first; i < part->last; i++)
    {
      const CsShellLine *line = &g_array_index (classified->commands, CsShellLine, i);
      const char *start = classified->raw + line->start, *end = classified->raw + line->end;

      if (line->kind != CS_SHELL_COMMAND)
        continue;
      function = line->nested ? function : is_function (start, end);
      if (!function && (line->nested || !is_setting (start, end)))
        continue;
      g_string_append_len (settings, start, end - start);
      g_string_append_c (settings, '\n');
    }
}

static guint
line_number (CsClassified *classified, guint index)
{
  return classified->first_line +
         g_array_index (classified->commands, CsShellLine, index).first;
}

/* Which part sends each line of the block: 1 for the first, 0 for lines that none does. */
static void
note_lines (CsClassified *classified, GArray *lines, guint number, GArray *senders)
{
  for (guint i = 0; i < lines->len; i++)
    {
      guint index = g_array_index (lines, guint, i) - classified->first_line;

      if (index >= senders->len)
        g_array_set_size (senders, index + 1);
      g_array_index (senders, guint8, index) = (guint8) number;
    }
}

/* What was found in the whole block goes to the part that sends its line. */
static void
share_marks (CsBlock *block, CsClassified *classified, GArray *senders)
{
  for (guint i = 0; i < block->marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (block->marks, i);
      guint index = mark->line - classified->first_line;
      guint number = index < senders->len ? g_array_index (senders, guint8, index) : 0;

      if (number != 0)
        g_ptr_array_add (cs_block_get_part (block, number - 1)->marks,
                         cs_mark_new (mark->kind, mark->line, mark->text, mark->name));
    }
}

static CsBlock *
make_part (CsBlock *block,
           CsClassified *classified,
           CsPart *found,
           const char *settings,
           GArray *lines)
{
  CsBlock *part = g_object_new (CS_TYPE_BLOCK, NULL);
  g_autofree char *text = NULL;

  part->kind = CS_BLOCK_COMMAND;
  part->language = g_strdup (block->language);
  part->info = g_strdup (block->info);
  part->attributes = block->attributes != NULL ? g_hash_table_ref (block->attributes) : NULL;
  part->line = found->first == 0 ? block->line : line_number (classified, found->first);
  part->end_line = found->last == classified->commands->len
                     ? block->end_line
                     : line_number (classified, found->last) - 1;
  part->condition = g_strdup (found->condition);
  part->inside = g_strdup (found->inside);
  part->choice_number = found->choice;
  text = cs_classified_dup_commands (classified, found->first, found->last,
                                     found->inside != NULL, lines);
  part->text =
    g_strconcat (found->inside == NULL ? settings : "", g_strchomp (text), "\n", NULL);
  return part;
}

/* Where a part is run: what is typed into another shell, there; else as its author says. */
static void
place_part (CsBlock *part, CsPart *found)
{
  cs_block_apply_marks (part);
  if (found->inside == NULL)
    return;
  g_free (part->target);
  part->target = g_strdup (found->host);
}

/* A part whose variables a later one needs exports them: that is what is carried from one command
 * to the next. */
static void
export_variables (GPtrArray *parts)
{
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = parts->len; i > 0; i--)
    {
      CsBlock *part = g_ptr_array_index (parts, i - 1);
      char *text = part->text;

      if (part->inside == NULL && sets_name_of (text, used))
        {
          part->text = g_strconcat (EXPORT_LINE, text, NULL);
          g_free (text);
        }
      if (part->inside == NULL)
        add_used_names (part->text, used);
    }
}

static void
add_condition (CsBlock *block, guint line, const char *words)
{
  g_ptr_array_add (block->marks, cs_mark_new (CS_MARK_CONDITION, line, words, "person"));
}

/* Said in the check of the runbook, and by nothing else: the commands are run. */
static void
add_doubts (CsClassified *classified, GArray *doubts, GPtrArray *facts)
{
  for (guint i = 0; i < doubts->len; i++)
    {
      guint index = g_array_index (doubts, guint, i);

      cs_diagnostics_take (facts, line_number (classified, index), "condition-in-doubt", NULL);
    }
}

static void
add_parts (CsBlock *block, CsClassified *classified, GArray *found)
{
  g_autoptr (GString) settings = g_string_new (NULL);
  g_autoptr (GArray) senders = g_array_new (FALSE, TRUE, sizeof (guint8));

  G_STATIC_ASSERT (CS_PARTS_MAX <= G_MAXUINT8);
  block->parts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < found->len; i++)
    {
      CsPart *part = &g_array_index (found, CsPart, i);
      g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint));

      g_ptr_array_add (block->parts, make_part (block, classified, part, settings->str, lines));
      note_lines (classified, lines, i + 1, senders);
      if (part->inside == NULL && part->condition == NULL)
        add_settings (classified, part, settings);
    }
  share_marks (block, classified, senders);
  for (guint i = 0; i < found->len; i++)
    place_part (cs_block_get_part (block, i), &g_array_index (found, CsPart, i));
  export_variables (block->parts);
  for (guint i = 0; i < found->len; i++)
    {
      CsPart *part = &g_array_index (found, CsPart, i);
      CsPart *above = i > 0 ? &g_array_index (found, CsPart, i - 1) : NULL;

      /* One condition may reach over several parts; it is said once. */
      if (part->condition != NULL &&
          !(above != NULL && above->condition != NULL && above->said == part->said))
        add_condition (block, line_number (classified, part->said), part->condition);
    }
}

static char *
dup_plain (const char *words)
{
  g_autofree char *plain = cs_heading_strip_markup (words + strspn (words, "#> \t"));

  return g_strdup (g_strstrip (plain));
}

/* The condition over the whole of a block: in the line above it, or in its heading. */
static char *
dup_outer_condition (CsClassified *classified, const char *heading)
{
  const char *label = classified->label;

  if (heading != NULL && cs_condition_is_remark (heading, strlen (heading)))
    return dup_plain (heading);
  if (label != NULL && cs_condition_is_label (label, strlen (label)))
    return dup_plain (label);
  if (label != NULL && cs_condition_is_way_back (label, strlen (label)))
    return dup_plain (label);
  return NULL;
}

/**
 * cs_block_find_parts:
 * @block: a block with its marks
 * @classified: what it was found to be
 * @heading: (nullable): the words of the heading that it stands under
 * @facts: (element-type CsFact): takes what a check of the runbook should say
 *
 * Gives a block of commands its parts, if it can't be run in one go, and its condition, if its
 * author leaves all of it to a person.
 */
void
cs_block_find_parts (CsBlock *block,
                     CsClassified *classified,
                     const char *heading,
                     GPtrArray *facts)
{
  g_autoptr (GArray) found = NULL, doubts = g_array_new (FALSE, FALSE, sizeof (guint));
  const CsPart *only;

  if (block->kind != CS_BLOCK_COMMAND || classified->commands == NULL)
    return;
  block->condition = dup_outer_condition (classified, heading);
  found = cs_parts_find (classified->raw, classified->commands, doubts);
  add_doubts (classified, doubts, facts);
  only = &g_array_index (found, CsPart, 0);
  if (found->len > 1 || only->inside != NULL)
    add_parts (block, classified, found);
  else if (block->condition == NULL && only->condition != NULL)
    {
      block->condition = g_strdup (only->condition);
      add_condition (block, line_number (classified, only->said), only->condition);
    }
  for (guint i = 0; block->parts != NULL && block->condition != NULL && i < block->parts->len; i++)
    {
      CsBlock *part = g_ptr_array_index (block->parts, i);

      if (part->condition == NULL)
        part->condition = g_strdup (block->condition);
    }
}

static gboolean
is_way_back (const char *condition)
{
  return condition != NULL && cs_condition_is_way_back (condition, strlen (condition));
}

/* In a chapter that is the way back, its commands are no offer. */
void
cs_block_drop_way_back (CsBlock *block)
{
  for (guint i = 0; block->parts != NULL && i < block->parts->len; i++)
    {
      CsBlock *part = g_ptr_array_index (block->parts, i);

      if (is_way_back (part->condition))
        g_clear_pointer (&part->condition, g_free);
    }
  if (is_way_back (block->condition))
    g_clear_pointer (&block->condition, g_free);
}

/* Once the block has its id: "2.3.1.2" is the second part of the first block of step 2.3. */
void
cs_block_name_parts (CsBlock *block)
{
  for (guint i = 0; block->parts != NULL && i < block->parts->len; i++)
    {
      CsBlock *part = g_ptr_array_index (block->parts, i);

      part->id = cs_id_new (block->id, ".", i + 1);
      for (guint k = 0; part->choice_number != 0 && part->choice == NULL && k <= i; k++)
        {
          CsBlock *other = g_ptr_array_index (block->parts, k);

          if (other->choice_number == part->choice_number)
            part->choice = g_strdup (other->id);
        }
    }
}

static void
join_choice (CsBlock *block, const char *option, const char *choice)
{
  if (block->condition != NULL || block->choice != NULL)
    return; /* what is left to a person stays so */
  block->condition = g_strdup (option);
  block->choice = g_strdup (choice);
}

/* Makes a block, or its parts, one of those that stand for each other. */
void
cs_block_join_choice (CsBlock *block, const char *choice)
{
  for (guint i = 0; i < cs_block_get_n_parts (block); i++)
    join_choice (cs_block_get_part (block, i), block->option, choice);
  join_choice (block, block->option, choice);
}
