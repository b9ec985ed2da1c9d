/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a command goes through a fleet: how many at once, how long between, and when to stop. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_BATCHING_ASK: as pause: wait for a person between batches */
#define CS_BATCHING_ASK (-1)

/**
 * CsBatching:
 * @size: members in one batch, or percent of the fleet
 * @percent: whether @size is percent
 * @pause: seconds between two batches, or %CS_BATCHING_ASK
 * @stop_after: failed members after which no other is started
 */
typedef struct
{
  guint size;
  gboolean percent;
  int pause;
  guint stop_after;
} CsBatching;

/* All at once, no pause, stop after the first failure. */
#define CS_BATCHING_INIT { 100, TRUE, 0, 1 }

/* Changes what is not NULL: size "10%" or "5", pause "30s", "5m", "30" or "ask", stop_after "1". */
gboolean cs_batching_parse (CsBatching *self,
                            const char *size,
                            const char *pause,
                            const char *stop_after,
                            GError **error);

/* The members "batch", "pause" and "stop-after" of an object. */
void cs_batching_to_json (const CsBatching *self, JsonObject *object);
gboolean cs_batching_from_json (CsBatching *self, JsonObject *object, GError **error);

char *cs_batching_dup_size (const CsBatching *self);  /* "10%", "5" */
char *cs_batching_dup_pause (const CsBatching *self); /* "30s", "ask" */
guint cs_batching_count (const CsBatching *self, guint n_members);

G_END_DECLS
