/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about programs and their words: one line each. */

#pragma once

#include "cs-words.h"

G_BEGIN_DECLS

#define CS_ACT_RULES_MAX 255

/** CsActRule: a command that begins with the program and has all the words */
typedef struct
{
  char program[20]; /* in place: tables of these are gone through for each command */
  /* Words that must all be there, separated by spaces; "-f" also among other letters, "a|b" either,
   * "x*" as a beginning, "!x" must not be there, "0" no operands at all. */
  const char *words;
  const char *name;
} CsActRule;

/** CsActRules: a table of them, by program */
typedef struct
{
  const CsActRule *rules;
  guint n_rules;
  gsize ready;
  guint8 first[256]; /* one more than the index of a rule; 0: none */
  guint8 next[CS_ACT_RULES_MAX];
  /* Of the first two groups of words that must be there: what a command's words have to begin with
   * at least, see #CsCommand; all bits if that can't be told. */
  guint64 needs[CS_ACT_RULES_MAX][2];
} CsActRules;

/* For tables that are known when the program is built. */
#define CS_ACT_RULES(table)                         \
  {                                                 \
    .rules = table, .n_rules = G_N_ELEMENTS (table) \
  }

const char *cs_act_rules_match (CsActRules *self, const CsCommand *command);

G_END_DECLS
