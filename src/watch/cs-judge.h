/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds the samples of a probe to one bound: the fold of them to a verdict. */

#pragma once

#include "cs-criterion.h"
#include "cs-samples.h"

G_BEGIN_DECLS

/**
 * CsWatchVerdict:
 * @CS_WATCH_GOOD: as it should be
 * @CS_WATCH_BAD: not as it should be, for as long and as often as the bound says
 * @CS_WATCH_ERROR: the newest measurement failed, or none came: nothing is known of the service
 * @CS_WATCH_INCONCLUSIVE: too few samples, nothing to measure, not long enough, or now this and
 *   now that: it passes nothing and rolls nothing back
 */
typedef enum
{
  CS_WATCH_GOOD,
  CS_WATCH_BAD,
  CS_WATCH_ERROR,
  CS_WATCH_INCONCLUSIVE,
} CsWatchVerdict;

/* "good", "bad", "error", "inconclusive" */
const char *cs_watch_verdict_to_string (CsWatchVerdict verdict);
gboolean cs_watch_verdict_from_string (const char *word, CsWatchVerdict *verdict);

typedef struct _CsJudge CsJudge;

/* interval: microseconds between two samples; unit: of the probe's value, NULL if it has none */
CsJudge *cs_judge_new (const CsCriterion *criterion, gint64 interval, const char *unit);
void cs_judge_free (CsJudge *self);

const CsCriterion *cs_judge_get_criterion (CsJudge *self);
/* For how long the judge wants to find samples in the past, in microseconds. */
gint64 cs_judge_get_span (CsJudge *self);

/* samples: with the newest one at its end; all earlier ones were given before. */
CsWatchVerdict cs_judge_add (CsJudge *self, CsSamples *samples);
/* The verdict at a later time without a new sample: after three intervals it is ERROR. */
CsWatchVerdict cs_judge_look (CsJudge *self, gint64 now);

CsWatchVerdict cs_judge_get_verdict (CsJudge *self);
double cs_judge_get_number (CsJudge *self);      /* the newest that was compared; NAN */
const char *cs_judge_get_reason (CsJudge *self); /* why it is so, in a few words, for records */
const char *cs_judge_get_words (CsJudge *self);  /* the same, for people */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsJudge, cs_judge_free)

G_END_DECLS
