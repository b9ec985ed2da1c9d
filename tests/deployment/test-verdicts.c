/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deployments whose commands are judged, fail, and are settled by people. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"

#include <string.h>

static const char *const runbook_text =
  "# Judged\n\n## Deployment Steps\n\n"
  "### Step 1: Say\n\n"
  "```bash\ncat \"$HOME/say\"\n```\n\n"
  "**Expected Output**:\n```\nready\nload: <50%\n```\n\n"
  "### Step 2: Look\n\n"
  "```bash\ngit --version\n# Should show a clean working tree\n```\n\n"
  "```bash\necho behind\n```\n\n"
  "### Step 3: Last\n\n"
  "```bash\necho last\n```\n\n"
  "## Approval\n\n"
  "- Tech Lead: ____________________ Date: ________\n\n"
  "## Rollback Procedure\n\n"
  "```bash\necho back\n```\n";

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
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

static const char *
actor (Fixture *self)
{
  return cs_workspace_get_actor (self->workspace);
}

static gboolean
judge (Fixture *self,
       CsDeployment *deployment,
       const char *step,
       guint block,
       guint index,
       gboolean met,
       GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_judge_async (deployment, actor (self), fixture_block (deployment, step, block),
                             index, met, NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

static gboolean
accept_block (Fixture *self,
              CsDeployment *deployment,
              const char *step,
              const char *reason,
              GError **error)
{
  g_autoptr (CsKey) key = fixture_key (self, actor (self));
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  cs_deployment_accept_async (deployment, fixture_block (deployment, step, 0), NULL, reason, key,
                              NULL, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  return cs_deployment_rule_finish (deployment, done, error);
}

static gboolean
pause_for (Fixture *self, CsDeployment *deployment, const char *reason, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_pause_async (deployment, actor (self), reason, NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

static gboolean
resume (Fixture *self, CsDeployment *deployment, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_resume_async (deployment, actor (self), NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

static void
say (const char *text)
{
  g_autofree char *path = g_build_filename (g_get_home_dir (), "say", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  g_setenv ("HOME", g_get_home_dir (), TRUE);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static CsStatus
status_of (CsDeployment *deployment, const char *step)
{
  return cs_step_state_get_status (cs_deployment_find_step (deployment, step));
}

static const CsJudgement *
judgement_of (CsDeployment *deployment, const char *step, guint index)
{
  GPtrArray *judgements =
    cs_block_state_get_judgements (fixture_block (deployment, step, 0));

  g_assert_nonnull (judgements);
  g_assert_cmpuint (index, <, judgements->len);
  return g_ptr_array_index (judgements, index);
}

static void
assert_gate (gboolean done, const GError *error, int code, const char *words)
{
  g_assert_false (done);
  g_assert_error (error, CS_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static void
assert_same_after_restart (Fixture *self, CsDeployment *deployment)
{
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));
  g_autofree char *before = fixture_describe (deployment);
  g_autofree char *after = NULL;

  fixture_restart (self);
  after = fixture_describe (cs_workspace_find_deployment (self->workspace, id, NULL));
  g_assert_cmpstr (after, ==, before);
}

/* A command that ends with 0 and does not print what is expected has failed, and the next one waits
 * for that to be settled: run again. */
static void
test_not_met (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsNext next;
  g_autoptr (GError) error = NULL;
  gboolean done;

  say ("load: 90%\n");
  deployment = fixture_start (self, runbook_text);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_block_state_get_exit_status (fixture_block (deployment, "1.1", 0)), ==, 0);
  g_assert_cmpint (status_of (deployment, "1.1"), ==, CS_STATUS_FAILED);
  g_assert_cmpint (judgement_of (deployment, "1.1", 0)->verdict, ==, CS_VERDICT_NOT_MET);
  g_assert_cmpuint (judgement_of (deployment, "1.1", 1)->output_line, ==, 1);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_SETTLE);
  done = fixture_run (self, deployment, "1.2", 0, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "comes first");
  g_clear_error (&error);
  done = judge (self, deployment, "1.1", 0, 0, TRUE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "program has judged");
  g_clear_error (&error);

  say ("ready\nload: 20%\n");
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status_of (deployment, "1.1"), ==, CS_STATUS_PASSED);
  g_assert_cmpuint (judgement_of (deployment, "1.1", 1)->output_line, ==, 2);
  assert_same_after_restart (self, deployment);
}

/* What only a person can judge waits for one; the verdict can be changed until someone signs. */
static void
test_person (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsNext next;
  g_autoptr (GError) error = NULL;
  gboolean done;

  say ("ready\nload: 1%\n");
  deployment = fixture_start (self, runbook_text);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  done = judge (self, deployment, "1.2", 0, 0, TRUE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "nothing to judge");
  g_clear_error (&error);
  fixture_run (self, deployment, "1.2", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status_of (deployment, "1.2"), ==, CS_STATUS_WAITING);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_JUDGE);
  g_assert_true (next.block == fixture_block (deployment, "1.2", 0));
  done = fixture_run (self, deployment, "1.2", 0, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "waits for a verdict");
  g_clear_error (&error);
  done = fixture_run (self, deployment, "1.2", 1, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "waits for a verdict");
  g_clear_error (&error);

  judge (self, deployment, "1.2", 0, 0, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status_of (deployment, "1.2"), ==, CS_STATUS_FAILED);
  g_assert_cmpstr (judgement_of (deployment, "1.2", 0)->actor, ==, actor (self));
  judge (self, deployment, "1.2", 0, 0, TRUE, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "1.2", 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status_of (deployment, "1.2"), ==, CS_STATUS_PASSED);
  fixture_run (self, deployment, "1.3", 0, &error);
  g_assert_no_error (error);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  done = judge (self, deployment, "1.2", 0, 0, FALSE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "signed with this verdict");
  g_clear_error (&error);
  assert_same_after_restart (self, deployment);
}

/* What failed is marked as passed with a reason, which stands in the record, and not otherwise. */
static void
test_accept (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsBlockState *block;
  g_autoptr (GError) error = NULL;
  gboolean done;

  say ("nothing\n");
  fixture_enrol (self, actor (self));
  deployment = fixture_start (self, runbook_text);
  block = fixture_block (deployment, "1.1", 0);
  done = accept_block (self, deployment, "1.1", "why not", &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "Only a command that failed");
  g_clear_error (&error);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  done = accept_block (self, deployment, "1.1", "  ", &error);
  assert_gate (done, error, CS_ERROR_INVALID, "needs a reason");
  g_clear_error (&error);
  accept_block (self, deployment, "1.1", "the text changed in 2.0", &error);
  g_assert_no_error (error);
  g_assert_cmpint (status_of (deployment, "1.1"), ==, CS_STATUS_PASSED);
  g_assert_cmpstr (cs_block_state_get_accepted (block), ==, "the text changed in 2.0");
  g_assert_cmpstr (cs_block_state_get_accepted_by (block), ==, actor (self));
  g_assert_cmpint (judgement_of (deployment, "1.1", 0)->verdict, ==, CS_VERDICT_NOT_MET);
  done = accept_block (self, deployment, "1.1", "again", &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "Only a command that failed");
  g_clear_error (&error);
  fixture_run (self, deployment, "1.2", 0, &error);
  g_assert_no_error (error);
  assert_same_after_restart (self, deployment);
}

/* While it is paused nothing goes on but rolling back. */
static void
test_pause (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;
  gboolean done;

  say ("ready\nload: 1%\n");
  deployment = fixture_start (self, runbook_text);
  done = pause_for (self, deployment, "", &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "needs a reason");
  g_clear_error (&error);
  done = resume (self, deployment, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "not paused");
  g_clear_error (&error);
  pause_for (self, deployment, "the database is slow", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_deployment_get_pause_reason (deployment), ==, "the database is slow");
  done = pause_for (self, deployment, "once more", &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "paused already");
  g_clear_error (&error);
  done = fixture_run (self, deployment, "1.1", 0, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "paused: the database is slow");
  g_clear_error (&error);
  done = fixture_skip (self, deployment, "1.1", "no", &error);
  assert_gate (done, error, CS_ERROR_WAITING, "paused");
  g_clear_error (&error);
  resume (self, deployment, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  pause_for (self, deployment, "again", &error);
  g_assert_no_error (error);
  fixture_roll_back (self, deployment, 0, "it stays slow", &error);
  g_assert_no_error (error);
  g_assert_null (cs_deployment_get_pause_reason (deployment));
  fixture_run (self, deployment, "3.1", 0, &error);
  g_assert_no_error (error);
  assert_same_after_restart (self, deployment);
}

/* Records from before expectations were judged: what passed then has passed. */
static void
test_old_records (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsStore *store = cs_workspace_get_store (self->workspace);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (JsonNode) started = json_from_string (
    "{\"step\":\"1.1\",\"block\":\"1.1.1\",\"run\":\"r1\",\"text\":\"cat\"}", NULL);
  g_autoptr (JsonNode) finished = json_from_string (
    "{\"step\":\"1.1\",\"block\":\"1.1.1\",\"run\":\"r1\",\"ending\":\"exited\",\"status\":0,"
    "\"passed\":true}",
    NULL);
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  say ("");
  deployment = fixture_start (self, runbook_text);
  g_ptr_array_add (drafts, cs_draft_new ("block-started", started));
  g_ptr_array_add (drafts, cs_draft_new ("block-finished", finished));
  cs_store_append_async (store, cs_deployment_get_stream (deployment), CS_STORE_ANY, "old", drafts,
                         NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  g_ptr_array_unref (cs_store_append_finish (store, done, &error));
  g_assert_no_error (error);
  g_assert_null (cs_block_state_get_judgements (fixture_block (deployment, "1.1", 0)));
  g_assert_cmpint (cs_block_state_get_status (fixture_block (deployment, "1.1", 0)), ==,
                   CS_STATUS_PASSED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, test) \
  g_test_add ("/verdicts/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("not-met", test_not_met);
  ADD ("person", test_person);
  ADD ("accept", test_accept);
  ADD ("pause", test_pause);
  ADD ("old-records", test_old_records);
#undef ADD
  return g_test_run ();
}
