/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one command after the other, up to the first thing that needs a person. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-auto-advance.h"

#include "cs-advance.h"
#include "cs-deployment-private.h"

struct _CsAutoAdvance
{
  GObject parent_instance;

  CsDeployment *deployment;
  char *actor;
  CsPhaseState *until;
  CsBatching *batching;
  CsFleetPart part;
  gboolean go_on;

  /* While it is active. */
  gboolean active;
  gboolean stopping;
  CsStepState *step;
  CsBlockState *block; /* the command that was started last */
};

enum
{
  PROP_0,
  PROP_ACTIVE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  STARTING,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsAutoAdvance, cs_auto_advance, G_TYPE_OBJECT)

static void
cs_auto_advance_dispose (GObject *object)
{
  CsAutoAdvance *self = CS_AUTO_ADVANCE (object);

  g_clear_object (&self->deployment);
  g_clear_object (&self->until);
  g_clear_object (&self->step);
  g_clear_object (&self->block);
  g_clear_pointer (&self->actor, g_free);
  g_clear_pointer (&self->batching, g_free);
  G_OBJECT_CLASS (cs_auto_advance_parent_class)->dispose (object);
}

static void
cs_auto_advance_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, CS_AUTO_ADVANCE (object)->active);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_auto_advance_class_init (CsAutoAdvanceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cs_auto_advance_dispose;
  object_class->get_property = cs_auto_advance_get_property;

  properties[PROP_ACTIVE] =
    g_param_spec_boolean ("active", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[STARTING] = g_signal_new ("starting", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, CS_TYPE_STEP_STATE, CS_TYPE_BLOCK_STATE);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 3, CS_TYPE_STEP_STATE, CS_TYPE_BLOCK_STATE,
                                 G_TYPE_ERROR);
}

static void
cs_auto_advance_init (CsAutoAdvance *self)
{
}

/**
 * cs_auto_advance_new:
 * @deployment: what goes on by itself
 * @actor: a person id: in whose name
 *
 * Returns: (transfer full): what runs one command after the other once it is told to
 */
CsAutoAdvance *
cs_auto_advance_new (CsDeployment *deployment, const char *actor)
{
  CsAutoAdvance *self;

  g_return_val_if_fail (CS_IS_DEPLOYMENT (deployment), NULL);

  self = g_object_new (CS_TYPE_AUTO_ADVANCE, NULL);
  self->deployment = g_object_ref (deployment);
  self->actor = g_strdup (actor);
  return self;
}

/**
 * cs_auto_advance_set_until:
 * @phase: (nullable): the last phase of the path whose commands are run; %NULL: all are
 */
void
cs_auto_advance_set_until (CsAutoAdvance *self, CsPhaseState *phase)
{
  g_return_if_fail (CS_IS_AUTO_ADVANCE (self));

  g_set_object (&self->until, phase);
}

/**
 * cs_auto_advance_set_fleet:
 * @batching: (nullable): how a fleet is gone through; %NULL: as the target says
 * @part: on which members
 * @go_on: whether a fleet that waits between two batches goes on
 */
void
cs_auto_advance_set_fleet (CsAutoAdvance *self,
                           const CsBatching *batching,
                           CsFleetPart part,
                           gboolean go_on)
{
  g_return_if_fail (CS_IS_AUTO_ADVANCE (self));

  g_free (self->batching);
  self->batching = batching != NULL ? g_memdup2 (batching, sizeof *batching) : NULL;
  self->part = part;
  self->go_on = go_on;
}

static gboolean
is_behind (CsAutoAdvance *self)
{
  GListModel *phases = cs_deployment_get_phases (self->deployment);
  CsPhaseState *current = cs_deployment_get_current_phase (self->deployment);

  if (self->until == NULL || current == self->until)
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);

      if (phase == current)
        return FALSE;
      if (phase == self->until)
        return TRUE;
    }
  return TRUE;
}

static CsGate *
new_gate_for_point (CsAutoAdvance *self, const CsNext *next)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self->deployment, next->step);
  const char *id = next->kind == CS_NEXT_RESOLVE ? "blocker" : "decision";

  for (guint i = 0; i < gates->len; i++)
    if (g_str_equal (((CsGate *) gates->pdata[i])->id, id))
      return cs_gate_copy (gates->pdata[i]);
  return NULL;
}

static CsGate *
new_gate_for_check (const char *who, const CsNext *next)
{
  if (next->check != NULL)
    return cs_gate_new ("person", who, "A person ticks “%s”",
                        cs_check_get_text (next->check->check));
  return cs_gate_new ("person", who, "A person does what “%s” says, and confirms it",
                      cs_step_get_title (next->step->step));
}

/* Why a person is needed for this; NULL if none is. */
static CsGate *
find_person (CsAutoAdvance *self, const CsNext *next)
{
  const char *who = self->deployment->operator;
  guint line = next->block != NULL ? cs_block_get_line (next->block->block) : 0;
  const char *role =
    next->signoff != NULL ? cs_signoff_get_role (next->signoff->signoff) : NULL;

  switch (next->kind)
    {
    case CS_NEXT_RUN:
      return cs_deployment_dup_person_gate (self->deployment, next->step, next->block);
    case CS_NEXT_CONTINUE:
      if (self->go_on)
        return cs_deployment_dup_person_gate (self->deployment, next->step, next->block);
      return cs_gate_new ("person", who, "A person says whether the next batch comes");
    case CS_NEXT_RUNNING:
      return cs_gate_new ("running", who, "The command in line %u is still running", line);
    case CS_NEXT_SETTLE:
      return cs_gate_new ("person", who, "“%s” did not go well: a person decides what comes of it",
                          cs_step_get_title (next->step->step));
    case CS_NEXT_JUDGE:
      return cs_gate_new ("verdict", who,
                          "What the command in line %u printed waits for a verdict", line);
    case CS_NEXT_SIGN:
      return cs_gate_new ("signoff", role, "The signature of %s is missing", role);
    case CS_NEXT_RESOLVE:
    case CS_NEXT_DECIDE:
      return new_gate_for_point (self, next);
    case CS_NEXT_CHECK:
    case CS_NEXT_NOTHING:
    case CS_NEXT_CLOSE:
    default:
      return new_gate_for_check (who, next);
    }
}

/**
 * cs_auto_advance_find_next:
 * @next: (out caller-allocates): filled; what it points to belongs to the deployment
 * @why: (out) (optional) (transfer full) (nullable): for what a person is needed
 *
 * A program runs what neither destroys nor asks nor goes on without an end, in the order of the
 * path, and whatever of it failed or waits for a verdict is a person's.
 *
 * Returns: %TRUE if the command in @next would be run now; %FALSE with @why if a person is needed,
 *   without if everything is done
 */
gboolean
cs_auto_advance_find_next (CsAutoAdvance *self, CsNext *next, CsGate **why)
{
  g_autoptr (CsGate) gate = NULL;
  gboolean runs;

  g_return_val_if_fail (CS_IS_AUTO_ADVANCE (self), FALSE);

  cs_deployment_get_next (self->deployment, next);
  runs = next->kind != CS_NEXT_CLOSE && next->kind != CS_NEXT_NOTHING && !is_behind (self);
  if (runs)
    gate = find_person (self, next);
  runs = runs && gate == NULL;
  if (why != NULL)
    *why = g_steal_pointer (&gate);
  return runs;
}

static void
set_active (CsAutoAdvance *self, gboolean active)
{
  self->active = active;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

/* Exactly one of the three; gate: (transfer full). */
static void
finish (GTask *task, gboolean done, CsGate *gate, GError *error)
{
  CsAutoAdvance *self = g_task_get_source_object (task);

  g_clear_object (&self->step);
  g_clear_object (&self->block);
  set_active (self, FALSE);
  if (gate != NULL)
    g_task_set_task_data (task, gate, (GDestroyNotify) cs_gate_free);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, done);
}

static void go_on (GTask *task);

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsAutoAdvance *self = g_task_get_source_object (task);
  GError *error = NULL;
  gboolean ran = cs_deployment_run_block_finish (CS_DEPLOYMENT (source), result, &error);

  g_signal_emit (self, signals[ENDED], 0, self->step, self->block, error);
  if (ran)
    go_on (task);
  else
    finish (task, FALSE, NULL, error);
}

static void
run_next (GTask *task, const CsNext *next)
{
  CsAutoAdvance *self = g_task_get_source_object (task);

  g_set_object (&self->step, next->step);
  g_set_object (&self->block, next->block);
  g_signal_emit (self, signals[STARTING], 0, self->step, self->block);
  if (self->block->fleet != NULL)
    cs_deployment_run_fleet_async (self->deployment, self->actor, self->step, self->block,
                                   self->part, self->batching, g_task_get_cancellable (task),
                                   ran_cb, g_object_ref (task));
  else
    cs_deployment_run_block_async (self->deployment, self->actor, self->step, self->block,
                                   g_task_get_cancellable (task), ran_cb, g_object_ref (task));
}

/* A command that has just been run and is still to be run did not pass, whatever it is called. */
static void
go_on (GTask *task)
{
  CsAutoAdvance *self = g_task_get_source_object (task);
  CsNext next;
  CsGate *why = NULL;
  gboolean runs = cs_auto_advance_find_next (self, &next, &why);
  GError *error = NULL;

  if (!runs)
    finish (task, why == NULL, why, NULL);
  else if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    finish (task, FALSE, NULL, error);
  else if (self->stopping)
    finish (task, FALSE,
            cs_gate_new ("stopped", self->actor, "It was told to stop before “%s”",
                         cs_step_get_title (next.step->step)),
            NULL);
  else if (next.block == self->block && next.kind != CS_NEXT_CONTINUE)
    finish (task, FALSE,
            cs_gate_new ("person", self->deployment->operator,
                         "“%s” did not go well: a person decides what comes of it",
                         cs_step_get_title (next.step->step)),
            NULL);
  else
    run_next (task, &next);
}

/**
 * cs_auto_advance_run_async:
 * @cancellable: (nullable): nothing more is started; a command that runs goes on to its end
 *
 * Runs one command after the other, each as cs_deployment_run_block_async() does, with all of its
 * gates and records.
 */
void
cs_auto_advance_run_async (CsAutoAdvance *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (CS_IS_AUTO_ADVANCE (self) && !self->active);

  g_task_set_source_tag (task, cs_auto_advance_run_async);
  g_task_set_check_cancellable (task, FALSE);
  self->stopping = FALSE;
  set_active (self, TRUE);
  go_on (task);
}

/**
 * cs_auto_advance_run_finish:
 * @why: (out) (optional) (transfer full) (nullable): for what a person is needed
 *
 * Returns: %TRUE if everything up to the end, or to the last phase that was asked for, is done;
 *   %FALSE with @why if a person is needed, or with the error of a command that could not be run
 */
gboolean
cs_auto_advance_run_finish (CsAutoAdvance *self, GAsyncResult *result, CsGate **why, GError **error)
{
  CsGate *gate;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  gate = g_task_get_task_data (G_TASK (result));
  if (why != NULL)
    *why = gate != NULL ? cs_gate_copy (gate) : NULL;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cs_auto_advance_stop:
 *
 * Nothing more is started; the command that runs goes on to its end.
 */
void
cs_auto_advance_stop (CsAutoAdvance *self)
{
  g_return_if_fail (CS_IS_AUTO_ADVANCE (self));

  self->stopping = TRUE;
}

/** cs_auto_advance_is_active: whether it is on its way. */
gboolean
cs_auto_advance_is_active (CsAutoAdvance *self)
{
  g_return_val_if_fail (CS_IS_AUTO_ADVANCE (self), FALSE);

  return self->active;
}
