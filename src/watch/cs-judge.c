/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds the samples of a probe to one bound: the fold of them to a verdict. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-judge.h"

#include "cs-gate.h"

#include <math.h>

/** MIN_NUMBERS: of which a mean or a percentile is taken; of fewer it would say nothing */
#define MIN_NUMBERS 3
/** SPAN_INTERVALS: a statistic is taken over as many samples at least */
#define SPAN_INTERVALS 5
/** COVERAGE: percent of the samples that a time should have and needs to have to be judged */
#define COVERAGE 80
/** SILENCE: intervals without a sample after which nothing is known any more */
#define SILENCE 3

typedef enum
{
  WITHIN,  /* as it should be */
  BEYOND,  /* not as it should be */
  NOTHING, /* no number */
  UNKNOWN, /* the probe failed */
} Finding;

typedef struct
{
  gint64 at;
  Finding finding;
} Entry;

struct _CsJudge
{
  CsCriterion *criterion;
  gint64 interval;
  char *unit;
  GArray *entries; /* of Entry, oldest first, as far back as is looked */
  double number;
  CsWatchVerdict verdict;
  char *reason; /* as records have it */
  char *words;  /* the same in the language of the face */
};

static const char *const verdicts[] = { "good", "bad", "error", "inconclusive" };

/**
 * cs_watch_verdict_to_string:
 * @verdict: a verdict
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_watch_verdict_to_string (CsWatchVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (verdicts), NULL);
  return verdicts[verdict];
}

/**
 * cs_watch_verdict_from_string:
 * @word: (nullable): a word
 * @verdict: (out): what it means
 *
 * Returns: FALSE if it means none
 */
gboolean
cs_watch_verdict_from_string (const char *word, CsWatchVerdict *verdict)
{
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (g_strcmp0 (verdicts[i], word) == 0)
      {
        *verdict = i;
        return TRUE;
      }
  return FALSE;
}

static CsWatchVerdict conclude (CsJudge *self, CsWatchVerdict verdict, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

/* po/meson.build names this for translators. */
static CsWatchVerdict
conclude (CsJudge *self, CsWatchVerdict verdict, const char *format, ...)
{
  va_list args, again;

  va_start (args, format);
  va_copy (again, args);
  self->verdict = verdict;
  g_free (self->reason);
  self->reason = g_strdup_vprintf (format, args);
  g_free (self->words);
  self->words = g_strdup_vprintf (cs_gate_translate (format), again);
  va_end (again);
  va_end (args);
  return verdict;
}

/**
 * cs_judge_new:
 * @criterion: the bound; copied
 * @interval: microseconds between two samples of the probe
 * @unit: (nullable): of the probe's value
 *
 * Returns: (transfer full): a judge who has seen nothing: his verdict is INCONCLUSIVE
 */
CsJudge *
cs_judge_new (const CsCriterion *criterion, gint64 interval, const char *unit)
{
  CsJudge *self = g_new0 (CsJudge, 1);

  self->criterion = cs_criterion_copy (criterion);
  self->interval = MAX (interval, 1);
  self->unit = g_strdup (unit);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->number = NAN;
  conclude (self, CS_WATCH_INCONCLUSIVE, "nothing was measured yet");
  return self;
}

/**
 * cs_judge_free:
 * @self: (nullable): a judge
 */
void
cs_judge_free (CsJudge *self)
{
  if (self == NULL)
    return;
  cs_criterion_free (self->criterion);
  g_array_unref (self->entries);
  g_free (self->unit);
  g_free (self->reason);
  g_free (self->words);
  g_free (self);
}

const CsCriterion *
cs_judge_get_criterion (CsJudge *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->criterion;
}

static gint64
get_statistic_span (CsJudge *self)
{
  if (self->criterion->statistic == CS_STATISTIC_EACH)
    return 0;
  return MAX (CS_CRITERION_SPAN, SPAN_INTERVALS * self->interval);
}

/* How far back entries count. */
static gint64
get_memory (CsJudge *self)
{
  return MAX (self->criterion->lasting, self->criterion->consecutive * self->interval) +
         SILENCE * self->interval;
}

/**
 * cs_judge_get_span:
 * @self: a judge
 *
 * Returns: how many microseconds of samples are needed to come to the same verdict again
 */
gint64
cs_judge_get_span (CsJudge *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return get_memory (self) + get_statistic_span (self);
}

static double
get_statistic (const CsFigures *figures, CsStatistic statistic)
{
  switch (statistic)
    {
    case CS_STATISTIC_MEAN:
      return figures->mean;
    case CS_STATISTIC_P50:
      return figures->p50;
    case CS_STATISTIC_P95:
      return figures->p95;
    case CS_STATISTIC_P99:
      return figures->p99;
    case CS_STATISTIC_INCREASE:
      return figures->increase;
    case CS_STATISTIC_EACH:
    default:
      return figures->last;
    }
}

static Finding
find (CsJudge *self, CsSamples *samples, const CsSample *newest)
{
  const CsCriterion *criterion = self->criterion;
  gboolean met;

  self->number = cs_sample_get_field (newest, criterion->field);
  if (newest->state == CS_SAMPLE_ERROR)
    return UNKNOWN;
  if (isfinite (self->number) && criterion->statistic != CS_STATISTIC_EACH)
    {
      CsFigures figures;

      cs_samples_compute (samples, criterion->field, newest->at - get_statistic_span (self),
                          newest->at, &figures);
      self->number =
        figures.n < MIN_NUMBERS ? NAN : get_statistic (&figures, criterion->statistic);
    }
  if (!isfinite (self->number))
    return NOTHING;
  met = cs_criterion_is_met (criterion, self->number, self->unit);
  return met == (criterion->severity == CS_SEVERITY_TARGET) ? WITHIN : BEYOND;
}

typedef struct
{
  guint within;
  guint beyond;
  gint64 first_at; /* of those */
} Tally;

static Tally
count (CsJudge *self, guint from)
{
  Tally tally = { 0, 0, 0 };

  for (guint i = from; i < self->entries->len; i++)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, i);

      if (entry->finding != WITHIN && entry->finding != BEYOND)
        continue;
      if (tally.within + tally.beyond == 0)
        tally.first_at = entry->at;
      if (entry->finding == WITHIN)
        tally.within++;
      else
        tally.beyond++;
    }
  return tally;
}

/* The first entry that counts for a bound that is to hold for a time. */
static guint
find_begin (CsJudge *self, gint64 now)
{
  guint i = self->entries->len;

  while (i > 0 && g_array_index (self->entries, Entry, i - 1).at >= now - self->criterion->lasting)
    i--;
  return i;
}

static CsWatchVerdict
decide_lasting (CsJudge *self, gint64 now)
{
  gint64 lasting = self->criterion->lasting;
  Tally tally = count (self, find_begin (self, now));
  guint n = tally.within + tally.beyond;
  guint expected = (guint) (lasting / self->interval);

  if (tally.beyond == 0)
    return conclude (self, CS_WATCH_GOOD, "within its bound");
  if (tally.within > 0)
    return conclude (self, CS_WATCH_INCONCLUSIVE, "beyond its bound in %u of %u measurements",
                     tally.beyond, n);
  /* An interval more or less is a matter of when the probe happened to look. */
  if (now - tally.first_at < lasting - self->interval ||
      n < MAX (self->criterion->consecutive, 1))
    return conclude (self, CS_WATCH_INCONCLUSIVE, "beyond its bound for %.0f of %.0f s",
                     (double) (now - tally.first_at) / G_USEC_PER_SEC,
                     (double) lasting / G_USEC_PER_SEC);
  if (n * 100 < expected * COVERAGE)
    return conclude (self, CS_WATCH_INCONCLUSIVE, "only %u of %u measurements gave a number", n,
                     expected);
  return conclude (self, CS_WATCH_BAD, "beyond its bound all the time");
}

static CsWatchVerdict
decide_in_a_row (CsJudge *self)
{
  guint wanted = self->criterion->consecutive;
  guint n = self->entries->len;
  Tally tally = count (self, n > wanted ? n - wanted : 0);

  if (tally.beyond == 0)
    return conclude (self, CS_WATCH_GOOD, "within its bound");
  if (tally.beyond < wanted)
    return conclude (self, CS_WATCH_INCONCLUSIVE,
                     "beyond its bound in %u of the last %u measurements", tally.beyond, wanted);
  if (wanted == 1)
    return conclude (self, CS_WATCH_BAD, "beyond its bound");
  return conclude (self, CS_WATCH_BAD, "beyond its bound %u times in a row", wanted);
}

/**
 * cs_judge_add:
 * @self: a judge
 * @samples: the probe's samples, of which the last one is new
 *
 * Bad is only what was beyond the bound in each measurement that counts: for all of the time that
 * the bound says, and in as many measurements in a row. A time in which more than a fifth of the
 * measurements gave no number is not judged.
 *
 * Returns: the verdict now
 */
CsWatchVerdict
cs_judge_add (CsJudge *self, CsSamples *samples)
{
  const CsSample *newest;
  Entry entry;
  guint old = 0;

  g_return_val_if_fail (self != NULL && samples != NULL, CS_WATCH_ERROR);
  g_return_val_if_fail (cs_samples_get_n (samples) > 0, self->verdict);

  newest = cs_samples_get (samples, cs_samples_get_n (samples) - 1);
  entry.at = newest->at;
  entry.finding = find (self, samples, newest);
  g_array_append_val (self->entries, entry);
  while (g_array_index (self->entries, Entry, old).at < entry.at - get_memory (self))
    old++;
  if (old > 0)
    g_array_remove_range (self->entries, 0, old);

  if (entry.finding == UNKNOWN)
    return conclude (self, CS_WATCH_ERROR, "the probe could not measure");
  if (entry.finding == NOTHING && newest->state == CS_SAMPLE_EMPTY)
    return conclude (self, CS_WATCH_INCONCLUSIVE, "there is nothing to measure");
  if (entry.finding == NOTHING)
    return conclude (self, CS_WATCH_INCONCLUSIVE, "too few measurements");
  return self->criterion->lasting > 0 ? decide_lasting (self, entry.at) : decide_in_a_row (self);
}

/**
 * cs_judge_look:
 * @self: a judge
 * @now: the time, in UTC microseconds
 *
 * Returns: the verdict at that time, if no sample came since the last one
 */
CsWatchVerdict
cs_judge_look (CsJudge *self, gint64 now)
{
  gint64 last;

  g_return_val_if_fail (self != NULL, CS_WATCH_ERROR);

  if (self->entries->len == 0)
    return self->verdict;
  last = g_array_index (self->entries, Entry, self->entries->len - 1).at;
  if (now - last <= SILENCE * self->interval)
    return self->verdict;
  return conclude (self, CS_WATCH_ERROR, "nothing was measured for %.0f s",
                   (double) (now - last) / G_USEC_PER_SEC);
}

CsWatchVerdict
cs_judge_get_verdict (CsJudge *self)
{
  g_return_val_if_fail (self != NULL, CS_WATCH_ERROR);
  return self->verdict;
}

double
cs_judge_get_number (CsJudge *self)
{
  g_return_val_if_fail (self != NULL, NAN);
  return self->number;
}

const char *
cs_judge_get_reason (CsJudge *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->reason;
}

/** cs_judge_get_words: (transfer none): the reason in the language in which gates speak. */
const char *
cs_judge_get_words (CsJudge *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->words;
}
