/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about programs and their words: one line each. */

#include "cs-act-rules.h"

#include <string.h>

static gboolean
has_one (const CsCommand *command, const char *wanted, gsize length)
{
  for (guint i = 1; i < command->n_words; i++)
    {
      const CsWord *word = &command->words[i];

      if (wanted[length - 1] == '*'
            ? word->length >= length - 1 && memcmp (word->text, wanted, length - 1) == 0
            : word->length == length && g_ascii_strncasecmp (word->text, wanted, length) == 0)
        return TRUE;
    }
  return length == 2 && wanted[0] == '-' && cs_command_has_flag (command, wanted[1]);
}

static gboolean
has_any (const CsCommand *command, const char *wanted, gsize length)
{
  while (length > 0)
    {
      const char *bar = memchr (wanted, '|', length);
      gsize n = bar != NULL ? (gsize) (bar - wanted) : length;

      if (has_one (command, wanted, n))
        return TRUE;
      if (bar == NULL)
        return FALSE;
      wanted += n + 1;
      length -= n + 1;
    }
  return FALSE;
}

static gboolean
matches (const CsActRule *rule, const CsCommand *command)
{
  for (const char *p = rule->words; *p != '\0';)
    {
      gsize length = strcspn (p, " ");
      gboolean met;

      if (*p == '0' && length == 1)
        met = cs_command_count_operands (command) == 0;
      else if (*p == '!')
        met = !has_any (command, p + 1, length - 1);
      else
        met = has_any (command, p, length);
      if (!met)
        return FALSE;
      p += length;
      p += strspn (p, " ");
    }
  return TRUE;
}

static const char *
program_of (const CsCommand *command, gsize *length)
{
  const CsWord *word = &command->words[0];
  const char *slash = word->length > 0 ? memrchr (word->text, '/', word->length) : NULL;
  const char *name = slash != NULL ? slash + 1 : word->text;

  *length = word->length - (gsize) (name - word->text);
  return name;
}

static guint
bucket_of (const char *program, gsize length)
{
  return ((guchar) program[0] * 7u + (guchar) program[length - 1] * 3u + (guint) length) % 256;
}

/* The beginnings of the words of which one must be there; all bits if there are too many. */
static guint64
beginnings_of (const char *wanted, gsize length)
{
  guint64 beginnings = 0;

  while (length > 0)
    {
      const char *bar = memchr (wanted, '|', length);
      gsize n = bar != NULL ? (gsize) (bar - wanted) : length;

      if (n < 3) /* "-f" may stand among other letters, and "-*" is as good as nothing */
        return G_MAXUINT64;
      beginnings |= cs_word_beginning (wanted, n);
      length -= bar != NULL ? n + 1 : n;
      wanted += n + 1;
    }
  return beginnings;
}

static void
prepare_needs (const CsActRule *rule, guint64 *needs)
{
  guint n = 0;

  needs[0] = needs[1] = G_MAXUINT64;
  for (const char *p = rule->words; *p != '\0' && n < 2;)
    {
      gsize length = strcspn (p, " ");

      if (*p != '!' && !(*p == '0' && length == 1))
        needs[n++] = beginnings_of (p, length);
      p += length;
      p += strspn (p, " ");
    }
}

static void
prepare (CsActRules *self)
{
  if (!g_once_init_enter (&self->ready))
    return;
  g_assert (self->n_rules < CS_ACT_RULES_MAX);
  for (guint i = self->n_rules; i > 0; i--)
    {
      const CsActRule *rule = &self->rules[i - 1];
      guint bucket = bucket_of (rule->program, strlen (rule->program));

      self->next[i - 1] = self->first[bucket];
      self->first[bucket] = (guint8) i;
      prepare_needs (rule, self->needs[i - 1]);
    }
  g_once_init_leave (&self->ready, 1);
}

static gboolean
may_meet (const guint64 *needs, const CsCommand *command)
{
  return (needs[0] == G_MAXUINT64 || (needs[0] & command->beginnings) != 0) &&
         (needs[1] == G_MAXUINT64 || (needs[1] & command->beginnings) != 0);
}

/**
 * cs_act_rules_match:
 * @self: rules; may be asked from several threads
 *
 * Returns: (transfer none) (nullable): the name of the first rule that the command meets
 */
const char *
cs_act_rules_match (CsActRules *self, const CsCommand *command)
{
  gsize length;
  const char *program;

  if (command->n_words == 0)
    return NULL;
  prepare (self);
  program = program_of (command, &length);
  if (length == 0 || length >= sizeof self->rules->program)
    return NULL;
  for (guint i = self->first[bucket_of (program, length)]; i != 0; i = self->next[i - 1])
    {
      const CsActRule *rule = &self->rules[i - 1];

      if (may_meet (self->needs[i - 1], command) && rule->program[length] == '\0' &&
          memcmp (rule->program, program, length) == 0 && matches (rule, command))
        return rule->name;
    }
  return NULL;
}
