/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a number went: a line over time, with its bounds and what happened meanwhile. */

#pragma once

#include "cs-criterion.h"
#include "cs-trend.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** CS_WATCH_CHART_PARTS: points that a chart can show beside each other */
#define CS_WATCH_CHART_PARTS 240

/**
 * CsChartEvent:
 * @CS_CHART_EVENT_STEP: something was begun
 * @CS_CHART_EVENT_ALARM: an alarm was raised
 * @CS_CHART_EVENT_ROLLBACK: the rollback was begun
 * @CS_CHART_EVENT_SETTLED: the bound was kept again
 */
typedef enum
{
  CS_CHART_EVENT_STEP,
  CS_CHART_EVENT_ALARM,
  CS_CHART_EVENT_ROLLBACK,
  CS_CHART_EVENT_SETTLED,
} CsChartEvent;

#define CS_TYPE_WATCH_CHART (cs_watch_chart_get_type ())
G_DECLARE_FINAL_TYPE (CsWatchChart, cs_watch_chart, CS, WATCH_CHART, GtkWidget)

/* title: what is measured; unit NULL: bare numbers, "s": seconds; interval: microseconds from one
 * measurement to the next */
GtkWidget *cs_watch_chart_new (const char *title, const char *unit, gint64 interval);
void cs_watch_chart_set_trend (CsWatchChart *self, CsTrend *trend);
void cs_watch_chart_clear_marks (CsWatchChart *self);
void cs_watch_chart_add_level (CsWatchChart *self,
                               double level,
                               CsSeverity severity,
                               const char *words);
void cs_watch_chart_add_event (CsWatchChart *self, gint64 at, CsChartEvent kind, const char *words);

G_END_DECLS
