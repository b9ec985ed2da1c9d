/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-deployment-fixture.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define HEAD             \
  "# Runbook: Two\n\n"   \
  "## Preparation\n\n"   \
  "### Step 1: Look\n\n" \
  "```bash\necho looked {{word}}\n```\n\n"
#define TAIL                \
  "## Deployment Steps\n\n" \
  "### Step 1: Do it\n\n"   \
  "```bash\necho {{word}}\n```\n"
#define LINES                                                     \
  "## Approval\n\n"                                               \
  "**Deployment Approved By**:\n\n"                               \
  "- Tech Lead: _________________ Date: _________ Time: ______\n" \
  "- Operations: _________________ Date: _________ Time: ______\n\n"

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
  return *result;
}

static CsPeople *
people_of (Fixture *fixture)
{
  return cs_workspace_get_people (fixture->workspace);
}

static void
set_policy (Fixture *fixture, const char *role, guint count, gboolean operator_may_approve)
{
  CsPolicies *policies = cs_workspace_get_policies (fixture->workspace);
  g_autoptr (CsKey) key = fixture_key (fixture, "boss");
  g_autoptr (CsPolicy) policy = cs_policy_new ("Test");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  policy->operator_may_approve = operator_may_approve;
  if (role != NULL)
    cs_policy_require (policy, role, count);
  cs_policies_set_async (policies, people_of (fixture), policy, key, NULL, NULL, result_cb,
                         &result);
  cs_policies_set_finish (policies, wait_for (&result), &error);
  g_assert_no_error (error);
}

/* Opens, gives the value and runs the first phase. */
static CsDeployment *
start (Fixture *fixture, const char *markdown)
{
  CsDeployment *deployment = fixture_start (fixture, markdown);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_deployment_set_value_async (deployment, cs_workspace_get_actor (fixture->workspace), "word",
                                 "hello", NULL, result_cb, &result);
  cs_deployment_act_finish (deployment, wait_for (&result), &error);
  g_assert_no_error (error);
  fixture_run (fixture, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  return deployment;
}

static CsStatus
status_of (CsDeployment *deployment, const char *field)
{
  CsSignoffState *signoff = cs_deployment_find_signoff (deployment, field);

  g_assert_nonnull (signoff);
  return cs_signoff_state_get_status (signoff);
}

static void
assert_signs (Fixture *fixture,
              CsDeployment *deployment,
              const char *field,
              const char *person,
              const char *role)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fixture_sign_as (fixture, deployment, field, person, role, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status_of (deployment, field), ==, CS_STATUS_PASSED);
}

static void
assert_refuses (Fixture *fixture,
                CsDeployment *deployment,
                const char *field,
                const char *person,
                const char *role,
                const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (fixture_sign_as (fixture, deployment, field, person, role, TRUE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, words));
}

static gboolean
last_is_own (Fixture *fixture, CsDeployment *deployment)
{
  g_autoptr (GPtrArray) records = cs_store_read_sync (
    cs_workspace_get_store (fixture->workspace), cs_deployment_get_stream (deployment), 0, NULL);

  return cs_json_get_boolean (cs_record_get_body (records->pdata[records->len - 1]),
                              "own-deployment");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, data);
  fixture_enrol (fixture, "boss");
}

static void
set_up_governed (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, data);
  fixture_grant (fixture, "boss", "manager");
}

/* While nobody holds a role one person can do it all, and the record says so; a deployment that was
 * opened then is not caught by rules that come later. */
static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  const char *operator= cs_workspace_get_actor (fixture->workspace);
  CsDeployment *deployment = start (fixture, HEAD LINES TAIL);
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_deployment_get_policy (deployment));
  assert_signs (fixture, deployment, "s1", operator, "Tech Lead");
  g_assert_true (last_is_own (fixture, deployment));
  fixture_grant (fixture, "boss", "manager");
  assert_signs (fixture, deployment, "s2", operator, "Operations");
  g_assert_true (fixture_run (fixture, deployment, "3.1", 0, &error));
  g_assert_no_error (error);
}

static void
test_roles (Fixture *fixture, gconstpointer data)
{
  const char *operator= cs_workspace_get_actor (fixture->workspace);
  CsDeployment *deployment = start (fixture, HEAD LINES TAIL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (cs_deployment_get_policy (deployment));
  fixture_grant (fixture, "ada", "Technische Leitung");
  fixture_grant (fixture, "bob", "ops");
  fixture_grant (fixture, operator, "Tech lead");
  assert_refuses (fixture, deployment, "s1", "bob", "Tech Lead", "does not hold");
  assert_refuses (fixture, deployment, "s1", operator, "Tech Lead", "runs this deployment");
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
  g_assert_false (last_is_own (fixture, deployment));
  assert_refuses (fixture, deployment, "s2", "ada", "Tech Lead", "would not help");
  g_assert_false (fixture_run (fixture, deployment, "3.1", 0, &error));
  assert_signs (fixture, deployment, "s2", "bob", "Operations");
  g_clear_error (&error);
  g_assert_true (fixture_run (fixture, deployment, "3.1", 0, &error));
  g_assert_no_error (error);
}

/* Ada holds both roles and signed first; Bob, who holds one of them, signs the other line. */
static void
test_overlap (Fixture *fixture, gconstpointer data)
{
  CsDeployment *deployment = start (fixture, HEAD LINES TAIL);
  g_autoptr (CsPerson) bob = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));

  fixture_grant (fixture, "ada", "Tech lead");
  fixture_grant (fixture, "ada", "Operations");
  fixture_grant (fixture, "bob", "Tech lead");
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
  bob = g_object_ref (cs_people_lookup (people_of (fixture), "bob"));
  g_assert_cmpstr (cs_deployment_choose_role (deployment,
                                              cs_deployment_find_signoff (deployment, "s2"), bob,
                                              &error),
                   ==, "Tech Lead");
  g_assert_no_error (error);
  assert_signs (fixture, deployment, "s2", "bob", "Tech Lead");
  g_assert_cmpint (status_of (deployment, "s1"), ==, CS_STATUS_PASSED);
  g_clear_object (&bob);
  fixture_restart (fixture);
  deployment = cs_workspace_find_deployment (fixture->workspace, id, NULL);
  g_assert_cmpint (status_of (deployment, "s1"), ==, CS_STATUS_PASSED);
  g_assert_cmpint (status_of (deployment, "s2"), ==, CS_STATUS_PASSED);
  g_assert_true (fixture_run (fixture, deployment, "3.1", 0, &error));
  g_assert_no_error (error);
}

/* The policy wants two tech leads, the runbook has a line for one. */
static void
test_n_of_m (Fixture *fixture, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;

  set_policy (fixture, "Tech lead", 2, FALSE);
  fixture_grant (fixture, "ada", "Tech lead");
  fixture_grant (fixture, "bob", "Tech lead");
  fixture_grant (fixture, "cy", "Operations");
  deployment = start (fixture, HEAD LINES TAIL);
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
  assert_signs (fixture, deployment, "s2", "cy", "Operations");
  g_assert_false (fixture_run (fixture, deployment, "3.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  assert_refuses (fixture, deployment, "p1", "ada", "Tech lead", "would not help");
  assert_signs (fixture, deployment, "p1", "bob", "Tech lead");
  g_assert_true (fixture_run (fixture, deployment, "3.1", 0, &error));
  g_assert_no_error (error);
}

/* A runbook without a line to sign: what the policy asks for comes before everything. */
static void
test_no_lines (Fixture *fixture, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;

  set_policy (fixture, "Security", 1, FALSE);
  fixture_grant (fixture, "eve", "Sicherheit");
  deployment = fixture_start (fixture, "# Runbook: One\n\n## Deployment Steps\n\n"
                                       "### Step 1: Do it\n\n```bash\necho done\n```\n");
  g_assert_false (fixture_run (fixture, deployment, "1.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_assert_nonnull (strstr (error->message, "Security"));
  g_clear_error (&error);
  assert_signs (fixture, deployment, "p1", "eve", "Security");
  g_assert_true (fixture_run (fixture, deployment, "1.1", 0, &error));
  g_assert_no_error (error);
}

static void
test_operator_may (Fixture *fixture, gconstpointer data)
{
  const char *operator= cs_workspace_get_actor (fixture->workspace);
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;

  set_policy (fixture, NULL, 0, TRUE);
  fixture_grant (fixture, operator, "Tech lead");
  fixture_grant (fixture, "bob", "Operations");
  deployment = start (fixture, HEAD LINES TAIL);
  /* What is decided later is for deployments that are opened later. */
  set_policy (fixture, NULL, 0, FALSE);
  assert_signs (fixture, deployment, "s1", operator, "Tech Lead");
  g_assert_true (last_is_own (fixture, deployment));
  assert_signs (fixture, deployment, "s2", "bob", "Operations");
  g_assert_true (fixture_run (fixture, deployment, "3.1", 0, &error));
  g_assert_no_error (error);
}

/* Four eyes hold the other way round, too. */
static void
test_approver_runs (Fixture *fixture, gconstpointer data)
{
  CsDeployment *deployment = start (fixture, HEAD LINES TAIL);
  CsStepState *step;
  g_autoptr (CsBlockState) block = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture_grant (fixture, "ada", "Tech lead");
  fixture_grant (fixture, "bob", "Operations");
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
  assert_signs (fixture, deployment, "s2", "bob", "Operations");
  step = cs_deployment_find_step (deployment, "3.1");
  block = g_list_model_get_item (cs_step_state_get_blocks (step), 0);
  cs_deployment_run_block_async (deployment, "ada", step, block, NULL, result_cb, &result);
  g_assert_false (cs_deployment_run_block_finish (deployment, wait_for (&result), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "has approved"));
}

static void
retire (Fixture *fixture, const char *person)
{
  g_autoptr (CsKey) key = fixture_key (fixture, person);
  g_autoptr (CsKey) boss = fixture_key (fixture, "boss");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_people_retire_key_async (people_of (fixture), cs_key_get_fingerprint (key), "left", boss, NULL,
                              NULL, result_cb, &result);
  cs_people_decide_finish (people_of (fixture), wait_for (&result), &error);
  g_assert_no_error (error);
}

/* What a key signed before it was retired counts on; with it nothing new is signed. */
static void
test_retired (Fixture *fixture, gconstpointer data)
{
  CsDeployment *deployment = start (fixture, HEAD LINES TAIL);
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));
  g_autoptr (GError) error = NULL;

  fixture_grant (fixture, "ada", "Tech lead");
  fixture_grant (fixture, "bob", "Operations");
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
  retire (fixture, "ada");
  retire (fixture, "bob");
  g_assert_false (fixture_sign_as (fixture, deployment, "s2", "bob", "Operations", TRUE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_assert_nonnull (strstr (error->message, "retired"));
  fixture_restart (fixture);
  deployment = cs_workspace_find_deployment (fixture->workspace, id, NULL);
  g_assert_cmpint (status_of (deployment, "s1"), ==, CS_STATUS_PASSED);
  g_assert_cmpint (cs_signoff_state_get_verified (cs_deployment_find_signoff (deployment, "s1")),
                   ==, CS_VERIFIED_GOOD);
}

static void
test_lapse (Fixture *fixture, gconstpointer data)
{
  CsDeployment *deployment = start (fixture, HEAD LINES TAIL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture_grant (fixture, "ada", "Tech lead");
  fixture_grant (fixture, "bob", "Operations");
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
  assert_signs (fixture, deployment, "s2", "bob", "Operations");
  cs_deployment_set_value_async (deployment, cs_workspace_get_actor (fixture->workspace), "word",
                                 "other", NULL, result_cb, &result);
  g_assert_true (cs_deployment_act_finish (deployment, wait_for (&result), &error));
  g_assert_cmpint (status_of (deployment, "s1"), ==, CS_STATUS_READY);
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
  assert_signs (fixture, deployment, "s2", "bob", "Operations");
}

static void
test_reject (Fixture *fixture, gconstpointer data)
{
  CsDeployment *deployment = start (fixture, HEAD LINES TAIL);
  g_autoptr (GError) error = NULL;

  fixture_grant (fixture, "ada", "Tech lead");
  fixture_grant (fixture, "bob", "Tech lead");
  g_assert_false (
    fixture_sign_as (fixture, deployment, "s1", "cy", "Tech Lead", FALSE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_true (
    fixture_sign_as (fixture, deployment, "s1", "ada", "Tech Lead", FALSE, &error));
  g_assert_cmpint (status_of (deployment, "s1"), ==, CS_STATUS_FAILED);
  assert_refuses (fixture, deployment, "s1", "bob", "Tech Lead", "rejected");
  assert_signs (fixture, deployment, "s1", "ada", "Tech Lead");
}

/* Policies that no manager signed count for nothing, and are named. */
static void
test_forged_policy (Fixture *fixture, gconstpointer data)
{
  CsPolicies *policies = cs_workspace_get_policies (fixture->workspace);
  g_autoptr (CsKey) key = fixture_key (fixture, "ada");
  g_autoptr (CsPolicy) weak = cs_policy_new ("test");
  g_autoptr (CsPolicy) holds = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) faults = NULL;

  fixture_enrol (fixture, "ada");
  weak->operator_may_approve = TRUE;
  cs_policies_set_async (policies, people_of (fixture), weak, key, NULL, NULL, result_cb, &result);
  g_assert_false (cs_policies_set_finish (policies, wait_for (&result), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  json_node_take_object (body, cs_policy_to_json (weak));
  g_ptr_array_add (drafts, cs_draft_new ("policy-set", body));
  g_test_expect_message ("cs-journal", G_LOG_LEVEL_WARNING, "*makes no sense*");
  records = cs_store_append_sync (cs_workspace_get_store (fixture->workspace), CS_POLICY_STREAM,
                                  CS_STORE_ANY, "ada", drafts, &error);
  g_assert_no_error (error);
  cs_stream_list_fold (CS_STREAM_LIST (policies), records);
  g_test_assert_expected_messages ();
  holds = cs_policies_lookup (policies, people_of (fixture), "test", G_MAXINT64);
  g_assert_false (holds->operator_may_approve);
  faults = cs_policies_list_faults (policies, people_of (fixture));
  g_assert_cmpuint (faults->len, ==, 1);
}

#define ADD(name, up, function) \
  g_test_add ("/deployment/approval/" name, Fixture, NULL, up, function, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("nobody", set_up, test_nobody);
  ADD ("roles", set_up_governed, test_roles);
  ADD ("overlap", set_up_governed, test_overlap);
  ADD ("n-of-m", set_up_governed, test_n_of_m);
  ADD ("no-lines", set_up_governed, test_no_lines);
  ADD ("operator-may", set_up_governed, test_operator_may);
  ADD ("approver-runs", set_up_governed, test_approver_runs);
  ADD ("retired", set_up_governed, test_retired);
  ADD ("lapse", set_up_governed, test_lapse);
  ADD ("reject", set_up_governed, test_reject);
  ADD ("forged-policy", set_up_governed, test_forged_policy);

  return g_test_run ();
}
