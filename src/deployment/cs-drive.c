/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command on its way through a fleet, batch by batch. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-drive.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-runner.h"

/* Members that are connected to or run on at once; a batch may be larger. */
#define MAX_AT_ONCE 128

/* Lives as the data of its GTask, whose source is the deployment. The block's start is recorded
 * once for all, with the command as it is sent to each member; then each member has records of its
 * own; and in the end one record says why no other member is started. */
struct _CsDrive
{
  GTask *task; /* owned until it has returned: between two batches nothing else holds it */
  CsDeployment *deployment;
  CsBlockState *block;
  char *actor;
  char *run_id;
  char *text;
  CsBatching batching;
  GQueue *rest;  /* CsBlockState of members in rank order, for the batches to come */
  GQueue *batch; /* of this batch, and not yet begun */
  guint n_running;
  guint n_failed;
  gboolean ending;
  gboolean stopping;
  GCancellable *members; /* ends the waiting for connections to members */
  GSource *pause;
  GSource *cancel;
  const char *why; /* it ended */
  GError *error;
};

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
drive_free (CsDrive *self)
{
  drop_source (&self->pause);
  drop_source (&self->cancel);
  g_queue_free_full (self->rest, g_object_unref);
  g_queue_free_full (self->batch, g_object_unref);
  g_clear_object (&self->members);
  g_clear_object (&self->block);
  g_clear_error (&self->error);
  g_free (self->actor);
  g_free (self->run_id);
  g_free (self->text);
  g_free (self);
}

static gboolean
is_wanted (CsBlockState *member, CsFleetPart part)
{
  switch (part)
    {
    case CS_FLEET_FAILED:
      return member->status == CS_STATUS_FAILED;
    case CS_FLEET_REST:
      return member->status == CS_STATUS_TODO;
    case CS_FLEET_OPEN:
    default:
      return member->status == CS_STATUS_FAILED || member->status == CS_STATUS_TODO;
    }
}

static void
collect (CsDrive *self, CsFleetPart part)
{
  GListModel *members = cs_block_state_get_members (self->block);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      if (is_wanted (member, part))
        g_queue_push_tail (self->rest, g_steal_pointer (&member));
    }
}

/* Members of different ranks are never in one batch: the lower rank is done first. */
static void
fill_batch (CsDrive *self)
{
  guint size = cs_batching_count (&self->batching, cs_block_state_get_n_members (self->block));
  CsBlockState *first = g_queue_peek_head (self->rest);
  int rank = first->rank;

  while (size-- > 0 && (first = g_queue_peek_head (self->rest)) != NULL && first->rank == rank)
    g_queue_push_tail (self->batch, g_queue_pop_head (self->rest));
}

static void next_batch (CsDrive *self);

/* ── The end ── */

/* Lets go of all; the task returns with what came of it. */
static void
finish (CsDrive *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  /* One that was refused at its start must not take away the one that is under way. */
  if (g_hash_table_lookup (self->deployment->drives, self->block) == self)
    g_hash_table_remove (self->deployment->drives, self->block);
  g_hash_table_remove (self->deployment->followed, self->run_id);
  cs_deployment_tidy (self->deployment);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
end_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDrive *self = g_task_get_task_data (task);
  CsDeployment *deployment = CS_DEPLOYMENT (source);
  g_autoptr (GError) error = NULL;

  if (!cs_deployment_append_finish (deployment, result, &error))
    {
      cs_block_state_set_driven (self->block, FALSE);
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
    }
  cs_deployment_derive (deployment);
  cs_deployment_notify_changed (deployment);
  finish (self, g_steal_pointer (&self->error));
}

static void
record_end (CsDrive *self)
{
  const char *ending = self->why;
  JsonNode *body = cs_deployment_body (
    "step", cs_step_get_id (self->block->step->step), "block",
    cs_block_get_id (self->block->block), "run", self->run_id, "ending", ending, "problem",
    self->error != NULL ? self->error->message : NULL, NULL);
  JsonObject *object = json_node_get_object (body);
  const guint *counts = self->block->counts;

  json_object_set_int_member (object, "passed", counts[CS_STATUS_PASSED]);
  json_object_set_int_member (object, "failed", counts[CS_STATUS_FAILED]);
  json_object_set_int_member (object, "skipped", counts[CS_STATUS_SKIPPED]);
  json_object_set_int_member (object, "unknown", counts[CS_STATUS_INTERRUPTED]);
  json_object_set_int_member (object, "open", counts[CS_STATUS_TODO]);
  cs_deployment_append_async (self->deployment, CS_STORE_ANY, self->actor, "fleet-ended", body,
                              NULL, NULL, end_recorded_cb, g_object_ref (self->task));
}

/* Why no other member is started, though there may be some; NULL if nothing speaks against it. */
static const char *
find_obstacle (CsDrive *self)
{
  if (self->stopping)
    return "stopped";
  if (self->error != NULL)
    return "error";
  if (self->n_failed >= self->batching.stop_after)
    return "failures";
  return self->ending ? "paused" : NULL;
}

/* ── Members ── */

static void go_on (CsDrive *self);

/* One member on its way; owns its task, and so the drive. */
typedef struct
{
  GTask *task;
  CsBlockState *member;
} Leg;

/* What became of the member is in its records. Only what kept them from being written ends it all:
 * nothing is started that can't be recorded. */
static void
member_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Leg *leg = user_data;
  g_autoptr (GTask) task = leg->task;
  g_autoptr (CsBlockState) member = leg->member;
  CsDrive *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  g_free (leg);
  if (!cs_runner_finish (CS_DEPLOYMENT (source), result, &error) && self->error == NULL &&
      (g_error_matches (error, CS_ERROR, CS_ERROR_STORAGE) ||
       g_error_matches (error, CS_ERROR, CS_ERROR_BUSY)))
    self->error = g_steal_pointer (&error);
  if (member->status == CS_STATUS_FAILED || member->status == CS_STATUS_INTERRUPTED)
    self->n_failed++;
  self->n_running--;
  go_on (self);
}

static void
start_members (CsDrive *self)
{
  while (self->n_running < MAX_AT_ONCE && !g_queue_is_empty (self->batch))
    {
      Leg *leg = g_new0 (Leg, 1);

      leg->task = g_object_ref (self->task);
      leg->member = g_queue_pop_head (self->batch);
      self->n_running++;
      cs_runner_run_async (self->deployment, self->actor, leg->member, self->text, self->members,
                           member_ended_cb, leg);
    }
}

static gboolean
pause_over_cb (gpointer user_data)
{
  CsDrive *self = user_data;

  drop_source (&self->pause);
  cs_block_state_set_pause_until (self->block, 0);
  next_batch (self);
  return G_SOURCE_REMOVE;
}

static void
pause_drive (CsDrive *self)
{
  gint64 pause = self->batching.pause;

  if (pause == CS_BATCHING_ASK)
    {
      self->ending = TRUE;
      go_on (self);
      return;
    }
  if (pause == 0)
    {
      next_batch (self);
      return;
    }
  cs_block_state_set_pause_until (self->block, cs_clock_now () + pause * G_USEC_PER_SEC);
  self->pause = g_timeout_source_new_seconds ((guint) pause);
  g_source_set_callback (self->pause, pause_over_cb, self, NULL);
  g_source_attach (self->pause, g_main_context_get_thread_default ());
}

/* After each change: starts what may be started, and sees whether the batch or all is over. */
static void
go_on (CsDrive *self)
{
  self->why = find_obstacle (self);
  if (self->why != NULL)
    g_cancellable_cancel (self->members);
  else
    start_members (self);
  if (self->n_running > 0)
    return;
  if (self->why == NULL && g_queue_is_empty (self->rest))
    self->why = "done";
  if (self->why != NULL)
    record_end (self);
  else
    pause_drive (self);
}

/* A signature that was withdrawn meanwhile, or a rollback, holds for the next batch. */
static void
next_batch (CsDrive *self)
{
  g_autoptr (GPtrArray) gates =
    cs_deployment_gates_for_batch (self->deployment, self->block->step, self->block);

  if (cs_gates_to_error (gates, &self->error))
    fill_batch (self);
  go_on (self);
}

/* ── The start ── */

static void
begun_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDrive *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (cs_deployment_append_finish (CS_DEPLOYMENT (source), result, &error))
    {
      next_batch (self);
      return;
    }
  finish (self, error);
}

static const char *
name_of_part (CsFleetPart part)
{
  switch (part)
    {
    case CS_FLEET_FAILED:
      return "failed";
    case CS_FLEET_REST:
      return "rest";
    case CS_FLEET_OPEN:
    default:
      return "open";
    }
}

static void
record_start (CsDrive *self, CsFleetPart part)
{
  CsBlock *block = self->block->block;
  CsStep *step = self->block->step->step;
  JsonNode *values = cs_deployment_list_used_values (self->deployment, block);
  JsonNode *body = cs_deployment_body (
    "step", cs_step_get_id (step), "title", cs_step_get_title (step), "block",
    cs_block_get_id (block), "run", self->run_id, "command", cs_block_get_digest (block), "text",
    self->text, "target", cs_target_get_name (self->deployment->target), "part",
    name_of_part (part), NULL);
  JsonObject *object = json_node_get_object (body);

  if (values != NULL)
    json_object_set_member (object, "values", values);
  cs_batching_to_json (&self->batching, object);
  json_object_set_int_member (object, "members", g_queue_get_length (self->rest));
  cs_deployment_append_async (self->deployment, self->deployment->n_records, self->actor,
                              "block-started", body, NULL, NULL, begun_cb,
                              g_object_ref (self->task));
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  cs_drive_end (user_data, FALSE);
  return G_SOURCE_REMOVE;
}

static CsDrive *
drive_new (GTask *task, const char *actor, CsBlockState *block, const CsBatching *batching)
{
  CsDrive *self = g_new0 (CsDrive, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->task = g_object_ref (task);
  self->deployment = g_task_get_source_object (task);
  self->block = g_object_ref (block);
  self->actor = g_strdup (actor);
  self->run_id = g_uuid_string_random ();
  self->batching = batching != NULL ? *batching : *cs_target_get_batching (block->fleet);
  self->rest = g_queue_new ();
  self->batch = g_queue_new ();
  self->members = g_cancellable_new ();
  if (cancellable != NULL)
    {
      self->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancel, G_SOURCE_FUNC (cancelled_cb), self, NULL);
      g_source_attach (self->cancel, g_main_context_get_thread_default ());
    }
  return self;
}

/* Whether there is anything to do, and it may be done, by this program alone. */
static gboolean
prepare (CsDrive *self, CsFleetPart part, GError **error)
{
  CsDeployment *deployment = self->deployment;
  g_autoptr (GPtrArray) gates =
    cs_deployment_gates_for_run (deployment, self->block->step, self->block);
  CsRunLock *lock;

  if (!cs_gates_to_error (gates, error))
    return FALSE;
  collect (self, part);
  if (g_queue_is_empty (self->rest))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED, "There is no member of “%s” left for this",
                   cs_target_get_name (deployment->target));
      return FALSE;
    }
  self->text = cs_deployment_dup_command (deployment, self->block->block, error);
  lock = self->text != NULL
           ? cs_run_lock_take (deployment->state_directory, self->run_id, error)
           : NULL;
  if (lock == NULL)
    return FALSE;
  cs_site_make_room (cs_block_state_get_n_members (self->block));
  g_hash_table_insert (deployment->followed, g_strdup (self->run_id), lock);
  g_hash_table_insert (deployment->drives, self->block, self);
  return TRUE;
}

void
cs_drive_start (CsDeployment *deployment,
                const char *actor,
                CsBlockState *block,
                CsFleetPart part,
                const CsBatching *batching,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (deployment, cancellable, callback, user_data);
  CsDrive *self = drive_new (task, actor, block, batching);
  GError *error = NULL;

  g_task_set_source_tag (task, cs_drive_start);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) drive_free);
  if (prepare (self, part, &error))
    record_start (self, part);
  else
    finish (self, error);
}

static void
stop_member (CsDrive *self, CsBlockState *member)
{
  CsSite *site = cs_deployment_find_site (self->deployment, member->member);

  if (member->run != NULL && site->session != NULL)
    cs_session_stop (site->session, member->run_id);
}

void
cs_drive_end (CsDrive *self, gboolean stopping)
{
  GListModel *members = cs_block_state_get_members (self->block);
  g_autoptr (GTask) task = g_object_ref (self->task);

  self->ending = TRUE;
  self->stopping = self->stopping || stopping;
  for (guint i = 0; stopping && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      stop_member (self, member);
    }
  g_cancellable_cancel (self->members);
  if (self->pause == NULL)
    return;
  /* Nothing runs between two batches, so nothing else would notice. */
  drop_source (&self->pause);
  go_on (self);
}
