/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trends, and what people type of a watch. */

#include "cs-criterion.h"
#include "cs-error.h"
#include "cs-probe.h"
#include "cs-trend.h"
#include "cs-watch-clock.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static void
add (GArray *buckets, gint64 at, CsSampleState state, double time)
{
  CsSeriesBucket bucket = { .at = at * SECOND };

  bucket.states[state] = 1;
  for (guint i = 0; i < CS_SERIES_NUMBERS; i++)
    bucket.ranges[i] = (CsSeriesRange){ 0, NAN, NAN, 0 };
  if (isfinite (time))
    bucket.ranges[CS_FIELD_TIME - CS_FIELD_VALUE] = (CsSeriesRange){ 1, time, time, time };
  g_array_append_val (buckets, bucket);
}

static const CsTrendPoint *
get (const CsTrend *trend, guint position)
{
  g_assert_cmpuint (position, <, trend->points->len);
  return &g_array_index (trend->points, CsTrendPoint, position);
}

static void
test_figures (void)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, FALSE, sizeof (CsSeriesBucket));
  g_autoptr (CsTrend) trend = NULL;

  for (int i = 0; i < 100; i++)
    add (buckets, i, CS_SAMPLE_GOOD, (i + 1) / 100.0);
  trend = cs_trend_new (buckets, CS_FIELD_TIME, 0, 100 * SECOND, 10);
  g_assert_cmpuint (trend->points->len, ==, 10);
  g_assert_cmpuint (trend->n_measured, ==, 100);
  g_assert_cmpfloat (trend->figures.p50, ==, 0.5);
  g_assert_cmpfloat (trend->figures.p95, ==, 0.95);
  g_assert_cmpfloat (trend->figures.p99, ==, 0.99);
  g_assert_cmpfloat (trend->figures.last, ==, 1);
  g_assert_cmpuint (get (trend, 0)->n, ==, 10);
  g_assert_cmpfloat (get (trend, 0)->least, ==, 0.01);
  g_assert_cmpfloat (get (trend, 0)->most, ==, 0.1);
  g_assert_cmpfloat_with_epsilon (get (trend, 0)->mean, 0.055, 1e-9);
  g_assert_true (cs_trend_find (trend, 52 * SECOND) == get (trend, 4) ||
                 cs_trend_find (trend, 52 * SECOND) == get (trend, 5));
}

/* What was not measured is no number, and no line leads over it. */
static void
test_gaps (void)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, FALSE, sizeof (CsSeriesBucket));
  g_autoptr (CsTrend) trend = NULL;

  add (buckets, 0, CS_SAMPLE_GOOD, 0.1);
  add (buckets, 5, CS_SAMPLE_BAD, 0.2);
  add (buckets, 10, CS_SAMPLE_ERROR, 3);
  add (buckets, 15, CS_SAMPLE_GOOD, 0.1);
  add (buckets, 60, CS_SAMPLE_GOOD, 0.1);
  add (buckets, 65, CS_SAMPLE_BAD, NAN);
  trend = cs_trend_new (buckets, CS_FIELD_TIME, 0, 100 * SECOND, 100);
  g_assert_cmpuint (trend->points->len, ==, 6);
  g_assert_cmpuint (trend->n_bad, ==, 2);
  g_assert_cmpuint (trend->figures.n, ==, 4);
  g_assert_cmpuint (trend->figures.n_errors, ==, 1);
  g_assert_cmpfloat (trend->figures.most, ==, 0.2);
  g_assert_false (cs_trend_is_gap (trend, 1, 5 * SECOND));
  g_assert_true (cs_trend_is_gap (trend, 2, 5 * SECOND));
  g_assert_true (cs_trend_is_gap (trend, 4, 5 * SECOND));
  g_assert_cmpuint (get (trend, 2)->n_unknown, ==, 1);
  g_assert_cmpuint (get (trend, 5)->n_bad, ==, 1);
}

static void
test_empty (void)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, FALSE, sizeof (CsSeriesBucket));
  g_autoptr (CsTrend) trend = cs_trend_new (buckets, CS_FIELD_VALUE, 0, SECOND, 10);

  g_assert_cmpuint (trend->points->len, ==, 0);
  g_assert_true (isnan (trend->figures.p95));
  g_assert_null (cs_trend_find (trend, 0));
}

/* Sums of old measurements have no percentiles. */
static void
test_summed (void)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, FALSE, sizeof (CsSeriesBucket));
  CsSeriesBucket bucket = { .at = 0, .width = 60 * SECOND };
  g_autoptr (CsTrend) trend = NULL;

  bucket.states[CS_SAMPLE_GOOD] = 12;
  bucket.ranges[0] = (CsSeriesRange){ 12, 1, 3, 24 };
  g_array_append_val (buckets, bucket);
  trend = cs_trend_new (buckets, CS_FIELD_VALUE, 0, 3600 * SECOND, 60);
  g_assert_cmpfloat (trend->figures.mean, ==, 2);
  g_assert_cmpfloat (trend->figures.most, ==, 3);
  g_assert_true (isnan (trend->figures.p50));
  g_assert_cmpfloat (get (trend, 0)->mean, ==, 2);
}

static void
test_level (void)
{
  g_autoptr (CsCriterion) criterion = cs_criterion_new ("c1", "p1", "Response time");
  g_autoptr (GError) error = NULL;
  double level = 0;

  criterion->field = CS_FIELD_TIME;
  g_assert_true (cs_criterion_set_condition (criterion, "> 500 ms", &error));
  g_assert_cmpstr (criterion->unit, ==, "ms");
  g_assert_true (cs_criterion_get_level (criterion, NULL, &level));
  g_assert_cmpfloat_with_epsilon (level, 0.5, 1e-9);
  g_assert_true (cs_criterion_set_condition (criterion, ">=2", &error));
  g_assert_null (criterion->unit);
  criterion->field = CS_FIELD_FAILURE;
  g_assert_false (cs_criterion_get_level (criterion, NULL, &level));
  g_assert_false (cs_criterion_set_condition (criterion, "ten", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_assert_cmpfloat (criterion->value, ==, 2);
}

static void
test_time (void)
{
  gint64 time = 0;

  g_assert_true (cs_watch_parse_time ("90", &time, NULL));
  g_assert_cmpint (time, ==, 90 * SECOND);
  g_assert_true (cs_watch_parse_time ("5 min", &time, NULL));
  g_assert_cmpint (time, ==, 300 * SECOND);
  for (const char **text = (const char *[]){ "", "0", "-1s", "8d", "169h", "5 x",
                                             "99999999999999999999", NULL };
       *text != NULL; text++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cs_watch_parse_time (*text, &time, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

static void
test_status (void)
{
  g_autoptr (CsProbe) probe = cs_probe_new (CS_PROBE_HTTP, NULL, "Health");

  g_assert_true (cs_probe_set_status (probe, "204", NULL));
  g_assert_cmpuint (probe->status_to, ==, 204);
  g_assert_true (cs_probe_set_status (probe, "200-299", NULL));
  g_assert_cmpuint (probe->status_to, ==, 299);
  g_assert_false (cs_probe_set_status (probe, "200-", NULL));
  g_assert_cmpuint (probe->status_from, ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watch/trend/figures", test_figures);
  g_test_add_func ("/watch/trend/gaps", test_gaps);
  g_test_add_func ("/watch/trend/empty", test_empty);
  g_test_add_func ("/watch/trend/summed", test_summed);
  g_test_add_func ("/watch/criterion/level", test_level);
  g_test_add_func ("/watch/time", test_time);
  g_test_add_func ("/watch/probe/status", test_status);
  return g_test_run ();
}
