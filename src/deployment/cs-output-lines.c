/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command printed, as a person reads it: lines without colours and cursor movements. */

#include "cs-output-lines.h"

#include <string.h>

/* Longer lines are read up to here (bytes). */
#define MAX_LINE (64 * 1024)

/* Behind an escape sequence of ECMA-48: "ESC [ 31 m", "ESC ] 0 ; title BEL", "ESC c". */
static const char *
skip_escape (const char *p, const char *end)
{
  p++;
  if (p < end && *p == '[')
    {
      for (p++; p < end && !(*p >= 0x40 && *p <= 0x7e); p++)
        ;
      return p < end ? p + 1 : end;
    }
  if (p < end && (*p == ']' || *p == 'P' || *p == '_' || *p == '^'))
    {
      for (; p < end && *p != '\a' && *p != '\033'; p++)
        ;
      if (p < end && *p == '\033')
        p++;
      return p < end ? p + 1 : end;
    }
  while (p < end && *p >= 0x20 && *p <= 0x2f)
    p++;
  return p < end ? p + 1 : end;
}

static char *
clean (const char *line, gsize length)
{
  const char *end = line + MIN (length, MAX_LINE);
  g_autoptr (GString) text = g_string_sized_new (MIN (length, MAX_LINE));
  char *valid;

  for (const char *p = line; p < end;)
    {
      if (*p == '\033')
        {
          p = skip_escape (p, end);
          continue;
        }
      if (*p == '\b' && text->len > 0)
        g_string_truncate (text, text->len - 1);
      else if (*p == '\t' || (guchar) *p >= 0x20)
        g_string_append_c (text, *p);
      p++;
    }
  valid = g_utf8_make_valid (text->str, (gssize) text->len);
  return g_strstrip (valid);
}

/**
 * cs_output_lines_new:
 * @output: what a command printed
 * @cut: (out): whether there is more than was read, %CS_OUTPUT_LINES_MAX bytes
 *
 * A progress that is written over itself ("\r") gives a line for each state that it showed.
 *
 * Returns: (transfer full) (element-type utf8): its lines, without escape sequences, control
 *   characters and spaces around, each at most 64 KiB; empty ones are among them
 */
GPtrArray *
cs_output_lines_new (GBytes *output, gboolean *cut)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  gsize size;
  const char *text = g_bytes_get_data (output, &size);
  const char *end = text + MIN (size, CS_OUTPUT_LINES_MAX);

  *cut = size > CS_OUTPUT_LINES_MAX;
  for (const char *p = text; p != NULL && p < end;)
    {
      const char *stop = p;

      while (stop < end && *stop != '\n' && *stop != '\r')
        stop++;
      g_ptr_array_add (lines, clean (p, (gsize) (stop - p)));
      if (stop + 1 < end && *stop == '\r' && stop[1] == '\n')
        stop++;
      p = stop + 1;
    }
  return lines;
}
