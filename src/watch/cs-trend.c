/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a number of a probe went over a time, as few points as can be drawn, and figures over it. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-trend.h"

/** GAP: intervals without a measurement after which a line is broken; as a judge's silence */
#define GAP 3

/* What was found where nothing was to be measured, or could be, is no number of the service. */
static gboolean
has_number (const CsSeriesBucket *bucket, guint number)
{
  return bucket->ranges[number].n > 0 &&
         bucket->states[CS_SAMPLE_GOOD] + bucket->states[CS_SAMPLE_BAD] > 0;
}

static void
add_range (CsTrendPoint *point, const CsSeriesRange *range)
{
  point->least = point->n > 0 ? MIN (point->least, range->least) : range->least;
  point->most = point->n > 0 ? MAX (point->most, range->most) : range->most;
  /* A sum until the part is complete. */
  point->mean = point->n > 0 ? point->mean + range->sum : range->sum;
  point->n += range->n;
}

static CsTrendPoint *
get_point (CsTrend *self, gint64 at)
{
  CsTrendPoint fresh = { at, 0, NAN, NAN, NAN, 0, 0 };
  CsTrendPoint *last =
    self->points->len > 0
      ? &g_array_index (self->points, CsTrendPoint, self->points->len - 1)
      : NULL;

  if (last != NULL && (at - self->since) / self->part == (last->at - self->since) / self->part)
    {
      last->at = at;
      return last;
    }
  g_array_append_val (self->points, fresh);
  return &g_array_index (self->points, CsTrendPoint, self->points->len - 1);
}

static void
add_bucket (CsTrend *self, const CsSeriesBucket *bucket, guint number)
{
  CsTrendPoint *point = get_point (self, bucket->at + bucket->width / 2);
  guint n = 0;

  for (guint i = 0; i < CS_SERIES_STATES; i++)
    n += bucket->states[i];
  self->n_measured += n;
  self->n_bad += bucket->states[CS_SAMPLE_BAD];
  point->n_bad += bucket->states[CS_SAMPLE_BAD];
  point->n_unknown += bucket->states[CS_SAMPLE_EMPTY] + bucket->states[CS_SAMPLE_ERROR];
  if (has_number (bucket, number))
    add_range (point, &bucket->ranges[number]);
}

/* Percentiles are of single measurements, or of none. */
static void
compute_figures (CsTrend *self, GArray *buckets, guint number)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean summed = FALSE;
  double sum = 0;

  for (guint i = 0; i < buckets->len; i++)
    {
      const CsSeriesBucket *bucket = &g_array_index (buckets, CsSeriesBucket, i);
      const CsSeriesRange *range = &bucket->ranges[number];

      self->figures.n_empty += bucket->states[CS_SAMPLE_EMPTY];
      self->figures.n_errors += bucket->states[CS_SAMPLE_ERROR];
      if (!has_number (bucket, number))
        continue;
      summed = summed || range->n > 1;
      sum += range->sum;
      self->figures.n += range->n;
      self->figures.last = range->sum / range->n;
      g_array_append_val (numbers, range->least);
      if (range->n > 1)
        g_array_append_val (numbers, range->most);
    }
  if (numbers->len == 0)
    return;
  self->figures.mean = sum / self->figures.n;
  cs_figures_order (numbers, &self->figures);
  if (summed)
    self->figures.p50 = self->figures.p95 = self->figures.p99 = NAN;
}

/**
 * cs_trend_new:
 * @buckets: (element-type CsSeriesBucket): of the probe's series in this time, oldest first
 * @field: which of the numbers: the value, the time or the first byte
 * @since: the beginning of the time (UTC microseconds)
 * @until: its end
 * @n_parts: into as many parts it is divided, each of which is one point
 *
 * Returns: (transfer full): the trend
 */
CsTrend *
cs_trend_new (GArray *buckets, CsField field, gint64 since, gint64 until, guint n_parts)
{
  CsTrend *self = g_new0 (CsTrend, 1);
  guint number;

  g_return_val_if_fail (field != CS_FIELD_FAILURE, self);

  number = (guint) (field - CS_FIELD_VALUE);
  self->since = since;
  self->until = until;
  self->part = MAX ((until - since) / MAX ((gint64) n_parts, 1), 1);
  self->points = g_array_new (FALSE, FALSE, sizeof (CsTrendPoint));
  self->figures = CS_FIGURES_NONE;
  for (guint i = 0; i < buckets->len; i++)
    {
      const CsSeriesBucket *bucket = &g_array_index (buckets, CsSeriesBucket, i);

      if (bucket->at >= since && bucket->at <= until)
        add_bucket (self, bucket, number);
    }
  for (guint i = 0; i < self->points->len; i++)
    {
      CsTrendPoint *point = &g_array_index (self->points, CsTrendPoint, i);

      if (point->n > 0)
        point->mean /= point->n;
    }
  compute_figures (self, buckets, number);
  return self;
}

/** cs_trend_free: (skip): frees a trend. */
void
cs_trend_free (CsTrend *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->points, g_array_unref);
  g_free (self);
}

/**
 * cs_trend_is_gap:
 * @self: a trend
 * @position: of a point, from 1
 * @interval: microseconds from one measurement to the next
 *
 * Returns: whether nothing was measured between this point and the one before it, so that no line
 *   may join them
 */
gboolean
cs_trend_is_gap (const CsTrend *self, guint position, gint64 interval)
{
  const CsTrendPoint *before = &g_array_index (self->points, CsTrendPoint, position - 1);
  const CsTrendPoint *point = &g_array_index (self->points, CsTrendPoint, position);

  return point->n == 0 || before->n == 0 ||
         point->at - before->at > GAP * MAX (interval, self->part);
}

/**
 * cs_trend_find:
 * @self: a trend
 * @at: UTC microseconds
 *
 * Returns: (transfer none) (nullable): the point that is nearest
 */
const CsTrendPoint *
cs_trend_find (const CsTrend *self, gint64 at)
{
  const CsTrendPoint *found = NULL;

  for (guint i = 0; i < self->points->len; i++)
    {
      const CsTrendPoint *point = &g_array_index (self->points, CsTrendPoint, i);

      if (found == NULL || ABS (point->at - at) < ABS (found->at - at))
        found = point;
    }
  return found;
}
