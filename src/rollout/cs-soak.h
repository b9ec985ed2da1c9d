/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For how long a stage has soaked: only time that was watched, and found good, counts. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CsSpan: UTC microseconds; until is not part of it */
typedef struct
{
  gint64 from;
  gint64 until;
} CsSpan;

/* GArray of CsSpan, in order, without overlaps (transfer full each). */
GArray *cs_soak_list_good (GPtrArray *records, const char *criterion, gint64 now);
GArray *cs_soak_list_measured (GArray *buckets, gint64 slack, gint64 now);
GArray *cs_soak_intersect (GArray *one, GArray *other);
GArray *cs_soak_whole (gint64 from, gint64 until);

gint64 cs_soak_total (GArray *spans); /* microseconds */

G_END_DECLS
