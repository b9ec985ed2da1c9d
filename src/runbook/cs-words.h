/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simple commands of a command line, as words. */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

#define CS_MAX_WORDS 24

/** CsWord: a piece of text; quotes around it are taken off */
typedef struct
{
  const char *text;
  gsize length;
  gboolean quoted;
} CsWord;

/** CsCommand: one simple command: what stands between separators */
typedef struct
{
  const char *start;
  const char *end;
  guint n_words;
  guint64 beginnings; /* of the words behind the program: see cs_word_beginning() */
  gboolean sudo;
  gboolean piped_from;  /* reads another's output */
  gboolean bounded;     /* "timeout …", or piped into head */
  gboolean redirected;  /* reads a file */
  /* From the program on: no assignments, no sudo, no "then". The last member, because most commands
   * have few: those beyond are neither cleared nor copied. */
  CsWord words[CS_MAX_WORDS];
} CsCommand;

typedef void (*CsCommandFunc) (const CsCommand *command, gpointer user_data);

void cs_words_foreach_command (const char *start,
                               const char *end,
                               CsCommandFunc func,
                               gpointer user_data);

/**
 * cs_word_beginning:
 * @length: at least 2
 *
 * Returns: one bit that tells what a word of two letters or more begins with, whatever its case;
 *   others may share it
 */
static inline guint64
cs_word_beginning (const char *text, gsize length)
{
  return G_GUINT64_CONSTANT (1) << (((text[0] | 0x20) * 5 + (text[1] | 0x20)) & 0x3f);
}

/* Asked for with literals some hundred times a command: the compiler knows their length. */
static inline gboolean
cs_word_is (const CsWord *word, const char *text)
{
  gsize length;

  if (word->length == 0 || *word->text != *text)
    return FALSE;
  length = strlen (text);
  return word->length == length && memcmp (word->text, text, length) == 0;
}

static inline gboolean
cs_command_is (const CsCommand *command, guint word, const char *text)
{
  return word < command->n_words && cs_word_is (&command->words[word], text);
}

void cs_command_copy (CsCommand *self, const CsCommand *command);
gboolean cs_command_has (const CsCommand *command, const char *text);
gboolean cs_command_has_prefix (const CsCommand *command, const char *prefix);
gboolean cs_command_has_flag (const CsCommand *command, char flag);
guint cs_command_count_operands (const CsCommand *command);

G_END_DECLS
