/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has happened to one phase. */

#include "cs-states-private.h"

G_DEFINE_FINAL_TYPE (CsPhaseState, cs_phase_state, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATUS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
cs_phase_state_dispose (GObject *object)
{
  CsPhaseState *self = CS_PHASE_STATE (object);

  g_clear_object (&self->phase);
  g_clear_object (&self->steps);
  g_clear_object (&self->signoffs);
  G_OBJECT_CLASS (cs_phase_state_parent_class)->dispose (object);
}

static void
cs_phase_state_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsPhaseState *self = CS_PHASE_STATE (object);

  switch (id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_phase_state_class_init (CsPhaseStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_phase_state_dispose;
  object_class->get_property = cs_phase_state_get_property;

  properties[PROP_STATUS] =
    g_param_spec_enum ("status", NULL, NULL, CS_TYPE_STATUS, CS_STATUS_TODO,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cs_phase_state_init (CsPhaseState *self)
{
  self->steps = g_list_store_new (CS_TYPE_STEP_STATE);
  self->signoffs = g_list_store_new (CS_TYPE_SIGNOFF_STATE);
}

/* A state for a phase, with one for each step in it. */
CsPhaseState *
cs_phase_state_new (CsPhase *phase)
{
  CsPhaseState *self = g_object_new (CS_TYPE_PHASE_STATE, NULL);
  GListModel *steps = cs_phase_get_steps (phase);

  self->phase = g_object_ref (phase);
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (steps, i);
      g_autoptr (CsStepState) state = cs_step_state_new (step);

      g_list_store_append (self->steps, state);
    }
  return self;
}

void
cs_phase_state_set_status (CsPhaseState *self, CsStatus status)
{
  if (self->status == status)
    return;
  self->status = status;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

/* Whether a step only says what is to be signed, so that it needs no other act than the
 * signatures. */
gboolean
cs_phase_state_is_settled_by_signing (CsPhaseState *self, CsStepState *step)
{
  return cs_phase_get_kind (self->phase) == CS_PHASE_SIGNOFF &&
         g_list_model_get_n_items (G_LIST_MODEL (step->blocks)) == 0 &&
         g_list_model_get_n_items (G_LIST_MODEL (step->checks)) == 0 &&
         g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)) > 0;
}

/**
 * cs_phase_state_is_choice:
 * @step: one of its steps
 *
 * Returns: whether the step is one of several options, of which one is enough
 */
gboolean
cs_phase_state_is_choice (CsPhaseState *self, CsStepState *step)
{
  const char *choice = cs_step_get_alternative_of (step->step);

  g_return_val_if_fail (CS_IS_PHASE_STATE (self), FALSE);

  for (guint i = 0; choice != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->steps));
       i++)
    {
      g_autoptr (CsStepState) other = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      if (other != step && g_strcmp0 (cs_step_get_alternative_of (other->step), choice) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether another one of several options was chosen, or has passed. */
gboolean
cs_phase_state_has_taken_another (CsPhaseState *self, CsStepState *step)
{
  const char *choice = cs_step_get_alternative_of (step->step);

  if (choice != NULL && self->chosen != NULL &&
      g_strcmp0 (cs_step_get_alternative_of (self->chosen->step), choice) == 0)
    return self->chosen != step;
  for (guint i = 0; choice != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->steps));
       i++)
    {
      g_autoptr (CsStepState) other = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      if (other != step && other->status == CS_STATUS_PASSED &&
          g_strcmp0 (cs_step_get_alternative_of (other->step), choice) == 0)
        return TRUE;
    }
  return FALSE;
}

/* How many of its steps want something else than signatures and are neither passed nor skipped. */
guint
cs_phase_state_count_open (CsPhaseState *self)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      n += !cs_status_is_over (step->status) && !cs_phase_state_is_settled_by_signing (self, step);
    }
  return n;
}

/**
 * cs_phase_state_get_estimate:
 *
 * Returns: seconds that the phase should take: what its heading says, else the sum over its steps;
 *   -1 if neither says
 */
gint64
cs_phase_state_get_estimate (CsPhaseState *self)
{
  gint64 sum = -1;

  g_return_val_if_fail (CS_IS_PHASE_STATE (self), -1);

  if (cs_phase_get_estimate (self->phase) >= 0)
    return cs_phase_get_estimate (self->phase);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (self->steps), i);
      gint64 estimate = cs_step_get_estimate (step->step);

      if (estimate >= 0)
        sum = MAX (sum, 0) + estimate;
    }
  return sum;
}

/**
 * cs_phase_state_get_started:
 *
 * Returns: when something first happened in it (UTC microseconds); 0 if nothing has
 */
gint64
cs_phase_state_get_started (CsPhaseState *self)
{
  gint64 first = 0;

  g_return_val_if_fail (CS_IS_PHASE_STATE (self), 0);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      if (step->started != 0 && (first == 0 || step->started < first))
        first = step->started;
    }
  return first;
}

/**
 * cs_phase_state_get_finished:
 *
 * Returns: when the last of its steps and signatures was done (UTC microseconds); 0 if it is not
 * over
 */
gint64
cs_phase_state_get_finished (CsPhaseState *self)
{
  gint64 last = 0;

  g_return_val_if_fail (CS_IS_PHASE_STATE (self), 0);

  if (!cs_status_is_over (self->status))
    return 0;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      last = MAX (last, step->finished);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      last = MAX (last, signoff->at);
    }
  return last;
}

/**
 * cs_phase_state_get_phase:
 *
 * Returns: (transfer none): the phase of the runbook
 */
CsPhase *
cs_phase_state_get_phase (CsPhaseState *self)
{
  g_return_val_if_fail (CS_IS_PHASE_STATE (self), NULL);

  return self->phase;
}

/**
 * cs_phase_state_get_status:
 *
 * Returns: what has happened to it, derived from its steps and signatures
 */
CsStatus
cs_phase_state_get_status (CsPhaseState *self)
{
  g_return_val_if_fail (CS_IS_PHASE_STATE (self), CS_STATUS_TODO);

  return self->status;
}

/**
 * cs_phase_state_get_steps:
 *
 * Returns: (transfer none): #CsStepState
 */
GListModel *
cs_phase_state_get_steps (CsPhaseState *self)
{
  g_return_val_if_fail (CS_IS_PHASE_STATE (self), NULL);

  return G_LIST_MODEL (self->steps);
}

/**
 * cs_phase_state_get_signoffs:
 *
 * Returns: (transfer none): #CsSignoffState of the lines that stand in it
 */
GListModel *
cs_phase_state_get_signoffs (CsPhaseState *self)
{
  g_return_val_if_fail (CS_IS_PHASE_STATE (self), NULL);

  return G_LIST_MODEL (self->signoffs);
}
