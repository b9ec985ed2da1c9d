/* SPDX-License-Identifier: GPL-3.0-or-later */
/* So many requests in any minute, for each caller and route. */

#include "cs-rate-limit.h"

/** WINDOW: microseconds */
#define WINDOW (60 * G_USEC_PER_SEC)
/** MAX_CALLERS: whose requests are remembered; who comes beyond pushes out the longest idle */
#define MAX_CALLERS 4096

/* The times of the last requests, oldest at first. */
typedef struct
{
  GQueue times;
  gint64 last;
} Caller;

struct _CsRateLimit
{
  GHashTable *callers;
};

static void
caller_free (Caller *self)
{
  g_queue_clear_full (&self->times, g_free);
  g_free (self);
}

/** cs_rate_limit_new: (transfer full): one that has seen nobody. */
CsRateLimit *
cs_rate_limit_new (void)
{
  CsRateLimit *self = g_new0 (CsRateLimit, 1);

  self->callers =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) caller_free);
  return self;
}

/** cs_rate_limit_free: forgets everyone. */
void
cs_rate_limit_free (CsRateLimit *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->callers);
  g_free (self);
}

static gboolean
is_idle_cb (gpointer key, gpointer value, gpointer user_data)
{
  return *(gint64 *) user_data - ((Caller *) value)->last > WINDOW;
}

static void
make_room (CsRateLimit *self, gint64 now)
{
  GHashTableIter iter;
  gpointer key, value, oldest = NULL;
  gint64 last = G_MAXINT64;

  g_hash_table_foreach_remove (self->callers, is_idle_cb, &now);
  if (g_hash_table_size (self->callers) < MAX_CALLERS)
    return;
  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((Caller *) value)->last < last)
      {
        last = ((Caller *) value)->last;
        oldest = key;
      }
  g_hash_table_remove (self->callers, oldest);
}

static Caller *
find_caller (CsRateLimit *self, const char *name, gint64 now)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller != NULL)
    return caller;
  if (g_hash_table_size (self->callers) >= MAX_CALLERS)
    make_room (self, now);
  caller = g_new0 (Caller, 1);
  g_queue_init (&caller->times);
  g_hash_table_insert (self->callers, g_strdup (name), caller);
  return caller;
}

static guint
count_seconds (gint64 from, gint64 now)
{
  return (guint) ((from + WINDOW - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

/**
 * cs_rate_limit_take:
 * @caller: who, and on which route
 * @limit: requests in any 60 seconds
 * @now: monotonic time in microseconds
 *
 * Counts a request. One that is refused is not counted, so that who waits as told gets through.
 *
 * Returns: the verdict
 */
CsRateVerdict
cs_rate_limit_take (CsRateLimit *self, const char *caller, guint limit, gint64 now)
{
  Caller *known = find_caller (self, caller, now);
  CsRateVerdict verdict = { .limit = limit };
  gint64 *time;

  known->last = now;
  while ((time = g_queue_peek_head (&known->times)) != NULL && now - *time >= WINDOW)
    g_free (g_queue_pop_head (&known->times));
  verdict.allowed = g_queue_get_length (&known->times) < limit;
  if (verdict.allowed)
    {
      time = g_new (gint64, 1);
      *time = now;
      g_queue_push_tail (&known->times, time);
    }
  verdict.remaining = limit - MIN (limit, g_queue_get_length (&known->times));
  if (!g_queue_is_empty (&known->times))
    {
      verdict.reset = count_seconds (*(gint64 *) g_queue_peek_tail (&known->times), now);
      verdict.retry = count_seconds (*(gint64 *) g_queue_peek_head (&known->times), now);
    }
  return verdict;
}
