/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole deployments on this computer: gates, commands, signatures, restart, rollback. */

#include "cs-deployment-fixture.h"

#include "cs-envelope.h"
#include "cs-error.h"
#include "cs-json.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const runbook_text =
  "# Greeting service 2\n"
  "\n"
  "**Version**: 2.0\n"
  "\n"
  "## Preparation\n"
  "\n"
  "### Step 1: Look around\n"
  "\n"
  "```bash\n"
  "mkdir -p work && cd work\n"
  "export GREETING=\"hello there\"\n"
  "echo ready\n"
  "```\n"
  "\n"
  "- [ ] The team knows\n"
  "- [ ] Nobody is on holiday\n"
  "\n"
  "## Approval\n"
  "\n"
  "- Tech Lead: ____________________ Date: ________\n"
  "\n"
  "## Deployment Steps\n"
  "\n"
  "### Step 1: Say it\n"
  "\n"
  "```bash\n"
  "echo \"$GREETING\" >> said.txt; pwd; cat said.txt\n"
  "```\n"
  "\n"
  "### Step 2: Fail\n"
  "\n"
  "```bash\n"
  "test -f allowed || { echo not allowed; exit 3; }\n"
  "```\n"
  "\n"
  "## Rollback Procedure\n"
  "\n"
  "### Step 1: Take it back\n"
  "\n"
  "```bash\n"
  "rm -f said.txt; echo gone\n"
  "```\n";

static const char *const staged_text =
  "# Two places\n"
  "\n"
  "**Approved by**\n"
  "\n"
  "- Manager: ____________________ Date: ________\n"
  "\n"
  "## Preparation\n"
  "\n"
  "- [ ] Ready\n"
  "\n"
  "## Staging Deployment\n"
  "\n"
  "```bash\n"
  "echo staging\n"
  "```\n"
  "\n"
  "## Production Deployment\n"
  "\n"
  "```bash\n"
  "touch production-touched\n"
  "```\n";

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
assert_gate (gboolean done, GError *error, CsError code, const char *words)
{
  g_assert_false (done);
  g_assert_error (error, CS_ERROR, (int) code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

/* The first command starts in the login's home; the test framework names one of its own. */
static void
make_home (void)
{
  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
}

static void
do_preparation (Fixture *self, CsDeployment *deployment)
{
  g_autoptr (GError) error = NULL;

  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  fixture_check (self, deployment, "1.1", 0, TRUE, &error);
  g_assert_no_error (error);
  fixture_check (self, deployment, "1.1", 1, TRUE, &error);
  g_assert_no_error (error);
}

static void
test_walk (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsNext next;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_autofree char *where = g_strconcat (g_get_home_dir (), "/work\nhello there\n", NULL);
  gboolean done;

  make_home ();
  deployment = fixture_start (self, runbook_text);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_RUN);

  done = fixture_run (self, deployment, "3.1", 0, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "Preparation");
  g_clear_error (&error);
  do_preparation (self, deployment);

  done = fixture_run (self, deployment, "3.1", 0, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "Tech Lead");
  g_clear_error (&error);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_SIGN);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);

  done = fixture_run (self, deployment, "3.2", 0, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "3.1");
  g_clear_error (&error);
  fixture_run (self, deployment, "3.1", 0, &error);
  g_assert_no_error (error);
  output = fixture_output (self, fixture_block (deployment, "3.1", 0));
  g_assert_cmpstr (output, ==, where);
  done = fixture_run (self, deployment, "3.1", 0, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "already");
  g_clear_error (&error);

  fixture_run (self, deployment, "3.2", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_block_state_get_exit_status (fixture_block (deployment, "3.2", 0)), ==, 3);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_SETTLE);
  done = fixture_close (self, deployment, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "Deployment");
  g_clear_error (&error);

  done = fixture_skip (self, deployment, "3.2", "  ", &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "reason");
  g_clear_error (&error);
  fixture_skip (self, deployment, "3.2", "not needed here", &error);
  g_assert_no_error (error);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_CLOSE);
  fixture_close (self, deployment, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_deployment_get_status (deployment), ==, CS_DEPLOYMENT_FINISHED);
  done = fixture_check (self, deployment, "1.1", 0, FALSE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "closed");
}

/* State is the fold of the records and nothing else: after a restart all of it is there again. */
static void
test_restart (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *output = NULL;
  g_autofree char *where = g_strconcat (g_get_home_dir (), "/work\nhello there\n", NULL);

  make_home ();
  deployment = fixture_start (self, runbook_text);
  id = g_strdup (cs_deployment_get_id (deployment));
  do_preparation (self, deployment);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  before = fixture_describe (deployment);

  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, &error);
  g_assert_no_error (error);
  after = fixture_describe (deployment);
  g_assert_cmpstr (after, ==, before);
  fixture_run (self, deployment, "3.1", 0, &error);
  g_assert_no_error (error);
  output = fixture_output (self, fixture_block (deployment, "3.1", 0));
  g_assert_cmpstr (output, ==, where);
}

/* Once the journal has the end of a command, the target keeps nothing of it, but which spool this
 * is. */
static void
test_disconnect (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autofree char *spool = g_build_filename (self->directory, "state", "spool", NULL);
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GDir) left = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  make_home ();
  deployment = fixture_start (self, runbook_text);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  cs_deployment_disconnect_async (deployment, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  g_assert_true (cs_deployment_disconnect_finish (deployment, done, &error));
  g_assert_no_error (error);
  left = g_dir_open (spool, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_dir_read_name (left), ==, "identity");
  g_assert_null (g_dir_read_name (left));
}

/* What a signature covers can't be taken back behind it, and nobody signs in another's role. */
static void
test_covered (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;
  gboolean done;

  make_home ();
  deployment = fixture_start (self, runbook_text);
  do_preparation (self, deployment);
  done = fixture_sign_as (self, deployment, "s1", "lead@example.com", "Janitor", TRUE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "for Tech Lead");
  g_clear_error (&error);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  done = fixture_check (self, deployment, "1.1", 0, FALSE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "signed with this item");
  g_clear_error (&error);
  fixture_roll_back (self, deployment, 0, "practice", &error);
  g_assert_no_error (error);
  done = fixture_sign (self, deployment, "s1", "other@example.com", FALSE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "already");
}

/* Phases for another environment are closed, and lines above the first phase come first. */
static void
test_environment (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsNext next;
  GListModel *off;
  g_autoptr (CsPhaseState) other = NULL;
  g_autoptr (CsStepState) step = NULL;
  const char *id;
  g_autoptr (GError) error = NULL;
  gboolean done;

  make_home ();
  deployment = fixture_start (self, staged_text);
  off = cs_deployment_get_references (deployment);
  g_assert_cmpuint (g_list_model_get_n_items (off), >, 0);
  other = g_list_model_get_item (off, 0);
  step = g_list_model_get_item (cs_phase_state_get_steps (other), 0);
  id = cs_step_get_id (cs_step_state_get_step (step));
  done = fixture_run (self, deployment, id, 0, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "this deployment goes to test");
  g_clear_error (&error);

  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_SIGN);
  done = fixture_check (self, deployment, "1.1", 0, TRUE, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "Manager comes first");
  g_clear_error (&error);
  fixture_sign_as (self, deployment, "s1", "boss@example.com", "Manager", TRUE, &error);
  g_assert_no_error (error);
  fixture_check (self, deployment, "1.1", 0, TRUE, &error);
  g_assert_no_error (error);
}

/* A secret that a command exports reaches the next command, and not the journal. */
static void
test_exported_secret (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  make_home ();
  deployment = fixture_start (self, "# Secrets\n\n## Deployment Steps\n\n"
                                    "### Step 1: Read\n\n```bash\n"
                                    "export APP_TOKEN=$(printf hunter%s 2secret)\n```\n\n"
                                    "### Step 2: Use\n\n```bash\n"
                                    "printf %s \"$APP_TOKEN\" | wc -c\n```\n");
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "1.2", 0, &error);
  g_assert_no_error (error);
  output = fixture_output (self, fixture_block (deployment, "1.2", 0));
  g_assert_cmpstr (output, ==, "13\n");
  g_free (query->words);
  query->words = g_strdup ("hunter2secret");
  found = cs_store_query_sync (cs_workspace_get_store (self->workspace), query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 0);
}

static void
test_rollback (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;
  gboolean done;

  make_home ();
  deployment = fixture_start (self, runbook_text);
  do_preparation (self, deployment);
  done = fixture_run (self, deployment, "4.1", 0, &error);
  assert_gate (done, error, CS_ERROR_WAITING, "rollback");
  g_clear_error (&error);
  fixture_roll_back (self, deployment, 0, "error rate is high", &error);
  g_assert_no_error (error);
  done = fixture_run (self, deployment, "3.1", 0, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "rolled back");
  g_clear_error (&error);
  fixture_run (self, deployment, "4.1", 0, &error);
  g_assert_no_error (error);
  fixture_close (self, deployment, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_deployment_get_status (deployment), ==, CS_DEPLOYMENT_ROLLED_BACK);
}

static void
test_reject (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autoptr (GError) error = NULL;
  gboolean done;

  make_home ();
  deployment = fixture_start (self, runbook_text);
  do_preparation (self, deployment);
  fixture_sign (self, deployment, "s1", "lead@example.com", FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_signoff_state_get_status (cs_deployment_find_signoff (deployment, "s1")), ==,
                   CS_STATUS_FAILED);
  done = fixture_sign (self, deployment, "s1", "someone@example.com", TRUE, &error);
  assert_gate (done, error, CS_ERROR_REFUSED, "can withdraw that");
  g_clear_error (&error);
  done = fixture_run (self, deployment, "3.1", 0, &error);
  g_assert_false (done);
  g_clear_error (&error);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "3.1", 0, &error);
  g_assert_no_error (error);
}

/* A statement that was prepared before something else was recorded is not signed. */
static void
test_moved_head (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsSignoffState *signoff;
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (CsPerson) person = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *key_path = NULL;
  g_autoptr (CsKey) key = NULL;
  GAsyncResult *result = NULL;

  make_home ();
  deployment = fixture_start (self, runbook_text);
  do_preparation (self, deployment);
  fixture_enrol (self, "lead@example.com");
  key_path = g_build_filename (self->directory, "keys", "lead@example.com", "id_ed25519", NULL);
  cs_key_load_async (key_path, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  key = cs_key_load_finish (result, &error);
  g_clear_object (&result);
  g_assert_no_error (error);
  signoff = cs_deployment_find_signoff (deployment, "s1");
  g_set_object (&person, cs_people_lookup (cs_workspace_get_people (self->workspace),
                                           "lead@example.com"));
  statement = cs_deployment_prepare_statement (deployment, signoff, "Tech Lead", person, key, TRUE,
                                               NULL);
  fixture_check (self, deployment, "1.1", 0, FALSE, &error);
  g_assert_no_error (error);
  fixture_check (self, deployment, "1.1", 0, TRUE, &error);
  g_assert_no_error (error);
  cs_deployment_sign_async (deployment, signoff, statement, NULL, key, NULL, NULL, result_cb,
                            &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  g_assert_false (cs_deployment_sign_finish (deployment, done, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
}

/* The signature is plain OpenSSH's: ssh-keygen alone accepts it. */
static void
test_stock_openssh (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsStore *store = cs_workspace_get_store (self->workspace);
  CsSignoffState *signoff;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (CsEnvelope) envelope = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autofree char *allowed_path = g_build_filename (self->directory, "allowed", NULL);
  g_autofree char *signature_path = g_build_filename (self->directory, "signature", NULL);
  g_autofree char *allowed = NULL;
  g_autoptr (GSubprocess) verify = NULL;

  make_home ();
  deployment = fixture_start (self, runbook_text);
  do_preparation (self, deployment);
  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  signoff = cs_deployment_find_signoff (deployment, "s1");
  blob = cs_store_get_blob_sync (store, cs_signoff_state_get_envelope (signoff), &error);
  g_assert_no_error (error);
  node = cs_json_parse (g_bytes_get_data (blob, NULL), (gssize) g_bytes_get_size (blob), &error);
  g_assert_no_error (error);
  envelope = cs_envelope_new_from_json (node, &error);
  g_assert_no_error (error);
  message = cs_envelope_get_signed_bytes (envelope);
  allowed = cs_people_dup_allowed_signers (cs_workspace_get_people (self->workspace));
  g_file_set_contents (allowed_path, allowed, -1, &error);
  g_assert_no_error (error);
  g_file_set_contents (signature_path, cs_envelope_get_signature (envelope, 0), -1, &error);
  g_assert_no_error (error);
  verify = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
                             &error, "ssh-keygen", "-Y", "verify", "-f", allowed_path, "-I",
                             "lead@example.com", "-n", "signoff@countersign", "-s", signature_path,
                             NULL);
  g_assert_no_error (error);
  g_subprocess_communicate (verify, message, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (verify));
}

/* Two programs look at one deployment: the second to act on the same state is told. */
static void
test_two_programs (Fixture *self, gconstpointer data)
{
  g_autoptr (CsWorkspace) other = NULL;
  CsDeployment *mine, *theirs;
  CsStepState *step;
  g_autoptr (CsCheckState) check = NULL;
  GAsyncResult *first = NULL;
  GAsyncResult *second = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other_error = NULL;
  gboolean first_done, second_done;

  make_home ();
  mine = fixture_start (self, runbook_text);
  other = fixture_open_workspace (self->directory);
  theirs = cs_workspace_find_deployment (other, cs_deployment_get_id (mine), &error);
  g_assert_no_error (error);

  step = cs_deployment_find_step (mine, "1.1");
  check = g_list_model_get_item (cs_step_state_get_checks (step), 0);
  cs_deployment_check_async (mine, "a@example.com", step, check, TRUE, NULL, result_cb, &first);
  step = cs_deployment_find_step (theirs, "1.1");
  g_set_object (&check, NULL);
  check = g_list_model_get_item (cs_step_state_get_checks (step), 0);
  cs_deployment_check_async (theirs, "b@example.com", step, check, TRUE, NULL, result_cb, &second);
  while (first == NULL || second == NULL)
    g_main_context_iteration (NULL, TRUE);
  first_done = cs_deployment_act_finish (mine, first, &error);
  second_done = cs_deployment_act_finish (theirs, second, &other_error);
  g_assert_true (first_done != second_done);
  if (first_done)
    g_assert_error (other_error, CS_ERROR, CS_ERROR_CONFLICT);
  else
    g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  while (cs_deployment_get_n_records (mine) != 2 || cs_deployment_get_n_records (theirs) != 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (cs_deployment_get_head (mine), ==, cs_deployment_get_head (theirs));
  g_object_unref (first);
  g_object_unref (second);
}

/* Random acts never break what must hold, and the fold of the records is the live state. */
static void
test_random_acts (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261120);
  CsDeployment *deployment;
  g_autofree char *id = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  const char *const steps[] = { "1.1", "3.1", "3.2", "4.1" };

  make_home ();
  deployment = fixture_start (self, runbook_text);
  id = g_strdup (cs_deployment_get_id (deployment));
  for (guint i = 0; i < 120; i++)
    {
      const char *step = steps[g_rand_int_range (rand, 0, G_N_ELEMENTS (steps))];
      gint64 n = cs_deployment_get_n_records (deployment);
      gboolean done = FALSE;
      CsPhaseState *current = cs_deployment_get_current_phase (deployment);

      switch (g_rand_int_range (rand, 0, 8))
        {
        case 0:
        case 1:
          done = fixture_run (self, deployment, step, 0, NULL);
          break;
        case 2:
        case 3:
          done = fixture_check (self, deployment, "1.1", (guint) g_rand_int_range (rand, 0, 2),
                                g_rand_boolean (rand), NULL);
          break;
        case 4:
          done = g_rand_int_range (rand, 0, 6) == 0 &&
                 fixture_skip (self, deployment, step, "random", NULL);
          break;
        case 5:
          done = fixture_confirm (self, deployment, step, NULL);
          break;
        case 6:
          done = fixture_sign (self, deployment, "s1", "lead@example.com",
                               g_rand_int_range (rand, 0, 3) != 0, NULL);
          break;
        default:
          done = fixture_close (self, deployment, NULL);
        }
      if (!done)
        g_assert_cmpint (cs_deployment_get_n_records (deployment), ==, n);
      else
        g_assert_nonnull (current != NULL ? (gpointer) current : (gpointer) deployment);
      if (cs_block_state_get_attempts (fixture_block (deployment, "3.1", 0)) > 0)
        g_assert_cmpint (
          cs_signoff_state_get_at (cs_deployment_find_signoff (deployment, "s1")), >, 0);
    }
  g_assert_cmpuint (cs_block_state_get_attempts (fixture_block (deployment, "1.1", 0)), <=, 1);
  g_assert_cmpuint (cs_block_state_get_attempts (fixture_block (deployment, "3.1", 0)), <=, 1);
  before = fixture_describe (deployment);
  fixture_restart (self);
  after = fixture_describe (cs_workspace_find_deployment (self->workspace, id, NULL));
  g_assert_cmpstr (after, ==, before);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, test) \
  g_test_add ("/deployment/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("walk", test_walk);
  ADD ("restart", test_restart);
  ADD ("rollback", test_rollback);
  ADD ("disconnect", test_disconnect);
  ADD ("environment", test_environment);
  ADD ("exported-secret", test_exported_secret);
  ADD ("sign/covered", test_covered);
  ADD ("sign/reject", test_reject);
  ADD ("sign/moved-head", test_moved_head);
  ADD ("sign/stock-openssh", test_stock_openssh);
  ADD ("two-programs", test_two_programs);
  ADD ("random-acts", test_random_acts);
#undef ADD
  return g_test_run ();
}
