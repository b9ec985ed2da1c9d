/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watch over a rollout: its guardrails measured by this program, and what is there held to the
 * record at an interval. */

#pragma once

#include "cs-rollout.h"
#include "cs-watcher.h"

G_BEGIN_DECLS

/** CS_ROLLOUT_WATCH_INTERVAL: seconds between two looks at what is there, unless it is said */
#define CS_ROLLOUT_WATCH_INTERVAL 60

/* What is planned for a time is carried out while it runs.
 * Signals: ::verified (const char *difference) after each look, NULL if there is none; ::trouble
 * (GError *) if something could not be done; ::attended (const char *waits) when what is planned
 * was carried out or suspended (NULL), or is due and waits, and for what. */
#define CS_TYPE_ROLLOUT_WATCH (cs_rollout_watch_get_type ())
G_DECLARE_FINAL_TYPE (CsRolloutWatch, cs_rollout_watch, CS, ROLLOUT_WATCH, GObject)

/* actor: in whose name it is recorded. STORAGE, CORRUPT, TOO_NEW. */
void cs_rollout_watch_open_async (CsRollout *rollout,
                                  const char *actor,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CsRolloutWatch *cs_rollout_watch_open_finish (GAsyncResult *result, GError **error);

CsWatcher *cs_rollout_watch_get_watcher (CsRolloutWatch *self);

/* Begins to measure the guardrails, and to look every so many seconds. BUSY if another program on
 * this workspace does. */
gboolean cs_rollout_watch_start (CsRolloutWatch *self, guint interval, GError **error);

/* Stops, waits for what is under way, and closes the connections of probes. */
void cs_rollout_watch_close_async (CsRolloutWatch *self,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
cs_rollout_watch_close_finish (CsRolloutWatch *self, GAsyncResult *result, GError **error);

G_END_DECLS
