/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After the deployment: what is to be done, by when, closing with it open, and the ways back by
 * their names. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

static const char *const runbook_text =
  "# T\n\n"                                                                         /* 1 */
  "## Deployment Steps\n\n### Step 1: Go\n\n```bash\necho gone\n```\n\n"            /* 3 */
  "## Rollback Procedures\n\n"                                                      /* 11 */
  "### Quick Rollback\n\n```bash\necho quick\n```\n\n"                              /* 13 */
  "### Full Rollback with Database\n\n```bash\necho full\n```\n\n"                  /* 19 */
  "### Post-Rollback\n\n1. Write down why\n2. Tell the customers\n\n"               /* 25 */
  "## Success Criteria\n\n### First 2 Hours\n\n- ✅ Errors < 1%\n- Nobody calls\n\n" /* 30 */
  "## Post-Deployment Tasks\n\n### Within 24 Hours\n\n- [ ] Read the logs\n\n"      /* 37 */
  "### Within one week\n\n- Close the ticket\n";                                    /* 43 */

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

static const CsFollowUp *
find (CsDeployment *deployment, const char *text)
{
  g_autoptr (GPtrArray) list = cs_deployment_list_follow_ups (deployment, FALSE);

  for (guint i = 0; i < list->len; i++)
    if (strcmp (((const CsFollowUp *) list->pdata[i])->text, text) == 0)
      return list->pdata[i];
  g_error ("“%s” is not to be done", text);
}

static gboolean
tick (CsDeployment *deployment, const char *text, gboolean done, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_follow_up_async (deployment, "ada@example.org", find (deployment, text), done, NULL,
                                 result_cb, &result);
  return finish (deployment, &result, error);
}

static gboolean
hand_over (CsDeployment *deployment, const char *reason, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_hand_over_async (deployment, "ada@example.org", reason, NULL, result_cb, &result);
  return finish (deployment, &result, error);
}

static gboolean
roll_back_by (CsDeployment *deployment, const char *title, GError **error)
{
  g_autoptr (GPtrArray) list = cs_deployment_list_procedures (deployment);
  GAsyncResult *result = NULL;

  for (guint i = 0; i < list->len; i++)
    {
      const CsProcedure *procedure = g_ptr_array_index (list, i);

      if (strcmp (procedure->title, title) != 0)
        continue;
      cs_deployment_roll_back_by_async (deployment, "ada@example.org", procedure, "errors", NULL,
                                        result_cb, &result);
      return finish (deployment, &result, error);
    }
  g_error ("There is no way back called “%s”", title);
}

static CsDeployment *
deploy (Fixture *self)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  g_autoptr (GError) error = NULL;

  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  return deployment;
}

static CsDeployment *
restart (Fixture *self, CsDeployment *deployment)
{
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));
  g_autofree char *live = fixture_describe (deployment);
  g_autofree char *folded = NULL;

  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  folded = fixture_describe (deployment);
  g_assert_cmpstr (folded, ==, live);
  return deployment;
}

/* What is found, of which kind, and when it is due. */
static void
test_list (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  g_autoptr (GPtrArray) list = cs_deployment_list_follow_ups (deployment, FALSE);
  const CsFollowUp *errors = find (deployment, "Errors < 1%");
  const CsFollowUp *logs = find (deployment, "Read the logs");
  const CsFollowUp *ticket = find (deployment, "Close the ticket");
  gint64 at;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (list->len, ==, 4);
  g_assert_cmpint (errors->kind, ==, CS_FOLLOW_UP_CRITERION);
  g_assert_cmpint (logs->kind, ==, CS_FOLLOW_UP_TASK);
  g_assert_cmpint (errors->seconds, ==, 2 * 60 * 60);
  g_assert_cmpint (logs->seconds, ==, 24 * 60 * 60);
  g_assert_cmpint (ticket->seconds, ==, 7 * 24 * 60 * 60);
  g_assert_cmpint (cs_deployment_get_due (deployment, logs), ==, 0);
  g_assert_false (tick (deployment, "Errors < 1%", TRUE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_assert_cmpstr (error->message, ==,
                   "“Errors < 1%” comes after the deployment, which is not done yet");
  g_clear_error (&error);
  fixture_run (self, deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  at = cs_deployment_get_deployed_at (deployment);
  g_assert_cmpint (at, >, cs_deployment_get_opened_at (deployment));
  g_assert_cmpint (cs_deployment_get_due (deployment, logs), ==,
                   at + 24 * G_TIME_SPAN_HOUR);
}

/* Ticked one by one, with who and when; a box of the runbook is that box. */
static void
test_tick (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = deploy (self);
  g_autoptr (GError) error = NULL;

  g_assert_true (tick (deployment, "Errors < 1%", TRUE, &error));
  g_assert_cmpstr (find (deployment, "Errors < 1%")->actor, ==, "ada@example.org");
  g_assert_cmpint (find (deployment, "Errors < 1%")->at, >, 0);
  g_assert_false (tick (deployment, "Errors < 1%", TRUE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_true (tick (deployment, "Errors < 1%", FALSE, &error));
  g_assert_false (find (deployment, "Errors < 1%")->done);
  g_assert_true (tick (deployment, "Errors < 1%", TRUE, &error));
  g_assert_cmpint (cs_step_state_get_status (cs_deployment_find_step (deployment, "3.1")), !=,
                   CS_STATUS_PASSED);
  g_assert_true (tick (deployment, "Nobody calls", TRUE, &error));
  g_assert_cmpint (cs_step_state_get_status (cs_deployment_find_step (deployment, "3.1")), ==,
                   CS_STATUS_PASSED);
  g_assert_true (fixture_check (self, deployment, "4.1", 0, TRUE, &error));
  g_assert_true (find (deployment, "Read the logs")->done);
  g_assert_false (fixture_close (self, deployment, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  g_assert_true (fixture_confirm (self, deployment, "4.2", &error));
  g_assert_true (find (deployment, "Close the ticket")->done);
  deployment = restart (self, deployment);
  g_assert_cmpstr (find (deployment, "Nobody calls")->actor, ==, "ada@example.org");
  g_assert_true (fixture_close (self, deployment, &error));
  g_assert_no_error (error);
  g_assert_null (cs_deployment_get_closing_reason (deployment));
}

/* Closed with a reason for what is open: the record says what was. */
static void
test_hand_over (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  g_autoptr (GPtrArray) gates = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (hand_over (deployment, "the night shift does it", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_assert_cmpstr (error->message, ==, "“Deployment Steps” is not done yet");
  g_clear_error (&error);
  g_assert_true (fixture_run (self, deployment, "1.1", 0, &error));
  g_assert_true (tick (deployment, "Nobody calls", TRUE, &error));
  g_assert_false (hand_over (deployment, " ", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "Handing over what is open needs a reason");
  g_clear_error (&error);
  g_assert_true (hand_over (deployment, "the night shift does it", &error));
  g_assert_no_error (error);
  deployment = restart (self, deployment);
  g_assert_cmpint (cs_deployment_get_status (deployment), ==, CS_DEPLOYMENT_FINISHED);
  g_assert_cmpstr (cs_deployment_get_closing_reason (deployment), ==, "the night shift does it");
  g_assert_true (find (deployment, "Errors < 1%")->handed_over);
  g_assert_true (find (deployment, "Read the logs")->handed_over);
  g_assert_false (find (deployment, "Nobody calls")->handed_over);
  g_assert_false (tick (deployment, "Errors < 1%", TRUE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
}

/* A way back by its name: that one is the path, the other is left out, and tasks come after it. */
static void
test_way_back (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = deploy (self);
  g_autoptr (GPtrArray) ways = cs_deployment_list_procedures (deployment);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (ways->len, ==, 2);
  g_assert_cmpstr (((CsProcedure *) ways->pdata[0])->title, ==, "Quick Rollback");
  g_assert_true (roll_back_by (deployment, "Full Rollback with Database", &error));
  g_assert_no_error (error);
  deployment = restart (self, deployment);
  g_assert_cmpint (cs_step_state_get_status (cs_deployment_find_step (deployment, "2.1")), ==,
                   CS_STATUS_SKIPPED);
  list = cs_deployment_list_follow_ups (deployment, TRUE);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpint (find (deployment, "Write down why")->kind, ==, CS_FOLLOW_UP_AFTER_ROLLBACK);
  g_assert_false (fixture_run (self, deployment, "2.1", 0, NULL));
  g_assert_true (fixture_run (self, deployment, "2.2", 0, &error));
  g_assert_true (tick (deployment, "Write down why", TRUE, &error));
  g_assert_false (fixture_close (self, deployment, NULL));
  g_assert_true (hand_over (deployment, "support tells them", &error));
  g_assert_no_error (error);
  g_assert_cmpint (cs_deployment_get_status (deployment), ==, CS_DEPLOYMENT_ROLLED_BACK);
  g_assert_true (find (deployment, "Tell the customers")->handed_over);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/follow-ups/list", Fixture, NULL, fixture_set_up, test_list, fixture_tear_down);
  g_test_add ("/follow-ups/tick", Fixture, NULL, fixture_set_up, test_tick, fixture_tear_down);
  g_test_add ("/follow-ups/hand-over", Fixture, NULL, fixture_set_up, test_hand_over,
              fixture_tear_down);
  g_test_add ("/follow-ups/way-back", Fixture, NULL, fixture_set_up, test_way_back,
              fixture_tear_down);
  return g_test_run ();
}
