/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document as bytes and as readable text, both cut into the same lines. */

#include "cs-source.h"

#include "cs-encoding.h"
#include "cs-error.h"
#include "cs-runbook.h"

#include <string.h>

/* A line of the text; offsets fit, because of CS_RUNBOOK_MAX_SIZE. */
typedef struct
{
  guint32 start;
  guint32 length; /* without the end of the line */
  CsBytes bytes;  /* what is asked of each line many times */
} Line;

struct _CsSource
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  char *text;
  gsize text_length;
  const char *damage;
  guint n_lines;
  guint n_text_lines;
  Line *lines;          /* of the text; one more than there are, at its end */
  guint32 *byte_starts; /* where each line of the bytes begins; NULL: as in the text */
};

/* Looks for a byte from start on, unless the place found last is still ahead. */
static const char *
next_byte (const char *found, const char *start, const char *end, char byte)
{
  if (found >= start)
    return found;
  found = memchr (start, byte, (gsize) (end - start));
  return found != NULL ? found : end;
}

typedef struct
{
  const char *stop;
  const char *feed; /* the next LF, or the end of the data */
  const char *carriage;
  const char *end; /* of the line at hand, behind its words */
} Cutter;

/* Goes from the beginning of a line to that of the next one. Ends of lines are LF, CR LF and CR, as
 * CommonMark has it; they belong to the line they end. */
static const char *
cut_line (Cutter *self, const char *start)
{
  self->feed = next_byte (self->feed, start, self->stop, '\n');
  self->carriage = next_byte (self->carriage, start, self->stop, '\r');
  self->end = MIN (self->feed, self->carriage);
  if (self->end == self->stop)
    return self->stop;
  return self->end + (self->end == self->carriage && self->end + 1 == self->feed &&
                          self->feed < self->stop
                        ? 2
                        : 1);
}

static void
cut_text (CsSource *self)
{
  const char *stop = self->text + self->text_length;
  Cutter cutter = { .stop = stop };
  guint size = (guint) (self->text_length / 24) + 2;

  self->lines = g_new (Line, size);
  for (const char *p = self->text; p < stop; self->n_text_lines++)
    {
      const char *next = cut_line (&cutter, p);
      Line *line;

      if (self->n_text_lines + 2 > size)
        {
          size *= 2;
          self->lines = g_renew (Line, self->lines, size);
        }
      line = &self->lines[self->n_text_lines];
      line->start = (guint32) (p - self->text);
      line->length = (guint32) (cutter.end - p);
      line->bytes = cs_bytes_of (p, line->length);
      p = next;
    }
  self->lines[self->n_text_lines] = (Line){ .start = (guint32) self->text_length };
}

/* Where the lines of the bytes begin, if these are not the text. */
static void
cut_bytes (CsSource *self, const char *data, gsize length)
{
  Cutter cutter = { .stop = data + length };
  const char *p = data;

  self->byte_starts = g_new (guint32, self->n_text_lines + 2);
  for (; p < cutter.stop && self->n_lines <= self->n_text_lines; p = cut_line (&cutter, p))
    self->byte_starts[self->n_lines++] = (guint32) (p - data);
  self->byte_starts[self->n_lines] = (guint32) length;
  /* No decoding makes or removes an end of line; but of a document that is a byte order mark, and
   * nothing else, no text is left. */
  g_assert (p == cutter.stop);
  g_assert (self->n_lines == self->n_text_lines || self->text_length == 0);
}

static gboolean
check_bytes (const char *data, gsize length, GError **error)
{
  const char *nul;

  if (length > CS_RUNBOOK_MAX_SIZE)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The document has %" G_GSIZE_FORMAT " bytes; a runbook may have at most %d. "
                   "Split it into several runbooks.",
                   length, CS_RUNBOOK_MAX_SIZE);
      return FALSE;
    }
  if (length >= 2 && (memcmp (data, "\xff\xfe", 2) == 0 || memcmp (data, "\xfe\xff", 2) == 0))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "This text is stored as UTF-16. Save it as UTF-8 and open it again.");
      return FALSE;
    }
  nul = length > 0 ? memchr (data, '\0', length) : NULL;
  if (nul != NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "This is not a text: there is a NUL byte at offset %" G_GSIZE_FORMAT ". "
                   "Open a Markdown file.",
                   (gsize) (nul - data));
      return FALSE;
    }
  return TRUE;
}

/**
 * cs_source_new:
 * @bytes: the document as it is stored
 *
 * Decodes a document and cuts it into lines. The bytes are kept as they are.
 *
 * Returns: (transfer full) (nullable): the source, or %NULL with %CS_ERROR_INVALID
 */
CsSource *
cs_source_new (GBytes *bytes, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GString) text = NULL;
  CsSource *self;

  if (!check_bytes (data, length, error))
    return NULL;
  self = g_new0 (CsSource, 1);
  g_atomic_ref_count_init (&self->ref_count);
  text = cs_encoding_decode (data, length, &self->damage);
  self->bytes = g_bytes_ref (bytes);
  self->text_length = text->len;
  self->text = g_string_free (g_steal_pointer (&text), FALSE);
  cut_text (self);
  if (self->damage == NULL && self->text_length == length) /* it is the bytes as they are */
    self->n_lines = self->n_text_lines;
  else
    cut_bytes (self, data, length);
  return self;
}

CsSource *
cs_source_ref (CsSource *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
cs_source_unref (CsSource *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_bytes_unref (self->bytes);
  g_free (self->text);
  g_free (self->lines);
  g_free (self->byte_starts);
  g_free (self);
}

GBytes *
cs_source_get_bytes (CsSource *self)
{
  return self->bytes;
}

const char *
cs_source_get_text (CsSource *self, gsize *length)
{
  if (length != NULL)
    *length = self->text_length;
  return self->text;
}

const char *
cs_source_get_damage (CsSource *self)
{
  return self->damage;
}

guint
cs_source_get_n_lines (CsSource *self)
{
  return self->n_lines;
}

/**
 * cs_source_get_line:
 * @line: number of the line, from 1
 * @length: (out): bytes of the line without its end
 *
 * Returns: (transfer none): the text of the line, not NUL-terminated; empty beyond the document
 */
const char *
cs_source_get_line (CsSource *self, guint line, gsize *length)
{
  *length = 0;
  if (line == 0 || line > self->n_text_lines)
    return "";
  *length = self->lines[line - 1].length;
  return self->text + self->lines[line - 1].start;
}

/**
 * cs_source_get_line_bytes:
 * @line: number of the line, from 1
 *
 * Returns: which of the bytes that readers look for the line holds
 */
CsBytes
cs_source_get_line_bytes (CsSource *self, guint line)
{
  return line == 0 || line > self->n_text_lines ? 0 : self->lines[line - 1].bytes;
}

char *
cs_source_dup_line (CsSource *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self, line, &length);

  return g_strndup (text, length);
}

/**
 * cs_source_dup_lines:
 * @from: first line, from 1
 * @to: last line
 *
 * Returns: (transfer full): the lines with their ends, as text; empty if there are none
 */
char *
cs_source_dup_lines (CsSource *self, guint from, guint to)
{
  gsize start;

  to = MIN (to, self->n_text_lines);
  if (from == 0 || from > to)
    return g_strdup ("");
  start = self->lines[from - 1].start;
  return g_strndup (self->text + start, self->lines[to].start - start);
}

static gsize
byte_start (CsSource *self, guint index)
{
  return self->byte_starts != NULL ? self->byte_starts[index] : self->lines[index].start;
}

/* Adds the bytes of the lines, as they are stored, to out. */
void
cs_source_append_bytes (CsSource *self, guint from, guint to, GByteArray *out)
{
  const guint8 *data = g_bytes_get_data (self->bytes, NULL);
  gsize start;

  to = MIN (to, self->n_lines);
  if (from == 0 || from > to)
    return;
  start = byte_start (self, from - 1);
  g_byte_array_append (out, data + start, (guint) (byte_start (self, to) - start));
}
