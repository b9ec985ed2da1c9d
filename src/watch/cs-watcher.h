/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures what a watch says, judges it, and records what came of it. */

#pragma once

#include "cs-prober.h"
#include "cs-samples.h"
#include "cs-series-store.h"
#include "cs-watch.h"

G_BEGIN_DECLS

/* Signals: ::measured (const char *probe_id) after each measurement; ::alarm (CsAlarm *) when one
 * was raised, by this program or another one; ::rollback-due (CsAlarm *) when the countdown of an
 * alarm is over and this program is the one to begin the rollback: emitted once in all programs;
 * ::trouble (GError *) if something could not be recorded (it is tried again). */
#define CS_TYPE_WATCHER (cs_watcher_get_type ())
G_DECLARE_FINAL_TYPE (CsWatcher, cs_watcher, CS, WATCHER, GObject)

/* actor: in whose name it is recorded. series NULL: measurements are not kept. */
CsWatcher *cs_watcher_new (CsWatch *watch,
                           CsProber *prober,
                           CsSeriesStore *series,
                           CsWatchClock *clock,
                           const char *actor);

/* Reads the newest measurements of each probe, so that the judges know what was, and begins to
 * measure. One program at a time should do so for one watch; two ask twice, and do no harm. */
void cs_watcher_start (CsWatcher *self);
void cs_watcher_stop (CsWatcher *self);
gboolean cs_watcher_is_running (CsWatcher *self);
/* Whether something is being measured or recorded just now. */
gboolean cs_watcher_is_busy (CsWatcher *self);

CsWatch *cs_watcher_get_watch (CsWatcher *self);
/* What is known now; NULL, or 0, if it was not measured yet. Owned by the watcher. */
CsSamples *cs_watcher_get_samples (CsWatcher *self, const char *probe_id);
const char *cs_watcher_get_detail (CsWatcher *self, const char *probe_id);
CsJudge *cs_watcher_get_judge (CsWatcher *self, const char *criterion_id);
guint64 cs_watcher_get_n_measured (CsWatcher *self, const char *probe_id);
/* Intervals in which nothing was measured, because the one before took too long or the computer
 * slept. */
guint64 cs_watcher_get_n_missed (CsWatcher *self, const char *probe_id);

G_END_DECLS
