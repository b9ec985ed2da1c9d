/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that their author leaves to a person, and commands meant for elsewhere, run for real. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const failing_text =
  "# Bakery 3\n"
  "\n"
  "## Deployment Steps\n"
  "\n"
  "### Step 1: Prove it\n"
  "\n"
  "```bash\n"
  "set -u\n"
  "mkdir -p oven\n"
  "LOAVES=12\n"
  "test -f oven/warm\n"
  "\n"
  "# If the proof fails:\n"
  "echo cold >> oven/blockers.txt\n"
  "exit 1\n"
  "\n"
  "# Count\n"
  "echo \"$LOAVES loaves\" > oven/count.txt\n"
  "rm -f oven/count-of-yesterday.txt  # only if there is one\n"
  "```\n"
  "\n"
  "### Step 2: Sweep (if needed)\n"
  "\n"
  "```bash\n"
  "touch swept\n"
  "```\n"
  "\n"
  "### Step 3: Heat\n"
  "\n"
  "```bash\n"
  "# Option A: gas\n"
  "touch gas\n"
  "# Option B: wood\n"
  "touch wood\n"
  "```\n";

static const char *const elsewhere_text =
  "# Bakery 4\n"
  "\n"
  "## Deployment Steps\n"
  "\n"
  "### Step 1: Deliver\n"
  "\n"
  "```bash\n"
  "touch packed\n"
  "ssh courier@shop.example\n"
  "touch delivered-on-the-wrong-machine\n"
  "exit\n"
  "touch returned\n"
  "```\n"
  "\n"
  "### Step 2: Recount\n"
  "\n"
  "```bash\n"
  "docker exec -it till sh\n"
  "touch inside-the-till\n"
  "```\n";

static const char *const options_text =
  "# Bakery 5\n"
  "\n"
  "## Deployment Steps\n"
  "\n"
  "### Option A: By machine\n"
  "\n"
  "```bash\n"
  "touch by-machine\n"
  "```\n"
  "\n"
  "### Option B: By hand\n"
  "\n"
  "```bash\n"
  "touch by-hand\n"
  "```\n"
  "\n"
  "### Step 2: Wrap\n"
  "\n"
  "#### Option A: in paper\n"
  "\n"
  "```bash\n"
  "touch paper\n"
  "```\n"
  "\n"
  "```bash\n"
  "touch string\n"
  "```\n"
  "\n"
  "#### Option B: in cloth\n"
  "\n"
  "```bash\n"
  "touch cloth\n"
  "```\n";

static gboolean
exists (const char *name)
{
  g_autofree char *path = g_build_filename (g_get_home_dir (), name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
create (const char *name)
{
  g_autofree char *path = g_build_filename (g_get_home_dir (), name, NULL);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
run (Fixture *self, CsDeployment *deployment, const char *step, guint block)
{
  g_autoptr (GError) error = NULL;

  fixture_run (self, deployment, step, block, &error);
  g_assert_no_error (error);
}

static void
assert_refused (
  Fixture *self,
  CsDeployment *deployment,
  const char *step,
  guint block,
  const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (fixture_run (self, deployment, step, block, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static CsStatus
status_of (CsDeployment *deployment, const char *step)
{
  return cs_step_state_get_status (cs_deployment_find_step (deployment, step));
}

static void
make_home (void)
{
  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
}

/* The block stops before the author's "if"; that part runs only when it is asked for, also after
 * the part before it has failed. */
static void
test_failing (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  CsNext next;

  make_home ();
  deployment = fixture_start (self, failing_text);
  assert_refused (self, deployment, "1.1", 1, "comes first");
  run (self, deployment, "1.1", 0);
  g_assert_cmpint (status_of (deployment, "1.1"), ==, CS_STATUS_FAILED);
  g_assert_false (exists ("oven/blockers.txt"));
  g_assert_false (exists ("oven/count.txt"));
  assert_refused (self, deployment, "1.1", 2, "comes first");

  run (self, deployment, "1.1", 1);
  g_assert_true (exists ("oven/blockers.txt"));
  g_assert_cmpint (
    cs_block_state_get_exit_status (fixture_block (deployment, "1.1", 1)), ==, 1);

  create ("oven/warm");
  run (self, deployment, "1.1", 0);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_RUN);
  g_assert_true (next.block == fixture_block (deployment, "1.1", 2));
  run (self, deployment, "1.1", 2);
  g_assert_true (exists ("oven/count.txt"));
  g_assert_cmpint (status_of (deployment, "1.1"), ==, CS_STATUS_PASSED);
}

/* Variables and options of the shell are those of one block, although it ran in parts. */
static void
test_one_shell (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;
  g_autofree char *path = NULL, *count = NULL;

  make_home ();
  deployment = fixture_start (self, failing_text);
  path = g_build_filename (g_get_home_dir (), "oven", NULL);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  create ("oven/warm");
  create ("oven/count-of-yesterday.txt");
  run (self, deployment, "1.1", 0);
  run (self, deployment, "1.1", 2);
  g_clear_pointer (&path, g_free);
  path = g_build_filename (g_get_home_dir (), "oven/count.txt", NULL);
  g_assert_true (g_file_get_contents (path, &count, NULL, NULL));
  g_assert_cmpstr (count, ==, "12 loaves\n");
  g_assert_true (exists ("oven/count-of-yesterday.txt"));
  g_assert_cmpint (status_of (deployment, "1.1"), ==, CS_STATUS_PASSED);
  g_assert_true (g_str_has_prefix (
    cs_block_get_text (cs_block_state_get_block (fixture_block (deployment, "1.1", 2))),
    "set -u\n"));

  /* It may still be run, and holds nothing up. */
  run (self, deployment, "1.1", 3);
  g_assert_false (exists ("oven/count-of-yesterday.txt"));
}

/* A step that holds nothing else waits for a person's word; of options one is enough. */
static void
test_choices (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;
  CsNext next;

  make_home ();
  deployment = fixture_start (self, failing_text);
  fixture_skip (self, deployment, "1.1", "another test", &error);
  g_assert_no_error (error);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_CHECK);
  g_assert_null (next.block);
  assert_refused (self, deployment, "1.3", 0, "comes first");
  fixture_confirm (self, deployment, "1.2", &error);
  g_assert_no_error (error);
  g_assert_false (exists ("swept"));

  run (self, deployment, "1.3", 1);
  g_assert_true (exists ("wood"));
  g_assert_false (exists ("gas"));
  g_assert_cmpint (status_of (deployment, "1.3"), ==, CS_STATUS_PASSED);
  g_assert_null (cs_deployment_get_current_phase (deployment));
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
set_value (CsDeployment *deployment, const char *name, const char *value)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_deployment_set_value_async (deployment, "operator@example.com", name, value, NULL,
                                 keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  cs_deployment_act_finish (deployment, result, &error);
  g_assert_no_error (error);
}

/* What follows a hop does not run on the machine that sent it, and what is typed into another
 * program's shell does not run beside it. */
static void
test_elsewhere (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;

  make_home ();
  deployment = fixture_start (self, elsewhere_text);
  run (self, deployment, "1.1", 0);
  g_assert_true (exists ("packed"));
  assert_refused (self, deployment, "1.1", 1, "courier@shop.example");
  assert_refused (self, deployment, "1.1", 2, "comes first");
  g_assert_false (exists ("delivered-on-the-wrong-machine"));

  /* Only who says that it is the same machine, by its name, gets it run here. */
  set_value (deployment, "ssh courier@shop.example", "some other name");
  assert_refused (self, deployment, "1.1", 1, "courier@shop.example");
  set_value (deployment, "ssh courier@shop.example", cs_target_get_name (self->target));
  run (self, deployment, "1.1", 1);
  g_assert_true (exists ("delivered-on-the-wrong-machine"));
  run (self, deployment, "1.1", 2);
  g_assert_true (exists ("returned"));

  assert_refused (self, deployment, "1.2", 0, "docker exec -it till sh");
  g_assert_false (exists ("inside-the-till"));
}

/* Of options under headings one is enough, and any may be taken first. */
static void
test_options (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment;

  make_home ();
  deployment = fixture_start (self, options_text);
  assert_refused (self, deployment, "1.3", 0, "comes first");
  run (self, deployment, "1.2", 0);
  g_assert_true (exists ("by-hand"));
  g_assert_cmpint (status_of (deployment, "1.1"), ==, CS_STATUS_SKIPPED);
  g_assert_false (exists ("by-machine"));
  assert_refused (self, deployment, "1.3", 1, "comes first");
  run (self, deployment, "1.3", 2);
  g_assert_true (exists ("cloth"));
  g_assert_false (exists ("paper") || exists ("string"));
  g_assert_null (cs_deployment_get_current_phase (deployment));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/deployment/conditions/failing", Fixture, NULL, fixture_set_up, test_failing,
              fixture_tear_down);
  g_test_add ("/deployment/conditions/one-shell", Fixture, NULL, fixture_set_up, test_one_shell,
              fixture_tear_down);
  g_test_add ("/deployment/conditions/choices", Fixture, NULL, fixture_set_up, test_choices,
              fixture_tear_down);
  g_test_add ("/deployment/conditions/options", Fixture, NULL, fixture_set_up, test_options,
              fixture_tear_down);
  g_test_add ("/deployment/conditions/elsewhere", Fixture, NULL, fixture_set_up, test_elsewhere,
              fixture_tear_down);
  return g_test_run ();
}
