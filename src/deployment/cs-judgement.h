/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One expectation of a command, and what came of it. */

#pragma once

#include "cs-step.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CsVerdict:
 * @CS_VERDICT_OPEN: a person has to say
 * @CS_VERDICT_MET: the output says so, or a person did
 * @CS_VERDICT_NOT_MET: the output does not say so, or a person did
 */
typedef enum
{
  CS_VERDICT_OPEN,
  CS_VERDICT_MET,
  CS_VERDICT_NOT_MET,
} CsVerdict;

const char *cs_verdict_to_string (CsVerdict verdict); /* "judge", "met", "not-met" */

/**
 * CsJudgement:
 * @line: of the document, from 1
 * @text: what is expected, as its author wrote it
 * @judge: who can tell: "match", "number" or "person", as the importer thinks, or "empty", "status"
 * @shown: whether the author shows output, and does not describe it
 * @verdict: what came of it
 * @output_line: line of the output that decided, from 1; 0 if none did
 * @found: (nullable): what stands there, cut at %CS_JUDGEMENT_MAX_FOUND bytes
 * @actor: (nullable): the person who judged; %NULL if a program did, or nobody yet
 * @at: when that person did (UTC microseconds); 0
 */
typedef struct
{
  guint line;
  char *text;
  char *judge;
  gboolean shown;
  CsVerdict verdict;
  guint output_line;
  char *found;
  char *actor;
  gint64 at;
} CsJudgement;

#define CS_JUDGEMENT_MAX_FOUND 240

void cs_judgement_free (CsJudgement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsJudgement, cs_judgement_free)

/* What is expected of a command block, or of a part of one, of the step; all open. (transfer full)
 * of CsJudgement, in document order; NULL if nothing is. */
GPtrArray *cs_judgements_new_for_block (CsStep *step, CsBlock *block);
gboolean cs_judgements_have (GPtrArray *judgements, CsVerdict verdict);

/* As a record has them. */
JsonArray *cs_judgements_to_json (GPtrArray *judgements);
GPtrArray *cs_judgements_new_from_json (JsonArray *array);

G_END_DECLS
