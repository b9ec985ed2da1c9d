/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values for placeholders: asked for, recorded, sent as data, and never changed afterwards. */

#include "cs-deployment-fixture.h"

#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const runbook_text =
  "# Import 3\n"
  "\n"
  "## Deployment Steps\n"
  "\n"
  "### Step 1: Say it\n"
  "\n"
  "```bash\n"
  "printf '[%s]\\n' <customer-name> \"x <customer-name>\" 'y <customer-name>'\n"
  "cat <<EOF\n"
  "z <customer-name>\n"
  "EOF\n"
  "```\n"
  "\n"
  "### Step 2: Say both\n"
  "\n"
  "```bash\n"
  "printf '%s,' <customer-name> <order-number>\n"
  "```\n"
  "\n"
  "## Rollback Procedure\n"
  "\n"
  "### Step 1: Say it elsewhere\n"
  "\n"
  "```bash\n"
  "bash -c \"echo <customer-name>\"\n"
  "```\n";

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
set_value (CsDeployment *deployment, const char *name, const char *value, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_deployment_set_value_async (deployment, "operator@example.com", name, value, NULL,
                                 keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return cs_deployment_act_finish (deployment, result, error);
}

static void
assert_set (CsDeployment *deployment, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  set_value (deployment, name, value, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_deployment_get_value (deployment, name), ==, value);
}

static void
assert_refused (gboolean done, GError **error, CsError code, const char *words)
{
  g_assert_false (done);
  g_assert_error (*error, CS_ERROR, (int) code);
  if (strstr ((*error)->message, words) == NULL)
    g_error ("“%s” does not say “%s”", (*error)->message, words);
  g_clear_error (error);
}

/* The body of the newest record of a kind. */
static JsonObject *
find_record (Fixture *self, CsDeployment *deployment, const char *kind, GPtrArray **records)
{
  CsStore *store = cs_workspace_get_store (self->workspace);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_store_read_async (store, cs_deployment_get_stream (deployment), 0, NULL, keep_result_cb,
                       &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  *records = cs_store_read_finish (store, result, &error);
  g_assert_no_error (error);
  for (guint i = (*records)->len; i > 0; i--)
    {
      CsRecord *record = g_ptr_array_index (*records, i - 1);

      if (g_str_equal (cs_record_get_kind (record), kind))
        return cs_record_get_body (record);
    }
  g_error ("no record of kind %s", kind);
}

static CsDeployment *
start (Fixture *self)
{
  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  return fixture_start (self, runbook_text);
}

static void
test_names (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = start (self);
  CsBlockState *block = fixture_block (deployment, "1.1", 0);
  g_autoptr (GPtrArray) all = cs_deployment_list_value_names (deployment, NULL);
  g_autoptr (GPtrArray) one =
    cs_deployment_list_value_names (deployment, cs_block_state_get_block (block));

  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (all, 0), ==, "customer-name");
  g_assert_cmpstr (g_ptr_array_index (all, 1), ==, "order-number");
  g_assert_cmpuint (one->len, ==, 1);
}

static void
test_gate (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = start (self);
  g_autoptr (GError) error = NULL;
  gboolean done = fixture_run (self, deployment, "1.1", 0, &error);

  assert_refused (done, &error, CS_ERROR_WAITING, "needs a value for customer-name");
  g_assert_cmpuint (cs_block_state_get_attempts (fixture_block (deployment, "1.1", 0)), ==, 0);

  assert_set (deployment, "customer-name", "Ada");
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  done = fixture_run (self, deployment, "1.2", 0, &error);
  assert_refused (done, &error, CS_ERROR_WAITING, "needs a value for order-number");

  assert_set (deployment, "order-number", "");
  fixture_run (self, deployment, "1.2", 0, &error);
  g_assert_no_error (error);
}

static void
test_data (Fixture *self, gconstpointer data)
{
  static const char value[] =
    "'; touch \"$HOME/pwned\" #\n$(touch \"$HOME/pwned\")\n`\\EOF\nEOF\n*";
  g_autofree char *pwned = g_build_filename (g_get_home_dir (), "pwned", NULL);
  g_autofree char *wanted =
    g_strdup_printf ("[%s]\n[x %s]\n[y %s]\nz %s\n", value, value, value, value);
  CsDeployment *deployment = start (self);
  CsBlockState *block = fixture_block (deployment, "1.1", 0);
  CsBlock *source = cs_block_state_get_block (block);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autofree char *command = NULL;
  g_autofree char *output = NULL;
  JsonObject *body;

  assert_set (deployment, "customer-name", value);
  command = cs_deployment_dup_command (deployment, source, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  output = fixture_output (self, block);
  g_assert_cmpstr (output, ==, wanted);
  g_assert_false (g_file_test (pwned, G_FILE_TEST_EXISTS));

  body = find_record (self, deployment, "block-started", &records);
  g_assert_cmpstr (cs_json_get_string (body, "text"), ==, command);
  g_assert_cmpstr (cs_json_get_string (body, "command"), ==, cs_block_get_digest (source));
  g_assert_cmpstr (cs_json_get_string (cs_json_get_object (body, "values"), "customer-name"), ==,
                   value);
}

static void
test_change (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = start (self);
  CsBlockState *block = fixture_block (deployment, "1.1", 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));

  assert_set (deployment, "customer-name", "Ada");
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  sent = g_strdup (cs_block_state_get_sent (block));
  g_assert_nonnull (strstr (sent, "'Ada' \"x Ada\" 'y Ada'"));

  assert_set (deployment, "customer-name", "Grace");
  g_assert_cmpstr (cs_block_state_get_sent (block), ==, sent);
  before = fixture_describe (deployment);

  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, &error);
  g_assert_no_error (error);
  after = fixture_describe (deployment);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpstr (cs_deployment_get_value (deployment, "customer-name"), ==, "Grace");
  g_assert_cmpstr (cs_block_state_get_sent (fixture_block (deployment, "1.1", 0)), ==, sent);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *long_value = g_strnfill (200 * 1024, 'a');
  CsDeployment *deployment = start (self);
  g_autoptr (GError) error = NULL;
  gboolean done = set_value (deployment, "nobody", "x", &error);

  assert_refused (done, &error, CS_ERROR_REFUSED, "named nobody");
  done = set_value (deployment, "customer-name", NULL, &error);
  assert_refused (done, &error, CS_ERROR_REFUSED, "has no value");
  done = set_value (deployment, "customer-name", "\xff", &error);
  assert_refused (done, &error, CS_ERROR_INVALID, "UTF-8");
  done = set_value (deployment, "customer-name", long_value, &error);
  assert_refused (done, &error, CS_ERROR_INVALID, "128 KiB");
  assert_set (deployment, "customer-name", "Ada");
  done = set_value (deployment, "customer-name", "Ada", &error);
  assert_refused (done, &error, CS_ERROR_REFUSED, "already");
  assert_set (deployment, "customer-name", NULL);
  done = fixture_run (self, deployment, "1.1", 0, &error);
  assert_refused (done, &error, CS_ERROR_WAITING, "needs a value");
}

/* A shell inside the command would read the value once more: the gate says so before it is run. */
static void
test_second_shell (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = start (self);
  g_autoptr (GError) error = NULL;
  gboolean done;

  assert_set (deployment, "customer-name", "; touch pwned");
  fixture_roll_back (self, deployment, 0, "It went wrong", &error);
  g_assert_no_error (error);
  done = fixture_run (self, deployment, "2.1", 0, &error);
  assert_refused (done, &error, CS_ERROR_WAITING, "once more");
  assert_set (deployment, "customer-name", "ada");
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
}

static const char *const carrying_text =
  "# Move 4\n\n## Deployment Steps\n\n### Step 1: Name it\n\n"
  "```bash\nexport TARGET=<host>\nexport OPTIONS=\"-n two words\"\n```\n\n"
  "### Step 2: Hand it on\n\n```bash\nexport PLACE=\"at $TARGET\"\n```\n\n"
  "### Step 3: Use it\n\n```bash\nprintf '%s\\n' \"$TARGET\" $OPTIONS\n```\n\n"
  "### Step 4: Read it once more\n\n```bash\neval \"echo $PLACE\"\n```\n";

/* What one command exports, a later one must not run: the gate says so, by the variable's name. */
static void
test_carried (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  deployment = fixture_start (self, carrying_text);
  assert_set (deployment, "host", "web-1; touch pwned");
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *step = g_strdup_printf ("1.%u", i);

      fixture_run (self, deployment, step, 0, &error);
      g_assert_no_error (error);
    }
  done = fixture_run (self, deployment, "1.4", 0, &error);
  assert_refused (done, &error, CS_ERROR_WAITING, "$PLACE");
}

/* A variable that holds one word for everyone goes anywhere but to where commands stand. */
static void
test_carried_plain (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  deployment = fixture_start (self,
                              "# Move 5\n\n## Deployment Steps\n\n### Step 1: Name it\n\n"
                              "```bash\nexport TARGET=<host>\n```\n\n### Step 2: Use it\n\n"
                              "```bash\neval \"echo $TARGET\"; echo $TARGET\n```\n");
  assert_set (deployment, "host", "web-1.example");
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "1.2", 0, &error);
  g_assert_no_error (error);
}

/* An approval covers the values that the signer could see: another value asks for another one. */
static void
test_lapse (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsSignoffState *signoff;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  deployment = fixture_start (self, "# Move\n\n## Approval\n\n"
                                    "- Tech Lead: ____________________ Date: ________\n\n"
                                    "## Deployment Steps\n\n### Step 1: Move\n\n```bash\n"
                                    "echo moving to <target-host>\n```\n");
  id = g_strdup (cs_deployment_get_id (deployment));
  assert_set (deployment, "target-host", "staging-1");
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  assert_set (deployment, "target-host", "production-1");
  signoff = cs_deployment_find_signoff (deployment, "s1");
  g_assert_cmpint (cs_signoff_state_get_status (signoff), ==, CS_STATUS_READY);
  g_assert_nonnull (strstr (cs_signoff_state_get_problem (signoff), "target-host changed"));
  assert_refused (fixture_run (self, deployment, "2.1", 0, &error), &error, CS_ERROR_WAITING,
                  "Tech Lead");

  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, &error);
  g_assert_no_error (error);
  assert_refused (fixture_run (self, deployment, "2.1", 0, &error), &error, CS_ERROR_WAITING,
                  "Tech Lead");
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
}

/* So it is when a command has failed: it is not tried again with what nobody approved. */
static void
test_lapse_after_failure (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  deployment = fixture_start (self, "# Move\n\n## Approval\n\n"
                                    "- Tech Lead: ____________________ Date: ________\n\n"
                                    "## Deployment Steps\n\n### Step 1: Move\n\n```bash\n"
                                    "test <target-host> = production-1\n```\n");
  assert_set (deployment, "target-host", "staging-1");
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_block_state_get_status (fixture_block (deployment, "2.1", 0)), ==,
                   CS_STATUS_FAILED);
  assert_set (deployment, "target-host", "production-1");
  assert_refused (fixture_run (self, deployment, "2.1", 0, &error), &error, CS_ERROR_WAITING,
                  "Tech Lead");
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_block_state_get_status (fixture_block (deployment, "2.1", 0)), ==,
                   CS_STATUS_PASSED);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static CsStatement *
prepare (Fixture *self, CsDeployment *deployment)
{
  g_autofree char *path =
    g_build_filename (self->directory, "keys", "lead@example.com", "id_ed25519", NULL);
  CsPeople *people = cs_workspace_get_people (self->workspace);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) key = NULL;

  cs_key_load_async (path, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  key = cs_key_load_finish (result, &error);
  g_assert_no_error (error);
  return cs_deployment_prepare_statement (
    deployment, cs_deployment_find_signoff (deployment, "s1"), "Tech Lead",
    cs_people_lookup (people, "lead@example.com"), key, TRUE, NULL);
}

/* A statement names what would be sent, so that a server can hold to the very values. */
static void
test_scripts (Fixture *self, gconstpointer data)
{
  g_autoptr (CsStatement) before = NULL;
  g_autoptr (CsStatement) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *expected = NULL;
  CsDeployment *deployment;
  CsBlockState *block;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  deployment = fixture_start (self, "# Move\n\n## Approval\n\n"
                                    "- Tech Lead: ____________________ Date: ________\n\n"
                                    "## Deployment Steps\n\n### Step 1: Move\n\n```bash\n"
                                    "echo moving to <target-host>\n```\n\n"
                                    "```bash\ntrue\n```\n");
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  before = prepare (self, deployment);
  assert_set (deployment, "target-host", "a b");
  after = prepare (self, deployment);
  block = fixture_block (deployment, "2.1", 0);
  sent = cs_deployment_dup_command (deployment, cs_block_state_get_block (block), &error);
  g_assert_no_error (error);
  expected = cs_digest_of_data (sent, strlen (sent));
  g_assert_cmpuint (g_strv_length (before->scripts), ==, 2);
  g_assert_cmpstr (before->scripts[0], ==, "");
  g_assert_cmpstr (before->scripts[1], ==, before->commands[1]);
  g_assert_cmpstr (after->scripts[0], ==, expected);
  g_assert_cmpstr (after->scripts[0], !=, after->commands[0]);
  g_assert_cmpstr (after->scripts[1], ==, before->commands[1]);
}

static const char with_rollback[] = "# Move\n\n## Approval\n\n"
                                    "- Tech Lead: ____________________ Date: ________\n\n"
                                    "## Deployment Steps\n\n### Step 1: Move\n\n```bash\n"
                                    "true\n```\n\n## Rollback\n\n### Step 1: Go back\n\n"
                                    "```bash\necho back to <version>\n```\n";

/* Who signs the way forward signs the way back, each command for the shell that reads it. */
static void
test_rollback (Fixture *self, gconstpointer data)
{
  g_autoptr (CsStatement) before = NULL;
  g_autoptr (CsStatement) after = NULL;
  g_autoptr (GPtrArray) rollback = NULL;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  deployment = fixture_start (self, with_rollback);
  rollback = cs_deployment_list_rollback (deployment);
  g_assert_cmpuint (rollback->len, ==, 1);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  before = prepare (self, deployment);
  g_assert_cmpuint (g_strv_length (before->commands), ==, 2);
  g_assert_cmpuint (before->rollback, ==, 1);
  g_assert_cmpstr (before->commands[1], ==, cs_block_get_digest (rollback->pdata[0]));
  g_assert_cmpstr (before->scripts[1], ==, "");
  g_assert_cmpstr (before->shells[0], ==, "bash");
  g_assert_cmpstr (before->shells[1], ==, "bash");
  /* A value of the way back alone leaves the approval of the way forward as it is. */
  assert_set (deployment, "version", "1.0");
  g_assert_cmpint (cs_signoff_state_get_status (cs_deployment_find_signoff (deployment, "s1")), ==,
                   CS_STATUS_PASSED);
  after = prepare (self, deployment);
  g_assert_cmpstr (after->scripts[1], !=, "");
}

/* A sign-off of an older Countersign does not count in an open deployment, and says what to do. */
static void
test_outdated (Fixture *self, gconstpointer data)
{
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (CsKey) key = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  CsSignoffState *signoff;

  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  fixture_sign (self, fixture_start (self, with_rollback), "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  deployment = fixture_start (self, with_rollback);
  signoff = cs_deployment_find_signoff (deployment, "s1");
  statement = prepare (self, deployment);
  g_clear_pointer (&statement->shells, g_strfreev);
  g_clear_pointer (&statement->commands[1], g_free);
  g_clear_pointer (&statement->scripts[1], g_free);
  statement->rollback = 0;
  g_free (statement->manifest_digest);
  statement->manifest_digest =
    cs_statement_compute_manifest ((const char *const *) statement->commands);
  key = fixture_key (self, "lead@example.com");
  cs_deployment_sign_async (deployment, signoff, statement, NULL, key, NULL, NULL, result_cb,
                            &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (cs_deployment_sign_finish (deployment, result, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_assert_nonnull (strstr (error->message, CS_STATEMENT_OUTDATED));
  g_clear_error (&error);
  g_assert_cmpint (cs_signoff_state_get_status (signoff), !=, CS_STATUS_PASSED);
  g_assert_cmpstr (cs_signoff_state_get_problem (signoff), ==, CS_STATEMENT_OUTDATED);
  g_assert_false (fixture_run (self, deployment, "2.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_signoff_state_get_status (signoff), ==, CS_STATUS_PASSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(path, test) \
  g_test_add ("/deployment/values/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("names", test_names);
  ADD ("gate", test_gate);
  ADD ("data", test_data);
  ADD ("change", test_change);
  ADD ("refused", test_refused);
  ADD ("second-shell", test_second_shell);
  ADD ("carried", test_carried);
  ADD ("carried-plain", test_carried_plain);
  ADD ("lapse", test_lapse);
  ADD ("lapse-after-failure", test_lapse_after_failure);
  ADD ("scripts", test_scripts);
  ADD ("rollback", test_rollback);
  ADD ("outdated", test_outdated);
#undef ADD
  return g_test_run ();
}
