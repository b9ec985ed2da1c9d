/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One deployment at a time acts on an environment: taken, given back, taken over. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define TEXT                                                                       \
  "# Shop\n\n## Deployment Steps\n\n### Step 1: Go\n\n```bash\necho gone\n```\n\n" \
  "### Step 2: On\n\n```bash\necho on\n```\n\n"                                    \
  "## Rollback Procedure\n\n```bash\necho back\n```\n\n"                           \
  "## Useful Commands\n\n```bash\necho looked up\n```\n"

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

static gboolean
lock (CsDeployment *deployment, const char *actor, const char *reason, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_lock_async (deployment, actor, reason, NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

static gboolean
unlock (CsDeployment *deployment, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_unlock_async (deployment, "ada@example.org", NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

static const CsGate *
find_lock_gate (GPtrArray *gates)
{
  for (guint i = 0; i < gates->len; i++)
    if (strcmp (((CsGate *) gates->pdata[i])->id, "lock") == 0)
      return gates->pdata[i];
  return NULL;
}

static GPtrArray *
ask (CsDeployment *deployment, const char *step)
{
  return cs_deployment_gates_for_run (deployment, cs_deployment_find_step (deployment, step),
                                      fixture_block (deployment, step, 0));
}

/* The first command takes the environment, the close gives it back, in any case of letters. */
static void
test_first_come (Fixture *self, gconstpointer data)
{
  CsDeployment *one = fixture_start_in (self, TEXT, "production");
  CsDeployment *two = fixture_start_in (self, TEXT, "Production");
  CsDeployment *elsewhere = fixture_start_in (self, TEXT, "staging");
  g_autoptr (GPtrArray) gates = NULL;
  g_autoptr (GError) error = NULL;
  CsLock *held;

  g_assert_null (cs_deployment_get_lock (one));
  fixture_run (self, one, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_true (cs_deployment_has_lock (one));
  g_assert_false (cs_deployment_has_lock (two));
  held = cs_deployment_get_lock (two);
  g_assert_cmpstr (cs_lock_get_deployment (held), ==, cs_deployment_get_id (one));
  g_assert_cmpstr (cs_lock_get_actor (held), ==, cs_workspace_get_actor (self->workspace));
  g_assert_cmpint (cs_lock_get_since (held), >, 0);
  gates = ask (two, "1.1");
  g_assert_cmpstr (find_lock_gate (gates)->who, ==, cs_workspace_get_actor (self->workspace));
  g_assert_nonnull (strstr (find_lock_gate (gates)->words, "has locked Production for “Shop”"));
  g_assert_false (fixture_run (self, two, "1.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  fixture_run (self, elsewhere, "1.1", 0, &error);
  g_assert_no_error (error);
  fixture_run (self, two, "3.1", 0, &error); /* what is looked up acts on nothing */
  g_assert_no_error (error);

  fixture_run (self, one, "1.2", 0, &error);
  g_assert_no_error (error);
  fixture_close (self, one, &error);
  g_assert_no_error (error);
  g_assert_null (cs_deployment_get_lock (two));
  fixture_run (self, two, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_true (cs_deployment_has_lock (two));
}

/* The newest record of this kind in a deployment; NULL. */
static CsRecord *
find_record (Fixture *self, const char *stream, const char *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records =
    cs_store_read_sync (cs_workspace_get_store (self->workspace), stream, 0, &error);

  g_assert_no_error (error);
  for (guint i = records->len; i > 0; i--)
    if (strcmp (cs_record_get_kind (records->pdata[i - 1]), kind) == 0)
      return g_object_ref (records->pdata[i - 1]);
  return NULL;
}

/* Whoever takes it over says why; the other one is told, runs nothing more, not even its way back,
 * and may take it over again. All of it is there after a restart. */
static void
test_take_over (Fixture *self, gconstpointer data)
{
  CsDeployment *one = fixture_start (self, TEXT);
  CsDeployment *two = fixture_start (self, TEXT);
  g_autofree char *first = g_strdup (cs_deployment_get_id (one));
  g_autofree char *second = g_strdup (cs_deployment_get_id (two));
  g_autoptr (GPtrArray) gates = NULL;
  g_autoptr (CsRecord) displaced = NULL;
  g_autoptr (CsRecord) taken = NULL;
  g_autoptr (GError) error = NULL;

  lock (one, "ada@example.org", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (lock (one, "ada@example.org", NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (lock (two, "bob@example.org", " ", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "needs a reason"));
  g_clear_error (&error);
  lock (two, "bob@example.org", "the fix can't wait", &error);
  g_assert_no_error (error);

  displaced = find_record (self, cs_deployment_get_stream (one), "displaced");
  taken = find_record (self, cs_deployment_get_stream (two), "environment-taken-over");
  g_assert_cmpstr (cs_record_get_actor (displaced), ==, "bob@example.org");
  g_assert_cmpstr (cs_json_get_string (cs_record_get_body (displaced), "by"), ==, second);
  g_assert_cmpstr (cs_json_get_string (cs_record_get_body (taken), "from"), ==, first);
  g_assert_cmpstr (cs_json_get_string (cs_record_get_body (taken), "reason"), ==,
                   "the fix can't wait");

  fixture_restart (self);
  one = cs_workspace_find_deployment (self->workspace, first, NULL);
  two = cs_workspace_find_deployment (self->workspace, second, NULL);
  g_assert_true (cs_deployment_has_lock (two));
  gates = ask (one, "1.1");
  g_assert_cmpstr (find_lock_gate (gates)->who, ==, "bob@example.org");
  g_assert_nonnull (strstr (find_lock_gate (gates)->words, "the fix can't wait"));
  fixture_roll_back (self, one, 0, "bad", &error);
  g_assert_no_error (error);
  g_assert_false (fixture_run (self, one, "2.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  g_assert_false (unlock (one, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  lock (one, "ada@example.org", "back first", &error);
  g_assert_no_error (error);
  fixture_run (self, one, "2.1", 0, &error);
  g_assert_no_error (error);
}

/* Left to others without an end, and taken again by the next command. */
static void
test_leave (Fixture *self, gconstpointer data)
{
  CsDeployment *one = fixture_start (self, TEXT);
  CsDeployment *two = fixture_start (self, TEXT);
  g_autoptr (GError) error = NULL;

  fixture_run (self, one, "1.1", 0, &error);
  g_assert_no_error (error);
  unlock (one, &error);
  g_assert_no_error (error);
  g_assert_null (cs_deployment_get_lock (one));
  fixture_run (self, two, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_true (cs_deployment_has_lock (two));
  g_assert_false (fixture_run (self, one, "1.2", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
}

/* Of two programs that take it at the same moment one has it, and what happens to another
 * environment meanwhile stands in nobody's way. */
static void
test_race (Fixture *self, gconstpointer data)
{
  CsDeployment *one = fixture_start_in (self, TEXT, "production");
  CsDeployment *two = fixture_start_in (self, TEXT, "production");
  CsDeployment *other = fixture_start_in (self, TEXT, "staging");
  GAsyncResult *first = NULL;
  GAsyncResult *second = NULL;
  GAsyncResult *third = NULL;
  g_autoptr (GError) error = NULL;

  cs_deployment_lock_async (one, "ada@example.org", NULL, NULL, result_cb, &first);
  cs_deployment_lock_async (two, "bob@example.org", NULL, NULL, result_cb, &second);
  cs_deployment_lock_async (other, "carl@example.org", NULL, NULL, result_cb, &third);
  g_assert_true (finish (one, &first, &error));
  g_assert_no_error (error);
  g_assert_false (finish (two, &second, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (finish (other, &third, &error));
  g_assert_no_error (error);
  g_assert_true (cs_deployment_has_lock (one));
  g_assert_true (cs_deployment_has_lock (other));
}

/* Records that make no sense as a lock change nothing. */
static void
test_nonsense (Fixture *self, gconstpointer data)
{
  static const char *const BODIES[][2] = {
    { "lock-taken", "{\"environment\": \"test\"}" },
    { "lock-taken", "{\"deployment\": \"x\"}" },
    { "lock-taken", "{\"environment\": \"TEST\", \"deployment\": \"x\"}" },
    { "lock-taken-over", "{\"environment\": \"test\", \"deployment\": \"x\", \"from\": \"y\"}" },
    { "lock-released", "{\"environment\": \"test\", \"deployment\": \"x\"}" },
    { "lock-released", "{\"environment\": \"free\", \"deployment\": \"x\"}" },
  };
  CsDeployment *one = fixture_start (self, TEXT);
  CsStore *store = cs_workspace_get_store (self->workspace);
  g_autoptr (GError) error = NULL;

  lock (one, "ada@example.org", NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (BODIES); i++)
    {
      g_autoptr (GPtrArray) drafts =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
      g_autoptr (JsonNode) body = json_from_string (BODIES[i][1], &error);
      g_autoptr (GPtrArray) records = NULL;

      g_assert_no_error (error);
      g_ptr_array_add (drafts, cs_draft_new (BODIES[i][0], body));
      g_test_expect_message ("cs-journal", G_LOG_LEVEL_WARNING, "*makes no sense*");
      records = cs_store_append_sync (store, CS_LOCKS_STREAM, CS_STORE_ANY, "eve", drafts, &error);
      g_assert_no_error (error);
      cs_stream_list_fold (CS_STREAM_LIST (cs_workspace_get_locks (self->workspace)), records);
      g_test_assert_expected_messages ();
    }
  g_assert_true (cs_deployment_has_lock (one));
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (cs_workspace_get_locks (self->workspace))), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/locks/first-come", Fixture, NULL, fixture_set_up, test_first_come,
              fixture_tear_down);
  g_test_add ("/locks/take-over", Fixture, NULL, fixture_set_up, test_take_over,
              fixture_tear_down);
  g_test_add ("/locks/leave", Fixture, NULL, fixture_set_up, test_leave, fixture_tear_down);
  g_test_add ("/locks/race", Fixture, NULL, fixture_set_up, test_race, fixture_tear_down);
  g_test_add ("/locks/nonsense", Fixture, NULL, fixture_set_up, test_nonsense, fixture_tear_down);
  return g_test_run ();
}
