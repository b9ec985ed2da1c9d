/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random sequences of acts: what must always hold, holds after each of them. `./dev soak` walks ten
 * thousand; COUNTERSIGN_TEST_SEED repeats a walk. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"
#include "cs-judging.h"
#include "cs-run-lock.h"

#include <string.h>

#define N_ACTS 30

static const char *const runbook_text =
  "# Random\n\n"
  "## Blockers\n\n### BLOCKER 1: No index\n\nIt is slow.\n\n"
  "## Preparation\n\n"
  "### Step 1: Look\n\n```bash\necho look\n# Should show a clean tree\n```\n\n"
  "- [ ] Seen\n- [ ] Told\n\n"
  "### Step 2: Read\n\nRead it.\n\n"
  "**Go/No-Go Decision:**\n\n"
  "## Approval\n\n- Tech Lead: ____________________ Date: ________\n\n"
  "## Deployment Steps\n\n"
  "### Step 1: Say\n\n```bash\necho ready\n# Expected: ready\n```\n\n"
  "### Step 2: Twice\n\n```bash\necho one\n```\n\n```bash\necho two\n```\n\n"
  "## Rollback Procedure\n\n```bash\necho back\n```\n";

typedef struct
{
  Fixture *fixture;
  CsDeployment *deployment;
  CsDeployment *rival; /* another one to the same environment */
  GRand *rand;
  CsKey *key;          /* of the operator */
  GPtrArray *steps;    /* CsStepState of the path and of the rollback */
  GHashTable *pending; /* run id → CsBlockState: what runs */
  CsRunLock *lock;     /* held while something runs, as by who follows it */
} Walk;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (result);
}

static const char *
actor (Walk *self)
{
  return cs_workspace_get_actor (self->fixture->workspace);
}

static guint
pick (Walk *self, guint n)
{
  return n > 0 ? (guint) g_rand_int_range (self->rand, 0, (gint32) n) : 0;
}

static gboolean
finish (Walk *self, GAsyncResult **result)
{
  g_autoptr (GAsyncResult) done = wait_for (result);

  return cs_deployment_act_finish (self->deployment, done, NULL);
}

static gboolean
finish_ruling (Walk *self, GAsyncResult **result)
{
  g_autoptr (GAsyncResult) done = wait_for (result);

  return cs_deployment_rule_finish (self->deployment, done, NULL);
}

/* A record as the one who runs commands writes it. */
static void
append (Walk *self, const char *kind, JsonObject *body)
{
  CsStore *store = cs_workspace_get_store (self->fixture->workspace);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GPtrArray) records = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  json_node_take_object (node, body);
  g_ptr_array_add (drafts, cs_draft_new (kind, node));
  cs_store_append_async (store, cs_deployment_get_stream (self->deployment),
                         cs_deployment_get_n_records (self->deployment), actor (self), drafts, NULL,
                         result_cb, &result);
  done = wait_for (&result);
  records = cs_store_append_finish (store, done, &error);
  g_assert_no_error (error);
}

static JsonObject *
body_of (CsStepState *step, CsBlockState *block, const char *run)
{
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "step", cs_step_get_id (cs_step_state_get_step (step)));
  json_object_set_string_member (body, "block",
                                 cs_block_get_id (cs_block_state_get_block (block)));
  json_object_set_string_member (body, "run", run);
  return body;
}

static CsStepState *
step_of (Walk *self, CsBlockState *block)
{
  for (guint i = 0; i < self->steps->len; i++)
    {
      CsStepState *step = g_ptr_array_index (self->steps, i);

      if (g_list_store_find (G_LIST_STORE (cs_step_state_get_blocks (step)), block, NULL))
        return step;
    }
  g_assert_not_reached ();
}

static void
end_run (Walk *self, const char *run, CsBlockState *block)
{
  static const char *const outputs[] = { "ready\n", "not\n", "" };
  CsStepState *step = step_of (self, block);
  JsonObject *body = body_of (step, block, run);
  const char *text = outputs[pick (self, G_N_ELEMENTS (outputs))];
  g_autoptr (GBytes) output = g_bytes_new_static (text, strlen (text));
  g_autoptr (GPtrArray) judgements =
    cs_judgements_new_for_block (cs_step_state_get_step (step), cs_block_state_get_block (block));
  int status = pick (self, 4) == 0 ? 1 : 0;
  gboolean good = status == 0;

  if (pick (self, 10) == 0)
    {
      append (self, "block-not-started", body);
      g_clear_pointer (&self->lock, cs_run_lock_free);
      return;
    }
  if (judgements != NULL)
    {
      good = cs_judge_output (judgements, output, FALSE, status) &&
             !cs_judgements_have (judgements, CS_VERDICT_NOT_MET);
      json_object_set_array_member (body, "expectations", cs_judgements_to_json (judgements));
    }
  json_object_set_string_member (body, "ending", "exited");
  json_object_set_int_member (body, "status", status);
  json_object_set_boolean_member (body, "passed", good);
  append (self, "block-finished", body);
  g_clear_pointer (&self->lock, cs_run_lock_free);
}

static void
end_pending (Walk *self)
{
  GHashTableIter iter;
  char *run;
  CsBlockState *block;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, (gpointer *) &run, (gpointer *) &block))
    {
      end_run (self, run, block);
      g_hash_table_iter_remove (&iter);
    }
}

static CsPhaseState *
phase_of (Walk *self, CsStepState *step, guint *index)
{
  GListModel *phases = cs_deployment_get_phases (self->deployment);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);

      *index = i;
      if (g_list_store_find (G_LIST_STORE (cs_phase_state_get_steps (phase)), step, NULL))
        return phase;
    }
  return NULL;
}

/* Whoever may do something in a step has passed over nothing: asked before it is done. */
static void
check_order (Walk *self, CsStepState *step)
{
  GPtrArray *points = cs_deployment_get_points (self->deployment);
  GListModel *phases = cs_deployment_get_phases (self->deployment);
  guint index = 0;
  CsPhaseState *phase = phase_of (self, step, &index);

  if (phase == NULL)
    {
      g_assert_cmpint (cs_deployment_get_status (self->deployment), ==, CS_DEPLOYMENT_ROLLING_BACK);
      return;
    }
  g_assert_cmpint (cs_deployment_get_status (self->deployment), ==, CS_DEPLOYMENT_ACTIVE);
  g_assert_null (cs_deployment_get_pause_reason (self->deployment));
  for (guint i = 0; i < index; i++)
    {
      g_autoptr (CsPhaseState) before = g_list_model_get_item (phases, i);

      g_assert_true (cs_status_is_over (cs_phase_state_get_status (before)));
    }
  if (cs_phase_get_kind (cs_phase_state_get_phase (phase)) != CS_PHASE_DEPLOY)
    return;
  for (guint i = 0; i < points->len; i++)
    g_assert_true (((CsPoint *) g_ptr_array_index (points, i))->settled);
}

static gboolean
lock (Walk *self, CsDeployment *deployment, const char *reason)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;

  cs_deployment_lock_async (deployment, actor (self), reason, NULL, result_cb, &result);
  done = wait_for (&result);
  return cs_deployment_act_finish (deployment, done, NULL);
}

static gboolean
unlock (Walk *self, CsDeployment *deployment)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;

  cs_deployment_unlock_async (deployment, actor (self), NULL, result_cb, &result);
  done = wait_for (&result);
  return cs_deployment_act_finish (deployment, done, NULL);
}

/* Two deployments want one environment. */
static gboolean
contend (Walk *self)
{
  CsDeployment *one = pick (self, 2) == 0 ? self->deployment : self->rival;

  if (pick (self, 2) == 0)
    return unlock (self, one);
  return lock (self, one, pick (self, 4) > 0 ? "urgent" : NULL);
}

static gboolean
start_run (Walk *self, CsStepState *step)
{
  GListModel *blocks = cs_step_state_get_blocks (step);
  guint n = g_list_model_get_n_items (blocks);
  g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, pick (self, n));
  g_autoptr (GPtrArray) gates = NULL;
  g_autofree char *run = NULL;
  g_autofree char *state = NULL;
  g_autoptr (GError) error = NULL;

  if (block == NULL)
    return FALSE;
  gates = cs_deployment_gates_for_run (self->deployment, step, block);
  if (gates->len > 0)
    return FALSE;
  check_order (self, step);
  /* As who runs commands does: where it is free, it is taken first. */
  if (cs_deployment_get_lock (self->deployment) == NULL)
    g_assert_true (lock (self, self->deployment, NULL));
  g_assert_true (cs_deployment_has_lock (self->deployment));
  g_assert_cmpuint (g_hash_table_size (self->pending), ==, 0);
  run = g_uuid_string_random ();
  state = g_build_filename (self->fixture->directory, "state", NULL);
  self->lock = cs_run_lock_take (state, run, &error);
  g_assert_no_error (error);
  append (self, "block-started", body_of (step, block, run));
  if (pick (self, 3) > 0)
    end_run (self, run, block);
  else
    g_hash_table_insert (self->pending, g_steal_pointer (&run), block);
  return TRUE;
}

static gboolean
tick (Walk *self, CsStepState *step)
{
  GListModel *checks = cs_step_state_get_checks (step);
  guint n = g_list_model_get_n_items (checks);
  g_autoptr (CsCheckState) check = g_list_model_get_item (checks, pick (self, n));
  GAsyncResult *result = NULL;

  if (check == NULL)
    return FALSE;
  cs_deployment_check_async (self->deployment, actor (self), step, check, pick (self, 4) > 0, NULL,
                             result_cb, &result);
  return finish (self, &result);
}

static gboolean
settle (Walk *self, CsStepState *step)
{
  g_autoptr (CsBlockState) block =
    g_list_model_get_item (cs_step_state_get_blocks (step), 0);
  GPtrArray *points = cs_deployment_get_points (self->deployment);
  const CsPoint *point = g_ptr_array_index (points, pick (self, points->len));
  GAsyncResult *result = NULL;

  switch (pick (self, 4))
    {
    case 0:
      if (block == NULL)
        return FALSE;
      cs_deployment_judge_async (self->deployment, actor (self), block, 0, pick (self, 3) > 0, NULL,
                                 result_cb, &result);
      break;
    case 1:
      if (block == NULL)
        return FALSE;
      cs_deployment_accept_async (self->deployment, block, NULL, "fine", self->key, NULL, NULL,
                                  result_cb, &result);
      return finish_ruling (self, &result);
    default:
      if (point->kind == CS_POINT_BLOCKER)
        cs_deployment_resolve_async (self->deployment, actor (self), point, "done", NULL, result_cb,
                                     &result);
      else
        cs_deployment_decide_async (self->deployment, actor (self), point, pick (self, 4) > 0,
                                    "seen", NULL, result_cb, &result);
    }
  return finish (self, &result);
}

static gboolean
halt (Walk *self)
{
  GAsyncResult *result = NULL;

  if (cs_deployment_get_pause_reason (self->deployment) != NULL)
    cs_deployment_resume_async (self->deployment, actor (self), NULL, result_cb, &result);
  else if (pick (self, 3) == 0)
    cs_deployment_pause_async (self->deployment, actor (self), "wait", NULL, result_cb, &result);
  else
    return FALSE;
  return finish (self, &result);
}

static gboolean
act (Walk *self)
{
  CsStepState *step = g_ptr_array_index (self->steps, pick (self, self->steps->len));
  const char *id = cs_step_get_id (cs_step_state_get_step (step));

  switch (pick (self, 18))
    {
    case 0:
    case 1:
    case 2:
    case 3:
      return start_run (self, step);
    case 4:
    case 5:
    case 6:
      return tick (self, step);
    case 7:
    case 8:
    case 9:
      return settle (self, step);
    case 10:
      return pick (self, 4) == 0 && fixture_skip (self->fixture, self->deployment, id, "no", NULL);
    case 11:
      return fixture_confirm (self->fixture, self->deployment, id, NULL);
    case 12:
      return halt (self);
    case 13:
      return pick (self, 8) == 0 &&
             fixture_sign (self->fixture, self->deployment, "s1", "lead@example.com",
                           pick (self, 4) > 0, NULL);
    case 14:
      return pick (self, 12) == 0 &&
             fixture_roll_back (self->fixture, self->deployment, 0, "back", NULL);
    case 15:
    case 16:
      return contend (self);
    default:
      end_pending (self);
      return fixture_close (self->fixture, self->deployment, NULL);
    }
}

/* What a signature covers stays as it was, and nothing runs beside something else. On the way back
 * people sign for that, whatever was left undone. */
static void
check_state (Walk *self)
{
  CsSignoffState *signoff = cs_deployment_find_signoff (self->deployment, "s1");
  CsDeploymentStatus way = cs_deployment_get_status (self->deployment);
  gboolean covers = cs_signoff_state_get_status (signoff) == CS_STATUS_PASSED &&
                    (way == CS_DEPLOYMENT_ACTIVE || way == CS_DEPLOYMENT_FINISHED);
  guint n_running = 0;

  for (guint i = 0; i < self->steps->len; i++)
    {
      CsStepState *step = g_ptr_array_index (self->steps, i);
      GListModel *blocks = cs_step_state_get_blocks (step);
      GListModel *checks = cs_step_state_get_checks (step);

      for (guint k = 0; k < g_list_model_get_n_items (blocks); k++)
        {
          g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, k);
          CsStatus status = cs_block_state_get_status (block);
          gboolean bad = cs_judgements_have (cs_block_state_get_judgements (block),
                                             CS_VERDICT_NOT_MET);

          n_running += status == CS_STATUS_RUNNING ? 1 : 0;
          if (bad && cs_block_state_get_accepted (block) == NULL)
            g_assert_cmpint (status, !=, CS_STATUS_PASSED);
        }
      for (guint k = 0; k < g_list_model_get_n_items (checks); k++)
        {
          g_autoptr (CsCheckState) check = g_list_model_get_item (checks, k);

          if (covers && cs_step_state_get_status (step) != CS_STATUS_SKIPPED)
            g_assert_true (cs_check_state_get_done (check));
        }
    }
  g_assert_cmpuint (n_running, ==, g_hash_table_size (self->pending));
  g_assert_cmpuint (n_running, <=, 1);
  g_assert_false (cs_deployment_has_lock (self->deployment) &&
                  cs_deployment_has_lock (self->rival));
  if (cs_deployment_get_closed_at (self->deployment) != 0)
    g_assert_false (cs_deployment_has_lock (self->deployment));
}

static void
collect_steps (GListModel *phases, GPtrArray *steps)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      GListModel *list = cs_phase_state_get_steps (phase);

      for (guint k = 0; k < g_list_model_get_n_items (list); k++)
        g_ptr_array_add (steps, g_list_model_get_item (list, k));
    }
}

/* Folded anew, the locks are what they are. */
static void
check_locks (Walk *self)
{
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (CsLocks) again = NULL;
  CsLock *live = cs_deployment_get_lock (self->deployment);
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  CsLock *folded;

  cs_locks_load_async (cs_workspace_get_store (self->fixture->workspace), NULL, result_cb, &result);
  done = wait_for (&result);
  again = cs_locks_load_finish (done, &error);
  g_assert_no_error (error);
  folded = cs_locks_lookup (again, cs_deployment_get_environment (self->deployment));
  g_assert_true ((live != NULL) == (folded != NULL));
  if (live == NULL)
    return;
  g_assert_cmpstr (cs_lock_get_deployment (live), ==, cs_lock_get_deployment (folded));
  g_assert_cmpstr (cs_lock_get_displaced (live), ==, cs_lock_get_displaced (folded));
}

/* Folded anew from its records, a deployment is what it is. */
static void
check_fold (Walk *self)
{
  CsWorkspace *workspace = self->fixture->workspace;
  g_autofree char *state = g_build_filename (self->fixture->directory, "state", NULL);
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (CsDeployment) again = NULL;
  g_autofree char *live = fixture_describe (self->deployment);
  g_autofree char *folded = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  cs_deployment_load_async (cs_workspace_get_store (workspace), cs_workspace_get_people (workspace),
                            cs_workspace_get_policies (workspace), state,
                            cs_deployment_get_id (self->deployment), NULL, result_cb, &result);
  done = wait_for (&result);
  again = cs_deployment_load_finish (done, &error);
  g_assert_no_error (error);
  folded = fixture_describe (again);
  g_assert_cmpstr (folded, ==, live);
}

static void
walk_once (Fixture *fixture, guint32 seed)
{
  Walk self = { .fixture = fixture };

  self.rand = g_rand_new_with_seed (seed);
  fixture_enrol (fixture, actor (&self));
  self.key = fixture_key (fixture, actor (&self));
  self.deployment = fixture_start (fixture, runbook_text);
  self.rival = fixture_start (fixture, "# Rival\n\n## Deployment Steps\n\n```bash\necho x\n```\n");
  self.steps = g_ptr_array_new_with_free_func (g_object_unref);
  self.pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  collect_steps (cs_deployment_get_phases (self.deployment), self.steps);
  collect_steps (cs_deployment_get_rollbacks (self.deployment), self.steps);
  for (guint i = 0; i < N_ACTS; i++)
    {
      gint64 n = cs_deployment_get_n_records (self.deployment);

      if (pick (&self, 3) == 0)
        end_pending (&self);
      n = cs_deployment_get_n_records (self.deployment);
      if (!act (&self) && g_hash_table_size (self.pending) > 0)
        g_assert_cmpint (cs_deployment_get_n_records (self.deployment), ==, n);
      check_state (&self);
    }
  end_pending (&self);
  check_state (&self);
  check_fold (&self);
  check_locks (&self);
  g_hash_table_unref (self.pending);
  g_ptr_array_unref (self.steps);
  g_rand_free (self.rand);
  g_object_unref (self.key);
}

static void
test_walks (Fixture *self, gconstpointer data)
{
  const char *told = g_getenv ("COUNTERSIGN_TEST_SEED");
  guint32 seed = told != NULL ? (guint32) g_ascii_strtoull (told, NULL, 10) : g_random_int ();
  guint n = g_getenv ("COUNTERSIGN_SOAK") != NULL ? 10000 : 60;

  for (guint i = 0; i < n; i++)
    {
      g_test_message ("COUNTERSIGN_TEST_SEED=%u walks this first", seed + i);
      walk_once (self, seed + i);
      /* Deployments stay in the workspace: it is begun anew from time to time. */
      if (i % 50 == 49)
        {
          fixture_tear_down (self, NULL);
          fixture_set_up (self, NULL);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/invariants/walks", Fixture, NULL, fixture_set_up, test_walks, fixture_tear_down);
  return g_test_run ();
}
