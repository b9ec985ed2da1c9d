/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From samples to a verdict: what is bad, and what must not count as bad or good. */

#include "cs-error.h"
#include "cs-judge.h"

#include <math.h>
#include <string.h>

#define S ((gint64) G_USEC_PER_SEC)

/* A row of samples 5 s apart: "g" good, "b" bad, "e" empty, "x" error, "-" no sample at all, "s"
 * slow (3 s), "n" normal (0.1 s), digits: a value. */
static CsWatchVerdict
judge_row (CsJudge *judge, CsSamples *samples, const char *row, gint64 *at)
{
  for (const char *c = row; *c != '\0'; c++)
    {
      CsSample sample = { *at, CS_SAMPLE_GOOD, NAN, NAN, NAN };

      *at += 5 * S;
      switch (*c)
        {
        case '-':
          continue;
        case 'b':
          sample.state = CS_SAMPLE_BAD;
          break;
        case 'e':
          sample.state = CS_SAMPLE_EMPTY;
          break;
        case 'x':
          sample.state = CS_SAMPLE_ERROR;
          break;
        case 's':
          sample.time = 3;
          break;
        case 'n':
          sample.time = 0.1;
          break;
        case 'g':
          break;
        default:
          sample.value = *c - '0';
        }
      cs_samples_add (samples, &sample);
      cs_judge_add (judge, samples);
    }
  return cs_judge_get_verdict (judge);
}

/* 60 samples of 5 s: five minutes. */
#define FIVE(c) c c c c c
#define TEN(c) FIVE (c) FIVE (c)
#define MINUTES_5(c) TEN (c) TEN (c) TEN (c) TEN (c) TEN (c) TEN (c) c

typedef struct
{
  const char *name;
  CsField field;
  CsStatistic statistic;
  const char *comparison;
  double value;
  const char *unit;
  guint lasting; /* seconds */
  guint consecutive;
  const char *row;
  CsWatchVerdict verdict;
} Case;

static const Case cases[] = {
  /* Three health checks in a row. */
  { "healthy", CS_FIELD_FAILURE, CS_STATISTIC_EACH, ">=", 1, NULL, 0, 3, "ggg", CS_WATCH_GOOD },
  { "two-failures", CS_FIELD_FAILURE, CS_STATISTIC_EACH, ">=", 1, NULL, 0, 3, "gbb",
    CS_WATCH_INCONCLUSIVE },
  { "three-failures", CS_FIELD_FAILURE, CS_STATISTIC_EACH, ">=", 1, NULL, 0, 3, "gbbb",
    CS_WATCH_BAD },
  { "flapping", CS_FIELD_FAILURE, CS_STATISTIC_EACH, ">=", 1, NULL, 0, 3, "bgbgbgbgbbgbbgbb",
    CS_WATCH_INCONCLUSIVE },
  { "unknown-between", CS_FIELD_FAILURE, CS_STATISTIC_EACH, ">=", 1, NULL, 0, 3, "bbxb",
    CS_WATCH_INCONCLUSIVE },
  { "probe-fails", CS_FIELD_FAILURE, CS_STATISTIC_EACH, ">=", 1, NULL, 0, 3, "bbbx",
    CS_WATCH_ERROR },
  { "recovered", CS_FIELD_FAILURE, CS_STATISTIC_EACH, ">=", 1, NULL, 0, 3, "bbbggg",
    CS_WATCH_GOOD },
  /* Error rate over five minutes, of checks. */
  { "all-fail", CS_FIELD_FAILURE, CS_STATISTIC_MEAN, ">", 10, "%", 300, 1,
    MINUTES_5 ("b") "bbb", CS_WATCH_BAD },
  { "all-fail-not-long", CS_FIELD_FAILURE, CS_STATISTIC_MEAN, ">", 10, "%", 300, 1,
    TEN ("g") TEN ("g") TEN ("b") TEN ("b"), CS_WATCH_INCONCLUSIVE },
  { "few-samples", CS_FIELD_FAILURE, CS_STATISTIC_MEAN, ">", 10, "%", 300, 1, "bb",
    CS_WATCH_INCONCLUSIVE },
  { "no-traffic", CS_FIELD_VALUE, CS_STATISTIC_EACH, ">", 1, "%", 300, 1, MINUTES_5 ("e"),
    CS_WATCH_INCONCLUSIVE },
  /* A value that Prometheus gives in percent. */
  { "rate-high", CS_FIELD_VALUE, CS_STATISTIC_EACH, ">", 5, "%", 300, 1, MINUTES_5 ("9"),
    CS_WATCH_BAD },
  { "rate-high-once", CS_FIELD_VALUE, CS_STATISTIC_EACH, ">", 5, "%", 300, 1,
    TEN ("1") "9" TEN ("1"), CS_WATCH_INCONCLUSIVE },
  { "rate-at-bound", CS_FIELD_VALUE, CS_STATISTIC_EACH, ">", 9, "%", 300, 1, MINUTES_5 ("9"),
    CS_WATCH_GOOD },
  { "rate-with-gaps", CS_FIELD_VALUE, CS_STATISTIC_EACH, ">", 5, "%", 300, 1,
    TEN ("9") TEN ("9-") TEN ("9") TEN ("9-") "9", CS_WATCH_INCONCLUSIVE },
  { "rate-with-nan", CS_FIELD_VALUE, CS_STATISTIC_EACH, ">", 5, "%", 300, 1, TEN ("99eee9"),
    CS_WATCH_INCONCLUSIVE },
  { "rate-one-lost", CS_FIELD_VALUE, CS_STATISTIC_EACH, ">", 5, "%", 300, 1,
    TEN ("9") TEN ("9") "x" TEN ("9") TEN ("9") TEN ("9") TEN ("9"), CS_WATCH_BAD },
  /* Slow for five minutes; in another unit. */
  { "slow", CS_FIELD_TIME, CS_STATISTIC_EACH, ">", 2000, "ms", 300, 1, MINUTES_5 ("s"),
    CS_WATCH_BAD },
  { "slow-at-times", CS_FIELD_TIME, CS_STATISTIC_EACH, ">", 2000, "ms", 300, 1, TEN ("ssssssn"),
    CS_WATCH_INCONCLUSIVE },
  { "p95", CS_FIELD_TIME, CS_STATISTIC_P95, ">", 2, "s", 0, 1, TEN ("n") "nns", CS_WATCH_BAD },
  { "p50", CS_FIELD_TIME, CS_STATISTIC_P50, ">", 2, "s", 0, 1, TEN ("n") "nns", CS_WATCH_GOOD },
};

static void
test_verdict (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (CsCriterion) criterion = cs_criterion_new ("c1", "p1", "what is held");
  g_autoptr (CsSamples) samples = NULL;
  g_autoptr (CsJudge) judge = NULL;
  g_autoptr (GError) error = NULL;
  gint64 at = 1000 * S;

  criterion->field = test->field;
  criterion->statistic = test->statistic;
  g_free (criterion->comparison);
  criterion->comparison = g_strdup (test->comparison);
  criterion->value = test->value;
  criterion->unit = g_strdup (test->unit);
  criterion->lasting = test->lasting * S;
  criterion->consecutive = test->consecutive;
  criterion->severity = CS_SEVERITY_ROLLBACK;
  g_assert_true (cs_criterion_check (criterion, "%", &error));
  g_assert_no_error (error);
  judge = cs_judge_new (criterion, 5 * S, "%");
  samples = cs_samples_new (cs_judge_get_span (judge));
  judge_row (judge, samples, test->row, &at);
  g_assert_cmpstr (cs_watch_verdict_to_string (cs_judge_get_verdict (judge)), ==,
                   cs_watch_verdict_to_string (test->verdict));
}

/* A goal is the other way round: what it says is what is good. */
static void
test_target (void)
{
  g_autoptr (CsCriterion) criterion = cs_criterion_new ("c1", "p1", "P95");
  g_autoptr (CsSamples) samples = cs_samples_new (600 * S);
  g_autoptr (CsJudge) judge = NULL;
  gint64 at = 0;

  criterion->field = CS_FIELD_VALUE;
  g_free (criterion->comparison);
  criterion->comparison = g_strdup ("<");
  criterion->value = 5;
  criterion->severity = CS_SEVERITY_TARGET;
  judge = cs_judge_new (criterion, 5 * S, NULL);
  g_assert_cmpint (judge_row (judge, samples, "3", &at), ==, CS_WATCH_GOOD);
  g_assert_cmpint (judge_row (judge, samples, "7", &at), ==, CS_WATCH_BAD);
}

static void
test_silence (void)
{
  g_autoptr (CsCriterion) criterion = cs_criterion_new ("c1", "p1", "Health");
  g_autoptr (CsSamples) samples = cs_samples_new (600 * S);
  g_autoptr (CsJudge) judge = cs_judge_new (criterion, 5 * S, NULL);
  gint64 at = 1000 * S;

  g_assert_cmpint (cs_judge_look (judge, at), ==, CS_WATCH_INCONCLUSIVE);
  judge_row (judge, samples, "ggg", &at);
  g_assert_cmpint (cs_judge_look (judge, at + 9 * S), ==, CS_WATCH_GOOD);
  g_assert_cmpint (cs_judge_look (judge, at + 30 * S), ==, CS_WATCH_ERROR);
  g_assert_nonnull (strstr (cs_judge_get_reason (judge), "nothing was measured"));
  at += 30 * S;
  g_assert_cmpint (judge_row (judge, samples, "g", &at), ==, CS_WATCH_GOOD);
}

static void
test_figures (void)
{
  g_autoptr (CsSamples) samples = cs_samples_new (3600 * S);
  CsFigures figures;

  for (guint i = 1; i <= 100; i++)
    {
      CsSample sample = { i * S, CS_SAMPLE_GOOD, 101 - i, NAN, NAN };

      cs_samples_add (samples, &sample);
    }
  cs_samples_compute (samples, CS_FIELD_VALUE, 0, 100 * S, &figures);
  g_assert_cmpuint (figures.n, ==, 100);
  g_assert_cmpfloat (figures.p50, ==, 50);
  g_assert_cmpfloat (figures.p95, ==, 95);
  g_assert_cmpfloat (figures.p99, ==, 99);
  g_assert_cmpfloat (figures.mean, ==, 50.5);
  g_assert_cmpfloat (figures.least, ==, 1);
  g_assert_cmpfloat (figures.most, ==, 100);
  g_assert_cmpfloat (figures.last, ==, 1);
  cs_samples_compute (samples, CS_FIELD_VALUE, 90 * S, 95 * S, &figures);
  g_assert_cmpuint (figures.n, ==, 5);
  g_assert_cmpfloat (figures.most, ==, 10);
  cs_samples_compute (samples, CS_FIELD_TIME, 0, 100 * S, &figures);
  g_assert_cmpuint (figures.n, ==, 0);
  g_assert_true (isnan (figures.p95));
}

/* A counter that begins anew when its program does. */
static void
test_increase (void)
{
  static const double counts[] = { 100, 110, 120, 5, 15 };
  g_autoptr (CsSamples) samples = cs_samples_new (3600 * S);
  CsFigures figures;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      CsSample sample = { i * 10 * S + 1, CS_SAMPLE_GOOD, counts[i], NAN, NAN };

      cs_samples_add (samples, &sample);
    }
  cs_samples_compute (samples, CS_FIELD_VALUE, 0, 100 * S, &figures);
  g_assert_cmpfloat_with_epsilon (figures.increase, 35.0 / 40, 1e-9);
}

/* However long it goes on, what is kept is bounded. */
static void
test_memory (void)
{
  g_autoptr (CsSamples) samples = cs_samples_new (60 * S);

  for (guint i = 0; i < 100000; i++)
    {
      CsSample sample = { i * S, CS_SAMPLE_GOOD, i, NAN, NAN };

      cs_samples_add (samples, &sample);
      g_assert_cmpuint (cs_samples_get_n (samples), <=, 60);
    }
  g_assert_cmpfloat (cs_samples_get (samples, 0)->value, ==, 99940);
}

static void
test_words (void)
{
  g_autoptr (CsCriterion) criterion = cs_criterion_new ("c1", "p1", "Error rate");
  g_autoptr (CsCriterion) back = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  g_autofree char *again = NULL;

  criterion->statistic = CS_STATISTIC_MEAN;
  g_free (criterion->comparison);
  criterion->comparison = g_strdup (">");
  criterion->value = 10;
  criterion->unit = g_strdup ("%");
  criterion->lasting = 300 * S;
  criterion->line = 167;
  words = cs_criterion_dup_words (criterion);
  g_assert_cmpstr (words, ==, "Error rate > 10 % for 5 min");
  json = cs_criterion_to_json (criterion);
  back = cs_criterion_from_json (json_node_get_object (json), &error);
  g_assert_no_error (error);
  again = cs_criterion_dup_words (back);
  g_assert_cmpstr (again, ==, words);
  g_assert_cmpuint (back->line, ==, 167);

  g_free (criterion->unit);
  criterion->unit = g_strdup ("MB");
  g_assert_false (cs_criterion_check (criterion, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/watch/judge/verdict/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_verdict);
    }
  g_test_add_func ("/watch/judge/target", test_target);
  g_test_add_func ("/watch/judge/silence", test_silence);
  g_test_add_func ("/watch/judge/figures", test_figures);
  g_test_add_func ("/watch/judge/increase", test_increase);
  g_test_add_func ("/watch/judge/memory", test_memory);
  g_test_add_func ("/watch/judge/words", test_words);
  return g_test_run ();
}
