/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes to tick, as people write them: "[ ]", "[x]", "☐". */

#include "cs-boxes.h"

#include <string.h>

/* What may stand between brackets. */
static const struct
{
  const char *inside;
  gboolean done;
} BRACKETS[] = {
  { " ", FALSE },  { "x", TRUE },      { "X", TRUE },  { "", FALSE },  { "  ", FALSE },
  { "_", FALSE },  { "\u3000", FALSE }, { "\u00a0", FALSE }, { "✓", TRUE }, { "✔", TRUE },
  { "√", TRUE },
  { "&nbsp;", FALSE }, { " &nbsp; ", FALSE }, { "&nbsp;&nbsp;", FALSE },
};

static const struct
{
  const char *glyph;
  gboolean done;
} GLYPHS[] = {
  { "☐", FALSE }, { "□", FALSE }, { "⬜", FALSE }, { "◻", FALSE }, { "▢", FALSE }, { "❏", FALSE },
  { "❐", FALSE }, { "❑", FALSE }, { "❒", FALSE }, { "🔲", FALSE }, { "☑", TRUE },  { "☒", TRUE },
  { "🗹", TRUE },
};

/* Marks that people put before items beside those of Markdown. */
static const char *const BULLETS[] = { "•", "·", "‣", "◦", "–", "▪", "●", "○" };

/**
 * cs_box_may_start:
 *
 * Returns: whether a box can begin with the byte
 */
gboolean
cs_box_may_start (char c)
{
  return c == '[' || c == '\\' || (guchar) c >= 0xe2;
}

/* The length of a "[ ]", brackets and all, which some formatters write as "\[ \]"; 0 if there is
 * none. */
static gsize
bracket_length (const char *text, gsize length, gboolean *done)
{
  gsize escape = length > 0 && *text == '\\' ? 1 : 0;

  if (length < escape + 2 || text[escape] != '[')
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (BRACKETS); i++)
    {
      gsize inside = strlen (BRACKETS[i].inside), n = escape + 1 + inside;

      if (n + escape >= length || memcmp (text + escape + 1, BRACKETS[i].inside, inside) != 0 ||
          text[n + escape] != ']' || (escape > 0 && text[n] != '\\'))
        continue;
      *done = BRACKETS[i].done;
      return n + escape + 1;
    }
  return 0;
}

static gsize
glyph_length (const char *text, gsize length, gboolean *done)
{
  for (guint i = 0; i < G_N_ELEMENTS (GLYPHS); i++)
    {
      gsize n = strlen (GLYPHS[i].glyph);

      if (length < n || memcmp (text, GLYPHS[i].glyph, n) != 0)
        continue;
      *done = GLYPHS[i].done;
      if (length - n >= 3 && memcmp (text + n, "\xef\xb8\x8f", 3) == 0)
        n += 3; /* as an emoji */
      return n;
    }
  return 0;
}

static gsize
skip_blanks (const char *text, gsize from, gsize length)
{
  while (from < length && (text[from] == ' ' || text[from] == '\t'))
    from++;
  return from;
}

/**
 * cs_box_parse:
 * @text: (array length=length): the beginning of an item's words
 * @done: (out): whether the box is ticked
 * @box_end: (out): where the words after the box begin
 *
 * Reads "[ ]", "[x]" and the ballot boxes of Unicode. Behind brackets there is a blank: "[x](y)" is
 * a link.
 *
 * Returns: whether there is a box
 */
gboolean
cs_box_parse (const char *text, gsize length, gboolean *done, gsize *box_end)
{
  gsize n = bracket_length (text, length, done);

  if (n > 0 && n < length && text[n] != ' ' && text[n] != '\t')
    return FALSE;
  if (n == 0)
    n = length > 0 && (guchar) *text >= 0xe2 ? glyph_length (text, length, done) : 0;
  if (n == 0)
    return FALSE;
  *box_end = skip_blanks (text, n, length);
  return TRUE;
}

/**
 * cs_box_parse_item:
 *
 * Like cs_box_parse(), for the beginning of an item of a list, where a box is also one if it is
 * emphasised ("**[ ]** words"), stands as code ("`[ ]` words"), or lacks the blank ("[ ]words").
 *
 * Returns: whether there is a box
 */
gboolean
cs_box_parse_item (const char *text, gsize length, gboolean *done, gsize *box_end)
{
  gsize open = 0, n, close = 0;

  while (open < length && open < 3 && strchr ("*_`", text[open]) != NULL && text[open] == *text)
    open++;
  n = open < length ? bracket_length (text + open, length - open, done) : 0;
  if (n == 0)
    n = open < length && open > 0 ? glyph_length (text + open, length - open, done) : 0;
  if (n == 0)
    return open == 0 && cs_box_parse (text, length, done, box_end);
  n += open;
  while (close < open && n < length && text[n] == *text)
    n++, close++;
  if (close != open || (open == 0 && n < length && strchr ("([:{,.;])", text[n]) != NULL) ||
      (open == 0 && n == 2))
    return open == 0 && cs_box_parse (text, length, done, box_end);
  *box_end = skip_blanks (text, n, length);
  return TRUE;
}

/**
 * cs_box_find:
 * @from: an offset
 * @words: (out): where the words after the box begin
 *
 * Returns: the offset of the first box from an offset on, outside of code; @length if there is none
 */
gsize
cs_box_find (const char *text, gsize from, gsize length, gboolean *done, gsize *words)
{
  gboolean code = FALSE;
  gsize box_end;

  for (gsize i = from; i < length; i++)
    {
      if (text[i] == '`')
        code = !code;
      if (code || !cs_box_may_start (text[i]) ||
          (i > from && (guchar) text[i] < 0x80 && strchr (" :|", text[i - 1]) == NULL))
        continue;
      if (cs_box_parse (text + i, length - i, done, &box_end))
        {
          *words = i + box_end;
          return i;
        }
    }
  return length;
}

static gsize
bullet_length (const char *text, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (BULLETS); i++)
    {
      gsize n = strlen (BULLETS[i]);

      if (length > n && memcmp (text, BULLETS[i], n) == 0 && text[n] == ' ')
        return n;
    }
  return 0;
}

/**
 * cs_box_skip_list_marks:
 *
 * Returns: where the words of an item begin: behind "-", "1.", "a)", "•" and the marks of quotes
 */
gsize
cs_box_skip_list_marks (const char *text, gsize length)
{
  gsize at = 0, n;

  while (TRUE)
    {
      while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '>'))
        at++;
      if (at + 1 < length && strchr ("-*+", text[at]) != NULL &&
          (text[at + 1] == ' ' || text[at + 1] == '\t'))
        {
          at++;
          continue;
        }
      for (n = at; n < length && g_ascii_isdigit (text[n]);)
        n++;
      if (n == at && n < length && g_ascii_isalpha (text[n]))
        n++; /* "a." */
      if (n > at && n + 1 < length && (text[n] == '.' || text[n] == ')') && text[n + 1] == ' ')
        {
          at = n + 1;
          continue;
        }
      n = at < length && (guchar) text[at] >= 0x80 ? bullet_length (text + at, length - at) : 0;
      if (n == 0)
        return at;
      at += n;
    }
}
