/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One probe while it is measured: its samples, its judges, and when it is due. */

#pragma once

#include "cs-judge.h"
#include "cs-probe.h"

G_BEGIN_DECLS

typedef struct
{
  CsProbe *probe;
  CsSamples *samples;
  GPtrArray *judges; /* of CsJudge */
  char *detail;      /* of the newest measurement */
  gint64 due;        /* UTC microseconds */
  guint call;        /* of the clock, at that time */
  gpointer owner;    /* for who set the call */
  GCancellable *measuring;
  guint64 n_measured;
  guint64 n_missed;
} CsWatchedProbe;

CsWatchedProbe *cs_watched_probe_new (const CsProbe *probe, GPtrArray *criteria);
void cs_watched_probe_free (CsWatchedProbe *self);
gboolean cs_watched_probe_is_same (CsWatchedProbe *self, const CsProbe *probe, GPtrArray *criteria);
gint64 cs_watched_probe_get_span (CsWatchedProbe *self);
void cs_watched_probe_add (CsWatchedProbe *self, const CsSample *sample);
/* Sets when it is due next, after one measurement was or should have been. */
void cs_watched_probe_plan (CsWatchedProbe *self, gint64 now);

G_END_DECLS
