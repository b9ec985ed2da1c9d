/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A phase of a runbook: a chapter with a purpose. */

#include "cs-phase.h"

#include "cs-model.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (CsPhase, cs_phase, G_TYPE_OBJECT)

static void
cs_phase_finalize (GObject *object)
{
  CsPhase *self = CS_PHASE (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->environment);
  g_free (self->goal);
  g_free (self->risk);
  g_free (self->alternative_of);
  g_clear_pointer (&self->source, cs_source_unref);
  g_clear_object (&self->steps);
  G_OBJECT_CLASS (cs_phase_parent_class)->finalize (object);
}

static void
cs_phase_class_init (CsPhaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_phase_finalize;
}

static void
cs_phase_init (CsPhase *self)
{
  self->estimate = -1;
  self->steps = cs_items_new (CS_TYPE_STEP);
}

/**
 * cs_phase_kind_to_string:
 *
 * Returns: (transfer none): the word of the JSON model
 */
const char *
cs_phase_kind_to_string (CsPhaseKind kind)
{
  static const char *const NAMES[] = { "prepare", "deploy", "verify", "monitor", "rollout",
                                       "rollback", "followup", "signoff", "reference" };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (NAMES), NULL);
  return NAMES[kind];
}

/**
 * cs_phase_get_id:
 *
 * Returns: (transfer none): "1", "2"… in document order
 */
const char *
cs_phase_get_id (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), NULL);
  return self->id;
}

/**
 * cs_phase_get_title:
 *
 * Returns: (transfer none): the title without emoji and numbering
 */
const char *
cs_phase_get_title (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), NULL);
  return self->title;
}

CsPhaseKind
cs_phase_get_kind (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), CS_PHASE_REFERENCE);
  return self->kind;
}

/**
 * cs_phase_get_line:
 *
 * Returns: line of its heading, from 1
 */
guint
cs_phase_get_line (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), 0);
  return self->line;
}

/**
 * cs_phase_get_end_line:
 *
 * Returns: its last line
 */
guint
cs_phase_get_end_line (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), 0);
  return self->end_line;
}

/**
 * cs_phase_get_environment:
 *
 * Returns: (transfer none) (nullable): "production", "staging"… if it applies to that one alone
 */
const char *
cs_phase_get_environment (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), NULL);
  return self->environment;
}

/**
 * cs_phase_get_alternative_of:
 *
 * Returns: (transfer none) (nullable): the title of what it is one choice of
 */
const char *
cs_phase_get_alternative_of (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), NULL);
  return self->alternative_of;
}

/**
 * cs_phase_get_estimate:
 *
 * Returns: seconds that the author plans for it (the upper end of a range), -1 if not said
 */
gint64
cs_phase_get_estimate (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), -1);
  return self->estimate;
}

/**
 * cs_phase_get_steps:
 *
 * Returns: (transfer none): of #CsStep, in document order; at least one
 */
GListModel *
cs_phase_get_steps (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), NULL);
  return G_LIST_MODEL (self->steps);
}

/**
 * cs_phase_is_on_path:
 *
 * Returns: whether the phase is on the path of a deployment to the environments that it is for: not
 *   reference, not rollback
 */
gboolean
cs_phase_is_on_path (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), FALSE);

  return self->kind != CS_PHASE_REFERENCE && self->kind != CS_PHASE_ROLLBACK;
}

/**
 * cs_phase_get_goal:
 *
 * Returns: (transfer none) (nullable): what "**Goal:** …" says
 */
const char *
cs_phase_get_goal (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), NULL);
  return self->goal;
}

/**
 * cs_phase_get_risk:
 *
 * Returns: (transfer none) (nullable): "low", "medium", "high" or "critical", as its author says in
 *   the phase, in its heading or in a table of all phases
 */
const char *
cs_phase_get_risk (CsPhase *self)
{
  g_return_val_if_fail (CS_IS_PHASE (self), NULL);
  return self->risk;
}
