/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on fleets of this computer: batches, ranks, pauses, failures, and what is left. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-member.h"

#include <glib/gstdio.h>
#include <string.h>

/* Each run adds a line to the log; the lines in `bad` are those on which it fails. One member at a
 * time, the line says which member it was. */
#define COUNTING                                                                           \
  "# Fleet\n\n## Deployment Steps\n\n### Step 1: Count\n\n```bash\ncd DIR\n"               \
  "echo x >> log\nn=$(wc -l < log)\nexport WHICH=$n\nmkdir -p \"at-$n\" && cd \"at-$n\"\n" \
  "echo \"line $n\"\n! grep -qx \"$n\" ../bad\n```\n\n"                                    \
  "### Step 2: Tell\n\n```bash\necho \"$WHICH ${PWD##*/}\"\n```\n"

#define SLOW                                                                \
  "# Fleet\n\n## Deployment Steps\n\n### Step 1: Wait\n\n```bash\ncd DIR\n" \
  "echo x >> log\nuntil [ -e go ]; do sleep 0.02; done\n```\n"

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

static void
set_members (Fixture *self,
             const char *list,
             const char *batch,
             const char *pause,
             const char *stop_after)
{
  CsBatching batching = CS_BATCHING_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) members = cs_member_parse_list (list, &error);

  g_assert_no_error (error);
  cs_batching_parse (&batching, batch, pause, stop_after, &error);
  g_assert_no_error (error);
  g_clear_object (&self->target);
  self->target = cs_target_new_fleet ("fleet", members, &batching, NULL, &error);
  g_assert_no_error (error);
}

static char *
in_directory (Fixture *self, const char *name)
{
  return g_build_filename (self->directory, name, NULL);
}

static void
write_text (Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = in_directory (self, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static CsDeployment *
start (Fixture *self, const char *text)
{
  g_autoptr (GString) markdown = g_string_new (text);

  g_string_replace (markdown, "DIR", self->directory, 0);
  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  write_text (self, "log", "");
  write_text (self, "bad", "");
  return fixture_start (self, markdown->str);
}

/* What has been run, in lines; nothing may have run twice, so this is a number of members. */
static guint
count_runs (Fixture *self)
{
  g_autofree char *path = in_directory (self, "log");
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *c = text; *c != '\0'; c++)
    n += *c == '\n';
  return n;
}

static char *
describe (CsBlockState *block)
{
  g_autoptr (GString) text = g_string_new (cs_status_to_string (cs_block_state_get_status (block)));
  GListModel *members = cs_block_state_get_members (block);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      g_string_append_printf (text, " %s:%s:%u", cs_block_state_get_member (member),
                              cs_status_to_string (cs_block_state_get_status (member)),
                              cs_block_state_get_attempts (member));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_state (CsBlockState *block, const char *expected)
{
  g_autofree char *described = describe (block);

  g_assert_cmpstr (described, ==, expected);
}

static gboolean
run_part (Fixture *self, CsDeployment *deployment, CsFleetPart part, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_deployment_run_fleet_async (
    deployment, cs_workspace_get_actor (self->workspace),
    cs_deployment_find_step (deployment, "1.1"), fixture_block (deployment, "1.1", 0), part, NULL,
    NULL, result_cb, &result);
  return cs_deployment_run_block_finish (deployment, wait_for (&result), error);
}

/* How many members had ended when each was started, in the order of their starts. */
static char *
list_ended_before (Fixture *self, CsDeployment *deployment)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) records = cs_store_read_sync (cs_workspace_get_store (self->workspace),
                                                      cs_deployment_get_stream (deployment), 0,
                                                      NULL);
  guint n_ended = 0;

  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = records->pdata[i];
      const char *kind = cs_record_get_kind (record);
      const char *member = cs_json_get_string (cs_record_get_body (record), "member");

      if (member != NULL && g_str_equal (kind, "block-started"))
        g_string_append_printf (text, "%s%u ", member, n_ended);
      else if (member != NULL)
        n_ended++;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_same_after_restart (Fixture *self, CsDeployment *deployment, const char *state)
{
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));
  g_autofree char *before = fixture_describe (deployment);
  g_autofree char *after = NULL;

  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  after = fixture_describe (deployment);
  g_assert_cmpstr (after, ==, before);
  assert_state (fixture_block (deployment, "1.1", 0), state);
}

#define ALL_PASSED "passed a:passed:1 b:passed:1 c:passed:1 d:passed:1 e:passed:1"

/* Two at a time, and never two ranks in one batch. */
static void
test_batches (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *starts = NULL;
  CsDeployment *deployment;

  set_members (self,
               "e=local: rank=3\na=local:\nb=local: rank=2\nc=local: rank=2\n"
               "d=local: rank=2\n",
               "2", NULL, NULL);
  deployment = start (self, COUNTING);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  assert_state (fixture_block (deployment, "1.1", 0), ALL_PASSED);
  g_assert_cmpuint (count_runs (self), ==, 5);
  starts = list_ended_before (self, deployment);
  g_test_message ("%s", starts);
  g_assert_true (g_regex_match_simple ("^a0 (b1 c[12] |c1 b[12] )d3 e4 $", starts, 0, 0));
  assert_same_after_restart (self, deployment, ALL_PASSED);
}

/* Directory and variables of each member are its own, also for a program that starts anew. */
static void
test_carried_over (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  CsDeployment *deployment;
  GListModel *members;

  set_members (self, "a=local:\nb=local:\nc=local:\n", "1", NULL, NULL);
  deployment = start (self, COUNTING);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  id = g_strdup (cs_deployment_get_id (deployment));
  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  fixture_run (self, deployment, "1.2", 0, &error);
  g_assert_no_error (error);
  members = cs_block_state_get_members (fixture_block (deployment, "1.2", 0));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);
      g_autofree char *output = fixture_output (self, member);
      g_autofree char *expected = g_strdup_printf ("%u at-%u\n", i + 1, i + 1);

      g_assert_cmpstr (output, ==, expected);
    }
  g_assert_cmpint (cs_step_state_get_status (cs_deployment_find_step (deployment, "1.2")), ==,
                   CS_STATUS_PASSED);
}

#define STOPPED "failed a:passed:1 b:failed:1 c:passed:1 d:failed:1 e:todo:0"
#define RETRIED "waiting a:passed:1 b:passed:2 c:passed:1 d:passed:2 e:todo:0"

/* After the second failure no other is started; then only those that failed are tried again, and
 * the rest afterwards. */
static void
test_stop_after (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  CsBlockState *block;
  CsNext next;

  set_members (self, "a=local:\nb=local:\nc=local:\nd=local:\ne=local:\n", "1", NULL, "2");
  deployment = start (self, COUNTING);
  write_text (self, "bad", "2\n4\n");
  block = fixture_block (deployment, "1.1", 0);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  assert_state (block, STOPPED);
  g_assert_cmpint (cs_step_state_get_status (cs_deployment_find_step (deployment, "1.1")), ==,
                   CS_STATUS_FAILED);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_SETTLE);
  g_assert_false (fixture_run (self, deployment, "1.2", 0, NULL));

  g_assert_true (run_part (self, deployment, CS_FLEET_FAILED, &error));
  g_assert_no_error (error);
  assert_state (block, RETRIED);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_CONTINUE);
  g_assert_false (run_part (self, deployment, CS_FLEET_FAILED, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);

  g_assert_true (run_part (self, deployment, CS_FLEET_REST, &error));
  assert_same_after_restart (
    self, deployment, "passed a:passed:1 b:passed:2 c:passed:1 d:passed:2 e:passed:1");
  g_assert_cmpuint (count_runs (self), ==, 7);
}

/* Each batch waits for a person, and the state says so, also after a restart. */
static void
test_pause_ask (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  CsDeployment *deployment;
  CsNext next;

  set_members (self, "a=local:\nb=local:\nc=local:\n", "2", "ask", NULL);
  deployment = start (self, COUNTING);
  id = g_strdup (cs_deployment_get_id (deployment));
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  assert_same_after_restart (self, deployment, "waiting a:passed:1 b:passed:1 c:todo:0");
  deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_CONTINUE);
  g_assert_cmpint (cs_step_state_get_status (next.step), ==, CS_STATUS_WAITING);
  g_assert_false (fixture_run (self, deployment, "1.2", 0, NULL));
  g_assert_true (run_part (self, deployment, CS_FLEET_REST, &error));
  assert_state (next.block, "passed a:passed:1 b:passed:1 c:passed:1");
}

/* The next batch comes by itself, and is announced; a person may end the waiting. */
static void
test_pause_time (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  CsBlockState *block;

  set_members (self, "a=local:\nb=local:\n", "1", "1s", NULL);
  deployment = start (self, COUNTING);
  block = fixture_block (deployment, "1.1", 0);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  assert_state (block, "passed a:passed:1 b:passed:1");
  fixture_unlock (self, deployment);

  set_members (self, "a=local:\nb=local:\n", "1", "1h", NULL);
  deployment = start (self, COUNTING);
  block = fixture_block (deployment, "1.1", 0);
  cs_deployment_run_block_async (deployment, cs_workspace_get_actor (self->workspace),
                                 cs_deployment_find_step (deployment, "1.1"), block, NULL,
                                 result_cb, &result);
  while (cs_block_state_get_pause_until (block) == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_state (block, "running a:passed:1 b:todo:0");
  cs_deployment_pause_block (deployment, block);
  g_assert_true (cs_deployment_run_block_finish (deployment, wait_for (&result), &error));
  assert_state (block, "waiting a:passed:1 b:todo:0");
  g_assert_cmpint (cs_block_state_get_pause_until (block), ==, 0);
}

/* A member that can't be reached has failed; the others of its batch go on. */
/* How often a member's command will have been started in the end: a batch that ends early may stop
 * one before it is sent, and then it is started once more. */
static int
expect_attempts (CsBlockState *block, const char *member)
{
  CsBlockState *state = cs_block_state_find_member (block, member);
  int passed = cs_block_state_get_status (state) == CS_STATUS_PASSED;

  return (int) cs_block_state_get_attempts (state) + 1 - passed;
}

static void
test_unreachable (Fixture *self, gconstpointer data)
{
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment;
  CsBlockState *block, *gone;

  set_members (self, "a=local:\ngone=ssh://127.0.0.1:1\nc=local:\nd=local: rank=2\n", NULL, NULL,
               "1");
  deployment = start (self, COUNTING);
  block = fixture_block (deployment, "1.1", 0);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  gone = cs_block_state_find_member (block, "gone");
  g_assert_nonnull (strstr (cs_block_state_get_problem (gone), "127.0.0.1"));
  g_assert_cmpint (cs_block_state_get_status (gone), ==, CS_STATUS_FAILED);
  g_assert_cmpint (cs_block_state_get_status (cs_block_state_find_member (block, "d")), ==,
                   CS_STATUS_TODO);
  g_assert_cmpint (cs_block_state_get_status (block), ==, CS_STATUS_FAILED);

  /* Left out with a reason, it is in nobody's way. */
  cs_deployment_skip_member_async (deployment, "anna", gone, " ", NULL, result_cb, &result);
  g_assert_false (cs_deployment_act_finish (deployment, wait_for (&result), NULL));
  g_clear_object (&result);
  cs_deployment_skip_member_async (deployment, "anna", gone, "Retired", NULL, result_cb, &result);
  g_assert_true (cs_deployment_act_finish (deployment, wait_for (&result), &error));
  g_assert_no_error (error);
  g_assert_cmpstr (cs_block_state_get_reason (gone), ==, "Retired");
  expected = g_strdup_printf ("passed a:passed:%d gone:skipped:1 c:passed:%d d:passed:1",
                              expect_attempts (block, "a"), expect_attempts (block, "c"));
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_runs (self), ==, 3);
  assert_same_after_restart (self, deployment, expected);
}

static void
wait_for_runs (Fixture *self, guint n)
{
  while (count_runs (self) < n)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_stop (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  CsBlockState *block;

  set_members (self, "a=local:\nb=local:\nc=local:\n", "2", NULL, NULL);
  deployment = start (self, SLOW);
  block = fixture_block (deployment, "1.1", 0);
  cs_deployment_run_block_async (deployment, cs_workspace_get_actor (self->workspace),
                                 cs_deployment_find_step (deployment, "1.1"), block, NULL,
                                 result_cb, &result);
  wait_for_runs (self, 2);
  g_assert_false (fixture_run (self, deployment, "1.1", 0, &error)); /* not beside itself */
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  cs_deployment_stop_block (deployment, block);
  g_assert_true (cs_deployment_run_block_finish (deployment, wait_for (&result), &error));
  assert_state (block, "failed a:failed:1 b:failed:1 c:todo:0");
  g_assert_cmpstr (cs_block_state_get_ending (cs_block_state_find_member (block, "a")), ==,
                   "stopped");
}

/* Those that run go on to their end; no other is started. */
static void
test_pause_now (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  CsBlockState *block;

  set_members (self, "a=local:\nb=local:\nc=local:\n", "2", NULL, NULL);
  deployment = start (self, SLOW);
  block = fixture_block (deployment, "1.1", 0);
  cs_deployment_run_block_async (deployment, cs_workspace_get_actor (self->workspace),
                                 cs_deployment_find_step (deployment, "1.1"), block, NULL,
                                 result_cb, &result);
  wait_for_runs (self, 2);
  cs_deployment_pause_block (deployment, block);
  write_text (self, "go", "");
  g_assert_true (cs_deployment_run_block_finish (deployment, wait_for (&result), &error));
  assert_state (block, "waiting a:passed:1 b:passed:1 c:todo:0");
}

#define SIGNED                                                                     \
  "# Fleet\n\n## Approval\n\n- Tech Lead: ____________________ Date: ________\n\n" \
  "## Deployment Steps\n\n### Step 1: Use\n\n```bash\ncd DIR\necho \"<PLACE>\" >> log\n```\n"

static void
set_value (CsDeployment *deployment, const char *value)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_deployment_set_value_async (deployment, "anna", "PLACE", value, NULL, result_cb, &result);
  g_assert_true (cs_deployment_act_finish (deployment, wait_for (&result), &error));
  g_assert_no_error (error);
}

/* What was signed is what runs on the last member, too. */
static void
test_signed_between_batches (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_directory (self, "log");
  g_autofree char *text = NULL;
  CsDeployment *deployment;
  CsBlockState *block;

  set_members (self, "a=local:\nb=local:\n", "1", "ask", NULL);
  deployment = start (self, SIGNED);
  set_value (deployment, "first");
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
  block = fixture_block (deployment, "2.1", 0);
  assert_state (block, "waiting a:passed:1 b:todo:0");

  set_value (deployment, "second");
  g_assert_false (fixture_run (self, deployment, "2.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "first\nsecond\n");
}

/* Many at once, more than are run at a time, and every member's news told in few signals. */
static void
test_many (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) members = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  CsBlockState *block;

  for (guint i = 0; i < 150; i++)
    g_string_append_printf (members, "m%u=local:\n", i);
  set_members (self, members->str, NULL, NULL, NULL);
  deployment = start (self, COUNTING);
  block = fixture_block (deployment, "1.1", 0);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cs_block_state_count_members (block, CS_STATUS_PASSED), ==, 150);
  g_assert_cmpuint (count_runs (self), ==, 150);
}

#define ADD(path, func) \
  g_test_add ("/deployment/fleet/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("batches", test_batches);
  ADD ("carried-over", test_carried_over);
  ADD ("stop-after", test_stop_after);
  ADD ("pause-ask", test_pause_ask);
  ADD ("pause-time", test_pause_time);
  ADD ("unreachable", test_unreachable);
  ADD ("stop", test_stop);
  ADD ("pause-now", test_pause_now);
  ADD ("signed-between-batches", test_signed_between_batches);
  ADD ("many", test_many);
  return g_test_run ();
}
