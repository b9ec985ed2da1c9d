/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blocks of a Markdown document in order, each with its lines. */

#include "cs-markdown.h"

#include "cs-neutral.h"
#include "cs-parser-memory.h"

#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <string.h>

struct _CsMarkdown
{
  CsSource *source;
  GArray *elements;   /* of CsElement */
  guint8 *line_kinds; /* of CsLineKind, from line 1 */
  guint8 *item_starts;
  guint n_lines;
  guint front_matter_end;
  guint unclosed_line;
  /* While it is read, else NULL: */
  guint *lines;  /* of each line that the parser saw, from 1: its line here; at 0: how many */
  guint before;  /* how many it saw before those that it numbers from 1 now */
  guint32 *cut;  /* bytes at the end of each line that the parser did not see, from line 1 */
  guint n_folds; /* pairs of fences that the parser saw without what stands between them */
};

static void
clear_element (gpointer data)
{
  CsElement *element = data;

  g_free (element->text);
  g_free (element->info);
}

/* Extensions are registered in a list of the whole process: once, whoever comes first. */
static cmark_syntax_extension *
table_extension (void)
{
  static gsize registered = 0;

  if (g_once_init_enter (&registered))
    {
      cmark_gfm_core_extensions_ensure_registered ();
      g_once_init_leave (&registered, 1);
    }
  return cmark_find_syntax_extension ("table");
}

static void
set_line_kinds (CsMarkdown *self, guint from, guint to, CsLineKind kind)
{
  for (guint i = MAX (from, 1); i <= MIN (to, self->n_lines); i++)
    self->line_kinds[i] = (guint8) kind;
}

/* The words of a heading from its source line: "## Words ##", or the lines above an underline. */
static char *
heading_text (CsMarkdown *self, guint line, guint end_line, guint column)
{
  g_autofree char *text = NULL;
  char *start, *end;

  if (end_line > line)
    {
      text = cs_source_dup_lines (self->source, line, end_line - 1);
      return g_strdup (g_strstrip (text));
    }
  text = cs_source_dup_line (self->source, line);
  start = text + MIN (column > 0 ? column - 1 : 0, strlen (text));
  g_strstrip (start);
  while (*start == '#')
    start++;
  g_strstrip (start);
  end = start + strlen (start);
  while (end > start && end[-1] == '#')
    end--;
  if (end == start || end[-1] == ' ' || end[-1] == '\t')
    *end = '\0';
  return g_strdup (g_strstrip (start));
}

/* The contents of a code block. The parser saw each line with containers and indent cut off its
 * left side; what is left is as long as the end of the source line that it came from. */
static char *
code_text (CsMarkdown *self, const char *literal, guint first_line)
{
  GString *out = g_string_new (NULL);
  guint line = first_line;

  for (const char *p = literal; *p != '\0'; line++)
    {
      const char *newline = strchrnul (p, '\n');
      gsize wanted = (gsize) (newline - p) + (line <= self->n_lines ? self->cut[line] : 0), length;
      const char *text = cs_source_get_line (self->source, line, &length);

      for (; wanted > length; wanted--)
        g_string_append_c (out, ' '); /* a tab that a container took a part of */
      g_string_append_len (out, text + length - wanted, (gssize) wanted);
      g_string_append_c (out, '\n');
      p = *newline == '\n' ? newline + 1 : newline;
    }
  return g_string_free (out, FALSE);
}

/* The lines, each with the end that Markdown has. */
static char *
join_lines (CsMarkdown *self, guint from, guint to)
{
  g_autofree char *whole = cs_source_dup_lines (self->source, from, to);
  GString *out;

  if (strchr (whole, '\r') == NULL)
    return g_steal_pointer (&whole);
  out = g_string_sized_new (strlen (whole) + 1);
  for (guint line = from; line <= to; line++)
    {
      gsize length;
      const char *text = cs_source_get_line (self->source, line, &length);

      g_string_append_len (out, text, (gssize) length);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (const char *p = text; (p = strchr (p, '\n')) != NULL; p++)
    n++;
  return n;
}

/* A fence that is indented too far is code to CommonMark, marks and all; its author meant a fence.
 */
static void
unwrap_fence (CsElement *element)
{
  gsize indent = strspn (element->text, " "), marks = strspn (element->text + indent, "`");
  char *info, *end, *last;

  if (marks < 3)
    return;
  info = element->text + indent + marks;
  end = strchr (info, '\n');
  last = end != NULL ? g_strrstr (end, "```") : NULL;
  while (last != NULL && last > end && last[-1] == '`')
    last--;
  while (last != NULL && last > end && last[-1] == ' ')
    last--;
  if (last == NULL || last[-1] != '\n' || memchr (info, '`', (gsize) (end - info)) != NULL ||
      strspn (last, "` \n") != strlen (last))
    return;
  element->info = g_strstrip (g_strndup (info, (gsize) (end - info)));
  element->fenced = TRUE;
  *last = '\0';
  memmove (element->text, end + 1, strlen (end + 1) + 1);
}

/* The line of the document of a line that the parser saw. */
static guint
line_of (CsMarkdown *self, guint seen)
{
  guint n = self->lines[0], at = self->before + seen;

  return at == 0 ? 0 : at <= n ? self->lines[at]
                               : self->lines[n] + at - n;
}

/* Whether a node is a fence without what stands between it and the next one. It says so for
 * certain: a fence at the margin of the document goes on until a line that ends it. */
static gboolean
is_folded (CsMarkdown *self, cmark_node *node)
{
  guint seen = (guint) cmark_node_get_start_line (node);
  guint at = self->before + seen;

  return at < self->lines[0] && self->lines[at + 1] > self->lines[at] + 1 &&
         (guint) cmark_node_get_end_line (node) == seen + 1 &&
         cmark_node_get_type (cmark_node_parent (node)) == CMARK_NODE_DOCUMENT;
}

static void
add_folded (CsMarkdown *self, cmark_node *node, CsElement *element)
{
  element->kind = CS_ELEMENT_CODE;
  element->fenced = TRUE;
  element->text = join_lines (self, element->line + 1, element->end_line - 1);
  element->info = g_strdup (cmark_node_get_fence_info (node));
  set_line_kinds (self, element->line, element->end_line, CS_LINE_CODE);
  self->n_folds++;
}

static void
add_code (CsMarkdown *self, cmark_node *node, CsElement *element)
{
  const char *literal = cmark_node_get_literal (node);
  int fence_length, fence_offset;
  char fence_character;
  guint n_code;

  literal = literal != NULL ? literal : "";
  n_code = count_lines (literal);
  element->kind = CS_ELEMENT_CODE;
  element->fenced =
    cmark_node_get_fenced (node, &fence_length, &fence_offset, &fence_character) != 0;
  element->text = code_text (self, literal, element->line + (element->fenced ? 1 : 0));
  if (element->fenced)
    {
      guint last = element->line + n_code;

      element->info = g_strdup (cmark_node_get_fence_info (node));
      /* The closing fence, unless the container or the document ended before it. */
      element->end_line = MIN (MAX (element->end_line, last), last + 1);
    }
  else
    {
      element->end_line = element->line + MAX (n_code, 1) - 1;
      unwrap_fence (element);
    }
  element->end_line = MIN (element->end_line, self->n_lines);
  set_line_kinds (self, element->line, element->end_line, CS_LINE_CODE);
}

/* The line under a heading that underlines it; the heading's own if there is none. The parser's
 * last line is one too far here, unless the document ends. */
static guint
find_underline (CsMarkdown *self, const CsElement *element)
{
  for (guint line = MIN (element->end_line, self->n_lines); line > element->line; line--)
    {
      gsize length, marks;
      const char *text = cs_source_get_line (self->source, line, &length);

      for (; length > 0 && strchr (" \t>", *text) != NULL; length--)
        text++;
      for (marks = 0; marks < length && text[marks] == *text;)
        marks++;
      if (marks > 0 && (*text == '=' || *text == '-') &&
          strspn (text + marks, " \t") >= length - marks)
        return line;
    }
  return element->line;
}

/* "**Status:** done" over a line of dashes is a heading to CommonMark; to its author it is a
 * paragraph over a rule. */
static gboolean
is_accidental_heading (CsMarkdown *self, const CsElement *element)
{
  gsize length;
  const char *line;

  if (element->level != 2 || element->end_line <= element->line)
    return FALSE;
  if (element->end_line > element->line + 1)
    return TRUE;
  line = cs_source_get_line (self->source, element->line, &length);
  return length > 2 && (memcmp (line, "**", 2) == 0 || memchr (line, '|', length) != NULL);
}

static void
add_heading (CsMarkdown *self, cmark_node *node, CsElement *element)
{
  element->kind = CS_ELEMENT_HEADING;
  element->level = (guint) cmark_node_get_heading_level (node);
  element->end_line = find_underline (self, element);
  if (is_accidental_heading (self, element))
    {
      element->kind = CS_ELEMENT_PARAGRAPH;
      set_line_kinds (self, element->line, element->end_line - 1, CS_LINE_TEXT);
      set_line_kinds (self, element->end_line, element->end_line, CS_LINE_RULE);
      return;
    }
  element->text = heading_text (self, element->line, element->end_line,
                                (guint) cmark_node_get_start_column (node));
  element->text[cs_bytes_cut (element->text, strlen (element->text), CS_HEADING_MAX_LENGTH)] = '\0';
  set_line_kinds (self, element->line, element->end_line, CS_LINE_HEADING);
}

static gboolean
is_container (cmark_node_type type)
{
  return type == CMARK_NODE_LIST || type == CMARK_NODE_BLOCK_QUOTE;
}

static gboolean
add_node (CsMarkdown *self, cmark_node *node, guint depth)
{
  cmark_node_type type = cmark_node_get_type (node);
  CsElement element = {
    .line = line_of (self, (guint) cmark_node_get_start_line (node)),
    .end_line = line_of (self, (guint) MAX (cmark_node_get_end_line (node),
                                            cmark_node_get_start_line (node))),
    .depth = depth,
  };

  if (type == CMARK_NODE_HEADING)
    add_heading (self, node, &element);
  else if (type == CMARK_NODE_CODE_BLOCK && is_folded (self, node))
    add_folded (self, node, &element);
  else if (type == CMARK_NODE_CODE_BLOCK)
    add_code (self, node, &element);
  else if (type == CMARK_NODE_PARAGRAPH)
    {
      element.kind = CS_ELEMENT_PARAGRAPH;
      set_line_kinds (self, element.line, element.end_line, CS_LINE_TEXT);
    }
  else if (type == CMARK_NODE_ITEM)
    {
      element.kind = CS_ELEMENT_ITEM;
      element.ordered = cmark_node_get_list_type (cmark_node_parent (node)) == CMARK_ORDERED_LIST;
      if (element.line <= self->n_lines)
        self->item_starts[element.line] = 1;
    }
  else if (type == CMARK_NODE_HTML_BLOCK)
    {
      element.kind = CS_ELEMENT_HTML;
      set_line_kinds (self, element.line, element.end_line, CS_LINE_HTML);
    }
  else if (type == CMARK_NODE_THEMATIC_BREAK)
    {
      element.kind = CS_ELEMENT_RULE;
      set_line_kinds (self, element.line, element.line, CS_LINE_RULE);
    }
  else if (strcmp (cmark_node_get_type_string (node), "table") == 0)
    {
      element.kind = CS_ELEMENT_TABLE;
      set_line_kinds (self, element.line, element.end_line, CS_LINE_TABLE);
    }
  else
    {
      return FALSE;
    }
  g_array_append_val (self->elements, element);
  return type != CMARK_NODE_ITEM;
}

static void
walk (CsMarkdown *self, cmark_node *document)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;
  guint depth = 0;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    {
      cmark_node *node = cmark_iter_get_node (iter);
      gboolean container = is_container (cmark_node_get_type (node));

      if (event == CMARK_EVENT_EXIT)
        depth -= container ? 1 : 0;
      else if (container)
        depth++;
      else if (add_node (self, node, depth))
        cmark_iter_reset (iter, node, CMARK_EVENT_EXIT);
    }
  cmark_iter_free (iter);
}

/* Whether a piece may go on behind its last line, which is blank: a fence or a comment is open. */
static gboolean
is_open (cmark_node *document, guint n_lines)
{
  cmark_node *last = cmark_node_last_child (document);
  int fence_length, fence_offset;
  char fence_character;

  if (last == NULL || (guint) cmark_node_get_end_line (last) < n_lines)
    return FALSE;
  return cmark_node_get_type (last) == CMARK_NODE_HTML_BLOCK ||
         (cmark_node_get_type (last) == CMARK_NODE_CODE_BLOCK &&
          cmark_node_get_fenced (last, &fence_length, &fence_offset, &fence_character));
}

/* Parses a piece of the document and takes its blocks; n_lines is %G_MAXUINT for the last piece.
 * Returns whether it ends where it was thought to. */
static gboolean
parse (CsMarkdown *self, cmark_mem *memory, const char *text, gsize length, guint n_lines)
{
  cmark_parser *parser = cmark_parser_new_with_mem (CMARK_OPT_DEFAULT, memory);
  cmark_node *document;
  gboolean open;

  cmark_parser_attach_syntax_extension (parser, table_extension ());
  cmark_parser_feed (parser, text, length);
  document = cmark_parser_finish (parser);
  open = is_open (document, n_lines);
  if (!open)
    walk (self, document);
  cmark_parser_free (parser);
  cs_parser_memory_reset ();
  return !open;
}

/* Reads the document: in pieces and without what stands between fences, if it may be; then the
 * parser has to say that the pieces are whole, and that the fences are fences, and not words in
 * something else. Returns whether it does. */
static gboolean
read_blocks (CsMarkdown *self, CsNeutral *neutral, gboolean fold)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (CsNeutralStart));
  g_autoptr (GString) text = cs_neutral_write (neutral, fold, self->lines, self->cut, starts);
  cmark_mem *memory = cs_parser_memory_begin ();
  gboolean whole = TRUE;

  g_array_set_size (self->elements, 0);
  memset (self->line_kinds, 0, self->n_lines + 2);
  memset (self->item_starts, 0, self->n_lines + 2);
  self->n_folds = 0;
  set_line_kinds (self, 1, self->front_matter_end, CS_LINE_FRONT_MATTER);
  for (guint i = 0; i < starts->len && whole; i++)
    {
      CsNeutralStart *start = &g_array_index (starts, CsNeutralStart, i);
      gboolean last = i + 1 == starts->len;

      self->before = start->line;
      whole = parse (self, memory, text->str + start->offset,
                     (last ? text->len : start[1].offset) - start->offset,
                     last ? G_MAXUINT : start[1].line - start->line);
    }
  cs_parser_memory_end ();
  return whole && (!fold || self->n_folds == cs_neutral_get_n_folds (neutral));
}

/**
 * cs_markdown_new:
 *
 * Parses the blocks of a document: GitHub's Markdown, as cmark-gfm reads it.
 *
 * Returns: (transfer full): the blocks
 */
CsMarkdown *
cs_markdown_new (CsSource *source)
{
  CsMarkdown *self = g_new0 (CsMarkdown, 1);
  g_autoptr (CsNeutral) neutral = cs_neutral_new (source);

  self->source = cs_source_ref (source);
  self->n_lines = cs_source_get_n_lines (source);
  self->elements = g_array_new (FALSE, FALSE, sizeof (CsElement));
  g_array_set_clear_func (self->elements, clear_element);
  self->front_matter_end = cs_neutral_get_front_matter_end (neutral);
  self->unclosed_line = cs_neutral_get_unclosed_line (neutral);
  self->line_kinds = g_malloc (self->n_lines + 2);
  self->item_starts = g_malloc (self->n_lines + 2);
  self->lines = g_new (guint, self->n_lines + 2);
  self->cut = g_new0 (guint32, self->n_lines + 1);
  if (!read_blocks (self, neutral, TRUE))
    read_blocks (self, neutral, FALSE);
  g_clear_pointer (&self->lines, g_free);
  g_clear_pointer (&self->cut, g_free);
  return self;
}

void
cs_markdown_free (CsMarkdown *self)
{
  cs_source_unref (self->source);
  g_array_unref (self->elements);
  g_free (self->line_kinds);
  g_free (self->item_starts);
  g_free (self);
}

guint
cs_markdown_get_n_elements (CsMarkdown *self)
{
  return self->elements->len;
}

const CsElement *
cs_markdown_get_element (CsMarkdown *self, guint index)
{
  return &g_array_index (self->elements, CsElement, index);
}

CsLineKind
cs_markdown_get_line_kind (CsMarkdown *self, guint line)
{
  return line <= self->n_lines ? (CsLineKind) self->line_kinds[line] : CS_LINE_BLANK;
}

/* Whether a list item begins on the line. */
gboolean
cs_markdown_is_item_start (CsMarkdown *self, guint line)
{
  return line <= self->n_lines && self->item_starts[line] != 0;
}

guint
cs_markdown_get_front_matter_end (CsMarkdown *self)
{
  return self->front_matter_end;
}

guint
cs_markdown_get_unclosed_line (CsMarkdown *self)
{
  return self->unclosed_line;
}
