/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document as the block parser gets it: same lines, nothing in them to choke on. */

#include "cs-neutral.h"

#include <string.h>

/* More containers than any author nests; beyond them the marks are words. */
#define MAX_NESTING 24
#define MAX_COLUMNS 256
/* A mark further to the right than this is no mark any more. */
#define MAX_LEAD 400
/* So many lines below a tag are looked at for what it is around. */
#define MAX_WRAPPED 40

/* The length of a list marker or quote mark at the beginning of text; 0 if there is none. */
static gsize
marker_length (const char *text, gsize length)
{
  gsize n = 0;

  if (length == 0)
    return 0;
  if (text[0] == '>')
    return 1;
  if (strchr ("-+*", text[0]) != NULL)
    return length == 1 || text[1] == ' ' || text[1] == '\t' ? 1 : 0;
  while (n < length && n < 9 && g_ascii_isdigit (text[n]))
    n++;
  if (n == 0 || n >= length || (text[n] != '.' && text[n] != ')'))
    return 0;
  n++;
  return n == length || text[n] == ' ' || text[n] == '\t' ? n : 0;
}

/* The offset behind all list markers and quote marks; breaks a line's nesting at the limit. */
static gsize
skip_containers (char *line, gsize length)
{
  gsize at = 0;

  for (guint depth = 0;; depth++)
    {
      gsize n;

      while (at < length && (line[at] == ' ' || line[at] == '\t'))
        at++;
      n = marker_length (line + at, length - at);
      if (n == 0)
        return at;
      if (depth == MAX_NESTING)
        {
          line[at] = 'x';
          return at;
        }
      at += n;
    }
}

/* Pipes beyond the columns that a table may have are words: wide tables take quadratic time. */
static void
limit_columns (char *line, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (line[i] == '|' && ++n > MAX_COLUMNS)
        line[i] = 'x';
    }
}

static gboolean
is_inline_mark (char c)
{
  switch (c)
    {
    case '*':
    case '_':
    case '[':
    case ']':
    case '!':
    case '<':
    case '&':
    case '~':
      return TRUE;
    default:
      return FALSE;
    }
}

/* Blocks are told by how lines begin. What inline markup follows is replaced, byte for byte:
 * nothing here needs it, and unclosed brackets and stars are what makes parsers take quadratic
 * time. Of a line that holds no sign of a table or of HTML, one byte stands for all that follows.
 * Returns how many bytes are left. */
static gsize
neutralise_line (char *line, gsize length, CsBytes bytes)
{
  gsize at = skip_containers (line, length);
  gsize lead = at;
  gboolean fence;

  fence =
    length - at >= 3 && (memcmp (line + at, "```", 3) == 0 || memcmp (line + at, "~~~", 3) == 0);
  while (lead < length && lead - at < MAX_LEAD && !g_ascii_isalnum (line[lead]) &&
         (guchar) line[lead] < 0x80 && line[lead] != '[' && line[lead] != '!')
    lead++;
  if (!fence && lead < length && lead - at < MAX_LEAD &&
      (bytes & (CS_BYTES_LESS | CS_BYTES_GREATER | CS_BYTES_BAR)) == 0)
    {
      line[lead] = 'x';
      return lead + 1;
    }
  for (gsize i = lead; i < length; i++)
    {
      if (line[i] == '!' && i > 0 && line[i - 1] == '<')
        continue; /* a comment */
      if (line[i] == '`' ? !fence : is_inline_mark (line[i]))
        line[i] = 'x';
    }
  if (length > MAX_COLUMNS)
    limit_columns (line, length);
  return length;
}

/* "<details>", "</div>", "<summary>Words</summary>": a mark around Markdown. What stands in a
 * comment or is shown as it is comes with a mark of its own. */
static gboolean
is_container_tag (const char *line, gsize length)
{
  static const char *const VERBATIM[] = { "pre", "script", "style", "textarea" };
  gsize at = 0, name;

  while (at < length && (line[at] == ' ' || line[at] == '\t'))
    at++;
  while (length > at && (line[length - 1] == ' ' || line[length - 1] == '\t'))
    length--;
  if (length < at + 3 || line[at] != '<' || line[length - 1] != '>')
    return FALSE;
  at += line[at + 1] == '/' ? 2 : 1;
  for (name = at; name < length && (g_ascii_isalnum (line[name]) || strchr ("-_", line[name]));)
    name++;
  if (name == at || !g_ascii_isalpha (line[at]))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (VERBATIM); i++)
    {
      if (strlen (VERBATIM[i]) == name - at &&
          g_ascii_strncasecmp (line + at, VERBATIM[i], name - at) == 0)
        return FALSE;
    }
  return TRUE;
}

/* Whether a fence or a thing to tick stands below a tag without a blank line between them. To
 * CommonMark all of that is HTML; to its author it is Markdown in a box. */
static gboolean
wraps_markdown (CsSource *source, guint tag_line)
{
  guint last = MIN (cs_source_get_n_lines (source), tag_line + MAX_WRAPPED);

  for (guint i = tag_line + 1; i <= last; i++)
    {
      gsize length, at;
      const char *line = cs_source_get_line (source, i, &length);

      for (at = 0; at < length && (line[at] == ' ' || line[at] == '\t');)
        at++;
      if (at == length)
        return FALSE;
      if (length - at >= 3 && (memcmp (line + at, "```", 3) == 0 ||
                               memcmp (line + at, "~~~", 3) == 0))
        return TRUE;
      if (length - at >= 6 && strchr ("-*+", line[at]) != NULL && line[at + 1] == ' ' &&
          line[at + 2] == '[' && line[at + 4] == ']')
        return TRUE;
    }
  return FALSE;
}

/* The last line of a YAML or TOML front matter, 0 if the document has none. */
static guint
find_front_matter (CsSource *source)
{
  guint n_lines = cs_source_get_n_lines (source);
  gsize length;
  const char *first = cs_source_get_line (source, 1, &length);
  gboolean yaml = length == 3 && memcmp (first, "---", 3) == 0;

  if (!yaml && !(length == 3 && memcmp (first, "+++", 3) == 0))
    return 0;
  for (guint i = 2; i <= MIN (n_lines, 200); i++)
    {
      const char *line = cs_source_get_line (source, i, &length);

      if (length == 3 && memcmp (line, first, 3) == 0)
        return i;
      if (yaml && (length == 0 || (memchr (line, ':', length) == NULL && line[0] != ' ' &&
                                   line[0] != '-' && line[0] != '#')))
        return 0;
    }
  return 0;
}

/* A fence that is open, as far as lines alone can tell. */
typedef struct
{
  guint line; /* 0: none is open */
  gsize indent;
  gsize length;
  char mark;
  gboolean nests;   /* shows Markdown, in which fences are contents */
  gsize blank;      /* offset of the blank line in it that prose follows first; 0: none */
  gsize last_blank; /* offset of the blank line just before; 0: the line before is not blank */
} Fence;

/* The length of the fence that a line begins with, its indent and info string; 0 if there is none.
 */
static gsize
fence_length (const char *line, gsize length, gsize *indent, const char **info)
{
  gsize n = 0, at = 0;

  while (at < length && line[at] == ' ')
    at++;
  while (at + n < length && (line[at] == '`' || line[at] == '~') && line[at + n] == line[at])
    n++;
  *indent = at;
  *info = line + at + n;
  while (*info < line + length && **info == ' ')
    (*info)++;
  if (n < 3 || memchr (*info, '`', (gsize) (line + length - *info)) != NULL)
    return 0;
  return n;
}

/* Lines that no shell and no configuration has, but every document: a heading of a lower level, a
 * bold label, a box. */
static gboolean
is_prose_start (const char *line, gsize length)
{
  return (length > 3 && memcmp (line, "## ", 3) == 0) ||
         (length > 4 && memcmp (line, "### ", 4) == 0) ||
         (length > 4 && memcmp (line, "**", 2) == 0 && g_ascii_isupper (line[2])) ||
         (length > 6 && memcmp (line, "- [ ] ", 6) == 0);
}

static void
open_fence (Fence *fence, guint number, const char *line, gsize length, gsize n, const char *info)
{
  gsize rest = (gsize) (line + length - info);

  *fence = (Fence){ .line = number, .length = n };
  while (fence->indent < length && line[fence->indent] == ' ')
    fence->indent++;
  fence->mark = line[fence->indent];
  fence->nests = rest >= 2 && (g_ascii_strncasecmp (info, "md", 2) == 0 ||
                               (rest >= 8 && g_ascii_strncasecmp (info, "markdown", 8) == 0));
}

/* Makes the end of a fence of a blank line. */
static void
close_at (const Fence *fence, GString *out, gsize offset)
{
  g_autofree char *end = g_strnfill (fence->indent + fence->length, ' ');

  memset (end + fence->indent, fence->mark, fence->length);
  g_string_insert (out, (gssize) offset, end);
}

/* Follows the fences. One that opens inside another tells that its author forgot to close the
 * first, or repeated the language when closing it: the blank line before it, or the line itself, is
 * read as the end. Returns whether the line has been written. */
static gboolean
follow_fence (Fence *fence,
              GString *out,
              guint number,
              const char *line,
              gsize length,
              guint *unclosed_line)
{
  gsize indent, n;
  const char *info;

  n = fence_length (line, length, &indent, &info);
  if (fence->line == 0)
    {
      if (n > 0)
        open_fence (fence, number, line, length, n, info);
      return FALSE;
    }
  if (n == 0 || line[indent] != fence->mark || n < fence->length)
    {
      gboolean blank = strspn (line, " \t") >= length;

      if (fence->last_blank != 0 && fence->blank == 0 && is_prose_start (line, length))
        fence->blank = fence->last_blank;
      fence->last_blank = blank ? out->len : 0;
      return FALSE;
    }
  if (info >= line + length)
    {
      fence->line = 0;
      return FALSE;
    }
  if (fence->nests || indent != fence->indent || n != fence->length)
    return FALSE;
  *unclosed_line = *unclosed_line != 0 ? *unclosed_line : fence->line;
  if (fence->last_blank != 0)
    {
      gsize at = fence->blank != 0 ? fence->blank : fence->last_blank;

      close_at (fence, out, at);
      open_fence (fence, number, line, length, n, info);
      return FALSE;
    }
  g_string_append_len (out, line, (gssize) (indent + n));
  g_string_append_c (out, '\n');
  fence->line = 0;
  return TRUE;
}

/**
 * cs_neutral_new:
 * @front_matter_end: (out): last line of the front matter, 0 if there is none
 * @unclosed_line: (out): line of a fence that swallowed what follows it, 0 if there is none
 * @cut: (array): takes how many bytes are missing at the end of each line, from line 1
 *
 * Prepares a document for the block parser: each line keeps its number and what makes it a block.
 *
 * Returns: (transfer full): the text to parse
 */
GString *
cs_neutral_new (CsSource *source, guint *front_matter_end, guint *unclosed_line, guint32 *cut)
{
  guint n_lines = cs_source_get_n_lines (source);
  gsize total;
  GString *out;
  Fence fence = { 0 };

  cs_source_get_text (source, &total);
  out = g_string_sized_new (total + n_lines + 1);
  *front_matter_end = find_front_matter (source);
  *unclosed_line = 0;
  for (guint i = 1; i <= n_lines; i++)
    {
      gsize length;
      const char *line = cs_source_get_line (source, i, &length);
      gsize start = out->len, left;

      if (i > *front_matter_end)
        {
          if (follow_fence (&fence, out, i, line, length, unclosed_line))
            continue;
          start = out->len;
          if (fence.line == 0 && (cs_source_get_line_bytes (source, i) & CS_BYTES_LESS) != 0 &&
              is_container_tag (line, length) && wraps_markdown (source, i))
            {
              cut[i] = (guint32) length;
              g_string_append_c (out, '\n');
              continue;
            }
          g_string_append_len (out, line, (gssize) length);
          left = neutralise_line (out->str + start, length, cs_source_get_line_bytes (source, i));
          cut[i] = (guint32) (length - left);
          g_string_truncate (out, start + left);
        }
      g_string_append_c (out, '\n');
    }
  if (fence.line != 0 && fence.blank != 0 && !fence.nests)
    {
      *unclosed_line = *unclosed_line != 0 ? *unclosed_line : fence.line;
      close_at (&fence, out, fence.blank);
    }
  return out;
}
