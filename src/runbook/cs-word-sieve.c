/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of many words stand in a line: most are ruled out by the line's letters alone. */

#include "cs-word-sieve.h"

#include <string.h>

/* What is asked about the bytes of a word: as much as fits into 32 bits. */
#define TOLD (CS_BYTES_LETTERS | CS_BYTES_HIGH)

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
      self->lengths[i] = (guint8) strlen (self->words[i]);
      self->needs[i] = (guint32) (cs_bytes_of (self->words[i], self->lengths[i]) & TOLD);
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
 * cs_word_sieve_may_hold:
 * @bytes: what a line holds at most
 *
 * Returns: %FALSE if the line surely holds none of the words, in whatever case they are
 */
gboolean
cs_word_sieve_may_hold (CsWordSieve *self, CsBytes bytes)
{
  guint32 absent = (guint32) (~bytes & TOLD), any = 0;

  prepare (self);
  /* No branches: compilers make one instruction of it for several words. */
  for (guint i = 0; i < self->n_words; i++)
    any |= (self->needs[i] & absent) == 0;
  return any != 0;
}

static gboolean
find_any (const CsWordSieve *self, const char *text, const char *end)
{
  for (const char *p = text; p + 1 < end; p++)
    {
      for (guint i = self->first[bucket_of ((guchar) p[0], (guchar) p[1])]; i != 0;
           i = self->next[i - 1])
        {
          gsize length = self->lengths[i - 1];

          if ((gsize) (end - p) >= length && memcmp (p, self->words[i - 1], length) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

/**
 * cs_word_sieve_holds_in:
 * @self: words; may be asked from several threads
 * @text: (array length=length): a line, in the case of the words
 * @bytes: what the line holds at most
 *
 * Returns: whether one of the words stands somewhere in the text
 */
gboolean
cs_word_sieve_holds_in (CsWordSieve *self, const char *text, gsize length, CsBytes bytes)
{
  return cs_word_sieve_may_hold (self, bytes) && find_any (self, text, text + length);
}

/* The same for a text that ends with a NUL and of which nothing is known. */
gboolean
cs_word_sieve_holds (CsWordSieve *self, const char *text)
{
  gsize length = strlen (text);

  return cs_word_sieve_holds_in (self, text, length, cs_bytes_of (text, length));
}

/**
 * cs_word_sieve_next_at:
 * @text: a line, in the case of the words, that ends with a NUL
 * @cursor: (inout): 0 at first
 *
 * Returns: (transfer none) (nullable): one of the words that the text begins with, and the others
 *   when it is called again
 */
const char *
cs_word_sieve_next_at (CsWordSieve *self, const char *text, guint *cursor)
{
  guint i;

  if (*text == '\0')
    return NULL;
  prepare (self);
  i = *cursor == 0 ? self->first[bucket_of ((guchar) text[0], (guchar) text[1])]
                   : self->next[*cursor - 1];
  for (; i != 0; i = self->next[i - 1])
    {
      *cursor = i;
      if (begins_with (text, self->words[i - 1]))
        return self->words[i - 1];
    }
  return NULL;
}
