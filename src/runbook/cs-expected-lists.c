/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists under "**Expected:**" below commands. */

#include "cs-expected-lists.h"

#include "cs-expectations.h"
#include "cs-headings.h"
#include "cs-languages.h"

#include <string.h>

/* How far below the commands the label may stand, and how long a list of expectations may be. */
#define MAX_DISTANCE 3
#define MAX_ITEMS 50
#define MAX_LINE 500

static gboolean
is_expected_label (CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);
  g_autofree char *raw = length < MAX_LINE ? g_strndup (text, length) : g_strdup ("");
  g_autofree char *words = cs_heading_strip_markup (raw);

  g_strstrip (words);
  return (g_str_has_suffix (words, ":") || g_str_has_suffix (words, "：")) &&
         cs_language_is_expected_label (words);
}

/* The label's line; 0 if none follows the block. */
static guint
find_label (CsSource *source, CsMarkdown *markdown, guint below)
{
  guint n_lines = cs_source_get_n_lines (source);

  for (guint line = below + 1; line <= MIN (below + MAX_DISTANCE, n_lines); line++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (markdown, line);

      if (kind == CS_LINE_BLANK)
        continue;
      return kind == CS_LINE_TEXT && is_expected_label (source, line) ? line : 0;
    }
  return 0;
}

static void
take_item (CsBlock *block, CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);
  g_autofree char *raw = g_strndup (text, MIN (length, MAX_LINE));
  g_autofree char *words = cs_heading_strip_markup (raw + strspn (raw, "-*+> \t0123456789.)"));

  if (*words != '\0')
    g_ptr_array_add (block->marks, cs_mark_new (CS_MARK_EXPECTATION, line, words,
                                                cs_expectation_judge (words, FALSE)));
}

/**
 * cs_expected_lists_find:
 * @blocks: (element-type CsBlock): all blocks, in document order
 *
 * Gives commands the expectations that are listed below them under a label such as "**Expected:**".
 */
void
cs_expected_lists_find (CsSource *source, CsMarkdown *markdown, GPtrArray *blocks)
{
  guint n_lines = cs_source_get_n_lines (source);

  for (guint i = 0; i < blocks->len; i++)
    {
      CsBlock *block = g_ptr_array_index (blocks, i);
      guint label = block->kind == CS_BLOCK_COMMAND
                      ? find_label (source, markdown, block->end_line)
                      : 0;

      if (label == 0)
        continue;
      for (guint line = label + 1; line <= MIN (label + MAX_ITEMS, n_lines); line++)
        {
          CsLineKind kind = cs_markdown_get_line_kind (markdown, line);

          if (kind == CS_LINE_BLANK)
            continue;
          if (kind != CS_LINE_TEXT || !cs_markdown_is_item_start (markdown, line))
            break;
          take_item (block, source, line);
        }
    }
}
