/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Here-documents, and what is put into them. */

#include "cs-shell-quoting.h"
#include "cs-shell-walk.h"

#include <string.h>

static gsize
line_end (CsShellWalk *self, gsize from)
{
  const char *newline = memchr (self->text + from, '\n', self->end - from);

  return newline != NULL ? (gsize) (newline - self->text) : self->end;
}

static gsize
skip_tabs (const char *text, gsize from, gsize to)
{
  while (from < to && text[from] == '\t')
    from++;
  return from;
}

static gboolean
is_delimiter (const CsShellDocument *document, const char *text, gsize from, gsize to)
{
  gsize length = strlen (document->delimiter);

  if (document->strip_tabs)
    from = skip_tabs (text, from, to);
  return to - from == length && memcmp (text + from, document->delimiter, length) == 0;
}

/* A line that goes on after a backslash: does what is read of it look like the delimiter to one
 * shell and not to the next? */
static gboolean
is_doubtful (const CsShellDocument *document, const char *text, gsize from, gsize to)
{
  if (document->strip_tabs)
    from = skip_tabs (text, from, to);
  return strncmp (document->delimiter, text + from, to - 1 - from) == 0;
}

/* Where the line of the delimiter begins. */
static gboolean
find_end (CsShellWalk *self, const CsShellDocument *document, gsize *end)
{
  gsize from = self->pos;
  gboolean continued = FALSE;

  while (from < self->end)
    {
      gsize to = line_end (self, from);
      gsize backslashes = 0;

      if (is_delimiter (document, self->text, from, to))
        {
          *end = from;
          return !continued ||
                 cs_shell_walk_fail (self, from, "a backslash stands before the end of a <<");
        }
      while (to - backslashes > from && self->text[to - backslashes - 1] == '\\')
        backslashes++;
      continued = !document->quoted && backslashes % 2 == 1;
      if (continued && is_doubtful (document, self->text, from, to))
        return cs_shell_walk_fail (self, from, "shells don't agree where the here-document ends");
      from = to + 1;
    }
  return cs_shell_walk_fail (self, self->pos, "the here-document has no end");
}

static gboolean
walk_expanded_part (CsShellWalk *self, const CsShellDocument *document, gboolean only_tabs)
{
  char c = self->text[self->pos];

  if (cs_shell_walk_at_slot (self))
    return cs_shell_walk_document_slot (self, document, only_tabs);
  if (c == '\\')
    return cs_shell_walk_escape (self);
  if (c == '$')
    return cs_shell_walk_dollar (self, TRUE);
  if (c == '`')
    return cs_shell_walk_backquote (self, FALSE, TRUE);
  return cs_shell_walk_advance (self, 1);
}

/* Lines of values inside $(…) are looked at as well: for bash the document ends in the middle. */
static gboolean
has_delimiter (CsShellWalk *self, const CsShellDocument *document, gsize from)
{
  while (from < self->out->len)
    {
      const char *newline = memchr (self->out->str + from, '\n', self->out->len - from);
      gsize to = newline != NULL ? (gsize) (newline - self->out->str) : self->out->len;

      if (is_delimiter (document, self->out->str, from, to))
        return TRUE;
      from = to + 1;
    }
  return FALSE;
}

static gboolean
walk_expanded (CsShellWalk *self, const CsShellDocument *document)
{
  gboolean only_tabs = TRUE;
  gboolean good = TRUE;
  gsize from;

  cs_shell_walk_flush (self);
  from = self->out->len;
  self->bodies++;
  self->stripped += document->strip_tabs ? 1 : 0;
  while (good && self->pos < self->end)
    {
      gboolean tab = !cs_shell_walk_at_slot (self) && self->text[self->pos] == '\t';

      good = walk_expanded_part (self, document, only_tabs);
      only_tabs = self->copied != self->pos &&
                  (self->text[self->pos - 1] == '\n' || (only_tabs && tab));
    }
  self->bodies--;
  self->stripped -= document->strip_tabs ? 1 : 0;
  if (!good)
    return FALSE;
  cs_shell_walk_flush (self);
  return !has_delimiter (self, document, from) ||
         cs_shell_walk_fail (self, self->pos,
                             "a line of the value would end the here-document");
}

/* Nothing can be escaped here, so each line that has come about is looked at. */
static gboolean
check_lines (CsShellWalk *self, const CsShellDocument *document, const char *text, gsize length)
{
  gsize from = 0;

  while (from <= length)
    {
      const char *newline = memchr (text + from, '\n', length - from);
      gsize to = newline != NULL ? (gsize) (newline - text) : length;
      gsize common;

      if (is_delimiter (document, text, from, to))
        return cs_shell_walk_fail (self, self->pos,
                                   "a line of the value would end the here-document");
      common = cs_shell_common_start (text + from, to - from, document->delimiter);
      if (common > 0 && from + common < to && (guchar) text[from + common] >= 0x80)
        return cs_shell_walk_fail (self, self->pos,
                                   "a line begins like the end of the here-document, which dash "
                                   "does not read right");
      if (document->strip_tabs && from > 0 && text[from] == '\t')
        return cs_shell_walk_fail (self, self->pos,
                                   "<<- would take away tabs of the value; write << instead");
      from = to + 1;
    }
  return TRUE;
}

static gboolean
walk_quoted_line (CsShellWalk *self, const CsShellDocument *document, gsize to)
{
  gsize start, tabs, tabs_after;

  cs_shell_walk_flush (self);
  start = self->out->len;
  tabs = skip_tabs (self->text, self->pos, to) - self->pos;
  while (self->pos < to)
    {
      if (!(cs_shell_walk_at_slot (self) ? cs_shell_walk_document_slot (self, document, FALSE)
                                         : cs_shell_walk_advance (self, 1)))
        return FALSE;
    }
  cs_shell_walk_flush (self);
  tabs_after = skip_tabs (self->out->str, start, self->out->len) - start;
  if (document->strip_tabs && tabs_after != tabs)
    return cs_shell_walk_fail (self, self->pos,
                               "<<- would take away tabs of the value; write << instead");
  return check_lines (self, document, self->out->str + start, self->out->len - start);
}

static gboolean
walk_quoted (CsShellWalk *self, const CsShellDocument *document)
{
  while (self->pos < self->end)
    {
      gsize to = line_end (self, self->pos);

      if (!walk_quoted_line (self, document, to))
        return FALSE;
      self->pos = MIN (to + 1, self->end);
    }
  return TRUE;
}

/* From the first line of the body to behind the line that ends it. */
gboolean
cs_shell_walk_document (CsShellWalk *self, const CsShellDocument *document)
{
  gsize end = self->end;
  gsize body_end = self->pos;
  gboolean good;

  if (!find_end (self, document, &body_end))
    return FALSE;
  self->end = body_end;
  good = document->quoted ? walk_quoted (self, document) : walk_expanded (self, document);
  self->end = end;
  return good && cs_shell_walk_advance (self, MIN (line_end (self, body_end) + 1, end) - body_end);
}
