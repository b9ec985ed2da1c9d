/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a runbook is for the environment of a deployment; what is for others is left out. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

static const char *const runbook_text =
  "# T\n\n"
  "**Deployment Window:** not on Monday to Sunday\n\n"
  "## Checklists\n\n"
  "### Production Checklist\n\n- [ ] Backup is offsite\n\n"
  "### Staging Checklist\n\n- [ ] Test data is fresh\n\n"
  "## Preparation\n\n"
  "### Step 1: Look\n\n```bash\necho look\n```\n\n"
  "### Step 2: Seed the database (staging and QA only)\n\n```bash\necho seed\n```\n\n"
  "### Step 3: Production only\n\n```bash\necho warn\n```\n\n"
  "## Staging Deployment\n\n```bash\necho staging\n```\n\n"
  "## Production Deployment\n\n```bash\necho production\n```\n\n"
  "## Rollback Procedure\n\n"
  "### Step 1: Back\n\n```bash\necho back\n```\n\n"
  "### Step 2: Tell customers (production only)\n\n```bash\necho tell\n```\n";

typedef struct
{
  const char *name;
  const char *environment;
  CsPolicyStage stage;
  gboolean production;
  const char *out;  /* ids of what is left out, phases without a point */
  const char *path; /* ids of the phases on the path */
} Case;

static const Case CASES[] = {
  { "production", "production", CS_POLICY_STAGE_BY_NAME, TRUE, "1.2 2.2 3 ", "1 2 4 " },
  { "short", "prod", CS_POLICY_STAGE_BY_NAME, TRUE, "1.2 2.2 3 ", "1 2 4 " },
  { "live", "live-eu", CS_POLICY_STAGE_BY_NAME, TRUE, "1.2 2.2 3 ", "1 2 4 " },
  { "staging", "Staging", CS_POLICY_STAGE_BY_NAME, FALSE, "1.1 2.3 4 5.2 ", "1 2 3 " },
  { "qa", "qa", CS_POLICY_STAGE_BY_NAME, FALSE, "1.1 1.2 2.3 3 4 5.2 ", "1 2 " },
  { "other", "demo", CS_POLICY_STAGE_BY_NAME, FALSE, "1.1 1.2 2.2 2.3 3 4 5.2 ", "1 2 " },
  { "told", "shop", CS_POLICY_STAGE_PRODUCTION, TRUE, "1.2 2.2 3 ", "1 2 4 " },
  { "told-not", "prod-mirror", CS_POLICY_STAGE_OTHER, FALSE, "1.1 1.2 2.2 2.3 3 4 5.2 ", "1 2 " },
};

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

static void
set_stage (Fixture *self, const char *environment, CsPolicyStage stage)
{
  CsPolicies *policies = cs_workspace_get_policies (self->workspace);
  g_autoptr (CsPolicy) policy = cs_policy_new (environment);
  g_autoptr (CsKey) key = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  key = fixture_key (self, "boss");
  policy->stage = stage;
  cs_policies_set_async (policies, cs_workspace_get_people (self->workspace), policy, key, NULL,
                         NULL, result_cb, &result);
  done = wait_for (&result);
  cs_policies_set_finish (policies, done, &error);
  g_assert_no_error (error);
}

static GPtrArray *
read_records (Fixture *self, CsDeployment *deployment)
{
  CsStore *store = cs_workspace_get_store (self->workspace);
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *records;

  cs_store_read_async (store, cs_deployment_get_stream (deployment), 0, NULL, result_cb, &result);
  done = wait_for (&result);
  records = cs_store_read_finish (store, done, &error);
  g_assert_no_error (error);
  return records;
}

/* As the records say, each with its reason. */
static char *
list_left_out (Fixture *self, CsDeployment *deployment)
{
  g_autoptr (GPtrArray) records = read_records (self, deployment);
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = g_ptr_array_index (records, i);
      JsonObject *body = cs_record_get_body (record);
      const char *id = cs_json_get_string (body, "step");
      g_autofree char *end = g_strdup_printf ("; this deployment goes to %s",
                                              cs_deployment_get_environment (deployment));

      if (strcmp (cs_record_get_kind (record), "left-out") != 0)
        continue;
      g_assert_true (g_str_has_suffix (cs_json_get_string (body, "reason"), end));
      g_string_append_printf (ids, "%s ", id != NULL ? id : cs_json_get_string (body, "phase"));
    }
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static char *
list_path (CsDeployment *deployment)
{
  GListModel *phases = cs_deployment_get_phases (deployment);
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);

      g_string_append_printf (ids, "%s ", cs_phase_get_id (cs_phase_state_get_phase (phase)));
    }
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static void
check (Fixture *self, const Case *one, CsDeployment *deployment)
{
  g_autofree char *out = list_left_out (self, deployment);
  g_autofree char *path = list_path (deployment);
  g_auto (GStrv) ids = g_strsplit (out, " ", -1);

  g_assert_cmpstr (out, ==, one->out);
  g_assert_cmpstr (path, ==, one->path);
  g_assert_true (cs_deployment_is_production (deployment) == one->production);
  for (char **id = ids; *id != NULL; id++)
    if (strchr (*id, '.') != NULL)
      g_assert_cmpint (
        cs_step_state_get_status (cs_deployment_find_step (deployment, *id)), ==,
        CS_STATUS_SKIPPED);
}

static void
test_case (Fixture *self, gconstpointer data)
{
  const Case *one = data;
  CsDeployment *deployment;
  g_autofree char *id = NULL;

  if (one->stage != CS_POLICY_STAGE_BY_NAME)
    {
      fixture_grant (self, "boss", "Manager");
      set_stage (self, one->environment, one->stage);
    }
  deployment = fixture_start_in (self, runbook_text, one->environment);
  id = g_strdup (cs_deployment_get_id (deployment));
  check (self, one, deployment);
  fixture_restart (self);
  check (self, one, cs_workspace_find_deployment (self->workspace, id, NULL));
}

static const CsGate *
find_gate (GPtrArray *gates, const char *id)
{
  for (guint i = 0; i < gates->len; i++)
    if (strcmp (((CsGate *) g_ptr_array_index (gates, i))->id, id) == 0)
      return g_ptr_array_index (gates, i);
  return NULL;
}

/* Nobody can act on what is for others, and it holds nothing up. */
static void
test_walk (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start_in (self, runbook_text, "staging");
  CsStepState *other = cs_deployment_find_step (deployment, "2.3");
  g_autoptr (GPtrArray) gates =
    cs_deployment_gates_for_run (deployment, other, fixture_block (deployment, "2.3", 0));
  g_autoptr (GPtrArray) choosing = cs_deployment_gates_for_choose (
    deployment, cs_deployment_find_step (deployment, "1.1"), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (find_gate (gates, "environment")->words, ==,
                   "“Production only” is for production; this deployment goes to staging");
  g_assert_null (find_gate (gates, "environment")->who);
  g_assert_nonnull (find_gate (choosing, "environment"));
  g_assert_false (fixture_check (self, deployment, "1.1", 0, TRUE, NULL));
  g_assert_true (fixture_check (self, deployment, "1.2", 0, TRUE, &error));
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.1", 0, &error);
  g_assert_no_error (error);
  fixture_run (self, deployment, "2.2", 0, &error);
  g_assert_no_error (error);
  g_assert_false (fixture_run (self, deployment, "2.3", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  fixture_run (self, deployment, "3.1", 0, &error);
  g_assert_no_error (error);
  fixture_close (self, deployment, &error);
  g_assert_no_error (error);
}

/* Windows hold in production, also where it is called otherwise, and nowhere else. */
static void
test_window (Fixture *self, gconstpointer data)
{
  static const char *const text =
    "# T\n\n**Deployment Window:** not on Monday to Sunday\n\n## Deployment Steps\n\n"
    "### Step 1: Go\n\n```bash\necho gone\n```\n";
  CsDeployment *shop, *mirror;
  g_autoptr (GPtrArray) held = NULL;
  g_autoptr (GPtrArray) open = NULL;

  fixture_grant (self, "boss", "Manager");
  set_stage (self, "shop", CS_POLICY_STAGE_PRODUCTION);
  set_stage (self, "production", CS_POLICY_STAGE_OTHER);
  shop = fixture_start_in (self, text, "shop");
  mirror = fixture_start_in (self, text, "production");
  held = cs_deployment_gates_for_run (shop, cs_deployment_find_step (shop, "1.1"),
                                      fixture_block (shop, "1.1", 0));
  open = cs_deployment_gates_for_run (mirror, cs_deployment_find_step (mirror, "1.1"),
                                      fixture_block (mirror, "1.1", 0));
  g_assert_cmpstr (find_gate (held, "window")->words, ==,
                   "The deployment window does not open within two weeks");
  g_assert_null (find_gate (open, "window"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *path = g_strdup_printf ("/scope/left-out/%s", CASES[i].name);

      g_test_add (path, Fixture, &CASES[i], fixture_set_up, test_case, fixture_tear_down);
    }
  g_test_add ("/scope/walk", Fixture, NULL, fixture_set_up, test_walk, fixture_tear_down);
  g_test_add ("/scope/window", Fixture, NULL, fixture_set_up, test_window, fixture_tear_down);
  return g_test_run ();
}
