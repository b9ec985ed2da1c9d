/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lets at most so many commands a minute through to a target. */

/* The times of the newest ones are kept, as many as may come in a minute; the next one may come a
 * minute after the oldest of these. So there are never more in any 60 seconds, and as long as there
 * are fewer nobody waits. */

#include "cs-throttle.h"

#define MINUTE (60 * G_USEC_PER_SEC)

struct _CsThrottle
{
  guint rate;
  GArray *turns; /* gint64, in order; also those that are still to come */
  guint held;
};

/** cs_throttle_new: (transfer full): one that holds nobody up. */
CsThrottle *
cs_throttle_new (void)
{
  CsThrottle *self = g_new0 (CsThrottle, 1);

  self->turns = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

/** cs_throttle_free: frees it. */
void
cs_throttle_free (CsThrottle *self)
{
  g_array_unref (self->turns);
  g_free (self);
}

/**
 * cs_throttle_set_rate:
 * @rate: commands in any 60 seconds; 0 for no limit
 *
 * Turns that were given stay.
 */
void
cs_throttle_set_rate (CsThrottle *self, guint rate)
{
  self->rate = rate;
}

/* What is older than a minute matters no more. */
static void
forget (CsThrottle *self, gint64 now)
{
  guint n = 0;

  while (n < self->turns->len && g_array_index (self->turns, gint64, n) <= now - MINUTE)
    n++;
  if (n > 0)
    g_array_remove_range (self->turns, 0, n);
}

/**
 * cs_throttle_take:
 * @now: monotonic microseconds
 *
 * Returns: when the turn of whoever asks comes, in monotonic microseconds; @now if it is now
 */
gint64
cs_throttle_take (CsThrottle *self, gint64 now)
{
  gint64 turn = now;

  forget (self, now);
  if (self->rate > 0 && self->turns->len >= self->rate)
    turn = MAX (now, g_array_index (self->turns, gint64, self->turns->len - self->rate) + MINUTE);
  g_array_append_val (self->turns, turn);
  self->held += turn > now;
  return turn;
}

/**
 * cs_throttle_give_back:
 * @turn: what cs_throttle_take() gave to someone who does not want it any more
 *
 * Those who wait keep their turns; the next one to ask comes earlier.
 */
void
cs_throttle_give_back (CsThrottle *self, gint64 turn)
{
  for (guint i = self->turns->len; i > 0; i--)
    if (g_array_index (self->turns, gint64, i - 1) == turn)
      {
        g_array_remove_index (self->turns, i - 1);
        return;
      }
}

/** cs_throttle_get_held: how many had to wait so far. */
guint
cs_throttle_get_held (CsThrottle *self)
{
  return self->held;
}
