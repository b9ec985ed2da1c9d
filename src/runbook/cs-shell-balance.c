/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether lines of a script hold whole compound commands, and where a command's comment is. */

#include "cs-shell-balance.h"

#include "cs-shell-scan.h"

#include <string.h>

typedef enum
{
  BALANCE_IF,
  BALANCE_DO,
  BALANCE_CASE,
  BALANCE_BRACE,
  BALANCE_BRACKET,
  N_BALANCES
} Balance;

typedef struct
{
  int open[N_BALANCES];
  gboolean broken;   /* something was closed that is not open */
  gboolean command;  /* a command may begin here */
  gboolean function; /* its name comes next */
} Count;

static const struct
{
  const char *word;
  Balance balance;
  int step;
} WORDS[] = {
  { "if", BALANCE_IF, 1 },     { "fi", BALANCE_IF, -1 },     { "do", BALANCE_DO, 1 },
  { "done", BALANCE_DO, -1 },  { "case", BALANCE_CASE, 1 },  { "esac", BALANCE_CASE, -1 },
  { "{", BALANCE_BRACE, 1 },   { "}", BALANCE_BRACE, -1 },
};

/* Words that a command may follow. */
static const char *const LEADERS[] = { "if", "then", "else", "elif", "do", "while",
                                       "until", "!", "{", "time" };

static gboolean
equals (const char *word, gsize length, const char *other)
{
  return *word == *other && strlen (other) == length && memcmp (word, other, length) == 0;
}

static void
count_word (Count *count, const char *word, gsize length)
{
  gboolean leads = FALSE;

  if (count->function)
    {
      count->function = FALSE;
      count->command = TRUE;
      return;
    }
  if (!count->command)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (!equals (word, length, WORDS[i].word))
        continue;
      count->open[WORDS[i].balance] += WORDS[i].step;
      count->broken |= count->open[WORDS[i].balance] < 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (LEADERS); i++)
    leads |= equals (word, length, LEADERS[i]);
  count->function = equals (word, length, "function");
  count->command = leads;
}

/* What ends a word. Asked of each byte of all commands, hence no strchr(). */
static inline gboolean
ends_word (char c)
{
  switch (c)
    {
    case ' ':
    case '\t':
    case '\n':
    case ';':
    case '&':
    case '|':
    case '(':
    case ')':
    case '\0':
      return TRUE;
    default:
      return FALSE;
    }
}

static const char *
skip_quoted (const char *p, const char *end)
{
  char quote = *p;

  for (p++; p < end && *p != quote; p++)
    {
      if (*p == '\\' && quote != '\'' && p + 1 < end)
        p++;
    }
  return MIN (p + 1, end);
}

/* One word, with all that quotes and ${…} hold together. */
static const char *
skip_word (const char *p, const char *end)
{
  while (p < end && !ends_word (*p))
    {
      if (*p == '\\' && p + 1 < end)
        p += 2;
      else if (*p == '\'' || *p == '"' || *p == '`')
        p = skip_quoted (p, end);
      else
        p++;
    }
  return p;
}

static void
count_bracket (Count *count, char c)
{
  if (c == '(')
    count->open[BALANCE_BRACKET]++;
  else if (c == ')' && count->open[BALANCE_BRACKET] > 0) /* else it ends a pattern of `case` */
    count->open[BALANCE_BRACKET]--;
}

/**
 * cs_shell_balance_find_comment:
 * @start: a command
 * @end: its end, before any here-document
 *
 * Returns: (nullable): the `#` of the comment behind the command; %NULL if there is none
 */
const char *
cs_shell_balance_find_comment (const char *start, const char *end)
{
  if (memchr (start, '#', (gsize) (end - start)) == NULL)
    return NULL;
  for (const char *p = start; p < end;)
    {
      if (ends_word (*p))
        p++;
      else if (*p == '#')
        return memchr (p, '\n', (gsize) (end - p)) == NULL ? p : NULL;
      else
        p = skip_word (p, end);
    }
  return NULL;
}

static void
count_line (Count *count, const char *start, const char *end)
{
  count->command = TRUE;
  for (const char *p = start; p < end;)
    {
      const char *word = p;

      if (*p == '#')
        {
          p = memchr (p, '\n', (gsize) (end - p));
          p = p != NULL ? p : end;
        }
      else if (*p == ' ' || *p == '\t')
        {
          p++;
        }
      else if (ends_word (*p))
        {
          count_bracket (count, *p);
          count->command = TRUE;
          p++;
        }
      else
        {
          p = skip_word (p, end);
          count_word (count, word, (gsize) (p - word));
        }
    }
}

/**
 * cs_shell_balance_is_even:
 * @lines: (element-type CsShellLine): lines of @text
 * @first: where to begin
 * @last: behind the last one
 *
 * Returns: whether a shell could read these lines by themselves: each `if` has its `fi`, each
 *   bracket its other half
 */
gboolean
cs_shell_balance_is_even (const char *text, GArray *lines, guint first, guint last)
{
  Count count = { 0 };

  for (guint i = first; i < last; i++)
    {
      const CsShellLine *line = &g_array_index (lines, CsShellLine, i);

      if (line->kind == CS_SHELL_COMMAND)
        count_line (&count, text + line->start, text + line->body);
    }
  for (guint i = 0; i < N_BALANCES; i++)
    {
      if (count.open[i] != 0)
        return FALSE;
    }
  return !count.broken;
}
