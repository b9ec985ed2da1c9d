/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a number of a probe went over a time, as few points as can be drawn, and figures over it. */

#pragma once

#include "cs-samples.h"
#include "cs-series-store.h"

G_BEGIN_DECLS

/** CsTrendPoint: what was measured in one part of the time */
typedef struct
{
  gint64 at;    /* UTC microseconds: of the newest measurement in it */
  guint n;      /* measurements that have the number; 0: there is none */
  double least; /* these are NAN then */
  double most;
  double mean;
  guint n_bad;     /* the service was at fault */
  guint n_unknown; /* nothing is known, or there was nothing to measure */
} CsTrendPoint;

/** CsTrend: p50, p95 and p99 of figures are NAN where old measurements were summed up */
typedef struct
{
  gint64 since;
  gint64 until;
  gint64 part; /* microseconds of one point */
  GArray *points; /* of CsTrendPoint, oldest first; parts without any measurement are left out */
  CsFigures figures;
  guint n_measured;
  guint n_bad;
} CsTrend;

CsTrend *
cs_trend_new (GArray *buckets, CsField field, gint64 since, gint64 until, guint n_parts);
void cs_trend_free (CsTrend *self);
/* Whether more than some intervals passed without a measurement between two points. */
gboolean cs_trend_is_gap (const CsTrend *self, guint position, gint64 interval);
/* The point that is nearest to this time; NULL if there is none. */
const CsTrendPoint *cs_trend_find (const CsTrend *self, gint64 at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTrend, cs_trend_free)

G_END_DECLS
