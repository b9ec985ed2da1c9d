/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured over time: many numbers, of which the old ones are summed up. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CS_SERIES_NUMBERS: each measurement has as many; one that is not there is NAN */
#define CS_SERIES_NUMBERS 3
/** CS_SERIES_STATES: a measurement is in one of as many */
#define CS_SERIES_STATES 4

/** CS_SERIES_RAW, CS_SERIES_MINUTES: seconds until measurements become minutes, these hours */
#define CS_SERIES_RAW ((gint64) 24 * 3600)
#define CS_SERIES_MINUTES ((gint64) 30 * 24 * 3600)

/** CsSeriesPoint: one measurement */
typedef struct
{
  gint64 at; /* UTC microseconds */
  guint state;
  double numbers[CS_SERIES_NUMBERS];
} CsSeriesPoint;

/** CsSeriesRange: of the numbers of one kind in a bucket */
typedef struct
{
  guint n;
  double least; /* these are NAN if n is 0 */
  double most;
  double sum;
} CsSeriesRange;

/** CsSeriesBucket: all measurements of a time; of one moment while they are new */
typedef struct
{
  gint64 at;    /* UTC microseconds: its beginning */
  gint64 width; /* microseconds; 0: a single measurement */
  guint states[CS_SERIES_STATES]; /* how many were in each state */
  CsSeriesRange ranges[CS_SERIES_NUMBERS];
} CsSeriesBucket;

/* In series.db, beside the journal. This is no record: it may be lost, and a power cut may cost the
 * last seconds of it; what was concluded from it stands in the journal. */
#define CS_TYPE_SERIES_STORE (cs_series_store_get_type ())
G_DECLARE_FINAL_TYPE (CsSeriesStore, cs_series_store, CS, SERIES_STORE, GObject)

/* STORAGE, CORRUPT, TOO_NEW. directory: that of the journal. */
void cs_series_store_open_async (const char *directory,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
CsSeriesStore *cs_series_store_open_finish (GAsyncResult *result, GError **error);

/* Returns at once; written within a second, together with what else came. A second measurement of
 * the same series and moment is left out. Signal ::failed (GError *error) if it can't
 * be written. */
void cs_series_store_add (CsSeriesStore *self, const char *series, const CsSeriesPoint *point);

/* GArray of CsSeriesBucket from since to before until, oldest first, with all that was added. */
void cs_series_store_read_async (CsSeriesStore *self,
                                 const char *series,
                                 gint64 since,
                                 gint64 until,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GArray *cs_series_store_read_finish (CsSeriesStore *self, GAsyncResult *result, GError **error);

/* Sums up what is old at a time. */
void cs_series_store_compact_async (CsSeriesStore *self,
                                    gint64 now,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
cs_series_store_compact_finish (CsSeriesStore *self, GAsyncResult *result, GError **error);

/* Writes what was added and closes; nothing may be called then. Waits. */
void cs_series_store_close (CsSeriesStore *self);

G_END_DECLS
