/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a document says about itself: version, date, owner. */

#include "cs-metadata.h"

#include "cs-labels.h"

#include <string.h>

#define MAX_HEAD_LINES 60
#define MAX_FOOT_LINES 20

static void
add_pair (GPtrArray *pairs, char *key, char *value)
{
  for (guint i = 0; i < pairs->len; i += 2)
    {
      if (strcmp (g_ptr_array_index (pairs, i), key) == 0)
        {
          g_free (key);
          g_free (value);
          return;
        }
    }
  g_ptr_array_add (pairs, key);
  g_ptr_array_add (pairs, value);
}

static gboolean
add_line (GPtrArray *pairs, CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);
  char *key, *value;

  if (length > 400 || !cs_label_split (text, length, &key, &value))
    return FALSE;
  if (*value == '\0' || strstr (value, "___") != NULL)
    {
      g_free (key);
      g_free (value);
      return FALSE;
    }
  add_pair (pairs, key, value);
  return TRUE;
}

static void
add_front_matter (GPtrArray *pairs, CsSource *source, guint end)
{
  for (guint i = 2; i < end; i++)
    {
      gsize length;
      const char *text = cs_source_get_line (source, i, &length);
      const char *sign = memchr (text, ':', length);
      char *value;

      sign = sign != NULL ? sign : memchr (text, '=', length);
      if (sign == NULL || !g_ascii_isalpha (text[0]))
        continue;
      value = g_strstrip (g_strndup (sign + 1, length - (gsize) (sign + 1 - text)));
      add_pair (pairs, g_strchomp (g_strndup (text, (gsize) (sign - text))), value);
    }
}

/* "**Version**: 1.0" lines between the title and the first chapter. */
static void
add_head (GPtrArray *pairs, CsSource *source, CsMarkdown *markdown, guint title_line)
{
  for (guint i = title_line + 1; i <= title_line + MAX_HEAD_LINES; i++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (markdown, i);

      if (kind == CS_LINE_HEADING || kind == CS_LINE_CODE || i > cs_source_get_n_lines (source))
        return;
      if (kind == CS_LINE_TEXT)
        add_line (pairs, source, i);
    }
}

/* The last lines of the document, if each of them is a pair. */
static void
add_foot (GPtrArray *pairs, CsSource *source, CsMarkdown *markdown)
{
  guint last = cs_source_get_n_lines (source), first, above;

  while (last > 0 && cs_markdown_get_line_kind (markdown, last) == CS_LINE_BLANK)
    last--;
  for (first = last + 1; first > 1 && last - (first - 1) < MAX_FOOT_LINES; first--)
    {
      gsize length;
      const char *text = cs_source_get_line (source, first - 1, &length);
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;

      if (cs_markdown_get_line_kind (markdown, first - 1) != CS_LINE_TEXT ||
          cs_markdown_is_item_start (markdown, first - 1) ||
          !cs_label_split (text, length, &key, &value))
        break;
    }
  for (above = first - 1;
       above > 0 && cs_markdown_get_line_kind (markdown, above) == CS_LINE_BLANK;)
    above--;
  /* Lines under a heading are its contents; a single one counts only under a rule. */
  if (above == 0 || cs_markdown_get_line_kind (markdown, above) == CS_LINE_HEADING ||
      (last <= first && cs_markdown_get_line_kind (markdown, above) != CS_LINE_RULE))
    return;
  for (guint i = first; i <= last; i++)
    add_line (pairs, source, i);
}

/**
 * cs_metadata_find:
 * @title_line: line of the title, 0 if there is none
 *
 * Collects what a document says about itself in its front matter, under its title and at its end.
 *
 * Returns: (transfer full): keys and values by turns
 */
GPtrArray *
cs_metadata_find (CsSource *source, CsMarkdown *markdown, guint title_line)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func (g_free);
  guint front_end = cs_markdown_get_front_matter_end (markdown);

  add_front_matter (pairs, source, front_end);
  add_head (pairs, source, markdown, MAX (title_line, front_end));
  add_foot (pairs, source, markdown);
  return pairs;
}
