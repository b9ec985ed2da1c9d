/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run ended. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * CsOutcomeKind:
 * @CS_OUTCOME_EXITED: the script ended by itself; status is its exit status
 * @CS_OUTCOME_SIGNALED: a signal that we did not send ended it
 * @CS_OUTCOME_TIMED_OUT: it took longer than allowed and was ended
 * @CS_OUTCOME_STOPPED: a person stopped it
 */
typedef enum
{
  CS_OUTCOME_EXITED,
  CS_OUTCOME_SIGNALED,
  CS_OUTCOME_TIMED_OUT,
  CS_OUTCOME_STOPPED,
} CsOutcomeKind;

const char *cs_outcome_kind_to_string (CsOutcomeKind kind); /* "exited", … */

#define CS_TYPE_OUTCOME (cs_outcome_get_type ())
G_DECLARE_FINAL_TYPE (CsOutcome, cs_outcome, CS, OUTCOME, GObject)

CsOutcomeKind cs_outcome_get_kind (CsOutcome *self);
int cs_outcome_get_status (CsOutcome *self);     /* exit status; 128 + signal if signaled */
gint64 cs_outcome_get_started (CsOutcome *self); /* UTC microseconds, this computer's clock */
gint64 cs_outcome_get_finished (CsOutcome *self);
const char *cs_outcome_get_cwd (CsOutcome *self); /* where the script ended; NULL if not known */
/* Exported variables that the script changed: name → value, or NULL where it was unset; NULL if the
 * script did not report them (killed, exec). */
GHashTable *cs_outcome_get_environment (CsOutcome *self);
gint64 cs_outcome_get_output_size (CsOutcome *self); /* bytes that it printed in all */
const char *
cs_outcome_get_output_digest (CsOutcome *self); /* of what was kept; NULL without writer */
gboolean cs_outcome_get_truncated (CsOutcome *self);

G_END_DECLS
