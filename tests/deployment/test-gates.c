/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every gate: when it stands, what it says, who can lift it, and what lifts it. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define PREPARED "## Preparation\n\n### Step 1: Look\n\n```bash\necho look\n```\n\n- [ ] Seen\n\n"
#define DEPLOY "## Deployment Steps\n\n### Step 1: Go\n\n```bash\necho gone\n```\n\n"

/* What has happened before it is asked. */
typedef void (*Before) (Fixture *self, CsDeployment *deployment);

static void pause_it (Fixture *self, CsDeployment *deployment);
static void run_it (Fixture *self, CsDeployment *deployment);
static void skip_it (Fixture *self, CsDeployment *deployment);
static void skip_and_close_it (Fixture *self, CsDeployment *deployment);
static void go_back (Fixture *self, CsDeployment *deployment);
static void lock_elsewhere (Fixture *self, CsDeployment *deployment);
static void take_it_over (Fixture *self, CsDeployment *deployment);
static void choose_another (Fixture *self, CsDeployment *deployment);
static void reject_it (Fixture *self, CsDeployment *deployment);

/* What stands in the way of running (or with no command, of confirming) a step at the start. */
typedef struct
{
  const char *name;
  const char *text;
  const char *environment;
  const char *step;
  const char *id;    /* of the first gate; NULL: none stands there */
  const char *words; /* which it says, among others */
  const char *who;   /* who can lift it; "*": somebody, NULL: nobody */
  Before before;     /* NULL: nothing has */
} Case;

static const Case CASES[] = {
  { "none", "# T\n\n" DEPLOY, "test", "1.1", NULL, NULL, NULL },
  { "phase-order", "# T\n\n" PREPARED DEPLOY, "test", "2.1", "phase-order",
    "“Preparation” comes first: 1 of its 1 steps are open", "*" },
  { "step-order",
    "# T\n\n" DEPLOY "### Step 2: On\n\n```bash\necho on\n```\n", "test", "1.2", "step-order",
    "Step 1.1 “Go” comes first", "operator" },
  { "signoff", "# T\n\n**Approved by**\n\n- Manager: __________ Date: ______\n\n" DEPLOY, "test",
    "1.1", "signoff", "The signature of Manager comes first", "Manager" },
  { "environment",
    "# T\n\n## Staging Deployment\n\n```bash\necho s\n```\n\n## Production Deployment\n\n"
    "```bash\necho p\n```\n",
    "production", "1.1", "environment", "this deployment goes to production", NULL },
  { "rollback", "# T\n\n" DEPLOY "## Rollback Procedure\n\n```bash\necho back\n```\n", "test",
    "2.1", "rollback", "it opens when the deployment is rolled back", "*" },
  { "placeholder", "# T\n\n## Deployment Steps\n\n```bash\necho <RELEASE_TAG>\n```\n", "test",
    "1.1", "placeholder", "needs a value for RELEASE_TAG", "*" },
  { "secret", "# T\n\n## Deployment Steps\n\n```bash\necho $COUNTERSIGN_SECRET_DB\n```\n", "test",
    "1.1", "secret", "DB", "*" },
  { "place", "# T\n\n## Deployment Steps\n\n```bash\nssh deploy@elsewhere\necho there\n```\n",
    "test", "1.1", "place", "elsewhere", "*" },
  { "blocker",
    "# T\n\n## Blockers\n\n### BLOCKER 1: No index on customers\n\nIt is slow.\n\n" DEPLOY, "test",
    "*", "blocker", "blocks the deployment: someone resolves it, with a note", "*" },
  { "decision",
    "# T\n\n## Preparation\n\n- [x] Fine\n\n**Go/No-Go Decision:**\n\n" DEPLOY, "test", "2.1",
    "decision", "Go or no-go is to be decided first (line 7)", "*" },
  { "window-closed",
    "# T\n\n**Deployment Window:** not on Monday to Sunday\n\n" DEPLOY,
    "production", "*", "window", "does not open within two weeks", NULL },
  { "window-elsewhere",
    "# T\n\n**Deployment Window:** not on Monday to Sunday\n\n" DEPLOY,
    "staging", "*", NULL, NULL, NULL },
  { "paused", "# T\n\n" DEPLOY, "test", "1.1", "paused",
    "The deployment is paused: the cache is cold", "*", pause_it },
  { "passed", "# T\n\n" DEPLOY "### Step 2: On\n\n- [ ] Seen\n", "test", "1.1", "passed",
    "This command has run already and passed", NULL, run_it },
  { "verdict",
    "# T\n\n## Deployment Steps\n\n### Step 1: Go\n\n```bash\necho gone\n"
    "# Should show a clean tree\n```\n",
    "test", "1.1", "verdict", "what it printed waits for a verdict", "*", run_it },
  { "verdict-before",
    "# T\n\n## Deployment Steps\n\n### Step 1: Go\n\n```bash\necho gone\n"
    "# Should show a clean tree\n```\n\n### Step 2: On\n\n```bash\nls\n```\n",
    "test", "1.2", "step-order", "Step 1.1 “Go” comes first", "operator", run_it },
  { "skipped", "# T\n\n" DEPLOY "### Step 2: On\n\n- [ ] Seen\n", "test", "1.1", "skipped",
    "This step was skipped", NULL, skip_it },
  { "closed", "# T\n\n" DEPLOY, "test", "1.1", "closed", "The deployment is closed", NULL,
    skip_and_close_it },
  { "rolling-back", "# T\n\n" DEPLOY "## Rollback Procedure\n\n```bash\necho back\n```\n", "test",
    "1.1", "rolling-back", "The deployment is being rolled back", NULL, go_back },
  { "rollback-open", "# T\n\n" DEPLOY "## Rollback Procedure\n\n```bash\necho back\n```\n", "test",
    "2.1", NULL, NULL, NULL, go_back },
  { "lock", "# T\n\n" DEPLOY, "test", "1.1", "lock",
    "eve@example.org has locked test for “Other” since", "eve@example.org", lock_elsewhere },
  { "lock-lost", "# T\n\n" DEPLOY, "test", "1.1", "lock",
    "eve@example.org has taken test over from this deployment for “Other”", "eve@example.org",
    take_it_over },
  { "choice",
    "# T\n\n## Deployment Steps\n\n### Step 1: Go on\n\n#### Option A: This\n\n```bash\n"
    "echo a\n```\n\n#### Option B: That\n\n```bash\necho b\n```\n",
    "test", "1.1", "choice", "was chosen instead; choose this one to run it", "operator",
    choose_another },
  { "rejected",
    "# T\n\n" PREPARED "**Approved by**\n\n- Manager: __________ Date: ______\n\n" DEPLOY,
    "test", "2.1", "rejected", "lead@example.com", "*", reject_it },
};

static CsStepState *
find_step (CsDeployment *deployment, const char *id)
{
  GListModel *phases = cs_deployment_get_phases (deployment);
  guint n = g_list_model_get_n_items (phases);

  if (strcmp (id, "*") != 0)
    return cs_deployment_find_step (deployment, id);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);

      if (cs_phase_get_kind (cs_phase_state_get_phase (phase)) == CS_PHASE_DEPLOY)
        {
          g_autoptr (CsStepState) step =
            g_list_model_get_item (cs_phase_state_get_steps (phase), 0);

          return step;
        }
    }
  return NULL;
}

static GPtrArray *
ask (CsDeployment *deployment, CsStepState *step)
{
  GListModel *blocks = cs_step_state_get_blocks (step);
  g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, 0);

  return block != NULL ? cs_deployment_gates_for_run (deployment, step, block)
                       : cs_deployment_gates_for_step (deployment, step);
}

static const CsGate *
find_gate (GPtrArray *gates, const char *id)
{
  for (guint i = 0; i < gates->len; i++)
    if (strcmp (((CsGate *) g_ptr_array_index (gates, i))->id, id) == 0)
      return g_ptr_array_index (gates, i);
  return NULL;
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* The keyring of a test has nothing. */
static void
load_secrets (CsDeployment *deployment)
{
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  cs_deployment_load_secrets_async (deployment, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  cs_deployment_load_secrets_finish (deployment, done, NULL);
}

static void
pause_it (Fixture *self, CsDeployment *deployment)
{
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  cs_deployment_pause_async (deployment, "ada@example.org", "the cache is cold", NULL, result_cb,
                             &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  g_assert_true (cs_deployment_act_finish (deployment, done, NULL));
}

static void
run_it (Fixture *self, CsDeployment *deployment)
{
  g_assert_true (fixture_run (self, deployment, "1.1", 0, NULL));
}

static void
skip_it (Fixture *self, CsDeployment *deployment)
{
  g_assert_true (fixture_skip (self, deployment, "1.1", "not needed", NULL));
}

static void
skip_and_close_it (Fixture *self, CsDeployment *deployment)
{
  skip_it (self, deployment);
  g_assert_true (fixture_close (self, deployment, NULL));
}

static void
go_back (Fixture *self, CsDeployment *deployment)
{
  g_assert_true (fixture_roll_back (self, deployment, 0, "bad", NULL));
}

static void
lock_for (CsDeployment *deployment, const char *actor, const char *reason)
{
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  cs_deployment_lock_async (deployment, actor, reason, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  g_assert_true (cs_deployment_act_finish (deployment, done, NULL));
}

static void
lock_elsewhere (Fixture *self, CsDeployment *deployment)
{
  lock_for (fixture_start (self, "# Other\n\n" DEPLOY), "eve@example.org", "urgent");
}

static void
take_it_over (Fixture *self, CsDeployment *deployment)
{
  lock_for (deployment, "ada@example.org", NULL);
  lock_elsewhere (self, deployment);
}

static void
choose_another (Fixture *self, CsDeployment *deployment)
{
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  cs_deployment_choose_async (deployment, "ada@example.org",
                              cs_deployment_find_step (deployment, "1.1"),
                              fixture_block (deployment, "1.1", 1), NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  g_assert_true (cs_deployment_act_finish (deployment, done, NULL));
}

static void
reject_it (Fixture *self, CsDeployment *deployment)
{
  run_it (self, deployment);
  g_assert_true (fixture_check (self, deployment, "1.1", 0, TRUE, NULL));
  g_assert_true (
    fixture_sign_as (self, deployment, "s1", "lead@example.com", "Manager", FALSE, NULL));
}

static void
test_case (Fixture *self, gconstpointer data)
{
  const Case *one = data;
  CsDeployment *deployment = fixture_start_in (self, one->text, one->environment);
  CsStepState *step = find_step (deployment, one->step);
  g_autoptr (GPtrArray) gates = NULL;
  const CsGate *gate;

  if (step == NULL)
    g_error ("There is no step %s", one->step);
  load_secrets (deployment);
  if (one->before != NULL)
    one->before (self, deployment);
  gates = ask (deployment, step);
  if (one->id == NULL)
    {
      for (guint i = 0; i < gates->len; i++)
        g_error ("%s: %s", ((CsGate *) g_ptr_array_index (gates, i))->id,
                 ((CsGate *) g_ptr_array_index (gates, i))->words);
      return;
    }
  gate = find_gate (gates, one->id);
  if (gate == NULL)
    g_error ("There is no gate %s among %u (%s)", one->id, gates->len,
             gates->len > 0 ? ((CsGate *) g_ptr_array_index (gates, 0))->id : "");
  if (strstr (gate->words, one->words) == NULL)
    g_error ("“%s” does not say “%s”", gate->words, one->words);
  if (one->who == NULL)
    g_assert_null (gate->who);
  else if (strcmp (one->who, "*") == 0)
    g_assert_nonnull (gate->who);
  else
    g_assert_cmpstr (gate->who, ==, one->who);
}

static gboolean
finish (CsDeployment *deployment, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) done = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = g_steal_pointer (result);
  return cs_deployment_act_finish (deployment, done, error);
}

static gboolean
resolve (CsDeployment *deployment, guint index, const char *note, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_resolve_async (deployment, "ada@example.org",
                               g_ptr_array_index (cs_deployment_get_points (deployment), index),
                               note, NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

static gboolean
decide (CsDeployment *deployment, guint index, gboolean go, const char *reason, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_decide_async (deployment, "ada@example.org",
                              g_ptr_array_index (cs_deployment_get_points (deployment), index), go,
                              reason, NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

/* A blocker is resolved with a note, once, and then the deployment goes on. */
static void
test_blocker (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (
    self, "# T\n\n## Blockers\n\n### BLOCKER 1: No index on customers\n\nIt is slow.\n\n" DEPLOY);
  CsStepState *step = find_step (deployment, "*");
  GPtrArray *points = cs_deployment_get_points (deployment);
  const CsPoint *point;
  g_autoptr (GPtrArray) gates = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (points->len, >, 0);
  point = g_ptr_array_index (points, 0);
  g_assert_false (resolve (deployment, 0, " ", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  for (guint i = 0; i < points->len; i++)
    g_assert_true (resolve (deployment, i, "index added in 4711", &error));
  g_assert_no_error (error);
  g_assert_true (point->settled);
  g_assert_cmpstr (point->actor, ==, "ada@example.org");
  g_assert_cmpstr (point->reason, ==, "index added in 4711");
  g_assert_false (resolve (deployment, 0, "again", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  gates = ask (deployment, step);
  g_assert_null (find_gate (gates, "blocker"));
}

/* No-go holds up what stands below it until someone decides go; both have a name and a reason. */
static void
test_decision (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (
    self, "# T\n\n## Preparation\n\nLook at it.\n\n**Go/No-Go Decision:**\n\n" DEPLOY);
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));
  g_autoptr (GError) error = NULL;
  CsNext next;

  g_assert_cmpuint (cs_deployment_get_points (deployment)->len, ==, 1);
  fixture_confirm (self, deployment, "1.1", &error);
  g_assert_no_error (error);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_DECIDE);
  g_assert_false (fixture_run (self, deployment, "2.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_assert_nonnull (strstr (error->message, "Go or no-go is to be decided first"));
  g_clear_error (&error);
  g_assert_false (decide (deployment, 0, TRUE, "", &error));
  g_clear_error (&error);
  decide (deployment, 0, FALSE, "the cache is cold", &error);
  g_assert_no_error (error);
  g_assert_false (fixture_run (self, deployment, "2.1", 0, &error));
  g_assert_nonnull (strstr (error->message, "ada@example.org decided no-go: the cache is cold"));
  g_clear_error (&error);
  g_assert_false (fixture_skip (self, deployment, "2.1", "anyway", NULL));

  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  g_assert_true (
    ((CsPoint *) g_ptr_array_index (cs_deployment_get_points (deployment), 0))->no_go);
  decide (deployment, 0, TRUE, "it is warm", &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
}

static void
note_failures (CsBreakers *breakers, const char *name, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GAsyncResult) done = NULL;
      GAsyncResult *result = NULL;
      g_autoptr (GError) error = NULL;

      cs_breakers_note_failure_async (breakers, name, "No route to host", result_cb, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      done = result;
      cs_breakers_note_finish (breakers, done, &error);
      g_assert_no_error (error);
    }
}

static void
add_target (Fixture *self)
{
  CsTargets *targets = cs_workspace_get_targets (self->workspace);
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  cs_targets_add_async (targets, "ada@example.org", self->target, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  cs_targets_add_finish (targets, done, &error);
  g_assert_no_error (error);
}

/* A target that has not answered for long is said to be the reason, until someone resets it. */
static void
test_target (Fixture *self, gconstpointer data)
{
  CsBreakers *breakers = cs_workspace_get_breakers (self->workspace);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) gates = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  const CsGate *gate;

  add_target (self);
  deployment = fixture_start (self, "# T\n\n" DEPLOY);
  note_failures (breakers, "here", CS_BREAKER_FAILURES - 1);
  before = ask (deployment, find_step (deployment, "1.1"));
  g_assert_null (find_gate (before, "target"));
  note_failures (breakers, "here", 1);
  gates = ask (deployment, find_step (deployment, "1.1"));
  gate = find_gate (gates, "target");
  g_assert_nonnull (strstr (gate->words, "“here” is left alone: it did not answer 5 times"));
  g_assert_nonnull (strstr (gate->words, "No route to host"));
  g_assert_cmpstr (gate->who, ==, cs_workspace_get_actor (self->workspace));
  g_assert_false (fixture_run (self, deployment, "1.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_null (cs_deployment_get_lock (deployment));

  cs_breakers_reset_async (breakers, "ada@example.org", "here", result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  cs_breakers_note_finish (breakers, done, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *path = g_strdup_printf ("/gates/stands/%s", CASES[i].name);

      g_test_add (path, Fixture, &CASES[i], fixture_set_up, test_case, fixture_tear_down);
    }
  g_test_add ("/gates/lifted/blocker", Fixture, NULL, fixture_set_up, test_blocker,
              fixture_tear_down);
  g_test_add ("/gates/lifted/decision", Fixture, NULL, fixture_set_up, test_decision,
              fixture_tear_down);
  g_test_add ("/gates/lifted/target", Fixture, NULL, fixture_set_up, test_target,
              fixture_tear_down);
  return g_test_run ();
}
