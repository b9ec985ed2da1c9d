/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One probe while it is measured: its samples, its judges, and when it is due. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-watched-probe.h"

#include <string.h>

/** SPREAD: of an interval, in which the first measurements of all probes are spread */
#define SPREAD 4
/** SHOWN: microseconds of samples that are kept for showing at least */
#define SHOWN ((gint64) 15 * 60 * G_USEC_PER_SEC)

/**
 * cs_watched_probe_new:
 * @probe: what is measured
 * @criteria: of #CsCriterion: all bounds of the watch
 *
 * Returns: (transfer full): the probe with those bounds that are for it; due at once
 */
CsWatchedProbe *
cs_watched_probe_new (const CsProbe *probe, GPtrArray *criteria)
{
  CsWatchedProbe *self = g_new0 (CsWatchedProbe, 1);

  self->probe = cs_probe_copy (probe);
  self->judges = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_judge_free);
  for (guint i = 0; i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];

      if (strcmp (criterion->probe, probe->id) == 0)
        g_ptr_array_add (self->judges, cs_judge_new (criterion, probe->interval, probe->unit));
    }
  self->samples = cs_samples_new (cs_watched_probe_get_span (self));
  return self;
}

/**
 * cs_watched_probe_free:
 * @self: (nullable): a probe, whose call of the clock is taken back already
 */
void
cs_watched_probe_free (CsWatchedProbe *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  g_ptr_array_unref (self->judges);
  cs_samples_free (self->samples);
  cs_probe_free (self->probe);
  g_free (self->detail);
  g_free (self);
}

static gboolean
is_equal (JsonNode *one, JsonNode *other)
{
  gboolean equal = json_node_equal (one, other);

  json_node_unref (one);
  json_node_unref (other);
  return equal;
}

/**
 * cs_watched_probe_is_same:
 * @self: a probe that is measured
 * @probe: what the watch says now
 * @criteria: of #CsCriterion: all bounds of the watch now
 *
 * Returns: whether nothing about it has changed
 */
gboolean
cs_watched_probe_is_same (CsWatchedProbe *self, const CsProbe *probe, GPtrArray *criteria)
{
  guint n = 0;

  if (!is_equal (cs_probe_to_json (self->probe), cs_probe_to_json (probe)))
    return FALSE;
  for (guint i = 0; i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];

      if (strcmp (criterion->probe, probe->id) != 0)
        continue;
      if (n == self->judges->len ||
          !is_equal (cs_criterion_to_json (cs_judge_get_criterion (self->judges->pdata[n])),
                     cs_criterion_to_json (criterion)))
        return FALSE;
      n++;
    }
  return n == self->judges->len;
}

/**
 * cs_watched_probe_get_span:
 * @self: a probe
 *
 * Returns: for how many microseconds its samples are needed
 */
gint64
cs_watched_probe_get_span (CsWatchedProbe *self)
{
  gint64 span = SHOWN;

  for (guint i = 0; i < self->judges->len; i++)
    span = MAX (span, cs_judge_get_span (self->judges->pdata[i]));
  return span;
}

/**
 * cs_watched_probe_add:
 * @self: a probe
 * @sample: newer than all others
 *
 * Has all judges look at it.
 */
void
cs_watched_probe_add (CsWatchedProbe *self, const CsSample *sample)
{
  guint n = cs_samples_get_n (self->samples);

  if (n > 0 && cs_samples_get (self->samples, n - 1)->at >= sample->at)
    return;
  cs_samples_add (self->samples, sample);
  for (guint i = 0; i < self->judges->len; i++)
    cs_judge_add (self->judges->pdata[i], self->samples);
}

/**
 * cs_watched_probe_plan:
 * @self: a probe
 * @now: UTC microseconds
 *
 * Probes of the same interval begin at different moments, so that they do not all ask at once; from
 * then on each keeps its step. What lies in the past is missed, not made up for.
 */
void
cs_watched_probe_plan (CsWatchedProbe *self, gint64 now)
{
  gint64 interval = self->probe->interval;

  if (self->due == 0)
    {
      self->due = now + g_str_hash (self->probe->id) % (guint) (interval / SPREAD / 1000) * 1000;
      return;
    }
  self->due += interval;
  if (self->due > now)
    return;
  self->n_missed += (guint64) ((now - self->due) / interval + 1);
  self->due += ((now - self->due) / interval + 1) * interval;
}
