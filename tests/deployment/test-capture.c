/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that come from what a command printed. */

#include "cs-deployment-fixture.h"

#include "cs-capture.h"
#include "cs-error.h"

#include <string.h>

#define USE "### Step 2: Use\n\n```bash\necho back to <COMMIT>\n```\n"

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
capture (Fixture *self,
         CsDeployment *deployment,
         const char *name,
         const char *text,
         GError **error)
{
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  cs_deployment_capture_async (deployment, "ada@example.org", fixture_block (deployment, "1.1", 0),
                               name, text, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  return cs_deployment_act_finish (deployment, done, error);
}

static CsDeployment *
start (Fixture *self, const char *info, const char *command)
{
  g_autofree char *text = g_strdup_printf (
    "# T\n\n## Deployment Steps\n\n### Step 1: Look\n\n```bash%s\n%s\n```\n\n" USE, info, command);

  return fixture_start (self, text);
}

/* What a command takes for a placeholder by itself; value NULL: a person is asked. */
typedef struct
{
  const char *name;
  const char *info;
  const char *command;
  const char *value;
} Case;

static const Case CASES[] = {
  { "line", " {capture=COMMIT}", "echo 4f2a1b", "4f2a1b" },
  { "coloured", " {capture=COMMIT}", "printf '\\n\\033[32m  4f2a1b \\033[0m\\r\\n\\n'", "4f2a1b" },
  { "several", " {capture=COMMIT}", "echo 4f2a1b; echo or 5e", NULL },
  { "nothing", " {capture=COMMIT}", "true", NULL },
  { "failed", " {capture=COMMIT}", "echo 4f2a1b; exit 3", NULL },
  { "open", " {capture=COMMIT}", "echo 4f2a1b\n# Should show a clean tree", NULL },
  { "long", " {capture=COMMIT}", "printf '%070000d' 7", NULL },
  { "unknown", " {capture=BRANCH}", "echo main", NULL },
  { "unsaid", "", "echo 4f2a1b", NULL },
};

static void
test_by_itself (Fixture *self, gconstpointer data)
{
  const Case *one = data;
  CsDeployment *deployment = start (self, one->info, one->command);
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));
  g_autoptr (GError) error = NULL;
  const CsValueSource *source;
  CsBlockState *block;

  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_deployment_get_value (deployment, "COMMIT"), ==, one->value);
  g_assert_null (cs_deployment_get_value (deployment, "BRANCH"));
  source = cs_deployment_get_value_source (deployment, "COMMIT");
  g_assert_true ((source != NULL) == (one->value != NULL));
  if (one->value == NULL)
    return;
  block = fixture_block (deployment, "1.1", 0);
  g_assert_cmpstr (source->run, ==, cs_block_state_get_run_id (block));
  g_assert_cmpstr (source->block, ==, "1.1.1");
  g_assert_cmpstr (source->actor, ==, cs_workspace_get_actor (self->workspace));
  fixture_run (self, deployment, "1.2", 0, &error);
  g_assert_no_error (error);

  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  g_assert_cmpstr (cs_deployment_get_value (deployment, "COMMIT"), ==, one->value);
  g_assert_cmpstr (cs_deployment_get_value_source (deployment, "COMMIT")->step, ==, "1.1");
}

/* A person takes what was printed and nothing else; who enters a value later is its source. */
static void
test_by_person (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = start (self, "", "echo On main; echo commit 4f2a1b by Ada");
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (capture (self, deployment, "COMMIT", NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  g_assert_false (capture (self, deployment, "COMMIT", NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "printed 2 lines"));
  g_clear_error (&error);
  g_assert_false (capture (self, deployment, "COMMIT", "5e", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (capture (self, deployment, "COMMIT", "main\ncommit", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (capture (self, deployment, "BRANCH", "main", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  capture (self, deployment, "COMMIT", " 4f2a1b ", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_deployment_get_value (deployment, "COMMIT"), ==, "4f2a1b");
  g_assert_cmpuint (cs_deployment_get_value_source (deployment, "COMMIT")->line, ==, 2);
  g_assert_cmpstr (cs_deployment_get_value_source (deployment, "COMMIT")->actor, ==,
                   "ada@example.org");

  cs_deployment_set_value_async (deployment, "ada@example.org", "COMMIT", "5e", NULL, result_cb,
                                 &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = result;
  cs_deployment_act_finish (deployment, done, &error);
  g_assert_no_error (error);
  g_assert_null (cs_deployment_get_value_source (deployment, "COMMIT"));
}

/* An approval of a command lapses when a value that it is run with comes from an output later. */
static void
test_lapse (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (
    self, "# T\n\n## Approval\n\n- Tech Lead: ____________________ Date: ________\n\n"
          "## Deployment Steps\n\n### Step 1: Look\n\n```bash {capture=COMMIT}\necho 4f2a1b\n"
          "```\n\n" USE);
  CsSignoffState *line = cs_deployment_find_signoff (deployment, "s1");
  g_autoptr (GError) error = NULL;

  fixture_sign (self, deployment, "s1", "lead@example.com", TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_signoff_state_get_status (line), ==, CS_STATUS_PASSED);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_deployment_get_value (deployment, "COMMIT"), ==, "4f2a1b");
  g_assert_cmpint (cs_signoff_state_get_status (line), !=, CS_STATUS_PASSED);
  g_assert_false (fixture_run (self, deployment, "2.2", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *path = g_strdup_printf ("/capture/by-itself/%s", CASES[i].name);

      g_test_add (path, Fixture, &CASES[i], fixture_set_up, test_by_itself, fixture_tear_down);
    }
  g_test_add ("/capture/by-person", Fixture, NULL, fixture_set_up, test_by_person,
              fixture_tear_down);
  g_test_add ("/capture/lapse", Fixture, NULL, fixture_set_up, test_lapse, fixture_tear_down);
  return g_test_run ();
}
