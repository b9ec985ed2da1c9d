/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command block on a fleet: what has happened to it on each member, and so to the whole. */

#include "cs-member.h"
#include "cs-states-private.h"

/* Says that commands run on a fleet; its members come to life when they are asked for, for most
 * deployments in a workspace are history. */
void
cs_block_state_set_fleet (CsBlockState *self, CsTarget *fleet)
{
  g_set_object (&self->fleet, fleet);
  self->batching = *cs_target_get_batching (fleet);
  self->counts[CS_STATUS_TODO] = cs_block_state_get_n_members (self);
}

static void
make_members (CsBlockState *self)
{
  GListModel *members = cs_target_get_members (self->fleet);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_object_unref);

  self->members = g_list_store_new (CS_TYPE_BLOCK_STATE);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);
      CsBlockState *state = cs_block_state_new (self->block, self->step);

      state->whole = self;
      state->member = g_strdup (cs_member_get_name (member));
      state->rank = cs_member_get_rank (member);
      g_hash_table_insert (self->by_name, state->member, state);
      g_ptr_array_add (states, state);
    }
  g_list_store_splice (self->members, 0, 0, states->pdata, states->len);
}

/* The state of the whole follows from those of its members. */
void
cs_block_state_derive (CsBlockState *self)
{
  const guint *counts = self->counts;
  guint n_over = counts[CS_STATUS_PASSED] + counts[CS_STATUS_SKIPPED];
  CsStatus status = CS_STATUS_TODO;

  self->good = TRUE; /* what a program can tell, it tells of each member */

  if (self->driven || counts[CS_STATUS_RUNNING] > 0)
    status = CS_STATUS_RUNNING;
  else if (counts[CS_STATUS_INTERRUPTED] > 0)
    status = CS_STATUS_INTERRUPTED;
  else if (n_over == cs_block_state_get_n_members (self))
    status = cs_block_state_weigh (self);
  else if (counts[CS_STATUS_FAILED] >= self->batching.stop_after ||
           (counts[CS_STATUS_FAILED] > 0 && counts[CS_STATUS_TODO] == 0))
    status = CS_STATUS_FAILED;
  else if (self->attempts > 0)
    status = CS_STATUS_WAITING;
  cs_block_state_set_status (self, status);
}

void
cs_block_state_count (CsBlockState *self, CsStatus before, CsStatus after)
{
  self->counts[before]--;
  self->counts[after]++;
  cs_block_state_notify_counts (self);
  cs_block_state_derive (self);
}

void
cs_block_state_set_driven (CsBlockState *self, gboolean driven)
{
  self->driven = driven;
  if (!driven)
    cs_block_state_set_pause_until (self, 0);
  cs_block_state_derive (self);
}

/**
 * cs_block_state_get_members:
 *
 * Returns: (transfer none) (nullable): #CsBlockState of each member of the fleet, in rank order;
 *   %NULL if the deployment runs on one target, and for a member
 */
GListModel *
cs_block_state_get_members (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  if (self->fleet != NULL && self->members == NULL)
    make_members (self);
  return self->members != NULL ? G_LIST_MODEL (self->members) : NULL;
}

/** cs_block_state_get_n_members: of the fleet; 0 if it is none. */
guint
cs_block_state_get_n_members (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);

  return self->fleet != NULL ? g_list_model_get_n_items (cs_target_get_members (self->fleet)) : 0;
}

/** cs_block_state_count_members: on how many members it has come to @status. */
guint
cs_block_state_count_members (CsBlockState *self, CsStatus status)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);
  g_return_val_if_fail (status <= CS_STATUS_INTERRUPTED, 0);

  return self->counts[status];
}

/** cs_block_state_find_member: (transfer none) (nullable): what has happened on this member. */
CsBlockState *
cs_block_state_find_member (CsBlockState *self, const char *name)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  if (name == NULL || cs_block_state_get_members (self) == NULL)
    return NULL;
  return g_hash_table_lookup (self->by_name, name);
}

/**
 * cs_block_state_get_batching:
 *
 * Returns: (transfer none): how the newest attempt goes through the fleet; before the first one, as
 *   the target says
 */
const CsBatching *
cs_block_state_get_batching (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return &self->batching;
}

/** cs_block_state_get_pause_until: when the next batch starts (UTC microseconds); 0: not known. */
gint64
cs_block_state_get_pause_until (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);

  return self->pause_until;
}

/** cs_block_state_get_member: (nullable): the name of the member that this is about. */
const char *
cs_block_state_get_member (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->member;
}

/** cs_block_state_get_rank: the rank of the member; 0 for the whole. */
int
cs_block_state_get_rank (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);

  return self->rank;
}

/** cs_block_state_get_whole: (transfer none): the whole that a member belongs to, or the block. */
CsBlockState *
cs_block_state_get_whole (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->whole != NULL ? self->whole : self;
}

/** cs_block_state_get_reason: (nullable): why a member was left out. */
const char *
cs_block_state_get_reason (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->skip_reason;
}
