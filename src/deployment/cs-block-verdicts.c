/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people and the program say of what a command printed. */

#include "cs-states-private.h"

/* The program's own verdicts stand; a person can only accept what failed by them, with a reason. */
gboolean
cs_judgement_is_personal (const CsJudgement *self)
{
  return self->verdict == CS_VERDICT_OPEN || self->actor != NULL;
}

void
cs_block_state_forget_verdicts (CsBlockState *self)
{
  g_clear_pointer (&self->judgements, g_ptr_array_unref);
  g_clear_pointer (&self->accepted, g_free);
  g_clear_pointer (&self->accepted_by, g_free);
  g_clear_pointer (&self->accepted_role, g_free);
  self->good = FALSE;
}

CsStatus
cs_block_state_weigh (CsBlockState *self)
{
  if (self->accepted != NULL)
    return CS_STATUS_PASSED;
  if (!self->good || cs_judgements_have (self->judgements, CS_VERDICT_NOT_MET))
    return CS_STATUS_FAILED;
  /* Who follows a stream judges it while it runs; nothing waits for that. On a fleet one person
   * judges for all members. */
  if (cs_judgements_have (self->judgements, CS_VERDICT_OPEN) && self->member == NULL &&
      !cs_block_get_endless (self->block))
    return CS_STATUS_WAITING;
  return CS_STATUS_PASSED;
}

void
cs_block_state_accept (CsBlockState *self, const char *actor, const char *role, const char *reason)
{
  g_free (self->accepted);
  self->accepted = g_strdup (reason);
  g_free (self->accepted_by);
  self->accepted_by = g_strdup (actor);
  g_free (self->accepted_role);
  self->accepted_role = g_strdup (role);
}

static gboolean
is_same (const CsJudgement *one, const CsJudgement *other)
{
  return one->line == other->line && g_strcmp0 (one->text, other->text) == 0;
}

/* What is open on a member is asked once for the whole fleet. */
void
cs_block_state_ask (CsBlockState *self, const CsJudgement *judgement)
{
  CsJudgement *copy;

  if (self->judgements == NULL)
    self->judgements = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_judgement_free);
  for (guint i = 0; i < self->judgements->len; i++)
    if (is_same (g_ptr_array_index (self->judgements, i), judgement))
      return;
  copy = g_new0 (CsJudgement, 1);
  copy->line = judgement->line;
  copy->text = g_strdup (judgement->text);
  copy->judge = g_strdup (judgement->judge);
  copy->shown = judgement->shown;
  g_ptr_array_add (self->judgements, copy);
}

/**
 * cs_block_state_get_judgements:
 *
 * Returns: (transfer none) (nullable) (element-type CsJudgement): what was expected of the newest
 *   attempt, in the order of the document; %NULL if nothing was, or if it has not ended yet
 */
GPtrArray *
cs_block_state_get_judgements (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->judgements;
}

/**
 * cs_block_state_awaits_verdict:
 *
 * Returns: whether it ran, did nothing wrong as far as a program can tell, and waits for a person
 *   to say whether it printed what is expected
 */
gboolean
cs_block_state_awaits_verdict (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), FALSE);

  if (self->status != CS_STATUS_WAITING ||
      !cs_judgements_have (self->judgements, CS_VERDICT_OPEN))
    return FALSE;
  return self->fleet == NULL ||
         self->counts[CS_STATUS_PASSED] + self->counts[CS_STATUS_SKIPPED] ==
           cs_block_state_get_n_members (self);
}

/**
 * cs_block_state_get_accepted:
 *
 * Returns: (nullable): why it counts as passed although it failed, as a person said
 */
const char *
cs_block_state_get_accepted (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->accepted;
}

/** cs_block_state_get_accepted_by: (nullable): who marked it as passed. */
const char *
cs_block_state_get_accepted_by (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->accepted_by;
}

/** cs_block_state_get_accepted_role: (nullable): in which role; %NULL if that person had none. */
const char *
cs_block_state_get_accepted_role (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->accepted_role;
}
