/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doors to running: start, stop, and finding out how interrupted commands ended. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-drive.h"
#include "cs-error.h"
#include "cs-runner.h"

/* Members that are asked at once. */
#define MAX_AT_ONCE 32

/* What is to be run once the environment is this deployment's. */
typedef struct
{
  char *actor;
  CsBlockState *block;
  CsFleetPart part;
  CsBatching *batching; /* NULL: as the target says */
  GCancellable *cancellable;
  GAsyncReadyCallback callback;
  gpointer user_data;
} Start;

static void
start_free (Start *self)
{
  g_free (self->actor);
  g_object_unref (self->block);
  g_free (self->batching);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
held_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsDeployment *self = CS_DEPLOYMENT (source);
  Start *start = user_data;
  GError *error = NULL;

  if (!cs_deployment_act_finish (self, result, &error))
    g_task_report_error (self, start->callback, start->user_data,
                         cs_deployment_run_block_async, error);
  else if (start->block->fleet != NULL)
    cs_drive_start (self, start->actor, start->block, start->part, start->batching,
                    start->cancellable, start->callback, start->user_data);
  else
    cs_runner_run_async (self, start->actor, start->block, NULL, start->cancellable,
                         start->callback, start->user_data);
  start_free (start);
}

/* What the gates hold back takes no lock; they are asked again when it is there. */
static void
begin (CsDeployment *self,
       const char *actor,
       CsStepState *step,
       CsBlockState *block,
       CsFleetPart part,
       const CsBatching *batching,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_run (self, step, block);
  GError *error = NULL;
  Start *start;

  if (!cs_deployment_may_run (self, actor, &error) || !cs_gates_to_error (gates, &error))
    {
      g_task_report_error (self, callback, user_data, cs_deployment_run_block_async, error);
      return;
    }
  start = g_new0 (Start, 1);
  start->actor = g_strdup (actor);
  start->block = g_object_ref (block);
  start->part = part;
  start->batching = batching != NULL ? g_memdup2 (batching, sizeof *batching) : NULL;
  start->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  start->callback = callback;
  start->user_data = user_data;
  cs_deployment_hold_async (self, actor, step, cancellable, held_cb, start);
}

/**
 * cs_deployment_run_block_async:
 * @actor: who
 * @step: a step
 * @block: one of its command blocks
 * @cancellable: (nullable): ends the waiting for the connection; a command that has been recorded
 *   as started is ended by cs_deployment_stop_block()
 *
 * Runs one command block on the deployment's target, or on all members of its fleet where it is
 * open. `block-started` is durable before anything is sent, `block-finished` before this finishes.
 */
void
cs_deployment_run_block_async (CsDeployment *self,
                               const char *actor,
                               CsStepState *step,
                               CsBlockState *block,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  begin (self, actor, step, block, CS_FLEET_OPEN, NULL, cancellable, callback, user_data);
}

/**
 * cs_deployment_run_fleet_async:
 * @actor: who
 * @step: a step
 * @block: one of its command blocks
 * @part: on which members
 * @batching: (nullable): how it goes through them; %NULL as the target says
 * @cancellable: (nullable): as cs_deployment_pause_block()
 *
 * Runs a command on a part of the deployment's fleet, batch by batch in rank order; members of
 * different ranks are never in one batch. Before a command is sent to a member, the record of that
 * is durable. Finish with cs_deployment_run_block_finish(); %CS_ERROR_REFUSED if there is no such
 * member.
 */
void
cs_deployment_run_fleet_async (CsDeployment *self,
                               const char *actor,
                               CsStepState *step,
                               CsBlockState *block,
                               CsFleetPart part,
                               const CsBatching *batching,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  if (block->fleet != NULL)
    begin (self, actor, step, block, part, batching, cancellable, callback, user_data);
  else
    g_task_report_new_error (self, callback, user_data, cs_deployment_run_fleet_async, CS_ERROR,
                             CS_ERROR_INVALID, "“%s” is no fleet",
                             cs_target_get_name (self->target));
}

/**
 * cs_deployment_run_block_finish:
 *
 * Returns: %TRUE when the end of the command is recorded, however it ended: the block's state says
 *   so. %FALSE with a gate's error, %CS_ERROR_CONFLICT, %CS_ERROR_UNREACHABLE (it did not run),
 *   %CS_ERROR_AUTH, or %CS_ERROR_WAITING (the connection was lost while it ran)
 */
gboolean
cs_deployment_run_block_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cs_deployment_pause_block:
 * @block: a command that this program runs on a fleet
 *
 * Starts no other member; those that run go on to their end.
 */
void
cs_deployment_pause_block (CsDeployment *self, CsBlockState *block)
{
  CsDrive *drive;

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  drive = g_hash_table_lookup (self->drives, cs_block_state_get_whole (block));
  if (drive != NULL)
    cs_drive_end (drive, FALSE);
}

/**
 * cs_deployment_stop_block:
 * @block: a command that this program runs, or its state on one member of a fleet
 *
 * Asks the command to end (TERM), and ends it after 5 s (KILL): on the target, on the one member,
 * or on all members that run; then no other is started.
 */
void
cs_deployment_stop_block (CsDeployment *self, CsBlockState *block)
{
  CsDrive *drive;
  CsSite *site;

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  drive = g_hash_table_lookup (self->drives, block);
  if (drive != NULL)
    cs_drive_end (drive, TRUE);
  if (block->fleet != NULL)
    return;
  site = cs_deployment_find_site (self, block->member);
  if (site->session != NULL && block->run != NULL)
    cs_session_stop (site->session, block->run_id);
}

/* One round of questions. */
typedef struct
{
  char *actor;
  GQueue *blocks; /* CsBlockState, still to be asked about */
  guint n_asking;
  guint n_at_once;
  GError *error; /* the first */
} Recovery;

static void
recovery_free (Recovery *self)
{
  g_queue_free_full (self->blocks, g_object_unref);
  g_clear_error (&self->error);
  g_free (self->actor);
  g_free (self);
}

static void
add_interrupted (GQueue *blocks, CsBlockState *block)
{
  GListModel *members = block->members != NULL ? G_LIST_MODEL (block->members) : NULL;

  if (block->status == CS_STATUS_INTERRUPTED && block->fleet == NULL)
    g_queue_push_tail (blocks, g_object_ref (block));
  for (guint i = 0; block->counts[CS_STATUS_INTERRUPTED] > 0 && members != NULL &&
                    i < g_list_model_get_n_items (members);
       i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      if (member->status == CS_STATUS_INTERRUPTED)
        g_queue_push_tail (blocks, g_steal_pointer (&member));
    }
}

static void
collect_interrupted (CsDeployment *self, GQueue *blocks)
{
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
      {
        g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

        add_interrupted (blocks, block);
      }
}

static void recover_next (GTask *task);

static void
recovered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Recovery *recovery = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  recovery->n_asking--;
  if (!cs_runner_finish (CS_DEPLOYMENT (source), result, &error) && recovery->error == NULL &&
      !g_error_matches (error, CS_ERROR, CS_ERROR_WAITING) &&
      !g_error_matches (error, CS_ERROR, CS_ERROR_BUSY))
    recovery->error = g_steal_pointer (&error);
  recover_next (task);
}

/* One target that can't be reached is asked nothing more; the other members of a fleet are. */
static void
recover_next (GTask *task)
{
  CsDeployment *self = g_task_get_source_object (task);
  Recovery *recovery = g_task_get_task_data (task);
  gboolean fleet = cs_target_get_kind (self->target) == CS_TARGET_FLEET;

  while ((recovery->error == NULL || fleet) && recovery->n_asking < recovery->n_at_once &&
         !g_queue_is_empty (recovery->blocks))
    {
      g_autoptr (CsBlockState) block = g_queue_pop_head (recovery->blocks);

      recovery->n_asking++;
      cs_runner_recover_async (self, recovery->actor, block, g_task_get_cancellable (task),
                               recovered_cb, g_object_ref (task));
    }
  if (recovery->n_asking > 0)
    return;
  cs_deployment_derive (self);
  cs_deployment_notify_changed (self);
  if (recovery->error != NULL)
    g_task_return_error (task, g_steal_pointer (&recovery->error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * cs_deployment_recover_async:
 * @actor: who asks
 *
 * Asks the target, one by one, how interrupted runs ended, and many members of a fleet at once; one
 * that still runs is followed to its end. Records the answers: `block-finished`,
 * `block-not-started` (it is safe to run it), or `block-unknown` (the target was restarted, say: a
 * person has to look). Runs that another living program follows are left to it.
 */
void
cs_deployment_recover_async (CsDeployment *self,
                             const char *actor,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Recovery *recovery = g_new0 (Recovery, 1);

  recovery->actor = g_strdup (actor);
  recovery->blocks = g_queue_new ();
  recovery->n_at_once = cs_target_get_kind (self->target) == CS_TARGET_FLEET ? MAX_AT_ONCE : 1;
  collect_interrupted (self, recovery->blocks);
  cs_site_make_room (g_queue_get_length (recovery->blocks));
  g_task_set_source_tag (task, cs_deployment_recover_async);
  g_task_set_task_data (task, recovery, (GDestroyNotify) recovery_free);
  recover_next (task);
}

/**
 * cs_deployment_recover_finish:
 *
 * Returns: %TRUE when the target has been asked for each interrupted run; %FALSE with
 *   %CS_ERROR_UNREACHABLE or %CS_ERROR_AUTH if it, or a member of the fleet, could not be
 */
gboolean
cs_deployment_recover_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
