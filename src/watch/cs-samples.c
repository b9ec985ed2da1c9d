/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The newest samples of one probe, and figures over them. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-samples.h"

#include <math.h>

struct _CsSamples
{
  GArray *samples; /* of CsSample, oldest first; the first `skipped` are gone */
  guint skipped;
  gint64 span;
};

/**
 * cs_samples_new:
 * @span: for how many microseconds a sample is kept
 *
 * Returns: (transfer full): no samples yet
 */
CsSamples *
cs_samples_new (gint64 span)
{
  CsSamples *self = g_new0 (CsSamples, 1);

  self->samples = g_array_new (FALSE, FALSE, sizeof (CsSample));
  self->span = span;
  return self;
}

/**
 * cs_samples_free:
 * @self: (nullable): samples
 */
void
cs_samples_free (CsSamples *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->samples);
  g_free (self);
}

/**
 * cs_samples_set_span:
 * @self: samples
 * @span: for how many microseconds each is kept from now on
 */
void
cs_samples_set_span (CsSamples *self, gint64 span)
{
  g_return_if_fail (self != NULL);
  self->span = span;
}

/* What is too old is skipped, and taken away when it is half of all. */
static void
forget_old (CsSamples *self, gint64 now)
{
  while (self->skipped < self->samples->len)
    {
      const CsSample *sample = &g_array_index (self->samples, CsSample, self->skipped);

      if (sample->at > now - self->span && cs_samples_get_n (self) <= CS_SAMPLES_MOST)
        break;
      self->skipped++;
    }
  if (self->skipped > 64 && self->skipped * 2 > self->samples->len)
    {
      g_array_remove_range (self->samples, 0, self->skipped);
      self->skipped = 0;
    }
}

/**
 * cs_samples_add:
 * @self: samples
 * @sample: not older than the newest one; an older one is left out
 */
void
cs_samples_add (CsSamples *self, const CsSample *sample)
{
  guint n;

  g_return_if_fail (self != NULL && sample != NULL);

  n = cs_samples_get_n (self);
  if (n > 0 && cs_samples_get (self, n - 1)->at > sample->at)
    return;
  g_array_append_vals (self->samples, sample, 1);
  forget_old (self, sample->at);
}

/**
 * cs_samples_get_n:
 * @self: samples
 *
 * Returns: how many there are
 */
guint
cs_samples_get_n (CsSamples *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->samples->len - self->skipped;
}

/**
 * cs_samples_get:
 * @self: samples
 * @position: from 0, the oldest
 *
 * Returns: (transfer none): the sample, until the next one is added
 */
const CsSample *
cs_samples_get (CsSamples *self, guint position)
{
  g_return_val_if_fail (self != NULL && position < cs_samples_get_n (self), NULL);
  return &g_array_index (self->samples, CsSample, self->skipped + position);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a;
  double other = *(const double *) b;

  return (one > other) - (one < other);
}

/* The nearest rank: the least number that is not less than this share of all. It is one that was
 * measured, also when there are few. */
static double
percentile (GArray *sorted, guint percent)
{
  guint rank = (guint) (((guint64) percent * sorted->len + 99) / 100);

  return g_array_index (sorted, double, MAX (rank, 1) - 1);
}

/**
 * cs_figures_order:
 * @numbers: (element-type double): at least one; sorted by this
 * @figures: (inout): gets the least, the most and the percentiles
 */
void
cs_figures_order (GArray *numbers, CsFigures *figures)
{
  g_array_sort (numbers, compare_numbers);
  figures->least = g_array_index (numbers, double, 0);
  figures->most = g_array_index (numbers, double, numbers->len - 1);
  figures->p50 = percentile (numbers, 50);
  figures->p95 = percentile (numbers, 95);
  figures->p99 = percentile (numbers, 99);
}

/**
 * cs_samples_compute:
 * @self: samples
 * @field: which of their numbers
 * @after: the beginning of the time, exclusive (UTC microseconds)
 * @until: its end, inclusive
 * @figures: (out): what was found
 *
 * Percentiles are by nearest rank. The increase is from the first to the last sample of the time
 * and needs two.
 */
void
cs_samples_compute (
  CsSamples *self,
  CsField field,
  gint64 after,
  gint64 until,
  CsFigures *figures)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  double sum = 0;
  double increase = 0;
  gint64 first_at = 0;
  gint64 last_at = 0;

  g_return_if_fail (self != NULL && figures != NULL);

  *figures = CS_FIGURES_NONE;
  for (guint i = 0; i < cs_samples_get_n (self); i++)
    {
      const CsSample *sample = cs_samples_get (self, i);
      double number = cs_sample_get_field (sample, field);

      if (sample->at <= after || sample->at > until)
        continue;
      figures->n_errors += sample->state == CS_SAMPLE_ERROR;
      figures->n_empty += sample->state == CS_SAMPLE_EMPTY;
      if (!isfinite (number))
        continue;
      if (numbers->len == 0)
        first_at = sample->at;
      else
        increase += number >= figures->last ? number - figures->last : number;
      last_at = sample->at;
      figures->last = number;
      sum += number;
      g_array_append_val (numbers, number);
    }
  figures->n = numbers->len;
  if (numbers->len == 0)
    return;
  figures->mean = sum / numbers->len;
  if (last_at > first_at)
    figures->increase = increase * G_USEC_PER_SEC / (double) (last_at - first_at);
  cs_figures_order (numbers, figures);
}
