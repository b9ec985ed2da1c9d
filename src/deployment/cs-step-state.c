/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has happened to one step. */

#include "cs-states-private.h"

G_DEFINE_FINAL_TYPE (CsStepState, cs_step_state, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATUS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
cs_step_state_dispose (GObject *object)
{
  CsStepState *self = CS_STEP_STATE (object);

  g_clear_object (&self->step);
  g_clear_object (&self->blocks);
  g_clear_object (&self->checks);
  G_OBJECT_CLASS (cs_step_state_parent_class)->dispose (object);
}

static void
cs_step_state_finalize (GObject *object)
{
  CsStepState *self = CS_STEP_STATE (object);

  g_ptr_array_unref (self->chosen);
  g_free (self->skip_reason);
  g_clear_pointer (&self->follow_ups, g_ptr_array_unref);
  g_free (self->confirmed_by);
  G_OBJECT_CLASS (cs_step_state_parent_class)->finalize (object);
}

static void
cs_step_state_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsStepState *self = CS_STEP_STATE (object);

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
cs_step_state_class_init (CsStepStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_step_state_dispose;
  object_class->finalize = cs_step_state_finalize;
  object_class->get_property = cs_step_state_get_property;

  properties[PROP_STATUS] =
    g_param_spec_enum ("status", NULL, NULL, CS_TYPE_STATUS, CS_STATUS_TODO,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cs_step_state_init (CsStepState *self)
{
  self->blocks = g_list_store_new (CS_TYPE_BLOCK_STATE);
  self->checks = g_list_store_new (CS_TYPE_CHECK_STATE);
  self->chosen = g_ptr_array_new ();
}

static void
add_block (CsStepState *self, CsBlock *block)
{
  g_autoptr (CsBlockState) state = cs_block_state_new (block, self);

  g_list_store_append (self->blocks, state);
}

/* A state for a step, with one for each command block and each check item in it. Of a block that
 * can't be run in one go, each part has one. */
CsStepState *
cs_step_state_new (CsStep *step)
{
  CsStepState *self = g_object_new (CS_TYPE_STEP_STATE, NULL);
  GListModel *blocks = cs_step_get_blocks (step);
  GListModel *checks = cs_step_get_checks (step);

  self->step = g_object_ref (step);
  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);
      guint n_parts = cs_block_get_n_parts (block);

      if (cs_block_get_kind (block) != CS_BLOCK_COMMAND)
        continue;
      if (n_parts == 0)
        add_block (self, block);
      for (guint k = 0; k < n_parts; k++)
        add_block (self, cs_block_get_part (block, k));
    }
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (checks, i);
      g_autoptr (CsCheckState) state = cs_check_state_new (check);

      g_list_store_append (self->checks, state);
    }
  return self;
}

void
cs_step_state_set_status (CsStepState *self, CsStatus status)
{
  if (self->status == status)
    return;
  self->status = status;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

/* Remembers that something happened in the step. */
void
cs_step_state_touch (CsStepState *self, gint64 at)
{
  if (self->started == 0)
    self->started = at;
  self->last_act = at;
}

/**
 * cs_step_state_has_work:
 *
 * Returns: whether there is anything in it that has to be run or ticked. Commands that its author
 *   leaves to a person ("If tests fail:") don't have to: that person confirms the step.
 */
gboolean
cs_step_state_has_work (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), FALSE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->blocks)); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (self->blocks), i);

      if (!cs_block_is_offer (block->block))
        return TRUE;
    }
  return g_list_model_get_n_items (G_LIST_MODEL (self->checks)) > 0;
}

/* Whether two commands are of different options, of which one is enough. */
gboolean
cs_step_state_stand_for_each_other (CsBlockState *one, CsBlockState *other)
{
  const char *choice = cs_block_get_choice (one->block);

  return choice != NULL && g_strcmp0 (choice, cs_block_get_choice (other->block)) == 0 &&
         g_strcmp0 (cs_block_get_condition (one->block),
                    cs_block_get_condition (other->block)) != 0;
}

void
cs_step_state_choose (CsStepState *self, CsBlockState *block)
{
  CsBlockState *before = cs_step_state_find_chosen (self, block);

  if (before != NULL)
    g_ptr_array_remove (self->chosen, before);
  g_ptr_array_add (self->chosen, block);
}

CsBlockState *
cs_step_state_find_chosen (CsStepState *self, CsBlockState *block)
{
  const char *choice = cs_block_get_choice (block->block);

  for (guint i = 0; choice != NULL && i < self->chosen->len; i++)
    {
      CsBlockState *chosen = g_ptr_array_index (self->chosen, i);

      if (g_strcmp0 (choice, cs_block_get_choice (chosen->block)) == 0)
        return chosen;
    }
  return NULL;
}

gboolean
cs_step_state_is_chosen (CsStepState *self, CsBlockState *block)
{
  CsBlockState *chosen = cs_step_state_find_chosen (self, block);

  return chosen != NULL && !cs_step_state_stand_for_each_other (chosen, block);
}

/* Whether another one of those that stand for each other was chosen, or has passed. */
static gboolean
is_chosen_otherwise (CsStepState *self, CsBlockState *block)
{
  CsBlockState *chosen = cs_step_state_find_chosen (self, block);

  if (cs_block_get_choice (block->block) == NULL)
    return FALSE;
  if (chosen != NULL)
    return cs_step_state_stand_for_each_other (chosen, block);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->blocks)); i++)
    {
      g_autoptr (CsBlockState) other = g_list_model_get_item (G_LIST_MODEL (self->blocks), i);

      if (other->status == CS_STATUS_PASSED && cs_step_state_stand_for_each_other (other, block))
        return TRUE;
    }
  return FALSE;
}

/* "If tests fail: … exit 1" has done its work once the command before it has passed after all. */
static gboolean
is_outdated (CsStepState *self, CsBlockState *offer)
{
  CsBlockState *before = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->blocks)); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (self->blocks), i);

      if (block == offer)
        break;
      if (!cs_block_is_offer (block->block))
        before = block;
    }
  return offer->status == CS_STATUS_FAILED && before != NULL &&
         before->status == CS_STATUS_PASSED && before->started > offer->finished;
}

/**
 * cs_step_state_waits_for:
 * @block: one of its blocks
 *
 * Returns: whether the step waits for this command: it has not passed, does not run beside the
 *   path without an end, and is neither left to a person by its author nor one of several of which
 *   another has passed
 */
gboolean
cs_step_state_waits_for (CsStepState *self, CsBlockState *block)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), FALSE);

  if (cs_status_is_over (block->status) || cs_block_state_is_stream (block) ||
      is_chosen_otherwise (self, block))
    return FALSE;
  if (!cs_block_is_offer (block->block))
    return TRUE;
  return block->status != CS_STATUS_TODO && !is_outdated (self, block);
}

/**
 * cs_step_state_find_block:
 * @block: a block of the step
 *
 * Returns: (transfer none) (nullable): its state; %NULL if it is no command
 */
CsBlockState *
cs_step_state_find_block (CsStepState *self, CsBlock *block)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->blocks)); i++)
    {
      g_autoptr (CsBlockState) state = g_list_model_get_item (G_LIST_MODEL (self->blocks), i);

      if (state->block == block)
        return state;
    }
  return NULL;
}

/**
 * cs_step_state_get_step:
 *
 * Returns: (transfer none): the step of the runbook
 */
CsStep *
cs_step_state_get_step (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), NULL);

  return self->step;
}

/**
 * cs_step_state_get_status:
 *
 * Returns: what has happened to it
 */
CsStatus
cs_step_state_get_status (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), CS_STATUS_TODO);

  return self->status;
}

/**
 * cs_step_state_get_blocks:
 *
 * Returns: (transfer none): #CsBlockState of its command blocks
 */
GListModel *
cs_step_state_get_blocks (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), NULL);

  return G_LIST_MODEL (self->blocks);
}

/**
 * cs_step_state_get_checks:
 *
 * Returns: (transfer none): #CsCheckState of its check items
 */
GListModel *
cs_step_state_get_checks (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), NULL);

  return G_LIST_MODEL (self->checks);
}

/**
 * cs_step_state_get_reason:
 *
 * Returns: (nullable): why it was skipped
 */
const char *
cs_step_state_get_reason (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), NULL);

  return self->skip_reason;
}

/**
 * cs_step_state_get_started:
 *
 * Returns: when something first happened in it (UTC microseconds); 0 if nothing has
 */
gint64
cs_step_state_get_started (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), 0);

  return self->started;
}

/**
 * cs_step_state_get_finished:
 *
 * Returns: when it was passed or skipped (UTC microseconds); 0 if it is not
 */
gint64
cs_step_state_get_finished (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), 0);

  return self->finished;
}

/**
 * cs_step_state_get_confirmed_by:
 *
 * Returns: (nullable): who confirmed or skipped it
 */
const char *
cs_step_state_get_confirmed_by (CsStepState *self)
{
  g_return_val_if_fail (CS_IS_STEP_STATE (self), NULL);

  return self->confirmed_by;
}
