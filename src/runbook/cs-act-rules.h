/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about programs and their words: one line each. */

#pragma once

#include "cs-words.h"

G_BEGIN_DECLS

/** CsActRule: a command that begins with the program and has all the words */
typedef struct
{
  char program[20]; /* in place: tables of these are gone through for each command */
  /* Words that must all be there, separated by spaces; "-f" also among other letters, "a|b" either,
   * "x*" as a beginning, "!x" must not be there, "0" no operands at all. */
  const char *words;
  const char *name;
} CsActRule;

const char *cs_act_rules_match (const CsActRule *rules, guint n, const CsCommand *command);

G_END_DECLS
