/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A phase of a runbook: a chapter with a purpose. */

#pragma once

#include "cs-step.h"

G_BEGIN_DECLS

/** CsPhaseKind: what a phase is for; decided by its heading and nesting */
typedef enum
{
  CS_PHASE_PREPARE,
  CS_PHASE_DEPLOY,
  CS_PHASE_VERIFY,
  CS_PHASE_MONITOR,
  CS_PHASE_ROLLOUT,
  CS_PHASE_ROLLBACK,
  CS_PHASE_FOLLOWUP,
  CS_PHASE_SIGNOFF,
  CS_PHASE_REFERENCE,
} CsPhaseKind;

const char *cs_phase_kind_to_string (CsPhaseKind kind); /* "prepare", … */

#define CS_TYPE_PHASE (cs_phase_get_type ())
G_DECLARE_FINAL_TYPE (CsPhase, cs_phase, CS, PHASE, GObject)

const char *cs_phase_get_id (CsPhase *self);     /* "1", "2", … in document order */
const char *cs_phase_get_title (CsPhase *self);  /* without emoji and numbering */
CsPhaseKind cs_phase_get_kind (CsPhase *self);
guint cs_phase_get_line (CsPhase *self);
guint cs_phase_get_end_line (CsPhase *self);
const char *cs_phase_get_environment (CsPhase *self);    /* NULL: applies to every environment */
const char *cs_phase_get_alternative_of (CsPhase *self); /* NULL, or what it is one choice of */
const char *cs_phase_get_goal (CsPhase *self);           /* NULL: not said */
const char *cs_phase_get_risk (CsPhase *self);           /* "low"…; NULL: not said */
gint64 cs_phase_get_estimate (CsPhase *self);            /* seconds (upper bound), -1 if not said */
GListModel *cs_phase_get_steps (CsPhase *self);          /* of CsStep; at least one */

/* Whether the phase is on the path of a deployment to what it is for: not reference, not
 * rollback. */
gboolean cs_phase_is_on_path (CsPhase *self);

G_END_DECLS
