/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag as the window knows it: its rollout, what could be next, and what is being done to it. */

#pragma once

#include "cs-rollout.h"

G_BEGIN_DECLS

/** CsRolloutAct: cs_rollout_kill_async() and its kin */
typedef void (*CsRolloutAct) (CsRollout *rollout,
                              const char *actor,
                              const char *reason,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * CsRolloutWatching: who holds what is there to what is recorded
 * @CS_ROLLOUT_WATCHING_NOBODY: nobody: the flag is off
 * @CS_ROLLOUT_WATCHING_HERE: this program, at an interval
 * @CS_ROLLOUT_WATCHING_ELSEWHERE: another program on this workspace
 * @CS_ROLLOUT_WATCHING_FAILED: nobody, because it could not be done
 */
typedef enum
{
  CS_ROLLOUT_WATCHING_NOBODY,
  CS_ROLLOUT_WATCHING_HERE,
  CS_ROLLOUT_WATCHING_ELSEWHERE,
  CS_ROLLOUT_WATCHING_FAILED,
} CsRolloutWatching;

/* Signals: ::changed whenever anything below is another; ::ended (GError *, NULL if it went
 * well) when something that was begun here has ended. */
#define CS_TYPE_ROLLOUT_ENTRY (cs_rollout_entry_get_type ())
G_DECLARE_FINAL_TYPE (CsRolloutEntry, cs_rollout_entry, CS, ROLLOUT_ENTRY, GObject)

CsRolloutEntry *cs_rollout_entry_new (CsRolloutSite *site, const char *actor, const char *key);

const char *cs_rollout_entry_get_key (CsRolloutEntry *self);
const char *cs_rollout_entry_get_actor (CsRolloutEntry *self);
CsRollout *cs_rollout_entry_get_rollout (CsRolloutEntry *self); /* NULL: not read, or see error */
const GError *cs_rollout_entry_get_error (CsRolloutEntry *self); /* why it can't be read; NULL */

/* What could be next, as of the last look; NULL if there is no such thing. Owned by the entry until
 * it changes. */
const CsRolloutPlan *cs_rollout_entry_get_next (CsRolloutEntry *self);
/* To the stage that it is in, for companies that came or were pinned; NULL if nobody is. */
const CsRolloutPlan *cs_rollout_entry_get_update (CsRolloutEntry *self);
const GError *cs_rollout_entry_get_problem (CsRolloutEntry *self); /* why there is no next; NULL */
GPtrArray *cs_rollout_entry_get_gates (CsRolloutEntry *self);      /* of next: CsGate; or NULL */

gboolean cs_rollout_entry_is_busy (CsRolloutEntry *self);
CsRolloutWatching cs_rollout_entry_get_watching (CsRolloutEntry *self, const GError **error);

/* Looks again. */
void cs_rollout_entry_refresh (CsRolloutEntry *self);
/* Watches again after that has failed. */
void cs_rollout_entry_watch_again (CsRolloutEntry *self);
/* Each ends with ::ended. */
void cs_rollout_entry_change (CsRolloutEntry *self, const CsRolloutPlan *plan, const char *reason);
void cs_rollout_entry_act (CsRolloutEntry *self, CsRolloutAct act, const char *reason);
void cs_rollout_entry_verify (CsRolloutEntry *self);

/* Before the workspace is closed: nothing is looked at any more. */
void cs_rollout_entry_close (CsRolloutEntry *self);

G_END_DECLS
