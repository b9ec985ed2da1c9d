/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether one of many words stands in a line, in one pass over the line. */

#include "cs-word-sieve.h"

#include <string.h>

static guint
bucket_of (guchar first, guchar second)
{
  return (first * 37u + second) % CS_WORD_SIEVE_BUCKETS;
}

static void
prepare (CsWordSieve *self)
{
  if (!g_once_init_enter (&self->ready))
    return;
  g_assert (self->n_words <= CS_WORD_SIEVE_MAX);
  for (guint i = 0; i < self->n_words; i++)
    {
      guint bucket = bucket_of ((guchar) self->words[i][0], (guchar) self->words[i][1]);

      self->next[i] = self->first[bucket];
      self->first[bucket] = (guint8) (i + 1);
    }
  g_once_init_leave (&self->ready, 1);
}

static gboolean
begins_with (const char *text, const char *word)
{
  while (*word != '\0' && *text == *word)
    text++, word++;
  return *word == '\0';
}

/**
 * cs_word_sieve_holds:
 * @self: words; may be asked from several threads
 * @text: a line, in the case of the words
 *
 * Returns: whether one of the words stands somewhere in the text
 */
gboolean
cs_word_sieve_holds (CsWordSieve *self, const char *text)
{
  prepare (self);
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    {
      for (guint i = self->first[bucket_of (p[0], p[1])]; i != 0; i = self->next[i - 1])
        {
          if (begins_with ((const char *) p, self->words[i - 1]))
            return TRUE;
        }
    }
  return FALSE;
}
