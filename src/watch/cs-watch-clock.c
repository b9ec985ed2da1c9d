/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time by which a watch goes: the real one, a faster one, or one moved by hand. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-watch-clock.h"

#include "cs-error.h"

#include <string.h>
#include <time.h>

/** MOST_TIME: seconds that somebody may ask for: a week */
#define MOST_TIME ((guint64) 7 * 86400)

typedef struct
{
  guint id;
  gint64 at;
  GSourceOnceFunc callback;
  gpointer data;
} Call;

struct _CsWatchClock
{
  GObject parent_instance;

  double factor;    /* 0: moved by hand */
  gint64 origin;    /* of this clock, when it was made */
  gint64 started;   /* elapsed() then */
  gint64 now;       /* moved by hand */
  GSequence *calls; /* of Call, soonest first; those of one moment in the order of asking */
  guint last_id;
  GMainContext *context;
  GSource *timer; /* for the first call */
};

G_DEFINE_FINAL_TYPE (CsWatchClock, cs_watch_clock, G_TYPE_OBJECT)

/* Goes on while the computer sleeps, and doesn't care when its clock is set. */
static gint64
elapsed (void)
{
  struct timespec time;

  clock_gettime (CLOCK_BOOTTIME, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static int
compare_calls (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Call *one = a;
  const Call *other = b;

  return (one->at > other->at) - (one->at < other->at);
}

static void
stop_timer (CsWatchClock *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void start_timer (CsWatchClock *self);

/* Calls what is due at a time; what is asked for meanwhile and due by then is called as well. */
static void
call_due (CsWatchClock *self, gint64 until)
{
  while (!g_sequence_is_empty (self->calls))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (self->calls);
      Call call = *(Call *) g_sequence_get (first);

      if (call.at > until)
        break;
      g_sequence_remove (first);
      if (self->factor == 0)
        self->now = MAX (self->now, call.at);
      call.callback (call.data);
    }
}

static gboolean
timer_cb (gpointer user_data)
{
  g_autoptr (CsWatchClock) self = g_object_ref (user_data);

  g_clear_pointer (&self->timer, g_source_unref);
  call_due (self, cs_watch_clock_now (self));
  start_timer (self);
  return G_SOURCE_REMOVE;
}

static void
start_timer (CsWatchClock *self)
{
  const Call *first;
  double wait;

  stop_timer (self);
  if (self->factor == 0 || g_sequence_is_empty (self->calls))
    return;
  first = g_sequence_get (g_sequence_get_begin_iter (self->calls));
  wait = (double) (first->at - cs_watch_clock_now (self)) / self->factor / 1000;
  /* Never longer than a minute: a computer that slept is behind by that much at most. */
  self->timer = g_timeout_source_new ((guint) CLAMP (wait + 1, 0, 60000));
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, self->context);
}

static void
cs_watch_clock_finalize (GObject *object)
{
  CsWatchClock *self = CS_WATCH_CLOCK (object);

  stop_timer (self);
  g_sequence_free (self->calls);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (cs_watch_clock_parent_class)->finalize (object);
}

static void
cs_watch_clock_class_init (CsWatchClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_watch_clock_finalize;
}

static void
cs_watch_clock_init (CsWatchClock *self)
{
  self->factor = 1;
  self->calls = g_sequence_new (g_free);
  self->context = g_main_context_ref_thread_default ();
  self->origin = g_get_real_time ();
  self->started = elapsed ();
}

/**
 * cs_watch_clock_new:
 *
 * Returns: (transfer full): a clock that begins with the time of this computer and goes on evenly,
 *   also when that one is set
 */
CsWatchClock *
cs_watch_clock_new (void)
{
  return g_object_new (CS_TYPE_WATCH_CLOCK, NULL);
}

/**
 * cs_watch_clock_new_scaled:
 * @factor: seconds of this clock in a real second, > 0
 *
 * Returns: (transfer full): a clock that is faster, or slower
 */
CsWatchClock *
cs_watch_clock_new_scaled (double factor)
{
  CsWatchClock *self = cs_watch_clock_new ();

  g_return_val_if_fail (factor > 0, self);
  self->factor = factor;
  return self;
}

/**
 * cs_watch_clock_new_manual:
 * @start: what it says first, in UTC microseconds
 *
 * Returns: (transfer full): a clock that stands until cs_watch_clock_advance_to()
 */
CsWatchClock *
cs_watch_clock_new_manual (gint64 start)
{
  CsWatchClock *self = cs_watch_clock_new ();

  self->factor = 0;
  self->now = start;
  return self;
}

/**
 * cs_watch_clock_now:
 * @self: a clock
 *
 * Returns: its time, in UTC microseconds since 1970; never less than before
 */
gint64
cs_watch_clock_now (CsWatchClock *self)
{
  g_return_val_if_fail (CS_IS_WATCH_CLOCK (self), 0);

  if (self->factor == 0)
    return self->now;
  return self->origin + (gint64) ((double) (elapsed () - self->started) * self->factor);
}

/**
 * cs_watch_clock_get_factor:
 * @self: a clock
 *
 * Returns: its seconds in a real second; 0 if it is moved by hand
 */
double
cs_watch_clock_get_factor (CsWatchClock *self)
{
  g_return_val_if_fail (CS_IS_WATCH_CLOCK (self), 1);
  return self->factor;
}

/**
 * cs_watch_clock_add:
 * @self: a clock
 * @at: when, in its time; what is past comes as soon as possible
 * @callback: called once; never from within this call
 * @data: for @callback
 *
 * Returns: an id for cs_watch_clock_remove()
 */
guint
cs_watch_clock_add (CsWatchClock *self, gint64 at, GSourceOnceFunc callback, gpointer data)
{
  Call *call = g_new0 (Call, 1);

  g_return_val_if_fail (CS_IS_WATCH_CLOCK (self), 0);

  call->id = ++self->last_id;
  call->at = at;
  call->callback = callback;
  call->data = data;
  g_sequence_insert_sorted (self->calls, call, compare_calls, NULL);
  start_timer (self);
  return call->id;
}

/**
 * cs_watch_clock_remove:
 * @self: a clock
 * @id: of a call; 0, and one that was called already, change nothing
 */
void
cs_watch_clock_remove (CsWatchClock *self, guint id)
{
  g_return_if_fail (CS_IS_WATCH_CLOCK (self));

  for (GSequenceIter *i = g_sequence_get_begin_iter (self->calls); !g_sequence_iter_is_end (i);
       i = g_sequence_iter_next (i))
    {
      const Call *call = g_sequence_get (i);

      if (call->id != id)
        continue;
      g_sequence_remove (i);
      start_timer (self);
      return;
    }
}

/**
 * cs_watch_clock_advance_to:
 * @self: a clock that is moved by hand
 * @at: its new time; one that is past changes nothing
 */
void
cs_watch_clock_advance_to (CsWatchClock *self, gint64 at)
{
  g_return_if_fail (CS_IS_WATCH_CLOCK (self));
  g_return_if_fail (self->factor == 0);

  call_due (self, at);
  self->now = MAX (self->now, at);
}

/**
 * cs_watch_parse_time:
 * @text: a number and a unit, as people type it; without a unit seconds
 * @time: (out): microseconds
 * @error: INVALID
 *
 * Returns: whether it was understood
 */
gboolean
cs_watch_parse_time (const char *text, gint64 *time, GError **error)
{
  static const struct
  {
    const char *unit;
    guint64 seconds;
  } units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "min", 60 }, { "h", 3600 } };
  char *end = NULL;
  guint64 number = g_ascii_strtoull (text, &end, 10);

  end += strspn (end, " ");
  for (guint i = 0; g_ascii_isdigit (*text) && i < G_N_ELEMENTS (units); i++)
    if (strcmp (end, units[i].unit) == 0 && number > 0 && number <= MOST_TIME / units[i].seconds)
      {
        *time = (gint64) (number * units[i].seconds) * G_USEC_PER_SEC;
        return TRUE;
      }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” is no time: write 30s, 5m or 1h (at most a week)", text);
  return FALSE;
}
