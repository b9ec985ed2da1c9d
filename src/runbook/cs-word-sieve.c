/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether one of many words stands in a line, in one pass over the line. */

#include "cs-word-sieve.h"

#include <string.h>

static guint
pair_at (const char *p)
{
  return ((guint) (guchar) p[0] << 8) | (guchar) p[1];
}

static void
prepare (CsWordSieve *self)
{
  if (!g_once_init_enter (&self->ready))
    return;
  for (guint i = 0; i < self->n_words; i++)
    {
      guint pair = pair_at (self->words[i]);

      self->firsts[pair / 32] |= 1u << (pair % 32);
    }
  g_once_init_leave (&self->ready, 1);
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
  for (const char *p = text; *p != '\0'; p++)
    {
      guint pair = pair_at (p);

      if ((self->firsts[pair / 32] & (1u << (pair % 32))) == 0)
        continue;
      for (guint i = 0; i < self->n_words; i++)
        {
          if (pair_at (self->words[i]) == pair && g_str_has_prefix (p, self->words[i]))
            return TRUE;
        }
    }
  return FALSE;
}
