/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document as bytes and as readable text, both cut into the same lines. */

#include "cs-source.h"

#include "cs-encoding.h"
#include "cs-error.h"
#include "cs-runbook.h"

#include <string.h>

struct _CsSource
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  char *text;
  gsize text_length;
  const char *damage;
  GArray *text_starts; /* of gsize: where each line begins; one more than there are lines */
  GArray *byte_starts;
  guint32 *line_bytes; /* of CsBytes, from line 1: what is asked of each line many times */
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

/* Ends of lines are LF, CR LF and CR, as CommonMark has it; they belong to the line they end. */
static GArray *
cut_lines (const char *data, gsize length)
{
  GArray *starts = g_array_sized_new (FALSE, FALSE, sizeof (gsize), length / 32 + 2);
  const char *feed = NULL, *carriage = NULL, *stop = data + length;
  gsize start = 0;

  while (start < length)
    {
      const char *end;

      g_array_append_val (starts, start);
      feed = next_byte (feed, data + start, stop, '\n');
      carriage = next_byte (carriage, data + start, stop, '\r');
      end = MIN (feed, carriage);
      if (end < stop && *end == '\r' && end + 1 == feed && feed < stop)
        end++;
      start = MIN ((gsize) (end - data) + 1, length);
    }
  g_array_append_val (starts, length);
  return starts;
}

static guint32 *
collect_bytes (const char *text, GArray *starts)
{
  guint32 *found = g_new (guint32, starts->len + 1);

  for (guint i = 1; i < starts->len; i++)
    {
      gsize start = g_array_index (starts, gsize, i - 1), end = g_array_index (starts, gsize, i);

      found[i] = cs_bytes_of (text + start, end - start);
    }
  return found;
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
  self->text_starts = cut_lines (self->text, self->text_length);
  if (self->damage == NULL && self->text_length == length) /* it is the bytes as they are */
    self->byte_starts = g_array_ref (self->text_starts);
  else
    self->byte_starts = cut_lines (data, length);
  self->line_bytes = collect_bytes (self->text, self->text_starts);
  /* No decoding makes or removes an end of line. */
  g_assert (self->text_starts->len == self->byte_starts->len ||
            (self->text_length == 0 && self->text_starts->len == 1));
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
  g_array_unref (self->text_starts);
  g_array_unref (self->byte_starts);
  g_free (self->line_bytes);
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
  return self->byte_starts->len - 1;
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
  gsize start, end;

  *length = 0;
  if (line == 0 || line >= self->text_starts->len)
    return "";
  start = g_array_index (self->text_starts, gsize, line - 1);
  end = g_array_index (self->text_starts, gsize, line);
  while (end > start && (self->text[end - 1] == '\n' || self->text[end - 1] == '\r'))
    end--;
  *length = end - start;
  return self->text + start;
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
  return line == 0 || line >= self->text_starts->len ? 0 : (CsBytes) self->line_bytes[line];
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

  to = MIN (to, self->text_starts->len - 1);
  if (from == 0 || from > to)
    return g_strdup ("");
  start = g_array_index (self->text_starts, gsize, from - 1);
  return g_strndup (self->text + start, g_array_index (self->text_starts, gsize, to) - start);
}

/* Adds the bytes of the lines, as they are stored, to out. */
void
cs_source_append_bytes (CsSource *self, guint from, guint to, GByteArray *out)
{
  const guint8 *data = g_bytes_get_data (self->bytes, NULL);
  gsize start;

  to = MIN (to, cs_source_get_n_lines (self));
  if (from == 0 || from > to)
    return;
  start = g_array_index (self->byte_starts, gsize, from - 1);
  g_byte_array_append (out, data + start, g_array_index (self->byte_starts, gsize, to) - start);
}
