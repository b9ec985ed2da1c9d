/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps away from a target that does not answer, until it may answer again. */

#pragma once

#include "cs-throttle.h"

#include <glib-object.h>

G_BEGIN_DECLS

/** CS_BREAKER_FAILURES: failures in a row that open it */
#define CS_BREAKER_FAILURES 5
/** CS_BREAKER_SUCCESSES: answers in a row that close it again */
#define CS_BREAKER_SUCCESSES 2
/** CS_BREAKER_PAUSE: microseconds for which an open one lets nobody through */
#define CS_BREAKER_PAUSE (60 * G_USEC_PER_SEC)

/**
 * CsBreakerState:
 * @CS_BREAKER_CLOSED: all is well: everyone is let through
 * @CS_BREAKER_OPEN: the target failed too often: nobody is let through, which costs no time
 * @CS_BREAKER_HALF_OPEN: the pause is over: one at a time is let through to try
 */
typedef enum
{
  CS_BREAKER_CLOSED,
  CS_BREAKER_OPEN,
  CS_BREAKER_HALF_OPEN,
} CsBreakerState;

#define CS_TYPE_BREAKER_STATE (cs_breaker_state_get_type ())
GType cs_breaker_state_get_type (void);
const char *cs_breaker_state_to_string (CsBreakerState state); /* "closed", "open", "half-open" */

/* Monotonic microseconds. */
typedef gint64 (*CsBreakerClock) (gpointer user_data);

/* Property (notify): "state", also when the pause is over. Signal ::changed after each failure,
 * answer and reset. */
#define CS_TYPE_BREAKER (cs_breaker_get_type ())
G_DECLARE_FINAL_TYPE (CsBreaker, cs_breaker, CS, BREAKER, GObject)

CsBreaker *cs_breaker_new (const char *name);
void cs_breaker_set_clock (CsBreaker *self, CsBreakerClock clock, gpointer user_data);

const char *cs_breaker_get_name (CsBreaker *self); /* of the target */
CsThrottle *cs_breaker_get_throttle (CsBreaker *self); /* of the same target */
CsBreakerState cs_breaker_get_state (CsBreaker *self);
guint cs_breaker_get_failures (CsBreaker *self);       /* in a row; 0 after an answer */
const char *cs_breaker_get_problem (CsBreaker *self);  /* of the newest failure in a row; NULL */
gint64 cs_breaker_get_wait (CsBreaker *self);          /* microseconds until half-open; 0 */

/* Asks to be let through: UNREACHABLE at once while it is open (the message says why and for how
 * long), or while someone else tries. Whoever is let through says how it went: by an answer, by a
 * failure, or by leaving if it was neither (cancelled, say). */
gboolean cs_breaker_enter (CsBreaker *self, GError **error);
void cs_breaker_leave (CsBreaker *self);

/* Whether an answer would change anything, and so is worth a record. */
gboolean cs_breaker_wants_answers (CsBreaker *self);
/* What it would be after one more of these. */
CsBreakerState cs_breaker_foresee_answer (CsBreaker *self);
CsBreakerState cs_breaker_foresee_failure (CsBreaker *self);

/* For the fold (cs-breakers.h). ago: microseconds since it happened. */
void cs_breaker_answered (CsBreaker *self);
void cs_breaker_failed (CsBreaker *self, const char *problem, gint64 ago);
void cs_breaker_reset (CsBreaker *self);

G_END_DECLS
