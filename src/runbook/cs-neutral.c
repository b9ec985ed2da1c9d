/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document as the block parser gets it: nothing in its lines to choke on, and of what stands
 * between fences nothing at all. */

#include "cs-neutral.h"

#include "cs-generators.h"

#include <string.h>

/* More containers than any author nests; beyond them the marks are words. */
#define MAX_NESTING 24
#define MAX_COLUMNS 256
/* Lines that are parsed together at least: few enough for what the parser makes of them to stay
 * near the processor. */
#define PIECE_LINES 256
/* A mark further to the right than this is no mark any more. */
#define MAX_LEAD 400
/* What stands in a box of a generator is indented by so many columns. */
#define BOX_INDENT 4
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
  gboolean certain; /* no line since can be taken for its end by one reader and not by the other */
  guint blank;      /* the blank line in it that prose follows first; 0: none */
  guint last_blank; /* the line just before, if it is blank; else 0 */
} Fence;

/* A line that is read otherwise than it stands. */
typedef struct
{
  guint line;
  char *text;
} Change;

/* A line in a box of a generator, which indents it by so many bytes. */
typedef struct
{
  guint line;
  guint bytes;
} Boxed;

/* What stands between two fences. */
typedef struct
{
  guint line; /* of the first fence */
  guint end_line;
} Fold;

struct _CsNeutral
{
  CsSource *source;
  GArray *changes;  /* of Change, by line */
  GArray *boxed;    /* of Boxed, by line */
  GArray *folds;    /* of Fold, by line */
  GArray *chapters; /* of guint: headings where nothing goes on, as far as lines alone can tell */
  guint front_matter_end;
  guint unclosed_line;
};

static void
clear_change (gpointer data)
{
  g_free (((Change *) data)->text);
}

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
  if (n < 3)
    return 0;
  *indent = at;
  *info = line + at + n;
  while (*info < line + length && **info == ' ')
    (*info)++;
  return memchr (*info, '`', (gsize) (line + length - *info)) != NULL ? 0 : n;
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

static gboolean
is_blank (const char *line, gsize length)
{
  return length == 0 || ((*line == ' ' || *line == '\t') && strspn (line, " \t") >= length);
}

/* "## Words" at the margin: no list, no quote and no table goes on below it. */
static gboolean
is_heading (const char *line, gsize length)
{
  gsize n = 0;

  while (n < length && line[n] == '#')
    n++;
  return n > 0 && n <= 6 && n < length && line[n] == ' ';
}

static void
open_fence (Fence *fence, guint number, const char *line, gsize length, gsize n, const char *info)
{
  gsize rest = (gsize) (line + length - info);

  *fence = (Fence){ .line = number, .length = n, .certain = TRUE };
  while (fence->indent < length && line[fence->indent] == ' ')
    fence->indent++;
  fence->mark = line[fence->indent];
  fence->nests = rest >= 2 && (g_ascii_strncasecmp (info, "md", 2) == 0 ||
                               (rest >= 8 && g_ascii_strncasecmp (info, "markdown", 8) == 0));
}

static void
change_line (CsNeutral *self, guint line, char *text)
{
  Change change = { line, text };
  guint at = self->changes->len;

  while (at > 0 && g_array_index (self->changes, Change, at - 1).line > line)
    at--;
  g_array_insert_val (self->changes, at, change);
}

/* Makes the end of a fence of a blank line. */
static void
close_at (CsNeutral *self, const Fence *fence, guint line)
{
  gsize length;
  const char *blank = cs_source_get_line (self->source, line, &length);
  GString *text = g_string_sized_new (fence->indent + fence->length + length + 1);

  for (gsize i = 0; i < fence->indent; i++)
    g_string_append_c (text, ' ');
  for (gsize i = 0; i < fence->length; i++)
    g_string_append_c (text, fence->mark);
  g_string_append_len (text, blank, (gssize) length);
  change_line (self, line, g_string_free (text, FALSE));
}

/* CommonMark takes a line for the end of a fence if it has no more indent than this. */
#define CLOSING_INDENT 3

static void
close_fence (CsNeutral *self, Fence *fence, guint number, gsize indent)
{
  if (fence->indent == 0 && fence->certain && indent <= CLOSING_INDENT &&
      number > fence->line + 1)
    {
      Fold fold = { fence->line, number };

      g_array_append_val (self->folds, fold);
    }
  fence->line = 0;
}

/* Follows the fences. One that opens inside another tells that its author forgot to close the
 * first, or repeated the language when closing it: the blank line before it, or the line itself, is
 * read as the end. */
static void
follow_fence (CsNeutral *self, Fence *fence, guint number, const char *line, gsize length)
{
  gsize indent = 0, n = 0;
  const char *info = NULL;

  if (length >= 3 && strchr ("`~ ", *line) != NULL)
    n = fence_length (line, length, &indent, &info);
  if (fence->line == 0)
    {
      if (n > 0)
        open_fence (fence, number, line, length, n, info);
      return;
    }
  if (n == 0 || line[indent] != fence->mark || n < fence->length)
    {
      if (fence->last_blank != 0 && fence->blank == 0 && is_prose_start (line, length))
        fence->blank = fence->last_blank;
      fence->last_blank = is_blank (line, length) ? number : 0;
      return;
    }
  if (info >= line + length)
    {
      close_fence (self, fence, number, indent);
      return;
    }
  fence->certain = FALSE;
  if (fence->nests || indent != fence->indent || n != fence->length)
    return;
  self->unclosed_line = self->unclosed_line != 0 ? self->unclosed_line : fence->line;
  if (fence->last_blank != 0)
    {
      close_at (self, fence, fence->blank != 0 ? fence->blank : fence->last_blank);
      open_fence (fence, number, line, length, n, info);
      return;
    }
  change_line (self, number, g_strndup (line, indent + n));
  fence->line = 0;
}

/* What goes on over several lines, as far as has been read. */
typedef struct
{
  Fence fence;
  guint boxes;      /* that stand in each other */
  gboolean tag;     /* the fence was opened by a tag of a generator */
  gboolean comment; /* of HTML */
} Reading;

/* Takes what boxes indent a line by off it. */
static const char *
leave_boxes (CsNeutral *self, Reading *reading, guint number, const char *line, gsize *length)
{
  const char *end = line + *length, *p = line;
  guint column = 0;

  for (; p < end && column < BOX_INDENT * reading->boxes && (*p == ' ' || *p == '\t'); p++)
    column += *p == '\t' ? BOX_INDENT : 1;
  if (p == end)
    return line;
  if (reading->fence.line == 0 && column < BOX_INDENT * reading->boxes)
    {
      reading->boxes = column / BOX_INDENT;
      return leave_boxes (self, reading, number, line, length);
    }
  if (p > line)
    {
      Boxed boxed = { number, (guint) (p - line) };

      g_array_append_val (self->boxed, boxed);
    }
  *length = (gsize) (end - p);
  return p;
}

/* A fence that a generator writes as a tag: to the parser it is one of Markdown. */
static gboolean
follow_tag (CsNeutral *self, Reading *reading, guint number, const char *line, gsize length)
{
  char *mark = NULL;

  if (reading->fence.line == 0)
    mark = cs_generator_dup_fence (self->source, number);
  else if (reading->tag && cs_generator_closes_fence (line, length))
    mark = g_strdup ("```");
  if (mark == NULL)
    return FALSE;
  reading->tag = reading->fence.line == 0;
  reading->fence.certain = FALSE;
  follow_fence (self, &reading->fence, number, mark, strlen (mark));
  reading->fence.certain = FALSE;
  change_line (self, number, mark);
  return TRUE;
}

/* "<!--" and what follows it up to "-->" is one block, whatever stands in it. */
static void
follow_comment (Reading *reading, const char *line, gsize length)
{
  gsize at = 0;

  while (at < length && (line[at] == ' ' || line[at] == '\t'))
    at++;
  if (!reading->comment && length - at >= 4 && memcmp (line + at, "<!--", 4) == 0)
    reading->comment = TRUE;
  if (reading->comment && cs_bytes_hold (line, length, "-->"))
    reading->comment = FALSE;
}

static void
read_line (CsNeutral *self, Reading *reading, guint number)
{
  gsize length;
  const char *line = cs_source_get_line (self->source, number, &length);
  CsBytes bytes = cs_source_get_line_bytes (self->source, number);

  if (reading->boxes > 0)
    line = leave_boxes (self, reading, number, line, &length);
  if (reading->fence.line == 0 && length > 5 && strchr ("!?=", *line) != NULL &&
      cs_generator_opens_box (line, length))
    reading->boxes++;
  if ((bytes & CS_BYTES_CURLY) != 0 && follow_tag (self, reading, number, line, length))
    return;
  follow_fence (self, &reading->fence, number, line, length);
  if (reading->boxes > 0)
    reading->fence.certain = FALSE;
  if (reading->fence.line != 0 || (bytes & (CS_BYTES_LESS | CS_BYTES_GREATER)) == 0)
    return;
  follow_comment (reading, line, length);
  if (is_container_tag (line, length) && wraps_markdown (self->source, number))
    change_line (self, number, g_strdup (""));
}

/**
 * cs_neutral_new:
 *
 * Looks through a document for what has to be known before it is parsed.
 *
 * Returns: (transfer full): what cs_neutral_write() needs
 */
CsNeutral *
cs_neutral_new (CsSource *source)
{
  CsNeutral *self = g_new0 (CsNeutral, 1);
  Reading reading = { 0 };
  Fence *fence = &reading.fence;
  gboolean blank = FALSE;

  self->source = cs_source_ref (source);
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (self->changes, clear_change);
  self->boxed = g_array_new (FALSE, FALSE, sizeof (Boxed));
  self->folds = g_array_new (FALSE, FALSE, sizeof (Fold));
  self->chapters = g_array_new (FALSE, FALSE, sizeof (guint));
  self->front_matter_end = find_front_matter (source);
  for (guint i = self->front_matter_end + 1; i <= cs_source_get_n_lines (source); i++)
    {
      gsize length;
      const char *line = cs_source_get_line (source, i, &length);

      read_line (self, &reading, i);
      if (fence->line == 0 && !reading.comment && blank && is_heading (line, length))
        g_array_append_val (self->chapters, i);
      blank = is_blank (line, length);
    }
  if (fence->line != 0 && fence->blank != 0 && !fence->nests)
    {
      self->unclosed_line = self->unclosed_line != 0 ? self->unclosed_line : fence->line;
      close_at (self, fence, fence->blank);
    }
  return self;
}

void
cs_neutral_free (CsNeutral *self)
{
  cs_source_unref (self->source);
  g_array_unref (self->changes);
  g_array_unref (self->boxed);
  g_array_unref (self->folds);
  g_array_unref (self->chapters);
  g_free (self);
}

/* The last line of the front matter, 0 if the document has none. */
guint
cs_neutral_get_front_matter_end (CsNeutral *self)
{
  return self->front_matter_end;
}

/* The line of a fence that swallowed what follows it, 0 if there is none. */
guint
cs_neutral_get_unclosed_line (CsNeutral *self)
{
  return self->unclosed_line;
}

/* How many pairs of fences cs_neutral_write() leaves empty if it may. */
guint
cs_neutral_get_n_folds (CsNeutral *self)
{
  return self->folds->len;
}

/* How far cs_neutral_write() has come in what was found. */
typedef struct
{
  guint change;
  guint boxed;
} Next;

/* Adds a line to the text; returns how many bytes are missing at its end. */
static guint32
write_line (CsNeutral *self, GString *out, guint number, Next *next)
{
  gsize length, left, start = out->len;
  const char *line = cs_source_get_line (self->source, number, &length);
  char *copy;

  if (next->change < self->changes->len &&
      g_array_index (self->changes, Change, next->change).line == number)
    {
      const Change *change = &g_array_index (self->changes, Change, next->change++);

      g_string_append (out, change->text);
      g_string_append_c (out, '\n');
      return *change->text == '\0' ? (guint32) length : 0;
    }
  while (next->boxed < self->boxed->len &&
         g_array_index (self->boxed, Boxed, next->boxed).line < number)
    next->boxed++;
  if (next->boxed < self->boxed->len &&
      g_array_index (self->boxed, Boxed, next->boxed).line == number)
    {
      guint bytes = g_array_index (self->boxed, Boxed, next->boxed).bytes;

      line += bytes;
      length -= bytes;
    }
  g_string_set_size (out, start + length + 1);
  copy = memcpy (out->str + start, line, length);
  left = neutralise_line (copy, length, cs_source_get_line_bytes (self->source, number));
  copy[left] = '\n';
  g_string_truncate (out, start + left + 1);
  return (guint32) (length - left);
}

/**
 * cs_neutral_write:
 * @fold: whether what stands between fences may be left out: it is, where lines alone tell where
 *   the fences are; only a parser can tell that they are fences
 * @lines: takes the line of the document of each line of the text, from 1; has room for one more
 *   than the document has lines; at 0, how many the text has
 * @cut: takes how many bytes are missing at the end of each line of the document, from 1
 * @starts: (element-type CsNeutralStart): takes where pieces begin, if @fold; else the first alone
 *
 * Writes a document for the block parser: each line keeps what makes it a block.
 *
 * Returns: (transfer full): the text to parse
 */
GString *
cs_neutral_write (CsNeutral *self, gboolean fold, guint *lines, guint32 *cut, GArray *starts)
{
  guint n_lines = cs_source_get_n_lines (self->source), n = 0, next_fold = 0;
  Next next_found = { 0, 0 };
  guint next_chapter = 0;
  CsNeutralStart start = { 0 };
  gsize total;
  GString *out;

  cs_source_get_text (self->source, &total);
  out = g_string_sized_new ((fold ? total / 2 : total) + n_lines + 1);
  g_array_append_val (starts, start);
  for (guint i = 1; i <= n_lines; i++)
    {
      const Fold *next = fold && next_fold < self->folds->len
                           ? &g_array_index (self->folds, Fold, next_fold)
                           : NULL;

      if (fold && next_chapter < self->chapters->len &&
          g_array_index (self->chapters, guint, next_chapter) == i)
        {
          next_chapter++;
          if (n - start.line >= PIECE_LINES)
            {
              start = (CsNeutralStart){ out->len, n };
              g_array_append_val (starts, start);
            }
        }
      lines[++n] = i;
      if (i <= self->front_matter_end)
        g_string_append_c (out, '\n');
      else
        cut[i] = write_line (self, out, i, &next_found);
      if (next != NULL && next->line == i)
        {
          i = next->end_line - 1;
          next_fold++;
        }
    }
  lines[0] = n;
  return out;
}
