/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A workspace of its own for a test, with calls that wait. */

#include "cs-deployment-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

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
remove_tree (const char *path)
{
  const char *argv[] = { "rm", "-rf", "--", path, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

CsWorkspace *
fixture_open_workspace (const char *directory)
{
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  CsWorkspace *workspace;

  cs_workspace_open_async (directory, NULL, result_cb, &result);
  done = wait_for (&result);
  workspace = cs_workspace_open_finish (done, &error);
  g_assert_no_error (error);
  return workspace;
}

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("countersign-test-XXXXXX", &error);
  g_assert_no_error (error);
  self->workspace = fixture_open_workspace (self->directory);
  self->target = cs_target_new_local ("here", "test", &error);
  g_assert_no_error (error);
}

static void
close_workspace (Fixture *self)
{
  g_clear_object (&self->workspace);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  close_workspace (self);
  g_clear_object (&self->target);
  remove_tree (self->directory);
  g_free (self->directory);
}

void
fixture_restart (Fixture *self)
{
  close_workspace (self);
  self->workspace = fixture_open_workspace (self->directory);
}

CsDeployment *
fixture_start_in (Fixture *self, const char *markdown, const char *environment)
{
  g_autoptr (GBytes) bytes = g_bytes_new (markdown, strlen (markdown));
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (CsDeployment) deployment = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  runbook = cs_runbook_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  cs_workspace_start_async (self->workspace, runbook, "test.md", environment, self->target,
                            "a test", NULL, result_cb, &result);
  done = wait_for (&result);
  deployment = cs_workspace_start_finish (self->workspace, done, &error);
  g_assert_no_error (error);
  return cs_workspace_find_deployment (self->workspace, cs_deployment_get_id (deployment), NULL);
}

CsDeployment *
fixture_start (Fixture *self, const char *markdown)
{
  return fixture_start_in (self, markdown, "test");
}

static CsStepState *
find_step (CsDeployment *deployment, const char *id)
{
  CsStepState *step = cs_deployment_find_step (deployment, id);

  if (step == NULL)
    g_error ("The runbook has no step %s", id);
  return step;
}

CsBlockState *
fixture_block (CsDeployment *deployment, const char *step, guint block)
{
  GListModel *blocks = cs_step_state_get_blocks (find_step (deployment, step));
  g_autoptr (CsBlockState) state = g_list_model_get_item (blocks, block);

  g_assert_nonnull (state);
  return state;
}

static const char *
actor (Fixture *self)
{
  return cs_workspace_get_actor (self->workspace);
}

gboolean
fixture_run (Fixture *self, CsDeployment *deployment, const char *step, guint block, GError **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;

  cs_deployment_run_block_async (deployment, actor (self), find_step (deployment, step),
                                 fixture_block (deployment, step, block), NULL, result_cb, &result);
  done = wait_for (&result);
  return cs_deployment_run_block_finish (deployment, done, error);
}

gboolean
fixture_recover (Fixture *self, CsDeployment *deployment, GError **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;

  cs_deployment_recover_async (deployment, actor (self), NULL, result_cb, &result);
  done = wait_for (&result);
  return cs_deployment_recover_finish (deployment, done, error);
}

static gboolean
finish_act (CsDeployment *deployment, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) done = wait_for (result);

  return cs_deployment_act_finish (deployment, done, error);
}

gboolean
fixture_check (Fixture *self,
               CsDeployment *deployment,
               const char *step,
               guint item,
               gboolean done,
               GError **error)
{
  CsStepState *state = find_step (deployment, step);
  g_autoptr (CsCheckState) check = g_list_model_get_item (cs_step_state_get_checks (state), item);
  GAsyncResult *result = NULL;

  g_assert_nonnull (check);
  cs_deployment_check_async (deployment, actor (self), state, check, done, NULL, result_cb,
                             &result);
  return finish_act (deployment, &result, error);
}

gboolean
fixture_skip (Fixture *self,
              CsDeployment *deployment,
              const char *step,
              const char *reason,
              GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_skip_async (deployment, actor (self), find_step (deployment, step), reason, NULL,
                            result_cb, &result);
  return finish_act (deployment, &result, error);
}

gboolean
fixture_confirm (Fixture *self, CsDeployment *deployment, const char *step, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_confirm_async (deployment, actor (self), find_step (deployment, step), NULL,
                               result_cb, &result);
  return finish_act (deployment, &result, error);
}

gboolean
fixture_roll_back (Fixture *self,
                   CsDeployment *deployment,
                   guint procedure,
                   const char *reason,
                   GError **error)
{
  g_autoptr (CsPhaseState) phase =
    g_list_model_get_item (cs_deployment_get_rollbacks (deployment), procedure);
  GAsyncResult *result = NULL;

  g_assert_nonnull (phase);
  cs_deployment_roll_back_async (deployment, actor (self), phase, reason, NULL, result_cb, &result);
  return finish_act (deployment, &result, error);
}

void
fixture_unlock (Fixture *self, CsDeployment *deployment)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  cs_deployment_unlock_async (deployment, actor (self), NULL, result_cb, &result);
  finish_act (deployment, &result, &error);
  g_assert_no_error (error);
}

gboolean
fixture_close (Fixture *self, CsDeployment *deployment, GError **error)
{
  GAsyncResult *result = NULL;

  cs_deployment_close_async (deployment, actor (self), NULL, result_cb, &result);
  return finish_act (deployment, &result, error);
}

/* Each person has one key without passphrase, made when first needed. */
CsKey *
fixture_key (Fixture *self, const char *person)
{
  g_autofree char *directory = g_build_filename (self->directory, "keys", person, NULL);
  g_autofree char *path = g_build_filename (directory, "id_ed25519", NULL);
  const char *argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, NULL };
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  CsKey *key;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                                 NULL, NULL, NULL));
  cs_key_load_async (path, NULL, result_cb, &result);
  done = wait_for (&result);
  key = cs_key_load_finish (done, &error);
  g_assert_no_error (error);
  return key;
}

void
fixture_enrol (Fixture *self, const char *person)
{
  CsPeople *people = cs_workspace_get_people (self->workspace);
  g_autoptr (CsKey) key = fixture_key (self, person);
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (CsPerson) enrolled = NULL;
  g_autoptr (GError) error = NULL;

  cs_people_enrol_async (people, person, person, key, NULL, result_cb, &result);
  done = wait_for (&result);
  enrolled = cs_people_enrol_finish (people, done, &error);
  g_assert_no_error (error);
}

void
fixture_grant (Fixture *self, const char *person, const char *role)
{
  CsPeople *people = cs_workspace_get_people (self->workspace);
  g_autoptr (CsKey) key = fixture_key (self, "boss");
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  if (cs_people_lookup (people, person) == NULL)
    fixture_enrol (self, person);
  cs_people_grant_async (people, person, role, key, NULL, NULL, result_cb, &result);
  done = wait_for (&result);
  cs_people_decide_finish (people, done, &error);
  g_assert_no_error (error);
}

gboolean
fixture_sign_as (Fixture *self,
                 CsDeployment *deployment,
                 const char *field,
                 const char *person,
                 const char *role,
                 gboolean approve,
                 GError **error)
{
  CsPeople *people = cs_workspace_get_people (self->workspace);
  CsSignoffState *signoff = cs_deployment_find_signoff (deployment, field);
  g_autoptr (CsKey) key = fixture_key (self, person);
  g_autoptr (CsPerson) signer = NULL;
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  g_assert_nonnull (signoff);
  fixture_enrol (self, person);
  signer = g_object_ref (cs_people_lookup (people, person));
  statement = cs_deployment_prepare_statement (deployment, signoff, role, signer, key,
                                               approve, NULL);
  cs_deployment_sign_async (deployment, signoff, statement, NULL, key, NULL, NULL, result_cb,
                            &result);
  done = wait_for (&result);
  return cs_deployment_sign_finish (deployment, done, error);
}

gboolean
fixture_sign (Fixture *self,
              CsDeployment *deployment,
              const char *field,
              const char *person,
              gboolean approve,
              GError **error)
{
  return fixture_sign_as (self, deployment, field, person, "Tech Lead", approve, error);
}

char *
fixture_output (Fixture *self, CsBlockState *block)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *digest = cs_block_state_get_output (block);

  g_assert_nonnull (digest);
  bytes = cs_store_get_blob_sync (cs_workspace_get_store (self->workspace), digest, &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
describe_verdicts (GString *text, CsBlockState *block)
{
  GPtrArray *judgements = cs_block_state_get_judgements (block);

  for (guint i = 0; judgements != NULL && i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);

      g_string_append_printf (text, "      %s %s %u %s\n", judgement->text,
                              cs_verdict_to_string (judgement->verdict), judgement->output_line,
                              judgement->actor != NULL ? judgement->actor : "");
    }
  if (cs_block_state_get_accepted (block) != NULL)
    g_string_append_printf (text, "      accepted: %s\n", cs_block_state_get_accepted (block));
}

static void
describe_step (GString *text, CsStepState *step)
{
  GListModel *blocks = cs_step_state_get_blocks (step);
  GListModel *checks = cs_step_state_get_checks (step);

  g_string_append_printf (text, "  %s %s %s\n", cs_step_get_id (cs_step_state_get_step (step)),
                          cs_status_to_string (cs_step_state_get_status (step)),
                          cs_step_state_get_reason (step) != NULL ? cs_step_state_get_reason (step)
                                                                  : "");
  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, i);

      g_string_append_printf (text, "    $ %s %d %s %u\n",
                              cs_status_to_string (cs_block_state_get_status (block)),
                              cs_block_state_get_exit_status (block),
                              cs_block_state_get_output (block) != NULL
                                ? cs_block_state_get_output (block)
                                : "",
                              cs_block_state_get_attempts (block));
      describe_verdicts (text, block);
    }
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheckState) check = g_list_model_get_item (checks, i);

      g_string_append_printf (text, "    [%c] %s\n", cs_check_state_get_done (check) ? 'x' : ' ',
                              cs_check_state_get_actor (check) != NULL
                                ? cs_check_state_get_actor (check)
                                : "");
    }
}

static void
describe_phases (GString *text, GListModel *phases)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_state_get_steps (phase);

      g_string_append_printf (text, "%s %s\n", cs_phase_get_id (cs_phase_state_get_phase (phase)),
                              cs_status_to_string (cs_phase_state_get_status (phase)));
      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, k);

          describe_step (text, step);
        }
    }
}

char *
fixture_describe (CsDeployment *deployment)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GListModel *signoffs = cs_deployment_get_signoffs (deployment);

  g_string_append_printf (text, "%s %s %" G_GINT64_FORMAT "\n",
                          cs_deployment_status_to_string (cs_deployment_get_status (deployment)),
                          cs_deployment_get_head (deployment),
                          cs_deployment_get_n_records (deployment));
  describe_phases (text, cs_deployment_get_phases (deployment));
  describe_phases (text, cs_deployment_get_rollbacks (deployment));
  describe_phases (text, cs_deployment_get_references (deployment));
  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);

      g_string_append_printf (text, "%s %s %d\n",
                              cs_signoff_get_id (cs_signoff_state_get_signoff (signoff)),
                              cs_status_to_string (cs_signoff_state_get_status (signoff)),
                              cs_signoff_state_get_verified (signoff));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
