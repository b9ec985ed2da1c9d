/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether one of many words stands in a line, in one pass over the line. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CsWordSieve: a list of words, and which two bytes they begin with */
typedef struct
{
  const char *const *words;
  guint n_words;
  gsize ready;
  guint32 firsts[2048]; /* one bit for each pair of bytes */
} CsWordSieve;

/* For words that are known when the program is built; each of at least two bytes. */
#define CS_WORD_SIEVE(list) { .words = list, .n_words = G_N_ELEMENTS (list) }

gboolean cs_word_sieve_holds (CsWordSieve *self, const char *text);

G_END_DECLS
