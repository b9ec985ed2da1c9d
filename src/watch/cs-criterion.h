/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound that a probe's numbers are held to: "error rate > 10 % for 5 minutes". */

#pragma once

#include "cs-sample.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CsStatistic: what of a probe's numbers is compared
 * @CS_STATISTIC_EACH: each one
 * @CS_STATISTIC_MEAN: their mean; of failures that is the error rate
 * @CS_STATISTIC_P50: the median
 * @CS_STATISTIC_P95: 95 of 100 are not more
 * @CS_STATISTIC_P99: 99 of 100 are not more
 * @CS_STATISTIC_INCREASE: how fast a counter grows
 */
typedef enum
{
  CS_STATISTIC_EACH,
  CS_STATISTIC_MEAN,
  CS_STATISTIC_P50,
  CS_STATISTIC_P95,
  CS_STATISTIC_P99,
  CS_STATISTIC_INCREASE,
} CsStatistic;

/**
 * CsSeverity: what it means that the bound is passed
 * @CS_SEVERITY_TARGET: nothing was promised more than a goal; here the bound says what is good
 * @CS_SEVERITY_WARNING: people are told
 * @CS_SEVERITY_CRITICAL: people are called
 * @CS_SEVERITY_ROLLBACK: the way back is taken
 */
typedef enum
{
  CS_SEVERITY_TARGET,
  CS_SEVERITY_WARNING,
  CS_SEVERITY_CRITICAL,
  CS_SEVERITY_ROLLBACK,
} CsSeverity;

/** CS_CRITERION_SPAN: microseconds over which a statistic is taken, at each moment */
#define CS_CRITERION_SPAN (60 * G_USEC_PER_SEC)

/** CsCriterion: one bound; see cs_criterion_new() */
typedef struct
{
  char *id;       /* "c1" */
  char *probe;    /* the id of the probe */
  char *metric;   /* as the runbook says it, or a person: "Error rate" */
  CsField field;
  CsStatistic statistic;
  char *comparison; /* ">", ">=", "<", "<=", "==", "!=" */
  double value;
  char *unit;     /* of value; NULL: a bare number */
  gint64 lasting; /* microseconds for which it is to hold; 0: at once */
  guint consecutive; /* samples in a row for which it is to hold; at least 1 */
  CsSeverity severity;
  guint line;     /* in the runbook; 0: written by hand */
} CsCriterion;

CsCriterion *cs_criterion_new (const char *id, const char *probe, const char *metric);
CsCriterion *cs_criterion_copy (const CsCriterion *self);
void cs_criterion_free (CsCriterion *self);

/* "target", "warning", "critical", "rollback" */
const char *cs_severity_to_string (CsSeverity severity);
gboolean cs_severity_from_string (const char *word, CsSeverity *severity);
/* "each", "mean", "p50", "p95", "p99", "increase" */
const char *cs_statistic_to_string (CsStatistic statistic);
gboolean cs_statistic_from_string (const char *word, CsStatistic *statistic);

CsCriterion *cs_criterion_from_json (JsonObject *object, GError **error);
JsonNode *cs_criterion_to_json (const CsCriterion *self);
/* text: a sign, a number and a unit: "> 10 %" */
gboolean cs_criterion_set_condition (CsCriterion *self, const char *text, GError **error);
gboolean cs_criterion_check (const CsCriterion *self, const char *probe_unit, GError **error);

gboolean cs_criterion_is_met (const CsCriterion *self, double number, const char *probe_unit);
char *
cs_criterion_dup_number (const CsCriterion *self, double number, const char *probe_unit);
/* The bound as a number of the field, in its unit: a line in a chart; FALSE if it is none. */
gboolean cs_criterion_get_level (const CsCriterion *self, const char *probe_unit, double *level);
char *cs_criterion_dup_words (const CsCriterion *self); /* "Error rate > 10 % for 5 min" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsCriterion, cs_criterion_free)

G_END_DECLS
