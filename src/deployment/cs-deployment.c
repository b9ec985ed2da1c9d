/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One walk through a runbook: what it is, what comes next, and why something may not happen yet. */

#include "cs-deployment-private.h"
#include "cs-note.h"

#include "cs-error.h"

G_DEFINE_FINAL_TYPE (CsDeployment, cs_deployment, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATUS,
  PROP_PROGRESS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
add_rest (CsDeployment *self, CsPhaseState *phase, GListModel *signoffs)
{
  const char *id = cs_phase_get_id (phase->phase);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      g_hash_table_insert (self->steps, (gpointer) cs_step_get_id (step->step), step);
    }
  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);

      if (g_strcmp0 (cs_signoff_get_phase_id (signoff->signoff), id) == 0)
        g_list_store_append (phase->signoffs, signoff);
    }
}

/* Where the deployment goes to a fleet, each command has members. */
static void
set_fleet (CsDeployment *self)
{
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
      {
        g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

        cs_block_state_set_fleet (block, self->target);
      }
}

/* Lays out empty states for the runbook, as seen from the environment. */
void
cs_deployment_build_states (CsDeployment *self)
{
  GListModel *phases = cs_runbook_get_phases (self->runbook);
  GListModel *signoffs = cs_runbook_get_signoffs (self->runbook);

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);
      g_autoptr (CsSignoffState) state = cs_signoff_state_new (signoff);

      g_list_store_append (self->signoffs, state);
    }
  cs_deployment_add_policy_lines (self);
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      g_autoptr (CsPhaseState) state = cs_phase_state_new (phase);

      add_rest (self, state, G_LIST_MODEL (self->signoffs));
      if (cs_deployment_has_on_path (self, phase))
        g_list_store_append (self->phases, state);
      else if (cs_phase_get_kind (phase) == CS_PHASE_ROLLBACK)
        g_list_store_append (self->rollbacks, state);
      else
        g_list_store_append (self->references, state);
    }
  cs_deployment_build_points (self);
  cs_deployment_build_follow_ups (self);
  if (cs_target_get_kind (self->target) == CS_TARGET_FLEET)
    set_fleet (self);
}

/* Tells everyone who watches that records were folded. */
void
cs_deployment_notify_changed (CsDeployment *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
changed_cb (gpointer data)
{
  g_autoptr (CsDeployment) self = g_object_ref (data);

  g_clear_pointer (&self->changed, g_source_unref);
  cs_deployment_derive (self);
  cs_deployment_notify_changed (self);
  return G_SOURCE_REMOVE;
}

void
cs_deployment_queue_changed (CsDeployment *self)
{
  if (self->changed != NULL)
    return;
  self->changed = g_idle_source_new ();
  g_source_set_priority (self->changed, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->changed, changed_cb, self, NULL);
  g_source_attach (self->changed, g_main_context_get_thread_default ());
}

/* The phase in which a step stands. */
CsPhaseState *
cs_deployment_find_phase_of (CsDeployment *self, CsStepState *step)
{
  GListStore *all[] = { self->phases, self->rollbacks, self->references };

  for (guint k = 0; k < G_N_ELEMENTS (all); k++)
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (all[k])); i++)
      {
        g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (all[k]), i);

        if (g_list_store_find (phase->steps, step, NULL))
          return phase;
      }
  return NULL;
}

/* What an open step wants next. */
static void
next_in_step (CsStepState *step, CsNext *next)
{
  next->step = step;
  next->kind = CS_NEXT_CHECK;
  if (step->status == CS_STATUS_FAILED || step->status == CS_STATUS_INTERRUPTED)
    next->kind = CS_NEXT_SETTLE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

      if (!cs_step_state_waits_for (step, block))
        continue;
      next->block = block;
      if (next->kind == CS_NEXT_SETTLE)
        return;
      next->kind = CS_NEXT_RUN;
      if (block->status == CS_STATUS_RUNNING)
        next->kind = CS_NEXT_RUNNING;
      else if (cs_block_state_awaits_verdict (block))
        next->kind = CS_NEXT_JUDGE;
      else if (block->status == CS_STATUS_WAITING)
        next->kind = CS_NEXT_CONTINUE;
      return;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->checks)); i++)
    {
      g_autoptr (CsCheckState) check = g_list_model_get_item (G_LIST_MODEL (step->checks), i);

      if (check->done)
        continue;
      next->check = check;
      return;
    }
}

/* Before anything else is done in a step, what it waits for is settled. */
static void
next_point (CsDeployment *self, CsPhaseState *phase, CsStepState *step, CsNext *next)
{
  const CsPoint *point = cs_deployment_find_point (self, phase, step);

  if (point == NULL || next->kind == CS_NEXT_RUNNING)
    return;
  next->kind = point->kind == CS_POINT_BLOCKER ? CS_NEXT_RESOLVE : CS_NEXT_DECIDE;
  next->point = point;
}

static gboolean
next_signoff (GListStore *signoffs, CsDeployment *self, gboolean only_upfront, CsNext *next)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (signoffs), i);

      if (signoff->status == CS_STATUS_PASSED || !cs_deployment_signoff_counts (self, signoff) ||
          (only_upfront && !cs_deployment_signoff_is_upfront (self, signoff)))
        continue;
      next->kind = CS_NEXT_SIGN;
      next->signoff = signoff;
      return TRUE;
    }
  return FALSE;
}

/**
 * cs_deployment_get_next:
 * @next: (out caller-allocates): filled; what it points to belongs to the deployment
 *
 * The one thing to do next. A step without commands and items comes as %CS_NEXT_CHECK without an
 * item: it is to be confirmed.
 */
void
cs_deployment_get_next (CsDeployment *self, CsNext *next)
{
  CsPhaseState *phase = cs_deployment_get_current_phase (self);

  *next = (CsNext){ .kind = CS_NEXT_NOTHING };
  if (self->closed_at != 0)
    return;
  if (self->procedure == NULL && next_signoff (self->signoffs, self, TRUE, next))
    return;
  if (phase != NULL)
    {
      for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

          if (cs_status_is_over (step->status) ||
              cs_phase_state_is_settled_by_signing (phase, step))
            continue;
          next_in_step (step, next);
          if (self->procedure == NULL)
            next_point (self, phase, step, next);
          return;
        }
      if (next_signoff (phase->signoffs, self, FALSE, next))
        return;
    }
  if (self->procedure == NULL && next_signoff (self->signoffs, self, FALSE, next))
    return;
  next->kind = CS_NEXT_CLOSE;
}

/**
 * cs_deployment_get_current_phase:
 *
 * Returns: (transfer none) (nullable): the first phase of the path (or the rollback that has become
 *   the path) that is not over; %NULL if all are
 */
CsPhaseState *
cs_deployment_get_current_phase (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  if (self->procedure != NULL)
    return cs_status_is_over (self->procedure->status) ? NULL : self->procedure;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (!cs_status_is_over (phase->status))
        return phase;
    }
  return NULL;
}

static guint
count_steps (CsDeployment *self, gboolean only_over)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);
      GListModel *steps = G_LIST_MODEL (phase->steps);

      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, k);

          n += !only_over || cs_status_is_over (step->status);
        }
    }
  return n;
}

/** cs_deployment_get_n_steps: steps on the path. */
guint
cs_deployment_get_n_steps (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), 0);

  return count_steps (self, FALSE);
}

/** cs_deployment_get_n_over: steps on the path that are passed or skipped. */
guint
cs_deployment_get_n_over (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), 0);

  return count_steps (self, TRUE);
}

/** cs_deployment_get_estimate: seconds, the sum over the path; -1 if no phase says. */
gint64
cs_deployment_get_estimate (CsDeployment *self)
{
  gint64 sum = -1;

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), -1);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);
      gint64 estimate = cs_phase_state_get_estimate (phase);

      if (estimate >= 0)
        sum = MAX (sum, 0) + estimate;
    }
  return sum;
}

/**
 * cs_deployment_find_step:
 *
 * (transfer none) (nullable): the step with this id, on the path or off.
 */
CsStepState *
cs_deployment_find_step (CsDeployment *self, const char *step_id)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return g_hash_table_lookup (self->steps, step_id);
}

/** cs_deployment_find_signoff: (transfer none) (nullable): the sign-off with this id. */
CsSignoffState *
cs_deployment_find_signoff (CsDeployment *self, const char *signoff_id)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      if (g_strcmp0 (cs_signoff_get_id (signoff->signoff), signoff_id) == 0)
        return signoff;
    }
  return NULL;
}

/* The command block, or its state on a member, whose newest attempt is this run. */
CsBlockState *
cs_deployment_find_run (CsDeployment *self, const char *run_id)
{
  return run_id != NULL ? g_hash_table_lookup (self->runs, run_id) : NULL;
}

CsSite *
cs_deployment_find_site (CsDeployment *self, const char *member)
{
  return g_hash_table_lookup (self->sites, member != NULL ? member : "");
}

static void
cs_deployment_dispose (GObject *object)
{
  CsDeployment *self = CS_DEPLOYMENT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_signal_handler (&self->appended_handler, self->store);
  if (self->changed != NULL)
    g_source_destroy (self->changed);
  g_clear_pointer (&self->changed, g_source_unref);
  if (self->watching != NULL)
    g_source_destroy (self->watching);
  g_clear_pointer (&self->watching, g_source_unref);
  g_clear_pointer (&self->sites, g_hash_table_unref);
  g_clear_pointer (&self->runs, g_hash_table_unref);
  g_clear_pointer (&self->drives, g_hash_table_unref);
  g_clear_pointer (&self->followed, g_hash_table_unref);
  g_clear_pointer (&self->steps, g_hash_table_unref);
  g_clear_object (&self->procedure);
  g_clear_object (&self->phases);
  g_clear_object (&self->rollbacks);
  g_clear_object (&self->references);
  g_clear_object (&self->signoffs);
  g_clear_object (&self->runbook);
  g_clear_object (&self->target);
  g_clear_object (&self->breakers);
  g_clear_object (&self->locks);
  g_clear_object (&self->keyring);
  g_clear_object (&self->people);
  g_clear_object (&self->policies);
  g_clear_pointer (&self->policy, cs_policy_free);
  g_clear_object (&self->store);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (cs_deployment_parent_class)->dispose (object);
}

static void
cs_deployment_finalize (GObject *object)
{
  CsDeployment *self = CS_DEPLOYMENT (object);

  g_free (self->state_directory);
  g_free (self->id);
  g_free (self->stream);
  g_free (self->title);
  g_free (self->environment);
  g_free (self->operator);
  g_free (self->reason);
  g_free (self->terminal_type);
  g_free (self->pause_reason);
  g_free (self->paused_by);
  g_free (self->head);
  g_ptr_array_unref (self->points);
  g_ptr_array_unref (self->follow_ups);
  g_free (self->closing_reason);
  g_ptr_array_unref (self->notes);
  cs_time_window_free (self->window);
  cs_deployment_drop_litter (self);
  g_hash_table_unref (self->values);
  g_hash_table_unref (self->value_sources);
  g_hash_table_unref (self->holders);
  g_hash_table_unref (self->secrets);
  g_hash_table_unref (self->operators);
  g_ptr_array_unref (self->rejections);
  g_ptr_array_unref (self->rulings);
  g_ptr_array_unref (self->faults);

  G_OBJECT_CLASS (cs_deployment_parent_class)->finalize (object);
}

static void
cs_deployment_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsDeployment *self = CS_DEPLOYMENT (object);

  switch (id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, cs_deployment_get_progress (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_deployment_class_init (CsDeploymentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = cs_deployment_dispose;
  object_class->finalize = cs_deployment_finalize;
  object_class->get_property = cs_deployment_get_property;

  properties[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, CS_TYPE_DEPLOYMENT_STATUS,
                                               CS_DEPLOYMENT_ACTIVE, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", CS_TYPE_DEPLOYMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
cs_deployment_init (CsDeployment *self)
{
  self->phases = g_list_store_new (CS_TYPE_PHASE_STATE);
  self->rollbacks = g_list_store_new (CS_TYPE_PHASE_STATE);
  self->references = g_list_store_new (CS_TYPE_PHASE_STATE);
  self->signoffs = g_list_store_new (CS_TYPE_SIGNOFF_STATE);
  self->steps = g_hash_table_new (g_str_hash, g_str_equal);
  self->operators = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->value_sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                               (GDestroyNotify) cs_value_source_free);
  self->holders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->secrets =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cs_secret_free);
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->drives = g_hash_table_new (NULL, NULL);
  cs_deployment_init_rulings (self);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_note_free);
  self->points = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_point_free);
  self->follow_ups = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_follow_up_free);
  self->window = cs_time_window_new ();
  self->litter = g_queue_new ();
  self->followed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) cs_run_lock_free);
  self->cancellable = g_cancellable_new ();
}

/* An empty one, to fold records into. */
CsDeployment *
cs_deployment_new (CsStore *store,
                   CsPeople *people,
                   CsPolicies *policies,
                   const char *state_directory,
                   const char *id)
{
  CsDeployment *self = g_object_new (CS_TYPE_DEPLOYMENT, NULL);

  self->store = g_object_ref (store);
  self->people = g_object_ref (people);
  self->policies = g_object_ref (policies);
  self->state_directory = g_strdup (state_directory);
  self->id = g_strdup (id);
  self->stream = g_strconcat (CS_DEPLOYMENT_STREAM_PREFIX, id, NULL);
  return self;
}

/**
 * cs_deployment_get_progress:
 *
 * Returns: how much of the path is passed or skipped, 0 to 1, by number of steps
 */
double
cs_deployment_get_progress (CsDeployment *self)
{
  guint n = cs_deployment_get_n_steps (self);

  return n > 0 ? (double) cs_deployment_get_n_over (self) / n : 0;
}

/** cs_deployment_get_id: the UUID. */
const char *
cs_deployment_get_id (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->id;
}

/** cs_deployment_get_stream: the stream of its records. */
const char *
cs_deployment_get_stream (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->stream;
}

/** cs_deployment_get_runbook: (transfer none): the version that it is pinned to. */
CsRunbook *
cs_deployment_get_runbook (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->runbook;
}

/** cs_deployment_get_title: the runbook's title. */
const char *
cs_deployment_get_title (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->title;
}

/** cs_deployment_get_environment: where it goes, e.g. `production`. */
const char *
cs_deployment_get_environment (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->environment;
}

/**
 * cs_deployment_get_target:
 *
 * (transfer none): the target as it was when the deployment was opened.
 */
CsTarget *
cs_deployment_get_target (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->target;
}

/** cs_deployment_get_operator: who opened it. */
const char *
cs_deployment_get_operator (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->operator;
}

/** cs_deployment_get_reason: why. */
const char *
cs_deployment_get_reason (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->reason;
}

/** cs_deployment_get_opened_at: when (UTC microseconds). */
gint64
cs_deployment_get_opened_at (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), 0);

  return self->opened_at;
}

/** cs_deployment_get_closed_at: when it was closed (UTC microseconds); 0 while it is open. */
gint64
cs_deployment_get_closed_at (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), 0);

  return self->closed_at;
}

/** cs_deployment_get_status: where it stands. */
CsDeploymentStatus
cs_deployment_get_status (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), CS_DEPLOYMENT_ACTIVE);

  return self->status;
}

/** cs_deployment_get_head: hash of the newest record. */
const char *
cs_deployment_get_head (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->head;
}

/** cs_deployment_get_n_records: how many records it has. */
gint64
cs_deployment_get_n_records (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), 0);

  return self->n_records;
}

/** cs_deployment_get_phases: (transfer none): #CsPhaseState on the path. */
GListModel *
cs_deployment_get_phases (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return G_LIST_MODEL (self->phases);
}

/** cs_deployment_get_rollbacks: (transfer none): #CsPhaseState of the rollback procedures. */
GListModel *
cs_deployment_get_rollbacks (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return G_LIST_MODEL (self->rollbacks);
}

/** cs_deployment_get_references: (transfer none): #CsPhaseState off the path. */
GListModel *
cs_deployment_get_references (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return G_LIST_MODEL (self->references);
}

/** cs_deployment_get_signoffs: (transfer none): all #CsSignoffState. */
GListModel *
cs_deployment_get_signoffs (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return G_LIST_MODEL (self->signoffs);
}
