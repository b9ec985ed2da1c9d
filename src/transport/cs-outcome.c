/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run ended. */

#include "cs-outcome-private.h"

struct _CsOutcome
{
  GObject parent_instance;

  CsOutcomeFacts facts;
  char *cwd;
  char *output_digest;
};

G_DEFINE_FINAL_TYPE (CsOutcome, cs_outcome, G_TYPE_OBJECT)

static void
cs_outcome_finalize (GObject *object)
{
  CsOutcome *self = CS_OUTCOME (object);

  g_clear_pointer (&self->facts.environment, g_hash_table_unref);
  g_free (self->cwd);
  g_free (self->output_digest);
  G_OBJECT_CLASS (cs_outcome_parent_class)->finalize (object);
}

static void
cs_outcome_class_init (CsOutcomeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_outcome_finalize;
}

static void
cs_outcome_init (CsOutcome *self)
{
}

/**
 * cs_outcome_kind_to_string:
 * @kind: how a run ended
 *
 * Returns: its word in records: `exited`, `signaled`, `timed-out`, `stopped`
 */
const char *
cs_outcome_kind_to_string (CsOutcomeKind kind)
{
  static const char *const words[] = { "exited", "signaled", "timed-out", "stopped" };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (words), NULL);
  return words[kind];
}

/**
 * cs_outcome_new:
 * @facts: what is known
 *
 * Returns: (transfer full): the outcome
 */
CsOutcome *
cs_outcome_new (const CsOutcomeFacts *facts)
{
  CsOutcome *self = g_object_new (CS_TYPE_OUTCOME, NULL);

  self->facts = *facts;
  self->cwd = g_strdup (facts->cwd);
  self->output_digest = g_strdup (facts->output_digest);
  if (facts->environment != NULL)
    g_hash_table_ref (facts->environment);
  return self;
}

/**
 * cs_outcome_get_kind:
 * @self: an outcome
 *
 * Returns: what ended the run
 */
CsOutcomeKind
cs_outcome_get_kind (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), CS_OUTCOME_EXITED);
  return self->facts.kind;
}

/**
 * cs_outcome_get_status:
 * @self: an outcome
 *
 * Returns: the exit status, or 128 + signal
 */
int
cs_outcome_get_status (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), -1);
  return self->facts.status;
}

/**
 * cs_outcome_get_started:
 * @self: an outcome
 *
 * Returns: UTC microseconds by this computer's clock; of a recovered run, when its recovery began
 */
gint64
cs_outcome_get_started (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), 0);
  return self->facts.started;
}

/**
 * cs_outcome_get_finished:
 * @self: an outcome
 *
 * Returns: UTC microseconds by this computer's clock, when the end was heard of
 */
gint64
cs_outcome_get_finished (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), 0);
  return self->facts.finished;
}

/**
 * cs_outcome_get_cwd:
 * @self: an outcome
 *
 * Returns: (nullable): the working directory in which the script ended; %NULL if it could not say
 */
const char *
cs_outcome_get_cwd (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), NULL);
  return self->cwd;
}

/**
 * cs_outcome_get_environment:
 * @self: an outcome
 *
 * Returns: (transfer none) (nullable): exported variables that the script changed, name → value,
 *   %NULL where it unset one; %NULL if the script could not report them
 */
GHashTable *
cs_outcome_get_environment (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), NULL);
  return self->facts.environment;
}

/**
 * cs_outcome_get_output_size:
 * @self: an outcome
 *
 * Returns: bytes that the script printed in all, kept or not
 */
gint64
cs_outcome_get_output_size (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), 0);
  return self->facts.output_size;
}

/**
 * cs_outcome_get_output_digest:
 * @self: an outcome
 *
 * Returns: (nullable): the name of the blob with what was kept; %NULL if nothing was to be kept
 */
const char *
cs_outcome_get_output_digest (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), NULL);
  return self->output_digest;
}

/**
 * cs_outcome_get_truncated:
 * @self: an outcome
 *
 * Returns: whether more was printed than was kept
 */
gboolean
cs_outcome_get_truncated (CsOutcome *self)
{
  g_return_val_if_fail (CS_IS_OUTCOME (self), FALSE);
  return self->facts.truncated;
}
