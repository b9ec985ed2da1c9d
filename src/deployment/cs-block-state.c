/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has happened to one command block. */

#include "cs-states-private.h"

G_DEFINE_FINAL_TYPE (CsBlockState, cs_block_state, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATUS,
  PROP_RUN,
  PROP_PAUSE_UNTIL,
  PROP_COUNTS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
cs_block_state_dispose (GObject *object)
{
  CsBlockState *self = CS_BLOCK_STATE (object);

  g_clear_object (&self->block);
  g_clear_object (&self->run);
  for (guint i = 0; self->members != NULL && i < cs_block_state_get_n_members (self); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      if (member != NULL)
        member->whole = NULL;
    }
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_object (&self->members);
  G_OBJECT_CLASS (cs_block_state_parent_class)->dispose (object);
}

static void
cs_block_state_finalize (GObject *object)
{
  CsBlockState *self = CS_BLOCK_STATE (object);

  g_free (self->run_id);
  g_free (self->ending);
  g_free (self->output);
  g_free (self->cwd);
  g_free (self->sent);
  g_free (self->place);
  g_free (self->actor);
  g_free (self->problem);
  g_free (self->member);
  g_free (self->skip_reason);
  cs_block_state_forget_verdicts (self);
  g_clear_object (&self->fleet);
  G_OBJECT_CLASS (cs_block_state_parent_class)->finalize (object);
}

static void
cs_block_state_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsBlockState *self = CS_BLOCK_STATE (object);

  switch (id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    case PROP_RUN:
      g_value_set_object (value, self->run);
      break;
    case PROP_PAUSE_UNTIL:
      g_value_set_int64 (value, self->pause_until);
      break;
    case PROP_COUNTS:
      g_value_set_uint (value, self->counts[CS_STATUS_PASSED] + self->counts[CS_STATUS_SKIPPED]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_block_state_class_init (CsBlockStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = cs_block_state_dispose;
  object_class->finalize = cs_block_state_finalize;
  object_class->get_property = cs_block_state_get_property;

  properties[PROP_STATUS] =
    g_param_spec_enum ("status", NULL, NULL, CS_TYPE_STATUS, CS_STATUS_TODO, flags);
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, CS_TYPE_RUN, flags);
  properties[PROP_PAUSE_UNTIL] =
    g_param_spec_int64 ("pause-until", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_COUNTS] = g_param_spec_uint ("counts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cs_block_state_init (CsBlockState *self)
{
  self->exit_status = -1;
}

/* A state for a block of which nothing has happened yet. */
CsBlockState *
cs_block_state_new (CsBlock *block, CsStepState *step)
{
  CsBlockState *self = g_object_new (CS_TYPE_BLOCK_STATE, NULL);

  self->block = g_object_ref (block);
  self->step = step;
  return self;
}

/* What happens to a member happens to the whole. */
void
cs_block_state_set_status (CsBlockState *self, CsStatus status)
{
  CsStatus before = self->status;

  if (before == status)
    return;
  self->status = status;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  if (self->whole != NULL)
    cs_block_state_count (self->whole, before, status);
}

void
cs_block_state_begin (CsBlockState *self, const char *run_id, const char *actor, gint64 at)
{
  g_free (self->run_id);
  self->run_id = g_strdup (run_id);
  g_free (self->actor);
  self->actor = g_strdup (actor);
  g_clear_pointer (&self->ending, g_free);
  g_clear_pointer (&self->output, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->skip_reason, g_free);
  cs_block_state_forget_verdicts (self);
  self->exit_status = -1;
  self->output_size = 0;
  self->truncated = FALSE;
  self->started = at;
  self->finished = 0;
  self->attempts++;
}

void
cs_block_state_set_pause_until (CsBlockState *self, gint64 at)
{
  if (self->pause_until == at)
    return;
  self->pause_until = at;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSE_UNTIL]);
}

void
cs_block_state_notify_counts (CsBlockState *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNTS]);
}

void
cs_block_state_set_run (CsBlockState *self, CsRun *run)
{
  if (g_set_object (&self->run, run))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
}

/**
 * cs_block_state_get_block:
 *
 * Returns: (transfer none): the block of the runbook
 */
CsBlock *
cs_block_state_get_block (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->block;
}

/**
 * cs_block_state_get_status:
 *
 * Returns: what has happened to it
 */
CsStatus
cs_block_state_get_status (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), CS_STATUS_TODO);

  return self->status;
}

/**
 * cs_block_state_get_run_id:
 *
 * Returns: (nullable): the UUID of the newest attempt
 */
const char *
cs_block_state_get_run_id (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->run_id;
}

/**
 * cs_block_state_get_exit_status:
 *
 * Returns: exit status of the newest attempt; -1 if it has none yet
 */
int
cs_block_state_get_exit_status (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), -1);

  return self->exit_status;
}

/**
 * cs_block_state_get_ending:
 *
 * Returns: (nullable): how it ended: `exited`, `signaled`, `timed-out`, `stopped`
 */
const char *
cs_block_state_get_ending (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->ending;
}

/**
 * cs_block_state_get_output:
 *
 * Returns: (nullable): digest of the blob with its output
 */
const char *
cs_block_state_get_output (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->output;
}

/**
 * cs_block_state_get_output_size:
 *
 * Returns: bytes that it printed in all
 */
gint64
cs_block_state_get_output_size (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);

  return self->output_size;
}

/**
 * cs_block_state_get_truncated:
 *
 * Returns: whether it printed more than was kept
 */
gboolean
cs_block_state_get_truncated (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), FALSE);

  return self->truncated;
}

/**
 * cs_block_state_get_cwd:
 *
 * Returns: (nullable): the working directory in which it began; %NULL for the login's own
 */
const char *
cs_block_state_get_cwd (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->cwd;
}

/**
 * cs_block_state_get_sent:
 *
 * Returns: (nullable): the command as the newest attempt sent it, with its values; %NULL before the
 *   first one
 */
const char *
cs_block_state_get_sent (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  if (self->sent == NULL && self->whole != NULL && self->attempts > 0)
    return self->whole->sent;
  return self->sent;
}

/**
 * cs_block_state_get_started:
 *
 * Returns: when it began (UTC microseconds); 0 if never
 */
gint64
cs_block_state_get_started (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);

  return self->started;
}

/**
 * cs_block_state_get_finished:
 *
 * Returns: when it ended (UTC microseconds); 0 if it has not
 */
gint64
cs_block_state_get_finished (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);

  return self->finished;
}

/**
 * cs_block_state_get_actor:
 *
 * Returns: (nullable): who ran it
 */
const char *
cs_block_state_get_actor (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->actor;
}

/**
 * cs_block_state_get_problem:
 *
 * Returns: (nullable): why its outcome is unknown, or why it did not start
 */
const char *
cs_block_state_get_problem (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->problem;
}

/**
 * cs_block_state_get_attempts:
 *
 * Returns: how many times it was started
 */
guint
cs_block_state_get_attempts (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), 0);

  return self->attempts;
}

/**
 * cs_block_state_get_run:
 *
 * Returns: (transfer none) (nullable): the live run while this program follows it
 */
CsRun *
cs_block_state_get_run (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), NULL);

  return self->run;
}
