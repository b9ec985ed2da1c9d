/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a value so that a shell reads it back as data, for each place where it can stand. */

#include "cs-shell-quoting.h"

#include <string.h>

static void
escape (GString *out, const char *value, gsize length, const char *special)
{
  const char *end = value + length;
  const char *from = value;

  for (const char *p = value; p < end; p++)
    {
      if (strchr (special, *p) == NULL)
        continue;
      g_string_append_len (out, from, p - from);
      g_string_append_c (out, '\\');
      from = p;
    }
  g_string_append_len (out, from, end - from);
}

/**
 * cs_shell_quote_word:
 * @in_document: see cs_shell_quote_single()
 *
 * For a bare word, or a part of one.
 */
void
cs_shell_quote_word (GString *out, const char *value, gboolean in_document)
{
  g_string_append_c (out, '\'');
  cs_shell_quote_single (out, value, in_document);
  g_string_append_c (out, '\'');
}

/**
 * cs_shell_quote_double:
 *
 * For the inside of "double quotes".
 */
void
cs_shell_quote_double (GString *out, const char *value)
{
  escape (out, value, strlen (value), "\\$`\"");
}

/**
 * cs_shell_quote_single:
 * @in_document: whether a here-document is around, whose reader takes a backslash and the end of
 *   the line behind it away before anyone looks for quotes
 *
 * For the inside of 'single quotes': nothing can be escaped there, so they are left for a moment.
 */
void
cs_shell_quote_single (GString *out, const char *value, gboolean in_document)
{
  const char *from = value;
  const char *p;

  for (p = value; *p != '\0'; p++)
    {
      const char *instead = NULL;

      if (*p == '\'')
        instead = "'\\''";
      else if (in_document && *p == '\\' && (p[1] == '\n' || p[1] == '\0'))
        instead = "\\''";
      if (instead == NULL)
        continue;
      g_string_append_len (out, from, p - from);
      g_string_append (out, instead);
      from = p + 1;
    }
  g_string_append_len (out, from, p - from);
}

/**
 * cs_shell_quote_ansi:
 *
 * For the inside of $'…'. A shell that does not know these quotes reads them as single quotes, so
 * what it must not see raw is written in octal: there the value looks odd, but stays data.
 */
void
cs_shell_quote_ansi (GString *out, const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    {
      if (g_ascii_isalnum (*p) || strchr (" _-./:@%+,=", *p) != NULL)
        g_string_append_c (out, *p);
      else
        g_string_append_printf (out, "\\%03o", (guint) (guchar) *p);
    }
}

/**
 * cs_shell_quote_comment:
 *
 * For a comment: it stays on its line, and so does what follows.
 */
void
cs_shell_quote_comment (GString *out, const char *value)
{
  gsize from = out->len;

  g_string_append (out, value);
  g_strdelimit (out->str + from, "\n\r", ' ');
  if (out->len > from && out->str[out->len - 1] == '\\')
    g_string_append_c (out, ' ');
}

static gboolean
is_delimiter (const char *line, gsize length, const char *delimiter, gboolean strip_tabs)
{
  while (strip_tabs && length > 0 && *line == '\t')
    {
      line++;
      length--;
    }
  return strlen (delimiter) == length && memcmp (line, delimiter, length) == 0;
}

/**
 * cs_shell_common_start:
 * @line: (array length=length): a line of a here-document
 *
 * dash 0.5.12 loses a byte from 0x80 on that follows the beginning of the delimiter where a line
 * begins (it reads ahead there).
 *
 * Returns: how much of the delimiter the line begins with
 */
gsize
cs_shell_common_start (const char *line, gsize length, const char *delimiter)
{
  gsize n = 0;

  while (n < length && delimiter[n] != '\0' && line[n] == delimiter[n])
    n++;
  return n;
}

/* One line of a value. */
static void
quote_document_line (GString *out,
                     const char *line,
                     gsize length,
                     const char *delimiter,
                     gboolean at_start)
{
  gsize common = cs_shell_common_start (line, length, delimiter);

  if (common < length && (guchar) line[common] >= 0x80 && (common > 0 || !at_start))
    {
      g_string_append_len (out, line, (gssize) common);
      g_string_append (out, CS_SHELL_NOTHING);
      line += common;
      length -= common;
    }
  escape (out, line, length, "\\$`");
}

/**
 * cs_shell_quote_document:
 * @delimiter: of the here-document
 * @strip_tabs: whether it is opened by `<<-`
 * @only_tabs_before: whether nothing but tabs stands before the value on its line
 *
 * For a here-document in which expansions are made. No line becomes the delimiter (the first and
 * the last one may have neighbours on their line), and no tab of the value is stripped.
 */
void
cs_shell_quote_document (GString *out,
                         const char *value,
                         const char *delimiter,
                         gboolean strip_tabs,
                         gboolean only_tabs_before)
{
  gboolean first = TRUE;
  gboolean last;

  do
    {
      const char *newline = strchr (value, '\n');
      gsize length = newline != NULL ? (gsize) (newline - value) : strlen (value);

      last = newline == NULL;
      if (strip_tabs && *value == '\t' && (!first || only_tabs_before))
        g_string_append (out, CS_SHELL_NOTHING);
      quote_document_line (out, value, length, delimiter, !first || only_tabs_before);
      if (first || last ? memmem (delimiter, strlen (delimiter), value, length) != NULL
                        : is_delimiter (value, length, delimiter, strip_tabs))
        g_string_append (out, CS_SHELL_NOTHING);
      if (!last)
        g_string_append_c (out, '\n');
      value += length + 1;
      first = FALSE;
    }
  while (!last);
}

/**
 * cs_shell_quote_backquoted:
 * @script: (array length=length): commands
 * @in_double: whether double quotes are around the backquotes
 *
 * For the inside of `backquotes`. All that may be escaped is: bash's brace expansion looks at the
 * text before it does, and takes a bare " for the end of quotes and a bare $( for commands.
 */
void
cs_shell_quote_backquoted (GString *out, const char *script, gsize length, gboolean in_double)
{
  escape (out, script, length, in_double ? "\\`$\"" : "\\`$");
}

/**
 * cs_shell_is_plain:
 *
 * Returns: whether no shell and no language that runbooks use reads the value as more than one
 *   word: letters, digits and a few marks, not beginning with a dash
 */
gboolean
cs_shell_is_plain (const char *value)
{
  if (*value == '\0' || *value == '-')
    return FALSE;
  for (const char *p = value; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && strchr ("_-./:@%+,^", *p) == NULL && (guchar) *p < 0x80)
        return FALSE;
    }
  return TRUE;
}

/**
 * cs_shell_is_number:
 *
 * Returns: whether the value is a whole number that arithmetic reads as itself
 */
gboolean
cs_shell_is_number (const char *value)
{
  gsize length = strlen (value);

  return length > 0 && length <= 18 && strspn (value, "0123456789") == length &&
         (length == 1 || *value != '0');
}
