/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For how long a stage has soaked: only time that was watched, and found good, counts. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-soak.h"

#include "cs-clock.h"
#include "cs-json.h"
#include "cs-judge.h"
#include "cs-record.h"
#include "cs-series-store.h"

#include <string.h>

static GArray *
new_spans (void)
{
  return g_array_new (FALSE, FALSE, sizeof (CsSpan));
}

/* One that touches the last one is part of it. */
static void
add_span (GArray *spans, gint64 from, gint64 until)
{
  CsSpan span = { from, until };
  CsSpan *last = spans->len > 0 ? &g_array_index (spans, CsSpan, spans->len - 1) : NULL;

  if (until <= from)
    return;
  if (last != NULL && from <= last->until)
    last->until = MAX (last->until, until);
  else
    g_array_append_val (spans, span);
}

/** cs_soak_whole: (transfer full): all of a time. */
GArray *
cs_soak_whole (gint64 from, gint64 until)
{
  GArray *spans = new_spans ();

  add_span (spans, from, until);
  return spans;
}

static gboolean
is_about (CsRecord *record, const char *criterion)
{
  JsonObject *body = cs_record_get_body (record);

  return (strcmp (cs_record_get_kind (record), "watch-judged") == 0 &&
          g_strcmp0 (cs_json_get_string (body, "criterion"), criterion) == 0) ||
         (strcmp (cs_record_get_kind (record), "watch-criterion-set") == 0 &&
          g_strcmp0 (cs_json_get_string (body, "id"), criterion) == 0);
}

/**
 * cs_soak_list_good:
 * @records: (element-type CsRecord): of the watch, oldest first
 * @criterion: the id of a bound
 * @now: UTC microseconds
 *
 * A bound that is set anew is not good before it is judged anew.
 *
 * Returns: (transfer full) (element-type CsSpan): when its recorded verdict was good
 */
GArray *
cs_soak_list_good (GPtrArray *records, const char *criterion, gint64 now)
{
  GArray *spans = new_spans ();
  gint64 since = 0;
  gboolean good = FALSE;

  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = records->pdata[i];
      JsonObject *body = cs_record_get_body (record);
      gint64 at = cs_record_get_at (record);
      CsWatchVerdict verdict;

      if (!is_about (record, criterion))
        continue;
      if (good)
        add_span (spans, since, at);
      good = cs_watch_verdict_from_string (cs_json_get_string (body, "verdict"), &verdict) &&
             verdict == CS_WATCH_GOOD;
      since = at;
    }
  if (good)
    add_span (spans, since, now);
  return spans;
}

/**
 * cs_soak_list_measured:
 * @buckets: (element-type CsSeriesBucket): of a probe, oldest first
 * @slack: microseconds for which a measurement stands
 * @now: UTC microseconds
 *
 * Returns: (transfer full) (element-type CsSpan): when somebody measured
 */
GArray *
cs_soak_list_measured (GArray *buckets, gint64 slack, gint64 now)
{
  GArray *spans = new_spans ();

  for (guint i = 0; i < buckets->len; i++)
    {
      const CsSeriesBucket *bucket = &g_array_index (buckets, CsSeriesBucket, i);

      add_span (spans, bucket->at, MIN (now, bucket->at + bucket->width + slack));
    }
  return spans;
}

/** cs_soak_intersect: (transfer full): what is in both. */
GArray *
cs_soak_intersect (GArray *one, GArray *other)
{
  GArray *both = new_spans ();
  guint i = 0;
  guint k = 0;

  while (i < one->len && k < other->len)
    {
      const CsSpan *a = &g_array_index (one, CsSpan, i);
      const CsSpan *b = &g_array_index (other, CsSpan, k);

      add_span (both, MAX (a->from, b->from), MIN (a->until, b->until));
      if (a->until < b->until)
        i++;
      else
        k++;
    }
  return both;
}

/** cs_soak_total: how long they are together, in microseconds. */
gint64
cs_soak_total (GArray *spans)
{
  gint64 total = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      const CsSpan *span = &g_array_index (spans, CsSpan, i);

      total += span->until - span->from;
    }
  return total;
}
