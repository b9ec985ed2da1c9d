/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time by which a watch goes: the real one, a faster one, or one moved by hand. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CS_TYPE_WATCH_CLOCK (cs_watch_clock_get_type ())
G_DECLARE_FINAL_TYPE (CsWatchClock, cs_watch_clock, CS, WATCH_CLOCK, GObject)

CsWatchClock *cs_watch_clock_new (void);
/* factor: seconds of this clock in a real second. Everything goes by it, also what is measured, so
 * the rules stay as they are: at 60, an answer after 50 ms took 3 s. */
CsWatchClock *cs_watch_clock_new_scaled (double factor);
/* Stands still until it is advanced. start: UTC microseconds. */
CsWatchClock *cs_watch_clock_new_manual (gint64 start);

gint64 cs_watch_clock_now (CsWatchClock *self); /* UTC microseconds; never goes back */
double cs_watch_clock_get_factor (CsWatchClock *self);

/* Calls back once at this time or soon after, in the main context of the clock's making. Returns an
 * id, never 0; the callback's id is spent when it is called. */
guint cs_watch_clock_add (CsWatchClock *self, gint64 at, GSourceOnceFunc callback, gpointer data);
void cs_watch_clock_remove (CsWatchClock *self, guint id);

/* A clock moved by hand goes to this time, and calls back for each moment on the way. */
void cs_watch_clock_advance_to (CsWatchClock *self, gint64 at);

/* text: "30s", "5m", "5 min" or "1h", at most a week; time: microseconds */
gboolean cs_watch_parse_time (const char *text, gint64 *time, GError **error);

G_END_DECLS
