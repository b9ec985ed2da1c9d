/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simple commands of a command line, as words. */

#include "cs-words.h"

#include <string.h>

/* How far ahead a pipeline is looked through for a "head" that ends it. */
#define MAX_PIPELINE 400

/* What the bytes of a command line mean to its words. */
typedef enum
{
  BYTE_PLAIN,
  BYTE_BLANK,
  BYTE_SEPARATOR,
  BYTE_AMPERSAND,
  BYTE_ESCAPE,
  BYTE_QUOTE,
} Byte;

static const guint8 BYTES[256] = {
  [' '] = BYTE_BLANK,      ['\t'] = BYTE_BLANK,     [';'] = BYTE_SEPARATOR,
  ['|'] = BYTE_SEPARATOR,  ['\n'] = BYTE_SEPARATOR, ['('] = BYTE_SEPARATOR,
  [')'] = BYTE_SEPARATOR,  ['\0'] = BYTE_SEPARATOR, ['&'] = BYTE_AMPERSAND,
  ['\\'] = BYTE_ESCAPE,    ['\''] = BYTE_QUOTE,     ['"'] = BYTE_QUOTE,
};

/* Copies a command, and of its words those that there are. */
void
cs_command_copy (CsCommand *self, const CsCommand *command)
{
  memcpy (self, command,
          G_STRUCT_OFFSET (CsCommand, words) + command->n_words * sizeof (CsWord));
}

gboolean
cs_command_has (const CsCommand *command, const char *text)
{
  gsize length = strlen (text);

  for (guint i = 1; i < command->n_words; i++)
    {
      if (command->words[i].length == length &&
          memcmp (command->words[i].text, text, length) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
cs_command_has_prefix (const CsCommand *command, const char *prefix)
{
  gsize length = strlen (prefix);

  for (guint i = 1; i < command->n_words; i++)
    {
      if (command->words[i].length >= length &&
          memcmp (command->words[i].text, prefix, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether a one-letter flag is given, alone or among others: "-f", "-fn", "-100f". */
gboolean
cs_command_has_flag (const CsCommand *command, char flag)
{
  for (guint i = 1; i < command->n_words; i++)
    {
      const CsWord *word = &command->words[i];

      if (!word->quoted && word->length >= 2 && word->text[0] == '-' && word->text[1] != '-' &&
          word->length <= 6 && memchr (word->text + 1, flag, word->length - 1) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Words after the program that are no options. */
guint
cs_command_count_operands (const CsCommand *command)
{
  guint n = 0;

  for (guint i = 1; i < command->n_words; i++)
    n += command->words[i].length > 0 && command->words[i].text[0] != '-' ? 1 : 0;
  return n;
}

static const char *
skip_quote (const char *p, const char *end)
{
  char quote = *p;

  for (const char *q = p + 1; q < end; q++)
    {
      if (*q == '\\' && quote != '\'' && q + 1 < end)
        q++;
      else if (*q == quote)
        return q;
    }
  return p; /* an apostrophe */
}

static gboolean
is_assignment (const CsWord *word)
{
  gsize i = 0;

  while (i < word->length && (g_ascii_isalnum (word->text[i]) || word->text[i] == '_'))
    i++;
  return i > 0 && i < word->length && word->text[i] == '=' && !g_ascii_isdigit (word->text[0]);
}

/* Words that stand before a program and leave it the program. */
static gboolean
is_wrapper (CsCommand *command, const CsWord *word)
{
  static const char *const WRAPPERS[] = { "then", "do", "else", "if", "while", "until",
                                          "elif", "!", "time", "nohup", "env", "exec",
                                          "command", "{", "nice", "-E", "-H", "-i" };

  if (cs_word_is (word, "sudo") || cs_word_is (word, "doas"))
    {
      command->sudo = TRUE;
      return TRUE;
    }
  if (cs_word_is (word, "timeout"))
    command->bounded = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (WRAPPERS); i++)
    {
      if (word->length > 0 && WRAPPERS[i][0] == *word->text && cs_word_is (word, WRAPPERS[i]))
        return TRUE;
    }
  return is_assignment (word);
}

static void
add_word (CsCommand *command, const CsWord *word, gboolean *user_follows)
{
  if (command->n_words == 0)
    {
      if (*user_follows)
        {
          *user_follows = FALSE;
          return;
        }
      if (command->sudo && cs_word_is (word, "-u"))
        {
          *user_follows = TRUE;
          return;
        }
      if (is_wrapper (command, word))
        return;
    }
  if (command->n_words == CS_MAX_WORDS)
    return;
  if (command->n_words > 0 && word->length > 1)
    command->beginnings |= cs_word_beginning (word->text, word->length);
  command->words[command->n_words++] = *word;
}

static gboolean
is_separator (const char *p, const char *start)
{
  guint8 byte = BYTES[(guchar) *p];

  if (byte != BYTE_AMPERSAND)
    return byte == BYTE_SEPARATOR;
  /* "2>&1" and "&>" are no separators */
  return !(p > start && (p[-1] == '>' || p[-1] == '<')) && p[1] != '>';
}

static const char *
read_word (const char *p, const char *end, const char *start, CsWord *word)
{
  const char *from = p;

  word->quoted = FALSE;
  for (; p < end; p++)
    {
      guint8 byte = BYTES[(guchar) *p];

      if (byte == BYTE_PLAIN)
        continue;
      if (byte == BYTE_BLANK || is_separator (p, start))
        break;
      if (byte == BYTE_ESCAPE && p + 1 < end)
        p++;
      else if (byte == BYTE_QUOTE)
        {
          word->quoted |= p == from;
          p = skip_quote (p, end);
        }
    }
  word->text = from;
  word->length = (gsize) (p - from);
  if (word->quoted && word->length >= 2 && from[word->length - 1] == *from)
    {
      word->text++;
      word->length -= 2;
    }
  return p;
}

/* One simple command from p on; returns where its separator stands. */
static const char *
read_command (const char *p, const char *end, CsCommand *command)
{
  gboolean user_follows = FALSE;

  command->start = p;
  while (p < end && !is_separator (p, command->start))
    {
      CsWord word;

      if (*p == ' ' || *p == '\t' || (*p == '\\' && p + 1 < end && p[1] == '\n'))
        {
          p += *p == '\\' ? 2 : 1;
          continue;
        }
      if (*p == '#')
        {
          const char *newline = memchr (p, '\n', (gsize) (end - p));

          p = newline != NULL ? newline : end;
          continue;
        }
      if (*p == '<' && p + 1 < end &&
          (p[1] == ' ' || g_ascii_isalnum (p[1]) || strchr ("/~.$", p[1]) != NULL) &&
          command->n_words > 0)
        command->redirected = TRUE;
      p = read_word (p, end, command->start, &word);
      add_word (command, &word, &user_follows);
    }
  command->end = p;
  return p;
}

static gboolean
pipes_into_bounded (const char *p, const char *end)
{
  const char *newline;

  end = end - p > MAX_PIPELINE ? p + MAX_PIPELINE : end;
  newline = memchr (p, '\n', (gsize) (end - p));
  end = newline != NULL ? newline : end;
  for (; p < end && *p == '|'; p++)
    {
      const char *word;

      while (p < end && strchr ("| ", *p) != NULL)
        p++;
      word = p;
      if (g_str_has_prefix (word, "head") || g_str_has_prefix (word, "grep -m") ||
          g_str_has_prefix (word, "grep -q"))
        return TRUE;
      p = memchr (p, '|', (gsize) (end - p));
      if (p == NULL)
        return FALSE;
    }
  return FALSE;
}

/**
 * cs_words_foreach_command:
 * @start: a command line with its continued lines
 * @end: its end, before any here-document
 * @func: called for each simple command, in order
 *
 * Cuts a command line at its separators. Quotes hold words together; what they hold is not looked
 * into.
 */
void
cs_words_foreach_command (const char *start,
                          const char *end,
                          CsCommandFunc func,
                          gpointer user_data)
{
  gboolean piped = FALSE;

  for (const char *p = start; p < end; p++)
    {
      CsCommand command;

      memset (&command, 0, G_STRUCT_OFFSET (CsCommand, words));
      command.piped_from = piped;
      while (p < end && (*p == ' ' || *p == '\t' || *p == '\n'))
        p++;
      p = read_command (p, end, &command);
      command.bounded |= p < end && *p == '|' && pipes_into_bounded (p, end);
      if (command.n_words > 0 || command.end > command.start)
        func (&command, user_data);
      piped = p + 1 < end && *p == '|' && p[1] != '|';
    }
}
