/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts answers and how long they took, as Prometheus reads it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsDemoMetrics CsDemoMetrics;

CsDemoMetrics *cs_demo_metrics_new (const char *version);
void cs_demo_metrics_count (CsDemoMetrics *self, guint status, double seconds);
char *cs_demo_metrics_to_text (CsDemoMetrics *self);
void cs_demo_metrics_free (CsDemoMetrics *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDemoMetrics, cs_demo_metrics_free)

G_END_DECLS
