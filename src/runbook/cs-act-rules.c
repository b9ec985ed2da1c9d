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

static void
prepare (CsActRules *self)
{
  if (!g_once_init_enter (&self->ready))
    return;
  g_assert (self->n_rules < CS_ACT_RULES_MAX);
  for (guint i = self->n_rules; i > 0; i--)
    {
      guchar letter = (guchar) self->rules[i - 1].program[0];

      self->next[i - 1] = self->first[letter];
      self->first[letter] = (guint8) i;
    }
  g_once_init_leave (&self->ready, 1);
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
  for (guint i = length > 0 ? self->first[(guchar) *program] : 0; i != 0; i = self->next[i - 1])
    {
      const CsActRule *rule = &self->rules[i - 1];

      if ((length == 1 || rule->program[1] == program[1]) &&
          strlen (rule->program) == length && memcmp (rule->program, program, length) == 0 &&
          matches (rule, command))
        return rule->name;
    }
  return NULL;
}
