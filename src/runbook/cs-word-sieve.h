/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether one of many words stands in a line, in one pass over the line. */

#pragma once

#include "cs-byte-search.h"

G_BEGIN_DECLS

#define CS_WORD_SIEVE_BUCKETS 1024
#define CS_WORD_SIEVE_MAX 255

/** CsWordSieve: a list of words, by the two bytes that they begin with, and the bytes of each */
typedef struct
{
  const char *const *words;
  guint n_words;
  gsize ready;
  guint8 first[CS_WORD_SIEVE_BUCKETS]; /* one more than the index of a word; 0: none */
  guint8 next[CS_WORD_SIEVE_MAX + 1];  /* the same, for what follows a word in its bucket */
  guint8 lengths[CS_WORD_SIEVE_MAX];
  guint32 needs[CS_WORD_SIEVE_MAX];    /* of each word: letters, and whether there are others */
} CsWordSieve;

/* For words that are known when the program is built; each of at least two bytes. */
#define CS_WORD_SIEVE(list) { .words = list, .n_words = G_N_ELEMENTS (list) }

gboolean cs_word_sieve_holds (CsWordSieve *self, const char *text);
gboolean cs_word_sieve_holds_in (CsWordSieve *self, const char *text, gsize length, CsBytes bytes);
gboolean cs_word_sieve_may_hold (CsWordSieve *self, CsBytes bytes);
const char *cs_word_sieve_next_at (CsWordSieve *self, const char *text, guint *cursor);

G_END_DECLS
